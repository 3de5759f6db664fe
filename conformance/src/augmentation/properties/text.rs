//! Sentences there and back: the dictionaries of the case say what must come of each.

use super::{Case, offered};
use crate::augmentation::text::{
    BackTranslated, Dictionary, TextDropped, TextError, TextFailure, TextJob, collapsed,
};
use crate::call::guarded;
use crate::verdict::{Checked, Finding, Verdict, yields};
use crate::{Real, Target};

/// What must become of a sentence by one pivot.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Empty,
    RoundTrip,
    LengthRatio,
    Duplicate,
    Failed(bool, TextError),
    Kept(String),
}

fn said(dictionary: &Dictionary, sentence: &str) -> Result<String, TextError> {
    match collapsed(&dictionary.say(sentence)?) {
        text if text.is_empty() => Err(TextError::Empty),
        text => Ok(text),
    }
}

/// The way there and back.
fn returned(job: &TextJob, line: &str, pivot: usize) -> Result<String, (bool, TextError)> {
    let pivot = &job.pivots[pivot];
    let there = said(&pivot.forward, line).map_err(|error| (false, error))?;
    said(&pivot.backward, &there).map_err(|error| (true, error))
}

/// What must become of one sentence by each pivot.
fn fates(job: &TextJob, sentence: usize) -> Vec<Fate> {
    let line = collapsed(&job.sentences[sentence].0);
    let length = |text: &str| text.chars().count() as f64;
    let mut fates: Vec<Fate> = Vec::new();
    for pivot in 0..job.pivots.len() {
        let fate = if line.is_empty() {
            Fate::Empty
        } else {
            match returned(job, &line, pivot) {
                Err((is_backward, error)) => Fate::Failed(is_backward, error),
                Ok(text) if text == line => Fate::RoundTrip,
                Ok(text) => {
                    let (x, y, r) = (length(&line), length(&text), job.max_length_ratio);
                    if y > r * x || x > r * y {
                        Fate::LengthRatio
                    } else if fates.contains(&Fate::Kept(text.clone())) {
                        Fate::Duplicate
                    } else {
                        Fate::Kept(text)
                    }
                }
            }
        };
        fates.push(fate);
    }
    fates
}

/// Every fate, with its sentence and pivot.
fn all_fates(job: &TextJob) -> Vec<(usize, usize, Fate)> {
    let of = |i| fates(job, i).into_iter().enumerate().map(move |(p, fate)| (i, p, fate));
    (0..job.sentences.len()).flat_map(of).collect()
}

/// What the target makes of a job.
fn ask<T: Real>(target: &dyn Target<T>, job: &TextJob) -> Result<BackTranslated, Verdict> {
    let augmentation = offered(target)?;
    yields("back_translate", guarded(|| augmentation.back_translate(job)))
}

/// Holds if both are the same; a case with nothing to compare tells nothing.
fn same<E: PartialEq + std::fmt::Debug>(place: &str, got: E, expected: E, why: &str) -> Verdict {
    if got == expected {
        return Verdict::HOLDS;
    }
    Finding::fail(place, format!("{got:?}"), format!("{expected:?}"), why)
}

/// `same`, if the case has what the clause is about.
fn telling(has_it: bool, verdict: impl FnOnce() -> Verdict) -> Checked {
    if has_it { Ok(verdict()) } else { Err(Verdict::CannotTell("no such sentence in the case")) }
}

/// AUG-30: whatever the variants are, they stand in order with the labels of their sentences.
pub(super) fn in_order<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (job, all) = (&case.text, ask(target, &case.text)?);
    let places: Vec<_> = all.variants.iter().map(|v| (v.sentence, v.pivot)).collect();
    let failed: Vec<_> = all.failures.iter().map(|f| (f.sentence, f.pivot)).collect();
    let sorted = |places: &[(usize, usize)]| {
        let mut sorted = places.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        sorted
    };
    let label = |i: usize| job.sentences.get(i).map(|(_, label)| *label);
    let labels: Vec<_> = all.variants.iter().map(|v| Some(v.label)).collect();
    let expected: Vec<_> = all.variants.iter().map(|v| label(v.sentence)).collect();
    telling(places.len() > 1, || {
        let why = "by sentence, then by pivot";
        same("(sentence, pivot) of the variants", places.clone(), sorted(&places), why)
            .and(|| same("those of the failures", failed.clone(), sorted(&failed), why))
            .and(|| same("labels", labels, expected, "the label of its sentence"))
    })
}

/// AUG-31.
pub(super) fn there_and_back<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let all = ask(target, &case.text)?;
    let mut got: Vec<_> = all.variants.into_iter().map(|v| (v.sentence, v.pivot, v.text)).collect();
    got.sort();
    let kept = |(i, p, fate)| match fate {
        Fate::Kept(text) => Some((i, p, text)),
        _ => None,
    };
    let expected: Vec<_> = all_fates(&case.text).into_iter().filter_map(kept).collect();
    telling(!expected.is_empty(), || {
        same("(sentence, pivot, variant)", got, expected, "the way there and back, by every pivot")
    })
}

/// How many sentences and pivots have a fate, beside how many the target counted.
fn counted<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    fate: &Fate,
    count: fn(&TextDropped) -> usize,
) -> Result<(BackTranslated, [usize; 2]), Verdict> {
    let all = ask(target, &case.text)?;
    let expected = all_fates(&case.text).iter().filter(|(_, _, one)| one == fate).count();
    let got = count(&all.dropped);
    Ok((all, [got, expected]))
}

/// AUG-32: dictionaries refuse what is not in one line, and empty sentences.
pub(super) fn in_one_line<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (all, [got, expected]) = counted(target, case, &Fate::Empty, |dropped| dropped.empty)?;
    let lines = case.text.sentences.iter().map(|(text, _)| (text, collapsed(text)));
    let has_it = lines.clone().any(|(text, line)| *text != line) && !case.text.pivots.is_empty();
    let refused = all.failures.iter().find(|f| f.error == TextError::NotCollapsed).copied();
    telling(has_it, || {
        same("a sentence that was not collapsed", refused, None, "one line, and never an empty one")
            .and(|| same("empty", got, expected, "sentences without a word, by each pivot"))
    })
}

/// The variants that are the sentence.
fn is_sentence(job: &TextJob, sentence: usize, text: &str) -> bool {
    job.sentences.get(sentence).is_some_and(|(line, _)| collapsed(line) == text)
}

/// AUG-33.
pub(super) fn round_trips<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (all, [got, expected]) =
        counted(target, case, &Fate::RoundTrip, |dropped| dropped.round_trips)?;
    let kept = all.variants.iter().find(|v| is_sentence(&case.text, v.sentence, &v.text));
    telling(expected > 0, || {
        same("a variant that is its sentence", kept, None, "it weighs the sentence twice")
            .and(|| same("round trips", got, expected, "dropped and counted"))
    })
}

/// AUG-34.
pub(super) fn length_ratio<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (all, [got, expected]) =
        counted(target, case, &Fate::LengthRatio, |dropped| dropped.length_ratio)?;
    let fates = all_fates(&case.text);
    let is_too_far = |i, p| fates.contains(&(i, p, Fate::LengthRatio));
    let kept = all.variants.iter().find(|v| is_too_far(v.sentence, v.pivot));
    // Where nothing is too far, nothing may be called so.
    let has_it = fates.iter().any(|(_, _, f)| matches!(f, Fate::Kept(_) | Fate::LengthRatio));
    telling(has_it, || {
        let why = "lengths in characters, within 1/r and r";
        same("a variant that is too short or too long", kept, None, why)
            .and(|| same("length ratio", got, expected, why))
    })
}

/// AUG-35.
pub(super) fn duplicates<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (all, [got, expected]) =
        counted(target, case, &Fate::Duplicate, |dropped| dropped.duplicates)?;
    let twice = all.variants.iter().enumerate().find(|(k, v)| {
        all.variants[..*k].iter().any(|u| u.sentence == v.sentence && u.text == v.text)
    });
    telling(expected > 0, || {
        same("a variant that is there twice", twice, None, "once for a sentence")
            .and(|| same("duplicates", got, expected, "dropped and counted"))
    })
}

/// AUG-36.
pub(super) fn failures<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut all = ask(target, &case.text)?;
    all.failures.sort_by_key(|f| (f.sentence, f.pivot));
    let fates = all_fates(&case.text);
    let failed = |(sentence, pivot, fate): &(usize, usize, Fate)| match *fate {
        Fate::Failed(is_backward, error) => {
            Some(TextFailure { sentence: *sentence, pivot: *pivot, is_backward, error })
        }
        _ => None,
    };
    let expected: Vec<_> = fates.iter().filter_map(failed).collect();
    telling(!expected.is_empty(), || {
        same("failures", all.failures, expected, "those that have no translation, and no other")
    })
}

/// AUG-37: each alone, moved to its place.
pub(super) fn independent<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let together = ask(target, &case.text)?;
    let mut sum = BackTranslated::default();
    for (i, sentence) in case.text.sentences.iter().enumerate() {
        let alone = TextJob { sentences: vec![sentence.clone()], ..case.text.clone() };
        let alone = ask(target, &alone)?;
        let moved = alone.variants.into_iter().map(|mut v| {
            v.sentence += i;
            v
        });
        sum.variants.extend(moved);
        let moved =
            alone.failures.into_iter().map(|f| TextFailure { sentence: f.sentence + i, ..f });
        sum.failures.extend(moved);
        sum.dropped.empty += alone.dropped.empty;
        sum.dropped.round_trips += alone.dropped.round_trips;
        sum.dropped.length_ratio += alone.dropped.length_ratio;
        sum.dropped.duplicates += alone.dropped.duplicates;
    }
    telling(case.text.sentences.len() > 1, || {
        same("the result for all", together, sum, "what each sentence gives by itself")
    })
}

/// AUG-38: what is handed over together is the implementation's choice; what is kept must be right.
pub(super) fn miscounted<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut job = case.text.clone();
    for pivot in &mut job.pivots {
        pivot.forward.lost = LOST;
    }
    job.sentences.insert(0, (format!("so {LOST} here"), 9));
    let all = ask(target, &job)?;
    let wrong = all.variants.iter().find(|v| {
        let line = collapsed(&job.sentences[v.sentence.min(job.sentences.len() - 1)].0);
        job.pivots.len() <= v.pivot || returned(&job, &line, v.pivot).as_ref() != Ok(&v.text)
    });
    let told = |p: usize| {
        let failure = all.failures.iter().find(|f| f.sentence == 0 && f.pivot == p);
        failure.map(|f| f.error)
    };
    let told: Vec<_> = (0..job.pivots.len()).map(told).collect();
    let expected = vec![Some(TextError::Miscounted); job.pivots.len()];
    telling(!job.pivots.is_empty() && job.sentences.len() > 1, || {
        same("an answer of another sentence", wrong, None, "answers are not matched by guessing")
            .and(|| {
                same(
                    "the error of the sentence without an answer, by pivot",
                    told,
                    expected,
                    "miscounted",
                )
            })
    })
}

/// The word that makes an answer disappear; no sentence of a case has it.
const LOST: &str = "gone";

/// AUG-39.
pub(super) fn accounted<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let all = ask(target, &case.text)?;
    let TextDropped { empty, round_trips, length_ratio, duplicates } = all.dropped;
    let dropped = empty + round_trips + length_ratio + duplicates;
    let (got, expected) = (
        all.variants.len() + all.failures.len() + dropped,
        case.text.sentences.len() * case.text.pivots.len(),
    );
    telling(expected > 0, || same("all together", got, expected, "n·P: nothing gets lost unseen"))
}
