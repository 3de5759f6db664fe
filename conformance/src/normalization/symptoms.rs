//! The hard data on which diagnosis looks where a normalisation is wrong.

use std::collections::BTreeSet;

use super::probes::case;
use super::{Along, Case, Kind, Mistake};
use crate::diagnosis::{Answer, Symptom, agrees, ask, bits_that_differ};
use crate::technique::{Function, Planted};
use crate::{Real, Shape, Target, ulp};

/// `count` groups of `size` values each.
fn shape_of<K: Kind>(size: usize, count: usize) -> Shape {
    match K::ALONG {
        Along::Channels => Shape::new(size, count, 1),
        Along::Rows => Shape::new(count, size, 1),
    }
}

/// The symptoms of a target. Half units are asked of those that promise them, where one rounding
/// can keep them.
///
/// - `constant`: a constant group does not give β;
/// - `far from zero`: junk where the mean is 2^(⅔ digits) standard deviations;
/// - `range`: junk where x is in range, but not its square;
/// - `rounding`: more than half a unit in the last place where nothing is hard.
pub(super) fn of<K: Kind, T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
    let mut seen = BTreeSet::new();
    let mut note = |symptom, is_seen: bool| {
        if is_seen {
            seen.insert(symptom);
        }
    };
    let shape = shape_of::<K>(7, 6);
    note(
        Symptom("constant", "forward"),
        errs(target, &constant::<T, K>(), K::FORWARD, &|_, _| 0.0),
    );
    let far = case::<T, K>(shape, f64::from(T::DIGITS * 2 / 3).exp2(), 1.0, 1e-6);
    let plain = case::<T, K>(shape_of::<K>(11, 9), 0.7, 1.0, 1e-3);
    let half = |truth: f64, size: f64| 0.502 * ulp::<T>(truth) + 2_f64.powi(-32) * size;
    let junk = |_: f64, size: f64| 64.0 * 7.0 * T::UNIT_ROUNDOFF * size;
    for function in K::HARD {
        let name = function.name();
        note(Symptom("far from zero", name), errs(target, &far, *function, &junk));
        if half_units && T::DIGITS == 24 {
            note(Symptom("rounding", name), errs(target, &plain, *function, &half));
        }
    }
    for function in [K::FORWARD, K::BACKWARD] {
        let edge = |power: f64| case::<T, K>(shape, 0.0, power, 0.0);
        let beyond = [T::MAX.powf(0.8), T::MIN_POSITIVE.powf(0.8)];
        let wrong = beyond.into_iter().any(|power| errs(target, &edge(power), function, &junk));
        note(Symptom("range", function.name()), wrong);
    }
    let long = case::<T, K>(shape_of::<K>(4001, 2), 3.0, 1.0, 1e-5);
    seen.extend(bits_that_differ::<K, T>(target, &long));
    seen
}

/// Constant groups whose sums in order do not divide back to the constant.
fn constant<T: Real, K: Kind>() -> Case<T, K> {
    let plain: Case<T, K> = case(shape_of::<K>(7, 6), 1.0, 1.0, 1e-9);
    let x = |i: usize| T::from_f64(0.1 + 3.7 * plain.groups().of(i) as f64);
    Case { x: (0..plain.shape.len()).map(x).collect(), ..plain }
}

/// Whether a first output of the target is further from the base, computed in `f64`, than `allowed`.
///
/// `allowed` is told the true value and the size of the terms it is made of.
fn errs<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
    function: K::Function,
    allowed: &dyn Fn(f64, f64) -> f64,
) -> bool {
    let base = Mistake::<K>::BASE.target::<f64>();
    let wide = ask::<K, f64>(&*base, &widened(case), function);
    let (Answer::Given(got), Answer::Given(truth)) = (ask::<K, T>(target, case, function), wide)
    else {
        return false;
    };
    let largest = |values: &[f64]| values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let shifts = function.outputs() == ["y"];
    let beta = case.beta.iter().fold(0.0_f64, |most, v| most.max(v.to_f64().abs()));
    let size = largest(&truth[0]) + if shifts { beta } else { 0.0 };
    let wrong = |(got, truth): (&f64, &f64)| !agrees(*got, (*truth, allowed(*truth, size)));
    got[0].iter().zip(&truth[0]).any(wrong)
}

fn widened<T: Real, K: Kind>(case: &Case<T, K>) -> Case<f64, K> {
    let wide = |values: &[T]| values.iter().map(|v| v.to_f64()).collect();
    Case {
        shape: case.shape,
        x: wide(&case.x),
        gamma: wide(&case.gamma),
        beta: wide(&case.beta),
        epsilon: case.epsilon,
        dy: wide(&case.dy),
        own: K::widened(&case.own),
    }
}
