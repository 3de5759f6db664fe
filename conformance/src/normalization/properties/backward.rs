//! The gradients of training: what must hold of either normalisation.

use super::forward::Judged;
use super::{backward, forward};
use crate::arguments::names;
use crate::compare::{Expected, all_nan, compare, compare_one, none_finite};
use crate::exact::Wide;
use crate::normalization::truth::{BackwardTruth, GradientTruth};
use crate::normalization::{Along, Case, GradientValues, Kind, bounds, differences};
use crate::verdict::{Checked, Strength, Verdict};
use crate::{Real, Target};

/// dx, dγ and dβ against the truth, each with its bound.
pub(crate) fn gradients_agree<T: Real, K: Kind>(
    case: &Case<T, K>,
    got: &GradientValues<T>,
    truth: &GradientTruth,
    bound: &bounds::GradientBounds,
    largest_term: impl Fn(usize) -> f64,
) -> Verdict {
    parameters_agree(case, got, truth, bound)
        .and(|| inputs_agree(case, got, truth, bound, largest_term))
}

/// Σ|dy|: what the terms of dβ come to, and a measure of those of dγ.
fn pull<T: Real, K: Kind>(case: &Case<T, K>, c: usize) -> f64 {
    case.shape.channel(&case.dy, c).map(|dy| dy.to_f64().abs()).sum()
}

fn parameters_agree<T: Real, K: Kind>(
    case: &Case<T, K>,
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
            bound.applies_to_dgamma[c].then(one)
        })
    })
}

fn inputs_agree<T: Real, K: Kind>(
    case: &Case<T, K>,
    got: &GradientValues<T>,
    truth: &GradientTruth,
    bound: &bounds::GradientBounds,
    largest_term: impl Fn(usize) -> f64,
) -> Verdict {
    compare("dx", &got.dx, |i| {
        let total = bound.dx[i] + truth.dx_uncertainty[i];
        let applies = bound.applies[case.groups().of(i)];
        applies.then(|| Expected::new(truth.dx[i], total).of_terms(largest_term(i)))
    })
}

/// What the gradients must be, within the bound of that strength.
fn judged<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
) -> (BackwardTruth, bounds::GradientBounds) {
    let truth = BackwardTruth::for_strength(case, strength);
    let bound = bounds::backward(strength, case, &truth);
    (truth, bound)
}

/// The largest of F·(|g|, |b|, |x̂·k|): the terms of dx.
fn largest_term<T: Real, K: Kind>(case: &Case<T, K>, truth: &BackwardTruth, i: usize) -> f64 {
    let g = case.groups().of(i);
    let scale = (differences::outside(case, g) * truth.forward.statistics[g].rstd).abs();
    let variance_path = (truth.forward.normalized[i] * truth.mean_pull_normalized[g]).abs();
    scale * differences::pull(case, i).abs().max(truth.mean_pull[g].abs()).max(variance_path)
}

/// All three gradients.
pub(crate) fn agrees<T: Real, K: Kind>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(strength, case);
    Ok(gradients_agree(case, &got, &truth.gradients, &bound, |i| largest_term(case, &truth, i)))
}

/// dβ = Σ dy and dγ = Σ dy·x̂.
pub(crate) fn parameters<T: Real, K: Kind>(target: &dyn Target<T>, case: &Case<T, K>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    Ok(parameters_agree(case, &got, &truth.gradients, &bound))
}

/// dx by the formula.
pub(crate) fn inputs<T: Real, K: Kind>(target: &dyn Target<T>, case: &Case<T, K>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    Ok(inputs_agree(case, &got, &truth.gradients, &bound, |i| largest_term(case, &truth, i)))
}

/// The gradients are the derivatives of the forward formula: central differences in 200 bits.
///
/// A case in which a path of dx (direct, through the mean, through the variance) carries less than
/// a hundredth of the largest |dx| could hide that this path is missing: it tells nothing.
pub(crate) fn are_derivatives<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    let telling = |g: usize| bound.applies[g] && differences::paths(case, &truth, g).all_carry();
    if !(0..case.groups().count()).any(telling) {
        return Ok(Verdict::CannotTell("a path of the gradient carries nothing"));
    }
    let slopes = differences::gradients(case);
    let dx = |i| telling(case.groups().of(i)).then(|| Expected::new(slopes.dx[i], bound.dx[i]));
    let dgamma = |c: usize| {
        let applies = bound.applies_to_dgamma[c];
        applies.then(|| Expected::new(slopes.dgamma[c], bound.dgamma[c]))
    };
    let dbeta = |c: usize| Some(Expected::new(slopes.dbeta[c], bound.dbeta[c]));
    Ok(compare("dx", &got.dx, dx)
        .and(|| compare("dgamma", &got.dgamma, dgamma))
        .and(|| compare("dbeta", &got.dbeta, dbeta)))
}

/// A target's dx against the differences of its own forward.
///
/// With L = Σ dy·y and a step h, (L(x + h) − L(x − h))/2h is off by the truncation, measured on the
/// exact forward with the same step, and by Σ|dy|·(bound of y)/h.
pub(crate) fn own_differences<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
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
        bound.applies[case.groups().of(i)].then(|| Expected::new(Wide::exact(slope.own), total))
    }))
}

/// A difference quotient by one input.
#[derive(Clone, Copy)]
struct Slope {
    own: f64,
    exact: f64,
    noise: f64,
}

fn own_slope<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
    i: usize,
) -> Result<Option<Slope>, Verdict> {
    // ∛u of the group's spread balances truncation h² against noise u/h.
    let spread = differences::spread(case, case.groups().of(i));
    let (mut up, mut down) = (case.clone(), case.clone());
    up.x[i] = T::from_f64(case.x[i].to_f64() + spread * T::UNIT_ROUNDOFF.cbrt());
    down.x[i] = T::from_f64(case.x[i].to_f64() - spread * T::UNIT_ROUNDOFF.cbrt());
    let step = up.x[i].to_f64() - down.x[i].to_f64();
    let (y_up, y_down) = (forward(target, &up)?, forward(target, &down)?);
    let (mut own, mut noise) = (0.0, 0.0);
    let judged = [&up, &down].map(|case| Judged::new(Strength::Must, case));
    for j in case.groups().indices(case.groups().of(i)) {
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

/// Σ dx = 0 and Σ dx·x̂ = F·Σ(g·x̂)·ε/(σ² + ε) in every group.
pub(crate) fn sums<T: Real, K: Kind>(target: &dyn Target<T>, case: &Case<T, K>) -> Checked {
    let got = backward(target, case)?;
    let (truth, bound) = judged(Strength::Must, case);
    let mut verdict = Verdict::CannotTell("every group is too ill-conditioned");
    for g in (0..case.groups().count()).filter(|&g| bound.applies[g]) {
        let (sum, projected) = sums_of(case, &got.dx, &truth, &bound, g);
        let expected = differences::projection(case, &truth, g);
        let what = [(sum, 0.0, "Σdx"), (projected, expected, "Σdx·x̂")];
        for (sum, truth, name) in what {
            let place = || format!("{name} of {} {g}", K::GROUP);
            verdict = verdict.and(|| compare_one(&place, sum.value, sum.near(truth)));
        }
    }
    Ok(verdict)
}

/// A sum of products, and how far from the true one it may be.
#[derive(Clone, Copy, Default)]
struct Sum {
    value: f64,
    bound: f64,
    size: f64,
    terms: f64,
}

impl Sum {
    fn add(&mut self, value: f64, factor: f64, bound: f64) {
        self.value += value * factor;
        self.bound += bound * factor.abs();
        self.size += (value * factor).abs();
        self.terms += 1.0;
    }

    /// The sum itself is rounded terms + 2 times in `f64`, and so is the expected value.
    fn near(self, truth: f64) -> Expected {
        let rounding = (self.terms + 8.0) * f64::UNIT_ROUNDOFF * (self.size + truth.abs());
        Expected::new(Wide::exact(truth), self.bound + rounding)
    }
}

/// Σ dx and Σ dx·x̂ of group `g`.
fn sums_of<T: Real, K: Kind>(
    case: &Case<T, K>,
    dx: &[T],
    truth: &BackwardTruth,
    bound: &bounds::GradientBounds,
    g: usize,
) -> (Sum, Sum) {
    let (mut plain, mut projected) = (Sum::default(), Sum::default());
    for i in case.groups().indices(g) {
        let total = bound.dx[i] + truth.gradients.dx_uncertainty[i];
        plain.add(dx[i].to_f64(), 1.0, total);
        projected.add(dx[i].to_f64(), truth.forward.normalized[i], total);
    }
    (plain, projected)
}

/// One value per group has a gradient of 0 by x, within its bound, unless the dialect refuses it.
pub(crate) fn single_has_none<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    if K::refuses_single(target) {
        return Ok(names("shape", "backward of groups of one value", case.backward(target)));
    }
    agrees(Strength::Must, target, case)
}

/// A value that spoils: whether it stands in dy, and what it is.
type Poison = (bool, f64);

const POISONS: [Poison; 4] =
    [(false, f64::NAN), (false, f64::INFINITY), (true, f64::NAN), (true, f64::NEG_INFINITY)];

/// A NaN or an infinity in x makes dx of its group and dγ of every channel of it NaN; in dy it
/// spoils dx of its group, and dγ and dβ of its channel. Nothing else is touched.
pub(crate) fn non_finite_poisons<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let (truth, bound) = judged(Strength::Must, case);
    let (groups, mut verdict) = (case.groups(), Verdict::HOLDS);
    for (n, (by_dy, value)) in POISONS.into_iter().enumerate() {
        let g = n % groups.count();
        let i = groups.index((5 * n) % groups.size(), g);
        let mut poisoned = case.clone();
        let place = if by_dy { &mut poisoned.dy } else { &mut poisoned.x };
        place[i] = T::from_f64(value);
        let mut got = backward(target, &poisoned)?;
        let spoilt = Spoilt::by(case, i, (by_dy, value));
        verdict = verdict.and(|| spoilt.all_are(&got));
        let mut others = bound.clone();
        others.applies[g] = false;
        for c in spoilt.channels {
            others.applies_to_dgamma[c] = false;
            if by_dy {
                got.dbeta[c] = T::from_f64(truth.gradients.dbeta[c].to_f64());
            }
        }
        verdict = verdict.and(|| gradients_agree(case, &got, &truth.gradients, &others, |_| 0.0));
    }
    Ok(verdict)
}

/// What one spoilt value spoils.
struct Spoilt {
    poison: Poison,
    /// Elements of dx.
    elements: Vec<usize>,
    /// Channels of dγ.
    channels: Vec<usize>,
    why: String,
}

impl Spoilt {
    fn by<T: Real, K: Kind>(case: &Case<T, K>, i: usize, poison: Poison) -> Self {
        let g = case.groups().of(i);
        let channels = match (K::ALONG, poison.0) {
            (Along::Rows, false) => (0..case.shape.channels).collect(),
            _ => vec![case.shape.channel_of(i)],
        };
        let source = if poison.0 { "dy" } else { "x" };
        let why = format!("{source}[{i}], of {} {g}, is {}", K::GROUP, poison.1);
        Self { poison, elements: case.groups().indices(g).collect(), channels, why }
    }

    fn all_are<T: Real>(&self, got: &GradientValues<T>) -> Verdict {
        let (by_dy, value) = self.poison;
        let spoilt = if by_dy && value.is_infinite() { none_finite } else { all_nan };
        let at = |places: &[usize], of: &[T]| {
            places.iter().map(|&i| (i, of[i])).collect::<Vec<_>>().into_iter()
        };
        let dbeta: &[usize] = if by_dy { &self.channels } else { &[] };
        spoilt("dx", &mut at(&self.elements, &got.dx), &self.why)
            .and(|| spoilt("dgamma", &mut at(&self.channels, &got.dgamma), &self.why))
            .and(|| spoilt("dbeta", &mut at(dbeta, &got.dbeta), &self.why))
    }
}
