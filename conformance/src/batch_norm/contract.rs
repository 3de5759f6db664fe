//! What a batch normalisation must offer to be checked.

use crate::normalization::contract::{Gradients, Tensors, arguments, check_epsilon};
use crate::refusal::{check_length, check_share};
use crate::{Real, Refusal, Shape};

arguments! { BatchNorm, check_batch }

/// Batch normalisation in precision `T`, over plain slices.
///
/// Offer what you have: the command reports what is left out as skipped, the macro wants a reason
/// for it. Every function checks its arguments first and, when it refuses, leaves its outputs as they
/// were; each input has a `check` that a target may call. ε and the weights are `f64` in both precisions: 1e-5 in `f32` is
/// another number.
pub trait BatchNorm<T: Real>: Send + Sync {
    /// Normalises with the statistics of the batch itself: `y = γ·(x − μ)/√(σ² + ε) + β`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, y);
        Err(Refusal::NotOffered)
    }

    /// One step of training: as [`forward`](Self::forward), and the running statistics move towards the batch's.
    ///
    /// Check `input` and `running` both before either is written to.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument; then `running` is untouched too.
    fn train_step(
        &self,
        input: &Forward<'_, T>,
        running: Running<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (input, running, y);
        Err(Refusal::NotOffered)
    }

    /// As [`forward`](Self::forward), but the statistics are merged from those of two parts:
    /// the first `split` of the `outer` positions, and the rest. What several machines do.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn forward_in_parts(
        &self,
        input: &Forward<'_, T>,
        split: usize,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (input, split, y);
        Err(Refusal::NotOffered)
    }

    /// Normalises with given statistics: `y = γ·(x − mean)/√(variance + ε) + β`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn inference(&self, input: &Inference<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, y);
        Err(Refusal::NotOffered)
    }

    /// The gradients of [`forward`](Self::forward), through the batch's statistics.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn backward(
        &self,
        input: &Backward<'_, T>,
        gradients: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        let _ = (input, gradients);
        Err(Refusal::NotOffered)
    }

    /// The gradients of [`inference`](Self::inference), where the statistics are constants.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn inference_backward(
        &self,
        input: &InferenceBackward<'_, T>,
        gradients: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        let _ = (input, gradients);
        Err(Refusal::NotOffered)
    }

    /// What this target does by choice where frameworks differ.
    fn dialect(&self) -> Dialect {
        Dialect::default()
    }
}

/// Which variance the running statistics average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variance {
    /// Σ(x − μ)²/m, the one that the batch is normalised with.
    Biased,
    /// Σ(x − μ)²/(m − 1), as in Ioffe & Szegedy's algorithm 2. Needs m ≥ 2.
    Unbiased,
}

/// The choices in which batch normalisations differ (see the clause page).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Whether a batch of one value per channel is refused, instead of giving β.
    pub refuses_single_value: bool,
    /// The only running variance on offer, if there is just one.
    pub only_running_variance: Option<Variance>,
}

impl Dialect {
    /// That of the clause page: one value gives β, and both running variances can be asked for.
    pub const PAGE: Self = Self { refuses_single_value: false, only_running_variance: None };
}

impl Default for Dialect {
    fn default() -> Self {
        Self::PAGE
    }
}

/// Running statistics, and how one batch moves them: `new = (1 − w)·old + w·batch`.
#[derive(Debug)]
pub struct Running<'a, T> {
    /// The running mean, one per channel.
    pub mean: &'a mut [T],
    /// The running variance, one per channel.
    pub variance: &'a mut [T],
    /// w in \[0, 1\]: the weight of the *new* batch. PyTorch's `momentum`; one minus that of Keras.
    pub weight_of_new: f64,
    /// Which variance of the batch is averaged.
    pub convention: Variance,
}

/// Arguments of [`BatchNorm::inference`].
#[derive(Debug, Clone, Copy)]
pub struct Inference<'a, T> {
    /// The layout of `x`.
    pub shape: Shape,
    /// The batch, `shape.len()` values.
    pub x: &'a [T],
    /// γ, one per channel.
    pub gamma: &'a [T],
    /// β, one per channel.
    pub beta: &'a [T],
    /// The mean to subtract, one per channel.
    pub mean: &'a [T],
    /// The variance to divide by, one per channel.
    pub variance: &'a [T],
    /// ε ≥ 0, finite.
    pub epsilon: f64,
}

/// Arguments of [`BatchNorm::inference_backward`].
#[derive(Debug, Clone, Copy)]
pub struct InferenceBackward<'a, T> {
    /// The layout of `x` and `dy`.
    pub shape: Shape,
    /// The batch that went forward.
    pub x: &'a [T],
    /// γ, one per channel.
    pub gamma: &'a [T],
    /// The mean that was subtracted, one per channel.
    pub mean: &'a [T],
    /// The variance that was divided by, one per channel.
    pub variance: &'a [T],
    /// ε ≥ 0, finite.
    pub epsilon: f64,
    /// The gradient of the loss by y.
    pub dy: &'a [T],
}

impl<T> Running<'_, T> {
    /// Refuses what the clauses do not allow, for a batch of `shape`.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the first argument that is wrong.
    pub fn check(&self, shape: Shape) -> Result<(), Refusal> {
        check_length("mean", self.mean, shape.channels)?;
        check_length("variance", self.variance, shape.channels)?;
        check_share("weight_of_new", self.weight_of_new)?;
        // Without a channel there is no variance to be undefined.
        let lone = shape.channels > 0 && shape.per_channel() < 2;
        if lone && self.convention == Variance::Unbiased {
            let allowed = "at least two values per channel for an unbiased variance";
            return Err(Refusal::invalid("shape", shape, allowed));
        }
        Ok(())
    }
}

impl<T> Inference<'_, T> {
    /// Refuses what the clauses do not allow; `y` is the output.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the first argument that is wrong, in the order of the fields.
    pub fn check(&self, y: &[T]) -> Result<(), Refusal> {
        self.shape.check_batch()?;
        check_length("x", self.x, self.shape.len())?;
        check_length("gamma", self.gamma, self.shape.channels)?;
        check_length("beta", self.beta, self.shape.channels)?;
        check_length("mean", self.mean, self.shape.channels)?;
        check_length("variance", self.variance, self.shape.channels)?;
        check_epsilon(self.epsilon)?;
        check_length("y", y, self.shape.len())
    }
}

impl<T> InferenceBackward<'_, T> {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the first argument that is wrong, in the order of the fields.
    pub fn check(&self, gradients: &Gradients<'_, T>) -> Result<(), Refusal> {
        self.shape.check_batch()?;
        check_length("x", self.x, self.shape.len())?;
        check_length("gamma", self.gamma, self.shape.channels)?;
        check_length("mean", self.mean, self.shape.channels)?;
        check_length("variance", self.variance, self.shape.channels)?;
        check_epsilon(self.epsilon)?;
        check_length("dy", self.dy, self.shape.len())?;
        gradients.check(self.shape)
    }
}
