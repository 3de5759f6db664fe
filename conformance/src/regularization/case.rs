//! One input to every function of a regularisation, and how it is called.

use std::fmt;

use super::{Parameter, Penalty, Regularization, Role, Step};
use crate::arguments::{Spoiler, Spoilt, shorten};
use crate::brief::Brief;
use crate::call::{guarded, unwritten};
use crate::technique;
use crate::{Real, Refusal, Target};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// λ.
    pub lambda: f64,
    /// τ.
    pub threshold: f64,
    /// η.
    pub learning_rate: f64,
    /// The weights.
    pub w: Vec<T>,
    /// The gradient of the loss; what a gradient is written to has its length.
    pub gradient: Vec<T>,
    /// What the optimiser scales the gradient with.
    pub scale: Vec<T>,
    /// The penalty of the network.
    pub penalty: Penalty,
    /// The tensors of the network.
    pub network: Vec<(Role, Vec<T>)>,
}

/// So many values are shown.
const SHOWN: usize = 16;

impl<T: fmt::Debug> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lambda, threshold, learning_rate, w, gradient, scale, .. } = self;
        writeln!(
            f,
            "λ = {lambda:?}, τ = {threshold:?}, η = {learning_rate:?}, {} weights",
            w.len()
        )?;
        for (name, values) in [("w", w), ("gradient", gradient), ("scale", scale)] {
            writeln!(f, "{name} = {}", Brief(values))?;
        }
        write!(f, "{:?} of the network:", self.penalty)?;
        for (role, values) in self.network.iter().take(SHOWN) {
            write!(f, " {role:?} {}", Brief(values))?;
        }
        Ok(())
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Regularization::l1`].
    L1,
    /// [`Regularization::l2`].
    L2,
    /// [`Regularization::l1_gradient`].
    L1Gradient,
    /// [`Regularization::l2_gradient`].
    L2Gradient,
    /// [`Regularization::l1_proximal`].
    L1Proximal,
    /// [`Regularization::penalized_step`].
    PenalizedStep,
    /// [`Regularization::decayed_step`].
    DecayedStep,
    /// [`Regularization::network_penalty`].
    NetworkPenalty,
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[
        Self::L1,
        Self::L2,
        Self::L1Gradient,
        Self::L2Gradient,
        Self::L1Proximal,
        Self::PenalizedStep,
        Self::DecayedStep,
        Self::NetworkPenalty,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::L1 => "l1",
            Self::L2 => "l2",
            Self::L1Gradient => "l1_gradient",
            Self::L2Gradient => "l2_gradient",
            Self::L1Proximal => "l1_proximal",
            Self::PenalizedStep => "penalized_step",
            Self::DecayedStep => "decayed_step",
            Self::NetworkPenalty => "network_penalty",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::L1 | Self::L2 | Self::NetworkPenalty => &["lambda"],
            Self::L1Gradient | Self::L2Gradient => &["lambda", "gradient"],
            Self::L1Proximal => &["threshold", "result"],
            Self::PenalizedStep | Self::DecayedStep => {
                &["learning_rate", "lambda", "scale", "gradient", "result"]
            }
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::L1 | Self::L2 | Self::NetworkPenalty => &["penalty"],
            Self::L1Gradient | Self::L2Gradient => &["gradient"],
            Self::L1Proximal | Self::PenalizedStep | Self::DecayedStep => &["result"],
        }
    }
}

impl Function {
    /// The output before the call.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        vec![unwritten(match self {
            Self::L1 | Self::L2 | Self::NetworkPenalty => 1,
            Self::L1Gradient | Self::L2Gradient => case.gradient.len(),
            _ => case.w.len(),
        })]
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        target: &dyn Regularization<T>,
        case: &Case<T>,
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let Case { lambda, threshold, learning_rate, w, gradient, scale, .. } = case;
        let (lambda, learning_rate) = (*lambda, *learning_rate);
        let step = Step { learning_rate, lambda, scale, gradient, w };
        match self {
            Self::L1 => out[0] = target.l1(lambda, w)?,
            Self::L2 => out[0] = target.l2(lambda, w)?,
            Self::L1Gradient => target.l1_gradient(lambda, w, out)?,
            Self::L2Gradient => target.l2_gradient(lambda, w, out)?,
            Self::L1Proximal => target.l1_proximal(*threshold, w, out)?,
            Self::PenalizedStep => target.penalized_step(&step, out)?,
            Self::DecayedStep => target.decayed_step(&step, out)?,
            Self::NetworkPenalty => {
                out[0] = target.network_penalty(case.penalty, lambda, &case.parameters())?;
            }
        }
        Ok(())
    }
}

impl<T: Real> Case<T> {
    /// The network as the contract takes it.
    pub(super) fn parameters(&self) -> Vec<Parameter<'_, T>> {
        self.network.iter().map(|(role, values)| Parameter { role: *role, values }).collect()
    }

    /// The tensors of the network that are penalised.
    pub(super) fn weights(&self) -> Vec<&[T]> {
        let weights = self.network.iter().filter(|(role, _)| *role == Role::Weight);
        weights.map(|(_, values)| &**values).collect()
    }

    /// The output of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<T>, Refusal> {
        let regularization = target.regularization().ok_or(Refusal::NotOffered)?;
        let mut out = function.room(self).swap_remove(0);
        guarded(|| function.call(regularization, self, &mut out))?;
        Ok(out)
    }

    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        for (how, bad) in [
            ("negative", -0.1),
            ("just below 0", -f64::MIN_SUBNORMAL),
            ("NaN", f64::NAN),
            ("infinite", f64::INFINITY),
        ] {
            spoiler.spoil("lambda", how, |case| case.lambda = bad);
            spoiler.spoil("learning_rate", how, |case| case.learning_rate = bad);
            spoiler.spoil("threshold", how, |case| case.threshold = bad);
        }
        let one = T::from_f64(1.0);
        spoiler.spoil("scale", "one value short", |case| shorten(&mut case.scale));
        spoiler.spoil("scale", "one value long", |case| case.scale.push(one));
        spoiler.spoil("gradient", "one value short", |case| shorten(&mut case.gradient));
        spoiler.spoil("gradient", "one value long", |case| case.gradient.push(one));
        spoiler.shorten(&["result"]);
        spoiler.done()
    }
}
