//! Which known mistake a failing target makes.
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
mod refusals;
mod symptoms;
mod values;

pub use answer::Probe;
pub(crate) use answer::{Answer, agrees, ask};
pub use symptoms::Symptom;
pub(crate) use symptoms::bits_that_differ;

use crate::mistake::Diagnosis;
use crate::technique::{Function, Technique};
use crate::{Real, Target};

/// The most that is named.
const MOST: usize = 3;

/// What a target is asked.
pub struct Probes<K: Technique, T: Real> {
    /// Inputs on which every sound implementation agrees, up to rounding.
    pub valid: Vec<Probe<K, T>>,
    /// Inputs that must be refused.
    pub invalid: Vec<Probe<K, T>>,
}

/// Names the mistakes that explain a failing target, from its failing cases and a battery of probes.
///
/// A function that the target does not offer tells nothing. Nothing is named if the target's
/// numbers are wrong in a way that no single mistake is.
#[must_use]
pub fn diagnose<K: Technique, T: Real>(
    target: &dyn Target<T>,
    failing: &[K::Case<T>],
) -> Diagnosis {
    if !K::is_offered(target) {
        return Diagnosis::default();
    }
    let Probes { mut valid, invalid } = K::probes::<T>();
    valid.extend(from_failures(failing));
    let (refusals, told) = refusals::find(target, &invalid);
    let (mut likely, mut matched) = match values::find(target, &valid) {
        values::Finding::Unknown => return Diagnosis::default(),
        values::Finding::Explained(likely, matched) => (likely, matched),
        values::Finding::Right if refusals.is_empty() => {
            let (likely, told) = symptoms::find::<K, T>(target);
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

/// The failing cases that are small and in a range where every sound implementation works.
fn from_failures<K: Technique, T: Real>(failing: &[K::Case<T>]) -> Vec<Probe<K, T>> {
    /// Enough to tell, few enough to try every mistake on.
    const SIZE: usize = 2048;
    const COUNT: usize = 12;
    let telling = |case: &&K::Case<T>| K::size(case) <= SIZE && K::is_telling(case);
    let mut cases: Vec<_> = failing.iter().filter(telling).cloned().collect();
    cases.sort_by_key(K::size);
    cases.truncate(COUNT);
    probes_of(cases, false)
}

/// Every function on every case, as far as the arguments concern it.
pub(crate) fn probes_of<K: Technique, T: Real>(
    cases: Vec<K::Case<T>>,
    exact: bool,
) -> Vec<Probe<K, T>> {
    let each = |case: K::Case<T>| {
        let functions = K::Function::ALL.iter().filter(|function| K::concerns(**function, &case));
        let one = |function: &K::Function| Probe { case: case.clone(), function: *function, exact };
        functions.map(one).collect::<Vec<_>>()
    };
    cases.into_iter().flat_map(each).collect()
}
