// The first definition of a link counts: on the page itself these are files.
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/regularization.md")]
// Throughout: w is any matrix of weights, λ the strength, η the learning rate, s what the optimiser scales
// the gradient g with. Each function is one formula of the page above. Gradients are new matrices:
// written, not added to another.

use nalgebra::DMatrix;

use crate::{Error, check};

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
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// What it is for.
    pub role: Role,
    /// Its elements.
    pub values: DMatrix<f64>,
}

/// L1 = λ Σ|w|.
///
/// Clauses REG-01, REG-03. Source: Tibshirani 1996, "Regression shrinkage and selection via the lasso",
/// section 2, there as a constraint on the sum. λ: finite, ≥ 0. w: any; no element gives 0.
///
/// # Errors
/// `lambda`: negative or not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::l1;
/// use nalgebra::dmatrix;
///
/// assert_eq!(l1(0.5, &dmatrix![1.0, -2.0; 0.0, 3.0])?, 3.0);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn l1(lambda: f64, w: &DMatrix<f64>) -> Result<f64, Error> {
    check::not_negative("lambda", lambda)?;
    let sum = w.iter().fold(0.0, |sum, w| sum + w.abs());
    Ok(lambda * sum)
}

/// L2 = ½λ Σw².
///
/// Clauses REG-02, REG-03. Source: Hoerl & Kennard 1970, "Ridge regression", for the sum of squares;
/// Krogh & Hertz 1991, "A simple weight decay can improve generalization", equation 1 for ½. λ: finite,
/// ≥ 0. w: any; no element gives 0.
///
/// # Errors
/// `lambda`: negative or not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::l2;
/// use nalgebra::dmatrix;
///
/// assert_eq!(l2(0.5, &dmatrix![1.0, -2.0; 0.0, 3.0])?, 3.5);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn l2(lambda: f64, w: &DMatrix<f64>) -> Result<f64, Error> {
    check::not_negative("lambda", lambda)?;
    let sum = w.iter().fold(0.0, |sum, w| sum + w * w);
    Ok(0.5 * lambda * sum)
}

/// The penalty of a network: of its weights alone, in one sum.
///
/// Clauses REG-03, REG-04. λ: finite, ≥ 0. Biases, γ and β are left out; nothing is divided by a number
/// of elements, tensors or samples.
///
/// # Errors
/// `lambda`: negative or not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::{Parameter, Penalty, Role, network_penalty};
/// use nalgebra::dmatrix;
///
/// let network = [
///     Parameter { role: Role::Weight, values: dmatrix![1.0, -2.0] },
///     Parameter { role: Role::Bias, values: dmatrix![100.0] },
///     Parameter { role: Role::Weight, values: dmatrix![3.0] },
/// ];
/// assert_eq!(network_penalty(Penalty::L1, 0.5, &network)?, 3.0);
/// assert_eq!(network_penalty(Penalty::L2, 0.5, &network)?, 3.5);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn network_penalty(
    penalty: Penalty,
    lambda: f64,
    parameters: &[Parameter],
) -> Result<f64, Error> {
    check::not_negative("lambda", lambda)?;
    let of_one = |w: &DMatrix<f64>| match penalty {
        Penalty::L1 => l1(lambda, w),
        Penalty::L2 => l2(lambda, w),
    };
    let weights = parameters.iter().filter(|parameter| parameter.role == Role::Weight);
    weights.map(|parameter| of_one(&parameter.values)).try_fold(0.0, |sum, one| Ok(sum + one?))
}

/// sign(w): 1, −1, and 0 at 0; NaN of NaN.
///
/// Clause REG-07. `f64::signum` is 1 at 0 and −1 at −0: not this function.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::sign;
///
/// assert_eq!([sign(-3.0), sign(-0.0), sign(0.0), sign(2.0)], [-1.0, 0.0, 0.0, 1.0]);
/// ```
#[must_use]
pub fn sign(w: f64) -> f64 {
    if w == 0.0 { 0.0 } else { w.signum() }
}

/// ∂L1/∂w = λ·sign(w): a subgradient at 0, of which 0 is taken.
///
/// Clauses REG-07, REG-09. Source: the derivative of [`l1`]; at 0 Tibshirani 1996 has none, and 0 lies
/// between the slopes −λ and λ of the two sides.
///
/// # Errors
/// `lambda`: negative or not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::l1_gradient;
/// use nalgebra::dmatrix;
///
/// assert_eq!(l1_gradient(0.5, &dmatrix![3.0, -2.0, 0.0])?, dmatrix![0.5, -0.5, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn l1_gradient(lambda: f64, w: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    check::not_negative("lambda", lambda)?;
    Ok(w.map(|w| lambda * sign(w)))
}

/// ∂L2/∂w = λ·w.
///
/// Clauses REG-08, REG-09. Source: the derivative of [`l2`]; ½ and the 2 of the square cancel.
///
/// # Errors
/// `lambda`: negative or not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::l2_gradient;
/// use nalgebra::dmatrix;
///
/// assert_eq!(l2_gradient(0.5, &dmatrix![3.0, -2.0, 0.0])?, dmatrix![1.5, -1.0, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn l2_gradient(lambda: f64, w: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    check::not_negative("lambda", lambda)?;
    Ok(w.map(|w| lambda * w))
}

/// prox(w) = sign(w)·max(|w| − τ, 0): what minimises ½(z − w)² + τ|z| over z.
///
/// Clause REG-10. Source: Parikh & Boyd 2014, "Proximal algorithms", section 6.5.2 (soft thresholding).
/// τ: finite, ≥ 0; ηλ after a step of rate η against the gradient of the loss alone.
///
/// # Errors
/// `threshold`: negative or not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::l1_proximal;
/// use nalgebra::dmatrix;
///
/// let w = dmatrix![3.0, -2.0, 0.25, -0.5];
/// assert_eq!(l1_proximal(0.5, &w)?, dmatrix![2.5, -1.5, 0.0, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn l1_proximal(threshold: f64, w: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    check::not_negative("threshold", threshold)?;
    Ok(w.map(|w| soft_threshold(w, threshold)))
}

/// The same of one weight. A product with sign(w) would write −0 for some weights that stop at 0.
fn soft_threshold(w: f64, threshold: f64) -> f64 {
    if w > threshold {
        w - threshold
    } else if w < -threshold {
        w + threshold
    } else if w.is_nan() {
        w
    } else {
        0.0
    }
}

/// w' = w − η·s·(g + λ·w): the penalty is a part of the gradient, and scaled with it.
///
/// Clauses REG-11, REG-13. Source: Krogh & Hertz 1991, equation 2, for s = 1; Loshchilov & Hutter 2017,
/// arXiv 1711.05101, algorithm 2, line 6, for an adaptive method with L2 regularisation.
///
/// η, λ: finite, ≥ 0. g, s: of the size of w. s is 1 for plain gradient descent, 1/(√v + ε) for an
/// adaptive method.
///
/// # Errors
/// `learning_rate`, `lambda`: negative or not finite. `scale`, `gradient`: not of the size of w.
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::penalized_step;
/// use nalgebra::dmatrix;
///
/// let (s, g, w) = (dmatrix![1.0, 4.0], dmatrix![2.0, 2.0], dmatrix![8.0, 8.0]);
/// // 8 − ½·s·(2 + ¼·8)
/// assert_eq!(penalized_step(0.5, 0.25, &s, &g, &w)?, dmatrix![6.0, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn penalized_step(
    learning_rate: f64,
    lambda: f64,
    scale: &DMatrix<f64>,
    gradient: &DMatrix<f64>,
    w: &DMatrix<f64>,
) -> Result<DMatrix<f64>, Error> {
    check_step(learning_rate, lambda, scale, gradient, w)?;
    let penalized = gradient.zip_map(w, |g, w| g + lambda * w);
    Ok(w.zip_zip_map(scale, &penalized, |w, s, g| w - learning_rate * s * g))
}

/// w' = w − η·s·g − η·λ·w: decoupled weight decay, which the scale does not reach.
///
/// Clauses REG-12, REG-13. Source: Loshchilov & Hutter 2017, arXiv 1711.05101, algorithm 2, line 12, where
/// the decay takes the multiplier of the schedule; here, as in most programs, the learning rate.
///
/// Arguments as in [`penalized_step`].
///
/// # Errors
/// As [`penalized_step`].
///
/// # Example
/// ```
/// use evenkeel_reference::regularization::decayed_step;
/// use nalgebra::dmatrix;
///
/// let (s, g, w) = (dmatrix![1.0, 4.0], dmatrix![2.0, 2.0], dmatrix![8.0, 8.0]);
/// // 8 − ½·s·2 − ½·¼·8
/// assert_eq!(decayed_step(0.5, 0.25, &s, &g, &w)?, dmatrix![6.0, 3.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn decayed_step(
    learning_rate: f64,
    lambda: f64,
    scale: &DMatrix<f64>,
    gradient: &DMatrix<f64>,
    w: &DMatrix<f64>,
) -> Result<DMatrix<f64>, Error> {
    check_step(learning_rate, lambda, scale, gradient, w)?;
    Ok(w.zip_zip_map(scale, gradient, |w, s, g| {
        w - learning_rate * s * g - learning_rate * lambda * w
    }))
}

fn check_step(
    learning_rate: f64,
    lambda: f64,
    scale: &DMatrix<f64>,
    gradient: &DMatrix<f64>,
    w: &DMatrix<f64>,
) -> Result<(), Error> {
    check::not_negative("learning_rate", learning_rate)?;
    check::not_negative("lambda", lambda)?;
    check::same_size("scale", scale, w)?;
    check::same_size("gradient", gradient, w)
}
