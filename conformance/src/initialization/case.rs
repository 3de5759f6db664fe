//! One input to every function of an initialisation, and how it is called.

use std::fmt;
use std::marker::PhantomData;

use super::{Fan, Initialization, Layer, Plan, Scheme};
use crate::arguments::{Spoiler, Spoilt, shorten};
use crate::brief::Brief;
use crate::call::{guarded, unwritten};
use crate::technique;
use crate::{Real, Refusal, Stream, Target};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// What is drawn.
    pub plan: Plan,
    /// With which words.
    pub stream: Stream,
    /// The standard draws of the function that is given them.
    pub draws: Vec<f64>,
    /// The precision of the weights.
    pub precision: PhantomData<T>,
}

impl<T> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan: Plan { layer, scheme, family }, stream, draws, .. } = self;
        writeln!(f, "{layer:?}")?;
        writeln!(f, "{scheme:?}, {family:?}")?;
        writeln!(f, "{stream}")?;
        write!(f, "draws = {}", Brief(draws))
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Initialization::fans`].
    Fans,
    /// [`Initialization::spread`].
    Spread,
    /// [`Initialization::weights_given`].
    WeightsGiven,
    /// [`Initialization::weights`].
    Weights,
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[Self::Fans, Self::Spread, Self::WeightsGiven, Self::Weights];

    fn name(self) -> &'static str {
        match self {
            Self::Fans => "fans",
            Self::Spread => "spread",
            Self::WeightsGiven => "weights_given",
            Self::Weights => "weights",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Fans => &["inputs", "outputs", "kernel", "groups", "shape"],
            Self::Spread => &["inputs", "outputs", "kernel", "groups", "shape", "gain", "slope"],
            Self::WeightsGiven => {
                &["inputs", "outputs", "kernel", "groups", "shape", "gain", "slope", "draws", "w"]
            }
            Self::Weights => {
                &["inputs", "outputs", "kernel", "groups", "shape", "gain", "slope", "w"]
            }
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::Fans => &["fan_in", "fan_out"],
            Self::Spread => &["spread"],
            Self::WeightsGiven | Self::Weights => &["w"],
        }
    }
}

impl Function {
    /// The outputs before the call.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        match self {
            Self::Fans => vec![unwritten(1), unwritten(1)],
            Self::Spread => vec![unwritten(1)],
            _ => vec![unwritten(case.plan.layer.weights().unwrap_or(0))],
        }
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        initialization: &dyn Initialization<T>,
        case: &Case<T>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal> {
        let Case { plan, stream, draws, .. } = case;
        match self {
            Self::Fans => {
                let fans = initialization.fans(plan.layer)?;
                to.iter_mut().zip(fans).for_each(|(to, fan)| to[0] = T::from_f64(fan as f64));
                Ok(())
            }
            Self::Spread => {
                to[0][0] = T::from_f64(initialization.spread(plan)?);
                Ok(())
            }
            Self::WeightsGiven => initialization.weights_given(plan, draws, &mut to[0]),
            Self::Weights => initialization.weights(plan, *stream, &mut to[0]),
        }
    }
}

impl<T: Real> Case<T> {
    /// The weights of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<T>, Refusal> {
        let initialization = target.initialization().ok_or(Refusal::NotOffered)?;
        let mut to = function.room(self);
        guarded(|| function.call(initialization, self, &mut to))?;
        Ok(to.swap_remove(0))
    }

    /// The same input to another plan, with as many draws as it has weights.
    #[must_use]
    pub fn with(&self, plan: Plan) -> Self {
        let count = plan.layer.weights().unwrap_or(0);
        let draws = self.draws.iter().copied().cycle().take(count).collect();
        Self { plan, draws, ..self.clone() }
    }

    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let grouped = Layer::Convolution { inputs: 4, outputs: 6, kernel: 3, groups: 2 };
        let valid = self.with(Plan { layer: grouped, ..self.plan });
        let mut spoiler = Spoiler::new(&valid);
        for (argument, how, [inputs, outputs, kernel, groups]) in [
            ("inputs", "of none", [0, 6, 3, 2]),
            ("outputs", "of none", [4, 0, 3, 2]),
            ("kernel", "of nothing", [4, 6, 0, 2]),
            ("groups", "of none", [4, 6, 3, 0]),
            ("groups", "that do not divide the inputs", [4, 6, 3, 3]),
            ("groups", "that do not divide the outputs", [4, 6, 3, 4]),
        ] {
            let layer = Layer::Convolution { inputs, outputs, kernel, groups };
            spoiler.spoil(argument, how, |case| case.plan.layer = layer);
        }
        for (argument, inputs, outputs) in [("inputs", 0, 3), ("outputs", 3, 0)] {
            let layer = Layer::Dense { inputs, outputs };
            spoiler.spoil(argument, "of a dense layer, none", |case| case.plan.layer = layer);
        }
        let absurd = Layer::Dense { inputs: usize::MAX / 2, outputs: 3 };
        spoiler.spoil_beyond_memory("shape", |case| case.plan.layer = absurd);
        for (how, gain) in [("0", 0.0), ("negative", -1.0), ("NaN", f64::NAN), ("∞", f64::INFINITY)]
        {
            spoiler.spoil("gain", how, |case| case.plan.scheme = Scheme::Xavier { gain });
        }
        for (how, slope) in [("NaN", f64::NAN), ("infinite", f64::NEG_INFINITY)] {
            let scheme = Scheme::He { fan: Fan::In, slope };
            spoiler.spoil("slope", how, |case| case.plan.scheme = scheme);
        }
        spoiler.spoil("draws", "one value short", |case| shorten(&mut case.draws));
        spoiler.spoil("draws", "one value long", |case| case.draws.push(0.5));
        spoiler.shorten(&["w"]);
        spoiler.done()
    }
}
