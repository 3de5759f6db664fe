//! Clauses BN-10 and BN-21 to BN-26: the gradients of training.

use super::forward::Judged;
use super::{Case, Checked, backward, forward, normalizer};
use crate::batch_norm::truth::{BackwardTruth, GradientTruth};
use crate::batch_norm::{GradientValues, bounds, differences};
use crate::compare::{Expected, all_nan, compare, compare_one, none_finite};
use crate::exact::Wide;
use crate::verdict::{Strength, Verdict};
use crate::{Real, Target};

/// dx, dγ and dβ against the truth, each with its bound.
pub(super) fn gradients_agree<T: Real>(
    case: &Case<T>,
    got: &GradientValues<T>,
    truth: &GradientTruth,
    bound: &bounds::GradientBounds,
    largest_term: impl Fn(usize) -> f64,
) -> Verdict {
    parameters_agree(case, got, truth, bound)
        .and(|| inputs_agree(case, got, truth, bound, largest_term))
}

/// Σ|dy|: what the terms of dβ come to, and a measure of those of dγ.
fn pull<T: Real>(case: &Case<T>, c: usize) -> f64 {
    case.shape.channel(&case.dy, c).map(|dy| dy.to_f64().abs()).sum()
}

fn parameters_agree<T: Real>(
    case: &Case<T>,
    got: &GradientValues<T>,
    truth: &GradientTruth,
    bound: &bounds::GradientBounds,
) -> Verdict {
    compare("dbeta", &got.dbeta, |c| {
        let total = bound.dbeta[c] + truth.dbeta_uncertainty[c];
        Some(Expected::new(truth.dbeta[c], total).of_terms(pull(case, c)))
    })
    .and(|| {
        compare("dgamma", &got.dgamma, |c| {
            let total = bound.dgamma[c] + truth.dgamma_uncertainty[c];
            let one = || Expected::new(truth.dgamma[c], total).of_terms(pull(case, c));
            bound.applies[c].then(one)
        })
    })
}

fn inputs_agree<T: Real>(
    case: &Case<T>,
    got: &GradientValues<T>,
    truth: &GradientTruth,
    bound: &bounds::GradientBounds,
    largest_term: impl Fn(usize) -> f64,
) -> Verdict {
    compare("dx", &got.dx, |i| {
        let total = bound.dx[i] + truth.dx_uncertainty[i];
        let applies = bound.applies[case.shape.channel_of(i)];
        applies.then(|| Expected::new(truth.dx[i], total).of_terms(largest_term(i)))
    })
}

/// What the gradients must be, within the bound of that strength.
fn judged<T: Real>(strength: Strength, case: &Case<T>) -> (BackwardTruth, bounds::GradientBounds) {
    let truth = BackwardTruth::for_strength(case, strength);
    let bound = bounds::backward(strength, case, &truth);
    (truth, bound)
}

/// The largest of |γ·r|·(|dy|, |mean dy|, |x̂·mean(dy·x̂)|): the terms of dx.
fn largest_term<T: Real>(case: &Case<T>, truth: &BackwardTruth, i: usize) -> f64 {
    let c = case.shape.channel_of(i);
    let scale = (case.gamma[c].to_f64() * truth.forward.channels[c].rstd).abs();
    let variance_path = (truth.forward.normalized[i] * truth.mean_dy_normalized[c]).abs();
    scale * case.dy[i].to_f64().abs().max(truth.mean_dy[c].abs()).max(variance_path)
}

/// All three gradients.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(strength, case);
    Ok(gradients_agree(case, &got, &truth.gradients, &bound, |i| largest_term(case, &truth, i)))
}

/// dβ = Σ dy and dγ = Σ dy·x̂.
pub(super) fn parameters<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    Ok(parameters_agree(case, &got, &truth.gradients, &bound))
}

/// dx by the formula.
pub(super) fn inputs<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    Ok(inputs_agree(case, &got, &truth.gradients, &bound, |i| largest_term(case, &truth, i)))
}

/// The gradients are the derivatives of the forward formula: central differences in 200 bits.
///
/// A case in which a path of dx (direct, through the mean, through the variance) carries less than
/// a hundredth of the largest |dx| could hide that this path is missing: it tells nothing.
pub(super) fn are_derivatives<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    let telling = |c: usize| bound.applies[c] && differences::paths(case, &truth, c).all_carry();
    if !(0..case.shape.channels).any(telling) {
        return Ok(Verdict::CannotTell("a path of the gradient carries nothing"));
    }
    let slopes = differences::gradients(case);
    Ok(compare("dx", &got.dx, |i| {
        telling(case.shape.channel_of(i)).then(|| Expected::new(slopes.dx[i], bound.dx[i]))
    })
    .and(|| {
        compare("dgamma", &got.dgamma, |c| {
            telling(c).then(|| Expected::new(slopes.dgamma[c], bound.dgamma[c]))
        })
    })
    .and(|| compare("dbeta", &got.dbeta, |c| Some(Expected::new(slopes.dbeta[c], bound.dbeta[c])))))
}

/// A target's dx against the differences of its own forward.
///
/// With L = Σ dy·y and a step h, (L(x + h) − L(x − h))/2h is off by the truncation, measured on the
/// exact forward with the same step, and by Σ|dy|·(bound of y)/h.
pub(super) fn own_differences<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    let mut own = Vec::with_capacity(case.x.len());
    for i in 0..case.x.len() {
        own.push(own_slope(target, case, i)?);
    }
    Ok(compare("dx", &got.dx, |i| {
        let slope = own[i]?;
        let truncation = truth.gradients.dx[i].distance(slope.exact);
        let total = bound.dx[i] + truncation + slope.noise;
        bound.applies[case.shape.channel_of(i)]
            .then(|| Expected::new(Wide::exact(slope.own), total))
    }))
}

/// A difference quotient by one input.
#[derive(Clone, Copy)]
struct Slope {
    own: f64,
    exact: f64,
    noise: f64,
}

fn own_slope<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    i: usize,
) -> Result<Option<Slope>, Verdict> {
    // ∛u of the channel's spread balances truncation h² against noise u/h.
    let c = case.shape.channel_of(i);
    let spread = differences::spread(case, c);
    let (mut up, mut down) = (case.clone(), case.clone());
    up.x[i] = T::from_f64(case.x[i].to_f64() + spread * T::UNIT_ROUNDOFF.cbrt());
    down.x[i] = T::from_f64(case.x[i].to_f64() - spread * T::UNIT_ROUNDOFF.cbrt());
    let step = up.x[i].to_f64() - down.x[i].to_f64();
    let (y_up, y_down) = (forward(target, &up)?, forward(target, &down)?);
    let (mut own, mut noise) = (0.0, 0.0);
    let judged = [&up, &down].map(|case| Judged::new(Strength::Must, case));
    for j in (0..case.x.len()).filter(|&j| case.shape.channel_of(j) == c) {
        let dy = case.dy[j].to_f64();
        own += dy * (y_up[j].to_f64() - y_down[j].to_f64());
        for (judged, case) in judged.iter().zip([&up, &down]) {
            let Some(one) = judged.y(case, j) else { return Ok(None) };
            // One more rounding for the product and the sum of this line.
            noise += dy.abs() * (one.bound + 4.0 * f64::UNIT_ROUNDOFF * one.truth.to_f64().abs());
        }
    }
    let exact = differences::quotient(&up, &down, i).to_f64();
    Ok(Some(Slope { own: own / step, exact, noise: noise / step }))
}

/// Σ dx = 0 and Σ dx·x̂ = γ·r·dγ·ε/(σ² + ε) in every channel.
pub(super) fn sums<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    let mut verdict = Verdict::CannotTell("every channel is too ill-conditioned");
    for c in (0..case.shape.channels).filter(|&c| bound.applies[c]) {
        let mut sums = [(0.0, 0.0, 0.0); 2];
        for k in 0..case.shape.per_channel() {
            let i = case.shape.index(k, c);
            let (dx, normalized) = (got.dx[i].to_f64(), truth.forward.normalized[i]);
            let total = bound.dx[i] + truth.gradients.dx_uncertainty[i];
            for (sum, factor) in sums.iter_mut().zip([1.0, normalized]) {
                sum.0 += dx * factor;
                sum.1 += total * factor.abs();
                sum.2 += (dx * factor).abs();
            }
        }
        let m = case.shape.per_channel() as f64;
        let expected = [0.0, differences::projection(case, &truth, c)];
        let names = ["Σdx of channel", "Σdx·x̂ of channel"];
        for ((sum, truth), name) in sums.into_iter().zip(expected).zip(names) {
            // The sums of this line are rounded m + 2 times in f64, and so is the expected value.
            let rounding = (m + 8.0) * f64::UNIT_ROUNDOFF * (sum.2 + truth.abs());
            let one = Expected::new(Wide::exact(truth), sum.1 + rounding);
            verdict = verdict.and(|| compare_one(&|| format!("{name} {c}"), sum.0, one));
        }
    }
    Ok(verdict)
}

/// One value per channel has a gradient of 0 by x, within its bound, unless the dialect refuses it.
pub(super) fn single_has_none<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let batch_norm = normalizer(target)?;
    if batch_norm.dialect().refuses_single_value {
        let place = "backward with m = 1";
        return Ok(super::arguments::names("shape", place, case.backward(batch_norm)));
    }
    agrees(Strength::Must, target, case)
}

/// Where a spoilt value stands, and what it is.
const SPOILT: [(bool, f64); 4] =
    [(false, f64::NAN), (false, f64::INFINITY), (true, f64::NAN), (true, f64::NEG_INFINITY)];

/// A NaN in x or dy, or an infinity in x, makes dx and dγ of its channel NaN; an infinity in dy
/// leaves none of them finite. No other channel is touched.
pub(super) fn non_finite_poisons<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (truth, bound) = judged(Strength::Must, case);
    let mut verdict = Verdict::HOLDS;
    for (n, (by_dy, value)) in SPOILT.into_iter().enumerate() {
        let c = n % case.shape.channels;
        let i = case.shape.index((5 * n) % case.shape.per_channel(), c);
        let mut poisoned = case.clone();
        let place = if by_dy { &mut poisoned.dy } else { &mut poisoned.x };
        place[i] = T::from_f64(value);
        let mut got = backward(target, &poisoned)?;
        let source = if by_dy { "dy" } else { "x" };
        let why = format!("channel {c}, whose {source}[{i}] is {value}");
        verdict = verdict.and(|| channel_is_spoilt(case, &got, c, (by_dy, value), &why));
        let mut others = bound.clone();
        others.applies[c] = false;
        got.dbeta[c] = T::from_f64(truth.gradients.dbeta[c].to_f64());
        verdict = verdict.and(|| gradients_agree(case, &got, &truth.gradients, &others, |_| 0.0));
    }
    Ok(verdict)
}

fn channel_is_spoilt<T: Real>(
    case: &Case<T>,
    got: &GradientValues<T>,
    c: usize,
    (by_dy, value): (bool, f64),
    why: &str,
) -> Verdict {
    let spoilt = if by_dy && value.is_infinite() { none_finite } else { all_nan };
    let mine = got.dx.iter().copied().enumerate().filter(|(i, _)| case.shape.channel_of(*i) == c);
    spoilt("dx", &mut mine.into_iter(), why)
        .and(|| spoilt("dgamma", &mut [(c, got.dgamma[c])].into_iter(), why))
        .and(|| match by_dy {
            true => spoilt("dbeta", &mut [(c, got.dbeta[c])].into_iter(), why),
            false => Verdict::HOLDS,
        })
}
