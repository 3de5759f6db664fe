//! The battery: small inputs on which the mistakes of a normalisation differ, the same for every
//! diagnosis; and how far rounding may move an answer to them.

use super::{Case, Kind, Mistake};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probe, Probes, probes_of};
use crate::inputs::unit_at;
use crate::technique::Technique;
use crate::{Real, Shape};

/// A case of numbers with full significands: γ and β neither 0 nor 1, statistics unlike the data's.
///
/// Group g has the mean `mean`·(1, −½, ⅓, …) and a standard deviation near `deviation`.
pub(crate) fn case<T: Real, K: Kind>(
    shape: Shape,
    mean: f64,
    deviation: f64,
    epsilon: f64,
) -> Case<T, K> {
    let number = |seed: u64, i: usize| unit_at(seed ^ shape.len() as u64, i);
    let each = |count: usize, value: &dyn Fn(usize) -> f64| -> Vec<T> {
        (0..count).map(|i| T::from_f64(value(i))).collect()
    };
    let mut case = Case {
        shape,
        x: Vec::new(),
        gamma: each(shape.channels, &|c| 0.5 + number(3, c).abs()),
        beta: each(shape.channels, &|c| number(4, c) - 0.3),
        epsilon,
        dy: each(shape.len(), &|i| number(2, i) + 0.4),
        own: K::own_beside(shape, mean, deviation, &number),
    };
    let groups = case.groups();
    case.x = each(shape.len(), &|i| {
        let g = groups.of(i);
        let sign = if g.is_multiple_of(2) { 1.0 } else { -1.0 };
        (mean * sign + deviation * number(1, i)) / (1.0 + g as f64)
    });
    case
}

pub(super) fn all<T: Real, K: Kind>() -> Probes<K, T> {
    Probes { valid: valid(), invalid: invalid() }
}

/// Valid inputs on which every sound implementation agrees, up to rounding.
fn valid<T: Real, K: Kind>() -> Vec<Probe<K, T>> {
    let mut cases = Vec::new();
    for shape in K::LAYOUTS {
        cases.push(case(shape, 1.0, 1.0, 1e-3));
        cases.push(K::other_choice(case(shape, 0.5, 2.0, 1.0)));
        cases.push(case(shape, 1e-2, 1e-2, 1e-5));
        cases.push(case(shape, 0.0, 3.0, 0.0));
    }
    // Where mean(x²) − μ² loses some digits, most, and all.
    for bits in [T::DIGITS / 4, T::DIGITS / 2, T::DIGITS * 5 / 8] {
        for shape in [K::LAYOUTS[0], K::LAYOUTS[4]] {
            cases.push(case(shape, f64::from(bits).exp2(), 1.0, 1e-6));
        }
    }
    let mut probes = probes_of(cases, false);
    probes.extend(probes_of(degenerate(), true).into_iter().filter(is_the_formula_s));
    probes.extend(probes_of(with_nan(), false));
    probes
}

/// One value per group, no group, constant groups whose sums are exact.
fn degenerate<T: Real, K: Kind>() -> Vec<Case<T, K>> {
    let mut cases = vec![
        case(K::SINGLE, 1.0, 1.0, 1e-3),
        case(K::SINGLE, 1.0, 1.0, 0.0),
        case(K::NONE, 1.0, 1.0, 1e-3),
    ];
    for (value, epsilon) in [(2.0, 1e-3), (0.0, 1e-3), (0.0, 0.0)] {
        let constant: Case<T, K> = case(K::LAYOUTS[0], 0.0, 1.0, epsilon);
        cases.push(Case { x: vec![T::from_f64(value); constant.x.len()], ..constant });
    }
    cases
}

/// Where σ² + ε is 0, only y is asked for: what 0·∞ becomes in a gradient depends on how it is written.
fn is_the_formula_s<T: Real, K: Kind>(probe: &Probe<K, T>) -> bool {
    probe.case.epsilon > 0.0 || probe.function == K::FORWARD
}

/// A NaN in x, then in dy.
fn with_nan<T: Real, K: Kind>() -> Vec<Case<T, K>> {
    let mut cases = Vec::new();
    for place in [0, 5] {
        let mut nan: Case<T, K> = case(K::LAYOUTS[0], 1.0, 1.0, 1e-3);
        nan.x[place] = T::from_f64(f64::NAN);
        cases.push(nan.clone());
        nan.x[place] = T::from_f64(0.7);
        nan.dy[place] = T::from_f64(f64::NAN);
        cases.push(nan);
    }
    cases
}

/// Arguments that must be refused, one at a time.
fn invalid<T: Real, K: Kind>() -> Vec<Probe<K, T>> {
    let plain: Case<T, K> = case(K::LAYOUTS[0], 1.0, 1.0, 1e-3);
    let spoilt = K::spoilt(&plain).into_iter().filter(Spoilt::is_of_the_case);
    let mut cases: Vec<_> = spoilt.map(|spoilt| spoilt.case).collect();
    cases.extend(K::more_invalid());
    probes_of(cases, true)
}

/// Whether squares of all its numbers, and squares of those, stay well inside the range of `T`.
pub(super) fn is_telling<T: Real, K: Kind>(case: &Case<T, K>) -> bool {
    let (low, high) = (T::MIN_POSITIVE.powf(0.25), T::MAX.powf(0.25));
    let fits = |v: f64| v == 0.0 || (low..=high).contains(&v.abs());
    let mut own = case.own.clone();
    let own = K::own_tensors::<T>(&mut own).into_iter().map(|tensor| &*tensor);
    let numbers = [&case.gamma, &case.beta, &case.dy, &case.x].into_iter().chain(own);
    fits(case.epsilon.sqrt()) && numbers.flatten().all(|v| v.is_nan() || fits(v.to_f64()))
}

/// A sound sum of m terms errs like a change of each term by up to (m + 1)/2 + 5 units u of the
/// group's largest |x| (the `sound` bound's Δ), and everything else rounds a few times. So x, its
/// mean and dy are moved by that much, up or down, and the other numbers by 4u.
pub(super) fn moved<T: Real, K: Kind>(
    mistake: Mistake<K>,
    case: &Case<T, K>,
    exact: bool,
    trial: u64,
) -> (Mistake<K>, Case<T, K>) {
    let own_error = error_of_a_mean(case);
    let steps = if exact { 0.0 } else { own_error };
    let sign = |which: u64, i: usize| unit_at(trial << 8 | which, i).signum();
    let nudge = |values: &[T], which: u64| -> Vec<T> {
        let moved = |(i, v): (usize, &T)| {
            T::from_f64(v.to_f64() * (1.0 + 4.0 * T::UNIT_ROUNDOFF * sign(which, i)))
        };
        values.iter().enumerate().map(moved).collect()
    };
    let shift = |values: &[T], which: u64, by: f64| {
        let largest = largest(case, values);
        let moved = |(i, v): (usize, &T)| {
            T::from_f64(v.to_f64() + by * largest[case.groups().of(i)] * sign(which, i))
        };
        values.iter().enumerate().map(moved).collect()
    };
    let mut moved = Case {
        x: shift(&case.x, 1, steps),
        dy: shift(&case.dy, 2, own_error),
        gamma: nudge(&case.gamma, 3),
        beta: nudge(&case.beta, 4),
        ..case.clone()
    };
    for (which, tensor) in (5..).zip(K::own_tensors(&mut moved.own)) {
        *tensor = nudge(tensor, which);
    }
    (mistake.slipped(steps * unit_at(trial, 0).signum()), moved)
}

/// ((m + 1)/2 + 5)·u: what any order of summation may lose of the largest term. Backward sums over
/// the channels of groups, and over the groups.
fn error_of_a_mean<T: Real, K: Kind>(case: &Case<T, K>) -> f64 {
    let longest = case.groups().size().max(case.shape.per_channel());
    ((longest as f64 + 1.0) / 2.0 + 5.0) * T::UNIT_ROUNDOFF
}

/// The largest finite |value| of each group.
fn largest<T: Real, K: Kind>(case: &Case<T, K>, values: &[T]) -> Vec<f64> {
    let mut largest = vec![0.0_f64; case.groups().count()];
    for (i, v) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let slot = &mut largest[case.groups().of(i)];
        *slot = slot.max(v.to_f64().abs());
    }
    largest
}
