//! What an initialisation must offer to be checked.

use crate::refusal::check_length;
use crate::{Real, Refusal, Stream};

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

/// Which fan He initialisation keeps the variance along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fan {
    /// The inputs of a unit: activations keep their variance.
    In,
    /// The outputs that a unit reaches: gradients keep their variance.
    Out,
}

/// Whose formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme {
    /// Xavier (Glorot): variance 2/(fan_in + fan_out), times gain².
    Xavier {
        /// What the standard deviation is multiplied with: 1 by default.
        gain: f64,
    },
    /// He: variance 2/((1 + slope²)·fan).
    He {
        /// Along which fan.
        fan: Fan,
        /// The slope of leaky ReLU below 0; 0 for ReLU.
        slope: f64,
    },
}

/// From which distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Evenly between −a and a.
    Uniform,
    /// Normally, with mean 0.
    Normal,
    /// Normally, with mean 0, cut at two deviations of the normal before the cut.
    TruncatedNormal,
}

/// What is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// For which layer.
    pub layer: Layer,
    /// By whose formula.
    pub scheme: Scheme,
    /// From which distribution.
    pub family: Family,
}

impl Layer {
    /// inputs, outputs, kernel, groups.
    pub(crate) const fn sizes(self) -> [usize; 4] {
        match self {
            Self::Dense { inputs, outputs } => [inputs, outputs, 1, 1],
            Self::Convolution { inputs, outputs, kernel, groups } => {
                [inputs, outputs, kernel, groups]
            }
        }
    }

    /// How many weights there are; `None` where no memory could hold them.
    #[must_use]
    pub fn weights(self) -> Option<usize> {
        let [inputs, outputs, kernel, groups] = self.sizes();
        let count = (inputs / groups.max(1)).checked_mul(outputs)?.checked_mul(kernel)?;
        (count <= isize::MAX as usize / 8).then_some(count)
    }

    /// Refuses layers without inputs, outputs, kernel or groups, groups that do not divide the
    /// channels, and layers beyond memory.
    ///
    /// # Errors
    /// Names `inputs`, `outputs`, `kernel`, `groups` or `shape`.
    pub fn check(self) -> Result<(), Refusal> {
        let [inputs, outputs, kernel, groups] = self.sizes();
        let named = [("inputs", inputs), ("outputs", outputs), ("kernel", kernel)];
        if let Some((name, _)) = named.into_iter().find(|(_, size)| *size == 0) {
            return Err(Refusal::invalid(name, 0, "at least 1"));
        }
        if groups == 0 || inputs % groups > 0 || outputs % groups > 0 {
            let allowed = "at least 1, and a divisor of inputs and outputs";
            return Err(Refusal::invalid("groups", groups, allowed));
        }
        if self.weights().is_none() {
            let value = format!("{inputs} × {outputs} × {kernel}");
            return Err(Refusal::invalid("shape", value, "at most 2⁶⁰ weights"));
        }
        Ok(())
    }
}

impl Scheme {
    /// Refuses gains that are not positive and slopes that are not finite.
    ///
    /// # Errors
    /// Names `gain` or `slope`.
    pub fn check(self) -> Result<(), Refusal> {
        match self {
            Self::Xavier { gain } if !(gain.is_finite() && gain > 0.0) => {
                Err(Refusal::invalid("gain", gain, "finite and > 0"))
            }
            Self::He { slope, .. } if !slope.is_finite() => {
                Err(Refusal::invalid("slope", slope, "finite"))
            }
            _ => Ok(()),
        }
    }
}

impl Plan {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names the argument.
    pub fn check(&self) -> Result<(), Refusal> {
        self.layer.check()?;
        self.scheme.check()
    }

    /// The same, with the weights.
    ///
    /// # Errors
    /// Names the argument.
    pub fn check_weights<T>(&self, w: &[T]) -> Result<(), Refusal> {
        self.check()?;
        check_length("w", w, self.layer.weights().unwrap_or(0))
    }

    /// The same, with the draws too.
    ///
    /// # Errors
    /// Names the argument.
    pub fn check_given<T>(&self, draws: &[f64], w: &[T]) -> Result<(), Refusal> {
        self.check()?;
        check_length("draws", draws, self.layer.weights().unwrap_or(0))?;
        self.check_weights(w)
    }
}

/// Xavier and He initialisation in precision `T`.
///
/// Offer what you have: what draws with a generator of its own does not follow the map, and its
/// weights are checked as draws. Every function checks its arguments first and, when it refuses,
/// leaves its output as it was; the arguments have a `check` that a target may call.
pub trait Initialization<T: Real>: Send + Sync {
    /// Whether weight i of a stream is the one that the clauses on the map give.
    fn follows_the_map(&self) -> bool {
        false
    }

    /// fan_in and fan_out.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn fans(&self, layer: Layer) -> Result<[usize; 2], Refusal> {
        let _ = layer;
        Err(Refusal::NotOffered)
    }

    /// What a standard draw is multiplied with: the bound a of a uniform, the deviation σ of a normal,
    /// the deviation before the cut of a truncated normal.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn spread(&self, plan: &Plan) -> Result<f64, Refusal> {
        let _ = plan;
        Err(Refusal::NotOffered)
    }

    /// The weights that these standard draws give: even ones in −1 to 1, or normal ones.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn weights_given(&self, plan: &Plan, draws: &[f64], w: &mut [T]) -> Result<(), Refusal> {
        let _ = (plan, draws, w);
        Err(Refusal::NotOffered)
    }

    /// Draws the weights.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn weights(&self, plan: &Plan, stream: Stream, w: &mut [T]) -> Result<(), Refusal> {
        let _ = (plan, stream, w);
        Err(Refusal::NotOffered)
    }
}
