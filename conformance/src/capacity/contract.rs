//! What a target must offer so that its counts can be checked.

use super::truth;
use crate::refusal::check_share;
use crate::{Real, Refusal};

/// A layer, as far as its parameters go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// Every input reaches every output.
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
    /// Batch or layer normalisation, with γ and β.
    Normalization {
        /// Features or channels.
        width: usize,
    },
    /// An activation, dropout, pooling: nothing is learned.
    Fixed,
}

/// A multilayer perceptron: dense, (normalisation,) activation for each hidden layer, then a dense layer.
/// All dense layers have biases.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Perceptron {
    /// Features of a sample.
    pub inputs: usize,
    /// The widths of the hidden layers, from the inputs on.
    pub hidden: Vec<usize>,
    /// Units of the output layer.
    pub outputs: usize,
    /// Whether a normalisation follows the dense layer of each hidden layer.
    pub has_norm: bool,
}

/// A perceptron whose hidden layers are equally wide, without the width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Uniform {
    /// Features of a sample.
    pub inputs: usize,
    /// Units of the output layer.
    pub outputs: usize,
    /// L: how many hidden layers there are.
    pub depth: usize,
    /// Whether each hidden layer has a normalisation.
    pub has_norm: bool,
}

impl Layer {
    fn check_sizes(&self) -> Result<(), Refusal> {
        match *self {
            Self::Dense { inputs, outputs, .. } => {
                check_size("inputs", inputs)?;
                check_size("outputs", outputs)
            }
            Self::Convolution { inputs, outputs, kernel, groups, .. } => {
                check_size("inputs", inputs)?;
                check_size("outputs", outputs)?;
                check_size("kernel", kernel)?;
                check_groups(groups, inputs, outputs)
            }
            Self::Normalization { width } => check_size("width", width),
            Self::Fixed => Ok(()),
        }
    }
}

impl Perceptron {
    /// Its layers, from the inputs on.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        let dense = |inputs, outputs| Layer::Dense { inputs, outputs, has_biases: true };
        let before = [self.inputs].into_iter().chain(self.hidden.iter().copied());
        let last = self.hidden.last().copied().unwrap_or(self.inputs);
        let mut layers = Vec::new();
        for (inputs, &width) in before.zip(&self.hidden) {
            layers.push(dense(inputs, width));
            layers.extend(self.has_norm.then_some(Layer::Normalization { width }));
            layers.push(Layer::Fixed);
        }
        layers.push(dense(last, self.outputs));
        layers
    }

    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `inputs`, `outputs`, `hidden` or `layers`.
    pub fn check(&self) -> Result<(), Refusal> {
        check_size("inputs", self.inputs)?;
        check_size("outputs", self.outputs)?;
        self.hidden.iter().try_for_each(|&width| check_size("hidden", width))?;
        check_layers(&self.layers())
    }
}

impl Uniform {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `inputs`, `outputs`, `depth` or `budget`.
    pub fn check(&self, budget: u64) -> Result<(), Refusal> {
        check_size("inputs", self.inputs)?;
        check_size("outputs", self.outputs)?;
        check_size("depth", self.depth)?;
        let least = truth::uniform(self, 1);
        if least.is_some_and(|least| least <= u128::from(budget)) {
            return Ok(());
        }
        let allowed =
            least.map_or("more than there is".into(), |least| format!("at least {least}"));
        Err(Refusal::invalid("budget", budget, allowed))
    }
}

fn check_size(argument: &'static str, size: usize) -> Result<(), Refusal> {
    if size > 0 { Ok(()) } else { Err(Refusal::invalid(argument, size, "at least 1")) }
}

fn check_groups(groups: usize, inputs: usize, outputs: usize) -> Result<(), Refusal> {
    if groups > 0 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups) {
        return Ok(());
    }
    let allowed = format!("at least 1, dividing {inputs} inputs and {outputs} outputs");
    Err(Refusal::invalid("groups", groups, allowed))
}

/// Refuses layers that are none, and more parameters than 64 bits count.
///
/// # Errors
/// Names `inputs`, `outputs`, `kernel`, `groups`, `width` or `layers`.
pub fn check_layers(layers: &[Layer]) -> Result<(), Refusal> {
    layers.iter().try_for_each(Layer::check_sizes)?;
    match truth::count(layers) {
        Some(count) if count <= u128::from(u64::MAX) => Ok(()),
        _ => Err(Refusal::invalid("layers", "beyond 2⁶⁴ − 1 parameters", "at most 2⁶⁴ − 1")),
    }
}

/// Refuses a hidden layer that is not there.
///
/// # Errors
/// Names `index`.
pub fn check_index(index: usize, perceptron: &Perceptron) -> Result<(), Refusal> {
    let depth = perceptron.hidden.len();
    if index < depth {
        return Ok(());
    }
    Err(Refusal::invalid("index", index, format!("less than {depth}")))
}

/// Refuses a fraction that is not above 0 and at most 1.
///
/// # Errors
/// Names `denominator` or `numerator`.
pub fn check_fraction(numerator: u64, denominator: u64) -> Result<(), Refusal> {
    if denominator == 0 {
        return Err(Refusal::invalid("denominator", denominator, "at least 1"));
    }
    if (1..=denominator).contains(&numerator) {
        return Ok(());
    }
    Err(Refusal::invalid("numerator", numerator, format!("from 1 to {denominator}")))
}

/// Refuses accuracies that are no shares.
///
/// # Errors
/// Names `train` or `validation`.
pub fn check_accuracies<T: Real>(train: T, validation: T) -> Result<(), Refusal> {
    check_share("train", train.to_f64())?;
    check_share("validation", validation.to_f64())
}

/// Counts, smaller networks and gaps; only gaps have a precision.
///
/// Offer what you have. The arguments have checks that a target may call.
pub trait Capacity<T: Real>: Send + Sync {
    /// How many parameters the layers have together.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn parameter_count(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        let _ = layers;
        Err(Refusal::NotOffered)
    }

    /// Builds a network of these layers, and counts the numbers that it keeps as parameters. Only
    /// networks that fit into memory easily are asked for.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn stored(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        let _ = layers;
        Err(Refusal::NotOffered)
    }

    /// How many parameters a perceptron has.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn perceptron_parameters(&self, perceptron: &Perceptron) -> Result<u64, Refusal> {
        let _ = perceptron;
        Err(Refusal::NotOffered)
    }

    /// The perceptron without hidden layer `index`, counted from 0.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn without_hidden_layer(
        &self,
        perceptron: &Perceptron,
        index: usize,
    ) -> Result<Perceptron, Refusal> {
        let _ = (perceptron, index);
        Err(Refusal::NotOffered)
    }

    /// The perceptron with max(1, ⌊w·numerator/denominator⌋) for every hidden width w.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn narrowed(
        &self,
        perceptron: &Perceptron,
        numerator: u64,
        denominator: u64,
    ) -> Result<Perceptron, Refusal> {
        let _ = (perceptron, numerator, denominator);
        Err(Refusal::NotOffered)
    }

    /// The largest common width of the hidden layers whose parameters are within the budget.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn widest(&self, uniform: &Uniform, budget: u64) -> Result<usize, Refusal> {
        let _ = (uniform, budget);
        Err(Refusal::NotOffered)
    }

    /// validation − train.
    ///
    /// # Errors
    /// Only [`Refusal::NotOffered`] or [`Refusal::Failed`]: every loss is allowed.
    fn loss_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        let _ = (train, validation);
        Err(Refusal::NotOffered)
    }

    /// train − validation.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn accuracy_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        let _ = (train, validation);
        Err(Refusal::NotOffered)
    }
}
