//! What a network must offer to be checked.

use super::{Layer, Plan};
use crate::refusal::{check_length, check_not_negative};
use crate::regularization::Penalty;
use crate::{Real, Refusal};

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
    /// A [`Refusal`] that names the argument; `gradient` where a gradient is not finite.
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
