//! What a network must offer to be checked.

use crate::activation::Curve;
use crate::refusal::{check_length, check_not_negative, check_share};
use crate::regularization::Penalty;
use crate::{Real, Refusal};

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

    fn check_numbers(self) -> Result<(), Refusal> {
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

/// A network: its layers and the numbers in it.
#[derive(Debug, Clone, Copy)]
pub struct Net<'a, T> {
    /// From the input to the output.
    pub layers: &'a [Layer],
    /// θ: of a dense layer W and b, of a normalisation γ and β, in the order of the layers.
    pub parameters: &'a [T],
    /// Of each batch norm its running mean and its running variance.
    pub statistics: &'a [T],
}

impl<T> Net<'_, T> {
    /// Refuses what the clauses do not allow of a network itself.
    ///
    /// # Errors
    /// Names `layers`, `epsilon`, `weight_of_new`, `slope`, `drop_probability`, `parameters` or `statistics`.
    pub fn check(&self) -> Result<Plan, Refusal> {
        let plan = Plan::of(self.layers)?;
        self.layers.iter().try_for_each(|layer| layer.check_numbers())?;
        check_length("parameters", self.parameters, plan.parameters)?;
        check_length("statistics", self.statistics, plan.statistics)?;
        Ok(plan)
    }

    /// Refuses what the clauses do not allow of [`Network::inference`].
    ///
    /// # Errors
    /// As [`check`](Self::check), or names `rows`, `x` or `y`.
    pub fn check_inference(&self, rows: usize, x: &[T], y: &[T]) -> Result<Plan, Refusal> {
        let plan = self.check()?;
        check_rows(rows, 1)?;
        check_length("x", x, rows.saturating_mul(plan.inputs()))?;
        check_length("y", y, rows.saturating_mul(plan.outputs()))?;
        Ok(plan)
    }

    /// Refuses what the clauses do not allow of [`Network::forward`].
    ///
    /// # Errors
    /// As [`check`](Self::check), or names `rows`, `x`, `keep` or `y`.
    pub fn check_forward(
        &self,
        rows: usize,
        x: &[T],
        keep: &[bool],
        y: &[T],
    ) -> Result<Plan, Refusal> {
        let plan = self.check()?;
        check_training(&plan, rows, x, keep)?;
        check_length("y", y, rows.saturating_mul(plan.outputs()))?;
        Ok(plan)
    }
}

fn check_rows(rows: usize, least: usize) -> Result<(), Refusal> {
    if rows >= least {
        return Ok(());
    }
    Err(Refusal::invalid("rows", rows, format!("at least {least}")))
}

fn check_training<T>(plan: &Plan, rows: usize, x: &[T], keep: &[bool]) -> Result<(), Refusal> {
    check_rows(rows, if plan.needs_two_rows { 2 } else { 1 })?;
    check_length("x", x, rows.saturating_mul(plan.inputs()))?;
    check_length("keep", keep, rows.saturating_mul(plan.dropped))
}

/// What a network is to give.
#[derive(Debug, Clone, Copy)]
pub enum Goal<'a, T> {
    /// One class a row, an output of the network: softmax cross-entropy.
    Classes(&'a [usize]),
    /// rows × outputs values: squared error.
    Values(&'a [T]),
}

/// What a network is trained on.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a, T> {
    /// m: how many samples.
    pub rows: usize,
    /// rows × n₀, a sample a row.
    pub x: &'a [T],
    /// What the network is to give.
    pub goal: Goal<'a, T>,
    /// For each dropout layer in order rows × width flags, width that of what reaches it.
    pub keep: &'a [bool],
}

impl<T> Batch<'_, T> {
    /// Refuses what the clauses do not allow of [`Network::loss`].
    ///
    /// # Errors
    /// As [`Net::check`], or names `rows`, `x`, `keep`, `classes` or `values`.
    pub fn check(&self, net: &Net<'_, T>) -> Result<Plan, Refusal> {
        let plan = net.check()?;
        check_training(&plan, self.rows, self.x, self.keep)?;
        match self.goal {
            Goal::Classes(classes) => check_classes(classes, self.rows, plan.outputs())?,
            Goal::Values(values) => {
                check_length("values", values, self.rows.saturating_mul(plan.outputs()))?;
            }
        }
        Ok(plan)
    }

    /// Refuses what the clauses do not allow of [`Network::gradients`].
    ///
    /// # Errors
    /// As [`check`](Self::check), or names `dx` or `dparameters`.
    pub fn check_gradients(
        &self,
        net: &Net<'_, T>,
        dx: &[T],
        dparameters: &[T],
    ) -> Result<Plan, Refusal> {
        let plan = self.check(net)?;
        check_length("dx", dx, self.x.len())?;
        check_length("dparameters", dparameters, plan.parameters)?;
        Ok(plan)
    }
}

fn check_classes(classes: &[usize], rows: usize, outputs: usize) -> Result<(), Refusal> {
    check_length("classes", classes, rows)?;
    match classes.iter().find(|class| **class >= outputs) {
        Some(class) => Err(Refusal::invalid("classes", class, format!("below {outputs}"))),
        None => Ok(()),
    }
}

/// How a step is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// η, finite and ≥ 0.
    pub learning_rate: f64,
    /// What is added up over the weights of dense layers.
    pub penalty: Penalty,
    /// λ, finite and ≥ 0.
    pub lambda: f64,
    /// τ, ≥ 0; infinite for no clipping.
    pub threshold: f64,
}

impl Rule {
    /// Refuses what the clauses do not allow of a step.
    ///
    /// # Errors
    /// Names `learning_rate`, `lambda` or `threshold`.
    pub fn check(&self) -> Result<(), Refusal> {
        check_not_negative("learning_rate", self.learning_rate)?;
        check_not_negative("lambda", self.lambda)?;
        crate::clipping::check_threshold(self.threshold)
    }
}

/// What a step tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken<T> {
    /// The loss before the step, without the penalty.
    pub loss: T,
    /// The penalty before the step.
    pub penalty: T,
    /// The norm of all gradients together, penalty included, before clipping.
    pub norm: T,
}

/// A feed-forward network in precision `T`, over plain slices.
///
/// Offer what you have. Every function checks its arguments first and, when it refuses, leaves its outputs as
/// they were; [`Net::check_inference`], [`Net::check_forward`], [`Batch::check`], [`Batch::check_gradients`] and
/// [`Rule::check`] do it. ε, p, slopes, w, η, λ and τ are `f64` in both precisions.
pub trait Network<T: Real>: Send + Sync {
    /// What the network gives after training: running statistics, nothing dropped. x is rows × n₀, y rows × outputs.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn inference(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (net, rows, x, y);
        Err(Refusal::NotOffered)
    }

    /// The same in training mode: statistics of the batch, and masks.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn forward(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: &[bool],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (net, rows, x, keep, y);
        Err(Refusal::NotOffered)
    }

    /// The loss of a batch in training mode, without any penalty.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn loss(&self, net: &Net<'_, T>, batch: &Batch<'_, T>) -> Result<T, Refusal> {
        let _ = (net, batch);
        Err(Refusal::NotOffered)
    }

    /// The gradient of that loss by x and by all parameters: written, not added to what stands there.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn gradients(
        &self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        dx: &mut [T],
        dparameters: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (net, batch, dx, dparameters);
        Err(Refusal::NotOffered)
    }

    /// One step of gradient descent on parameters and running statistics, in place.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument; `gradient` where the loss or a gradient is not finite.
    fn step(
        &self,
        layers: &[Layer],
        batch: &Batch<'_, T>,
        rule: &Rule,
        parameters: &mut [T],
        statistics: &mut [T],
    ) -> Result<Taken<T>, Refusal> {
        let _ = (layers, batch, rule, parameters, statistics);
        Err(Refusal::NotOffered)
    }
}
