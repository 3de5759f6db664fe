//! Which known mistake a failing batch normalisation makes.
//!
//! The target is asked a fixed battery of small inputs and the cases on which it failed. Then, in
//! this order:
//!
//! 1. `values`: does a mistake give the target's numbers, within what rounding may change
//!    (`envelope`)? If the numbers are wrong and no mistake gives them, nothing is said.
//! 2. `refusals`: does it treat invalid arguments as a mistake does?
//! 3. `symptoms`, if its numbers are right on ordinary data: is it wrong on the same kinds of hard
//!    data as a mistake, or in the same last bits?
//!
//! Two mistakes at once in the same numbers are reported as unknown rather than by a wrong label.

mod answer;
mod envelope;
mod probe;
mod refusals;
mod symptoms;
#[cfg(test)]
mod tests;
mod values;

use super::Case;
use crate::mistake::Diagnosis;
use crate::{Real, Target};

/// The most that is named.
const MOST: usize = 3;

/// Names the mistakes that explain a failing target, from its failing cases and a battery of probes.
///
/// A function that the target does not offer tells nothing. Nothing is named if the target's
/// numbers are wrong in a way that no single mistake is.
#[must_use]
pub fn diagnose<T: Real>(target: &dyn Target<T>, failing: &[Case<T>]) -> Diagnosis {
    let Some(batch_norm) = target.batch_norm() else { return Diagnosis::default() };
    let mut probes = probe::valid();
    probes.extend(probe::from_failures(failing));
    let (refusals, told) = refusals::find(batch_norm, &probe::invalid());
    let (mut likely, mut matched) = match values::find(batch_norm, &probes) {
        values::Finding::Unknown => return Diagnosis::default(),
        values::Finding::Explained(likely, matched) => (likely, matched),
        values::Finding::Right if refusals.is_empty() => {
            let (likely, told) = symptoms::find(target);
            let explained = if likely.is_empty() { 0 } else { told };
            return Diagnosis { likely, matched: (explained, told) };
        }
        values::Finding::Right => (Vec::new(), (told, told)),
    };
    for mistake in refusals {
        if !likely.contains(&mistake) {
            likely.push(mistake);
        }
    }
    likely.truncate(MOST);
    if likely.is_empty() {
        matched = (0, matched.1);
    }
    Diagnosis { likely, matched }
}
