//! Gradient clipping as the shared machinery knows it.

use std::collections::BTreeSet;

use super::mistakes::{self, Mistake};
use super::truth::{Truth, norm_of};
use super::{Case, Function, NonFinite, inputs, properties};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probe, Probes, Symptom, bits_that_differ, probes_of};
use crate::exact::Exact;
use crate::technique::{Technique, of_its_module};
use crate::verdict::Strength;
use crate::{Real, Target, ulp};

/// Gradient clipping, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clip;

impl Technique for Clip {
    const NAME: &'static str = "clipping";
    const PREFIX: &'static str = "CLP";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["CLP-18", "CLP-21", "CLP-22"];

    of_its_module!(clipping, |to| to);

    fn probes<T: Real>() -> Probes<Self, T> {
        let plain = list(&[&[3.0, -1.0, 0.5], &[2.0, -2.5]], 2.0, NonFinite::Refuse);
        let spoilt = plain.spoilt().into_iter().filter(Spoilt::is_of_the_case);
        let invalid = probes_of(spoilt.map(|spoilt| spoilt.case).collect(), true);
        let mut probes = probes_of(valid(), false);
        // Clipping itself may stumble over it where squares overflow; the norm is ∞ for everybody.
        let case = list(&[&[T::MAX; 4]], 1.0, NonFinite::Propagate);
        probes.push(Probe { case, function: Function::Norm, exact: false });
        Probes { valid: probes, invalid }
    }

    /// Squares stay in the range of `f32`, and the bound of the norm in the domain.
    fn is_telling<T: Real>(case: &Case<T>) -> bool {
        let fits = |size: f64| size == 0.0 || (1e-15..1e15).contains(&size);
        let is_finite = case.tensors.iter().flatten().all(|g| g.is_finite());
        let values = || case.tensors.iter().flatten().map(|g| g.to_f64().abs());
        (fits(case.threshold) || case.threshold.is_infinite())
            && values().all(|g| !g.is_finite() || fits(g))
            && (is_finite || case.non_finite != NonFinite::Refuse)
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.len()
    }

    /// Norms move by as much as `sound` allows: n/2 + K/2 + 6 roundings.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let sign = if trial.is_multiple_of(2) { 1.0 } else { -1.0 };
        let terms = (case.len() + case.tensors.len()) as f64;
        let slip = sign * (terms / 2.0 + 6.0) * T::UNIT_ROUNDOFF;
        (Mistake { slip, ..mistake }, case.clone())
    }

    /// Ends of the range, bits that must stay, `rounding` (more than half a unit), threads and levels.
    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        let mut seen: BTreeSet<Symptom> = known_symptoms::<T>(target).collect();
        if half_units && T::DIGITS == 24 {
            seen.extend(roundings::<T>(target));
        }
        seen.extend(bits_that_differ::<Self, T>(target, &inputs::many(7, 3.0)));
        seen
    }
}

/// A list of tensors.
fn list<T: Real>(tensors: &[&[f64]], threshold: f64, non_finite: NonFinite) -> Case<T> {
    let tensor = |values: &&[f64]| values.iter().map(|value| T::from_f64(*value)).collect();
    Case { threshold, non_finite, tensors: tensors.iter().map(tensor).collect(), withheld: 0 }
}

/// Norms on both sides of the threshold, threshold 0 and none, zeros, what is not finite, no element.
fn valid<T: Real>() -> Vec<Case<T>> {
    use NonFinite::{Propagate, Refuse, Zero};
    let mixed: &[&[f64]] = &[&[3.0, -1.0, 0.25], &[], &[2.0, -2.5, 0.75, 0.0]];
    let (nan, infinite) = (f64::NAN, f64::INFINITY);
    let mut cases: Vec<Case<T>> = [2.0, 0.7, 4.75, 10.0, 0.0, infinite, 41.0]
        .into_iter()
        .map(|threshold| list(mixed, threshold, Refuse))
        .collect();
    cases.push(list(&[&[6e-8, -8e-8], &[1e-8]], 1e-8, Refuse));
    for threshold in [0.0, 1.0] {
        cases.push(list(&[&[0.0, 0.0], &[0.0]], threshold, Refuse));
    }
    for policy in [Propagate, Zero] {
        for bad in [nan, infinite, -infinite] {
            cases.push(list(&[&[3.0, -0.5], &[bad, 1.0]], 2.0, policy));
        }
    }
    cases.push(list(&[&[], &[]], 1.0, Refuse));
    cases
}

/// Whether the first output of a function is beyond what a strength allows.
fn is_off<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
    strength: Strength,
) -> bool {
    let (Ok(got), Some(truth)) = (case.ask(function, target), Truth::of(case)) else {
        return false;
    };
    let gradient = case.gradient();
    got[0].iter().enumerate().any(|(i, got)| {
        let expected = match function {
            Function::Norm => truth.expected_norm::<T>(strength, false),
            _ => truth.expected(strength, gradient[i]),
        };
        expected.is_some_and(|one| one.truth.distance(got.to_f64()) > one.bound)
    })
}

/// The symptoms of data that are hard for all.
fn known_symptoms<T: Real>(target: &dyn Target<T>) -> impl Iterator<Item = Symptom> {
    let known = inputs::known::<T>();
    let hard = move |name: &str, function, symptom| {
        let case = known.iter().find(|(known, _)| *known == name).map(|(_, case)| case)?;
        is_off(target, case, function, Strength::Should).then_some(symptom)
    };
    let (norm, clipped) = (Function::Norm, Function::ByGlobalNorm);
    let off = [
        hard("squares overflow", norm, Symptom("overflow", "norm")),
        hard("squares underflow", norm, Symptom("underflow", "norm")),
        hard("the norm overflows", clipped, Symptom("overflow", "by_global_norm")),
        changes_zero(target).then_some(Symptom("negative zero", "by_value")),
    ];
    off.into_iter().flatten()
}

/// Whether −0 comes out as +0.
fn changes_zero<T: Real>(target: &dyn Target<T>) -> bool {
    let case = list::<T>(&[&[-0.0, 1.0]], 2.0, NonFinite::Refuse);
    let minus = T::from_f64(-0.0).bits();
    case.ask(Function::ByValue, target).is_ok_and(|y| y[0][0].bits() != minus)
}

/// The symptoms of the last bits of `f32`.
fn roundings<T: Real>(target: &dyn Target<T>) -> impl Iterator<Item = Symptom> {
    let long: Vec<Case<T>> = (0..8).map(|seed| inputs::many(seed, 3.0)).collect();
    let errs = |function| long.iter().any(|case| is_off(target, case, function, Strength::Promise));
    let seen = [
        errs(Function::Norm).then_some(Symptom("rounding", "norm")),
        errs(Function::ByGlobalNorm).then_some(Symptom("rounding", "by_global_norm")),
        passes_by_value(target).then_some(Symptom("threshold", "by_value")),
        passes_when_subnormal(target).then_some(Symptom("subnormal", "by_norm")),
    ];
    seen.into_iter().flatten()
}

/// Whether an element passes a threshold that `T` does not have.
fn passes_by_value<T: Real>(target: &dyn Target<T>) -> bool {
    let tau = 1.0 - ulp::<T>(1.0) / 8.0;
    let case = list::<T>(&[&[3.0]], tau, NonFinite::Refuse);
    case.ask(Function::ByValue, target).is_ok_and(|y| y[0][0].to_f64() > tau)
}

/// Whether four elements that are to be ¾ of the smallest number each pass the threshold together.
fn passes_when_subnormal<T: Real>(target: &dyn Target<T>) -> bool {
    let tau = 1.5 * T::MIN_SUBNORMAL;
    let case = list::<T>(&[&[1.0, -1.0, 1.0, 1.0]], tau, NonFinite::Refuse);
    let norm = |y: &[T]| norm_of(y) > Exact::from_f64(tau);
    case.ask(Function::ByNorm, target).is_ok_and(|y| norm(&y[0]))
}
