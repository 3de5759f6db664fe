//! The bounds of the gradients in training.
//!
//! ```text
//! b = mean(dy)     c = mean(dy·x̂)     t = dy − b − x̂·c     e: error of x̂, see `forward`
//! A = uₘ·((m + 1)/2 + 2)·max|dy| + η                                       error of b
//! C = uₘ·((m + 1)/2 + 6)·max(|dy|·(|x̂| + e)) + mean(|dy|·e) + η(1 + r)     error of c
//! S = uₘ·((m + 1)/2 + 2)·(D·r + Δ·r)                                       error of mean(x − μ)·r
//! dβ: m·A          dγ: m·C
//! dx: |γ|·r·[ρ|t| + (1 + ρ)·(A + (e + S)|c| + |x̂|C + e·C + 6u(|dy| + |b| + |x̂c|))] + 3u|dx|
//!     + η·[(1 + |γ|)(1 + r) + |t| + D]
//! ```
//!
//! Sound and robust are the same but for Δ, θ, ρ. **A** and **C** are sums by any tree, as the mean;
//! the terms of C are those that are computed, off by e. **S** is there for the form of Ioffe and
//! Szegedy's chain rule, which adds ∂ℓ/∂σ²·mean(−2(x − μ)), zero but for rounding; that sum also takes
//! the error of μ̂ out of x − μ̂, so that e need not be counted twice. The factors that depend on r
//! alone scale the whole bracket; 6u are the roundings of the three paths on their way into it (dσ²
//! needs the most: γ·dy, r³ and 2(x − μ)/m).
//!
//! The promise in `f64` has A = u·h·mean|dy|, C = u(h + 4)·mean|dy·x̂| + mean(|dy|e), S = 0; in `f32`
//!
//! ```text
//! dx: 0.501·ulp + 2⁻³³·|γ·r·x̂·c| + 2⁻³⁶·|γ|·r·max|dy|·(1 + |x̂|)
//! dγ: 0.501·ulp + 2⁻³³·Σ|dy·x̂| + 2⁻³⁶·Σ|dy|          dβ: 0.501·ulp + 2⁻⁴⁰·Σ|dy|
//! ```
//!
//! **Domain.** That of the statistics; m·max|dy|·(1 + max|x̂|)·(1 + |γ|(1 + r)) ≤ MAX/4; for sound, as the
//! chain rule has (σ² + ε)^(−3/2), also r³ and |γ|·r³·Σ|dy·(x − μ)| within the normal numbers.

use super::forward::{computes_in_f64, statistics_apply};
use super::model::promised_height;
use super::{ErrorModel, GradientBounds, Precision, SECOND_ORDER};
use crate::batch_norm::Case;
use crate::batch_norm::truth::{BackwardTruth, ChannelTruth};
use crate::{Real, Strength, ulp};

pub(super) fn bounds<T: Real>(
    strength: Strength,
    case: &Case<T>,
    truth: &BackwardTruth,
) -> GradientBounds {
    let channels = case.shape.channels;
    let mut bounds = GradientBounds {
        applies: vec![false; channels],
        dx: vec![f64::INFINITY; case.shape.len()],
        dgamma: vec![f64::INFINITY; channels],
        dbeta: vec![f64::INFINITY; channels],
    };
    for c in 0..channels {
        let channel = Channel::of(case, truth, c);
        let model = ErrorModel::of::<T>(strength, case.shape.per_channel(), channel.statistics);
        bounds.applies[c] = statistics_apply::<T>(strength, case, channel.statistics, &model)
            && channel.stays_in_range::<T>(strength);
        let one = channel.bounds::<T>(strength, &model);
        (bounds.dgamma[c], bounds.dbeta[c]) = (one.dgamma, one.dbeta);
        for (k, dx) in one.dx.into_iter().enumerate() {
            bounds.dx[case.shape.index(k, c)] = dx;
        }
    }
    bounds
}

/// The sound bounds of one channel for arithmetic of some precision, whatever the data's.
pub(in crate::batch_norm) fn sound_channel<T: Real>(
    precision: Precision,
    case: &Case<T>,
    truth: &BackwardTruth,
    c: usize,
) -> ChannelBounds {
    let channel = Channel::of(case, truth, c);
    let model = ErrorModel::sound(precision, case.shape.per_channel(), channel.statistics);
    channel.sound(precision, &model)
}

/// The bounds of one channel's gradients.
pub(in crate::batch_norm) struct ChannelBounds {
    pub(in crate::batch_norm) dx: Vec<f64>,
    pub(in crate::batch_norm) dgamma: f64,
    pub(in crate::batch_norm) dbeta: f64,
}

/// One element on the way back.
struct Element {
    dy: f64,
    normalized: f64,
    projected: f64,
    dx: f64,
}

/// One channel on the way back.
struct Channel<'a> {
    statistics: &'a ChannelTruth,
    gamma: f64,
    /// b.
    mean_dy: f64,
    /// c.
    mean_dy_normalized: f64,
    dgamma: f64,
    dbeta: f64,
    elements: Vec<Element>,
}

/// Errors of the two means and of the sum that is zero.
struct Sums {
    /// A.
    direct: f64,
    /// C.
    normalized: f64,
    /// S.
    staged: f64,
}

impl<'a> Channel<'a> {
    fn of<T: Real>(case: &Case<T>, truth: &'a BackwardTruth, c: usize) -> Self {
        let element = |k| {
            let i = case.shape.index(k, c);
            Element {
                dy: case.dy[i].to_f64().abs(),
                normalized: truth.forward.normalized[i].abs(),
                projected: truth.projected[i].abs(),
                dx: truth.gradients.dx[i].to_f64(),
            }
        };
        Self {
            statistics: &truth.forward.channels[c],
            gamma: case.gamma[c].to_f64().abs(),
            mean_dy: truth.mean_dy[c].abs(),
            mean_dy_normalized: truth.mean_dy_normalized[c].abs(),
            dgamma: truth.gradients.dgamma[c].to_f64(),
            dbeta: truth.gradients.dbeta[c].to_f64(),
            elements: (0..case.shape.per_channel()).map(element).collect(),
        }
    }

    fn m(&self) -> f64 {
        self.elements.len() as f64
    }

    fn largest(&self, of: impl Fn(&Element) -> f64) -> f64 {
        // Not `f64::max`, which would lose a NaN.
        self.elements.iter().map(of).fold(0.0, |most, x| if x <= most { most } else { x })
    }

    fn sum(&self, of: impl Fn(&Element) -> f64) -> f64 {
        self.elements.iter().map(of).sum()
    }

    fn mean(&self, of: impl Fn(&Element) -> f64) -> f64 {
        self.sum(of) / self.m()
    }

    fn stays_in_range<T: Real>(&self, strength: Strength) -> bool {
        let (r, dy) = (self.statistics.rstd, self.largest(|e| e.dy));
        let carried = self.m() * dy * (1.0 + self.statistics.ratios.spread);
        let cube = r * r * r;
        let staged = self.gamma * cube * self.m() * dy * self.statistics.spread;
        let chain_rule = cube >= T::MIN_POSITIVE && cube <= T::MAX && staged <= T::MAX / 4.0;
        carried * (1.0 + self.gamma * (1.0 + r)) <= T::MAX / 4.0
            && (strength != Strength::Must || chain_rule)
    }

    fn bounds<T: Real>(&self, strength: Strength, model: &ErrorModel) -> ChannelBounds {
        let precision = Precision::of::<T>();
        match strength {
            Strength::Must | Strength::Should => self.sound(precision, model),
            Strength::Promise if computes_in_f64::<T>() => self.rounded_once::<T>(),
            Strength::Promise => {
                self.through(precision, model, &self.promised_sums(precision, model))
            }
        }
    }

    fn sound(&self, precision: Precision, model: &ErrorModel) -> ChannelBounds {
        self.through(precision, model, &self.any_sums(precision, model))
    }

    /// By any tree of additions.
    fn any_sums(&self, precision: Precision, model: &ErrorModel) -> Sums {
        let Precision { unit: u, quantum, .. } = precision;
        let error = |e: &Element| model.normalized(u, e.normalized);
        let (tree, u_m) = ((self.m() + 1.0) / 2.0, precision.unit_of(self.elements.len()));
        Sums {
            direct: u_m * (tree + 2.0) * self.largest(|e| e.dy) + quantum,
            normalized: u_m * (tree + 6.0) * self.largest(|e| e.dy * (e.normalized + error(e)))
                + self.mean(|e| e.dy * error(e))
                + quantum * (1.0 + self.statistics.rstd),
            staged: u_m * (tree + 2.0) * (self.statistics.ratios.spread + model.delta),
        }
    }

    /// By the kernels' tree.
    fn promised_sums(&self, precision: Precision, model: &ErrorModel) -> Sums {
        let Precision { unit: u, quantum, .. } = precision;
        let height = promised_height(self.elements.len());
        Sums {
            direct: u * height * self.mean(|e| e.dy) + quantum,
            normalized: u * (height + 4.0) * self.mean(|e| e.dy * e.normalized)
                + self.mean(|e| e.dy * model.normalized(u, e.normalized))
                + quantum,
            staged: 0.0,
        }
    }

    /// From the errors of the sums to those of the gradients.
    fn through(&self, precision: Precision, model: &ErrorModel, sums: &Sums) -> ChannelBounds {
        let dx = self.elements.iter().map(|e| self.input(precision, model, sums, e)).collect();
        let total = self.m() * SECOND_ORDER;
        ChannelBounds { dx, dgamma: total * sums.normalized, dbeta: total * sums.direct }
    }

    fn input(&self, precision: Precision, model: &ErrorModel, sums: &Sums, e: &Element) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let (r, c) = (self.statistics.rstd, self.mean_dy_normalized);
        let error = model.normalized(u, e.normalized);
        let paths = sums.direct
            + (error + sums.staged) * c
            + (e.normalized + error) * sums.normalized
            + 6.0 * u * (e.dy + self.mean_dy + e.normalized * c);
        let bracket = model.rho * e.projected + (1.0 + model.rho) * paths;
        let underflow = (1.0 + self.gamma) * (1.0 + r) + e.projected + self.statistics.spread;
        (self.gamma * r * bracket + 3.0 * u * e.dx.abs()) * SECOND_ORDER + quantum * underflow
    }

    /// In `f64`, rounded once to `T`.
    fn rounded_once<T: Real>(&self) -> ChannelBounds {
        let (scale, c) = (self.gamma * self.statistics.rstd, self.mean_dy_normalized);
        let direct = 2.0_f64.powi(-36) * scale * self.largest(|e| e.dy);
        let dx = |e: &Element| {
            let through = 2.0_f64.powi(-33) * scale * e.normalized * c;
            0.501 * ulp::<T>(e.dx) + through + direct * (1.0 + e.normalized)
        };
        let total = self.sum(|e| e.dy);
        let carried = self.sum(|e| e.dy * e.normalized);
        ChannelBounds {
            dx: self.elements.iter().map(dx).collect(),
            dgamma: 0.501 * ulp::<T>(self.dgamma)
                + 2.0_f64.powi(-33) * carried
                + 2.0_f64.powi(-36) * total,
            dbeta: 0.501 * ulp::<T>(self.dbeta) + 2.0_f64.powi(-40) * total,
        }
    }
}
