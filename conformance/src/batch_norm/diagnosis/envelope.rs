//! How far from a mistake's own answer another implementation with the same mistake may be.
//!
//! A sound sum of m terms errs like a change of each term by up to (m + 1)/2 + 5 units u of the
//! channel's largest |x| (the `sound` bound's Δ), and everything else rounds a few times. So the
//! mistake is asked again with x and its mean moved by that much, up or down at random, and its
//! other numbers by 4u: what its answer changes by, four times over, is allowed. Conditioning, cancellation and
//! scale are in that change, whatever the formula: where mean(x²) − μ² is junk, the junk spreads
//! and everything is allowed; where it makes the answer NaN or not by chance, nothing is told.

use std::collections::BTreeMap;

use super::answer::{Allowed, Answer, same};
use super::probe::{Probe, answer_of};
use crate::batch_norm::Case;
use crate::batch_norm::mistakes::Mistake;
use crate::inputs::unit_at;
use crate::mistake::Trace;
use crate::{Real, Shape};

/// How often a mistake is asked again.
const TRIALS: u64 = 6;

/// The same where the answer is junk, which now and then is right by luck.
const TRIALS_OF_JUNK: u64 = 24;

/// How many times the largest change seen is allowed.
const FACTOR: f64 = 4.0;

/// The share of a channel's largest value beyond which a change makes junk of it.
const JUNK: f64 = 0.25;

/// What an answer is, and how far from it another may be.
pub(super) enum Envelope {
    /// Each output's elements.
    Values(Vec<Vec<Allowed>>),
    /// No values: then the answers must be equal.
    Other(Answer),
}

/// The answer of `mistake`, and what rounding may make of it.
pub(super) fn envelope<T: Real>(mistake: &Mistake, probe: &Probe<T>) -> Envelope {
    let Answer::Given(centre) = answer_of(mistake, probe) else {
        return Envelope::Other(answer_of(mistake, probe));
    };
    let roundings = |v: f64| FACTOR * (T::UNIT_ROUNDOFF * v.abs() + T::MIN_SUBNORMAL);
    let start = |v: &f64| (*v, if v.is_finite() { roundings(*v) } else { 0.0 });
    let mut allowed: Vec<Vec<Allowed>> =
        centre.iter().map(|output| output.iter().map(start).collect()).collect();
    let junk = mistake.info.trace == Trace::Junk;
    let trials = if junk { TRIALS_OF_JUNK } else { TRIALS };
    let mut others: Vec<Answer> = (0..trials).map(|trial| again(mistake, probe, trial)).collect();
    if junk {
        others.push(answer_of(&Mistake::BASE, probe));
    }
    for other in others {
        let Answer::Given(outputs) = other else { continue };
        for ((value, allowed), other) in allowed.iter_mut().flatten().zip(outputs.iter().flatten())
        {
            *allowed = allowed.max(FACTOR * change(*value, *other));
        }
    }
    for (output, elements) in allowed.iter_mut().enumerate() {
        free_junk(elements, |i| if output == 0 { probe.case.shape.channel_of(i) } else { i });
    }
    Envelope::Values(allowed)
}

/// The answer of `mistake` with everything moved as rounding might.
fn again<T: Real>(mistake: &Mistake, probe: &Probe<T>, trial: u64) -> Answer {
    let moved = Probe { case: moved(probe, trial), part: probe.part, exact: probe.exact };
    let slip = steps(probe) * unit_at(trial, 0).signum();
    answer_of(&mistake.slipped(slip), &moved)
}

/// Allows anything in a channel where rounding alone changes a quarter of its largest value.
fn free_junk(elements: &mut [Allowed], channel_of: impl Fn(usize) -> usize) {
    let mut channels: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (i, (value, allowed)) in elements.iter().enumerate() {
        let (size, change) = channels.entry(channel_of(i)).or_default();
        *size = size.max(value.abs());
        *change = change.max(*allowed);
    }
    for (i, (_, allowed)) in elements.iter_mut().enumerate() {
        let (size, change) = channels[&channel_of(i)];
        if change > JUNK * size && change > 0.0 {
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

/// How far x may move, in units of the channel's largest |x|.
fn steps<T: Real>(probe: &Probe<T>) -> f64 {
    if probe.exact { 0.0 } else { error_of_a_mean(&probe.case) }
}

/// ((m + 1)/2 + 5)·u: what any order of summation may lose of the largest term.
fn error_of_a_mean<T: Real>(case: &Case<T>) -> f64 {
    ((case.shape.per_channel() as f64 + 1.0) / 2.0 + 5.0) * T::UNIT_ROUNDOFF
}

/// The case with every number changed as rounding might.
fn moved<T: Real>(probe: &Probe<T>, trial: u64) -> Case<T> {
    let case = &probe.case;
    let sign = |which: u64, i: usize| unit_at(trial << 8 | which, i).signum();
    let nudge = |values: &[T], which: u64| {
        let moved = |(i, v): (usize, &T)| {
            T::from_f64(v.to_f64() * (1.0 + 4.0 * T::UNIT_ROUNDOFF * sign(which, i)))
        };
        values.iter().enumerate().map(moved).collect()
    };
    let shift = |values: &[T], largest: &[f64], which: u64, by: f64| {
        let moved = |(i, v): (usize, &T)| {
            T::from_f64(v.to_f64() + by * largest[case.shape.channel_of(i)] * sign(which, i))
        };
        values.iter().enumerate().map(moved).collect()
    };
    Case {
        x: shift(&case.x, &largest(case.shape, &case.x), 1, steps(probe)),
        dy: shift(&case.dy, &largest(case.shape, &case.dy), 2, error_of_a_mean::<T>(case)),
        gamma: nudge(&case.gamma, 3),
        beta: nudge(&case.beta, 4),
        mean: nudge(&case.mean, 5),
        variance: nudge(&case.variance, 6),
        ..case.clone()
    }
}

/// The largest finite |value| of each channel.
fn largest<T: Real>(shape: Shape, values: &[T]) -> Vec<f64> {
    let mut largest = vec![0.0_f64; shape.channels];
    for (i, v) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let slot = &mut largest[shape.channel_of(i)];
        *slot = slot.max(v.to_f64().abs());
    }
    largest
}
