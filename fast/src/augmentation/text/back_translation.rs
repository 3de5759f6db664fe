//! Sentences there and back, by way of each pivot.

use std::time::{Duration, Instant};

use super::judge::{collapsed, reason_to_drop};
use super::{Direction, Dropped, Reason, TranslationError, Translator};
use crate::Error;

/// So many sentences are handed to a translator at once, unless others are asked for.
const BATCH: usize = 256;

/// A language on the way, with a translator there and one back.
pub struct Pivot<'a> {
    name: String,
    forward: Box<dyn Translator + 'a>,
    backward: Box<dyn Translator + 'a>,
}

impl<'a> Pivot<'a> {
    /// A name for people, the translator into the pivot language and the one back.
    pub fn new(
        name: impl Into<String>,
        forward: impl Translator + 'a,
        backward: impl Translator + 'a,
    ) -> Self {
        Self { name: name.into(), forward: Box::new(forward), backward: Box::new(backward) }
    }
}

/// A new sentence, with the label of the one it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant<L> {
    /// The sentence that it was made from, from 0.
    pub sentence: usize,
    /// The pivot, from 0.
    pub pivot: usize,
    /// The sentence's label.
    pub label: L,
    /// What stood in the pivot language, white space collapsed.
    pub pivoted: String,
    /// The variant, white space collapsed.
    pub text: String,
}

/// A sentence that could not be translated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sentence {sentence}, pivot {pivot}, {direction}: {error}")]
pub struct Failure {
    /// The sentence, from 0.
    pub sentence: usize,
    /// The pivot, from 0.
    pub pivot: usize,
    /// On which of the two ways.
    pub direction: Direction,
    /// Why.
    pub error: TranslationError,
}

/// What became of n sentences by way of P pivots: n·P in all. Each list is in the order of the
/// sentences, and for a sentence in that of the pivots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackTranslated<L> {
    /// The new sentences.
    pub variants: Vec<Variant<L>>,
    /// What came back but was not kept.
    pub dropped: Vec<Dropped>,
    /// What did not come back.
    pub failures: Vec<Failure>,
}

impl<L> BackTranslated<L> {
    /// How many variants were dropped for a reason.
    pub fn count(&self, reason: Reason) -> usize {
        self.dropped.iter().filter(|dropped| dropped.reason == reason).count()
    }
}

/// Back-translation by way of one or several pivots, in the order in which they were given.
pub struct BackTranslation<'a> {
    pivots: Vec<Pivot<'a>>,
    max_length_ratio: f64,
    batch: usize,
    time_limit: Option<Duration>,
}

impl Default for BackTranslation<'_> {
    fn default() -> Self {
        Self { pivots: Vec::new(), max_length_ratio: 2.0, batch: BATCH, time_limit: None }
    }
}

impl<'a> BackTranslation<'a> {
    /// Without a pivot, with a ratio of lengths of at most 2, and without a limit of time.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more pivot.
    #[must_use]
    pub fn pivot(mut self, pivot: Pivot<'a>) -> Self {
        self.pivots.push(pivot);
        self
    }

    /// r ≥ 1: a variant has from 1/r to r times as many characters as its sentence; ∞ for any.
    #[must_use]
    pub fn max_length_ratio(mut self, ratio: f64) -> Self {
        self.max_length_ratio = ratio;
        self
    }

    /// At most so many sentences are handed to a translator at once (256, unless given): at least 1.
    #[must_use]
    pub fn batch(mut self, sentences: usize) -> Self {
        self.batch = sentences;
        self
    }

    /// Once so much time has passed since the call, no batch is begun: what is left fails with
    /// [`TranslationError::TimedOut`]. A batch that was begun is not broken off; that is for the
    /// translator's own limit.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// The names of the pivots, in their order.
    pub fn pivots(&self) -> impl Iterator<Item = &str> {
        self.pivots.iter().map(|pivot| pivot.name.as_str())
    }

    /// Makes from each sentence a variant by each pivot, and drops those that add nothing.
    ///
    /// White space is collapsed before a sentence is sent, and before anything is compared; case,
    /// accents and punctuation count. What became of a sentence does not depend on the others, if its
    /// translations do not. Without a limit of time, and with translators that give the same answers, so
    /// does a second call. Sentences without a letter and calls without a sentence or pivot are no errors.
    ///
    /// # Errors
    /// Names `labels` if they are not as many as the sentences, `max_length_ratio` unless it is at least
    /// 1, `batch` if it is 0; no translator was asked then. That a translation failed is in the result.
    pub fn back_translate<S: AsRef<str>, L: Clone>(
        &mut self,
        sentences: &[S],
        labels: &[L],
    ) -> Result<BackTranslated<L>, Error> {
        self.check(sentences.len(), labels.len())?;
        let sentences: Vec<String> = sentences.iter().map(|one| collapsed(one.as_ref())).collect();
        let clock = Clock { begin: Instant::now(), limit: self.time_limit, batch: self.batch };
        let routes: Vec<_> =
            self.pivots.iter_mut().map(|pivot| there_and_back(pivot, &sentences, &clock)).collect();
        let mut all =
            BackTranslated { variants: Vec::new(), dropped: Vec::new(), failures: Vec::new() };
        for (i, label) in labels.iter().enumerate() {
            all.add(
                i,
                &sentences[i],
                label,
                routes.iter().map(|route| &route[i]),
                self.max_length_ratio,
            );
        }
        Ok(all)
    }

    fn check(&self, sentences: usize, labels: usize) -> Result<(), Error> {
        if labels != sentences {
            let allowed = format!("{sentences}, one for each sentence");
            return Err(Error::new("labels", format!("{labels} elements long"), allowed));
        }
        let ratio = self.max_length_ratio;
        if ratio.is_nan() || ratio < 1.0 {
            return Err(Error::new("max_length_ratio", ratio.to_string(), "≥ 1"));
        }
        if self.batch == 0 {
            return Err(Error::new("batch", "0", "at least 1"));
        }
        Ok(())
    }
}

/// What a pivot made of a sentence.
enum Route {
    Empty,
    Failed(Direction, TranslationError),
    Back { pivoted: String, text: String },
}

/// When to stop, and how much to do at once.
struct Clock {
    begin: Instant,
    limit: Option<Duration>,
    batch: usize,
}

impl Clock {
    /// The limit, once it has passed.
    fn passed(&self) -> Option<Duration> {
        self.limit.filter(|limit| self.begin.elapsed() >= *limit)
    }

    /// One answer a sentence, collapsed and not empty, or why there is none.
    fn translate(
        &self,
        translator: &mut dyn Translator,
        sentences: &[&str],
    ) -> Vec<Result<String, TranslationError>> {
        let mut all = Vec::with_capacity(sentences.len());
        for batch in sentences.chunks(self.batch) {
            match self.passed() {
                Some(limit) => all.extend(failed(batch, &TranslationError::TimedOut { limit })),
                None => all.extend(one_each(translator.translate(batch), batch)),
            }
        }
        all
    }
}

/// The same error for each sentence.
fn failed(batch: &[&str], error: &TranslationError) -> Vec<Result<String, TranslationError>> {
    batch.iter().map(|_| Err(error.clone())).collect()
}

/// The answers, if there is one for each sentence.
fn one_each(
    answers: Vec<Result<String, TranslationError>>,
    batch: &[&str],
) -> Vec<Result<String, TranslationError>> {
    if answers.len() != batch.len() {
        let error = TranslationError::Count { sent: batch.len(), received: answers.len() };
        return failed(batch, &error);
    }
    let not_empty = |text: String| match collapsed(&text) {
        text if text.is_empty() => Err(TranslationError::Empty),
        text => Ok(text),
    };
    answers.into_iter().map(|answer| answer.and_then(not_empty)).collect()
}

/// Every sentence by way of one pivot. Only those that got there are sent back.
fn there_and_back(pivot: &mut Pivot<'_>, sentences: &[String], clock: &Clock) -> Vec<Route> {
    let asked: Vec<&str> =
        sentences.iter().map(String::as_str).filter(|one| !one.is_empty()).collect();
    let there = clock.translate(&mut *pivot.forward, &asked);
    let arrived: Vec<&str> = there.iter().flatten().map(String::as_str).collect();
    let back = clock.translate(&mut *pivot.backward, &arrived);
    let (mut there, mut back) = (there.iter(), back.into_iter());
    let mut route = |sentence: &String| {
        if sentence.is_empty() {
            return Some(Route::Empty);
        }
        Some(match there.next()? {
            Err(error) => Route::Failed(Direction::Forward, error.clone()),
            Ok(pivoted) => match back.next()? {
                Err(error) => Route::Failed(Direction::Backward, error),
                Ok(text) => Route::Back { pivoted: pivoted.clone(), text },
            },
        })
    };
    // `translate` gives as many as it takes: nothing runs out before the sentences do.
    sentences.iter().map_while(&mut route).collect()
}

impl<L: Clone> BackTranslated<L> {
    /// Adds what the pivots made of one sentence.
    fn add<'r>(
        &mut self,
        sentence: usize,
        source: &str,
        label: &L,
        routes: impl Iterator<Item = &'r Route>,
        max_length_ratio: f64,
    ) {
        let mut kept: Vec<&str> = Vec::new();
        for (pivot, route) in routes.enumerate() {
            let (reason, pivoted, text) = match route {
                Route::Failed(direction, error) => {
                    let (direction, error) = (*direction, error.clone());
                    self.failures.push(Failure { sentence, pivot, direction, error });
                    continue;
                }
                Route::Empty => (Some(Reason::Empty), "", ""),
                Route::Back { pivoted, text } => {
                    (reason_to_drop(source, text, &kept, max_length_ratio), &**pivoted, &**text)
                }
            };
            let (pivoted, text_of) = (pivoted.to_owned(), text.to_owned());
            if let Some(reason) = reason {
                self.dropped.push(Dropped { sentence, pivot, reason, pivoted, text: text_of });
            } else {
                kept.push(text);
                let label = label.clone();
                self.variants.push(Variant { sentence, pivot, label, pivoted, text: text_of });
            }
        }
    }
}
