//! One input to every function of a network, and how it is called.

use std::fmt;

use super::{Batch, Goal, Layer, Net, Network, Plan, Rule, Taken};
use crate::brief::Brief;
use crate::call::unwritten;
use crate::technique::{self, outputs_of};
use crate::{Real, Refusal, Target};

/// What a network is to give, with the values in it.
#[derive(Debug, Clone, PartialEq)]
pub enum GoalValues<T> {
    /// As [`Goal::Classes`].
    Classes(Vec<usize>),
    /// As [`Goal::Values`].
    Values(Vec<T>),
}

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// The layers.
    pub layers: Vec<Layer>,
    /// θ before the step.
    pub parameters: Vec<T>,
    /// Running means and variances before the step.
    pub statistics: Vec<T>,
    /// m.
    pub rows: usize,
    /// The samples.
    pub x: Vec<T>,
    /// What the network is to give.
    pub goal: GoalValues<T>,
    /// The masks of the dropout layers.
    pub keep: Vec<bool>,
    /// How a step is taken.
    pub rule: Rule,
}

impl<T: fmt::Debug> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 7;
        for layer in self.layers.iter().take(SHOWN) {
            writeln!(f, "{layer:?}")?;
        }
        if self.layers.len() > SHOWN {
            writeln!(f, "… and {} more", self.layers.len() - SHOWN)?;
        }
        let values = |values: &[T]| Brief(values).to_string();
        writeln!(f, "parameters = {}", values(&self.parameters))?;
        writeln!(f, "statistics = {}", values(&self.statistics))?;
        writeln!(f, "{} rows, x = {}", self.rows, values(&self.x))?;
        match &self.goal {
            GoalValues::Classes(classes) => writeln!(f, "classes = {}", Brief(classes))?,
            GoalValues::Values(goal) => writeln!(f, "values = {}", values(goal))?,
        }
        let keep: Vec<u8> = self.keep.iter().map(|keep| u8::from(*keep)).collect();
        let Rule { learning_rate, penalty, lambda, threshold } = self.rule;
        writeln!(f, "keep = {}", Brief(&keep))?;
        write!(f, "η = {learning_rate:?}, {penalty:?} with λ = {lambda:?}, τ = {threshold:?}")
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Network::inference`].
    Inference,
    /// [`Network::forward`].
    Forward,
    /// [`Network::loss`].
    Loss,
    /// [`Network::gradients`].
    Gradients,
    /// [`Network::step`].
    Step,
}

/// What every function takes: the network itself, and the samples.
macro_rules! and_the_network {
    ($($more:literal),*) => {
        &["layers", "epsilon", "weight_of_new", "slope", "drop_probability", "parameters", "statistics", "x", $($more),*]
    };
}

impl technique::Function for Function {
    const ALL: &'static [Self] =
        &[Self::Inference, Self::Forward, Self::Loss, Self::Gradients, Self::Step];

    fn name(self) -> &'static str {
        match self {
            Self::Inference => "inference",
            Self::Forward => "forward",
            Self::Loss => "loss",
            Self::Gradients => "gradients",
            Self::Step => "step",
        }
    }

    /// `rows` is an argument of inference too, but one row is fine there whatever the layers: what it
    /// refuses has a property of its own.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Inference => and_the_network!("y"),
            Self::Forward => and_the_network!("rows", "keep", "y"),
            Self::Loss => and_the_network!("rows", "keep", "classes", "values"),
            Self::Gradients => {
                and_the_network!("rows", "keep", "classes", "values", "dx", "dparameters")
            }
            Self::Step => and_the_network!(
                "rows",
                "keep",
                "classes",
                "values",
                "learning_rate",
                "lambda",
                "threshold",
                "gradient"
            ),
        }
    }

    /// What a step tells is one output: loss, penalty, norm.
    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::Inference | Self::Forward => &["y"],
            Self::Loss => &["loss"],
            Self::Gradients => &["dx", "dparameters"],
            Self::Step => &["parameters", "statistics", "taken"],
        }
    }
}

impl Function {
    /// The outputs before the call: unwritten, or what a step is to change.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        let plan = Plan::of(&case.layers).ok();
        let wide = |of: &dyn Fn(&Plan) -> usize| plan.as_ref().map_or(0, of);
        match self {
            Self::Inference | Self::Forward => {
                vec![unwritten(case.rows * wide(&Plan::outputs))]
            }
            Self::Loss => vec![unwritten(1)],
            Self::Gradients => vec![
                unwritten(case.rows * wide(&Plan::inputs)),
                unwritten(wide(&|plan| plan.parameters)),
            ],
            Self::Step => vec![case.parameters.clone(), case.statistics.clone(), unwritten(3)],
        }
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        network: &dyn Network<T>,
        case: &Case<T>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal> {
        let (net, batch) = (&case.net(), &case.batch());
        match (self, to) {
            (Self::Inference, [y]) => network.inference(net, case.rows, &case.x, y),
            (Self::Forward, [y]) => network.forward(net, case.rows, &case.x, &case.keep, y),
            (Self::Loss, [loss]) => {
                loss[0] = network.loss(net, batch)?;
                Ok(())
            }
            (Self::Gradients, [dx, dparameters]) => network.gradients(net, batch, dx, dparameters),
            (Self::Step, [parameters, statistics, taken]) => {
                let told = network.step(&case.layers, batch, &case.rule, parameters, statistics)?;
                let Taken { loss, penalty, norm } = told;
                taken.copy_from_slice(&[loss, penalty, norm]);
                Ok(())
            }
            _ => unreachable!("`room` makes the outputs of this function"),
        }
    }
}

impl<T: Real> Case<T> {
    /// The network as the contract takes it.
    pub(super) fn net(&self) -> Net<'_, T> {
        let Self { layers, parameters, statistics, .. } = self;
        Net { layers, parameters, statistics }
    }

    /// The batch as the contract takes it.
    pub(super) fn batch(&self) -> Batch<'_, T> {
        let goal = match &self.goal {
            GoalValues::Classes(classes) => Goal::Classes(classes),
            GoalValues::Values(values) => Goal::Values(values),
        };
        Batch { rows: self.rows, x: &self.x, goal, keep: &self.keep }
    }

    /// The outputs of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<Vec<T>>, Refusal> {
        outputs_of::<super::Nets, T>(function, target, self)
    }

    /// The same with the first so many rows only. Masks of several layers are cut each for itself.
    pub(super) fn of_rows(&self, rows: usize) -> Self {
        let Ok(plan) = Plan::of(&self.layers) else { return self.clone() };
        let mut case = self.clone();
        case.x.truncate(rows * plan.inputs());
        match &mut case.goal {
            GoalValues::Classes(classes) => classes.truncate(rows),
            GoalValues::Values(values) => values.truncate(rows * plan.outputs()),
        }
        let mut rest = &self.keep[..];
        case.keep.clear();
        for (layer, width) in self.layers.iter().zip(&plan.widths) {
            if matches!(layer, Layer::Dropout { .. }) {
                let (own, others) = rest.split_at(self.rows * width);
                case.keep.extend(&own[..rows * width]);
                rest = others;
            }
        }
        Self { rows, ..case }
    }
}

#[cfg(test)]
mod tests {
    use crate::network::inputs;

    /// A report has room for so many lines of an input.
    #[test]
    fn a_case_is_told_on_few_lines() {
        let text = format!("{:?}", inputs::many::<f64>(1, 300, 24));
        assert!(text.lines().count() <= 14, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 96), "{text}");
        assert!(text.contains("… and 1 more"), "{text}");
    }

    /// Masks are cut layer by layer.
    #[test]
    fn fewer_rows_keep_their_own_flags() {
        let case = inputs::one_of_everything::<f64>();
        let one = case.of_rows(1);
        let width = one.keep.len();
        assert_eq!((one.rows, &one.keep[..]), (1, &case.keep[..width]));
        assert_eq!(one.x[..], case.x[..one.x.len()]);
        assert_eq!(case.of_rows(0).keep.len(), 0);
    }
}
