//! How far from a mistake's own answer another implementation with the same mistake may be.
//!
//! The mistake is asked again with its numbers moved as rounding might move them, up or down at
//! random, by as much as the technique's `sound` algorithms may err ([`Technique::moved`]): what its
//! answer changes by, four times over, is allowed. Conditioning, cancellation and scale are in that
//! change, whatever the formula: where mean(x²) − μ² is junk, the junk spreads and everything is
//! allowed; where it makes the answer NaN or not by chance, nothing is told.

use std::collections::BTreeMap;

use super::answer::{Allowed, Answer, Probe, answer_of, same};
use crate::Real;
use crate::mistake::Trace;
use crate::technique::{Planted, Technique};

/// How often a mistake is asked again.
const TRIALS: u64 = 6;

/// The same where the answer is junk, which now and then is right by luck.
const TRIALS_OF_JUNK: u64 = 24;

/// How many times the largest change seen is allowed.
const FACTOR: f64 = 4.0;

/// The share of a group's largest value beyond which a change makes junk of it.
const JUNK: f64 = 0.25;

/// What an answer is, and how far from it another may be.
pub(super) enum Envelope {
    /// Each output's elements.
    Values(Vec<Vec<Allowed>>),
    /// No values: then the answers must be equal.
    Other(Answer),
}

/// The answer of `mistake`, and what rounding may make of it.
pub(super) fn envelope<K: Technique, T: Real>(
    mistake: K::Mistake,
    probe: &Probe<K, T>,
) -> Envelope {
    let centre = match answer_of::<K, T>(mistake, &probe.case, probe.function) {
        Answer::Given(centre) => centre,
        other => return Envelope::Other(other),
    };
    let roundings = |v: f64| FACTOR * (T::UNIT_ROUNDOFF * v.abs() + T::MIN_SUBNORMAL);
    let start = |v: &f64| (*v, if v.is_finite() { roundings(*v) } else { 0.0 });
    let mut allowed: Vec<Vec<Allowed>> =
        centre.iter().map(|output| output.iter().map(start).collect()).collect();
    let junk = mistake.info().trace == Trace::Junk;
    let trials = if junk { TRIALS_OF_JUNK } else { TRIALS };
    let mut others: Vec<Answer> =
        (0..trials).map(|trial| again::<K, T>(mistake, probe, trial)).collect();
    if junk {
        others.push(answer_of::<K, T>(K::base(), &probe.case, probe.function));
    }
    for other in others {
        let Answer::Given(outputs) = other else { continue };
        for ((value, allowed), other) in allowed.iter_mut().flatten().zip(outputs.iter().flatten())
        {
            *allowed = allowed.max(FACTOR * change(*value, *other));
        }
    }
    for (output, elements) in allowed.iter_mut().enumerate() {
        let rounding = FACTOR * T::MIN_SUBNORMAL;
        free_junk(elements, rounding, |i| K::group_of(&probe.case, output, i));
    }
    Envelope::Values(allowed)
}

/// The answer of `mistake` with everything moved as rounding might.
fn again<K: Technique, T: Real>(mistake: K::Mistake, probe: &Probe<K, T>, trial: u64) -> Answer {
    let (mistake, case) = K::moved(mistake, &probe.case, probe.exact, trial);
    answer_of::<K, T>(mistake, &case, probe.function)
}

/// Allows anything in a group where rounding alone changes a quarter of its largest value; what a
/// zero is allowed is no change.
fn free_junk(elements: &mut [Allowed], rounding: f64, group_of: impl Fn(usize) -> usize) {
    let mut groups: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (i, (value, allowed)) in elements.iter().enumerate() {
        let (size, change) = groups.entry(group_of(i)).or_default();
        *size = size.max(value.abs());
        *change = change.max(*allowed);
    }
    for (i, (_, allowed)) in elements.iter_mut().enumerate() {
        let (size, change) = groups[&group_of(i)];
        if change > JUNK * size && change > rounding {
            *allowed = f64::INFINITY;
        }
    }
}

/// |a − b|; infinite where one of them is not a number.
fn change(a: f64, b: f64) -> f64 {
    if same(a, b) {
        return 0.0;
    }
    let change = (a - b).abs();
    if change.is_nan() { f64::INFINITY } else { change }
}
