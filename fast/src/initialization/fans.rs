//! Layers, and how many connections a unit has.

use crate::{Error, check};

/// The layer whose weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Every input is connected with every output: weights (inputs, outputs).
    Dense {
        /// Units of the layer before.
        inputs: usize,
        /// Units of this layer.
        outputs: usize,
    },
    /// Every output channel sees the inputs of its group: weights (outputs, inputs/groups, kernel).
    Convolution {
        /// Channels of the layer before.
        inputs: usize,
        /// Channels of this layer.
        outputs: usize,
        /// Positions of the kernel: height times width.
        kernel: usize,
        /// Into how many groups the channels are divided.
        groups: usize,
    },
}

impl Layer {
    /// inputs, outputs, kernel, groups.
    const fn sizes(self) -> [usize; 4] {
        match self {
            Self::Dense { inputs, outputs } => [inputs, outputs, 1, 1],
            Self::Convolution { inputs, outputs, kernel, groups } => {
                [inputs, outputs, kernel, groups]
            }
        }
    }
}

/// How many weights a layer has; refuses layers of nothing and layers beyond memory.
pub(super) fn weights(layer: Layer) -> Result<usize, Error> {
    let [inputs, outputs, kernel, groups] = layer.sizes();
    let named = [("inputs", inputs), ("outputs", outputs), ("kernel", kernel)];
    named.into_iter().try_for_each(|(name, size)| check::at_least_one(name, size))?;
    check::groups(groups, inputs, outputs)?;
    let count = (inputs / groups).checked_mul(outputs).and_then(|n| n.checked_mul(kernel));
    count.filter(|count| *count <= isize::MAX as usize / 8).ok_or_else(|| {
        Error::new("shape", format!("{inputs} × {outputs} × {kernel}"), "at most 2⁶⁰ weights")
    })
}

/// fan_in and fan_out: the inputs of a unit, and the units that an input reaches.
///
/// # Errors
/// Names `inputs`, `outputs` or `kernel` (0), `groups` (0, or no divisor of the channels) or `shape` (more
/// weights than any memory holds).
pub fn fans(layer: Layer) -> Result<[usize; 2], Error> {
    weights(layer)?;
    let [inputs, outputs, kernel, groups] = layer.sizes();
    Ok([inputs / groups * kernel, outputs / groups * kernel])
}
