// The first definition of a link counts: on the page itself these are files.
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/capacity.md")]
// Sizes are `usize`, counts `u64`: every sum and product below is exact, or refused.

mod perceptron;

pub use perceptron::{
    Perceptron, narrowed, perceptron_parameters, uniform_parameters, widest, without_hidden_layer,
};

use crate::{Error, check, network};

/// A layer, as far as its parameters go.
///
/// Clauses CAP-01 … CAP-04.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// Every input reaches every output.
    Dense {
        /// How many inputs there are.
        inputs: usize,
        /// How many units there are.
        outputs: usize,
        /// Whether each unit has a bias.
        has_biases: bool,
    },
    /// A kernel is moved over the data.
    Convolution {
        /// How many channels come in.
        inputs: usize,
        /// How many channels go out.
        outputs: usize,
        /// How many positions the kernel has: height times width.
        kernel: usize,
        /// In how many groups the channels are split; each output sees the inputs of its group.
        groups: usize,
        /// Whether each output channel has a bias.
        has_biases: bool,
    },
    /// Batch or layer normalisation, with γ and β.
    Normalization {
        /// How many features or channels are scaled and shifted.
        width: usize,
    },
    /// An activation, dropout, pooling: nothing is learned.
    Fixed,
}

impl From<&network::Layer> for Layer {
    /// What a layer of a [`network`] learns.
    fn from(layer: &network::Layer) -> Self {
        match layer {
            network::Layer::Dense { weights, .. } => {
                Self::Dense { inputs: weights.ncols(), outputs: weights.nrows(), has_biases: true }
            }
            network::Layer::BatchNorm { gamma, .. } | network::Layer::LayerNorm { gamma, .. } => {
                Self::Normalization { width: gamma.len() }
            }
            network::Layer::Activation(_) | network::Layer::Dropout { .. } => Self::Fixed,
        }
    }
}

/// P = inputs·outputs + outputs: a weight for each pair, and a bias for each output.
///
/// Clause CAP-01. Source: Glorot & Bengio 2010, section 4.2.1 (the connections of a layer).
///
/// # Errors
/// `inputs`, `outputs`: 0. `layers`: more than 2⁶⁴ − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::dense_parameters;
///
/// assert_eq!(dense_parameters(64, 128, true)?, 64 * 128 + 128);
/// assert_eq!(dense_parameters(64, 128, false)?, 64 * 128);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn dense_parameters(inputs: usize, outputs: usize, has_biases: bool) -> Result<u64, Error> {
    check::at_least_one("inputs", inputs)?;
    check::at_least_one("outputs", outputs)?;
    let biases = if has_biases { outputs } else { 0 };
    plus(times(inputs as u64, outputs)?, biases as u64)
}

/// P = outputs·(inputs/groups)·kernel + outputs: a kernel for each output and each input of its group,
/// and a bias for each output.
///
/// Clause CAP-02. Source: He et al. 2015, "Delving deep into rectifiers", section 2.2 (k²·c weights for
/// each of d outputs); groups as derived on the page of initialisation.
///
/// # Errors
/// `inputs`, `outputs`, `kernel`: 0. `groups`: 0, or not dividing inputs and outputs. `layers`: more than
/// 2⁶⁴ − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::convolution_parameters;
///
/// // 3 × 3, from 8 channels to 16.
/// assert_eq!(convolution_parameters(8, 16, 9, 1, true)?, 16 * 8 * 9 + 16);
/// // In 4 groups each output sees two inputs.
/// assert_eq!(convolution_parameters(8, 16, 9, 4, true)?, 16 * 2 * 9 + 16);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn convolution_parameters(
    inputs: usize,
    outputs: usize,
    kernel: usize,
    groups: usize,
    has_biases: bool,
) -> Result<u64, Error> {
    check::at_least_one("inputs", inputs)?;
    check::at_least_one("outputs", outputs)?;
    check::at_least_one("kernel", kernel)?;
    check::groups(groups, inputs, outputs)?;
    let biases = if has_biases { outputs } else { 0 };
    let weights = times(times(outputs as u64, inputs / groups)?, kernel)?;
    plus(weights, biases as u64)
}

/// P = 2·width: γ and β. Running statistics are no parameters.
///
/// Clause CAP-03. Source: Ioffe & Szegedy 2015, algorithm 1 ("parameters to be learned: γ, β").
///
/// # Errors
/// `width`: 0. `layers`: more than 2⁶⁴ − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::normalization_parameters;
///
/// assert_eq!(normalization_parameters(128)?, 256);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn normalization_parameters(width: usize) -> Result<u64, Error> {
    check::at_least_one("width", width)?;
    times(2, width)
}

/// The parameters of one layer.
///
/// Clauses CAP-01 … CAP-04.
///
/// # Errors
/// Those of [`dense_parameters`], [`convolution_parameters`] and [`normalization_parameters`].
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{Layer, layer_parameters};
///
/// assert_eq!(layer_parameters(&Layer::Normalization { width: 5 })?, 10);
/// assert_eq!(layer_parameters(&Layer::Fixed)?, 0);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn layer_parameters(layer: &Layer) -> Result<u64, Error> {
    match *layer {
        Layer::Dense { inputs, outputs, has_biases } => {
            dense_parameters(inputs, outputs, has_biases)
        }
        Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
            convolution_parameters(inputs, outputs, kernel, groups, has_biases)
        }
        Layer::Normalization { width } => normalization_parameters(width),
        Layer::Fixed => Ok(0),
    }
}

/// P = Σ P of the layers; 0 without a layer.
///
/// Clauses CAP-05 … CAP-07, CAP-21.
///
/// # Errors
/// `inputs`, `outputs`, `kernel`, `groups`, `width`: of a layer that is none. `layers`: more than 2⁶⁴ − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{Layer, parameter_count};
///
/// let layers = [
///     Layer::Convolution { inputs: 1, outputs: 6, kernel: 25, groups: 1, has_biases: true },
///     Layer::Fixed,
///     Layer::Dense { inputs: 6 * 12 * 12, outputs: 10, has_biases: true },
/// ];
/// assert_eq!(parameter_count(&layers)?, (6 * 25 + 6) + (864 * 10 + 10));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn parameter_count(layers: &[Layer]) -> Result<u64, Error> {
    layers.iter().try_fold(0, |sum, layer| plus(sum, layer_parameters(layer)?))
}

/// The tensors in which a network keeps its parameters, by their axes.
///
/// Dense: (outputs, inputs) and (outputs). Convolution: (outputs, inputs/groups, kernel) and (outputs).
/// Normalisation: γ (width) and β (width).
///
/// Clause CAP-08. [`parameter_count`] is not computed from it.
///
/// # Errors
/// Those of [`parameter_count`].
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{Layer, parameter_shapes};
///
/// let layers = [
///     Layer::Dense { inputs: 3, outputs: 4, has_biases: true },
///     Layer::Normalization { width: 4 },
/// ];
/// assert_eq!(parameter_shapes(&layers)?, [vec![4, 3], vec![4], vec![4], vec![4]]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn parameter_shapes(layers: &[Layer]) -> Result<Vec<Vec<usize>>, Error> {
    parameter_count(layers)?;
    Ok(layers.iter().flat_map(shapes).collect())
}

fn shapes(layer: &Layer) -> Vec<Vec<usize>> {
    let (weights, outputs, has_biases) = match *layer {
        Layer::Dense { inputs, outputs, has_biases } => {
            (vec![outputs, inputs], outputs, has_biases)
        }
        Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
            (vec![outputs, inputs / groups, kernel], outputs, has_biases)
        }
        Layer::Normalization { width } => return vec![vec![width]; 2],
        Layer::Fixed => return Vec::new(),
    };
    if has_biases { vec![weights, vec![outputs]] } else { vec![weights] }
}

/// validation − train: positive where the network does better on what it has seen.
///
/// Clauses CAP-17, CAP-19. Source: Goodfellow, Bengio & Courville 2016, section 5.2. Losses: any numbers;
/// what is not finite is passed on.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::loss_gap;
///
/// assert_eq!(loss_gap(0.25, 1.5), 1.25);
/// assert!(loss_gap(f64::INFINITY, f64::INFINITY).is_nan());
/// ```
#[must_use]
pub fn loss_gap(train: f64, validation: f64) -> f64 {
    validation - train
}

/// train − validation: positive where the network does better on what it has seen.
///
/// Clause CAP-18. Source: as [`loss_gap`]; the error rate is 1 − accuracy. Accuracies: 0 to 1.
///
/// # Errors
/// `train`, `validation`: outside 0 to 1, or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::accuracy_gap;
///
/// assert_eq!(accuracy_gap(1.0, 0.875)?, 0.125);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn accuracy_gap(train: f64, validation: f64) -> Result<f64, Error> {
    check::share("train", train)?;
    check::share("validation", validation)?;
    Ok(train - validation)
}

/// The exact product of two counts.
fn times(count: u64, size: usize) -> Result<u64, Error> {
    check::count(count.checked_mul(size as u64))
}

/// The exact sum of two counts.
fn plus(count: u64, more: u64) -> Result<u64, Error> {
    check::count(count.checked_add(more))
}
