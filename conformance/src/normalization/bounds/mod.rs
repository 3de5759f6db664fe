//! How far from the truth an output may be: one number per element, computed from the data.
//!
//! ```text
//! u      unit roundoff of T          η   its smallest subnormal        uₘ = u/(1 − (m + 8)u)
//! X      max|x|        D  max|x − μ|         r = 1/√(σ² + ε)           x̂ = (x − μ)·r
//! Δ      absolute error of the mean          θ   relative error of σ² + ε       ρ   of r
//! ```
//!
//! Three strengths differ in Δ, θ and ρ only ([`ErrorModel`]); the way from there to y, dx, dγ and
//! dβ is one ([`forward`], [`backward`]), except for what the kernels promise in `f32`, which is
//! computed in `f64` and rounded once:
//!
//! - **sound** (MUST): what any tree of additions, Welford's updating, Chan's merging and two passes
//!   meet, whether they normalise as (x − μ)·r, (x − μ)/s or folded into x·a + b;
//! - **robust** (SHOULD): the same after subtracting one element of the group first, so that X
//!   becomes 2D and the condition of the data is gone, and in units in which squares stay in range;
//! - **promise** (PROMISE): what `evenkeel-fast` claims.
//!
//! A bound *applies* to a group where the derivation holds: finite data, no overflow on the way,
//! θ ≤ ¼. Elsewhere nothing can be told.
//!
//! All of it is computed in `f64`, in units of √(σ² + ε), so that no square leaves the range. The
//! bounds are first order but for θ, ρ, Δ and sums of errors, which are not small and are carried
//! in full; products with the other errors, each at most a few u ≤ 2⁻²⁴, and the rounding of this
//! arithmetic itself, are covered by the factor 1 + 2⁻¹⁰. What the judge itself may be off is not in
//! the bound: add the truth's `uncertainty`.

mod backward;
mod forward;
mod model;
mod parameters;

use super::truth::{BackwardTruth, ForwardTruth};
use super::{Case, Kind};
pub(crate) use crate::compare::SECOND_ORDER;
use crate::{Real, Strength};

pub use model::{ErrorModel, Precision};

pub(crate) use backward::sound_gradients;
pub(crate) use forward::{PROMISED_LENGTH, computes_in_f64, sound_outputs, squares_stay_in_range};
pub(crate) use model::promised_height;

/// The bounds of y.
#[derive(Debug, Clone, PartialEq)]
pub struct ForwardBounds {
    /// Whether the bound says anything of a group.
    pub applies: Vec<bool>,
    /// Of y, one per element.
    pub y: Vec<f64>,
}

/// The bounds of the gradients. That of dβ holds wherever Σ|dy| does not overflow.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientBounds {
    /// Whether the bound of dx says anything of a group.
    pub applies: Vec<bool>,
    /// Whether the bound of dγ says anything of a channel.
    pub applies_to_dgamma: Vec<bool>,
    /// Of dx, one per element.
    pub dx: Vec<f64>,
    /// Of dγ, one per channel.
    pub dgamma: Vec<f64>,
    /// Of dβ, one per channel.
    pub dbeta: Vec<f64>,
}

/// Of y in training.
#[must_use]
pub fn forward<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
    truth: &ForwardTruth,
) -> ForwardBounds {
    forward::bounds(strength, case, truth)
}

/// Of dx, dγ and dβ in training.
#[must_use]
pub fn backward<T: Real, K: Kind>(
    strength: Strength,
    case: &Case<T, K>,
    truth: &BackwardTruth,
) -> GradientBounds {
    backward::bounds(strength, case, truth)
}
