//! What the outputs of a batch normalisation truly are.
//!
//! ```text
//! forward      μ = (1/m) Σ x     σ² = (1/m) Σ (x − μ)²     r = 1/√(σ² + ε)     x̂ = (x − μ)·r     y = γ·x̂ + β
//! backward     b = (1/m) Σ dy    c = (1/m) Σ dy·x̂          dx = γ·r·(dy − b − x̂·c)    dγ = m·c    dβ = m·b
//! inference    as forward with the given mean and variance; dx = γ·r·dy, dγ = Σ dy·x̂, dβ = Σ dy
//! running      (1 − w)·old + w·μ      (1 − w)·old + w·σ², or w·σ²·m/(m − 1)
//! ```
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
//! A channel that holds a NaN or an infinity, or has σ² + ε = 0, has no truth: its numbers are NaN.
//! Every function here takes a case whose slices fit its shape, with m ≥ 1.

mod by_reference;
mod channel;
mod exact;

use super::Case;
use crate::exact::Wide;
use crate::{Real, Strength};

pub(crate) use channel::ExactChannel;
pub use channel::{ChannelTruth, Ratios};

/// The forward pass in training.
#[derive(Debug, Clone, PartialEq)]
pub struct ForwardTruth {
    /// The statistics, one per channel.
    pub channels: Vec<ChannelTruth>,
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
    /// b, the mean of dy, one per channel.
    pub mean_dy: Vec<f64>,
    /// c, the mean of dy·x̂, one per channel.
    pub mean_dy_normalized: Vec<f64>,
    /// t = dy − b − x̂·c, one per element: dx without its factor γ·r.
    pub projected: Vec<f64>,
    /// What they are.
    pub gradients: GradientTruth,
}

/// Inference, with the given statistics.
#[derive(Debug, Clone, PartialEq)]
pub struct InferenceTruth {
    /// r = 1/√(variance + ε), one per channel.
    pub rstd: Vec<f64>,
    /// x̂, one per element.
    pub normalized: Vec<f64>,
    /// y, one per element.
    pub y: Vec<Wide>,
    /// How far the judge itself may be off in y, one per element.
    pub uncertainty: Vec<f64>,
}

/// The gradients of inference.
#[derive(Debug, Clone, PartialEq)]
pub struct InferenceBackwardTruth {
    /// The forward pass that they go back through.
    pub forward: InferenceTruth,
    /// What they are.
    pub gradients: GradientTruth,
}

/// The running statistics after a training step.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningTruth {
    /// The statistics of the batch, one per channel.
    pub channels: Vec<ChannelTruth>,
    /// The new running mean, one per channel.
    pub mean: Vec<Wide>,
    /// The new running variance, one per channel.
    pub variance: Vec<Wide>,
    /// How far the judge itself may be off in the mean.
    pub mean_uncertainty: Vec<f64>,
    /// How far the judge itself may be off in the variance.
    pub variance_uncertainty: Vec<f64>,
}

impl GradientTruth {
    /// Gradients without a value yet.
    fn undefined(elements: usize, channels: usize) -> Self {
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
fn reference_will_do<T: Real>(strength: Strength) -> bool {
    strength == Strength::Must && T::UNIT_ROUNDOFF > f64::UNIT_ROUNDOFF
}

/// The judge that a clause of some strength calls.
macro_rules! for_strength {
    ($($truth:ident)*) => {$(
        impl $truth {
            /// By the judge that a clause of this strength calls, see the [module](self).
            #[must_use]
            pub fn for_strength<T: Real>(case: &Case<T>, strength: Strength) -> Self {
                if reference_will_do::<T>(strength) {
                    Self::by_reference(case)
                } else {
                    Self::exact(case)
                }
            }
        }
    )*};
}

for_strength! { ForwardTruth BackwardTruth InferenceTruth InferenceBackwardTruth RunningTruth }
