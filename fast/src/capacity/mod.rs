//! Capacity: how many parameters a network has, how it gets fewer, and whether it needs fewer.
//!
//! ```text
//! dense           inputs·outputs (+ outputs)
//! convolution     outputs·(inputs/groups)·kernel (+ outputs)
//! normalisation   2·width
//! widest          the largest h with (L − 1)·h² + b·h + outputs ≤ budget
//! gap             loss: validation − train        accuracy: train − validation
//! ```
//!
//! Sizes are `usize`, counts and budgets `u64`. b = inputs + outputs + L, and 2·L more with normalisations,
//! for L hidden layers.
//!
//! **Source.** I. Goodfellow, Y. Bengio, A. Courville, *Deep learning*, 2016, section 5.2; C. Zhang,
//! S. Bengio, M. Hardt, B. Recht, O. Vinyals, ICLR 2017.
//!
//! **Hazard.** 32 bits are too few for a large network, and the 53 of an `f64` for an exact one; running
//! statistics are no parameters; a root in `f64` is one off now and then.
//!
//! **Method.** Counts in 128 bits, where no product of three sizes is lost unseen, and refused beyond
//! 2⁶⁴ − 1. The width comes from the root of the quadratic equation and is put right in whole numbers. There
//! is nothing to vectorise: a network has few layers.

mod perceptron;
#[cfg(test)]
mod tests;

pub use perceptron::{
    Perceptron, narrowed, perceptron_parameters, uniform_parameters, widest, without_hidden_layer,
};

use crate::{Element, Error, check, network};

/// A layer, as far as its parameters go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Every input is connected with every output.
    Dense {
        /// Units of the layer before.
        inputs: usize,
        /// Units of this layer.
        outputs: usize,
        /// Whether each unit has a bias.
        has_biases: bool,
    },
    /// Every output channel sees the inputs of its group, through a kernel.
    Convolution {
        /// Channels of the layer before.
        inputs: usize,
        /// Channels of this layer.
        outputs: usize,
        /// Positions of the kernel: height times width.
        kernel: usize,
        /// Into how many groups the channels are divided.
        groups: usize,
        /// Whether each output channel has a bias.
        has_biases: bool,
    },
    /// Batch or layer normalisation: γ and β are learned, running statistics are not.
    Normalization {
        /// Features or channels.
        width: usize,
    },
    /// An activation, dropout, pooling: nothing is learned.
    Fixed,
}

impl From<network::Layer> for Layer {
    /// What a layer of a [`Network`](network::Network) learns.
    fn from(layer: network::Layer) -> Self {
        match layer {
            network::Layer::Dense { inputs, outputs } => {
                Self::Dense { inputs, outputs, has_biases: true }
            }
            network::Layer::BatchNorm { width, .. } | network::Layer::LayerNorm { width, .. } => {
                Self::Normalization { width }
            }
            network::Layer::Activation(_) | network::Layer::Dropout { .. } => Self::Fixed,
        }
    }
}

impl Layer {
    fn check(self) -> Result<(), Error> {
        let sizes: &[(&'static str, usize)] = match self {
            Self::Dense { inputs, outputs, .. } => &[("inputs", inputs), ("outputs", outputs)],
            Self::Convolution { inputs, outputs, kernel, .. } => {
                &[("inputs", inputs), ("outputs", outputs), ("kernel", kernel)]
            }
            Self::Normalization { width } => &[("width", width)],
            Self::Fixed => &[],
        };
        sizes.iter().try_for_each(|(name, size)| check::at_least_one(name, *size))?;
        match self {
            Self::Convolution { inputs, outputs, groups, .. } => {
                check::groups(groups, inputs, outputs)
            }
            _ => Ok(()),
        }
    }

    /// Axes of the weights (or γ) and length of the biases (or β); an axis that is not there is 1, a
    /// tensor that is not there 0.
    fn sizes(self) -> ([usize; 3], usize) {
        let biases = |has_biases, outputs| if has_biases { outputs } else { 0 };
        match self {
            Self::Dense { inputs, outputs, has_biases } => {
                ([outputs, inputs, 1], biases(has_biases, outputs))
            }
            Self::Convolution { inputs, outputs, kernel, groups, has_biases } => {
                ([outputs, inputs / groups, kernel], biases(has_biases, outputs))
            }
            Self::Normalization { width } => ([width, 1, 1], width),
            Self::Fixed => ([0; 3], 0),
        }
    }

    /// `None` beyond 128 bits.
    fn parameters(self) -> Option<u128> {
        let ([a, b, c], biases) = self.sizes();
        let plane = a as u128 * b as u128; // below 2¹²⁸, as both are below 2⁶⁴
        plane.checked_mul(c as u128)?.checked_add(biases as u128)
    }

    fn shapes(self) -> Vec<Vec<usize>> {
        let ([a, b, c], biases) = self.sizes();
        let weights = match self {
            Self::Dense { .. } => vec![a, b],
            Self::Convolution { .. } => vec![a, b, c],
            Self::Normalization { .. } => vec![a],
            Self::Fixed => return Vec::new(),
        };
        let mut shapes = vec![weights];
        shapes.extend((biases > 0).then(|| vec![biases]));
        shapes
    }
}

/// How many parameters the layers have together: exact, 0 without a layer.
///
/// ```
/// use evenkeel_fast::capacity::{Layer, parameter_count};
///
/// let layers = [
///     Layer::Convolution { inputs: 3, outputs: 64, kernel: 9, groups: 1, has_biases: false },
///     Layer::Normalization { width: 64 },
///     Layer::Fixed,
///     Layer::Dense { inputs: 64, outputs: 10, has_biases: true },
/// ];
/// assert_eq!(parameter_count(&layers)?, 64 * 3 * 9 + 2 * 64 + (64 * 10 + 10));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `inputs`, `outputs`, `kernel` or `width` (0), `groups` (0, or no divisor of the channels) or
/// `layers` (more than 2⁶⁴ − 1 parameters).
pub fn parameter_count(layers: &[Layer]) -> Result<u64, Error> {
    layers.iter().try_for_each(|layer| layer.check())?;
    let add = |sum: u128, layer: &Layer| sum.checked_add(layer.parameters()?);
    check::count(layers.iter().try_fold(0, add))
}

/// The tensors in which a network of these layers keeps its parameters, by their axes: (outputs, inputs)
/// and (outputs) of a dense layer, (outputs, inputs/groups, kernel) and (outputs) of a convolution, γ and β.
///
/// # Errors
/// Those of [`parameter_count`].
pub fn parameter_shapes(layers: &[Layer]) -> Result<Vec<Vec<usize>>, Error> {
    parameter_count(layers)?;
    Ok(layers.iter().flat_map(|layer| layer.shapes()).collect())
}

/// validation − train, rounded once: positive where the network does better on what it has seen.
///
/// A loss that is not finite is passed on.
///
/// ```
/// use evenkeel_fast::capacity::loss_gap;
///
/// assert_eq!(loss_gap(0.25_f32, 1.5), 1.25);
/// ```
pub fn loss_gap<T: Element>(train: T, validation: T) -> T {
    // Of f32 the second rounding changes nothing: 53 ≥ 2·24 + 2.
    T::round(validation.to_f64() - train.to_f64())
}

/// train − validation, rounded once: positive where the network does better on what it has seen.
///
/// ```
/// use evenkeel_fast::capacity::accuracy_gap;
///
/// assert_eq!(accuracy_gap(1.0_f32, 0.875)?, 0.125);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `train` or `validation` (outside \[0, 1\], or NaN).
pub fn accuracy_gap<T: Element>(train: T, validation: T) -> Result<T, Error> {
    check::share("train", train.to_f64())?;
    check::share("validation", validation.to_f64())?;
    Ok(T::round(train.to_f64() - validation.to_f64()))
}
