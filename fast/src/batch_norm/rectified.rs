//! A normalisation and the ReLU or leaky ReLU that follows it, in one.
//!
//! ```text
//! z = y if y > 0, else slope·y          y = γ·x̂ + β, rounded
//! dy = dz if y > 0, else slope·dz       then as without it
//! ```
//!
//! Bit for bit what [`forward`](super::forward) and [`activation::forward`](crate::activation::forward)
//! give one after the other, or the backward passes the other way round. y is neither written nor read
//! again: backward makes it anew from x. Forward moves three tensors in
//! place of five, backward five in place of eight.

use super::inference::inference_with;
use super::rectifier::Rectifier;
use super::{backward_with, forward_with};
use crate::normalization::{Inputs, Outputs};
use crate::{Element, Error, Moments, Policy, Shape, Workspace, check};

/// [`forward`](super::forward), then ReLU (`slope` 0) or leaky ReLU, to `z`.
///
/// # Errors
/// As [`forward`](super::forward), with `y` for `z`; and names `slope` (not finite).
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn forward_relu<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    epsilon: f64,
    slope: f64,
    z: &mut [T],
    moments: &mut [Moments],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let rectifier = Rectifier::new(slope)?;
    forward_with(shape, x, [gamma, beta], epsilon, Some(rectifier), z, moments, workspace, policy)
}

/// [`inference`](super::inference), then ReLU (`slope` 0) or leaky ReLU, to `z`.
///
/// # Errors
/// As [`inference`](super::inference), with `y` for `z`; and names `slope` (not finite).
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn inference_relu<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    mean: &[T],
    variance: &[T],
    epsilon: f64,
    slope: f64,
    z: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let (rectifier, given) = (Rectifier::new(slope)?, [mean, variance]);
    inference_with(shape, x, [gamma, beta], given, epsilon, Some(rectifier), z, workspace, policy)
}

/// The gradients of [`forward_relu`], from `dz`.
///
/// # Errors
/// As [`backward`](super::backward), with `dy` for `dz`; and names `beta` (wrong length) or `slope` (not
/// finite).
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn backward_relu<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    epsilon: f64,
    slope: f64,
    moments: &[Moments],
    dz: &[T],
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let rectifier = Rectifier::new(slope)?;
    check::length("beta", beta, shape.channels)?;
    let (inputs, outputs) = (Inputs { x, gamma, dy: dz }, Outputs { dx, dgamma, dbeta });
    let rectified = Some((rectifier, beta));
    backward_with(shape, inputs, rectified, epsilon, moments, outputs, workspace, policy)
}
