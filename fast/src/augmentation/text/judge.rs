//! Which variants are worth keeping.
//!
//! ```text
//! length = number of Unicode scalar values, white space collapsed
//! kept   ⟺  y ≠ x,  length(y) ≤ r·length(x),  length(x) ≤ r·length(y),  y is no earlier variant of x
//! ```

/// Why a variant was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The sentence has nothing but white space; no engine was asked.
    Empty,
    /// The sentence came back as it was: an exact round trip.
    RoundTrip,
    /// Shorter or longer than the sentence by more than the ratio allowed.
    LengthRatio,
    /// An earlier pivot gave the same variant of the same sentence.
    Duplicate,
}

impl Reason {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::Empty, Self::RoundTrip, Self::LengthRatio, Self::Duplicate];
}

/// A variant that was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The sentence, from 0.
    pub sentence: usize,
    /// The pivot, from 0.
    pub pivot: usize,
    /// Why.
    pub reason: Reason,
    /// What stood in the pivot language; empty if the sentence is.
    pub pivoted: String,
    /// What came back; empty if the sentence is.
    pub text: String,
}

/// Without white space at the ends, and with one space in place of any other.
///
/// White space is what Unicode calls so: tabs and line ends too, so that what comes out is one line.
pub(super) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why a variant is not kept, beside those kept before; all are collapsed.
pub(super) fn reason_to_drop(
    sentence: &str,
    variant: &str,
    kept: &[&str],
    max_length_ratio: f64,
) -> Option<Reason> {
    let length = |text: &str| text.chars().count() as f64;
    let (x, y) = (length(sentence), length(variant));
    if variant == sentence {
        Some(Reason::RoundTrip)
    } else if y > max_length_ratio * x || x > max_length_ratio * y {
        Some(Reason::LengthRatio)
    } else {
        kept.contains(&variant).then_some(Reason::Duplicate)
    }
}
