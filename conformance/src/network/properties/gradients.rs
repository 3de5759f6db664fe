//! Gradients, beside the judge's and beside slopes.

use super::{
    Case, Gradients, ILL_CONDITIONED, Mode, Near, OUT_OF_REACH, Pass, all, ask, beside, data,
    in_reach, largest, pass,
};
use crate::compare::{Expected, compare_one};
use crate::exact::{Exact, Wide};
use crate::inputs::unit_at;
use crate::network::differences::{along_one, slope};
use crate::network::judge::gradients;
use crate::network::{GoalValues, Plan};
use crate::verdict::{Checked, Finding, Strength, Verdict};
use crate::{Real, Target};

/// The outputs of the function.
pub(super) const INPUT: usize = 0;
/// As above.
pub(super) const PARAMETERS: usize = 1;
/// Their names.
const NAMES: [&str; 2] = ["dx", "dparameters"];

/// By x, and by the parameters.
pub(super) fn judged<T: Real>(case: &Case<T>, pass: &Pass<Near<T>>) -> [Vec<Near<T>>; 2] {
    let slopes = gradients(case, &data(&case.parameters), pass);
    [slopes.dx, slopes.dparameters]
}

/// NET-08, NET-09, NET-10, NET-17: every element within its bound.
pub(super) fn agree<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    output: usize,
) -> Checked {
    let got = ask(target, case, Gradients)?;
    let pass = pass(case, Mode::Training);
    if strength == Strength::Must && !in_reach(case, &pass, true) {
        return Ok(OUT_OF_REACH);
    }
    Ok(beside(NAMES[output], &got[output], &judged(case, &pass)[output]))
}

/// NET-06: Σ_j ∂L/∂b_j = 0.
pub(super) fn sum_to_0<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (GoalValues::Classes(_), Ok(plan)) = (&case.goal, Plan::of(&case.layers)) else {
        return Ok(ILL_CONDITIONED);
    };
    let got = ask(target, case, Gradients)?.swap_remove(PARAMETERS);
    let pass = pass(case, Mode::Training);
    if !in_reach(case, &pass, true) {
        return Ok(OUT_OF_REACH);
    }
    let first = got.len() - plan.outputs();
    let judged = &judged(case, &pass)[PARAMETERS];
    let (biases, largest) = (&judged[first..], largest(judged));
    let Some(each) = biases.iter().map(|b| b.expected(largest)).collect::<Option<Vec<_>>>() else {
        return Ok(ILL_CONDITIONED);
    };
    let (sum, size) = added(got[first..].iter().map(|g| g.to_f64()));
    if !sum.is_finite() {
        return Ok(Finding::fail("sum by the last biases", "not a number", "0", "finite data"));
    }
    let bound = each.iter().map(|one| one.bound).sum::<f64>() + size;
    let one = Expected::new(Wide::exact(0.0), bound).of_terms(largest);
    let spread = T::from_f64(sum);
    Ok(compare_one::<T>(&|| "sum by the last biases".into(), spread, one))
}

/// A sum, and how far its rounding may be from the true one.
fn added(terms: impl Iterator<Item = f64>) -> (f64, f64) {
    let all: Vec<f64> = terms.collect();
    let sizes: f64 = all.iter().map(|term| term.abs()).sum();
    (all.iter().sum(), all.len() as f64 * f64::UNIT_ROUNDOFF * sizes)
}

/// So many slopes are taken a case.
const MOST: usize = 4;

/// NET-11: a few elements of x and of the parameters, those of the case's own choice.
pub(super) fn are_slopes<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (got, judged) = both(target, case)?;
    let largest = largest(&judged);
    let step = (got.len() / MOST).max(1);
    let first = case.rows % step;
    let each = (first..got.len()).step_by(step).take(MOST).map(|i| {
        let Some((slope, off)) = slope(case, &along_one(case, i)) else {
            return ILL_CONDITIONED;
        };
        let Some(one) = judged[i].and_error(off).expected(largest) else {
            return ILL_CONDITIONED;
        };
        let one = Expected { truth: slope.to_wide(), ..one };
        compare_one::<T>(&|| place(case, i), got[i], one)
    });
    all(each)
}

/// What element `i` of x and the parameters is called.
fn place<T: Real>(case: &Case<T>, i: usize) -> String {
    match i.checked_sub(case.x.len()) {
        Some(parameter) => format!("slope, dparameters[{parameter}]"),
        None => format!("slope, dx[{i}]"),
    }
}

/// The gradients by x and by the parameters in one, the target's and the judge's.
fn both<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Result<(Vec<T>, Vec<Near<T>>), Verdict> {
    let got = ask(target, case, Gradients)?.concat();
    let pass = pass(case, Mode::Training);
    if !in_reach(case, &pass, true) {
        return Err(OUT_OF_REACH);
    }
    let judged = judged(case, &pass).concat();
    match judged.iter().all(|near| near.error.is_finite() && near.value.is_finite()) {
        true => Ok((got, judged)),
        false => Err(ILL_CONDITIONED),
    }
}

/// NET-11: Σ dᵢ·gᵢ is the slope along d.
pub(super) fn along_a_direction<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (got, judged) = both(target, case)?;
    let seed = 1 + case.parameters.len() as u64;
    let direction: Vec<f64> = (0..got.len()).map(|i| unit_at(seed, i)).collect();
    let bound: f64 = judged.iter().zip(&direction).map(|(g, d)| g.error * d.abs()).sum();
    let size: f64 = judged.iter().zip(&direction).map(|(g, d)| (g.value * d).abs()).sum();
    let Some((slope, off)) = slope(case, &direction) else { return Ok(ILL_CONDITIONED) };
    let bound = bound + off;
    if bound > size / 64.0 {
        return Ok(ILL_CONDITIONED);
    }
    if let Some(i) = got.iter().position(|g| !g.is_finite()) {
        let shown = format!("{:?}", got[i]);
        return Ok(Finding::fail(place(case, i), shown, "a number", "the data are finite"));
    }
    let term = |(g, d): (&T, &f64)| Exact::from_f64(g.to_f64()) * Exact::from_f64(*d);
    let own: Exact = got.iter().zip(&direction).map(term).sum();
    let off = (&own - &slope).to_f64();
    let bound = bound * crate::compare::SECOND_ORDER + T::MIN_SUBNORMAL;
    if off.abs() > bound {
        let (got, expected) = (format!("{:?}", own.to_f64()), format!("{:?}", slope.to_f64()));
        let allowed = format!("±{bound:.3e}");
        return Ok(Finding::fail("slope along a direction", got, expected, allowed));
    }
    let ratio = off.abs() / bound;
    Ok(Verdict::Pass(crate::Measure { ratio, ulps: 0.0, compared: 1 }))
}
