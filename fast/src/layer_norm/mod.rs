//! Layer normalisation: every row to mean 0 and variance 1, then scaled and shifted by feature.
//!
//! ```text
//! μ = (1/d) Σ x                    mean of the row's d = channels values
//! σ² = (1/d) Σ (x − μ)²            biased variance
//! x̂ = (x − μ)·r,  r = 1/√(σ² + ε)  ε inside the root
//! y = γ·x̂ + β                      one γ and β per feature
//! ```
//!
//! x, y, dy, dx: `outer × channels × inner` elements ([`Shape`]); a row is one (o, i), and has the
//! number o·inner + i; its features lie along the channels. γ, β and their gradients: `channels`.
//! There are no running statistics: training and inference are the same function.
//!
//! **Source.** J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer Normalization", arXiv 1607.06450 (2016),
//! eq. 3 and 4.
//!
//! **Hazard.** As in [batch normalisation](crate::batch_norm): with the mean far from 0,
//! `E[x²] − μ²` loses the variance and `x·r − μ·r` cancels; with a large γ a constant row no longer
//! gives β; squares leave the range of the type long before the data does. Over 2²⁰ features x̂ may
//! reach 1024, and each of its rounding errors is multiplied by it in dx.
//!
//! **Method.**
//! 1. A row is shifted by an estimate of its mean and summed in `f64`, with squares. Where the sums
//!    show that the estimate was too far off for the promises, and for `f64` data always, the row is
//!    summed again around the mean found: no value far out, wherever it stands, costs a digit.
//! 2. The mean stays in two parts: the [`Moments`] have its nearest number for a shift, and what it is
//!    off for an offset.
//! 3. x̂ = (x − shift)·r − offset·r and y = x̂·γ + β in `f64`, fused, rounded once.
//! 4. Backward: g = dy·γ, Σ g and Σ g·x̂ per row, then dx = r·(g − mean(g) − x̂·mean(g·x̂)) in `f64`,
//!    rounded once. Σ dy and Σ dy·x̂ per feature in parts, folded by a fixed tree.
//!
//! Rows that stand together stay in the cache between their passes; a row is one thread's work. A
//! result of [`Policy::stream_from`] bytes or more is written past the caches, and what the next rows
//! read is fetched meanwhile. With dropout it is not: what is dropped must be in the cache.
//!
//! **Promises.** `f32`, up to 2²⁰ features and rows, any finite data:
//!
//! ```text
//! |error of y|  ≤ 0.501·ulp(y) + |γ|·(2⁻³³·|x̂| + 2⁻³⁶)
//! |error of dx| ≤ 0.501·ulp(dx) + 2⁻³⁶·r·max|dy·γ|
//! ```
//!
//! `f64`: the usual bounds of pairwise summation, with the deviation where others have the mean;
//! no overflow or underflow of squares anywhere between 5·10⁻³²⁴ and 1.8·10³⁰⁸. A constant row
//! gives β, bit for bit (ε > 0, γ finite, β not −0). Bits depend on the shape and the data alone:
//! not on the level, the number of threads or the rest of the [`Policy`].
//!
//! **Special values.** A NaN or an infinity in a row's x makes all of its y NaN and no other row's.
//! ε = 0 over a constant row is 0/0: NaN. One feature (d = 1) gives y = β and dx = 0 (ε > 0). No
//! row: success, nothing written but dγ = dβ = 0. No feature: an error.

mod columns;
mod differentiate;
mod gradients;
mod layout;
mod maps;
mod normalize;
mod out;
mod rows;
mod statistics;
mod sums;
#[cfg(test)]
mod tests;
mod with_dropout;

pub(crate) use layout::Passes;
use layout::{Memory, Walk};
pub use with_dropout::{backward_with_dropout, forward_with_dropout};

use crate::dropout::Dropping;
use crate::normalization::{Inputs, Outputs, Source, rounded};
use crate::workspace::fold;
use crate::{Element, Error, Moments, Policy, Shape, Workspace, check};

/// Normalises every row by its own statistics, which it also returns.
///
/// `x` and `y`: `shape.len()` elements; `gamma` and `beta`: one per channel; `moments`: one per row
/// (row o·inner + i). ε ≥ 0. Accuracy and special values: see the [module](self). `moments` is what
/// [`backward`] takes.
///
/// ```
/// use evenkeel_fast::{Moments, Policy, Shape, Workspace, layer_norm};
///
/// let shape = Shape::new(2, 3, 1); // two rows of three features
/// let (x, gamma, beta) = ([1.0_f32, 2.0, 3.0, 7.0, 7.0, 7.0], [1.0; 3], [0.5, 0.0, -0.5]);
/// let (mut y, mut moments) = ([0.0; 6], [Moments::default(); 2]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// layer_norm::forward(
///     shape, &x, &gamma, &beta, 1e-5, &mut y, &mut moments, &mut workspace, &policy,
/// )?;
/// assert_eq!((moments[0].mean(), moments[1].variance()), (2.0, 0.0));
/// assert_eq!(y[3..], beta); // a constant row gives β
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `shape` (no feature), `x`, `gamma`, `beta` (wrong length), `epsilon` (negative or not
/// finite), `y` or `moments` (wrong length), the first that is wrong. Nothing is written then.
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
    check_forward(shape, x, [gamma, beta], epsilon, y, moments)?;
    run(shape, Source::Slice(x), [gamma, beta], epsilon, None, y, moments, workspace, policy);
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
    check::features(shape)?;
    check::length("x", x_to_y, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::length("beta", beta, shape.channels)?;
    check::epsilon(epsilon)?;
    check::length("moments", moments, shape.per_channel())?;
    run(shape, Source::InPlace, [gamma, beta], epsilon, None, x_to_y, moments, workspace, policy);
    Ok(())
}

/// What all forward functions ask of their arguments.
fn check_forward<T: Element>(
    shape: Shape,
    x: &[T],
    [gamma, beta]: [&[T]; 2],
    epsilon: f64,
    y: &[T],
    moments: &[Moments],
) -> Result<(), Error> {
    check::features(shape)?;
    check::length("x", x, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::length("beta", beta, shape.channels)?;
    check::epsilon(epsilon)?;
    check::length("y", y, shape.len())?;
    check::length("moments", moments, shape.per_channel())?;
    Ok(())
}

/// All forward functions, their arguments checked.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
fn run<T: Element>(
    shape: Shape,
    x: Source<'_, T>,
    affine: [&[T]; 2],
    epsilon: f64,
    dropping: Option<Dropping>,
    y: &mut [T],
    moments: &mut [Moments],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let Workspace { slots, planes, workers, .. } = workspace;
    if !moments.is_empty() {
        let walk = Walk::new::<T>(shape, policy, workers);
        T::over(&walk).forward(x, affine, epsilon, dropping, y, moments, Memory { slots, planes });
    }
}

/// The gradients of [`forward`]: dx through the row's statistics, dγ and dβ over all rows.
///
/// ```text
/// g = dy·γ     dx = r·(g − mean(g) − x̂·mean(g·x̂))     dγ = Σ dy·x̂     dβ = Σ dy
/// ```
///
/// `moments` are those that [`forward`] gave for this `x`. `f32`, d and rows ≤ 2²⁰:
///
/// ```text
/// |error of dx| ≤ 0.501·ulp(dx) + 2⁻³⁶·r·max|dy·γ|
/// |error of dγ| ≤ 0.501·ulp(dγ) + 2⁻³³·Σ|dy·x̂| + 2⁻³⁶·Σ|dy|
/// |error of dβ| ≤ 0.501·ulp(dβ) + 2⁻⁴⁰·Σ|dy|
/// ```
///
/// Domain: Σ|dy·γ| and Σ|dy·γ·x̂| over a row, Σ|dy| and Σ|dy·x̂| over a feature below a quarter of the
/// largest number. A NaN or an infinity in a row's x makes its dx and every dγ NaN; one in dy makes
/// the dx of its row and the dγ of its feature NaN.
///
/// # Errors
/// Names `shape` (no feature), `x`, `gamma` (wrong length), `epsilon` (negative or not finite),
/// `moments` (wrong length, or of another number of values), `dy`, `dx`, `dgamma` or `dbeta` (wrong
/// length). Nothing is written then.
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
    check_backward(shape, inputs, epsilon, moments, &outputs)?;
    differentiate(shape, inputs, epsilon, None, moments, outputs, workspace, policy);
    Ok(())
}

/// What both backward functions ask of their arguments.
fn check_backward<T: Element>(
    shape: Shape,
    Inputs { x, gamma, dy }: Inputs<'_, T>,
    epsilon: f64,
    moments: &[Moments],
    Outputs { dx, dgamma, dbeta }: &Outputs<'_, T>,
) -> Result<(), Error> {
    check::features(shape)?;
    check::length("x", x, shape.len())?;
    check::length("gamma", gamma, shape.channels)?;
    check::epsilon(epsilon)?;
    check::moments(moments, [shape.per_channel(), shape.channels], "row")?;
    check::length("dy", dy, shape.len())?;
    check::length("dx", dx, shape.len())?;
    check::length("dgamma", dgamma, shape.channels)?;
    check::length("dbeta", dbeta, shape.channels)?;
    Ok(())
}

/// Both backward functions, their arguments checked.
#[expect(clippy::too_many_arguments, reason = "the formula's inputs, its outputs, and how to run")]
fn differentiate<T: Element>(
    shape: Shape,
    inputs: Inputs<'_, T>,
    epsilon: f64,
    dropping: Option<Dropping>,
    moments: &[Moments],
    Outputs { dx, dgamma, dbeta }: Outputs<'_, T>,
    workspace: &mut Workspace,
    policy: &Policy,
) {
    if moments.is_empty() {
        // The sum of nothing.
        dgamma.fill(T::default());
        dbeta.fill(T::default());
        return;
    }
    let Workspace { slots, planes, workers, .. } = workspace;
    let walk = Walk::new::<T>(shape, policy, workers);
    let layout = T::over(&walk);
    let memory = Memory { slots: &mut *slots, planes };
    let parts = layout.backward(inputs, epsilon, dropping, moments, dx, memory);
    let width = 2 * shape.channels;
    fold(walk.job().crew, &mut slots[..parts * width], width);
    for (feature, (dgamma, dbeta)) in dgamma.iter_mut().zip(dbeta).enumerate() {
        let [beta, gamma] = layout.places(feature);
        (*dgamma, *dbeta) = (rounded(slots[gamma]), rounded(slots[beta]));
    }
}
