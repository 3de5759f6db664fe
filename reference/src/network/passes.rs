//! Forward and backward through all layers.

use nalgebra::{DMatrix, DVector};

use super::layer::{Layer, column, widths};
use super::{dense, dense_backward};
use crate::batch_norm::{self, RunningVariance};
use crate::{Error, activation, check, dropout, layer_norm};

/// a^K in inference: running statistics, and dropout is the identity.
///
/// Clauses NET-02, NET-03. Source: Ioffe & Szegedy 2015, algorithm 2, line 11; Srivastava et al. 2014,
/// section 4, with the scaling moved to training.
///
/// x: m × n₀, m ≥ 1. Result: m × n_K.
///
/// # Errors
/// As [`widths`]. `rows`: there is none. `x`: not n₀ wide.
///
/// # Example
/// ```
/// use evenkeel_reference::network::{Layer, inference};
/// use nalgebra::{dmatrix, dvector};
///
/// let dense = Layer::Dense { weights: dmatrix![2.0], biases: dvector![1.0] };
/// let layers = [dense, Layer::Dropout { drop_probability: 0.5 }];
/// assert_eq!(inference(&layers, &dmatrix![3.0; 4.0])?, dmatrix![7.0; 9.0]); // nothing is dropped
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn inference(layers: &[Layer], x: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    check::rows(x, 1)?;
    check::width("x", x, widths(layers)?[0])?;
    layers.iter().try_fold(x.clone(), |a, layer| match layer {
        Layer::Dense { weights, biases } => dense(&a, weights, biases),
        Layer::BatchNorm { gamma, beta, running_mean, running_variance, epsilon, .. } => {
            batch_norm::inference(&a, gamma, beta, running_mean, running_variance, *epsilon)
        }
        Layer::LayerNorm { gamma, beta, epsilon } => {
            Ok(layer_norm::forward(&a, gamma, beta, *epsilon)?.output)
        }
        Layer::Activation(curve) => activation::forward(*curve, &a),
        Layer::Dropout { .. } => Ok(dropout::inference(&a)),
    })
}

/// a⁰ … a^K in training: the batch, and what leaves each layer.
///
/// Clause NET-04. Source: as the page. The masks are of the dropout layers, in their order.
///
/// x: m × n₀, m ≥ 1, with a batch norm m ≥ 2; each mask: m × the width of its layer.
///
/// # Errors
/// As [`widths`]. `rows`: too few. `x`: not n₀ wide. `keep`: too few or too many masks, or one of another
/// size.
///
/// # Example
/// ```
/// use evenkeel_reference::network::{Layer, forward};
/// use nalgebra::{dmatrix, dvector};
///
/// let dense = Layer::Dense { weights: dmatrix![2.0], biases: dvector![1.0] };
/// let layers = [dense, Layer::Dropout { drop_probability: 0.5 }];
/// let passed = forward(&layers, &dmatrix![3.0; 4.0], &[dmatrix![true; false]])?;
/// assert_eq!(passed, [dmatrix![3.0; 4.0], dmatrix![7.0; 9.0], dmatrix![14.0; 0.0]]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn forward(
    layers: &[Layer],
    x: &DMatrix<f64>,
    keep: &[DMatrix<bool>],
) -> Result<Vec<DMatrix<f64>>, Error> {
    check_batch(layers, x, keep)?;
    let mut masks = keep.iter();
    let mut passed = vec![x.clone()];
    for layer in layers {
        let a = &passed[passed.len() - 1];
        passed.push(match layer {
            Layer::Dense { weights, biases } => dense(a, weights, biases)?,
            Layer::BatchNorm { gamma, beta, epsilon, .. } => {
                batch_norm::forward(a, gamma, beta, *epsilon)?.output
            }
            Layer::LayerNorm { gamma, beta, epsilon } => {
                layer_norm::forward(a, gamma, beta, *epsilon)?.output
            }
            Layer::Activation(curve) => activation::forward(*curve, a)?,
            Layer::Dropout { drop_probability } => {
                dropout::forward(a, next(&mut masks)?, *drop_probability)?
            }
        });
    }
    Ok(passed)
}

/// The next dropout layer's mask.
fn next<'a>(
    masks: &mut impl Iterator<Item = &'a DMatrix<bool>>,
) -> Result<&'a DMatrix<bool>, Error> {
    masks.next().ok_or_else(|| Error::new("keep", "too few masks", "one for each dropout layer"))
}

fn check_batch(layers: &[Layer], x: &DMatrix<f64>, keep: &[DMatrix<bool>]) -> Result<(), Error> {
    let widths = widths(layers)?;
    let has_batch_norm = layers.iter().any(|layer| matches!(layer, Layer::BatchNorm { .. }));
    check::rows(x, if has_batch_norm { 2 } else { 1 })?;
    check::width("x", x, widths[0])?;
    let dropouts = layers.iter().zip(&widths);
    let dropouts = dropouts.filter(|(layer, _)| matches!(layer, Layer::Dropout { .. }));
    let dropouts: Vec<usize> = dropouts.map(|(_, &width)| width).collect();
    check::length("keep", keep.len(), dropouts.len())?;
    let mut pairs = keep.iter().zip(dropouts);
    pairs.try_for_each(|(mask, width)| check::size_is("keep", mask, x.nrows(), width))
}

/// The derivatives of a loss by everything that it depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients {
    /// By x, m × n₀.
    pub dx: DMatrix<f64>,
    /// By the parameters, in the order of [`parameters`](super::parameters).
    pub dparameters: Vec<DMatrix<f64>>,
}

/// Back-propagation: the chain rule from the last layer to the first, given dz = ∂L/∂a^K.
///
/// Clauses NET-08 … NET-11. Source: Rumelhart, Hinton & Williams 1986; Bishop 2006, section 5.3; for the
/// normalisations, the activations and dropout as their modules.
///
/// passed: what [`forward`] gave with the same layers and masks; dz: of the size of a^K. Each layer gives
/// the gradient by its parameters, and hands on the gradient by its input:
///
/// ```text
/// dense          da = dy·W                     dW = dyᵀ·a, db = Σ_i dy_i
/// normalisation  that of its page              dγ, dβ of its page
/// activation     da = dy·f′(a)
/// dropout        da = dy/(1 − p) where kept, else 0
/// ```
///
/// # Errors
/// As [`forward`]. `passed`: not one matrix more than layers. `dz`: not of the size of a^K.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::Curve;
/// use evenkeel_reference::network::{Layer, backward, forward};
/// use nalgebra::{dmatrix, dvector};
///
/// let dense = Layer::Dense { weights: dmatrix![2.0, -1.0], biases: dvector![0.0] };
/// let layers = [dense, Layer::Activation(Curve::Relu)];
/// let passed = forward(&layers, &dmatrix![3.0, 1.0; 1.0, 3.0], &[])?;
/// let back = backward(&layers, &passed, &[], &dmatrix![1.0; 1.0])?;
/// // The second row gives 2 − 3 < 0: nothing passes.
/// assert_eq!(back.dx, dmatrix![2.0, -1.0; 0.0, 0.0]);
/// assert_eq!(back.dparameters, [dmatrix![3.0, 1.0], dmatrix![1.0]]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn backward(
    layers: &[Layer],
    passed: &[DMatrix<f64>],
    keep: &[DMatrix<bool>],
    dz: &DMatrix<f64>,
) -> Result<Gradients, Error> {
    check::length("passed", passed.len(), layers.len() + 1)?;
    check_batch(layers, &passed[0], keep)?;
    check::same_size("dz", dz, &passed[layers.len()])?;
    let mut masks = keep.iter().rev();
    let mut dy = dz.clone();
    let mut dparameters = Vec::new();
    for (layer, a) in layers.iter().zip(passed).rev() {
        let (da, of_layer) = match layer {
            Layer::Dense { weights, .. } => {
                let back = dense_backward(a, weights, &dy)?;
                (back.dx, vec![back.dweights, column(&back.dbiases)])
            }
            Layer::BatchNorm { gamma, epsilon, .. } => {
                let back = batch_norm::backward(a, gamma, *epsilon, &dy)?;
                (back.dx, vec![column(&back.dgamma), column(&back.dbeta)])
            }
            Layer::LayerNorm { gamma, epsilon, .. } => {
                let back = layer_norm::backward(a, gamma, *epsilon, &dy)?;
                (back.dx, vec![column(&back.dgamma), column(&back.dbeta)])
            }
            Layer::Activation(curve) => (activation::backward(*curve, a, &dy)?, Vec::new()),
            Layer::Dropout { drop_probability } => {
                (dropout::backward(&dy, next(&mut masks)?, *drop_probability)?, Vec::new())
            }
        };
        dy = da;
        dparameters.splice(0..0, of_layer);
    }
    Ok(Gradients { dx: dy, dparameters })
}

/// What the running statistics become by a step: (1 − w)·old + w·new, the variance unbiased.
///
/// Clause NET-15. Source: Ioffe & Szegedy 2015, algorithm 2, line 10.
///
/// passed: what [`forward`] gave. The order is that of [`statistics`](super::statistics).
///
/// # Errors
/// `passed`: not one matrix more than layers. As [`batch_norm::running_mean`] and [`batch_norm::running_variance`].
pub fn running_statistics(
    layers: &[Layer],
    passed: &[DMatrix<f64>],
) -> Result<Vec<DVector<f64>>, Error> {
    check::length("passed", passed.len(), layers.len() + 1)?;
    let mut statistics = Vec::new();
    for (layer, a) in layers.iter().zip(passed) {
        if let Layer::BatchNorm { running_mean, running_variance, weight_of_new: w, .. } = layer {
            let mean = batch_norm::mini_batch_mean(a)?;
            let variance = batch_norm::mini_batch_variance(a, &mean)?;
            let (m, convention) = (a.nrows(), RunningVariance::Unbiased);
            statistics.push(batch_norm::running_mean(running_mean, &mean, *w)?);
            statistics.push(batch_norm::running_variance(
                running_variance,
                &variance,
                m,
                *w,
                convention,
            )?);
        }
    }
    Ok(statistics)
}
