//! Gradients and steps, element by element: against their formulas, against differences of the
//! penalties, and against each other.

use super::super::truth::{Sums, difference_of_steps, element, surely_stops};
use super::{Case, Function, Penalty, ask};
use crate::compare::{Expected, compare, compare_one};
use crate::exact::Exact;
use crate::technique::Function as _;
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Real, Strength, Target};

use Function::{DecayedStep, L1, L1Gradient, L1Proximal, L2, L2Gradient, PenalizedStep};
use Strength::Must;

/// Every element of an output within its bound.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let got = ask(target, case, function)?;
    Ok(compare(function.outputs()[0], &got, |i| element::<T>(strength, case, function, i)))
}

/// Holds if the elements that `must` says are +0, to the bit.
fn zeros<T: Real>(name: &str, got: &[T], must: impl Fn(usize) -> bool, why: &str) -> Verdict {
    let zero = T::from_f64(0.0).bits();
    match (0..got.len()).find(|&i| must(i) && got[i].bits() != zero) {
        None => Verdict::HOLDS,
        Some(i) => Finding::fail(format!("{name}[{i}]"), format!("{:?}", got[i]), "0.0", why),
    }
}

/// REG-07: within its bound, and +0 at 0. One element is made 0 for it.
pub(super) fn l1_gradient<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut case = case.clone();
    // +0 in place of −0, which times a sign may be either zero.
    case.lambda += 0.0;
    let middle = case.w.len() / 2;
    case.w[middle] = T::from_f64(0.0_f64.copysign(case.w[0].to_f64()));
    let got = ask(target, &case, L1Gradient)?;
    let why = "sign(0) is 0: a weight of 0 stays";
    let at_0 = zeros("gradient", &got, |i| case.w[i].to_f64() == 0.0, why);
    Ok(at_0.and(|| compare("gradient", &got, |i| element::<T>(Must, &case, L1Gradient, i))))
}

/// Elements by which differences are taken: the first, the last and one between.
fn chosen(length: usize) -> impl Iterator<Item = usize> {
    let mut places = vec![0, length / 2, length - 1];
    places.dedup();
    places.into_iter()
}

/// The gradient of a penalty.
fn gradient_of(penalty: Penalty) -> Function {
    if penalty == Penalty::L1 { L1Gradient } else { L2Gradient }
}

/// The penalty with weight `i` set to `at`.
fn penalty_at<T: Real>(case: &Case<T>, penalty: Penalty, i: usize, at: &Exact) -> Option<Exact> {
    let rest = [&case.w[..i], &case.w[i + 1..]];
    let lambda = Exact::from_f64(case.lambda);
    let own = match penalty {
        Penalty::L1 => lambda * at.clone().abs(),
        Penalty::L2 => lambda.scaled(-1) * at.square(),
    };
    Some(Sums::of(&rest)?.penalty(penalty, case.lambda) + own)
}

/// [R(up) − R(down)]/(up − down): without an error for a parabola, and for a line.
fn quotient<T: Real>(
    case: &Case<T>,
    penalty: Penalty,
    i: usize,
    [up, down]: [&Exact; 2],
) -> Option<Exact> {
    let rise = penalty_at(case, penalty, i, up)? - penalty_at(case, penalty, i, down)?;
    Some(rise / (up - down))
}

/// REG-09: the gradient against the central difference of the exact penalty, of step 2⁻⁷⁰·|w|.
pub(super) fn derivative<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    penalty: Penalty,
) -> Checked {
    let function = gradient_of(penalty);
    let got = ask(target, case, function)?;
    let mut verdict = Verdict::CannotTell("the penalty has no slope here");
    for i in chosen(case.w.len()) {
        let w = Exact::from_f64(case.w[i].to_f64());
        if w.is_zero() || case.lambda == 0.0 {
            continue;
        }
        let step = w.scaled(-70);
        let slope = quotient(case, penalty, i, [&(&w + &step), &(&w - &step)]);
        let bound = element::<T>(Must, case, function, i);
        if let (Some(slope), Some(Expected { bound, .. })) = (slope, bound) {
            let expected = Expected::new(slope.to_wide(), bound);
            verdict = verdict
                .and(|| compare_one(&|| format!("{}[{i}]", function.name()), got[i], expected));
        }
    }
    Ok(verdict)
}

/// REG-09: the gradient against differences of the target's own penalty, whose step is as long as
/// keeps L1 on one side of 0: L2 has no error of the step.
pub(super) fn own_difference<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    penalty: Penalty,
) -> Checked {
    let function = gradient_of(penalty);
    let got = ask(target, case, function)?;
    let mut verdict = Verdict::CannotTell("the errors of two penalties hide the slope");
    for i in chosen(case.w.len()) {
        if let Some(expected) = own_slope(target, case, penalty, i)? {
            let place = || format!("{}[{i}] against the own penalty", function.name());
            verdict = verdict.and(|| compare_one(&place, got[i], expected));
        }
    }
    Ok(verdict)
}

/// The slope by weight `i` of the target's own penalty; none if its bound is half of the gradient.
fn own_slope<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    penalty: Penalty,
    i: usize,
) -> Result<Option<Expected>, Verdict> {
    let number = |value: T| Exact::from_f64(value.to_f64());
    let largest = case.w.iter().fold(0.0, |most: f64, w| most.max(w.to_f64().abs()));
    let own = case.w[i].to_f64();
    let step = if penalty == Penalty::L1 { own.abs() / 2.0 } else { largest };
    let mut ends = Vec::new();
    for sign in [1.0, -1.0] {
        let mut moved = case.clone();
        moved.w[i] = T::from_f64(own + sign * step);
        let function = if penalty == Penalty::L1 { L1 } else { L2 };
        let value = ask(target, &moved, function)?[0];
        let expected =
            Sums::of(&[&moved.w]).and_then(|s| s.expected::<T>(Must, penalty, case.lambda));
        let Some(expected) = expected.filter(|_| value.is_finite()) else { return Ok(None) };
        ends.push((number(moved.w[i]), number(value), expected.bound));
    }
    let [(up, high, high_bound), (down, low, low_bound)] = &ends[..] else { return Ok(None) };
    let gradient = element::<T>(Must, case, gradient_of(penalty), i);
    let Some(gradient) = gradient.filter(|_| up > down) else { return Ok(None) };
    let run = up - down;
    let Some(exact) = quotient(case, penalty, i, [up, down]) else { return Ok(None) };
    // Rounding the ends moves their middle, where a parabola has the slope.
    let moved = (exact.to_f64() - gradient.truth.to_f64()).abs();
    let bound = gradient.bound + (high_bound + low_bound) / run.to_f64() + moved;
    let slope = ((high - low) / &run).to_wide();
    let tells = bound < gradient.truth.to_f64().abs() / 2.0;
    let largest = high.to_f64().abs() / run.to_f64();
    Ok(tells.then(|| Expected::new(slope, bound).of_terms(largest)))
}

/// REG-09: at 0, between the slopes of both sides, each from a difference of the exact L1.
pub(super) fn subgradient<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut case = case.clone();
    let i = case.w.len() / 2;
    case.w[i] = T::from_f64(0.0_f64.copysign(case.w[0].to_f64()));
    let got = ask(target, &case, L1Gradient)?[i].to_f64();
    let (zero, step) = (Exact::zero(), Exact::from_f64(1.0).scaled(-70));
    let left = quotient(&case, Penalty::L1, i, [&zero, &-step.clone()]);
    let right = quotient(&case, Penalty::L1, i, [&step, &zero]);
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(Verdict::CannotTell("beyond the range that the clause is for"));
    };
    let (left, right) = (left.to_f64(), right.to_f64());
    let slack = T::UNIT_ROUNDOFF * case.lambda + T::MIN_SUBNORMAL;
    if got >= left - slack && got <= right + slack {
        return Ok(Verdict::HOLDS);
    }
    let expected = format!("from {left:?} to {right:?}");
    let why = "a subgradient: between the slopes on both sides";
    Ok(Finding::fail(format!("gradient[{i}] at w = 0"), format!("{got:?}"), expected, why))
}

/// REG-10: within its bound, and +0 where a weight surely stops.
pub(super) fn proximal<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = ask(target, case, L1Proximal)?;
    let why = "a weight that is smaller than τ stops at 0";
    let stopped = zeros("result", &got, |i| surely_stops(case.w[i], case.threshold), why);
    Ok(stopped.and(|| compare("result", &got, |i| element::<T>(Must, case, L1Proximal, i))))
}

/// REG-10: no other z has a smaller ½(z − w)² + τ|z|, whatever the formula of the result is.
///
/// A result that is off by b costs at most ½b² more, and 2τb where it is on the other side of 0.
pub(super) fn minimises<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = ask(target, case, L1Proximal)?;
    let tau = Exact::from_f64(case.threshold);
    for (i, (z, w)) in got.iter().zip(&case.w).enumerate() {
        let bound = element::<T>(Must, case, L1Proximal, i).map(|expected| expected.bound);
        let Some(bound) = bound.filter(|_| z.is_finite()) else { continue };
        let w = Exact::from_f64(w.to_f64());
        let cost = |z: &Exact| (z - &w).square().scaled(-1) + &tau * &z.clone().abs();
        let others =
            [Exact::zero(), w.clone(), &w - &tau, &w + &tau, w.scaled(-1), (&w - &tau).scaled(-1)];
        let slack = Exact::from_f64(bound) * (tau.scaled(1) + Exact::from_f64(bound));
        let most = cost(&Exact::from_f64(z.to_f64())) - slack;
        if let Some(better) = others.iter().find(|other| cost(other) < most) {
            let expected = format!("{:?}, for one, costs less", better.to_f64());
            let why = "the minimum of ½(z − w)² + τ|z|";
            return Ok(Finding::fail(format!("result[{i}]"), format!("{z:?}"), expected, why));
        }
    }
    Ok(Verdict::HOLDS)
}

/// REG-13: with s = 1 both steps are one.
pub(super) fn unscaled<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let scale = vec![T::from_f64(1.0); case.w.len()];
    let case = Case { scale, ..case.clone() };
    let decay = |i: usize| {
        let [rate, lambda] = [case.learning_rate, case.lambda].map(Exact::from_f64);
        (rate * lambda * Exact::from_f64(case.w[i].to_f64())).to_f64()
    };
    between_steps(target, &case, &decay)
}

/// REG-13: with another s they differ by η·λ·(s − 1)·w.
pub(super) fn steps_differ<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let by = |i: usize| difference_of_steps(case, i).map_or(0.0, |difference| difference.to_f64());
    between_steps(target, case, &by)
}

/// The decayed step against the penalised one, where `shown` is large enough to show a fault.
fn between_steps<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    shown: &dyn Fn(usize) -> f64,
) -> Checked {
    let penalized = ask(target, case, PenalizedStep)?;
    let decayed = ask(target, case, DecayedStep)?;
    let both = |i| {
        let of = |function| element::<T>(Must, case, function, i);
        let (one, other) = (of(PenalizedStep)?, of(DecayedStep)?);
        let both = (one.bound + other.bound, one.scale.max(other.scale));
        penalized[i].is_finite().then_some(both)
    };
    let tells = |i: usize| both(i).is_some_and(|(bound, _)| shown(i).abs() > 4.0 * bound);
    if !(0..case.w.len()).any(tells) {
        return Ok(Verdict::CannotTell("rounding hides the decay"));
    }
    Ok(compare("decayed against penalised result", &decayed, |i| {
        let (bound, largest) = both(i)?;
        let truth = Exact::from_f64(penalized[i].to_f64()) + difference_of_steps(case, i)?;
        Some(Expected::new(truth.to_wide(), bound).of_terms(largest))
    }))
}
