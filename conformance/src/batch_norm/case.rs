//! One input to every function of a batch normalisation, and how to call a target with it.

use std::fmt;

use super::{
    Backward, BatchNorm, Forward, Gradients, Inference, InferenceBackward, Running, Variance,
};
use crate::call::guarded;
use crate::{Real, Refusal, Shape};

/// What an output holds before the call, so that an element left out is seen.
const UNWRITTEN: f64 = -7.25e22;

/// Everything that any function of a batch normalisation takes.
///
/// A property reads the fields that its function has; `mean` and `variance` are the given
/// statistics of inference and the old running statistics of a training step.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// The layout.
    pub shape: Shape,
    /// The batch.
    pub x: Vec<T>,
    /// γ, one per channel.
    pub gamma: Vec<T>,
    /// β, one per channel.
    pub beta: Vec<T>,
    /// ε.
    pub epsilon: f64,
    /// The upstream gradient.
    pub dy: Vec<T>,
    /// Given mean or old running mean.
    pub mean: Vec<T>,
    /// Given variance or old running variance.
    pub variance: Vec<T>,
    /// The weight of the new batch in the running statistics.
    pub weight_of_new: f64,
    /// Which variance the running statistics average.
    pub convention: Variance,
}

/// dx, dγ and dβ.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientValues<T> {
    /// The gradient by x.
    pub dx: Vec<T>,
    /// The gradient by γ.
    pub dgamma: Vec<T>,
    /// The gradient by β.
    pub dbeta: Vec<T>,
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

impl<T: Real> GradientValues<T> {
    /// Room for the gradients of a batch of `shape`, filled with a mark.
    pub fn unwritten(shape: Shape) -> Self {
        Self {
            dx: unwritten(shape.len()),
            dgamma: unwritten(shape.channels),
            dbeta: unwritten(shape.channels),
        }
    }

    /// The same, as the contract's argument.
    pub fn as_output(&mut self) -> Gradients<'_, T> {
        Gradients { dx: &mut self.dx, dgamma: &mut self.dgamma, dbeta: &mut self.dbeta }
    }
}

/// An output of `length` elements that nobody has written yet.
pub(crate) fn unwritten<T: Real>(length: usize) -> Vec<T> {
    vec![T::from_f64(UNWRITTEN); length]
}

impl<T: Real> Case<T> {
    /// The arguments of [`BatchNorm::forward`].
    pub fn as_forward(&self) -> Forward<'_, T> {
        Forward {
            shape: self.shape,
            x: &self.x,
            gamma: &self.gamma,
            beta: &self.beta,
            epsilon: self.epsilon,
        }
    }

    /// The arguments of [`BatchNorm::inference`].
    pub fn as_inference(&self) -> Inference<'_, T> {
        Inference {
            shape: self.shape,
            x: &self.x,
            gamma: &self.gamma,
            beta: &self.beta,
            mean: &self.mean,
            variance: &self.variance,
            epsilon: self.epsilon,
        }
    }

    /// The arguments of [`BatchNorm::backward`].
    pub fn as_backward(&self) -> Backward<'_, T> {
        Backward {
            shape: self.shape,
            x: &self.x,
            gamma: &self.gamma,
            epsilon: self.epsilon,
            dy: &self.dy,
        }
    }

    /// The arguments of [`BatchNorm::inference_backward`].
    pub fn as_inference_backward(&self) -> InferenceBackward<'_, T> {
        InferenceBackward {
            shape: self.shape,
            x: &self.x,
            gamma: &self.gamma,
            mean: &self.mean,
            variance: &self.variance,
            epsilon: self.epsilon,
            dy: &self.dy,
        }
    }

    /// y of a training batch.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn forward(&self, target: &dyn BatchNorm<T>) -> Result<Vec<T>, Refusal> {
        let mut y = unwritten(self.shape.len());
        guarded(|| target.forward(&self.as_forward(), &mut y))?;
        Ok(y)
    }

    /// y of a training batch whose statistics are merged from two parts.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn forward_in_parts(
        &self,
        target: &dyn BatchNorm<T>,
        split: usize,
    ) -> Result<Vec<T>, Refusal> {
        let mut y = unwritten(self.shape.len());
        guarded(|| target.forward_in_parts(&self.as_forward(), split, &mut y))?;
        Ok(y)
    }

    /// y and the new running statistics.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn train_step(&self, target: &dyn BatchNorm<T>) -> Result<StepValues<T>, Refusal> {
        let mut y = unwritten(self.shape.len());
        let (mut mean, mut variance) = (self.mean.clone(), self.variance.clone());
        let running = Running {
            mean: &mut mean,
            variance: &mut variance,
            weight_of_new: self.weight_of_new,
            convention: self.convention,
        };
        guarded(|| target.train_step(&self.as_forward(), running, &mut y))?;
        Ok(StepValues { y, mean, variance })
    }

    /// y with the given statistics.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn inference(&self, target: &dyn BatchNorm<T>) -> Result<Vec<T>, Refusal> {
        let mut y = unwritten(self.shape.len());
        guarded(|| target.inference(&self.as_inference(), &mut y))?;
        Ok(y)
    }

    /// The gradients of training.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn backward(&self, target: &dyn BatchNorm<T>) -> Result<GradientValues<T>, Refusal> {
        let mut gradients = GradientValues::unwritten(self.shape);
        guarded(|| target.backward(&self.as_backward(), gradients.as_output()))?;
        Ok(gradients)
    }

    /// The gradients of inference.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn inference_backward(
        &self,
        target: &dyn BatchNorm<T>,
    ) -> Result<GradientValues<T>, Refusal> {
        let mut gradients = GradientValues::unwritten(self.shape);
        let input = self.as_inference_backward();
        guarded(|| target.inference_backward(&input, gradients.as_output()))?;
        Ok(gradients)
    }
}

/// A field per line, long slices cut: what a report shows.
impl<T: Real> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "shape    (outer, channels, inner) = {}", self.shape)?;
        for (name, values) in [
            ("x", &self.x),
            ("gamma", &self.gamma),
            ("beta", &self.beta),
            ("dy", &self.dy),
            ("mean", &self.mean),
            ("variance", &self.variance),
        ] {
            writeln!(f, "{name:<8} {}", Brief(values))?;
        }
        write!(
            f,
            "epsilon  {:?}   weight_of_new {:?}   convention {:?}",
            self.epsilon, self.weight_of_new, self.convention
        )
    }
}

/// The first few values of a slice.
struct Brief<'a, T>(&'a [T]);

impl<T: Real> fmt::Display for Brief<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        let shown = &self.0[..self.0.len().min(SHOWN)];
        write!(f, "{shown:?}")?;
        if self.0.len() > SHOWN {
            write!(f, " … {} values", self.0.len())?;
        }
        Ok(())
    }
}
