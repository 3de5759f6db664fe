//! The bound of y in training.
//!
//! ```text
//! e = Δ·r·(1 + ρ) + |x̂|·(ρ + 2u)                                          error of x̂
//! sound, robust   |γ|·e + u(2|γx̂| + |β| + |y|) + η(2 + |γ| + X)
//! promise, f64    |γ|·(e + u|x̂|) + u(2|γx̂| + |y|) + η(1 + |γ|)
//! promise, f32    0.501·ulp(y) + |γ|·(2⁻³³|x̂| + 2⁻³⁶)
//! ```
//!
//! **Three forms in one.** (x − μ̂)·r̂·γ + β rounds the difference, two products and the sum:
//! 3u|γx̂| + u|y|. With ÷ √(σ² + ε) in place of ·r̂ there is one rounding less in r̂. Folded,
//! a = γr̂, b = β − μ̂a, y = xa + b: a is rounded once, xa and μ̂a are up to |γ|rX large, b and y are
//! rounded: u|γx̂| + 3u|γ|rX + u(|β| + |y|); the 3uX is part of Δ.
//!
//! **Underflow.** A product below the normal numbers is off by η/2: d·r̂ (times |γ|), γx̂, and in the
//! folded form a, which x and μ̂ multiply. Robust has no X there: it need not fold.
//!
//! **Domain.** Sound: 4mX² ≤ MAX, so that no square, sum of squares or δ² of a merge overflows;
//! (m + 8)u ≤ ¼; 4ε ≤ MAX; 4(|γ|rX + |β|) ≤ MAX. Robust and promise: |γx̂| + |β| ≤ MAX. The promise in
//! `f32`: m ≤ 2²⁰.

use super::{ErrorModel, ForwardBounds, Precision, SECOND_ORDER};
use crate::normalization::truth::{ForwardTruth, Statistics};
use crate::normalization::{Case, Kind};
use crate::{Real, Strength, ulp};

/// The longest group of the promise in `f32`.
pub(crate) const PROMISED_LENGTH: usize = 1 << 20;

pub(super) fn bounds<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
    truth: &ForwardTruth,
) -> ForwardBounds {
    let groups = case.groups();
    let models = models::<T, K>(strength, case, truth);
    let y = |i| {
        let g = groups.of(i);
        Output::of(case, truth, i).bound::<T>(strength, &models[g], truth.statistics[g].largest)
    };
    let applies = |g| applies(strength, case, truth, &models[g], g);
    ForwardBounds {
        applies: (0..groups.count()).map(applies).collect(),
        y: (0..case.shape.len()).map(y).collect(),
    }
}

/// The errors of the statistics of every group.
pub(super) fn models<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
    truth: &ForwardTruth,
) -> Vec<ErrorModel> {
    let size = case.groups().size();
    truth.statistics.iter().map(|own| ErrorModel::of::<T>(strength, size, own)).collect()
}

/// The same for sound arithmetic of some precision, whatever the data's.
pub(super) fn sound_models<T: Real, K: Kind>(
    precision: Precision,
    case: &Case<T, K>,
    truth: &ForwardTruth,
) -> Vec<ErrorModel> {
    let size = case.groups().size();
    truth.statistics.iter().map(|own| ErrorModel::sound(precision, size, own)).collect()
}

/// The sound bounds of every y for arithmetic of some precision, whatever the data's.
pub(crate) fn sound_outputs<T: Real, K: Kind>(
    precision: Precision,
    case: &Case<T, K>,
    truth: &ForwardTruth,
) -> Vec<f64> {
    let models = sound_models(precision, case, truth);
    let y = |i| {
        let g = case.groups().of(i);
        Output::of(case, truth, i).sound(precision, &models[g], truth.statistics[g].largest)
    };
    (0..case.shape.len()).map(y).collect()
}

fn applies<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
    truth: &ForwardTruth,
    model: &ErrorModel,
    g: usize,
) -> bool {
    let own = &truth.statistics[g];
    let reach = match strength {
        Strength::Must => 4.0 * own.ratios.largest,
        _ => own.ratios.spread,
    };
    let in_range = |i: usize| {
        let (gamma, beta) = (case.gamma_of(i).abs(), case.beta_of(i).abs());
        let beta = if strength == Strength::Must { 4.0 * beta } else { beta };
        gamma * reach + beta <= T::MAX
    };
    statistics_apply::<T>(strength, case.epsilon, case.groups().size(), own, model)
        && case.groups().indices(g).all(in_range)
}

/// Whether the errors of the statistics are what the model says.
pub(super) fn statistics_apply<T: Real>(
    strength: Strength,
    epsilon: f64,
    m: usize,
    own: &Statistics,
    model: &ErrorModel,
) -> bool {
    match strength {
        Strength::Must => {
            model.is_well_conditioned()
                && squares_stay_in_range(Precision::of::<T>(), m, own)
                && 4.0 * epsilon <= T::MAX
        }
        Strength::Promise if computes_in_f64::<T>() => own.is_defined() && m <= PROMISED_LENGTH,
        _ => model.is_well_conditioned(),
    }
}

/// 4mX² ≤ MAX and (m + 8)u ≤ ¼.
pub(crate) fn squares_stay_in_range(precision: Precision, m: usize, own: &Statistics) -> bool {
    let m = m as f64;
    own.largest <= (precision.max / (4.0 * m)).sqrt() && (m + 8.0) * precision.unit <= 0.25
}

/// Whether the kernels compute in a wider precision and round once.
pub(crate) fn computes_in_f64<T: Real>() -> bool {
    T::UNIT_ROUNDOFF > f64::UNIT_ROUNDOFF
}

/// One output and what it is made of.
struct Output {
    /// |γ|.
    gamma: f64,
    /// |β|.
    beta: f64,
    /// x̂.
    normalized: f64,
    /// y.
    y: f64,
}

impl Output {
    fn of<T: Real, K: Kind>(case: &Case<T, K>, truth: &ForwardTruth, i: usize) -> Self {
        Self {
            gamma: case.gamma_of(i).abs(),
            beta: case.beta_of(i).abs(),
            normalized: truth.normalized[i],
            y: truth.y[i].to_f64(),
        }
    }

    fn bound<T: Real>(&self, strength: Strength, model: &ErrorModel, largest: f64) -> f64 {
        let precision = Precision::of::<T>();
        match strength {
            Strength::Must => self.sound(precision, model, largest),
            Strength::Should => self.sound(precision, model, 0.0),
            Strength::Promise if computes_in_f64::<T>() => self.rounded_once::<T>(),
            Strength::Promise => self.promised(precision, model),
        }
    }

    /// Of the three forms above; `largest` is X, 0 for those that do not fold.
    fn sound(&self, precision: Precision, model: &ErrorModel, largest: f64) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let scaled = (self.gamma * self.normalized).abs();
        let error = self.gamma * model.normalized(u, self.normalized)
            + u * (2.0 * scaled + self.beta + self.y.abs());
        error * SECOND_ORDER + quantum * (2.0 + self.gamma + largest)
    }

    fn promised(&self, precision: Precision, model: &ErrorModel) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let scaled = (self.gamma * self.normalized).abs();
        let error =
            self.gamma * model.normalized(u, self.normalized) + u * (3.0 * scaled + self.y.abs());
        error * SECOND_ORDER + quantum * (1.0 + self.gamma)
    }

    fn rounded_once<T: Real>(&self) -> f64 {
        let before = 2.0_f64.powi(-33) * self.normalized.abs() + 2.0_f64.powi(-36);
        0.501 * ulp::<T>(self.y) + self.gamma * before
    }
}
