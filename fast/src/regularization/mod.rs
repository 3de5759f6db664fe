//! L1/L2 regularisation: what large weights cost, its gradients, and the steps that make them smaller.
//!
//! ```text
//! L1 = λ Σ|w|        ∂L1/∂w = λ·sign(w), 0 at 0      prox(w) = sign(w)·max(|w| − τ, 0)
//! L2 = ½λ Σw²        ∂L2/∂w = λ·w
//! penalized:  w' = w − η·s·(g + λ·w)                 decayed:  w' = w − η·s·g − η·λ·w
//! ```
//!
//! w, the gradient g of the loss, and what an optimiser scales it with, s: n elements each. λ, η and τ:
//! finite and ≥ 0, `f64` for both precisions. Gradients are written, not added. u is the unit roundoff of
//! the type.
//!
//! **Sources.** R. Tibshirani, "Regression shrinkage and selection via the lasso", JRSS B 58 (1996);
//! A. E. Hoerl, R. W. Kennard, "Ridge regression", Technometrics 12 (1970); A. Krogh, J. A. Hertz, "A
//! simple weight decay can improve generalization", NIPS 4 (1991); I. Loshchilov, F. Hutter, "Decoupled
//! weight decay regularization", arXiv 1711.05101; N. Parikh, S. Boyd, "Proximal algorithms", § 6.5.2.
//!
//! **Hazard.** Squares leave the range of the type long before the penalty does; a sum in `f32` may
//! lose a digit for every tenfold number of terms; the sign function of most languages is not 0 at 0; NaN is lost by
//! every maximum and every comparison.
//!
//! **Method.**
//! 1. Blocks of 4096 weights are summed in 32 `f64` lanes, |w| and w² at once; blocks, then tensors, are
//!    added by a tree that their lengths alone determine.
//! 2. `f64` data whose sum is not a number from 2⁻⁹⁶⁰ on is summed again, times 2⁶⁰⁰ or 2⁻⁶⁰⁰. λ comes in as
//!    a number near 1 and a power of two, so that nothing overflows but the result.
//! 3. Elements are computed in `f64` as the formulas stand and rounded once: w − η·(s·(g + λ·w)) and
//!    w − η·(s·g + λ·w), which are the same bits where s = 1.
//!
//! **Promises.** Penalties that are normal numbers, gradients and proximal step in `f32`: within 0.501 ulp.
//! `f64` penalties: (h + 2)·u of them, h the additions of one term, at most 70 for a block and one for each
//! doubling of their number; gradients and proximal step correctly rounded. Steps: with A = |w|, B = |η·s·g|
//! and C the size of the term with λ, 0.501 ulp and 2⁻⁵³·(A + 4B + 5C) in `f32`, u·(A + 4B + 5C) in `f64`.
//! The same bits on any number of threads and at every level.
//!
//! **Special values.** NaN gives NaN, of penalties too. An infinity makes a penalty +∞, for λ > 0. w = −0
//! and weights that stop give +0. No weight: a penalty of +0.

mod passes;
mod sums;
#[cfg(test)]
mod tests;

pub use passes::Decay;
pub(crate) use passes::Passes;

use crate::policy::Work;
use crate::workspace::{part, pieces};
use crate::{Element, Error, Policy, Workspace, check};

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

/// λ Σ|w|.
///
/// # Errors
/// Names `lambda` (negative or not finite).
pub fn l1<T: Element>(
    lambda: f64,
    w: &[T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    check::not_negative("lambda", lambda)?;
    Ok(sums::penalty(Penalty::L1, lambda, [w].into_iter(), workspace, policy))
}

/// ½λ Σw².
///
/// ```
/// use evenkeel_fast::{Policy, Workspace, regularization};
///
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// // Their squares are beyond `f32`; the penalty is not.
/// let w = [3e30_f32, -4e30];
/// assert_eq!(regularization::l2(2e-30, &w, &mut workspace, &policy)?, 2.5e31);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `lambda` (negative or not finite).
pub fn l2<T: Element>(
    lambda: f64,
    w: &[T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    check::not_negative("lambda", lambda)?;
    Ok(sums::penalty(Penalty::L2, lambda, [w].into_iter(), workspace, policy))
}

/// The penalty of all tensors that are [`Role::Weight`], in one sum; the others are not looked at.
///
/// Nothing is divided by a number of elements, tensors or samples.
///
/// # Errors
/// Names `lambda` (negative or not finite).
pub fn network_penalty<T: Element>(
    penalty: Penalty,
    lambda: f64,
    parameters: &[Parameter<'_, T>],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    check::not_negative("lambda", lambda)?;
    let weights = parameters.iter().filter(|parameter| parameter.role == Role::Weight);
    let weights = weights.map(|parameter| parameter.values);
    Ok(sums::penalty(penalty, lambda, weights, workspace, policy))
}

/// Writes λ·sign(w) to `gradient`, +0 where w is 0: written, not added.
///
/// # Errors
/// Names `lambda` (negative or not finite) or `gradient` (wrong length). Nothing is written then.
pub fn l1_gradient<T: Element>(
    lambda: f64,
    w: &[T],
    gradient: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::not_negative("lambda", lambda)?;
    check::length("gradient", gradient, w.len())?;
    let streams = policy.streams::<T>(w.len());
    pieces(gradient, Work::Light, workspace, policy, |at, piece| {
        T::l1_gradient(policy.level, lambda, part(w, at, piece.len()), piece, streams);
    });
    Ok(())
}

/// Writes λ·w to `gradient`: written, not added.
///
/// # Errors
/// As [`l1_gradient`].
pub fn l2_gradient<T: Element>(
    lambda: f64,
    w: &[T],
    gradient: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::not_negative("lambda", lambda)?;
    check::length("gradient", gradient, w.len())?;
    let streams = policy.streams::<T>(w.len());
    pieces(gradient, Work::Light, workspace, policy, |at, piece| {
        T::l2_gradient(policy.level, lambda, part(w, at, piece.len()), piece, streams);
    });
    Ok(())
}

/// The proximal step of L1: every weight moves towards 0 by `threshold`, and stops there.
///
/// After a step of rate η against the gradient of the loss alone, the threshold is η·λ.
///
/// # Errors
/// Names `threshold` (negative or not finite) or `result` (wrong length). Nothing is written then.
pub fn l1_proximal<T: Element>(
    threshold: f64,
    w: &[T],
    result: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::not_negative("threshold", threshold)?;
    check::length("result", result, w.len())?;
    let streams = policy.streams::<T>(w.len());
    pieces(result, Work::Light, workspace, policy, |at, piece| {
        let w = part(w, at, piece.len());
        T::shrink(policy.level, threshold, Some(w), piece, streams);
    });
    Ok(())
}

/// [`l1_proximal`] with the result where the weights were; the bits are the same.
///
/// # Errors
/// Names `threshold`. Nothing is written then.
pub fn l1_proximal_in_place<T: Element>(
    threshold: f64,
    w: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::not_negative("threshold", threshold)?;
    pieces(w, Work::Light, workspace, policy, |_, piece| {
        T::shrink(policy.level, threshold, None, piece, false);
    });
    Ok(())
}

/// What a step takes beside the weights.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a, T> {
    /// η.
    pub learning_rate: f64,
    /// λ.
    pub lambda: f64,
    /// s, what the optimiser scales each element of the gradient with: 1, or 1/(√v + ε).
    pub scale: &'a [T],
    /// g, of the loss without the penalty.
    pub gradient: &'a [T],
}

/// w − η·s·(g + λ·w): the penalty is a part of the gradient, and scaled with it.
///
/// # Errors
/// Names `learning_rate`, `lambda` (negative or not finite), `scale`, `gradient` or `result` (wrong
/// length). Nothing is written then.
pub fn penalized_step<T: Element>(
    step: &Step<'_, T>,
    w: &[T],
    result: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    step.check(w.len())?;
    check::length("result", result, w.len())?;
    update(Decay::Coupled, step, Some(w), result, workspace, policy);
    Ok(())
}

/// [`penalized_step`] with the result where the weights were; the bits are the same.
///
/// # Errors
/// As [`penalized_step`].
pub fn penalized_step_in_place<T: Element>(
    step: &Step<'_, T>,
    w: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    step.check(w.len())?;
    update(Decay::Coupled, step, None, w, workspace, policy);
    Ok(())
}

/// w − η·s·g − η·λ·w: decoupled weight decay, which the scale does not reach.
///
/// ```
/// use evenkeel_fast::{Policy, Workspace, regularization::{self, Step}};
///
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// let step = Step { learning_rate: 0.5, lambda: 0.25, scale: &[1.0_f32, 4.0], gradient: &[2.0; 2] };
/// let (mut penalized, mut decayed) = ([8.0; 2], [8.0; 2]);
/// regularization::penalized_step_in_place(&step, &mut penalized, &mut workspace, &policy)?;
/// regularization::decayed_step_in_place(&step, &mut decayed, &mut workspace, &policy)?;
/// assert_eq!((penalized, decayed), ([6.0, 0.0], [6.0, 3.0]));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// As [`penalized_step`].
pub fn decayed_step<T: Element>(
    step: &Step<'_, T>,
    w: &[T],
    result: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    step.check(w.len())?;
    check::length("result", result, w.len())?;
    update(Decay::Decoupled, step, Some(w), result, workspace, policy);
    Ok(())
}

/// [`decayed_step`] with the result where the weights were; the bits are the same.
///
/// # Errors
/// As [`penalized_step`].
pub fn decayed_step_in_place<T: Element>(
    step: &Step<'_, T>,
    w: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    step.check(w.len())?;
    update(Decay::Decoupled, step, None, w, workspace, policy);
    Ok(())
}

impl<T> Step<'_, T> {
    fn check(&self, length: usize) -> Result<(), Error> {
        check::not_negative("learning_rate", self.learning_rate)?;
        check::not_negative("lambda", self.lambda)?;
        check::length("scale", self.scale, length)?;
        check::length("gradient", self.gradient, length)
    }
}

/// Both steps, their arguments checked; without `from` the weights stand in `to`.
fn update<T: Element>(
    decay: Decay,
    step: &Step<'_, T>,
    from: Option<&[T]>,
    to: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let streams = from.is_some() && policy.streams::<T>(to.len());
    pieces(to, Work::Light, workspace, policy, |at, piece| {
        let of_piece = |values| part(values, at, piece.len());
        let (scale, gradient) = (of_piece(step.scale), of_piece(step.gradient));
        let step = Step { scale, gradient, ..*step };
        T::step(policy.level, decay, &step, from.map(of_piece), piece, streams);
    });
}
