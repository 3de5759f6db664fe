//! L1/L2 regularisation as the shared machinery knows it.

use std::collections::BTreeSet;

use super::mistakes::{self, Mistake};
use super::{Case, Function, Penalty, Role, inputs, properties};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probes, Symptom, bits_that_differ, probes_of};
use crate::inputs::unit_at;
use crate::technique::{Function as _, Technique, of_its_module};
use crate::{Real, Strength, Target, Verdict};

/// L1/L2 regularisation, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Penalties;

impl Technique for Penalties {
    const NAME: &'static str = "regularization";
    const PREFIX: &'static str = "REG";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["REG-16", "REG-17"];

    of_its_module!(regularization, |to| &mut to[0]);

    fn probes<T: Real>() -> Probes<Self, T> {
        let plain = inputs::made::<T>(2, 9);
        let spoilt = plain.spoilt().into_iter().filter(Spoilt::is_of_the_case);
        let invalid = probes_of(spoilt.map(|spoilt| spoilt.case).collect(), true);
        Probes { valid: probes_of(valid(), false), invalid }
    }

    /// Where a square times λ, η and s stays in range with room to spare.
    fn is_telling<T: Real>(case: &Case<T>) -> bool {
        let (low, high) = (T::MIN_POSITIVE.powf(0.2), T::MAX.powf(0.2));
        let fits = |v: f64| v == 0.0 || v.is_nan() || (low..=high).contains(&v.abs());
        let network = case.network.iter().flat_map(|(_, values)| values);
        let data = case.w.iter().chain(&case.gradient).chain(&case.scale).chain(network);
        [case.lambda, case.threshold, case.learning_rate].into_iter().all(fits)
            && data.into_iter().all(|v| fits(v.to_f64()))
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.w.len() + case.network.iter().map(|(_, values)| values.len()).sum::<usize>()
    }

    /// Data move by 4u, up or down; λ by as much more as a sum may lose, (n/2)·u on average.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let u = T::UNIT_ROUNDOFF;
        let sign = |which: u64, i: usize| unit_at((trial << 8) | which, i).signum();
        let nudge = |values: &[T], which: u64| -> Vec<T> {
            let moved =
                |(i, v): (usize, &T)| T::from_f64(v.to_f64() * (1.0 + 4.0 * u * sign(which, i)));
            values.iter().enumerate().map(moved).collect()
        };
        let roundings = 4.0 + Self::size(case) as f64 / 2.0;
        let nudged = |value: f64, which: u64, by: f64| value * (1.0 + by * u * sign(which, 0));
        let network = case.network.iter().enumerate();
        let moved = Case {
            lambda: nudged(case.lambda, 1, roundings),
            threshold: nudged(case.threshold, 2, 4.0),
            learning_rate: nudged(case.learning_rate, 3, 4.0),
            w: nudge(&case.w, 4),
            gradient: nudge(&case.gradient, 5),
            scale: nudge(&case.scale, 6),
            penalty: case.penalty,
            network: network.map(|(k, (role, v))| (*role, nudge(v, 7 + k as u64))).collect(),
        };
        (mistake, moved)
    }

    /// Squares that leave the range at either end, the sign of 0, the last bits of sums and of
    /// elements, threads and levels.
    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        let long = inputs::made::<T>(4, 4001);
        let mut seen = BTreeSet::new();
        if matches!(properties::stops(target, &long), Ok(Verdict::Fail(_))) {
            seen.insert(Symptom("zeros", Function::L1Proximal.name()));
        }
        let mut look = |strength, case: &Case<T>, name| {
            for function in Function::ALL {
                let verdict = properties::agrees(strength, target, case, *function);
                if matches!(verdict, Ok(Verdict::Fail(_))) {
                    seen.insert(Symptom(name, function.name()));
                }
            }
        };
        for (name, decade) in [("overflow", 0.7), ("underflow", -0.7)] {
            look(Strength::Should, &far::<T>(decade), name);
        }
        if half_units {
            look(Strength::Promise, &long, "rounding");
        }
        seen.extend(bits_that_differ::<Self, T>(target, &long));
        seen
    }
}

/// Weights whose squares leave the range, and a λ that brings their L2 back; of λ Σ|w| nothing is told.
fn far<T: Real>(share: f64) -> Case<T> {
    let size = T::MAX.powf(share);
    let mut case = inputs::made::<T>(6, 9);
    case.w.iter_mut().for_each(|w| *w = T::from_f64(w.to_f64() * size));
    inputs::in_parts(Case { lambda: T::MAX.powf(-share), penalty: Penalty::L2, ..case })
}

/// Weights of both signs and of 0, tensors of every role, NaN, infinities, no weight, a scale of 1.
fn valid<T: Real>() -> Vec<Case<T>> {
    let mut cases: Vec<Case<T>> =
        [(2, 9), (3, 9), (4, 33), (5, 64)].map(|(seed, n)| inputs::made(seed, n)).into();
    // One tensor alone, and none.
    let one = |role, seed| Case {
        network: vec![(role, inputs::made(seed, 5).w)],
        ..inputs::made(seed, 5)
    };
    cases.extend([one(Role::Weight, 6), one(Role::Bias, 7), one(Role::Scale, 8)]);
    cases.push(inputs::in_parts(inputs::made(9, 0)));
    cases.push(Case { network: Vec::new(), ..inputs::made(10, 1) });
    let mut zeros = inputs::made::<T>(12, 9);
    zeros.w[2] = T::from_f64(0.0);
    zeros.w[5] = T::from_f64(-0.0);
    cases.push(inputs::in_parts(zeros));
    let mut unscaled = inputs::made::<T>(14, 9);
    unscaled.scale.fill(T::from_f64(1.0));
    cases.push(unscaled);
    for (seed, value) in [(16, f64::NAN), (17, f64::NAN), (18, f64::INFINITY)] {
        let mut spoilt = inputs::made::<T>(seed, 9);
        spoilt.w[4] = T::from_f64(value);
        cases.push(inputs::in_parts(spoilt));
    }
    cases
}
