//! The layers, and what they hold.

use nalgebra::{DMatrix, DVector};

use crate::activation::Curve;
use crate::regularization::{Parameter, Role};
use crate::{Error, check};

/// One layer of a network, with what it has learned.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// y = x·Wᵀ + b.
    Dense {
        /// W, outputs × inputs.
        weights: DMatrix<f64>,
        /// b, one per output.
        biases: DVector<f64>,
    },
    /// Batch normalisation.
    BatchNorm {
        /// γ, one per feature.
        gamma: DVector<f64>,
        /// β, one per feature.
        beta: DVector<f64>,
        /// What inference takes for the mean of the batch.
        running_mean: DVector<f64>,
        /// What inference takes for its variance.
        running_variance: DVector<f64>,
        /// ε ≥ 0.
        epsilon: f64,
        /// How much of the running statistics a step replaces, from 0 to 1.
        weight_of_new: f64,
    },
    /// Layer normalisation.
    LayerNorm {
        /// γ, one per feature.
        gamma: DVector<f64>,
        /// β, one per feature.
        beta: DVector<f64>,
        /// ε ≥ 0.
        epsilon: f64,
    },
    /// An activation, element by element.
    Activation(Curve),
    /// Dropout: in training only.
    Dropout {
        /// p, from 0 to 1.
        drop_probability: f64,
    },
}

impl Layer {
    /// A batch norm that has learned nothing: γ = 1, β = 0, running mean 0 and variance 1.
    #[must_use]
    pub fn batch_norm(width: usize, epsilon: f64, weight_of_new: f64) -> Self {
        let (zeros, ones) = (DVector::zeros(width), DVector::from_element(width, 1.0));
        Self::BatchNorm {
            gamma: ones.clone(),
            beta: zeros.clone(),
            running_mean: zeros,
            running_variance: ones,
            epsilon,
            weight_of_new,
        }
    }

    /// A layer norm that has learned nothing: γ = 1, β = 0.
    #[must_use]
    pub fn layer_norm(width: usize, epsilon: f64) -> Self {
        let (gamma, beta) = (DVector::from_element(width, 1.0), DVector::zeros(width));
        Self::LayerNorm { gamma, beta, epsilon }
    }

    /// The width that it takes, if it fixes one.
    fn takes(&self) -> Option<usize> {
        match self {
            Self::Dense { weights, .. } => Some(weights.ncols()),
            Self::BatchNorm { gamma, .. } | Self::LayerNorm { gamma, .. } => Some(gamma.len()),
            Self::Activation(_) | Self::Dropout { .. } => None,
        }
    }

    /// The width that it gives where it is given `width`.
    fn gives(&self, width: usize) -> usize {
        if let Self::Dense { weights, .. } = self { weights.nrows() } else { width }
    }

    /// Its tensors: W, b or γ, β; vectors as matrices of one column.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        let one = |role, values: &DVector<f64>| Parameter { role, values: column(values) };
        match self {
            Self::Dense { weights, biases } => {
                let weights = Parameter { role: Role::Weight, values: weights.clone() };
                vec![weights, one(Role::Bias, biases)]
            }
            Self::BatchNorm { gamma, beta, .. } | Self::LayerNorm { gamma, beta, .. } => {
                vec![one(Role::Scale, gamma), one(Role::Shift, beta)]
            }
            Self::Activation(_) | Self::Dropout { .. } => Vec::new(),
        }
    }

    /// μ_r and σ²_r of a batch norm, of another layer nothing.
    fn statistics(&self) -> Vec<DVector<f64>> {
        match self {
            Self::BatchNorm { running_mean, running_variance, .. } => {
                vec![running_mean.clone(), running_variance.clone()]
            }
            _ => Vec::new(),
        }
    }

    /// What must hold of the layer alone.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Dense { weights, biases } => {
                check::length("biases", biases.len(), weights.nrows())
            }
            Self::BatchNorm {
                gamma,
                beta,
                running_mean,
                running_variance,
                epsilon,
                weight_of_new,
            } => {
                check::length("beta", beta.len(), gamma.len())?;
                check::length("running_mean", running_mean.len(), gamma.len())?;
                check::length("running_variance", running_variance.len(), gamma.len())?;
                check::not_negative("epsilon", *epsilon)?;
                check::share("weight_of_new", *weight_of_new)
            }
            Self::LayerNorm { gamma, beta, epsilon } => {
                check::length("beta", beta.len(), gamma.len())?;
                check::not_negative("epsilon", *epsilon)
            }
            Self::Activation(Curve::LeakyRelu { slope }) => check::slope(*slope),
            Self::Activation(_) => Ok(()),
            Self::Dropout { drop_probability } => {
                check::share("drop_probability", *drop_probability)
            }
        }
    }
}

/// A vector as a matrix of one column.
pub(super) fn column(values: &DVector<f64>) -> DMatrix<f64> {
    DMatrix::from_column_slice(values.len(), 1, values.as_slice())
}

/// n₀, n₁, …, n_K: the width of x, and of what leaves each layer.
///
/// Clause NET-18.
///
/// # Errors
/// `layers`: there is none, none fixes a width, a width is 0, or one does not follow on the one before.
/// Whatever a single layer has wrong, by its name: `biases`, `beta`, `running_mean`,
/// `running_variance`, `epsilon`, `weight_of_new`, `slope`, `drop_probability`.
///
/// # Example
/// ```
/// use evenkeel_reference::activation::Curve;
/// use evenkeel_reference::network::{Layer, widths};
/// use nalgebra::{DMatrix, DVector};
///
/// let dense = |inputs, outputs| Layer::Dense {
///     weights: DMatrix::zeros(outputs, inputs),
///     biases: DVector::zeros(outputs),
/// };
/// let layers = [dense(64, 16), Layer::Activation(Curve::Relu), dense(16, 10)];
/// assert_eq!(widths(&layers)?, [64, 16, 16, 10]);
/// assert_eq!(widths(&[dense(64, 16), dense(15, 10)]).unwrap_err().argument, "layers");
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn widths(layers: &[Layer]) -> Result<Vec<usize>, Error> {
    layers.iter().try_for_each(Layer::check)?;
    let wrong = |value: String| Error::new("layers", value, "widths ≥ 1 that follow on each other");
    let first = layers.iter().find_map(Layer::takes);
    let mut width = first.ok_or_else(|| wrong(format!("{} without a width", layers.len())))?;
    let mut widths = vec![width];
    for (k, layer) in layers.iter().enumerate() {
        let takes = layer.takes().unwrap_or(width);
        if takes != width {
            return Err(wrong(format!("layer {k} that takes {takes} where {width} come in")));
        }
        width = layer.gives(width);
        widths.push(width);
    }
    match widths.iter().position(|&width| width == 0) {
        Some(k) => Err(wrong(format!("a width of 0 at layer {k}"))),
        None => Ok(widths),
    }
}

/// All tensors in order: W, b; γ, β; vectors as matrices of one column.
///
/// The symbol θ of the page. What a penalty may touch is told by each one's role.
#[must_use]
pub fn parameters(layers: &[Layer]) -> Vec<Parameter> {
    layers.iter().flat_map(Layer::parameters).collect()
}

/// μ_r and σ²_r of all batch norms, in order.
#[must_use]
pub fn statistics(layers: &[Layer]) -> Vec<DVector<f64>> {
    layers.iter().flat_map(Layer::statistics).collect()
}

/// The same layers with other parameters, in the order of [`parameters`].
///
/// # Errors
/// `parameters`: too few or too many tensors, or one of another size.
pub fn with_parameters(layers: &[Layer], values: &[DMatrix<f64>]) -> Result<Vec<Layer>, Error> {
    let old = parameters(layers);
    let tensors = |count| format!("{count} tensors");
    if values.len() != old.len() {
        return Err(Error::new("parameters", tensors(values.len()), tensors(old.len())));
    }
    for (new, old) in values.iter().zip(&old) {
        check::same_size("parameters", new, &old.values)?;
    }
    let mut values = values.iter();
    let mut layers = layers.to_vec();
    for layer in &mut layers {
        match layer {
            Layer::Dense { weights, biases } => {
                fill(weights.as_mut_slice(), &mut values);
                fill(biases.as_mut_slice(), &mut values);
            }
            Layer::BatchNorm { gamma, beta, .. } | Layer::LayerNorm { gamma, beta, .. } => {
                fill(gamma.as_mut_slice(), &mut values);
                fill(beta.as_mut_slice(), &mut values);
            }
            Layer::Activation(_) | Layer::Dropout { .. } => {}
        }
    }
    Ok(layers)
}

/// Takes the next tensor's values; both lie column by column.
fn fill<'a>(tensor: &mut [f64], values: &mut impl Iterator<Item = &'a DMatrix<f64>>) {
    if let Some(values) = values.next() {
        tensor.copy_from_slice(values.as_slice());
    }
}

/// The same layers with other running statistics, in the order of [`statistics`].
///
/// # Errors
/// `statistics`: too few or too many vectors, or one of another length.
pub fn with_statistics(layers: &[Layer], values: &[DVector<f64>]) -> Result<Vec<Layer>, Error> {
    let old = statistics(layers);
    check::length("statistics", values.len(), old.len())?;
    for (new, old) in values.iter().zip(&old) {
        check::length("statistics", new.len(), old.len())?;
    }
    let mut pairs = values.chunks_exact(2);
    let mut layers = layers.to_vec();
    for layer in &mut layers {
        if let Layer::BatchNorm { running_mean, running_variance, .. } = layer
            && let Some([mean, variance]) = pairs.next()
        {
            running_mean.copy_from(mean);
            running_variance.copy_from(variance);
        }
    }
    Ok(layers)
}
