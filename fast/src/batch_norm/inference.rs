//! With given statistics: running ones, say, or those of another batch.
//!
//! ```text
//! y = γ·(x − mean)/√(variance + ε) + β
//! ```
//!
//! A sample's result does not depend on its batch mates. Source: Ioffe & Szegedy (2015), Algorithm 2, line 11.

use super::backward::{self, Inference, Memory};
use super::layout::Walk;
use super::normalize;
use super::rectifier::Rectifier;
use crate::normalization::{Inputs, Outputs, Source};
use crate::{Element, Error, Policy, Shape, Workspace, check};

/// y = γ·(x − mean)/√(variance + ε) + β with the given statistics of each channel.
///
/// A sample's result does not depend on its batch mates; a NaN makes one NaN. `f32`:
/// |error| ≤ 0.501·ulp(y) + 2⁻⁴⁸·|γ·x̂|. Source: Ioffe & Szegedy (2015), Algorithm 2, line 11.
///
/// # Errors
/// Names `shape` (a channel without values), `x`, `gamma`, `beta`, `mean`, `variance` (wrong
/// length), `epsilon` (negative or not finite) or `y` (wrong length). Nothing is written then.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn inference<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    mean: &[T],
    variance: &[T],
    epsilon: f64,
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let given = [mean, variance];
    inference_with(shape, x, [gamma, beta], given, epsilon, None, y, workspace, policy)
}

/// [`inference`], with what follows it.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub(super) fn inference_with<T: Element>(
    shape: Shape,
    x: &[T],
    [gamma, beta]: [&[T]; 2],
    [mean, variance]: [&[T]; 2],
    epsilon: f64,
    rectifier: Option<Rectifier>,
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::batch(shape)?;
    check::length("x", x, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::length("beta", beta, shape.channels)?;
    check::length("mean", mean, shape.channels)?;
    check::length("variance", variance, shape.channels)?;
    check::epsilon(epsilon)?;
    check::length("y", y, shape.len())?;
    if shape.channels == 0 {
        return Ok(());
    }
    let walk = Walk::new::<T>(shape, policy, &workspace.workers);
    let center = |c: usize| normalize::given_center(mean[c], variance[c], epsilon);
    let planes = &mut workspace.planes;
    normalize::normalize(&walk, Source::Slice(x), rectifier, [gamma, beta], center, y, planes);
    Ok(())
}

/// The gradients of [`inference`]: the statistics are constants.
///
/// ```text
/// dx = γ·dy/√(variance + ε)     dγ = Σ dy·(x − mean)/√(variance + ε)     dβ = Σ dy
/// ```
///
/// `f32`: dx is within 0.501·ulp; dγ and dβ as in [`backward`](super::backward()).
///
/// # Errors
/// Names `shape` (a channel without values), `x`, `gamma`, `mean`, `variance` (wrong length),
/// `epsilon` (negative or not finite), `dy`, `dx`, `dgamma` or `dbeta` (wrong length). Nothing is
/// written then.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn inference_backward<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    mean: &[T],
    variance: &[T],
    epsilon: f64,
    dy: &[T],
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::batch(shape)?;
    check::length("x", x, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::length("mean", mean, shape.channels)?;
    check::length("variance", variance, shape.channels)?;
    check::epsilon(epsilon)?;
    check::length("dy", dy, shape.len())?;
    check::length("dx", dx, shape.len())?;
    check::length("dgamma", dgamma, shape.channels)?;
    check::length("dbeta", dbeta, shape.channels)?;
    if shape.channels == 0 {
        return Ok(());
    }
    let Workspace { slots, planes, channels, workers, .. } = workspace;
    let memory = Memory { planes, slots, channels };
    let walk = Walk::new::<T>(shape, policy, workers);
    let center = |c: usize| normalize::given_center(mean[c], variance[c], epsilon);
    let (inputs, outputs) = (Inputs { x, gamma, dy }, Outputs { dx, dgamma, dbeta });
    backward::backward::<T, Inference>(&walk, inputs, None, center, outputs, memory);
    Ok(())
}
