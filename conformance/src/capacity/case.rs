//! One input to every function, and how it is called.

use std::fmt;

use super::{Capacity, Layer, Perceptron, Uniform, truth};
use crate::arguments::{Spoiler, Spoilt};
use crate::brief::Brief;
use crate::call::unwritten;
use crate::technique;
use crate::{Real, Refusal};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// What is counted.
    pub layers: Vec<Layer>,
    /// What is counted and made smaller.
    pub perceptron: Perceptron,
    /// The hidden layer that goes.
    pub index: usize,
    /// Numerator and denominator of the share of a width that stays.
    pub fraction: [u64; 2],
    /// What is made as wide as the budget allows.
    pub uniform: Uniform,
    /// The most parameters that are allowed.
    pub budget: u64,
    /// Losses of training and validation.
    pub losses: [T; 2],
    /// Accuracies of training and validation.
    pub accuracies: [T; 2],
}

impl<T: fmt::Debug> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { layers, perceptron, uniform, losses, accuracies, .. } = self;
        let [numerator, denominator] = self.fraction;
        for (k, layer) in layers.iter().enumerate() {
            writeln!(f, "layer {k} = {layer:?}")?;
        }
        let Perceptron { inputs, hidden, outputs, has_norm } = perceptron;
        let hidden = Brief(hidden);
        writeln!(f, "perceptron: {inputs} → {hidden} → {outputs}, has_norm = {has_norm}")?;
        writeln!(f, "index = {}, share = {numerator}/{denominator}", self.index)?;
        let Uniform { inputs, outputs, depth, has_norm } = uniform;
        writeln!(f, "uniform: {inputs} → {depth} layers → {outputs}, has_norm = {has_norm}")?;
        writeln!(f, "budget = {}", self.budget)?;
        write!(f, "train, validation: losses {losses:?}, accuracies {accuracies:?}")
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Capacity::parameter_count`].
    ParameterCount,
    /// [`Capacity::stored`].
    Stored,
    /// [`Capacity::perceptron_parameters`].
    PerceptronParameters,
    /// [`Capacity::without_hidden_layer`].
    WithoutHiddenLayer,
    /// [`Capacity::narrowed`].
    Narrowed,
    /// [`Capacity::widest`].
    Widest,
    /// [`Capacity::loss_gap`].
    LossGap,
    /// [`Capacity::accuracy_gap`].
    AccuracyGap,
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[
        Self::ParameterCount,
        Self::Stored,
        Self::PerceptronParameters,
        Self::WithoutHiddenLayer,
        Self::Narrowed,
        Self::Widest,
        Self::LossGap,
        Self::AccuracyGap,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ParameterCount => "parameter_count",
            Self::Stored => "stored",
            Self::PerceptronParameters => "perceptron_parameters",
            Self::WithoutHiddenLayer => "without_hidden_layer",
            Self::Narrowed => "narrowed",
            Self::Widest => "widest",
            Self::LossGap => "loss_gap",
            Self::AccuracyGap => "accuracy_gap",
        }
    }

    /// A network beyond 2⁶⁴ − 1 parameters is not asked to be built.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::ParameterCount => &["inputs", "outputs", "kernel", "groups", "width", "layers"],
            Self::Stored => &["inputs", "outputs", "kernel", "groups", "width"],
            Self::PerceptronParameters => &["inputs", "outputs", "hidden", "layers"],
            Self::WithoutHiddenLayer => &["inputs", "outputs", "hidden", "layers", "index"],
            Self::Narrowed => {
                &["inputs", "outputs", "hidden", "layers", "numerator", "denominator"]
            }
            Self::Widest => &["inputs", "outputs", "depth", "budget"],
            Self::LossGap => &[],
            Self::AccuracyGap => &["train", "validation"],
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::ParameterCount | Self::Stored | Self::PerceptronParameters => &["count"],
            Self::WithoutHiddenLayer | Self::Narrowed => &["perceptron"],
            Self::Widest => &["width"],
            Self::LossGap | Self::AccuracyGap => &["gap"],
        }
    }
}

/// A whole number takes four digits of 16 bits, the highest first: `f32` holds no more of it.
const DIGITS: usize = 4;

fn write<T: Real>(numbers: &[u64], out: &mut [T]) {
    let digits = numbers.iter().flat_map(|n| (0..DIGITS as u32).rev().map(move |k| n >> (16 * k)));
    for (out, digit) in out.iter_mut().zip(digits) {
        *out = T::from_f64((digit & 0xffff) as f64);
    }
}

/// Its number of hidden layers and sizes; what there is no room for shows in the number.
fn write_perceptron<T: Real>(perceptron: &Perceptron, out: &mut [T]) {
    let Perceptron { inputs, hidden, outputs, has_norm } = perceptron;
    let head = [hidden.len(), *inputs, *outputs, usize::from(*has_norm)];
    let numbers: Vec<u64> = head.iter().chain(hidden).map(|n| *n as u64).collect();
    write(&numbers, out);
}

impl Function {
    /// The output before the call.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        let length = match self {
            Self::LossGap | Self::AccuracyGap => 1,
            Self::WithoutHiddenLayer | Self::Narrowed => {
                DIGITS * (4 + case.perceptron.hidden.len())
            }
            _ => DIGITS,
        };
        vec![unwritten(length)]
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        capacity: &dyn Capacity<T>,
        case: &Case<T>,
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let Case { layers, perceptron, uniform, .. } = case;
        let ([numerator, denominator], [loss, validation_loss]) = (case.fraction, case.losses);
        let [train, validation] = case.accuracies;
        match self {
            Self::ParameterCount => write(&[capacity.parameter_count(layers)?], out),
            Self::Stored => write(&[capacity.stored(layers)?], out),
            Self::PerceptronParameters => {
                write(&[capacity.perceptron_parameters(perceptron)?], out);
            }
            Self::WithoutHiddenLayer => {
                write_perceptron(&capacity.without_hidden_layer(perceptron, case.index)?, out);
            }
            Self::Narrowed => {
                write_perceptron(&capacity.narrowed(perceptron, numerator, denominator)?, out);
            }
            Self::Widest => write(&[capacity.widest(uniform, case.budget)? as u64], out),
            Self::LossGap => out[0] = capacity.loss_gap(loss, validation_loss)?,
            Self::AccuracyGap => out[0] = capacity.accuracy_gap(train, validation)?,
        }
        Ok(())
    }
}

/// Networks of more parameters are not built.
const MOST_STORED: u128 = 1 << 20;

impl<T: Real> Case<T> {
    /// Whether a function can be called without filling the memory.
    pub(super) fn concerns(&self, function: Function) -> bool {
        function != Function::Stored
            || truth::count(&self.layers).is_some_and(|count| count <= MOST_STORED)
    }

    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        self.spoil_sizes(&mut spoiler);
        self.spoil_layers(&mut spoiler);
        for (how, index) in [("too large by 1", 0), ("far too large", usize::MAX / 2)] {
            spoiler.spoil("index", how, |case| case.index = case.perceptron.hidden.len() + index);
        }
        spoiler.spoil("denominator", "0", |case| case.fraction[1] = 0);
        spoiler.spoil("numerator", "0", |case| case.fraction[0] = 0);
        spoiler.spoil("numerator", "above the denominator", |case| case.fraction = [8, 7]);
        let least = truth::uniform(&self.uniform, 1).map_or(u64::MAX, |least| least as u64);
        spoiler.spoil("budget", "too small by 1", |case| case.budget = least - 1);
        spoiler.spoil("budget", "0", |case| case.budget = 0);
        for (how, share) in BAD_SHARES {
            spoiler.spoil("train", how, |case| case.accuracies[0] = T::from_f64(share));
            spoiler.spoil("validation", how, |case| case.accuracies[1] = T::from_f64(share));
        }
        spoiler.done()
    }

    /// Sizes of 0, wherever there is one of that name.
    fn spoil_sizes(&self, spoiler: &mut Spoiler<Self>) {
        let dense = |inputs, outputs| Layer::Dense { inputs, outputs, has_biases: true };
        spoiler.spoil("inputs", "0", |case| {
            case.layers.push(dense(0, 3));
            (case.perceptron.inputs, case.uniform.inputs) = (0, 0);
        });
        spoiler.spoil("outputs", "0", |case| {
            case.layers.push(dense(3, 0));
            (case.perceptron.outputs, case.uniform.outputs) = (0, 0);
        });
        spoiler.spoil("hidden", "0 in the last layer", |case| case.perceptron.hidden.push(0));
        spoiler.spoil("hidden", "0 in the first layer", |case| case.perceptron.hidden.insert(0, 0));
        spoiler.spoil("depth", "0", |case| case.uniform.depth = 0);
    }

    fn spoil_layers(&self, spoiler: &mut Spoiler<Self>) {
        for (argument, how, [inputs, outputs, kernel, groups]) in [
            ("kernel", "0", [4, 6, 0, 2]),
            ("groups", "0", [4, 6, 3, 0]),
            ("groups", "no divisor of the inputs", [4, 6, 3, 3]),
            ("groups", "no divisor of the outputs", [4, 6, 3, 4]),
        ] {
            let layer = Layer::Convolution { inputs, outputs, kernel, groups, has_biases: true };
            spoiler.spoil(argument, how, |case| case.layers.push(layer));
        }
        spoiler.spoil("width", "0", |case| case.layers.push(Layer::Normalization { width: 0 }));
        spoiler.spoil("layers", "beyond 2⁶⁴ − 1", |case| {
            let (inputs, outputs) = (1 << 33, 1 << 32);
            case.layers.push(Layer::Dense { inputs, outputs, has_biases: false });
            case.perceptron.hidden.extend([inputs, outputs]);
        });
    }
}

const BAD_SHARES: [(&str, f64); 4] =
    [("negative", -0.25), ("per cent", 93.0), ("NaN", f64::NAN), ("infinite", f64::INFINITY)];
