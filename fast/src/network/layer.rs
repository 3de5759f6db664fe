//! The layers, and where each one's numbers lie.

use crate::activation::Curve;
use crate::{Error, check};

/// One layer of a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Layer {
    /// y = x·Wᵀ + b.
    Dense {
        /// Width of x.
        inputs: usize,
        /// Width of y.
        outputs: usize,
    },
    /// Batch normalisation.
    BatchNorm {
        /// Of x and y.
        width: usize,
        /// ε ≥ 0.
        epsilon: f64,
        /// How much of the running statistics a step replaces, from 0 to 1.
        weight_of_new: f64,
    },
    /// Layer normalisation.
    LayerNorm {
        /// Of x and y.
        width: usize,
        /// ε ≥ 0.
        epsilon: f64,
    },
    /// An activation, element by element.
    Activation(Curve),
    /// Dropout, in training only.
    Dropout {
        /// p, from 0 to 1.
        drop_probability: f64,
    },
}

impl Layer {
    /// A dense layer.
    pub const fn dense(inputs: usize, outputs: usize) -> Self {
        Self::Dense { inputs, outputs }
    }

    /// Batch normalisation with ε = 10⁻⁵, of whose running statistics a step replaces a tenth.
    pub const fn batch_norm(width: usize) -> Self {
        Self::BatchNorm { width, epsilon: 1e-5, weight_of_new: 0.1 }
    }

    /// Layer normalisation with ε = 10⁻⁵.
    pub const fn layer_norm(width: usize) -> Self {
        Self::LayerNorm { width, epsilon: 1e-5 }
    }

    /// Dropout with probability p.
    pub const fn dropout(drop_probability: f64) -> Self {
        Self::Dropout { drop_probability }
    }

    /// The width that it takes, if it fixes one.
    fn takes(self) -> Option<usize> {
        match self {
            Self::Dense { inputs, .. } => Some(inputs),
            Self::BatchNorm { width, .. } | Self::LayerNorm { width, .. } => Some(width),
            Self::Activation(_) | Self::Dropout { .. } => None,
        }
    }

    /// The width that it gives where it is given `width`.
    fn gives(self, width: usize) -> usize {
        if let Self::Dense { outputs, .. } = self { outputs } else { width }
    }

    /// How many numbers its two tensors have: W, b or γ, β. `None` if nothing can hold so many.
    fn parameters(self) -> Option<[usize; 2]> {
        Some(match self {
            Self::Dense { inputs, outputs } => [inputs.checked_mul(outputs)?, outputs],
            Self::BatchNorm { width, .. } | Self::LayerNorm { width, .. } => [width, width],
            Self::Activation(_) | Self::Dropout { .. } => [0, 0],
        })
    }

    fn check(self) -> Result<(), Error> {
        match self {
            Self::Dense { .. } => Ok(()),
            Self::BatchNorm { epsilon, weight_of_new, .. } => {
                check::epsilon(epsilon)?;
                check::share("weight_of_new", weight_of_new)
            }
            Self::LayerNorm { epsilon, .. } => check::epsilon(epsilon),
            Self::Activation(curve) => curve.check(),
            Self::Dropout { drop_probability } => {
                check::share("drop_probability", drop_probability)
            }
        }
    }
}

/// Where a layer's numbers lie.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Place {
    /// Width of what enters it.
    pub(super) inputs: usize,
    /// Width of what leaves it.
    pub(super) outputs: usize,
    /// From here on among all parameters.
    pub(super) parameters: usize,
    /// How many numbers its first and its second tensor have.
    pub(super) lengths: [usize; 2],
    /// From here on among all running statistics.
    pub(super) statistics: usize,
    /// How many of the flags of a row stand before its own, in the masks of all dropout layers.
    pub(super) flags: usize,
}

/// The places of all layers.
///
/// # Errors
/// Names `layers`, `epsilon`, `weight_of_new`, `slope` or `drop_probability`.
pub(super) fn places(layers: &[Layer]) -> Result<Vec<Place>, Error> {
    layers.iter().try_for_each(|layer| layer.check())?;
    let first = layers.iter().find_map(|layer| layer.takes());
    let width = first.ok_or_else(|| wrong(format!("{} without a width", layers.len())))?;
    let mut next = Place { outputs: width, ..Place::default() };
    let mut places = Vec::with_capacity(layers.len());
    for (k, layer) in layers.iter().enumerate() {
        let place = follow(next, *layer, k)?;
        places.push(place);
        next = place.end(*layer);
    }
    // What is behind the last layer must be countable too.
    let counts = [next.parameters, next.statistics, next.flags];
    match counts.into_iter().find(|&count| count > isize::MAX as usize / 8) {
        Some(count) => Err(wrong(format!("{count} numbers"))),
        None => Ok(places),
    }
}

fn follow(next: Place, layer: Layer, k: usize) -> Result<Place, Error> {
    let inputs = next.outputs;
    let takes = layer.takes().unwrap_or(inputs);
    let outputs = layer.gives(inputs);
    if takes != inputs {
        return Err(wrong(format!("layer {k} that takes {takes} where {inputs} come in")));
    }
    if inputs == 0 || outputs == 0 {
        return Err(wrong(format!("a width of 0 at layer {k}")));
    }
    let lengths = layer.parameters().ok_or_else(|| wrong(format!("too many at layer {k}")))?;
    Ok(Place { inputs, outputs, lengths, ..next })
}

impl Place {
    /// Where the layer behind begins.
    fn end(self, layer: Layer) -> Self {
        let [first, second] = self.lengths;
        let is_batch_norm = matches!(layer, Layer::BatchNorm { .. });
        let is_dropout = matches!(layer, Layer::Dropout { .. });
        let width = |counts: bool| if counts { self.outputs } else { 0 };
        Self {
            parameters: self.parameters.saturating_add(first).saturating_add(second),
            statistics: self.statistics.saturating_add(width(is_batch_norm).saturating_mul(2)),
            flags: self.flags.saturating_add(width(is_dropout)),
            ..self
        }
    }
}

/// How many parameters, running statistics and flags of a row there are.
pub(super) fn totals(layers: &[Layer], places: &[Place]) -> [usize; 3] {
    let last = layers.last().zip(places.last());
    let end = last.map_or_else(Place::default, |(layer, place)| place.end(*layer));
    [end.parameters, end.statistics, end.flags]
}

fn wrong(value: String) -> Error {
    Error::new("layers", value, "widths ≥ 1 that follow on each other")
}
