//! What inference and the running statistics truly are; what training gives is that of
//! [`normalization`](crate::normalization::truth).
//!
//! ```text
//! inference   x̂ = (x − mean)/√(variance + ε)    y = γ·x̂ + β    dx = γ·r·dy    dγ = Σ dy·x̂    dβ = Σ dy
//! running     (1 − w)·old + w·μ      (1 − w)·old + w·σ², or w·σ²·m/(m − 1)
//! ```
//!
//! The judges, and who is called when, are those of training.

mod by_reference;
mod exact;

use super::Case;
use crate::exact::Wide;
use crate::normalization::truth::{GradientTruth, Statistics, reference_will_do};
use crate::{Real, Strength};

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
    pub statistics: Vec<Statistics>,
    /// The new running mean, one per channel.
    pub mean: Vec<Wide>,
    /// The new running variance, one per channel.
    pub variance: Vec<Wide>,
    /// How far the judge itself may be off in the mean.
    pub mean_uncertainty: Vec<f64>,
    /// How far the judge itself may be off in the variance.
    pub variance_uncertainty: Vec<f64>,
}

/// The judge that a clause of some strength calls.
macro_rules! for_strength {
    ($($truth:ident)*) => {$(
        impl $truth {
            /// By the judge that a clause of this strength calls.
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

for_strength! { InferenceTruth InferenceBackwardTruth RunningTruth }
