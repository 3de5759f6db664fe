//! What only batch normalisation takes, and its cases as the contract's arguments.

use std::fmt;

use super::{Backward, Batch, Forward, Function, Inference, InferenceBackward, Running, Variance};
use crate::brief::Brief;
use crate::normalization::{self, GradientValues};
use crate::technique::outputs_of;
use crate::{Real, Refusal, Target};

/// One input to every function of a batch normalisation.
///
/// A property reads the fields that its function has; `own` holds the given statistics of inference,
/// which are the old running statistics of a training step.
pub type Case<T> = normalization::Case<T, Batch>;

/// The given statistics of inference, or the old running statistics and how they move.
#[derive(Debug, Clone, PartialEq)]
pub struct Given<T> {
    /// Given mean or old running mean, one per channel.
    pub mean: Vec<T>,
    /// Given variance or old running variance, one per channel.
    pub variance: Vec<T>,
    /// The weight of the new batch in the running statistics.
    pub weight_of_new: f64,
    /// Which variance the running statistics average.
    pub convention: Variance,
}

/// What a training step leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct StepValues<T> {
    /// The outputs.
    pub y: Vec<T>,
    /// The new running mean.
    pub mean: Vec<T>,
    /// The new running variance.
    pub variance: Vec<T>,
}

impl<T: Real> Given<T> {
    /// As the running statistics of [`BatchNorm::train_step`](super::BatchNorm::train_step).
    pub fn as_running(&mut self) -> Running<'_, T> {
        Running {
            mean: &mut self.mean,
            variance: &mut self.variance,
            weight_of_new: self.weight_of_new,
            convention: self.convention,
        }
    }

    /// The lines of a report.
    pub(super) fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, values) in [("mean", &self.mean), ("variance", &self.variance)] {
            writeln!(f, "{name:<8} {}", Brief(values))?;
        }
        writeln!(f, "weight_of_new {:?}   convention {:?}", self.weight_of_new, self.convention)
    }
}

impl<T: Real> Case<T> {
    /// The arguments of [`BatchNorm::forward`](super::BatchNorm::forward).
    pub fn as_forward(&self) -> Forward<'_, T> {
        let Self { shape, x, gamma, beta, epsilon, .. } = self;
        Forward { shape: *shape, x, gamma, beta, epsilon: *epsilon }
    }

    /// The arguments of [`BatchNorm::backward`](super::BatchNorm::backward).
    pub fn as_backward(&self) -> Backward<'_, T> {
        let Self { shape, x, gamma, epsilon, dy, .. } = self;
        Backward { shape: *shape, x, gamma, epsilon: *epsilon, dy }
    }

    /// The arguments of [`BatchNorm::inference`](super::BatchNorm::inference).
    pub fn as_inference(&self) -> Inference<'_, T> {
        let Self { shape, x, gamma, beta, epsilon, own, .. } = self;
        let (mean, variance) = (&own.mean, &own.variance);
        Inference { shape: *shape, x, gamma, beta, mean, variance, epsilon: *epsilon }
    }

    /// The arguments of [`BatchNorm::inference_backward`](super::BatchNorm::inference_backward).
    pub fn as_inference_backward(&self) -> InferenceBackward<'_, T> {
        let Self { shape, x, gamma, epsilon, dy, own, .. } = self;
        let (mean, variance) = (&own.mean, &own.variance);
        InferenceBackward { shape: *shape, x, gamma, mean, variance, epsilon: *epsilon, dy }
    }

    /// y and the new running statistics.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn train_step(&self, target: &dyn Target<T>) -> Result<StepValues<T>, Refusal> {
        let mut outputs = outputs_of::<Batch, T>(Function::TrainStep, target, self)?.into_iter();
        let mut next = || outputs.next().unwrap_or_default();
        Ok(StepValues { y: next(), mean: next(), variance: next() })
    }

    /// y with the given statistics.
    ///
    /// # Errors
    /// As [`Self::train_step`].
    pub fn inference(&self, target: &dyn Target<T>) -> Result<Vec<T>, Refusal> {
        let outputs = outputs_of::<Batch, T>(Function::Inference, target, self)?;
        Ok(outputs.into_iter().next().unwrap_or_default())
    }

    /// The gradients of inference.
    ///
    /// # Errors
    /// As [`Self::train_step`].
    pub fn inference_backward(&self, target: &dyn Target<T>) -> Result<GradientValues<T>, Refusal> {
        outputs_of::<Batch, T>(Function::InferenceBackward, target, self).map(GradientValues::of)
    }
}
