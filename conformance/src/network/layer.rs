//! The layers, and how wide a network is.

use crate::Refusal;
use crate::activation::Curve;
use crate::refusal::{check_not_negative, check_share};

/// One layer. Parameters lie one after the other in the order of the layers, statistics likewise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Layer {
    /// y = x·Wᵀ + b. Parameters: W, outputs × inputs, row by row; b.
    Dense {
        /// The width of what reaches it.
        inputs: usize,
        /// The width of what leaves it.
        outputs: usize,
    },
    /// Batch normalisation. Parameters: γ, β. Statistics: running mean, running variance.
    BatchNorm {
        /// How many columns it normalises.
        width: usize,
        /// ε, finite and ≥ 0.
        epsilon: f64,
        /// The weight of the batch in the running statistics, from 0 to 1.
        weight_of_new: f64,
    },
    /// Layer normalisation. Parameters: γ, β.
    LayerNorm {
        /// How long a row is.
        width: usize,
        /// ε, finite and ≥ 0.
        epsilon: f64,
    },
    /// A curve, element by element.
    Activation(Curve),
    /// Training: x/(1 − p) where kept, else 0. Inference: x.
    Dropout {
        /// p, from 0 to 1.
        drop_probability: f64,
    },
}

impl Layer {
    /// The width that it asks for; none where it takes what comes.
    #[must_use]
    pub const fn asks_for(self) -> Option<usize> {
        match self {
            Self::Dense { inputs: width, .. }
            | Self::BatchNorm { width, .. }
            | Self::LayerNorm { width, .. } => Some(width),
            Self::Activation(_) | Self::Dropout { .. } => None,
        }
    }

    /// The width of what leaves it.
    #[must_use]
    pub const fn gives(self, reaching: usize) -> usize {
        if let Self::Dense { outputs, .. } = self { outputs } else { reaching }
    }

    /// How many parameters it has. Saturates: no slice is that long.
    #[must_use]
    pub const fn parameters(self) -> usize {
        match self {
            Self::Dense { inputs, outputs } => inputs.saturating_add(1).saturating_mul(outputs),
            Self::BatchNorm { width, .. } | Self::LayerNorm { width, .. } => {
                width.saturating_mul(2)
            }
            Self::Activation(_) | Self::Dropout { .. } => 0,
        }
    }

    /// How many statistics it has.
    #[must_use]
    pub const fn statistics(self) -> usize {
        if let Self::BatchNorm { width, .. } = self { width.saturating_mul(2) } else { 0 }
    }

    pub(super) fn check_numbers(self) -> Result<(), Refusal> {
        match self {
            Self::Dense { .. } => Ok(()),
            Self::BatchNorm { epsilon, weight_of_new, .. } => {
                check_not_negative("epsilon", epsilon)?;
                check_share("weight_of_new", weight_of_new)
            }
            Self::LayerNorm { epsilon, .. } => check_not_negative("epsilon", epsilon),
            Self::Activation(curve) => curve.check(),
            Self::Dropout { drop_probability } => check_share("drop_probability", drop_probability),
        }
    }
}

/// How wide a network is, and how much it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The width of what reaches each layer, and last that of what the network gives.
    pub widths: Vec<usize>,
    /// How many parameters.
    pub parameters: usize,
    /// How many statistics.
    pub statistics: usize,
    /// The widths of the dropout layers together: so many flags a row.
    pub dropped: usize,
    /// Whether there is a batch norm.
    pub needs_two_rows: bool,
}

impl Plan {
    /// Reads a list of layers.
    ///
    /// # Errors
    /// Names `layers`: none, a width of 0, widths that do not follow on each other, no layer with a width.
    pub fn of(layers: &[Layer]) -> Result<Self, Refusal> {
        if layers.is_empty() {
            return Err(Refusal::invalid("layers", "empty", "at least one layer"));
        }
        let Some(first) = layers.iter().find_map(|layer| layer.asks_for()) else {
            return Err(Refusal::invalid("layers", "of no width", "a layer that has a width"));
        };
        let mut widths = vec![first];
        for (k, layer) in layers.iter().enumerate() {
            let reaching = widths[k];
            let next = layer.gives(reaching);
            if layer.asks_for().is_some_and(|width| width != reaching) {
                let value = format!("layer {k} is {layer:?}");
                return Err(Refusal::invalid("layers", value, format!("a width of {reaching}")));
            }
            if reaching == 0 || next == 0 {
                let value = format!("layer {k} is {layer:?}");
                return Err(Refusal::invalid("layers", value, "widths above 0"));
            }
            widths.push(next);
        }
        let is_dropout = |layer: &Layer| matches!(layer, Layer::Dropout { .. });
        let reached = layers.iter().zip(&widths);
        Ok(Self {
            parameters: total(layers, Layer::parameters),
            statistics: total(layers, Layer::statistics),
            dropped: reached.filter(|(layer, _)| is_dropout(layer)).map(|(_, width)| width).sum(),
            needs_two_rows: layers.iter().any(|layer| layer.statistics() > 0),
            widths,
        })
    }

    /// n₀.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.widths[0]
    }

    /// The width of what the network gives.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }
}

fn total(layers: &[Layer], of: impl Fn(Layer) -> usize) -> usize {
    layers.iter().fold(0, |sum, layer| sum.saturating_add(of(*layer)))
}
