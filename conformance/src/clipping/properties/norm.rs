//! The norm, by itself and as clipping gives it back.

use super::{Case, Function, Norm, NormInParts, OUT_OF_DOMAIN, Truth, norm, truth};
use crate::compare::{Expected, compare_one, same_bits, show};
use crate::exact::Wide;
use crate::verdict::{Checked, Finding, Strength, Verdict};
use crate::{Real, Target};

/// CLP-04, CLP-06, CLP-07, CLP-13; within the range it is finite, and not 0.
pub(super) fn norm_agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let got = norm(target, case, function)?;
    let truth = truth(case, function)?;
    if truth.is_beyond_the_range::<T>() {
        let infinite = T::from_f64(f64::INFINITY);
        return Ok(same_bits("norm", &[got], &[infinite], "beyond the range it is infinite"));
    }
    if strength == Strength::Should && got.to_f64() == 0.0 && truth.norm.to_f64() != 0.0 {
        let why = "0 only if every element is";
        return Ok(Finding::fail("norm", "0.0", show::<T>(truth.norm.to_f64()), why));
    }
    let expected = truth.expected_norm::<T>(strength, function == NormInParts);
    Ok(expected.map_or(OUT_OF_DOMAIN, |one| compare_one::<T>(&|| "norm".into(), got, one)))
}

/// CLP-05: the tensors in other orders, all in one, and each element for itself.
pub(super) fn any_order<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let first = norm(target, case, Norm)?;
    let truth = truth(case, Norm)?;
    let Some(allowed) = truth.nu::<T>().map(|nu| nu * truth.norm.to_f64()) else {
        return Ok(OUT_OF_DOMAIN);
    };
    let reversed = case.tensors.iter().rev().map(|t| t.iter().rev().copied().collect()).collect();
    let singles = case.gradient().into_iter().map(|g| vec![g]).collect();
    let mut verdict = Verdict::HOLDS;
    for (how, tensors) in [
        ("backwards", reversed),
        ("of one tensor", vec![case.gradient()]),
        ("of tensors of one element", singles),
    ] {
        let other = Case { tensors, ..case.clone() };
        let got = norm(target, &other, Norm)?;
        let Some(nu) = truth_of_norm(&other).and_then(|truth| truth.nu::<T>()) else { continue };
        let bound = allowed + nu * truth.norm.to_f64();
        let one = Expected::new(Wide::exact(first.to_f64()), bound);
        verdict = verdict.and(|| compare_one::<T>(&|| format!("norm {how}"), got, one));
    }
    Ok(verdict)
}

pub(super) fn truth_of_norm<T: Real>(case: &Case<T>) -> Option<Truth> {
    truth(case, Norm).ok()
}

/// CLP-08: zeros in the shape of the case.
pub(super) fn zeros<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let zero = |(i, tensor): (usize, &Vec<T>)| {
        vec![T::from_f64(if i.is_multiple_of(2) { 0.0 } else { -0.0 }); tensor.len()]
    };
    let tensors = case.tensors.iter().enumerate().map(zero).collect();
    let got = norm(target, &Case { tensors, ..case.clone() }, function)?;
    Ok(same_bits("norm of zeros", &[got], &[T::from_f64(0.0)], "nothing is added to the norm"))
}

/// CLP-08: four times MAX, an infinity, a NaN.
pub(super) fn beyond_the_range<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let mut huge = case.clone();
    huge.tensors.push(vec![T::from_f64(T::MAX); 4]);
    let (first, last) = (0, case.len() - 1);
    let infinite = case.with(last, f64::NEG_INFINITY);
    let nan = case.with(first, f64::INFINITY).with(last, f64::NAN);
    let mut verdict = Verdict::HOLDS;
    for (how, case, expected) in [
        ("norm of four times MAX", huge, f64::INFINITY),
        ("norm with an infinity", infinite, f64::INFINITY),
        ("norm with a NaN", nan, f64::NAN),
    ] {
        let got = norm(target, &case, function)?;
        let why = "beyond the range ∞, and NaN of NaN";
        verdict = verdict.and(|| same_bits(how, &[got], &[T::from_f64(expected)], why));
    }
    Ok(verdict)
}
