#![doc = include_str!("../spec/batch_norm.md")]
// Throughout: x is m × d, a row is a sample i, a column is a channel c; d may be 0, m may not.
// A vector has one value per channel. Each function is one formula of the page above.

mod gradients;

use nalgebra::{DMatrix, DVector};

pub use gradients::{
    Gradients, backward, gradient_of_beta, gradient_of_gamma, gradient_of_input, inference_backward,
};

use crate::{Error, check};

/// μ = (1/m) Σᵢ xᵢ, for each channel.
///
/// Clauses BN-01, BN-02. Source: Ioffe & Szegedy 2015, algorithm 1, step “mini-batch mean”.
///
/// x: m × d, any values; a NaN or an infinity reaches the mean of its own channel only.
///
/// # Errors
/// `shape`: there is no row.
///
/// # Example
/// ```
/// use evenkeel_reference::batch_norm::mini_batch_mean;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0, 10.0; 2.0, 10.0; 3.0, 10.0; 4.0, 10.0];
/// assert_eq!(mini_batch_mean(&x)?, dvector![2.5, 10.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn mini_batch_mean(x: &DMatrix<f64>) -> Result<DVector<f64>, Error> {
    check::batch(x)?;
    let m = x.nrows();
    let mean = |c| (0..m).map(|i| x[(i, c)]).sum::<f64>() / m as f64;
    Ok(DVector::from_fn(x.ncols(), |c, _| mean(c)))
}

/// σ² = (1/m) Σᵢ (xᵢ − μ)², for each channel: divided by m, not by m − 1.
///
/// Clause BN-02. Source: Ioffe & Szegedy 2015, algorithm 1, step “mini-batch variance”.
///
/// x: m × d; mean: d values. The result is never negative.
///
/// # Errors
/// `shape`: there is no row. `mean`: not one value per channel.
///
/// # Example
/// ```
/// use evenkeel_reference::batch_norm::mini_batch_variance;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0; 2.0; 3.0; 4.0];
/// assert_eq!(mini_batch_variance(&x, &dvector![2.5])?, dvector![1.25]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn mini_batch_variance(x: &DMatrix<f64>, mean: &DVector<f64>) -> Result<DVector<f64>, Error> {
    check::batch(x)?;
    check::per_channel("mean", mean, x)?;
    let m = x.nrows();
    let variance = |c| (0..m).map(|i| (x[(i, c)] - mean[c]).powi(2)).sum::<f64>() / m as f64;
    Ok(DVector::from_fn(x.ncols(), |c, _| variance(c)))
}

/// x̂ᵢ = (xᵢ − μ)/√(σ² + ε)
///
/// Clauses BN-03, BN-11, BN-15. Source: Ioffe & Szegedy 2015, algorithm 1, step “normalize”.
///
/// x: m × d; mean, variance: d values; ε ≥ 0. With ε = 0 and σ² = 0 the formula is 0/0, and NaN is
/// what it gives where x = μ, as in a constant channel; with given statistics another x gives ±∞. With σ² + ε < 0, which no batch has, NaN too.
///
/// # Errors
/// `shape`: there is no row. `mean`, `variance`: not one value per channel. `epsilon`: negative, NaN
/// or infinite.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::batch_norm::normalize;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0; 2.0; 3.0; 4.0];
/// let normalized = normalize(&x, &dvector![2.5], &dvector![1.25], 0.0)?;
/// let r = 1.0 / 1.25_f64.sqrt();
/// let expected = dmatrix![-1.5 * r; -0.5 * r; 0.5 * r; 1.5 * r];
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
    check::statistics(x, mean, variance, epsilon)?;
    Ok(x.map_with_location(|_, c, x_i| (x_i - mean[c]) / (variance[c] + epsilon).sqrt()))
}

/// yᵢ = γ·x̂ᵢ + β
///
/// Clause BN-04. Source: Ioffe & Szegedy 2015, algorithm 1, step “scale and shift”.
///
/// normalized: m × d; gamma, beta: d values, one of each per channel.
///
/// # Errors
/// `gamma`, `beta`: not one value per channel.
///
/// # Example
/// ```
/// use evenkeel_reference::batch_norm::scale_and_shift;
/// use nalgebra::{dmatrix, dvector};
///
/// let normalized = dmatrix![-1.0, 0.5; 1.0, -0.5];
/// let y = scale_and_shift(&normalized, &dvector![2.0, 4.0], &dvector![10.0, 0.0])?;
/// assert_eq!(y, dmatrix![8.0, 2.0; 12.0, -2.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn scale_and_shift(
    normalized: &DMatrix<f64>,
    gamma: &DVector<f64>,
    beta: &DVector<f64>,
) -> Result<DMatrix<f64>, Error> {
    check::per_channel("gamma", gamma, normalized)?;
    check::per_channel("beta", beta, normalized)?;
    Ok(normalized.map_with_location(|_, c, normalized_i| gamma[c] * normalized_i + beta[c]))
}

/// What [`forward`] computes: the result and every step on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Forward {
    /// μ, one per channel.
    pub mean: DVector<f64>,
    /// σ², one per channel, divided by m and without ε.
    pub variance: DVector<f64>,
    /// x̂, m × d.
    pub normalized: DMatrix<f64>,
    /// y, m × d.
    pub output: DMatrix<f64>,
}

/// y = γ·(x − μ)/√(σ² + ε) + β, with μ and σ² of the batch itself: the four steps in a row.
///
/// Clauses BN-01 … BN-14. Source: Ioffe & Szegedy 2015, algorithm 1.
///
/// x: m × d; gamma, beta: d values; ε ≥ 0. One row gives β (BN-10), a NaN or an infinity in x makes its
/// channel NaN (BN-11), no column gives an empty result (BN-12).
///
/// # Errors
/// As the four steps: `shape`, `epsilon`, `gamma`, `beta`.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::batch_norm::forward;
/// use nalgebra::{dmatrix, dvector};
///
/// let x = dmatrix![1.0; 2.0; 3.0; 4.0];
/// let step = forward(&x, &dvector![2.0], &dvector![1.0], 1e-5)?;
/// assert_eq!((step.mean[0], step.variance[0]), (2.5, 1.25));
/// // By hand: −1.5/√1.25001 = −1.341 635 42, and y₁ = 2·x̂₁ + 1 = −1.683 270 84. The hand kept eight
/// // decimals of x̂, so twice half a unit of the eighth; the rounding of f64 is far below that.
/// assert_abs_diff_eq!(step.output[0], -1.683_270_84, epsilon = 1.1e-8);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn forward(
    x: &DMatrix<f64>,
    gamma: &DVector<f64>,
    beta: &DVector<f64>,
    epsilon: f64,
) -> Result<Forward, Error> {
    let mean = mini_batch_mean(x)?;
    let variance = mini_batch_variance(x, &mean)?;
    let normalized = normalize(x, &mean, &variance, epsilon)?;
    let output = scale_and_shift(&normalized, gamma, beta)?;
    Ok(Forward { mean, variance, normalized, output })
}

/// y = γ·(x − mean)/√(variance + ε) + β, with the mean and the variance that are given.
///
/// Clauses BN-15 … BN-17. Source: Ioffe & Szegedy 2015, algorithm 2, line 11, which folds the same
/// into x·a + b.
///
/// x: m × d; gamma, beta, mean, variance: d values; ε ≥ 0.
///
/// # Errors
/// `shape`: there is no row. `mean`, `variance`, `gamma`, `beta`: not one value per channel. `epsilon`:
/// negative, NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::batch_norm::inference;
/// use nalgebra::{dmatrix, dvector};
///
/// // √(3 + 1) = 2: (7 − 5)/2 = 1, so 10·1 + 3. All exact.
/// let x = dmatrix![7.0];
/// let y = inference(&x, &dvector![10.0], &dvector![3.0], &dvector![5.0], &dvector![3.0], 1.0)?;
/// assert_eq!(y, dmatrix![13.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn inference(
    x: &DMatrix<f64>,
    gamma: &DVector<f64>,
    beta: &DVector<f64>,
    mean: &DVector<f64>,
    variance: &DVector<f64>,
    epsilon: f64,
) -> Result<DMatrix<f64>, Error> {
    scale_and_shift(&normalize(x, mean, variance, epsilon)?, gamma, beta)
}

/// Which variance of a batch the running variance averages (BN-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunningVariance {
    /// σ², divided by m: the one that the batch is normalised with.
    Biased,
    /// σ²·m/(m − 1), as in Ioffe & Szegedy's algorithm 2. Needs m ≥ 2.
    Unbiased,
}

/// new = (1 − w)·old + w·μ, with w = weight_of_new
///
/// Clause BN-18. Source: Ioffe & Szegedy 2015, section 3.1 (moving averages), written out; the paper
/// leaves the weight open.
///
/// old, mean: d values; w from 0 (keep the old) to 1 (take the new).
///
/// # Errors
/// `mean`: not as long as `old`. `weight_of_new`: outside 0 to 1, or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::batch_norm::running_mean;
/// use nalgebra::dvector;
///
/// assert_eq!(running_mean(&dvector![8.0], &dvector![4.0], 0.25)?, dvector![7.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn running_mean(
    old: &DVector<f64>,
    mean: &DVector<f64>,
    weight_of_new: f64,
) -> Result<DVector<f64>, Error> {
    check::length("mean", mean.len(), old.len())?;
    check::share("weight_of_new", weight_of_new)?;
    Ok(old.zip_map(mean, |old, mean| (1.0 - weight_of_new) * old + weight_of_new * mean))
}

/// new = (1 − w)·old + w·σ², or (1 − w)·old + w·σ²·m/(m − 1)
///
/// Clause BN-19. Source: Ioffe & Szegedy 2015, algorithm 2, line 10, has the factor m/(m − 1).
///
/// old, variance: d values, without ε; count is m; w from 0 to 1.
///
/// # Errors
/// `shape`: count is 0, or 1 with [`RunningVariance::Unbiased`]. `variance`: not as long as `old`.
/// `weight_of_new`: outside 0 to 1, or NaN.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::batch_norm::{RunningVariance, running_variance};
/// use nalgebra::dvector;
///
/// // The batch 1, 2, 3, 4 has σ² = 5/4, and 5/4·4/3 = 5/3.
/// let (old, variance) = (dvector![1.0], dvector![1.25]);
/// let biased = running_variance(&old, &variance, 4, 0.1, RunningVariance::Biased)?;
/// let unbiased = running_variance(&old, &variance, 4, 0.1, RunningVariance::Unbiased)?;
/// // At most eight roundings, of numbers below 2, each by at most 2⁻⁵³ of the number.
/// let bound = 8.0 * 2.0 * 2.0_f64.powi(-53);
/// assert_abs_diff_eq!(biased[0], 1.025, epsilon = bound);
/// assert_abs_diff_eq!(unbiased[0], 0.9 + 0.5 / 3.0, epsilon = bound);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn running_variance(
    old: &DVector<f64>,
    variance: &DVector<f64>,
    count: usize,
    weight_of_new: f64,
    convention: RunningVariance,
) -> Result<DVector<f64>, Error> {
    check::length("variance", variance.len(), old.len())?;
    check::share("weight_of_new", weight_of_new)?;
    let factor = if old.is_empty() { 1.0 } else { bessel(count, convention)? };
    let average = |old, variance| (1.0 - weight_of_new) * old + weight_of_new * (variance * factor);
    Ok(old.zip_map(variance, average))
}

/// m/(m − 1) for the unbiased variance, 1 for the biased.
fn bessel(count: usize, convention: RunningVariance) -> Result<f64, Error> {
    let m = count as f64;
    match (count, convention) {
        (0, _) => Err(Error::new("shape", "0 values per channel", "at least 1")),
        (_, RunningVariance::Biased) => Ok(1.0),
        (1, RunningVariance::Unbiased) => {
            Err(Error::new("shape", "1 value per channel", "at least 2 for an unbiased variance"))
        }
        (_, RunningVariance::Unbiased) => Ok(m / (m - 1.0)),
    }
}
