//! What a layer's weights connect.

use crate::{Error, check};

/// A layer with weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// Every input reaches every output. Weights: inputs × outputs, row by row.
    Dense {
        /// How many inputs there are.
        inputs: usize,
        /// How many units there are.
        outputs: usize,
    },
    /// A kernel is moved over the data. Weights: outputs × inputs/groups × kernel, row by row.
    Convolution {
        /// How many channels come in.
        inputs: usize,
        /// How many channels go out.
        outputs: usize,
        /// How many positions the kernel has: height times width.
        kernel: usize,
        /// In how many groups the channels are split; each output sees the inputs of its group.
        groups: usize,
    },
}

/// How many weights end in a unit, and how many leave an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fans {
    /// How many inputs a unit sums.
    pub fan_in: usize,
    /// How many units (of all positions of the kernel) an input reaches.
    pub fan_out: usize,
}

/// fan_in and fan_out of a layer: inputs and outputs of a dense one, (inputs/groups)·kernel and
/// (outputs/groups)·kernel of a convolution.
///
/// Clauses INI-01, INI-02. Source: Glorot & Bengio 2010, section 4.2.1, for dense layers; He et al.
/// 2015, section 2.2, for convolutions (k²·c and k²·d); groups as derived on this page.
///
/// # Errors
/// As [`weight_count`].
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::{Fans, Layer, fans};
///
/// let convolution = Layer::Convolution { inputs: 8, outputs: 16, kernel: 9, groups: 4 };
/// assert_eq!(fans(&convolution)?, Fans { fan_in: 18, fan_out: 36 });
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn fans(layer: &Layer) -> Result<Fans, Error> {
    // No fan is larger than the number of weights.
    weight_count(layer)?;
    Ok(match *layer {
        Layer::Dense { inputs, outputs } => Fans { fan_in: inputs, fan_out: outputs },
        Layer::Convolution { inputs, outputs, kernel, groups } => {
            Fans { fan_in: inputs / groups * kernel, fan_out: outputs / groups * kernel }
        }
    })
}

/// How many weights a layer has: inputs·outputs, or outputs·(inputs/groups)·kernel.
///
/// Clauses INI-01, INI-02, INI-14.
///
/// # Errors
/// `inputs`, `outputs`, `kernel`: 0. `groups`: 0, or not dividing inputs and outputs. `shape`: more
/// weights than a slice of `f64` holds.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::{Layer, weight_count};
///
/// assert_eq!(weight_count(&Layer::Dense { inputs: 3, outputs: 5 })?, 15);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn weight_count(layer: &Layer) -> Result<usize, Error> {
    match *layer {
        Layer::Dense { inputs, outputs } => {
            check::at_least_one("inputs", inputs)?;
            check::at_least_one("outputs", outputs)?;
            check::product_fits(&[inputs, outputs])
        }
        Layer::Convolution { inputs, outputs, kernel, groups } => {
            check::at_least_one("inputs", inputs)?;
            check::at_least_one("outputs", outputs)?;
            check::at_least_one("kernel", kernel)?;
            check::groups(groups, inputs, outputs)?;
            check::product_fits(&[outputs, inputs / groups, kernel])
        }
    }
}
