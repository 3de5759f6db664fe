// The first definition of a link counts: on the page itself these are files.
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/activation.md")]
// Throughout: x, y, dy and dx are matrices of one size, and every element is for itself. Each function is
// one formula of the page above.

use nalgebra::DMatrix;

use crate::{Error, check};

/// Which activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curve {
    /// [`sigmoid`].
    Sigmoid,
    /// [`tanh`].
    Tanh,
    /// [`relu`].
    Relu,
    /// [`leaky_relu`].
    LeakyRelu {
        /// Finite.
        slope: f64,
    },
}

/// σ(x) = 1/(1 + e⁻ˣ), for negative x written as eˣ/(1 + eˣ).
///
/// Clauses ACT-01, ACT-10, ACT-11, ACT-13, ACT-15. Source: Verhulst 1845; as an activation Rumelhart,
/// Hinton & Williams 1986, "Learning representations by back-propagating errors", equation 2. Any x; from
/// 0 to 1.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::sigmoid;
///
/// assert_eq!(sigmoid(0.0), 0.5);
/// approx::assert_relative_eq!(sigmoid(3.0_f64.ln()), 0.75, max_relative = 6.0 * f64::EPSILON);
/// assert_eq!(sigmoid(-1000.0), 0.0); // and not 1/∞, nor NaN
/// ```
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    let t = (-x.abs()).exp();
    if x < 0.0 { t / (1.0 + t) } else { 1.0 / (1.0 + t) }
}

/// σ′(x) = t/(1 + t)², t = e^−|x|.
///
/// Clauses ACT-05, ACT-16. Any x; from 0 to ¼. Source: the derivative of [`sigmoid`].
///
/// # Example
/// ```
/// use evenkeel_reference::activation::sigmoid_derivative;
///
/// assert_eq!(sigmoid_derivative(0.0), 0.25);
/// assert!(sigmoid_derivative(700.0) > 0.0); // σ(700) is 1 in f64: σ·(1 − σ) would be 0
/// ```
#[must_use]
pub fn sigmoid_derivative(x: f64) -> f64 {
    let t = (-x.abs()).exp();
    if x.is_nan() { x } else { t / ((1.0 + t) * (1.0 + t)) }
}

/// tanh x = (1 − T)/(1 + T) with the sign of x, T = e^−2|x|; with m = T − 1 that is −m/(2 + m).
///
/// Clauses ACT-02, ACT-10, ACT-11, ACT-13, ACT-15, ACT-17. Source: LeCun, Bottou, Orr & Müller 1998,
/// "Efficient BackProp", section 4.4. Any x; from −1 to 1.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::tanh;
///
/// approx::assert_relative_eq!(tanh(3.0_f64.ln()), 0.8, max_relative = 10.0 * f64::EPSILON);
/// assert_eq!(tanh(1e-300), 1e-300); // 1 − T alone would be 0
/// assert!(tanh(-0.0).is_sign_negative());
/// ```
#[must_use]
pub fn tanh(x: f64) -> f64 {
    let m = (-2.0 * x.abs()).exp_m1();
    (-m / (2.0 + m)).copysign(x)
}

/// tanh′ x = 4T/(1 + T)², T = e^−2|x|.
///
/// Clauses ACT-06, ACT-16. Any x; from 0 to 1. Source: the derivative of [`tanh`], 1 − tanh² x without
/// the difference.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::tanh_derivative;
///
/// assert_eq!(tanh_derivative(0.0), 1.0);
/// assert!(tanh_derivative(300.0) > 0.0); // tanh 300 is 1 in f64
/// ```
#[must_use]
pub fn tanh_derivative(x: f64) -> f64 {
    let t = (-2.0 * x.abs()).exp();
    if x.is_nan() { x } else { 4.0 * t / ((1.0 + t) * (1.0 + t)) }
}

/// x if x > 0, else 0.
///
/// Clauses ACT-03, ACT-10 … ACT-12, ACT-17. Source: Nair & Hinton 2010, "Rectified linear units improve
/// restricted Boltzmann machines". Any x; NaN gives NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::relu;
///
/// assert_eq!([relu(-2.0), relu(0.0), relu(3.0)], [0.0, 0.0, 3.0]);
/// ```
#[must_use]
pub fn relu(x: f64) -> f64 {
    if x > 0.0 || x.is_nan() { x } else { 0.0 }
}

/// 1 if x > 0, else 0: at 0 the derivative from the left.
///
/// Clauses ACT-07, ACT-09. Source: as [`relu`].
///
/// # Example
/// ```
/// use evenkeel_reference::activation::relu_derivative;
///
/// assert_eq!([-2.0, 0.0, 3.0].map(relu_derivative), [0.0, 0.0, 1.0]);
/// ```
#[must_use]
pub fn relu_derivative(x: f64) -> f64 {
    leaky_relu_derivative(x, 0.0)
}

/// x if x > 0, else slope·x.
///
/// Clauses ACT-04, ACT-10 … ACT-12, ACT-17. Source: Maas, Hannun & Ng 2013, "Rectifier nonlinearities
/// improve neural network acoustic models", section 2, with the slope 0.01. Any x and slope.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::leaky_relu;
///
/// assert_eq!([leaky_relu(-2.0, 0.25), leaky_relu(3.0, 0.25)], [-0.5, 3.0]);
/// ```
#[must_use]
pub fn leaky_relu(x: f64, slope: f64) -> f64 {
    if x > 0.0 { x } else { slope * x }
}

/// 1 if x > 0, else slope: at 0 the derivative from the left.
///
/// Clauses ACT-08, ACT-09. Source: as [`leaky_relu`].
///
/// # Example
/// ```
/// use evenkeel_reference::activation::leaky_relu_derivative;
///
/// assert_eq!([-2.0, 0.0, 3.0].map(|x| leaky_relu_derivative(x, 0.25)), [0.25, 0.25, 1.0]);
/// ```
#[must_use]
pub fn leaky_relu_derivative(x: f64, slope: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 0.0 { 1.0 } else { slope }
}

/// y·(1 − y): the derivative of the sigmoid from its value.
///
/// Clause ACT-22. Source: Rumelhart, Hinton & Williams 1986, equation 5. y: from 0 to 1.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::sigmoid_derivative_from_output;
///
/// assert_eq!(sigmoid_derivative_from_output(0.75), 0.1875);
/// ```
#[must_use]
pub fn sigmoid_derivative_from_output(y: f64) -> f64 {
    y * (1.0 - y)
}

/// (1 − y)·(1 + y) = 1 − y²: the derivative of tanh from its value.
///
/// Clause ACT-22. y: from −1 to 1. As a product it loses nothing that y has not lost.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::tanh_derivative_from_output;
///
/// assert_eq!(tanh_derivative_from_output(-0.5), 0.75);
/// ```
#[must_use]
pub fn tanh_derivative_from_output(y: f64) -> f64 {
    (1.0 - y) * (1.0 + y)
}

/// y = f(x), element by element.
///
/// Clauses ACT-01 … ACT-04, ACT-10 … ACT-13.
///
/// # Errors
/// `slope`: not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::{Curve, forward};
/// use nalgebra::dmatrix;
///
/// let y = forward(Curve::LeakyRelu { slope: 0.5 }, &dmatrix![-2.0, 3.0])?;
/// assert_eq!(y, dmatrix![-1.0, 3.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn forward(curve: Curve, x: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    check_slope(curve)?;
    Ok(x.map(|x| match curve {
        Curve::Sigmoid => sigmoid(x),
        Curve::Tanh => tanh(x),
        Curve::Relu => relu(x),
        Curve::LeakyRelu { slope } => leaky_relu(x, slope),
    }))
}

/// dx = dy·f′(x), element by element.
///
/// Clauses ACT-05 … ACT-09, ACT-14, ACT-16. Where ReLU's derivative is 0, dx is 0 whatever dy is.
///
/// # Errors
/// `slope`: not finite. `dy`: not of the size of x.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::{Curve, backward};
/// use nalgebra::dmatrix;
///
/// let dx = backward(Curve::Relu, &dmatrix![-2.0, 3.0], &dmatrix![5.0, 7.0])?;
/// assert_eq!(dx, dmatrix![0.0, 7.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn backward(curve: Curve, x: &DMatrix<f64>, dy: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    check_slope(curve)?;
    check::same_size("dy", dy, x)?;
    Ok(x.zip_map(dy, |x, dy| match curve {
        Curve::Sigmoid => dy * sigmoid_derivative(x),
        Curve::Tanh => dy * tanh_derivative(x),
        Curve::Relu if x <= 0.0 => 0.0,
        Curve::Relu => dy * relu_derivative(x),
        Curve::LeakyRelu { slope } => dy * leaky_relu_derivative(x, slope),
    }))
}

/// dx from y and dy, where x is no longer there: as good as y tells it.
///
/// Clause ACT-22, with a table of what is lost.
///
/// # Errors
/// `slope`: not finite and positive, so that y has the sign of x. `dy`: not of the size of y.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::{Curve, backward_from_output};
/// use nalgebra::dmatrix;
///
/// let dx = backward_from_output(Curve::Tanh, &dmatrix![0.5, 1.0], &dmatrix![4.0, 4.0])?;
/// assert_eq!(dx, dmatrix![3.0, 0.0]); // no x has a derivative of 0
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn backward_from_output(
    curve: Curve,
    y: &DMatrix<f64>,
    dy: &DMatrix<f64>,
) -> Result<DMatrix<f64>, Error> {
    check_slope(curve)?;
    if let Curve::LeakyRelu { slope } = curve
        && slope <= 0.0
    {
        return Err(Error::new("slope", slope, "finite and > 0"));
    }
    check::same_size("dy", dy, y)?;
    Ok(y.zip_map(dy, |y, dy| match curve {
        Curve::Sigmoid => dy * sigmoid_derivative_from_output(y),
        Curve::Tanh => dy * tanh_derivative_from_output(y),
        Curve::Relu if y <= 0.0 => 0.0,
        Curve::Relu => dy * relu_derivative(y),
        Curve::LeakyRelu { slope } => dy * leaky_relu_derivative(y, slope),
    }))
}

fn check_slope(curve: Curve) -> Result<(), Error> {
    if let Curve::LeakyRelu { slope } = curve { check::slope(slope) } else { Ok(()) }
}
