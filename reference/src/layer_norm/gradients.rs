//! The way back through layer normalisation.
//!
//! ```text
//! dβ_c = Σ dy_c     dγ_c = Σ dy_c·x̂_c                                sums over rows
//! g_c = dy_c·γ_c    dx_c = (g_c − mean(g) − x̂_c·mean(g·x̂))/√(σ² + ε)   means over a row
//! ```
//!
//! The page of layer normalisation derives the last one. γ stands inside the means, since it differs
//! from feature to feature; in batch normalisation, where it does not, it stands before the bracket.

use nalgebra::{DMatrix, DVector};

use super::{mean, normalize, variance};
use crate::{Error, check};

/// dβ_c = Σ dy_c over all rows.
///
/// Clause LN-15. Source: the derivative of Ba, Kiros & Hinton 2016, equation 4, by b. dy: n × d.
/// The sum of no row is 0.
#[must_use]
pub fn gradient_of_beta(dy: &DMatrix<f64>) -> DVector<f64> {
    // Folded from 0, because the empty `sum` of floats is −0.
    let sum = |c| (0..dy.nrows()).fold(0.0, |sum, row| sum + dy[(row, c)]);
    DVector::from_fn(dy.ncols(), |c, _| sum(c))
}

/// dγ_c = Σ dy_c·x̂_c over all rows.
///
/// Clause LN-15. Source: the derivative of Ba, Kiros & Hinton 2016, equation 4, by g. dy,
/// normalized: n × d. The sum of no row is 0.
///
/// # Errors
/// `dy`: not of the size of `normalized`.
pub fn gradient_of_gamma(
    dy: &DMatrix<f64>,
    normalized: &DMatrix<f64>,
) -> Result<DVector<f64>, Error> {
    check::same_size("dy", dy, normalized)?;
    let term = |row, c| dy[(row, c)] * normalized[(row, c)];
    let sum = |c| (0..dy.nrows()).fold(0.0, |sum, row| sum + term(row, c));
    Ok(DVector::from_fn(dy.ncols(), |c, _| sum(c)))
}

/// g_c = dy_c·γ_c, the derivative by x̂.
///
/// Clause LN-16. Source: the derivative of Ba, Kiros & Hinton 2016, equation 4, by x̂. dy: n × d;
/// gamma: d values.
///
/// # Errors
/// `gamma`: not one value per feature.
pub fn gradient_of_normalized(
    dy: &DMatrix<f64>,
    gamma: &DVector<f64>,
) -> Result<DMatrix<f64>, Error> {
    check::per_channel("gamma", gamma, dy)?;
    Ok(dy.map_with_location(|_, c, dy_c| dy_c * gamma[c]))
}

/// dx_c = (g_c − mean(g) − x̂_c·mean(g·x̂))/√(σ² + ε), for each row
///
/// Clause LN-16. Source: the derivative of Ba, Kiros & Hinton 2016, equations 3 and 4, as derived on
/// the page under "The backward pass, step by step".
///
/// g, normalized: n × d, g from [`gradient_of_normalized`]; variance: n values; ε ≥ 0.
///
/// # Errors
/// `shape`: there is no column. `g`: not of the size of `normalized`. `variance`: not one value per
/// row. `epsilon`: negative, NaN or infinite.
pub fn gradient_of_input(
    g: &DMatrix<f64>,
    normalized: &DMatrix<f64>,
    variance: &DVector<f64>,
    epsilon: f64,
) -> Result<DMatrix<f64>, Error> {
    check::same_size("g", g, normalized)?;
    check::per_row("variance", variance, g)?;
    check::not_negative("epsilon", epsilon)?;
    let mean_g = mean(g)?;
    let mean_g_normalized = mean(&g.component_mul(normalized))?;
    Ok(g.map_with_location(|row, c, g_c| {
        let bracket = g_c - mean_g[row] - normalized[(row, c)] * mean_g_normalized[row];
        bracket / (variance[row] + epsilon).sqrt()
    }))
}

/// The derivatives of a loss, given dy, its derivatives by y.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients {
    /// By x, n × d.
    pub dx: DMatrix<f64>,
    /// By γ, one per feature.
    pub dgamma: DVector<f64>,
    /// By β, one per feature.
    pub dbeta: DVector<f64>,
}

/// dβ = Σ dy, dγ = Σ dy·x̂, dx = (g − mean(g) − x̂·mean(g·x̂))/√(σ² + ε): the gradients of
/// [`forward`](super::forward).
///
/// Clauses LN-10, LN-12 … LN-20. Source: the derivative of Ba, Kiros & Hinton 2016, equations 3 and 4.
///
/// x, dy: n × d; gamma: d values; ε ≥ 0. β has no part in any gradient. One column gives dx = 0
/// (LN-10), no row gives dγ = dβ = 0 (LN-12).
///
/// # Errors
/// `shape`: there is no column. `gamma`: not one value per feature. `epsilon`: negative, NaN or
/// infinite. `dy`: not of the size of x.
///
/// # Example
/// ```
/// use evenkeel_reference::layer_norm::backward;
/// use nalgebra::{dmatrix, dvector};
///
/// // μ = 2, σ² = 1, √(1 + 3) = 2, x̂ = (−½, ½); g = (4, 2)·(1, 0) = (4, 0), mean(g) = 2,
/// // mean(g·x̂) = −1; dx₁ = ½·(4 − 2 − (−½)·(−1)) = ¾ and dx₂ = −¾. All exact.
/// let (x, dy) = (dmatrix![1.0, 3.0], dmatrix![1.0, 0.0]);
/// let gradients = backward(&x, &dvector![4.0, 2.0], 3.0, &dy)?;
/// assert_eq!(gradients.dx, dmatrix![0.75, -0.75]);
/// assert_eq!(gradients.dgamma, dvector![-0.5, 0.0]);
/// assert_eq!(gradients.dbeta, dvector![1.0, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn backward(
    x: &DMatrix<f64>,
    gamma: &DVector<f64>,
    epsilon: f64,
    dy: &DMatrix<f64>,
) -> Result<Gradients, Error> {
    let mean = mean(x)?;
    let variance = variance(x, &mean)?;
    let normalized = normalize(x, &mean, &variance, epsilon)?;
    let dgamma = gradient_of_gamma(dy, &normalized)?;
    let g = gradient_of_normalized(dy, gamma)?;
    let dx = gradient_of_input(&g, &normalized, &variance, epsilon)?;
    Ok(Gradients { dx, dgamma, dbeta: gradient_of_beta(dy) })
}
