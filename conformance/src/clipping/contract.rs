//! What a gradient clipping must offer to be checked.

use crate::refusal::check_length;
use crate::{Real, Refusal};

/// What becomes of a gradient in which an element is NaN or infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NonFinite {
    /// An error that names `gradient`; nothing is written.
    #[default]
    Refuse,
    /// By value NaN stays and ±∞ becomes ±threshold; by norm every element becomes NaN.
    Propagate,
    /// Every element of every tensor becomes +0, so that the step is skipped.
    Zero,
}

/// Arguments of [`Clipping::by_value`] and [`Clipping::by_norm`].
#[derive(Debug, Clone, Copy)]
pub struct Gradient<'a, T> {
    /// τ, not negative; infinite for none.
    pub threshold: f64,
    /// What becomes of NaN and infinities.
    pub non_finite: NonFinite,
    /// The elements, as many as there are results.
    pub gradient: &'a [T],
}

/// Arguments of [`Clipping::by_global_norm`].
#[derive(Debug, Clone, Copy)]
pub struct Gradients<'a, T> {
    /// τ, not negative; infinite for none.
    pub threshold: f64,
    /// What becomes of NaN and infinities.
    pub non_finite: NonFinite,
    /// The gradients of all parameters, as many as there are results.
    pub tensors: &'a [&'a [T]],
}

impl<T: Real> Gradient<'_, T> {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `threshold`, `result` or, where NaN and infinities are refused, `gradient`.
    pub fn check(&self, result: &[T]) -> Result<(), Refusal> {
        check_threshold(self.threshold)?;
        check_length("result", result, self.gradient.len())?;
        check_finite(self.non_finite, &[self.gradient])
    }
}

impl<T: Real> Gradients<'_, T> {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `threshold`, `results` or, where NaN and infinities are refused, `gradient`.
    pub fn check(&self, results: &[&mut [T]]) -> Result<(), Refusal> {
        check_threshold(self.threshold)?;
        if results.len() != self.tensors.len() {
            let value = format!("{} tensors", results.len());
            return Err(Refusal::invalid("results", value, self.tensors.len()));
        }
        for (tensor, result) in self.tensors.iter().zip(results) {
            check_length("results", result, tensor.len())?;
        }
        check_finite(self.non_finite, self.tensors)
    }
}

/// Refuses a threshold that is negative or NaN.
///
/// # Errors
/// [`Refusal::Invalid`] naming `threshold`.
pub fn check_threshold(threshold: f64) -> Result<(), Refusal> {
    if threshold >= 0.0 {
        return Ok(());
    }
    Err(Refusal::invalid("threshold", threshold, "≥ 0"))
}

/// Refuses NaN and infinities, if they are to be refused.
///
/// # Errors
/// [`Refusal::Invalid`] naming `gradient`.
pub fn check_finite<T: Real>(non_finite: NonFinite, tensors: &[&[T]]) -> Result<(), Refusal> {
    let found = tensors.iter().copied().flatten().find(|value| !value.is_finite());
    match found {
        Some(value) if non_finite == NonFinite::Refuse => {
            Err(Refusal::invalid("gradient", value, "finite"))
        }
        _ => Ok(()),
    }
}

/// Gradient clipping in precision `T`, over plain slices.
///
/// Offer what you have: a policy for NaN and infinities that you do not have is
/// [`Refusal::NotOffered`]. Every function checks its arguments first and, when it refuses, leaves its
/// results as they were; the arguments have a `check` that a target may call. The threshold is `f64` in
/// both precisions.
pub trait Clipping<T: Real>: Send + Sync {
    /// Clips each element to \[−τ, τ\], with τ rounded towards zero to `T`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn by_value(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, result);
        Err(Refusal::NotOffered)
    }

    /// √Σ g² over all elements of all tensors; whatever they hold, nothing is refused.
    ///
    /// # Errors
    /// Only [`Refusal::NotOffered`] or [`Refusal::Failed`].
    fn norm(&self, tensors: &[&[T]]) -> Result<T, Refusal> {
        let _ = tensors;
        Err(Refusal::NotOffered)
    }

    /// The same from partial sums, one a part, that are merged.
    ///
    /// # Errors
    /// Only [`Refusal::NotOffered`] or [`Refusal::Failed`].
    fn norm_in_parts(&self, parts: &[&[T]]) -> Result<T, Refusal> {
        let _ = parts;
        Err(Refusal::NotOffered)
    }

    /// Scales the gradient to norm τ if its norm is above; gives the norm before.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn by_norm(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<T, Refusal> {
        let _ = (input, result);
        Err(Refusal::NotOffered)
    }

    /// Scales all tensors by one factor to norm τ, if the norm of all is above; gives the norm before.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn by_global_norm(
        &self,
        input: &Gradients<'_, T>,
        results: &mut [&mut [T]],
    ) -> Result<T, Refusal> {
        let _ = (input, results);
        Err(Refusal::NotOffered)
    }
}
