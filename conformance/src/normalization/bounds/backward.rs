//! The bounds of the gradients in training.
//!
//! ```text
//! channels   g = dy      F = |γ|·r    j = 0         rows   g = dy·γ    F = r    j = 1
//! b = mean(g)    k = mean(g·x̂)    t = g − b − x̂·k     e: error of x̂, see `forward`    m values
//! A = uₘ·((m + 1)/2 + 2 + j)·max|g| + η                                      error of b
//! C = uₘ·((m + 1)/2 + 6 + j)·max(|g|·(|x̂| + e)) + mean(|g|·e) + η(1 + r)     error of k
//! S = uₘ·((m + 1)/2 + 2)·(D·r + Δ·r)                                         error of mean(x − μ)·r
//! dx: F·[ρ|t| + (1 + ρ)·(A + (e + S)|k| + |x̂|C + e·C + (6 + j)u(|g| + |b| + |x̂k|))] + 3u|dx|
//!     + η·[(1 + F/r)(1 + r) + |t| + D]
//! dβ: n·(uₙ·((n + 1)/2 + 2)·max|dy| + η)                          n values of a channel
//! dγ: n·uₙ·((n + 1)/2 + 6)·max(|dy|·(|x̂| + e)) + Σ(|dy|·e + η(1 + r))
//! ```
//!
//! Sound and robust are the same but for Δ, θ, ρ. **A** and **C** are sums by any tree, as the mean;
//! the terms of C are those that are computed, off by e. **S** is there for the form of Ioffe and
//! Szegedy's chain rule, which adds ∂ℓ/∂σ²·mean(−2(x − μ)), zero but for rounding; that sum also takes
//! the error of μ̂ out of x − μ̂, so that e need not be counted twice. The factors that depend on r
//! alone scale the whole bracket; 6u are the roundings of the three paths on their way into it (dσ²
//! needs the most: γ·dy, r³ and 2(x − μ)/m). **j** is the rounding of dy·γ inside the means of a row.
//! **dβ** and **dγ** are such sums over a channel, where each term has the e and r of its own group.
//!
//! The promise in `f64` has A = u·(h + j)·mean|g|, C = u(h + 4 + j)·mean|g·x̂| + mean(|g|e), S = 0;
//! in `f32`
//!
//! ```text
//! dx: 0.501·ulp + 2⁻³³·|γ·r·x̂·k| + 2⁻³⁶·|γ|·r·max|dy|·(1 + |x̂|)       channels
//!     0.501·ulp + 2⁻³⁶·r·max|g|                                        rows
//! dγ: 0.501·ulp + 2⁻³³·Σ|dy·x̂| + 2⁻³⁶·Σ|dy|          dβ: 0.501·ulp + 2⁻⁴⁰·Σ|dy|
//! ```
//!
//! **Domain.** That of the statistics; m·max|g|·(1 + max|x̂|)·(1 + F/r·(1 + r)) ≤ MAX/4; for sound, as the
//! chain rule has (σ² + ε)^(−3/2), also r³ and F/r·r³·Σ|g·(x − μ)| within the normal numbers. dγ of a
//! channel that is a group: the same; of rows: statistics of every row, n·max(|dy|(1 + |x̂|)(1 + r)) ≤ MAX/4.

use super::forward::{PROMISED_LENGTH, computes_in_f64, models, sound_models, statistics_apply};
use super::model::promised_height;
use super::parameters::{Feature, Term};
use super::{ErrorModel, GradientBounds, Precision, SECOND_ORDER};
use crate::normalization::differences::pull;
use crate::normalization::truth::{BackwardTruth, Statistics};
use crate::normalization::{Along, Case, Kind};
use crate::{Real, Strength, ulp};

/// How the sums are made.
#[derive(Clone, Copy)]
pub(super) enum Sums {
    /// By any tree of additions.
    Any,
    /// By the kernels' tree.
    Promised,
}

pub(super) fn bounds<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
    truth: &BackwardTruth,
) -> GradientBounds {
    let models = models::<T, K>(strength, case, &truth.forward);
    let mut bounds = match strength {
        Strength::Promise if computes_in_f64::<T>() => rounded_once(case, truth),
        Strength::Promise => carried(Precision::of::<T>(), Sums::Promised, case, truth, &models),
        _ => carried(Precision::of::<T>(), Sums::Any, case, truth, &models),
    };
    for (g, model) in models.iter().enumerate() {
        let group = Group::of(case, truth, g);
        let (own, size) = (group.statistics, case.groups().size());
        bounds.applies[g] = statistics_apply::<T>(strength, case.epsilon, size, own, model)
            && group.stays_in_range::<T>(strength);
    }
    for c in 0..case.shape.channels {
        bounds.applies_to_dgamma[c] = match K::ALONG {
            Along::Channels => bounds.applies[c],
            Along::Rows => rows_apply(strength, case, truth, &models, c),
        };
    }
    bounds
}

/// The sound bounds of every gradient for arithmetic of some precision, whatever the data's.
pub(crate) fn sound_gradients<T: Real, K: Kind>(
    precision: Precision,
    case: &Case<T, K>,
    truth: &BackwardTruth,
) -> GradientBounds {
    carried(precision, Sums::Any, case, truth, &sound_models(precision, case, &truth.forward))
}

/// Whether dγ of channel `c` has a bound, where its terms come from many rows.
fn rows_apply<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
    truth: &BackwardTruth,
    models: &[ErrorModel],
    c: usize,
) -> bool {
    let (size, n) = (case.groups().size(), case.shape.per_channel());
    let apply = |(own, model): (&Statistics, &ErrorModel)| {
        statistics_apply::<T>(strength, case.epsilon, size, own, model)
    };
    let in_range = |term: &Term| {
        n as f64 * term.dy * (1.0 + term.normalized) * (1.0 + term.rstd) <= T::MAX / 4.0
    };
    let short = strength != Strength::Promise || !computes_in_f64::<T>() || n <= PROMISED_LENGTH;
    short
        && truth.forward.statistics.iter().zip(models).all(apply)
        && Feature::of(case, truth, c, |_, _| 0.0).terms.iter().all(in_range)
}

/// From the errors of the statistics to those of the gradients.
fn carried<T: Real, K: Kind>(
    precision: Precision,
    sums: Sums,
    case: &Case<T, K>,
    truth: &BackwardTruth,
    models: &[ErrorModel],
) -> GradientBounds {
    let mut bounds = GradientBounds::unknown(case);
    for (g, model) in models.iter().enumerate() {
        let group = Group::of(case, truth, g);
        for (i, dx) in case.groups().indices(g).zip(group.inputs(precision, sums, model)) {
            bounds.dx[i] = dx;
        }
    }
    for c in 0..case.shape.channels {
        let error = |g: usize, normalized: f64| models[g].multiplied(precision, normalized);
        let feature = Feature::of(case, truth, c, error);
        bounds.dgamma[c] = feature.dgamma(precision, sums);
        bounds.dbeta[c] = feature.dbeta(precision, sums);
    }
    bounds
}

/// In `f64`, rounded once to `T`.
fn rounded_once<T: Real, K: Kind>(case: &Case<T, K>, truth: &BackwardTruth) -> GradientBounds {
    let mut bounds = GradientBounds::unknown(case);
    for g in 0..case.groups().count() {
        let group = Group::of(case, truth, g);
        for (i, dx) in case.groups().indices(g).zip(group.rounded_once::<T>()) {
            bounds.dx[i] = dx;
        }
    }
    for c in 0..case.shape.channels {
        let feature = Feature::of(case, truth, c, |_, _| 0.0);
        let (total, through) = (feature.total(), feature.carried());
        let gradients = (&truth.gradients.dgamma[c], &truth.gradients.dbeta[c]);
        bounds.dgamma[c] = 0.501 * ulp::<T>(gradients.0.to_f64())
            + 2.0_f64.powi(-33) * through
            + 2.0_f64.powi(-36) * total;
        bounds.dbeta[c] = 0.501 * ulp::<T>(gradients.1.to_f64()) + 2.0_f64.powi(-40) * total;
    }
    bounds
}

impl GradientBounds {
    fn unknown<T: Real, K: Kind>(case: &Case<T, K>) -> Self {
        let channels = case.shape.channels;
        Self {
            applies: vec![false; case.groups().count()],
            applies_to_dgamma: vec![false; channels],
            dx: vec![f64::INFINITY; case.shape.len()],
            dgamma: vec![f64::INFINITY; channels],
            dbeta: vec![f64::INFINITY; channels],
        }
    }
}

/// The largest, or NaN if one is: `f64::max` would lose it.
pub(super) fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |most, x| if x <= most { most } else { x })
}

/// One element on the way back to x.
struct Element {
    /// |g|.
    pull: f64,
    /// |x̂|.
    normalized: f64,
    /// |t|.
    projected: f64,
    dx: f64,
}

/// One group on the way back to x.
struct Group<'a> {
    along: Along,
    statistics: &'a Statistics,
    /// F/r: |γ| of a channel, 1 of a row.
    factor: f64,
    /// j.
    inside: f64,
    /// |b|.
    mean: f64,
    /// |k|.
    mean_normalized: f64,
    elements: Vec<Element>,
}

/// Errors of the two means and of the sum that is zero.
struct Errors {
    /// A.
    direct: f64,
    /// C.
    normalized: f64,
    /// S.
    staged: f64,
}

impl<'a> Group<'a> {
    fn of<T: Real, K: Kind>(case: &Case<T, K>, truth: &'a BackwardTruth, g: usize) -> Self {
        let element = |i: usize| Element {
            pull: pull(case, i).abs(),
            normalized: truth.forward.normalized[i].abs(),
            projected: truth.projected[i].abs(),
            dx: truth.gradients.dx[i].to_f64(),
        };
        let (factor, inside) = match K::ALONG {
            Along::Channels => (case.gamma[g].to_f64().abs(), 0.0),
            Along::Rows => (1.0, 1.0),
        };
        Self {
            along: K::ALONG,
            statistics: &truth.forward.statistics[g],
            factor,
            inside,
            mean: truth.mean_pull[g].abs(),
            mean_normalized: truth.mean_pull_normalized[g].abs(),
            elements: case.groups().indices(g).map(element).collect(),
        }
    }

    fn m(&self) -> f64 {
        self.elements.len() as f64
    }

    fn largest(&self, of: impl Fn(&Element) -> f64) -> f64 {
        largest(self.elements.iter().map(of))
    }

    fn mean(&self, of: impl Fn(&Element) -> f64) -> f64 {
        self.elements.iter().map(of).sum::<f64>() / self.m()
    }

    fn stays_in_range<T: Real>(&self, strength: Strength) -> bool {
        let (r, pull) = (self.statistics.rstd, self.largest(|e| e.pull));
        let carried = self.m() * pull * (1.0 + self.statistics.ratios.spread);
        let cube = r * r * r;
        let staged = self.factor * cube * self.m() * pull * self.statistics.spread;
        let chain_rule = cube >= T::MIN_POSITIVE && cube <= T::MAX && staged <= T::MAX / 4.0;
        carried * (1.0 + self.factor * (1.0 + r)) <= T::MAX / 4.0
            && (strength != Strength::Must || chain_rule)
    }

    fn errors(&self, precision: Precision, sums: Sums, model: &ErrorModel) -> Errors {
        let Precision { unit: u, quantum, .. } = precision;
        let error = |e: &Element| model.multiplied(precision, e.normalized);
        let carried = self.mean(|e| e.pull * error(e));
        match sums {
            Sums::Any => {
                let (tree, u_m) = ((self.m() + 1.0) / 2.0, precision.unit_of(self.elements.len()));
                let largest = self.largest(|e| e.pull * (e.normalized + error(e)));
                Errors {
                    direct: u_m * (tree + 2.0 + self.inside) * self.largest(|e| e.pull) + quantum,
                    normalized: u_m * (tree + 6.0 + self.inside) * largest
                        + carried
                        + quantum * (1.0 + self.statistics.rstd),
                    staged: u_m * (tree + 2.0) * (self.statistics.ratios.spread + model.delta),
                }
            }
            Sums::Promised => {
                let height = promised_height(self.elements.len()) + self.inside;
                let through = self.mean(|e| e.pull * e.normalized);
                Errors {
                    direct: u * height * self.mean(|e| e.pull) + quantum,
                    normalized: u * (height + 4.0) * through + carried + quantum,
                    staged: 0.0,
                }
            }
        }
    }

    /// The bounds of dx.
    fn inputs(&self, precision: Precision, sums: Sums, model: &ErrorModel) -> Vec<f64> {
        let errors = self.errors(precision, sums, model);
        self.elements.iter().map(|e| self.input(precision, model, &errors, e)).collect()
    }

    fn input(&self, precision: Precision, model: &ErrorModel, sums: &Errors, e: &Element) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let (r, k) = (self.statistics.rstd, self.mean_normalized);
        let error = model.multiplied(precision, e.normalized);
        let paths = sums.direct
            + (error + sums.staged) * k
            + (e.normalized + error) * sums.normalized
            + (6.0 + self.inside) * u * (e.pull + self.mean + e.normalized * k);
        let bracket = model.rho * e.projected + (1.0 + model.rho) * paths;
        let underflow = (1.0 + self.factor) * (1.0 + r) + e.projected + self.statistics.spread;
        (self.factor * r * bracket + 3.0 * u * e.dx.abs()) * SECOND_ORDER + quantum * underflow
    }

    /// The bounds of dx, rounded once to `T`.
    fn rounded_once<T: Real>(&self) -> Vec<f64> {
        let scale = self.factor * self.statistics.rstd;
        let direct = 2.0_f64.powi(-36) * scale * self.largest(|e| e.pull);
        let before = |e: &Element| match self.along {
            Along::Channels => {
                let through = 2.0_f64.powi(-33) * scale * e.normalized * self.mean_normalized;
                through + direct * (1.0 + e.normalized)
            }
            Along::Rows => direct,
        };
        self.elements.iter().map(|e| 0.501 * ulp::<T>(e.dx) + before(e)).collect()
    }
}
