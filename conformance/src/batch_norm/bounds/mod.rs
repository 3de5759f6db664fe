//! How far inference and the running statistics may be from the truth; what training gives is that
//! of [`normalization`](crate::normalization::bounds).

mod inference;
mod running;

use super::Case;
use super::truth::{InferenceBackwardTruth, InferenceTruth, RunningTruth};
use crate::{Real, Strength};

pub use crate::normalization::bounds::{
    ErrorModel, ForwardBounds, GradientBounds, Precision, backward, forward,
};

pub(super) use inference::{
    sound_gradients as sound_inference_gradients, sound_outputs as sound_inference,
};
pub(super) use running::sound_channel as sound_running_channel;

/// The bounds of the running statistics.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningBounds {
    /// Whether the bounds say anything of a channel.
    pub applies: Vec<bool>,
    /// Of the running mean, one per channel.
    pub mean: Vec<f64>,
    /// Of the running variance, one per channel.
    pub variance: Vec<f64>,
}

/// Of y in inference.
#[must_use]
pub fn inference<T: Real>(
    strength: Strength,
    case: &Case<T>,
    truth: &InferenceTruth,
) -> ForwardBounds {
    inference::bounds(strength, case, truth)
}

/// Of dx, dγ and dβ in inference.
#[must_use]
pub fn inference_backward<T: Real>(
    strength: Strength,
    case: &Case<T>,
    truth: &InferenceBackwardTruth,
) -> GradientBounds {
    inference::gradient_bounds(strength, case, truth)
}

/// Of the new running mean and variance. The promise is that of robust.
#[must_use]
pub fn running<T: Real>(strength: Strength, case: &Case<T>, truth: &RunningTruth) -> RunningBounds {
    running::bounds(strength, case, truth)
}
