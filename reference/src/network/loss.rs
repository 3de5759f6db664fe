//! What the network is to make small.

use nalgebra::DMatrix;

use crate::{Error, check};

/// What the network's output is compared with, and so which loss.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// A class for each row: [`softmax_cross_entropy`].
    Classes(Vec<usize>),
    /// A value for each output: [`squared_error`].
    Values(DMatrix<f64>),
}

/// s_ij = e^{z_ij}/Σ_j e^{z_ij}, computed of z_ij − max_j z_ij.
///
/// Clause NET-17. Source: Bishop 2006, equation 4.62; that a constant changes nothing, so that the largest
/// may be subtracted: Goodfellow, Bengio & Courville 2016, section 4.1.
///
/// z: m × classes. Each row is from 0 to 1 and sums to 1; a row with NaN or +∞ is NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::network::softmax;
/// use nalgebra::dmatrix;
///
/// assert_eq!(softmax(&dmatrix![7.0, 7.0]), dmatrix![0.5, 0.5]);
/// assert_eq!(softmax(&dmatrix![0.0, -1e4]), dmatrix![1.0, 0.0]); // and not e¹⁰⁰⁰⁰/e¹⁰⁰⁰⁰
/// ```
#[must_use]
pub fn softmax(z: &DMatrix<f64>) -> DMatrix<f64> {
    let exponential = z.map_with_location(|i, _, z_ij| (z_ij - largest(z, i)).exp());
    exponential.map_with_location(|i, _, e| e / row_sum(&exponential, i))
}

/// max_j z_ij; NaN if there is one.
fn largest(z: &DMatrix<f64>, i: usize) -> f64 {
    z.row(i)
        .iter()
        .fold(f64::NEG_INFINITY, |most, &z| if z > most || z.is_nan() { z } else { most })
}

/// Σ_j z_ij
fn row_sum(z: &DMatrix<f64>, i: usize) -> f64 {
    z.row(i).iter().fold(0.0, |sum, z| sum + z)
}

/// L = (1/m) Σ_i (ln Σ_j e^{z_ij} − z_{i,c_i}), with max_j z_ij taken out of the logarithm.
///
/// Clauses NET-05, NET-06, NET-17. Source: Bishop 2006, equation 4.108, as a mean over the rows.
///
/// z: m × classes; classes: m of them, from 0 on.
///
/// # Errors
/// `rows`: there is none. `classes`: not one per row, or one that z has no column for.
///
/// # Example
/// ```
/// use evenkeel_reference::network::softmax_cross_entropy;
/// use nalgebra::dmatrix;
///
/// // Two classes alike: ln 2, whatever the class.
/// let loss = softmax_cross_entropy(&dmatrix![3.0, 3.0; -5.0, -5.0], &[0, 1])?;
/// approx::assert_relative_eq!(loss, 2.0_f64.ln(), max_relative = 4.0 * f64::EPSILON);
/// // Far apart: the distance itself.
/// assert_eq!(softmax_cross_entropy(&dmatrix![0.0, 5000.0], &[0])?, 5000.0);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn softmax_cross_entropy(z: &DMatrix<f64>, classes: &[usize]) -> Result<f64, Error> {
    check::rows(z, 1)?;
    check::classes(classes, z)?;
    let of_row = |i| {
        let most = largest(z, i);
        let sum = z.row(i).iter().fold(0.0, |sum, z| sum + (z - most).exp());
        sum.ln() + (most - z[(i, classes[i])])
    };
    let m = z.nrows();
    Ok((0..m).fold(0.0, |sum, i| sum + of_row(i)) / m as f64)
}

/// ∂L/∂z_ij = (s_ij − \[j = c_i\])/m, with s the [`softmax`].
///
/// Clauses NET-05, NET-06, NET-17. Source: Bishop 2006, equation 5.18, of which 4.109 is the product with the
/// inputs.
///
/// # Errors
/// As [`softmax_cross_entropy`].
///
/// # Example
/// ```
/// use evenkeel_reference::network::softmax_cross_entropy_gradient;
/// use nalgebra::dmatrix;
///
/// let gradient = softmax_cross_entropy_gradient(&dmatrix![1.0, 1.0; 2.0, 2.0], &[0, 1])?;
/// assert_eq!(gradient, dmatrix![-0.25, 0.25; 0.25, -0.25]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn softmax_cross_entropy_gradient(
    z: &DMatrix<f64>,
    classes: &[usize],
) -> Result<DMatrix<f64>, Error> {
    check::rows(z, 1)?;
    check::classes(classes, z)?;
    let m = z.nrows() as f64;
    let one = |i: usize, j| if classes[i] == j { 1.0 } else { 0.0 };
    Ok(softmax(z).map_with_location(|i, j, s| (s - one(i, j)) / m))
}

/// L = 1/(2m) Σ_ij (z_ij − t_ij)²
///
/// Clause NET-07. Source: Bishop 2006, equation 5.11, as a mean over the rows.
///
/// z, values: m × outputs.
///
/// # Errors
/// `rows`: there is none. `values`: not of the size of z.
///
/// # Example
/// ```
/// use evenkeel_reference::network::squared_error;
/// use nalgebra::dmatrix;
///
/// // (3² + 4² + 0 + 1)/(2·2)
/// let loss = squared_error(&dmatrix![3.0, 4.0; 1.0, 1.0], &dmatrix![0.0, 0.0; 1.0, 2.0])?;
/// assert_eq!(loss, 6.5);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn squared_error(z: &DMatrix<f64>, values: &DMatrix<f64>) -> Result<f64, Error> {
    check::rows(z, 1)?;
    check::same_size("values", values, z)?;
    let sum = z.iter().zip(values).fold(0.0, |sum, (z, t)| sum + (z - t) * (z - t));
    Ok(sum / (2.0 * z.nrows() as f64))
}

/// ∂L/∂z_ij = (z_ij − t_ij)/m
///
/// Clause NET-07. Source: Bishop 2006, equation 5.18, as a mean over the rows.
///
/// # Errors
/// As [`squared_error`].
///
/// # Example
/// ```
/// use evenkeel_reference::network::squared_error_gradient;
/// use nalgebra::dmatrix;
///
/// let gradient = squared_error_gradient(&dmatrix![3.0; 1.0], &dmatrix![0.0; 2.0])?;
/// assert_eq!(gradient, dmatrix![1.5; -0.5]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn squared_error_gradient(
    z: &DMatrix<f64>,
    values: &DMatrix<f64>,
) -> Result<DMatrix<f64>, Error> {
    check::rows(z, 1)?;
    check::same_size("values", values, z)?;
    let m = z.nrows() as f64;
    Ok(z.zip_map(values, |z, t| (z - t) / m))
}

/// The loss of an output: the one that the goal asks for.
///
/// # Errors
/// As [`softmax_cross_entropy`] or [`squared_error`].
pub fn loss(z: &DMatrix<f64>, goal: &Goal) -> Result<f64, Error> {
    match goal {
        Goal::Classes(classes) => softmax_cross_entropy(z, classes),
        Goal::Values(values) => squared_error(z, values),
    }
}

/// Its gradient by the output.
///
/// # Errors
/// As [`loss`].
pub fn loss_gradient(z: &DMatrix<f64>, goal: &Goal) -> Result<DMatrix<f64>, Error> {
    match goal {
        Goal::Classes(classes) => softmax_cross_entropy_gradient(z, classes),
        Goal::Values(values) => squared_error_gradient(z, values),
    }
}
