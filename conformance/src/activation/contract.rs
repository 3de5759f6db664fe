//! What an activation must offer to be checked.

use crate::refusal::check_length;
use crate::{Real, Refusal};

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
        /// An `f64` in both precisions; finite.
        slope: f64,
    },
}

impl Curve {
    /// Refuses a slope that is not finite.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming `slope`.
    pub fn check(self) -> Result<(), Refusal> {
        match self {
            Self::LeakyRelu { slope } if !slope.is_finite() => {
                Err(Refusal::invalid("slope", slope, "finite"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a slope with which y does not tell the side of x.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming `slope`.
    pub fn check_from_output(self) -> Result<(), Refusal> {
        self.check()?;
        match self {
            Self::LeakyRelu { slope } if slope <= 0.0 => {
                Err(Refusal::invalid("slope", slope, "finite and > 0"))
            }
            _ => Ok(()),
        }
    }
}

/// Arguments of [`Activation::forward`].
#[derive(Debug, Clone, Copy)]
pub struct Forward<'a, T> {
    /// Which activation.
    pub curve: Curve,
    /// The values.
    pub x: &'a [T],
}

/// Arguments of [`Activation::backward`].
#[derive(Debug, Clone, Copy)]
pub struct Backward<'a, T> {
    /// Which activation.
    pub curve: Curve,
    /// What went into the forward pass.
    pub x: &'a [T],
    /// The gradient by y, as many values as x.
    pub dy: &'a [T],
}

/// Arguments of [`Activation::backward_from_output`].
#[derive(Debug, Clone, Copy)]
pub struct FromOutput<'a, T> {
    /// Which activation.
    pub curve: Curve,
    /// What came out of the forward pass.
    pub y: &'a [T],
    /// The gradient by y, as many values as y.
    pub dy: &'a [T],
}

impl<T> Forward<'_, T> {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `slope` or `y`.
    pub fn check(&self, y: &[T]) -> Result<(), Refusal> {
        self.curve.check()?;
        check_length("y", y, self.x.len())
    }
}

impl<T> Backward<'_, T> {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `slope`, `dy` or `dx`.
    pub fn check(&self, dx: &[T]) -> Result<(), Refusal> {
        self.curve.check()?;
        check_length("dy", self.dy, self.x.len())?;
        check_length("dx", dx, self.x.len())
    }
}

impl<T> FromOutput<'_, T> {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `slope`, `dy` or `dx`.
    pub fn check(&self, dx: &[T]) -> Result<(), Refusal> {
        self.curve.check_from_output()?;
        check_length("dy", self.dy, self.y.len())?;
        check_length("dx", dx, self.y.len())
    }
}

/// From which side ReLU and leaky ReLU take their derivative at 0, where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kink {
    /// From the left: 0 and the slope.
    #[default]
    Left,
    /// From the right: 1.
    Right,
}

/// Activations in precision `T`, over plain slices.
///
/// Offer what you have: for a curve or a direction that you lack return [`Refusal::NotOffered`]. Every
/// function checks its arguments first and, when it refuses, leaves its output as it was; the
/// arguments have a `check` that a target may call.
pub trait Activation<T: Real>: Send + Sync {
    /// The side that is taken at 0.
    fn kink(&self) -> Kink {
        Kink::Left
    }

    /// The activation of every element.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, y);
        Err(Refusal::NotOffered)
    }

    /// dx = dy·f′(x).
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn backward(&self, input: &Backward<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, dx);
        Err(Refusal::NotOffered)
    }

    /// The same from y, where x is no longer there.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn backward_from_output(&self, input: &FromOutput<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, dx);
        Err(Refusal::NotOffered)
    }
}
