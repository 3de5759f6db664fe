//! Activations as the shared machinery knows them.

use std::collections::BTreeSet;

use super::mistakes::{self, Mistake};
use super::{Case, Function, inputs, properties, symptoms};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probes, Symptom, probes_of};
use crate::technique::{Technique, of_its_module};
use crate::{Real, Target};

/// Sigmoid, tanh, ReLU and leaky ReLU, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curves;

impl Technique for Curves {
    const NAME: &'static str = "activation";
    const PREFIX: &'static str = "ACT";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["ACT-23", "ACT-24", "ACT-25"];

    of_its_module!(activation, |to| &mut to[0]);

    fn probes<T: Real>() -> Probes<Self, T> {
        let plain = &inputs::long::<T>(1, 0.3, 5);
        let spoilt = plain.spoilt().into_iter().filter(Spoilt::is_of_the_case);
        let invalid = spoilt.map(|spoilt| spoilt.case).collect();
        let untold = Case { slope: -0.25, ..plain.clone() };
        let mut all = probes_of(valid(), false);
        let of_output = |probe: &crate::diagnosis::Probe<Self, T>| {
            probe.function.direction == super::Direction::FromOutput
        };
        all.extend(probes_of(vec![untold.clone()], false).into_iter().filter(|p| !of_output(p)));
        let mut refused = probes_of(invalid, true);
        refused.extend(probes_of(vec![untold], true).into_iter().filter(of_output));
        Probes { valid: all, invalid: refused }
    }

    /// Where no formula is saturated and none cancels; NaN and infinities are telling too.
    fn is_telling<T: Real>(case: &Case<T>) -> bool {
        let fits = |v: &T| {
            let size = v.to_f64().abs();
            !v.is_finite() || size == 0.0 || (0.05..=2.5).contains(&size)
        };
        case.x.iter().all(fits) && case.dy.iter().all(|dy| dy.to_f64().abs() < 1e6)
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.x.len()
    }

    /// Results move by 16u.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let sign = if trial.is_multiple_of(2) { 1.0 } else { -1.0 };
        (Mistake { slip: sign * 16.0 * T::UNIT_ROUNDOFF, ..mistake }, case.clone())
    }

    /// At a kink a target takes the side that it declares.
    fn by_choice<T: Real>(target: &dyn Target<T>, function: Function, case: &Case<T>) -> bool {
        let declared = target.activation().map(|activation| activation.kink()).unwrap_or_default();
        let at_zero = case.x.iter().any(|x| x.to_f64() == 0.0);
        declared != super::Kink::Left && at_zero && function.direction == super::Direction::Backward
    }

    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        symptoms::of(target, half_units)
    }
}

/// Where the curves bend, zeros, both ends, NaN, slopes on both sides of 1, no element.
fn valid<T: Real>() -> Vec<Case<T>> {
    let numbers = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect::<Vec<T>>();
    let x = numbers(&[-2.4, -1.3, -0.7, -0.2, 0.1, 0.4, 0.9, 1.7, 2.2]);
    let dy = numbers(&[0.7, -1.1, 1.9, 0.3, -0.6, 1.3, -1.7, 0.9, 1.1]);
    let y = numbers(&[-0.9, -0.55, 0.15, 0.35, -0.1, 0.7, 0.8, 0.05, 0.3]);
    let plain = Case { slope: 0.3, x, dy, y };
    let steep = Case { slope: 1.75, ..plain.clone() };
    let special = |x: &[f64]| plain.with_x(numbers(x));
    let mut nan = plain.clone();
    nan.x[3] = T::from_f64(f64::NAN);
    // Far, but where everything but a cap is still itself.
    let far = special(&[-9.5, 8.5]);
    vec![
        plain.clone(),
        steep,
        nan,
        special(&[0.0]),
        special(&[f64::INFINITY, f64::NEG_INFINITY]),
        far,
        inputs::long(1, 0.3, 0),
    ]
}
