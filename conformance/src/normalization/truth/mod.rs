//! What the outputs of a normalisation truly are.
//!
//! ```text
//! forward    μ = mean(x)    σ² = mean((x − μ)²)    r = 1/√(σ² + ε)    x̂ = (x − μ)·r    y = γ·x̂ + β
//! channels   b = mean(dy)   k = mean(dy·x̂)    dx = γ·r·(dy − b − x̂·k)
//! rows       g = dy·γ       b = mean(g)    k = mean(g·x̂)    dx = r·(g − b − x̂·k)
//! both       dγ = Σ dy·x̂    dβ = Σ dy          over a channel
//! ```
//!
//! All means are over a group ([`Groups`](super::Groups)): where that is a channel, γ is the same for
//! all of it and stands outside; in a row it stands inside.
//!
//! There are two judges. *Exact* evaluates these formulas in 320 bits; nothing that fits a slice can
//! overflow or cancel there. *By reference* asks `evenkeel-reference`, whose own error in `f64` is
//! bounded by the `sound` formulas with u = 2⁻⁵³ and told as the *uncertainty* of each number: who
//! compares adds it to the bound, some 2⁻²⁹ of that in `f32`. `for_strength` decides who judges:
//!
//! | | MUST | SHOULD, PROMISE |
//! | --- | --- | --- |
//! | `f32` | reference | exact |
//! | `f64` | exact | exact |
//!
//! A group that holds a NaN or an infinity, or has σ² + ε = 0, has no truth: its numbers are NaN.
//! Every function here takes a case whose slices fit its shape, with at least one value per group.

mod by_reference;
mod exact;
mod statistics;

use super::{Case, Kind};
use crate::exact::Wide;
use crate::{Real, Strength};

pub(crate) use by_reference::{exact, precision, statistics_of, tensor};
pub(crate) use exact::{all_finite, dot, finite, values_of};
pub(crate) use statistics::{ExactStatistics, reciprocal_root};
pub use statistics::{Ratios, Statistics};

/// The forward pass in training.
#[derive(Debug, Clone, PartialEq)]
pub struct ForwardTruth {
    /// The statistics, one per group.
    pub statistics: Vec<Statistics>,
    /// x̂, one per element.
    pub normalized: Vec<f64>,
    /// y, one per element.
    pub y: Vec<Wide>,
    /// How far the judge itself may be off in y, one per element.
    pub uncertainty: Vec<f64>,
}

/// dx, dγ and dβ, and how far the judge itself may be off in each.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientTruth {
    /// The gradient by x, one per element.
    pub dx: Vec<Wide>,
    /// The gradient by γ, one per channel.
    pub dgamma: Vec<Wide>,
    /// The gradient by β, one per channel.
    pub dbeta: Vec<Wide>,
    /// Of dx.
    pub dx_uncertainty: Vec<f64>,
    /// Of dγ.
    pub dgamma_uncertainty: Vec<f64>,
    /// Of dβ.
    pub dbeta_uncertainty: Vec<f64>,
}

/// The gradients of training.
#[derive(Debug, Clone, PartialEq)]
pub struct BackwardTruth {
    /// The forward pass that they go back through.
    pub forward: ForwardTruth,
    /// b, one per group.
    pub mean_pull: Vec<f64>,
    /// k, one per group.
    pub mean_pull_normalized: Vec<f64>,
    /// t = dy − b − x̂·k, or g − b − x̂·k, one per element: dx without its factor.
    pub projected: Vec<f64>,
    /// What they are.
    pub gradients: GradientTruth,
}

impl GradientTruth {
    /// Gradients without a value yet.
    pub(crate) fn undefined(elements: usize, channels: usize) -> Self {
        Self {
            dx: vec![Wide::UNDEFINED; elements],
            dgamma: vec![Wide::UNDEFINED; channels],
            dbeta: vec![Wide::UNDEFINED; channels],
            dx_uncertainty: vec![0.0; elements],
            dgamma_uncertainty: vec![0.0; channels],
            dbeta_uncertainty: vec![0.0; channels],
        }
    }
}

/// Whether the reference is precise enough to judge a clause of that strength in precision `T`.
pub(crate) fn reference_will_do<T: Real>(strength: Strength) -> bool {
    strength == Strength::Must && T::UNIT_ROUNDOFF > f64::UNIT_ROUNDOFF
}

impl ForwardTruth {
    /// By the judge that a clause of this strength calls, see the [module](self).
    #[must_use]
    pub fn for_strength<T: Real, K: Kind>(case: &Case<T, K>, strength: Strength) -> Self {
        if reference_will_do::<T>(strength) { Self::by_reference(case) } else { Self::exact(case) }
    }
}

impl BackwardTruth {
    /// By the judge that a clause of this strength calls, see the [module](self).
    #[must_use]
    pub fn for_strength<T: Real, K: Kind>(case: &Case<T, K>, strength: Strength) -> Self {
        if reference_will_do::<T>(strength) { Self::by_reference(case) } else { Self::exact(case) }
    }
}
