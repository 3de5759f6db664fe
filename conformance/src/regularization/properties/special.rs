//! What is not finite, and what is not there.

use super::super::Role;
use super::{Case, Function, ask};
use crate::compare::{all_nan, none_finite, same_bits};
use crate::technique::Function as _;
use crate::verdict::{Checked, Verdict};
use crate::{Real, Target};

use Function::{L1, L1Gradient, L2, NetworkPenalty};

/// Parameters that every precision has exactly, and that are not 0.
fn plain<T: Real>(case: &Case<T>) -> Case<T> {
    Case { lambda: 0.25, threshold: 0.5, learning_rate: 0.125, ..case.clone() }
}

/// The case with weight `i` replaced; the network has the same weights in one tensor.
fn with<T: Real>(case: &Case<T>, i: usize, value: f64) -> Case<T> {
    let mut case = case.clone();
    case.w[i] = T::from_f64(value);
    case.network = vec![(Role::Bias, vec![T::from_f64(1.0)]), (Role::Weight, case.w.clone())];
    case
}

/// REG-15: a NaN is NaN, an infinity of either sign +∞, both are NaN.
pub(super) fn penalty<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let case = plain(case);
    let place = case.w.len() / 2;
    let of = |case: &Case<T>| ask(target, case, function);
    let nan = of(&with(&case, place, f64::NAN))?;
    let mut verdict =
        all_nan("penalty with NaN", &mut nan.into_iter().enumerate(), "a NaN is not hidden");
    let infinity = [T::from_f64(f64::INFINITY)];
    for value in [f64::INFINITY, f64::NEG_INFINITY] {
        let got = of(&with(&case, place, value))?;
        let name = format!("penalty with {value}");
        verdict = verdict.and(|| same_bits(&name, &got, &infinity, "its size is infinite"));
    }
    let mut both = with(&case, place, f64::INFINITY);
    both.w.push(T::from_f64(f64::NAN));
    both.network.push((Role::Weight, vec![T::from_f64(f64::NAN)]));
    let both = of(&both)?;
    let why = "a NaN is not hidden by an infinity";
    Ok(verdict.and(|| all_nan("penalty with both", &mut both.into_iter().enumerate(), why)))
}

/// REG-15: gradients and the proximal step, and that no neighbour sees it.
pub(super) fn element<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let case = plain(case);
    let place = case.w.len() / 2;
    let clean = ask(target, &case, function)?;
    let mut verdict = Verdict::HOLDS;
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut expected = clean.clone();
        expected[place] = T::from_f64(match function {
            L1Gradient if !value.is_nan() => 0.25_f64.copysign(value),
            _ => value,
        });
        let got = ask(target, &with(&case, place, value), function)?;
        let name = format!("{} with w[{place}] = {value}, element ", function.name());
        verdict = verdict.and(|| same_bits(&name, &got, &expected, "it comes out, there alone"));
    }
    Ok(verdict)
}

/// REG-15: in w, g or s; NaN gives NaN, an infinity nothing finite.
pub(super) fn step<T: Real>(target: &dyn Target<T>, case: &Case<T>, function: Function) -> Checked {
    let case = plain(case);
    let place = case.w.len() / 2;
    let clean = ask(target, &case, function)?;
    let mut verdict = Verdict::HOLDS;
    for (which, value) in (0..3)
        .flat_map(|which| [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(|value| (which, value)))
    {
        let mut spoilt = case.clone();
        // A scale or a gradient of 0 would make NaN of an infinity: not finite either.
        let tensor = [&mut spoilt.w, &mut spoilt.gradient, &mut spoilt.scale];
        tensor.into_iter().nth(which).into_iter().for_each(|t| t[place] = T::from_f64(value));
        let got = ask(target, &spoilt, function)?;
        let name = ["w", "gradient", "scale"][which];
        let name = format!("{} with {name}[{place}] = {value}, element ", function.name());
        let own = &mut [(place, got[place])].into_iter();
        let mut rest = got.clone();
        rest[place] = clean[place];
        verdict = verdict
            .and(|| match value.is_nan() {
                true => all_nan(&name, own, "a NaN is not hidden"),
                false => none_finite(&name, own, "an infinity is not hidden"),
            })
            .and(|| same_bits(&name, &rest, &clean, "no other element sees it"));
    }
    Ok(verdict)
}

/// REG-18: the penalty of nothing is +0.
pub(super) fn nothing<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    // +0 in place of −0, of which the penalty may be either zero.
    let case = Case { lambda: case.lambda + 0.0, ..case.clone() };
    let mut verdict = Verdict::CannotTell("no function is offered");
    for function in [L1, L2, NetworkPenalty] {
        match ask(target, &case, function) {
            Err(Verdict::NotOffered) => {}
            got => {
                let (got, zero) = (got?, [T::from_f64(0.0)]);
                let name = format!("{} of nothing", function.name());
                verdict = verdict.and(|| same_bits(&name, &got, &zero, "a sum of nothing is 0"));
            }
        }
    }
    Ok(verdict)
}
