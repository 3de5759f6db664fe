//! A dense layer: a weighted sum of all inputs, and a bias.

use nalgebra::{DMatrix, DVector};

use crate::{Error, check};

/// y_ij = b_j + Σ_k x_ik·W_jk
///
/// Clause NET-01. Source: Rumelhart, Hinton & Williams 1986, equation 1, with the bias written out.
///
/// x: m × inputs; weights: outputs × inputs; biases: outputs. Result: m × outputs.
///
/// # Errors
/// `x`: another width than the weights take. `biases`: not one per output.
///
/// # Example
/// ```
/// use evenkeel_reference::network::dense;
/// use nalgebra::{dmatrix, dvector};
///
/// let weights = dmatrix![1.0, 2.0; 3.0, 4.0; 5.0, 6.0]; // three outputs of two inputs
/// let y = dense(&dmatrix![10.0, 1.0], &weights, &dvector![0.5, 0.0, -1.0])?;
/// assert_eq!(y, dmatrix![12.5, 34.0, 55.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn dense(
    x: &DMatrix<f64>,
    weights: &DMatrix<f64>,
    biases: &DVector<f64>,
) -> Result<DMatrix<f64>, Error> {
    check::width("x", x, weights.ncols())?;
    check::length("biases", biases.len(), weights.nrows())?;
    let inputs = weights.ncols();
    let sum = |i, j| (0..inputs).fold(biases[j], |sum, k| sum + x[(i, k)] * weights[(j, k)]);
    Ok(DMatrix::from_fn(x.nrows(), weights.nrows(), sum))
}

/// The derivatives of a loss, given dy, its derivatives by a dense layer's output.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseGradients {
    /// By x, m × inputs.
    pub dx: DMatrix<f64>,
    /// By W, outputs × inputs.
    pub dweights: DMatrix<f64>,
    /// By b, one per output.
    pub dbiases: DVector<f64>,
}

/// dx_ik = Σ_j dy_ij·W_jk, dW_jk = Σ_i dy_ij·x_ik, db_j = Σ_i dy_ij
///
/// Clauses NET-08, NET-09. Source: Bishop 2006, equations 5.53 and 5.56 without h′, for all rows of a
/// batch. Each is the chain rule: y_ij moves by W_jk with x_ik, by x_ik with W_jk, by b_j with 1.
///
/// x: m × inputs; weights: outputs × inputs; dy: m × outputs.
///
/// # Errors
/// `x`: another width than the weights take. `dy`: not m × outputs.
///
/// # Example
/// ```
/// use evenkeel_reference::network::dense_backward;
/// use nalgebra::{dmatrix, dvector};
///
/// let (x, weights) = (dmatrix![10.0, 1.0; 20.0, 2.0], dmatrix![3.0, 4.0]);
/// let back = dense_backward(&x, &weights, &dmatrix![1.0; -2.0])?;
/// assert_eq!(back.dx, dmatrix![3.0, 4.0; -6.0, -8.0]);
/// assert_eq!(back.dweights, dmatrix![-30.0, -3.0]);
/// assert_eq!(back.dbiases, dvector![-1.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn dense_backward(
    x: &DMatrix<f64>,
    weights: &DMatrix<f64>,
    dy: &DMatrix<f64>,
) -> Result<DenseGradients, Error> {
    let (m, outputs) = (x.nrows(), weights.nrows());
    check::width("x", x, weights.ncols())?;
    check::size_is("dy", dy, m, outputs)?;
    let dx = |i, k| (0..outputs).fold(0.0, |sum, j| sum + dy[(i, j)] * weights[(j, k)]);
    let dweight = |j, k| (0..m).fold(0.0, |sum, i| sum + dy[(i, j)] * x[(i, k)]);
    let dbias = |j| (0..m).fold(0.0, |sum, i| sum + dy[(i, j)]);
    Ok(DenseGradients {
        dx: DMatrix::from_fn(m, weights.ncols(), dx),
        dweights: DMatrix::from_fn(outputs, weights.ncols(), dweight),
        dbiases: DVector::from_fn(outputs, |j, _| dbias(j)),
    })
}
