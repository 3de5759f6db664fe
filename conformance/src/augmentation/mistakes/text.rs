//! Back-translation with a fault, sentence by sentence or, where the fault wants it, by the batch.

use super::{Fault, Mistake};
use crate::augmentation::text::{
    BackTranslated, Dictionary, TextError, TextFailure, TextJob, TextVariant, collapsed,
};

/// What came of one way: an answer for each sentence that was sent.
type Answers = Vec<Result<String, TextError>>;

impl Mistake {
    /// All sentences by one translator, in one batch, and again one by one if answers are missing.
    fn said(self, dictionary: &Dictionary, sentences: &[&str]) -> Answers {
        let answers = dictionary.translate(sentences);
        let failed = answers.iter().any(Result::is_err);
        if self.fault == Fault::TextFailureLosesOthers && failed {
            return vec![Err(TextError::Unsayable); sentences.len()];
        }
        if answers.len() == sentences.len() {
            return answers;
        }
        if self.fault == Fault::TextMisaligned {
            let missing = (answers.len()..sentences.len()).map(|_| Err(TextError::Miscounted));
            return answers.into_iter().chain(missing).collect();
        }
        let alone = |sentence: &&str| match dictionary.translate(&[*sentence]).as_slice() {
            [answer] => answer.clone(),
            _ => Err(TextError::Miscounted),
        };
        sentences.iter().map(alone).collect()
    }

    /// The text of each answer, which must not be empty.
    fn told(self, dictionary: &Dictionary, sentences: &[&str]) -> Answers {
        let full = |text: String| match collapsed(&text) {
            text if text.is_empty() && self.fault != Fault::TextEmptyAccepted => {
                Err(TextError::Empty)
            }
            text => Ok(text),
        };
        self.said(dictionary, sentences).into_iter().map(|answer| answer.and_then(full)).collect()
    }

    /// Length as it is counted.
    fn length(self, text: &str) -> f64 {
        let length =
            if self.fault == Fault::TextLengthInBytes { text.len() } else { text.chars().count() };
        length as f64
    }

    fn fits(self, x: &str, y: &str, ratio: f64) -> bool {
        let (x, y) = (self.length(x), self.length(y));
        match self.fault {
            Fault::TextRatioIgnored => true,
            Fault::TextRatioOneSided => y <= ratio * x,
            _ => y <= ratio * x && x <= ratio * y,
        }
    }

    pub(super) fn back_translated(self, job: &TextJob) -> BackTranslated {
        let line = |(text, _): &(String, u32)| match self.fault {
            Fault::TextRaw if !collapsed(text).is_empty() => text.clone(),
            _ => collapsed(text),
        };
        let lines: Vec<String> = job.sentences.iter().map(line).collect();
        let ways: Vec<Returned> = job
            .pivots
            .iter()
            .map(|pivot| self.way(&pivot.forward, &pivot.backward, &lines))
            .collect();
        let mut all = BackTranslated::default();
        let (sentences, pivots) = (lines.len(), ways.len());
        let pairs = (0..sentences * pivots).map(|k| match self.fault {
            Fault::TextOrder => (k % sentences, k / sentences),
            _ => (k / pivots, k % pivots),
        });
        for (sentence, pivot) in pairs {
            if self.fault == Fault::TextPivotSkipped && pivot > 0 && pivot + 1 == pivots {
                all.dropped.duplicates += 1;
                continue;
            }
            self.add(&mut all, job, [sentence, pivot], &lines[sentence], &ways[pivot][sentence]);
        }
        all
    }

    /// There and back, with the way on which it failed.
    fn way(self, forward: &Dictionary, backward: &Dictionary, lines: &[String]) -> Returned {
        let sent: Vec<&str> = lines.iter().map(String::as_str).filter(|x| !x.is_empty()).collect();
        let there = self.told(forward, &sent);
        let arrived: Vec<&str> = there.iter().flatten().map(String::as_str).collect();
        let back = match self.fault {
            Fault::TextOneWay => arrived.iter().map(|z| Ok((*z).to_owned())).collect(),
            _ => self.told(backward, &arrived),
        };
        let (mut there, mut back) = (there.into_iter(), back.into_iter());
        let mut next = |line: &String| {
            if line.is_empty() {
                return None;
            }
            match there.next()? {
                Err(error) => Some(Err((false, error))),
                Ok(_) => Some(back.next()?.map_err(|error| (true, error))),
            }
        };
        lines.iter().map(&mut next).collect()
    }

    fn add(
        self,
        all: &mut BackTranslated,
        job: &TextJob,
        [sentence, pivot]: [usize; 2],
        line: &str,
        answer: &Option<Result<String, (bool, TextError)>>,
    ) {
        let line = collapsed(line);
        let is_earlier = |v: &TextVariant| match self.fault {
            Fault::TextDuplicatesAcross => true,
            _ => v.sentence == sentence,
        };
        let uncounted = usize::from(self.fault != Fault::TextUncounted);
        match answer {
            None if self.fault == Fault::TextEmptyUncounted => {}
            None => all.dropped.empty += 1,
            Some(Err(_)) if self.fault == Fault::TextFailureSilent => all.dropped.empty += 1,
            Some(Err((is_backward, error))) => {
                let (is_backward, error) = (*is_backward, *error);
                all.failures.push(TextFailure { sentence, pivot, is_backward, error });
            }
            Some(Ok(text)) if *text == line && self.fault != Fault::TextRoundTripKept => {
                all.dropped.round_trips += 1;
            }
            Some(Ok(text)) if !self.fits(&line, text, job.max_length_ratio) => {
                all.dropped.length_ratio += uncounted;
            }
            Some(Ok(text))
                if self.fault != Fault::TextDuplicatesKept
                    && all.variants.iter().any(|v| is_earlier(v) && v.text == *text) =>
            {
                all.dropped.duplicates += 1;
            }
            Some(Ok(text)) => {
                let place = match self.fault {
                    Fault::TextLabelLost => all.variants.len() % job.sentences.len(),
                    _ => sentence,
                };
                let label = job.sentences[place].1;
                all.variants.push(TextVariant { sentence, pivot, label, text: text.clone() });
            }
        }
    }
}

/// For each sentence that is not empty, what came back, or on which way (back or not) it failed.
type Returned = Vec<Option<Result<String, (bool, TextError)>>>;
