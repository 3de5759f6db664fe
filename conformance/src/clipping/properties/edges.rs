//! Threshold 0, and what is not finite.

use super::{ByGlobalNorm, ByNorm, ByValue, Case, Function, ask, result};
use crate::arguments;
use crate::clipping::NonFinite;
use crate::compare::{all_nan, same_bits};
use crate::real::towards_zero;
use crate::technique::Function as _;
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Real, Target};

/// CLP-17: zeros of either sign; zeros stay, also at threshold 0.
pub(super) fn threshold_0<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let mut verdict = Verdict::HOLDS;
    for tau in [0.0, -0.0] {
        let y = result(target, &case.at(tau), function)?;
        if let Some(i) = y.iter().position(|y| y.to_f64() != 0.0) {
            let (place, got) = (format!("result[{i}]"), format!("{:?}", y[i]));
            return Ok(Finding::fail(place, got, "zero", "threshold 0 leaves nothing"));
        }
    }
    let zero = |tensor: &Vec<T>| vec![T::from_f64(-0.0); tensor.len()];
    let zeros = Case { tensors: case.tensors.iter().map(zero).collect(), ..case.clone() };
    for tau in [0.0, case.threshold] {
        let y = result(target, &zeros.at(tau), function)?;
        let why = "zeros stay zeros: no 0/0";
        verdict = verdict.and(|| same_bits("result of zeros", &y, &zeros.gradient(), why));
    }
    Ok(verdict)
}

/// The case with a NaN or an infinity somewhere, one after the other.
pub(super) fn not_finite<T: Real>(case: &Case<T>, non_finite: NonFinite) -> Vec<(f64, Case<T>)> {
    let place = case.len() / 2;
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY]
        .into_iter()
        .map(|value| (value, Case { non_finite, ..case.with(place, value) }))
        .collect()
}

/// CLP-18.
pub(super) fn refuses<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::CannotTell("no function is offered");
    for (value, case) in not_finite(case, NonFinite::Refuse) {
        for function in [ByValue, ByNorm, ByGlobalNorm] {
            let place = format!("{} with {value} in the gradient", function.name());
            match arguments::names("gradient", &place, case.ask(function, target)) {
                Verdict::NotOffered => {}
                told => verdict = verdict.and(|| told),
            }
        }
    }
    Ok(verdict)
}

/// Every function that clips, on what is not finite: those that are offered are judged.
pub(super) fn of_each<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    non_finite: NonFinite,
    judge: impl Fn(f64, &Case<T>, Function, &[Vec<T>]) -> Verdict,
) -> Checked {
    let mut verdict = Verdict::NotOffered;
    for (value, case) in not_finite(case, non_finite) {
        for function in [ByValue, ByNorm, ByGlobalNorm] {
            match ask(target, &case, function) {
                Err(Verdict::NotOffered) => {}
                outputs => {
                    let told = judge(value, &case, function, &outputs?);
                    verdict =
                        if verdict == Verdict::NotOffered { told } else { verdict.and(|| told) };
                }
            }
        }
    }
    Ok(verdict)
}

/// The norm that clipping by norm found.
pub(super) fn norm_found<T: Real>(value: f64, function: Function, outputs: &[Vec<T>]) -> Verdict {
    let expected = T::from_f64(value.abs());
    let name = format!("norm of {} with {value} in the gradient, ", function.name());
    same_bits(&name, outputs.last().map_or(&[], Vec::as_slice), &[expected], "as it was found")
}

/// CLP-19.
pub(super) fn propagates<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    of_each(target, case, NonFinite::Propagate, |value, case, function, outputs| {
        let y = &outputs[0];
        let name = format!("{} with {value} in the gradient, result", function.name());
        if function != ByValue {
            let all = &mut y.iter().copied().enumerate();
            return all_nan(&name, all, "by norm everything is NaN")
                .and(|| norm_found(value, function, outputs));
        }
        let tau = towards_zero::<T>(case.threshold);
        let clip = |g: &T| match g.to_f64() {
            value if value > tau => T::from_f64(tau),
            value if value < -tau => T::from_f64(-tau),
            _ => *g,
        };
        let expected: Vec<T> = case.gradient().iter().map(clip).collect();
        same_bits(&name, y, &expected, "by value NaN stays and ±∞ becomes ±threshold")
    })
}

/// CLP-20.
pub(super) fn gives_zeros<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    of_each(target, case, NonFinite::Zero, |value, case, function, outputs| {
        let name = format!("{} with {value} in the gradient, result", function.name());
        let zeros = vec![T::from_f64(0.0); case.len()];
        let verdict = same_bits(&name, &outputs[0], &zeros, "+0 everywhere: the step is skipped");
        if function == ByValue {
            verdict
        } else {
            verdict.and(|| norm_found(value, function, outputs))
        }
    })
}
