//! What a regularisation must offer to be checked.

use crate::refusal::{check_length, check_not_negative};
use crate::{Real, Refusal};

/// What is summed over the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Penalty {
    /// λ Σ|w|.
    L1,
    /// ½λ Σw².
    L2,
}

/// What a tensor of the network is for: whether it is penalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Weights of a dense layer or a convolution: penalised.
    Weight,
    /// What is added to a layer's sums.
    Bias,
    /// γ of a normalisation.
    Scale,
    /// β of a normalisation.
    Shift,
}

/// A tensor of the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter<'a, T> {
    /// What it is for.
    pub role: Role,
    /// Its elements.
    pub values: &'a [T],
}

/// Arguments of [`Regularization::penalized_step`] and [`Regularization::decayed_step`].
#[derive(Debug, Clone, Copy)]
pub struct Step<'a, T> {
    /// η.
    pub learning_rate: f64,
    /// λ.
    pub lambda: f64,
    /// s, what the optimiser scales each element of the gradient with; as many as weights.
    pub scale: &'a [T],
    /// g, of the loss without the penalty; as many as weights.
    pub gradient: &'a [T],
    /// The weights before the step.
    pub w: &'a [T],
}

impl<T> Step<'_, T> {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `learning_rate`, `lambda`, `scale`, `gradient` or `result`.
    pub fn check(&self, result: &[T]) -> Result<(), Refusal> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check_lambda(self.lambda)?;
        check_length("scale", self.scale, self.w.len())?;
        check_length("gradient", self.gradient, self.w.len())?;
        check_length("result", result, self.w.len())
    }
}

/// Refuses a strength that is negative or not finite.
///
/// # Errors
/// [`Refusal::Invalid`] naming `lambda`.
pub fn check_lambda(lambda: f64) -> Result<(), Refusal> {
    check_not_negative("lambda", lambda)
}

/// Refuses what the clauses do not allow of a gradient of a penalty.
///
/// # Errors
/// Names `lambda` or `gradient`.
pub fn check_gradient<T>(lambda: f64, w: &[T], gradient: &[T]) -> Result<(), Refusal> {
    check_lambda(lambda)?;
    check_length("gradient", gradient, w.len())
}

/// Refuses what the clauses do not allow of a proximal step.
///
/// # Errors
/// Names `threshold` or `result`.
pub fn check_proximal<T>(threshold: f64, w: &[T], result: &[T]) -> Result<(), Refusal> {
    check_not_negative("threshold", threshold)?;
    check_length("result", result, w.len())
}

/// L1/L2 regularisation in precision `T`, over plain slices.
///
/// Offer what you have. Every function checks its arguments first and, when it refuses, leaves its
/// output as it was; [`check_lambda`], [`check_gradient`], [`check_proximal`] and [`Step::check`] do it.
/// λ, η and τ are `f64` in both precisions.
pub trait Regularization<T: Real>: Send + Sync {
    /// λ Σ|w|.
    ///
    /// # Errors
    /// A [`Refusal`] that names `lambda`.
    fn l1(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        let _ = (lambda, w);
        Err(Refusal::NotOffered)
    }

    /// ½λ Σw².
    ///
    /// # Errors
    /// A [`Refusal`] that names `lambda`.
    fn l2(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        let _ = (lambda, w);
        Err(Refusal::NotOffered)
    }

    /// Writes λ·sign(w), +0 at 0: written, not added to what stands there.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn l1_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        let _ = (lambda, w, gradient);
        Err(Refusal::NotOffered)
    }

    /// Writes λ·w: written, not added to what stands there.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn l2_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        let _ = (lambda, w, gradient);
        Err(Refusal::NotOffered)
    }

    /// sign(w)·max(|w| − τ, 0), +0 where a weight stops and not sign(w)·0: the soft threshold.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn l1_proximal(&self, threshold: f64, w: &[T], result: &mut [T]) -> Result<(), Refusal> {
        let _ = (threshold, w, result);
        Err(Refusal::NotOffered)
    }

    /// w − η·s·(g + λ·w): the penalty in the gradient.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn penalized_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, result);
        Err(Refusal::NotOffered)
    }

    /// w − η·s·g − η·λ·w: decay beside the gradient.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn decayed_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, result);
        Err(Refusal::NotOffered)
    }

    /// The penalty of all tensors that are [`Role::Weight`], in one sum.
    ///
    /// # Errors
    /// A [`Refusal`] that names `lambda`.
    fn network_penalty(
        &self,
        penalty: Penalty,
        lambda: f64,
        parameters: &[Parameter<'_, T>],
    ) -> Result<T, Refusal> {
        let _ = (penalty, lambda, parameters);
        Err(Refusal::NotOffered)
    }
}
