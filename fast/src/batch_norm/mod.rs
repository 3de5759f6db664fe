//! Batch normalisation: every channel to mean 0 and variance 1, then scaled and shifted.
//!
//! ```text
//! μ = (1/m) Σ x                    mean of the channel's m = outer·inner values
//! σ² = (1/m) Σ (x − μ)²            biased variance
//! x̂ = (x − μ)·r,  r = 1/√(σ² + ε)  ε inside the root
//! y = γ·x̂ + β                      one γ and β per channel
//! ```
//!
//! x, y, dy, dx: `outer × channels × inner` elements ([`Shape`]); γ, β and their gradients:
//! `channels`. u is the unit roundoff of the type (2⁻²⁴, 2⁻⁵³), η its smallest subnormal.
//!
//! **Source.** S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by
//! Reducing Internal Covariate Shift", ICML 2015, Algorithm 1 and § 3.
//!
//! **Hazard.** With the mean far from 0, `E[x²] − μ²` loses the variance, a rounded mean moves every
//! output, and `x·r − μ·r` cancels. Squares leave the range of the type long before the data does.
//! A constant channel turns whatever rounding leaves into 1/√ε times itself.
//!
//! **Method.**
//! 1. Blocks of a channel are shifted by their own first value and summed in `f64` (`f64` data:
//!    twice, the second time around the mean found); their [`Moments`] are folded by a fixed tree.
//! 2. The mean stays in two parts, the channel's first value and a small offset from it.
//! 3. y in `f64`, rounded once: fma(x − s, γ·r, c) around the mean s, with what s was rounded by in
//!    c; for `f64` data fma(((x − shift) − offset)·r, γ, β).
//! 4. Backward: Σ dy and Σ dy·x̂ per block, a fixed tree, then
//!    dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)) in `f64`, rounded once; both are folded around s, too.
//! 5. Two passes over the data: sums, then results. From memory the second one writes past the caches
//!    and asks for its next rows meanwhile. One pass, over a few columns at a time that stay in the
//!    cache in between, is slower: every row of them is another page.
//!
//! **Promises.** `f32`, up to 2²⁰ values per channel, any finite data:
//!
//! ```text
//! |error of y| ≤ 0.501·ulp(y) + |γ|·(2⁻³³·|x̂| + 2⁻³⁶)
//! ```
//!
//! `f64`: the usual bounds of pairwise summation, with the deviation where others have the mean;
//! no overflow or underflow of squares anywhere between 5·10⁻³²⁴ and 1.8·10³⁰⁸. A constant channel
//! gives β, bit for bit (ε > 0, γ finite, β not −0). Bits depend on the shape and the data alone:
//! not on the level, the number of threads or [`Policy::serial_below`].
//!
//! **Special values.** A NaN or an infinity among a channel's x makes all of its y NaN and no
//! other channel's. ε = 0 over a constant channel is 0/0: NaN. One value per channel (m = 1) gives
//! y = β and dx = 0 (ε > 0). No channel: success, nothing written. No value: an error.

mod backward;
mod coefficients;
mod inference;
mod layout;
mod maps;
mod normalize;
mod rectified;
mod rectifier;
mod rows;
mod running;
mod runs;
mod statistics;
mod sums;
#[cfg(test)]
mod tests;

pub use inference::{inference, inference_backward};
pub use rectified::{backward_relu, forward_relu, inference_relu};
pub use running::{RunningVariance, update_running};

use backward::{Memory, Training};
pub(crate) use coefficients::Channel;
pub(crate) use layout::Passes;
use layout::Walk;
use rectifier::Rectifier;

use crate::normalization::planes::Center;
use crate::normalization::{Inputs, Outputs, Source};
use crate::{Element, Error, Moments, Policy, Shape, Workspace, check};

/// Normalises every channel by its own statistics, which it also returns.
///
/// `x` and `y`: `shape.len()` elements; `gamma`, `beta` and `moments`: one per channel. ε ≥ 0.
/// Accuracy and special values: see the [module](self). `moments` is what [`backward`] and
/// [`update_running`] take.
///
/// # Errors
/// Names `shape` (a channel without values), `x`, `gamma`, `beta` (wrong length), `epsilon`
/// (negative or not finite), `y` or `moments` (wrong length), the first that is wrong. Nothing is
/// written then.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn forward<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    epsilon: f64,
    y: &mut [T],
    moments: &mut [Moments],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    forward_with(shape, x, [gamma, beta], epsilon, None, y, moments, workspace, policy)
}

/// [`forward`], with what follows it.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
fn forward_with<T: Element>(
    shape: Shape,
    x: &[T],
    [gamma, beta]: [&[T]; 2],
    epsilon: f64,
    rectifier: Option<Rectifier>,
    y: &mut [T],
    moments: &mut [Moments],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::batch(shape)?;
    check::length("x", x, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::length("beta", beta, shape.channels)?;
    check::epsilon(epsilon)?;
    check::length("y", y, shape.len())?;
    check::length("moments", moments, shape.channels)?;
    if shape.channels == 0 {
        return Ok(());
    }
    let Workspace { slots, planes, workers, .. } = workspace;
    let walk = Walk::new::<T>(shape, policy, workers);
    statistics::statistics(&walk, x, slots, moments);
    let center = |channel: usize| Center::new(&moments[channel], epsilon);
    normalize::normalize(&walk, Source::Slice(x), rectifier, [gamma, beta], center, y, planes);
    Ok(())
}

/// [`forward`] with the result where the data was; the bits are the same.
///
/// # Errors
/// As [`forward`]; `x` names the tensor.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn forward_in_place<T: Element>(
    shape: Shape,
    x_to_y: &mut [T],
    gamma: &[T],
    beta: &[T],
    epsilon: f64,
    moments: &mut [Moments],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::batch(shape)?;
    check::length("x", x_to_y, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::length("beta", beta, shape.channels)?;
    check::epsilon(epsilon)?;
    check::length("moments", moments, shape.channels)?;
    if shape.channels == 0 {
        return Ok(());
    }
    let Workspace { slots, planes, workers, .. } = workspace;
    let walk = Walk::in_place(shape, policy, workers);
    statistics::statistics(&walk, x_to_y, slots, moments);
    let center = |channel: usize| Center::new(&moments[channel], epsilon);
    normalize::normalize(&walk, Source::InPlace, None, [gamma, beta], center, x_to_y, planes);
    Ok(())
}

/// [`forward`] with statistics that are already there: merged from several parts, say.
///
/// `moments` as [`statistics`] gives them and [`Moments::merge`] joins them, one per channel; the
/// rest, and the accuracy, as [`forward`].
///
/// # Errors
/// As [`forward`].
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn normalize<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    beta: &[T],
    epsilon: f64,
    moments: &[Moments],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::batch(shape)?;
    check::length("x", x, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::length("beta", beta, shape.channels)?;
    check::epsilon(epsilon)?;
    check::length("moments", moments, shape.channels)?;
    check::length("y", y, shape.len())?;
    if shape.channels > 0 {
        let Workspace { planes, workers, .. } = workspace;
        let walk = Walk::new::<T>(shape, policy, workers);
        let center = |channel: usize| Center::new(&moments[channel], epsilon);
        normalize::normalize(&walk, Source::Slice(x), None, [gamma, beta], center, y, planes);
    }
    Ok(())
}

/// Mean and second moment of every channel.
///
/// `x`: `shape.len()` elements; `moments`: one per channel. `f32`, m ≤ 2²⁰: the variance has a
/// relative error of at most 2⁻³²; a constant channel has exactly 0.
///
/// # Errors
/// Names `shape` (a channel without values), `x` or `moments` (wrong length). Nothing is written
/// then.
pub fn statistics<T: Element>(
    shape: Shape,
    x: &[T],
    moments: &mut [Moments],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::batch(shape)?;
    check::length("x", x, shape.len())?;
    check::length("moments", moments, shape.channels)?;
    if shape.channels > 0 {
        let walk = Walk::in_place(shape, policy, &workspace.workers);
        statistics::statistics(&walk, x, &mut workspace.slots, moments);
    }
    Ok(())
}

/// The gradients of [`forward`]: dx through the batch's statistics, dγ and dβ.
///
/// `moments` are those that [`forward`] or [`statistics`] gave for this `x`. `f32`, with
/// b = mean(dy), c = mean(dy·x̂), m ≤ 2²⁰:
///
/// ```text
/// |error of dx| ≤ 0.501·ulp(dx) + 2⁻³⁶·r·max|dy·γ| + 2⁻³³·|γ·r·x̂·c|
/// |error of dγ| ≤ 0.501·ulp(dγ) + 2⁻³³·Σ|dy·x̂| + 2⁻³⁶·Σ|dy|
/// |error of dβ| ≤ 0.501·ulp(dβ) + 2⁻⁴⁰·Σ|dy|
/// ```
///
/// Domain: Σ|dy| and Σ|dy·x̂| below a quarter of the largest number. A NaN in a channel's x or dy
/// makes its dx and dγ NaN; dβ is NaN only by dy.
///
/// # Errors
/// Names `shape` (a channel without values), `x`, `gamma` (wrong length), `epsilon` (negative or
/// not finite), `moments` (wrong length, or of another number of values), `dy`, `dx`, `dgamma` or
/// `dbeta` (wrong length). Nothing is written then.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
pub fn backward<T: Element>(
    shape: Shape,
    x: &[T],
    gamma: &[T],
    epsilon: f64,
    moments: &[Moments],
    dy: &[T],
    dx: &mut [T],
    dgamma: &mut [T],
    dbeta: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let (inputs, outputs) = (Inputs { x, gamma, dy }, Outputs { dx, dgamma, dbeta });
    backward_with(shape, inputs, None, epsilon, moments, outputs, workspace, policy)
}

/// [`backward`], with what follows the forward pass, and β, which that needs.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
fn backward_with<T: Element>(
    shape: Shape,
    inputs: Inputs<'_, T>,
    rectified: Option<(Rectifier, &[T])>,
    epsilon: f64,
    moments: &[Moments],
    Outputs { dx, dgamma, dbeta }: Outputs<'_, T>,
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let Inputs { x, gamma, dy } = inputs;
    check::batch(shape)?;
    check::length("x", x, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::epsilon(epsilon)?;
    check::moments(moments, [shape.channels, shape.per_channel()], "channel")?;
    check::length("dy", dy, shape.len())?;
    check::length("dx", dx, shape.len())?;
    check::length("dgamma", dgamma, shape.channels)?;
    check::length("dbeta", dbeta, shape.channels)?;
    if shape.channels == 0 {
        return Ok(());
    }
    let Workspace { slots, planes, channels, workers, .. } = workspace;
    let walk = Walk::new::<T>(shape, policy, workers);
    let center = |channel: usize| Center::new(&moments[channel], epsilon);
    backward::backward::<T, Training>(
        &walk,
        inputs,
        rectified,
        center,
        Outputs { dx, dgamma, dbeta },
        Memory { planes, slots, channels },
    );
    Ok(())
}
