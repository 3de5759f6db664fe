//! What a layer normalisation must offer to be checked.

use crate::normalization::contract::{Gradients, Tensors, arguments, check_epsilon};
use crate::refusal::check_length;
use crate::{Real, Refusal, Shape};

arguments! { LayerNorm, check_features }

/// Layer normalisation in precision `T`, over plain slices.
///
/// A row is all channels of one outer and one inner position of the [`Shape`]; γ and β have one value
/// per channel. Offer what you have: the command reports what is left out as skipped, the macro
/// wants a reason for it. Every function checks its arguments first and, when it refuses, leaves its
/// outputs as they were; each input has a `check` that a target may call. ε is `f64` in both
/// precisions: 1e-5 in `f32` is another number.
pub trait LayerNorm<T: Real>: Send + Sync {
    /// Normalises each row by its own statistics: `y = γ·(x − μ)/√(σ² + ε) + β`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, y);
        Err(Refusal::NotOffered)
    }

    /// The gradients of [`forward`](Self::forward), through each row's statistics.
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
}
