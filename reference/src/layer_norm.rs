// The first definition of a link counts: on the page itself these are files.
//! [batch]: super::batch_norm
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//! [batch-bounds]: super::batch_norm#bounds
//!
#![doc = include_str!("../spec/layer_norm.md")]
// Throughout: x is n × d, a row is a sample, a column is a feature c; n may be 0, d may not.
// Statistics have one value per row, γ and β one per column. Each function is one formula of the
// page above.

mod gradients;

use nalgebra::{DMatrix, DVector};

pub use gradients::{
    Gradients, backward, gradient_of_beta, gradient_of_gamma, gradient_of_input,
    gradient_of_normalized,
};

use crate::{Error, check};

/// μ = (1/d) Σ_c x_c, for each row.
///
/// Clauses LN-01, LN-02. Source: Ba, Kiros & Hinton 2016, equation 3, left.
///
/// x: n × d, any values; a NaN or an infinity reaches the mean of its own row only.
///
/// # Errors
/// `shape`: there is no column.
///
/// # Example
/// ```
/// use evenkeel_reference::layer_norm::mean;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0, 2.0, 3.0, 4.0; 10.0, 10.0, 10.0, 10.0];
/// assert_eq!(mean(&x)?, dvector![2.5, 10.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn mean(x: &DMatrix<f64>) -> Result<DVector<f64>, Error> {
    check::features(x)?;
    let d = x.ncols();
    let mean = |row| (0..d).map(|c| x[(row, c)]).sum::<f64>() / d as f64;
    Ok(DVector::from_fn(x.nrows(), |row, _| mean(row)))
}

/// σ² = (1/d) Σ_c (x_c − μ)², for each row: divided by d, not by d − 1.
///
/// Clause LN-02. Source: Ba, Kiros & Hinton 2016, equation 3, right, squared.
///
/// x: n × d; mean: n values. The result is never negative.
///
/// # Errors
/// `shape`: there is no column. `mean`: not one value per row.
///
/// # Example
/// ```
/// use evenkeel_reference::layer_norm::variance;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0, 2.0, 3.0, 4.0];
/// assert_eq!(variance(&x, &dvector![2.5])?, dvector![1.25]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn variance(x: &DMatrix<f64>, mean: &DVector<f64>) -> Result<DVector<f64>, Error> {
    check::features(x)?;
    check::per_row("mean", mean, x)?;
    let d = x.ncols();
    let variance = |row| (0..d).map(|c| (x[(row, c)] - mean[row]).powi(2)).sum::<f64>() / d as f64;
    Ok(DVector::from_fn(x.nrows(), |row, _| variance(row)))
}

/// x̂_c = (x_c − μ)/√(σ² + ε), for each row
///
/// Clauses LN-03, LN-11. Source: Ba, Kiros & Hinton 2016, equation 4; ε as in Ioffe & Szegedy 2015,
/// algorithm 1.
///
/// x: n × d; mean, variance: n values; ε ≥ 0. With ε = 0 and σ² = 0 the formula is 0/0, and NaN is
/// what it gives.
///
/// # Errors
/// `shape`: there is no column. `mean`, `variance`: not one value per row. `epsilon`: negative, NaN
/// or infinite.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::layer_norm::normalize;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0, 2.0, 3.0, 4.0];
/// let normalized = normalize(&x, &dvector![2.5], &dvector![1.25], 0.0)?;
/// let r = 1.0 / 1.25_f64.sqrt();
/// let expected = dmatrix![-1.5 * r, -0.5 * r, 0.5 * r, 1.5 * r];
/// // x − μ is exact here. A root and a quotient there, a root, a quotient and a product here: five
/// // roundings of at most u = 2⁻⁵³ each, of numbers below 2.
/// assert_abs_diff_eq!(normalized, expected, epsilon = 5.0 * 2.0 * 2.0_f64.powi(-53));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn normalize(
    x: &DMatrix<f64>,
    mean: &DVector<f64>,
    variance: &DVector<f64>,
    epsilon: f64,
) -> Result<DMatrix<f64>, Error> {
    check::features(x)?;
    check::per_row("mean", mean, x)?;
    check::per_row("variance", variance, x)?;
    check::not_negative("epsilon", epsilon)?;
    Ok(x.map_with_location(|row, _, x_c| (x_c - mean[row]) / (variance[row] + epsilon).sqrt()))
}

/// y_c = γ_c·x̂_c + β_c, for each row
///
/// Clause LN-04. Source: Ba, Kiros & Hinton 2016, equation 4 (there gain g and bias b).
///
/// normalized: n × d; gamma, beta: d values, one of each per feature; all rows share them.
///
/// # Errors
/// `gamma`, `beta`: not one value per feature.
///
/// # Example
/// ```
/// use evenkeel_reference::layer_norm::scale_and_shift;
/// use nalgebra::{dmatrix, dvector};
///
/// let normalized = dmatrix![-1.0, 1.0; 0.5, -0.5];
/// let y = scale_and_shift(&normalized, &dvector![2.0, 4.0], &dvector![10.0, 0.0])?;
/// assert_eq!(y, dmatrix![8.0, 4.0; 11.0, -2.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn scale_and_shift(
    normalized: &DMatrix<f64>,
    gamma: &DVector<f64>,
    beta: &DVector<f64>,
) -> Result<DMatrix<f64>, Error> {
    check::per_channel("gamma", gamma, normalized)?;
    check::per_channel("beta", beta, normalized)?;
    Ok(normalized.map_with_location(|_, c, normalized_c| gamma[c] * normalized_c + beta[c]))
}

/// What [`forward`] computes: the result and every step on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Forward {
    /// μ, one per row.
    pub mean: DVector<f64>,
    /// σ², one per row, divided by d and without ε.
    pub variance: DVector<f64>,
    /// x̂, n × d.
    pub normalized: DMatrix<f64>,
    /// y, n × d.
    pub output: DMatrix<f64>,
}

/// y = γ·(x − μ)/√(σ² + ε) + β, with μ and σ² of each row: the four steps after each other.
///
/// Clauses LN-01 … LN-14. Source: Ba, Kiros & Hinton 2016, equations 3 and 4. It is the same in
/// training and in inference.
///
/// x: n × d; gamma, beta: d values; ε ≥ 0. One column gives β (LN-10), a NaN or an infinity in x makes
/// its row NaN (LN-11), no row gives an empty result (LN-12).
///
/// # Errors
/// As the four steps: `shape`, `epsilon`, `gamma`, `beta`.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::layer_norm::forward;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0, 2.0, 3.0, 4.0];
/// let (gamma, beta) = (dvector![2.0, 2.0, 2.0, -1.0], dvector![1.0, 0.0, 0.0, 0.0]);
/// let step = forward(&x, &gamma, &beta, 1e-5)?;
/// assert_eq!((step.mean[0], step.variance[0]), (2.5, 1.25));
/// // By hand: −1.5/√1.25001 = −1.341 635 42; y₁ = 2·x̂₁ + 1 = −1.683 270 84 and y₄ = −x̂₄ = x̂₁. The
/// // hand kept eight decimals of x̂, so twice half a unit of the eighth; the rounding of f64 is far
/// // below that.
/// assert_abs_diff_eq!(step.output[0], -1.683_270_84, epsilon = 1.1e-8);
/// assert_abs_diff_eq!(step.output[3], -1.341_635_42, epsilon = 1.1e-8);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn forward(
    x: &DMatrix<f64>,
    gamma: &DVector<f64>,
    beta: &DVector<f64>,
    epsilon: f64,
) -> Result<Forward, Error> {
    let mean = mean(x)?;
    let variance = variance(x, &mean)?;
    let normalized = normalize(x, &mean, &variance, epsilon)?;
    let output = scale_and_shift(&normalized, gamma, beta)?;
    Ok(Forward { mean, variance, normalized, output })
}
