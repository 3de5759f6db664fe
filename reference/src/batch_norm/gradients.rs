//! The way back through batch normalisation.
//!
//! ```text
//! dβ = Σᵢ dyᵢ     dγ = Σᵢ dyᵢ·x̂ᵢ     dxᵢ = γ/√(σ² + ε)·(dyᵢ − dβ/m − x̂ᵢ·dγ/m)
//! ```
//!
//! The page of batch normalisation derives the last one, through μ and σ², under "The backward pass,
//! step by step". In inference μ and σ² are constants and both corrections go.

use nalgebra::{DMatrix, DVector};

use super::{mini_batch_mean, mini_batch_variance, normalize};
use crate::{Error, check};

/// dβ = Σᵢ dyᵢ, for each channel.
///
/// Clause BN-21. Source: Ioffe & Szegedy 2015, section 3, ∂ℓ/∂β. dy: m × d. The sum of no row is 0.
#[must_use]
pub fn gradient_of_beta(dy: &DMatrix<f64>) -> DVector<f64> {
    DVector::from_fn(dy.ncols(), |c, _| (0..dy.nrows()).map(|i| dy[(i, c)]).sum())
}

/// dγ = Σᵢ dyᵢ·x̂ᵢ, for each channel.
///
/// Clause BN-21. Source: Ioffe & Szegedy 2015, section 3, ∂ℓ/∂γ. dy, normalized: m × d.
///
/// # Errors
/// `dy`: not of the size of `normalized`.
pub fn gradient_of_gamma(
    dy: &DMatrix<f64>,
    normalized: &DMatrix<f64>,
) -> Result<DVector<f64>, Error> {
    check::same_size("dy", dy, normalized)?;
    let sum = |c| (0..dy.nrows()).map(|i| dy[(i, c)] * normalized[(i, c)]).sum();
    Ok(DVector::from_fn(dy.ncols(), |c, _| sum(c)))
}

/// dxᵢ = γ/√(σ² + ε) · (dyᵢ − dβ/m − x̂ᵢ·dγ/m)
///
/// Clause BN-22. Source: Ioffe & Szegedy 2015, section 3, ∂ℓ/∂xᵢ with ∂ℓ/∂μ and ∂ℓ/∂σ² put in, as
/// derived on the page under "The backward pass, step by step".
///
/// dy, normalized: m × d; variance, gamma: d values; ε ≥ 0.
///
/// # Errors
/// `shape`: there is no row. `dy`: not of the size of `normalized`. `variance`, `gamma`: not one value
/// per channel. `epsilon`: negative, NaN or infinite.
pub fn gradient_of_input(
    dy: &DMatrix<f64>,
    normalized: &DMatrix<f64>,
    variance: &DVector<f64>,
    gamma: &DVector<f64>,
    epsilon: f64,
) -> Result<DMatrix<f64>, Error> {
    let (dgamma, dbeta) = (gradient_of_gamma(dy, normalized)?, gradient_of_beta(dy));
    let scale = gradient_scale(dy, variance, gamma, epsilon)?;
    let m = dy.nrows() as f64;
    Ok(dy.map_with_location(|i, c, dy_i| {
        scale[c] * (dy_i - dbeta[c] / m - normalized[(i, c)] * (dgamma[c] / m))
    }))
}

/// γ/√(σ² + ε): how a channel scales what comes back to it.
fn gradient_scale(
    dy: &DMatrix<f64>,
    variance: &DVector<f64>,
    gamma: &DVector<f64>,
    epsilon: f64,
) -> Result<DVector<f64>, Error> {
    check::batch(dy)?;
    check::per_channel("variance", variance, dy)?;
    check::per_channel("gamma", gamma, dy)?;
    check::not_negative("epsilon", epsilon)?;
    Ok(gamma.zip_map(variance, |gamma, variance| gamma / (variance + epsilon).sqrt()))
}

/// The derivatives of a loss, given dy, its derivatives by y.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients {
    /// By x, m × d.
    pub dx: DMatrix<f64>,
    /// By γ, one per channel.
    pub dgamma: DVector<f64>,
    /// By β, one per channel.
    pub dbeta: DVector<f64>,
}

/// dβ = Σ dy, dγ = Σ dy·x̂, dx = γ/√(σ² + ε)·(dy − dβ/m − x̂·dγ/m): the gradients of [`forward`](super::forward).
///
/// Clauses BN-21 … BN-26. Source: Ioffe & Szegedy 2015, section 3, the chain-rule equations.
///
/// x, dy: m × d; gamma: d values; ε ≥ 0. β has no part in any gradient. One row gives dx = 0 (BN-10).
///
/// # Errors
/// `shape`: there is no row. `gamma`: not one value per channel. `epsilon`: negative, NaN or infinite.
/// `dy`: not of the size of x.
///
/// # Example
/// ```
/// use evenkeel_reference::batch_norm::backward;
/// use nalgebra::{dmatrix, dvector};
///
/// // μ = 2, σ² = 1, √(1 + 3) = 2, x̂ = (−½, ½); dβ = 1, dγ = −½;
/// // dx₁ = 4/2·(1 − ½ − (−½)·(−¼)) = ¾ and dx₂ = −¾. All exact.
/// let (x, dy) = (dmatrix![1.0; 3.0], dmatrix![1.0; 0.0]);
/// let gradients = backward(&x, &dvector![4.0], 3.0, &dy)?;
/// assert_eq!(gradients.dx, dmatrix![0.75; -0.75]);
/// assert_eq!((gradients.dgamma[0], gradients.dbeta[0]), (-0.5, 1.0));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn backward(
    x: &DMatrix<f64>,
    gamma: &DVector<f64>,
    epsilon: f64,
    dy: &DMatrix<f64>,
) -> Result<Gradients, Error> {
    let mean = mini_batch_mean(x)?;
    let variance = mini_batch_variance(x, &mean)?;
    let normalized = normalize(x, &mean, &variance, epsilon)?;
    let dx = gradient_of_input(dy, &normalized, &variance, gamma, epsilon)?;
    Ok(Gradients { dx, dgamma: gradient_of_gamma(dy, &normalized)?, dbeta: gradient_of_beta(dy) })
}

/// dx = γ/√(variance + ε)·dy, dγ = Σ dy·x̂, dβ = Σ dy: the gradients of [`inference`](super::inference).
///
/// Clause BN-27. Source: the derivative of Ioffe & Szegedy 2015, algorithm 2, line 11, in which the
/// statistics are constants; x̂ = (x − mean)/√(variance + ε).
///
/// x, dy: m × d; gamma, mean, variance: d values; ε ≥ 0.
///
/// # Errors
/// `shape`: there is no row. `gamma`, `mean`, `variance`: not one value per channel. `epsilon`: negative,
/// NaN or infinite. `dy`: not of the size of x.
///
/// # Example
/// ```
/// use evenkeel_reference::batch_norm::inference_backward;
/// use nalgebra::{dmatrix, dvector};
///
/// // √(3 + 1) = 2, x̂ = (7 − 5)/2 = 1: dx = 10/2·6, dγ = 6·1, dβ = 6. All exact.
/// let (gamma, mean, variance) = (dvector![10.0], dvector![5.0], dvector![3.0]);
/// let gradients =
///     inference_backward(&dmatrix![7.0], &gamma, &mean, &variance, 1.0, &dmatrix![6.0])?;
/// assert_eq!((gradients.dx[0], gradients.dgamma[0], gradients.dbeta[0]), (30.0, 6.0, 6.0));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn inference_backward(
    x: &DMatrix<f64>,
    gamma: &DVector<f64>,
    mean: &DVector<f64>,
    variance: &DVector<f64>,
    epsilon: f64,
    dy: &DMatrix<f64>,
) -> Result<Gradients, Error> {
    let normalized = normalize(x, mean, variance, epsilon)?;
    let dgamma = gradient_of_gamma(dy, &normalized)?;
    let scale = gradient_scale(dy, variance, gamma, epsilon)?;
    let dx = dy.map_with_location(|_, c, dy_i| scale[c] * dy_i);
    Ok(Gradients { dx, dgamma, dbeta: gradient_of_beta(dy) })
}
