//! Sentences there and back again.

use crate::Error;

/// One translator: a sentence of one line, and its translation or why there is none.
pub type Translate<'a> = dyn FnMut(&str) -> Result<String, String> + 'a;

/// A pivot: the translator into its language, and the one back.
pub struct Pivot<'a> {
    /// Into the pivot language.
    pub forward: Box<Translate<'a>>,
    /// Back.
    pub backward: Box<Translate<'a>>,
}

/// Which of the two translations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Into the pivot language.
    Forward,
    /// Back.
    Backward,
}

/// Why a variant is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The sentence is empty.
    Empty,
    /// The variant is the sentence.
    RoundTrip,
    /// It is too short or too long.
    LengthRatio,
    /// It is an earlier variant of the same sentence.
    Duplicate,
}

/// Why a sentence has no translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// What the translator says.
    Translator(String),
    /// The translation is empty.
    Empty,
}

/// What becomes of a sentence by one pivot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A new sentence.
    Kept(String),
    /// A variant that adds nothing.
    Dropped(Reason),
    /// No variant.
    Failed(Direction, Failed),
}

/// AUG-32: without white space at the ends, one space in place of any other.
///
/// ```
/// assert_eq!(evenkeel_reference::augmentation::collapse(" a \n\t b"), "a b");
/// ```
#[must_use]
pub fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// AUG-34: whether two texts differ in length by at most the factor r, in characters.
#[must_use]
pub fn lengths_are_alike(x: &str, y: &str, max_length_ratio: f64) -> bool {
    let [x, y] = [x, y].map(|text| text.chars().count() as f64);
    y <= max_length_ratio * x && x <= max_length_ratio * y
}

/// One translation, collapsed; an empty one has failed.
fn translated(direction: Direction, by: &mut Translate<'_>, text: &str) -> Result<String, Outcome> {
    match by(text).map(|answer| collapse(&answer)) {
        Ok(answer) if answer.is_empty() => Err(Outcome::Failed(direction, Failed::Empty)),
        Ok(answer) => Ok(answer),
        Err(why) => Err(Outcome::Failed(direction, Failed::Translator(why))),
    }
}

/// AUG-31 to AUG-36 for one sentence and pivot, beside the variants that were kept before.
#[must_use]
pub fn outcome(
    pivot: &mut Pivot<'_>,
    sentence: &str,
    kept: &[String],
    max_length_ratio: f64,
) -> Outcome {
    let x = collapse(sentence);
    if x.is_empty() {
        return Outcome::Dropped(Reason::Empty);
    }
    let z = match translated(Direction::Forward, &mut *pivot.forward, &x) {
        Ok(z) => z,
        Err(failed) => return failed,
    };
    let y = match translated(Direction::Backward, &mut *pivot.backward, &z) {
        Ok(y) => y,
        Err(failed) => return failed,
    };
    if y == x {
        Outcome::Dropped(Reason::RoundTrip)
    } else if !lengths_are_alike(&x, &y, max_length_ratio) {
        Outcome::Dropped(Reason::LengthRatio)
    } else if kept.contains(&y) {
        Outcome::Dropped(Reason::Duplicate)
    } else {
        Outcome::Kept(y)
    }
}

/// AUG-30: for each sentence, in their order, what becomes of it by each pivot, in theirs.
///
/// ```
/// use evenkeel_reference::augmentation::{Outcome, Pivot, Reason, back_translate};
///
/// let mut pivots = [Pivot {
///     forward: Box::new(|x| Ok(x.replace("big", "grande"))),
///     backward: Box::new(|z| Ok(z.replace("grande", "large"))),
/// }];
/// let outcomes = back_translate(&["a big house", "a tree"], &mut pivots, 2.0)?;
/// assert_eq!(outcomes[0], [Outcome::Kept("a large house".into())]);
/// assert_eq!(outcomes[1], [Outcome::Dropped(Reason::RoundTrip)]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
///
/// # Errors
/// `max_length_ratio` has to be at least 1.
pub fn back_translate(
    sentences: &[&str],
    pivots: &mut [Pivot<'_>],
    max_length_ratio: f64,
) -> Result<Vec<Vec<Outcome>>, Error> {
    if max_length_ratio.is_nan() || max_length_ratio < 1.0 {
        return Err(Error::new("max_length_ratio", max_length_ratio, "≥ 1"));
    }
    let mut all = Vec::new();
    for sentence in sentences {
        let (mut kept, mut outcomes) = (Vec::new(), Vec::new());
        for pivot in &mut *pivots {
            let outcome = outcome(pivot, sentence, &kept, max_length_ratio);
            if let Outcome::Kept(variant) = &outcome {
                kept.push(variant.clone());
            }
            outcomes.push(outcome);
        }
        all.push(outcomes);
    }
    Ok(all)
}
