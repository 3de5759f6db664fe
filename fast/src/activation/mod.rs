//! Activations: sigmoid, tanh, ReLU and leaky ReLU, with their gradients.
//!
//! ```text
//! sigmoid     y = 1/(1 + e⁻ˣ)                 dx = dy·t/(1 + t)²      t = e^−|x|
//! tanh        y = ±(1 − T)/(1 + T)            dx = dy·4T/(1 + T)²     T = e^−2|x|
//! ReLU        y = x if x > 0, else 0          dx = dy if x > 0, else 0
//! leaky ReLU  y = x if x > 0, else slope·x    dx = dy if x > 0, else slope·dy
//! ```
//!
//! Tensors may have any shape: elements in their order in memory.
//!
//! **Source.** X. Glorot, Y. Bengio, AISTATS 2010 (saturation); V. Nair, G. Hinton, ICML 2010 (ReLU); A.
//! Maas, A. Hannun, A. Ng, ICML 2013 (leaky ReLU).
//!
//! **Hazard.** eˣ overflows; (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) loses all digits near 0 and is NaN far out; a
//! derivative from y, y·(1 − y) or 1 − y², is 0 where y rounds to 1, though the truth is not: from x =
//! 17.33 and |x| = 9.011 on in `f32`.
//!
//! **Method.** e⁻ᶻ of a z ≥ 0 cannot overflow, and is kept apart into powers of two and what is left, so
//! that 1 can be taken away without a branch for small x. The derivative takes x. `f32` is computed in
//! `f64`, where e⁻ˣ of either sign is a number, and rounded once; for `f64` each step carries what its
//! rounding left over. [`backward_from_output`] takes y, and loses what is not in y. [`quick_forward`] has a
//! tanh in `f32` lanes.
//!
//! **Promises.** `f32`: within 0.501 ulp, forward and backward; [`quick_forward`] within 1 ulp. `f64`: within
//! 1 ulp forward and 3 ulp backward. tanh is odd, both derivatives are even, bit for bit. The same bits on any
//! number of threads and at every level.

mod double;
mod exponential;
mod passes;
mod quick;
mod rectifier;
mod single;
#[cfg(test)]
mod tests;

pub(crate) use passes::Passes;

use crate::policy::Work;
use crate::workspace::{part, pieces};
use crate::{Element, Error, Policy, Workspace, check};

/// Which activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curve {
    /// 1/(1 + e⁻ˣ).
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// x where it is positive, else 0.
    Relu,
    /// x where it is positive, else slope·x.
    LeakyRelu {
        /// Finite; 0.01 in the paper.
        slope: f64,
    },
}

impl Curve {
    pub(crate) fn check(self) -> Result<(), Error> {
        if let Self::LeakyRelu { slope } = self { check::slope(slope) } else { Ok(()) }
    }

    fn work(self) -> Work {
        match self {
            Self::Sigmoid | Self::Tanh => Work::Heavy,
            Self::Relu | Self::LeakyRelu { .. } => Work::Light,
        }
    }

    /// From y alone the side is known only if the slope keeps the sign.
    fn check_from_output(self) -> Result<(), Error> {
        match self {
            Self::LeakyRelu { slope } if !(slope > 0.0 && slope.is_finite()) => {
                Err(Error::new("slope", slope.to_string(), "finite and > 0: y tells the side of x"))
            }
            _ => Ok(()),
        }
    }
}

/// The activation of every element of x.
///
/// NaN gives NaN, ±∞ what the curve tends to.
///
/// ```
/// use evenkeel_fast::activation::{self, Curve};
/// use evenkeel_fast::{Policy, Workspace};
///
/// let (x, mut y) = ([-100.0_f32, -0.5, 0.0, 0.5], [0.0; 4]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// activation::forward(Curve::Sigmoid, &x, &mut y, &mut workspace, &policy)?;
/// assert_eq!(y, [3.783506e-44, 0.37754068, 0.5, 0.62245935]);
/// activation::forward(Curve::LeakyRelu { slope: 0.01 }, &x, &mut y, &mut workspace, &policy)?;
/// assert_eq!(y, [-1.0, -0.005, 0.0, 0.5]);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `slope` (not finite) or `y` (wrong length). Nothing is written then.
pub fn forward<T: Element>(
    curve: Curve,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    curve.check()?;
    check::length("y", y, x.len())?;
    let streams = policy.streams::<T>(y.len());
    pieces(y, curve.work(), workspace, policy, |at, y| {
        let x = part(x, at, y.len());
        T::activate(policy.level, curve, Some(x), y, streams);
    });
    Ok(())
}

/// [`forward`] with the result where x was; the bits are the same.
///
/// # Errors
/// Names `slope`. Nothing is written then.
pub fn forward_in_place<T: Element>(
    curve: Curve,
    x_to_y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    curve.check()?;
    pieces(x_to_y, curve.work(), workspace, policy, |_, piece| {
        T::activate(policy.level, curve, None, piece, false)
    });
    Ok(())
}

/// [`forward`] within 1 ulp instead of 0.501, where speed counts more: tanh of `f32` in `f32` lanes.
///
/// **Promise.** Over all 2³² inputs within 1 ulp, and never falling; tanh is odd and between −1 and 1; NaN,
/// ±0 and ±∞ as in [`forward`], results below the normal numbers too. The same bits at every level, on any
/// number of threads. The sigmoid, which is no faster in `f32` lanes, ReLU, leaky ReLU and `f64`: the bits of
/// [`forward`]. Made for levels with fused multiply-add: x86's baseline has none, and [`forward`] may be
/// faster there.
///
/// ```
/// use evenkeel_fast::activation::{self, Curve};
/// use evenkeel_fast::{Policy, Workspace};
///
/// let (x, mut y) = ([-100.0_f32, -0.5, 0.0, 0.5], [0.0; 4]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// activation::quick_forward(Curve::Tanh, &x, &mut y, &mut workspace, &policy)?;
/// assert_eq!(y, [-1.0, -0.46211717, 0.0, 0.46211717]);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// As [`forward`].
pub fn quick_forward<T: Element>(
    curve: Curve,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    curve.check()?;
    check::length("y", y, x.len())?;
    let streams = policy.streams::<T>(y.len());
    pieces(y, Work::Light, workspace, policy, |at, y| {
        let x = part(x, at, y.len());
        T::activate_quickly(policy.level, curve, Some(x), y, streams);
    });
    Ok(())
}

/// [`quick_forward`] with the result where x was; the bits are the same.
///
/// # Errors
/// As [`forward_in_place`].
pub fn quick_forward_in_place<T: Element>(
    curve: Curve,
    x_to_y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    curve.check()?;
    pieces(x_to_y, Work::Light, workspace, policy, |_, piece| {
        T::activate_quickly(policy.level, curve, None, piece, false)
    });
    Ok(())
}

/// The gradient of the loss by x, from x and the gradient dy by y.
///
/// At 0, ReLU and leaky ReLU take the derivative from the left: 0 and the slope.
///
/// ```
/// use evenkeel_fast::activation::{self, Curve};
/// use evenkeel_fast::{Policy, Workspace};
///
/// let (x, dy, mut dx) = ([20.0_f32, 0.0], [1.0; 2], [0.0; 2]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// activation::backward(Curve::Tanh, &x, &dy, &mut dx, &mut workspace, &policy)?;
/// assert_eq!(dx, [1.6993417e-17, 1.0]); // from y = 1 it would be 0
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `slope` (not finite), `dy` or `dx` (wrong length). Nothing is written then.
pub fn backward<T: Element>(
    curve: Curve,
    x: &[T],
    dy: &[T],
    dx: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    curve.check()?;
    check::length("dy", dy, x.len())?;
    check::length("dx", dx, x.len())?;
    let streams = policy.streams::<T>(dx.len());
    pieces(dx, curve.work(), workspace, policy, |at, dx| {
        let (x, dy) = (part(x, at, dx.len()), part(dy, at, dx.len()));
        T::activate_backward(policy.level, curve, x, Some(dy), dx, streams);
    });
    Ok(())
}

/// [`backward`] with the result where dy was; the bits are the same.
///
/// # Errors
/// Names `slope` or `dy_to_dx` (wrong length). Nothing is written then.
pub fn backward_in_place<T: Element>(
    curve: Curve,
    x: &[T],
    dy_to_dx: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    curve.check()?;
    check::length("dy_to_dx", dy_to_dx, x.len())?;
    pieces(dy_to_dx, curve.work(), workspace, policy, |at, piece| {
        let x = part(x, at, piece.len());
        T::activate_backward(policy.level, curve, x, None, piece, false);
    });
    Ok(())
}

/// The gradient of the loss by x from y and dy, where x is no longer there.
///
/// It is as good as y: where y is near ±1 few of its digits tell the derivative, and from x = 17.33
/// (sigmoid) and |x| = 9.011 (tanh) on none in `f32`. [`backward`] takes x and loses nothing.
///
/// # Errors
/// Names `slope` (not finite and positive: else y does not tell the side), `dy` or `dx` (wrong length).
/// Nothing is written then.
pub fn backward_from_output<T: Element>(
    curve: Curve,
    y: &[T],
    dy: &[T],
    dx: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    curve.check_from_output()?;
    check::length("dy", dy, y.len())?;
    check::length("dx", dx, y.len())?;
    let streams = policy.streams::<T>(dx.len());
    pieces(dx, Work::Light, workspace, policy, |at, dx| {
        let (y, dy) = (part(y, at, dx.len()), part(dy, at, dx.len()));
        T::activate_from_output(policy.level, curve, y, Some(dy), dx, streams);
    });
    Ok(())
}
