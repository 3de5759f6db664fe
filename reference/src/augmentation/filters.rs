//! Noise and blur.

use nalgebra::{DMatrix, DVector};

use super::Border;
use crate::{Error, check};

/// y = x + σ·z, limited to [lo, hi] if that is asked for.
///
/// Clauses AUG-09, AUG-10. Source: Bishop 1995 (noise on the inputs). x: any values; z: normal numbers,
/// of x's size; deviation: from 0 to MAX/16. NaN stays NaN. σ = 0 leaves x as it is, bit for bit.
///
/// # Errors
/// `normals`: not of x's size. `deviation`: negative, NaN or above MAX/16. `clamp`: lo above hi, or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::add_noise;
/// use nalgebra::dmatrix;
///
/// let (x, z) = (dmatrix![0.5, 0.5], dmatrix![1.0, -3.0]);
/// assert_eq!(add_noise(&x, 0.25, &z, None)?, dmatrix![0.75, -0.25]);
/// assert_eq!(add_noise(&x, 0.25, &z, Some([0.0, 1.0]))?, dmatrix![0.75, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn add_noise(
    x: &DMatrix<f64>,
    deviation: f64,
    normals: &DMatrix<f64>,
    clamp: Option<[f64; 2]>,
) -> Result<DMatrix<f64>, Error> {
    check::same_size("normals", normals, x)?;
    check::deviation(deviation)?;
    check::range("clamp", clamp.unwrap_or_default(), [f64::NEG_INFINITY, f64::INFINITY])?;
    Ok(x.zip_map(normals, |x, z| {
        let y = if deviation == 0.0 { x } else { x + deviation * z };
        clamp.map_or(y, |[low, high]| y.clamp(low, high))
    }))
}

/// w_k = exp(−k²/(2σ²)) / Σ_l exp(−l²/(2σ²)) for k = −r … r.
///
/// Clause AUG-12. Source: the density of the normal distribution at whole numbers, divided by its sum.
/// deviation: finite, ≥ 0; with 0 the middle has weight 1.
///
/// # Errors
/// `deviation`: negative, NaN or above MAX/16. `radius`: above 1024.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::gaussian_weights;
///
/// let w = gaussian_weights(0.5, 1)?;
/// // e⁻² on either side of 1.
/// let side = (-2.0_f64).exp();
/// assert_eq!(w[0], side / (side + 1.0 + side));
/// assert_eq!(gaussian_weights(0.0, 1)?.as_slice(), [0.0, 1.0, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn gaussian_weights(deviation: f64, radius: usize) -> Result<DVector<f64>, Error> {
    check::deviation(deviation)?;
    check::at_most("radius", radius, 1024)?;
    let weight = |n: usize| {
        // k/σ first: σ² may be 0 where σ is not.
        let k = n as f64 - radius as f64;
        if k == 0.0 { 1.0 } else { (-(k / deviation).powi(2) / 2.0).exp() }
    };
    let weights = DVector::from_fn(2 * radius + 1, |n, _| weight(n));
    let sum: f64 = weights.iter().sum();
    Ok(weights.map(|weight| weight / sum))
}

/// y(i, j) = Σ_k Σ_l w_k·w_l·x(i + k, j + l): along the rows, then along the columns.
///
/// Clauses AUG-12, AUG-13. Source: the two-dimensional normal density is a product. x: any values.
/// σ = 0 and r = 0 leave x as it is, bit for bit.
///
/// # Errors
/// `deviation`: negative, NaN or above MAX/16. `radius`: above 1024.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::augmentation::{Border::Replicate, blur};
/// use nalgebra::dmatrix;
///
/// // Constant images stay: (8r + 28)·u of 3 with r = 2.
/// let y = blur(&dmatrix![3.0, 3.0; 3.0, 3.0], 0.8, 2, Replicate)?;
/// assert_abs_diff_eq!(y, dmatrix![3.0, 3.0; 3.0, 3.0], epsilon = 3.0 * 44.0 * 2.0_f64.powi(-53));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn blur(
    x: &DMatrix<f64>,
    deviation: f64,
    radius: usize,
    border: Border,
) -> Result<DMatrix<f64>, Error> {
    let weights = gaussian_weights(deviation, radius)?;
    if deviation == 0.0 || radius == 0 {
        return Ok(x.clone());
    }
    let (h, w) = x.shape();
    let rows = DMatrix::from_fn(h, w, |i, j| mean(&weights, w, j, border, |j| x[(i, j)]));
    Ok(DMatrix::from_fn(h, w, |i, j| mean(&weights, h, i, border, |i| rows[(i, j)])))
}

/// Σ_k w_k·x(i + k) along one line of `size` pixels.
fn mean(
    weights: &DVector<f64>,
    size: usize,
    i: usize,
    border: Border,
    x: impl Fn(usize) -> f64,
) -> f64 {
    let radius = weights.len() as i64 / 2;
    let mut sum = 0.0;
    for (n, weight) in weights.iter().enumerate() {
        sum += weight * x(within(i as i64 + n as i64 - radius, size as i64, border));
    }
    sum
}

/// The pixel that stands at place k of a line of `size` pixels: itself inside.
fn within(k: i64, size: i64, border: Border) -> usize {
    match border {
        Border::Replicate => k.clamp(0, size - 1) as usize,
        Border::Reflect => {
            // There and back again: 0 … size − 1, size − 2 … 1.
            let period = (2 * (size - 1)).max(1);
            let k = k.rem_euclid(period);
            k.min(period - k).min(size - 1) as usize
        }
    }
}
