//! Layer normalisation and dropout together: rows are dropped while in the cache. Backward, where rows stand as
//! columns, dy is dropped in a pass before.

use super::{check_backward, check_forward, differentiate, run};
use crate::dropout::Drawn;
use crate::normalization::{Inputs, Outputs, Source};
use crate::{Element, Error, Moments, Policy, Shape, Workspace};

/// [`forward`](super::forward), then [`dropout::forward`](crate::dropout::forward) of what it gives: bit
/// for bit what both give one after the other, with one pass over memory.
///
/// # Errors
/// As [`forward`](super::forward), then names `first` or `drop_probability`. Nothing is written then.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn forward_with_dropout<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    epsilon: f64,
    drawn: Drawn,
    y: &mut [T],
    moments: &mut [Moments],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check_forward(shape, x, [gamma, beta], epsilon, y, moments)?;
    let (affine, dropping) = ([gamma, beta], Some(drawn.checked(shape.len())?));
    run(shape, Source::Slice(x), affine, epsilon, dropping, y, moments, workspace, policy);
    Ok(())
}

/// [`dropout::backward`](crate::dropout::backward), then [`backward`](super::backward) of what it gives:
/// bit for bit what both give one after the other, with one pass over memory where rows stand together.
///
/// # Errors
/// As [`backward`](super::backward), then names `first` or `drop_probability`. Nothing is written then.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn backward_with_dropout<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    epsilon: f64,
    drawn: Drawn,
    moments: &[Moments],
    dy: &[T],
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let (inputs, outputs) = (Inputs { x, gamma, dy }, Outputs { dx, dgamma, dbeta });
    check_backward(shape, inputs, epsilon, moments, &outputs)?;
    let dropping = Some(drawn.checked(shape.len())?);
    differentiate(shape, inputs, epsilon, dropping, moments, outputs, workspace, policy);
    Ok(())
}
