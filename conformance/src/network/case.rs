//! One input to every function of a network, and how it is called.

use std::fmt;

use super::{Batch, Goal, Layer, Net, Network, Plan, Rule, Taken};
use crate::activation::Curve;
use crate::arguments::{Spoiler, Spoilt, shorten};
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
            writeln!(f, "… {} layers", self.layers.len())?;
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

    /// With each argument spoilt: what a layer is asked for is spoilt where there is such a layer.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        self.spoil_layers(&mut spoiler);
        self.spoil_numbers(&mut spoiler);
        self.spoil_data(&mut spoiler);
        spoiler.done()
    }

    fn spoil_layers(&self, spoiler: &mut Spoiler<Self>) {
        spoiler.spoil("layers", "none", |case| case.layers.clear());
        spoiler.spoil("layers", "of no width", |case| {
            case.layers = vec![Layer::Activation(Curve::Tanh)];
        });
        spoiler.spoil("layers", "one too wide", |case| {
            case.layers.push(Layer::LayerNorm { width: 6007, epsilon: 0.1 });
        });
        spoiler.spoil("layers", "a width of 0", |case| {
            let plan = Plan::of(&case.layers).map_or(0, |plan| plan.outputs());
            case.layers.push(Layer::Dense { inputs: plan, outputs: 0 });
        });
        spoiler.spoil("rows", "0", |case| *case = case.of_rows(0));
        if self.layers.iter().any(|layer| layer.statistics() > 0) {
            spoiler.spoil("rows", "1 with a batch norm", |case| *case = case.of_rows(1));
        }
    }

    fn spoil_numbers(&self, spoiler: &mut Spoiler<Self>) {
        const BELOW: [(&str, f64); 4] = [
            ("negative", -0.1),
            ("NaN", f64::NAN),
            ("infinite", f64::INFINITY),
            ("−infinite", f64::NEG_INFINITY),
        ];
        for (how, bad) in BELOW {
            for argument in ["epsilon", "weight_of_new", "slope", "drop_probability"] {
                let is_there =
                    self.layers.iter().any(|layer| spoil(*layer, argument, bad).is_some());
                if is_there && (argument != "slope" || !bad.is_finite()) {
                    spoiler
                        .spoil(argument, how, |case| spoil_last(&mut case.layers, argument, bad));
                }
            }
            spoiler.spoil("learning_rate", how, |case| case.rule.learning_rate = bad);
            spoiler.spoil("lambda", how, |case| case.rule.lambda = bad);
            if bad != f64::INFINITY {
                spoiler.spoil("threshold", how, |case| case.rule.threshold = bad);
            }
        }
        for argument in ["weight_of_new", "drop_probability"] {
            if self.layers.iter().any(|layer| spoil(*layer, argument, 1.5).is_some()) {
                spoiler.spoil(argument, "above 1", |case| {
                    spoil_last(&mut case.layers, argument, 1.5);
                });
            }
        }
    }

    fn spoil_data(&self, spoiler: &mut Spoiler<Self>) {
        let one = T::from_f64(1.0);
        spoiler.spoil("parameters", "one value short", |case| shorten(&mut case.parameters));
        spoiler.spoil("parameters", "one value long", |case| case.parameters.push(one));
        spoiler.spoil("statistics", "one value long", |case| case.statistics.push(one));
        if !self.statistics.is_empty() {
            spoiler.spoil("statistics", "one value short", |case| shorten(&mut case.statistics));
        }
        spoiler.spoil("x", "one value short", |case| shorten(&mut case.x));
        spoiler.spoil("x", "one value long", |case| case.x.push(one));
        spoiler.spoil("keep", "one flag long", |case| case.keep.push(true));
        if !self.keep.is_empty() {
            spoiler.spoil("keep", "one flag short", |case| shorten(&mut case.keep));
        }
        let plan = Plan::of(&self.layers).map_or(1, |plan| plan.outputs());
        let rows = self.rows;
        for (how, classes) in [
            ("one short", vec![0; rows - 1]),
            ("one long", vec![0; rows + 1]),
            ("that is no output", vec![plan; rows]),
        ] {
            spoiler.spoil("classes", how, |case| case.goal = GoalValues::Classes(classes.clone()));
        }
        for (how, length) in [("one short", rows * plan - 1), ("one long", rows * plan + 1)] {
            spoiler.spoil("values", how, |case| case.goal = GoalValues::Values(vec![one; length]));
        }
        for (how, bad) in [("a NaN in x", f64::NAN), ("an infinity in x", f64::INFINITY)] {
            spoiler.spoil("gradient", how, |case| case.x[0] = T::from_f64(bad));
        }
        spoiler.spoil("gradient", "a NaN in the values", |case| {
            case.goal = GoalValues::Values(vec![T::from_f64(f64::NAN); rows * plan]);
        });
        spoiler.shorten(&["y", "dx", "dparameters"]);
    }
}

/// The layer with another number in it; none if it has no such number.
fn spoil(layer: Layer, argument: &str, bad: f64) -> Option<Layer> {
    match (layer, argument) {
        (Layer::BatchNorm { width, weight_of_new, .. }, "epsilon") => {
            Some(Layer::BatchNorm { width, epsilon: bad, weight_of_new })
        }
        (Layer::LayerNorm { width, .. }, "epsilon") => {
            Some(Layer::LayerNorm { width, epsilon: bad })
        }
        (Layer::BatchNorm { width, epsilon, .. }, "weight_of_new") => {
            Some(Layer::BatchNorm { width, epsilon, weight_of_new: bad })
        }
        (Layer::Activation(Curve::LeakyRelu { .. }), "slope") => {
            Some(Layer::Activation(Curve::LeakyRelu { slope: bad }))
        }
        (Layer::Dropout { .. }, "drop_probability") => {
            Some(Layer::Dropout { drop_probability: bad })
        }
        _ => None,
    }
}

/// The last layer that has such a number gets another.
fn spoil_last(layers: &mut [Layer], argument: &str, bad: f64) {
    for layer in layers.iter_mut().rev() {
        if let Some(spoilt) = spoil(*layer, argument, bad) {
            *layer = spoilt;
            return;
        }
    }
}
