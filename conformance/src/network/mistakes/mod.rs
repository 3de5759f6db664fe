//! Networks with one fault each, and a label.
//!
//! All stand on one plain `f64` network (`base`, `losses`, `backward`, `step`); the catalogue has the labels and the
//! sentences.

mod backward;
mod base;
mod catalogue;
mod losses;
mod step;

use base::{Aim, Run, wide};

use super::{Batch, Layer, Net, Network, Rule, Taken};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::{Real, Refusal};

/// A network with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// W is read as inputs × outputs.
    Transposed,
    /// Biases are forgotten.
    NoBias,
    /// Inference multiplies by 1 − p.
    ScaleAtInference,
    /// Inference takes the batch's statistics.
    BatchAtInference,
    /// Training takes the running statistics.
    RunningInTraining,
    /// The batch is normalised with the unbiased variance.
    UnbiasedForward,
    /// Kept values are not divided by 1 − p.
    NoScale,
    /// The logarithm is that of base 2.
    Log2,
    /// The loss is a sum over the rows.
    SumLoss,
    /// A softmax stands before the softmax.
    SoftmaxTwice,
    /// The gradient of the class is p, not p − 1.
    NoOneHot,
    /// The squared error is divided by the outputs too.
    MeanOverElements,
    /// The squared error has no ½.
    NoHalf,
    /// The bias gradient is divided by m once more.
    BiasMean,
    /// The bias gradient is 0.
    NoBiasGradient,
    /// dW is stored as inputs × outputs.
    GradientTransposed,
    /// dγ is the sum of dy·x.
    GammaByInput,
    /// The mean's path is forgotten.
    NoMeanPath,
    /// γ stands outside the means of a row.
    GammaOutside,
    /// μ and σ² are taken for constants.
    Constants,
    /// The gradient passes a dropout without the mask.
    MaskNotInBackward,
    /// f′(y) for f′(x).
    SlopeAtOutput,
    /// Where the gradient is negative it is cut, not where x is.
    MaskOfGradient,
    /// Activations are passed as if they were the identity.
    NoSlope,
    /// The gradient by the input is 0.
    NoInputGradient,
    /// Biases are penalised.
    DecayOnBiases,
    /// γ and β are penalised.
    DecayOnNorm,
    /// The penalty is part of the loss that is told.
    PenaltyInLoss,
    /// 2λ·w.
    PenaltyTwice,
    /// Each tensor is clipped for itself.
    ClipPerTensor,
    /// The penalty comes after clipping.
    ClipBeforePenalty,
    /// Each element is clipped for itself.
    ClipByValue,
    /// The norm after clipping is told.
    NormAfter,
    /// Parameters move along the gradient.
    Ascent,
    /// Weights move before the gradient passes them.
    LayerByLayer,
    /// The running variance is biased.
    RunningBiased,
    /// w is the weight of the old.
    RunningSwapped,
    /// Running statistics stay.
    RunningForgotten,
    /// The last step's gradient is still there.
    Accumulates,
    /// e^z of the logits themselves.
    Overflow,
    /// Lengths and widths are not checked.
    LengthsUnchecked,
    /// One row is accepted for a batch norm.
    OneRowAccepted,
    /// Outputs are cleared before the check.
    PartialWrite,
    /// Settings are not checked.
    NumbersUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// A step with NaN is taken.
    NanApplied,
    /// Each thread adds up its rows in `T`.
    Threads,
}

/// Every mistake.
#[must_use]
pub fn all() -> &'static [Mistake] {
    catalogue::ALL
}

pub(super) const BASE: Mistake = Faulty::planted(Fault::None, "base", "", "nothing", "nothing");

impl Fault {
    /// Whether a refusal of this argument is not made.
    fn overlooks(self, argument: &str) -> bool {
        match self {
            Self::LengthsUnchecked => !["layers", "rows", "gradient"]
                .iter()
                .chain(&SETTINGS)
                .any(|other| *other == argument),
            Self::OneRowAccepted => argument == "rows",
            Self::NumbersUnchecked => SETTINGS.contains(&argument),
            _ => false,
        }
    }
}

/// What a layer or a step is set to.
const SETTINGS: [&str; 7] = [
    "epsilon",
    "weight_of_new",
    "slope",
    "drop_probability",
    "learning_rate",
    "lambda",
    "threshold",
];

impl Faulty<Fault> {
    /// Lets through what the fault lets through; writes what it writes nevertheless.
    fn admit<T: Real, R>(
        self,
        checked: Result<R, Refusal>,
        outputs: &mut [&mut [T]],
    ) -> Result<(), Refusal> {
        let checked = checked.map(|_| ());
        let admitted =
            admitted(checked, |name| self.fault.overlooks(name), self.fault == Fault::Misnamed);
        self.clears(&admitted, outputs);
        admitted
    }

    fn clears<T: Real>(self, admitted: &Result<(), Refusal>, outputs: &mut [&mut [T]]) {
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            outputs.iter_mut().for_each(|output| output.fill(T::from_f64(0.0)));
        }
    }
}

/// As far as both go.
fn write<T: Real>(values: &[f64], to: &mut [T]) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to = T::from_f64(*value));
}

impl<T: Real> Network<T> for Mistake {
    fn inference(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(net.check_inference(rows, x, y), &mut [y])?;
        let trail = Run::new(*self, net, rows, x, &[]).forward(false);
        write(&trail.values[net.layers.len()], y);
        Ok(())
    }

    fn forward(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: &[bool],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(net.check_forward(rows, x, keep, y), &mut [y])?;
        let trail = Run::new(*self, net, rows, x, keep).forward(true);
        write(&trail.values[net.layers.len()], y);
        Ok(())
    }

    fn loss(&self, net: &Net<'_, T>, batch: &Batch<'_, T>) -> Result<T, Refusal> {
        self.admit::<T, _>(batch.check(net), &mut [])?;
        let run = Run::on(*self, net, batch);
        let trail = run.forward(true);
        Ok(T::from_f64(run.loss(&Aim::of(batch.goal), &trail.values[net.layers.len()])))
    }

    fn gradients(
        &self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        dx: &mut [T],
        dparameters: &mut [T],
    ) -> Result<(), Refusal> {
        let checked = batch.check_gradients(net, dx, dparameters);
        self.admit(checked, &mut [&mut *dx, &mut *dparameters])?;
        let run = Run::on(*self, net, batch);
        let (by_x, by_parameters) = run.gradients(&Aim::of(batch.goal), &run.forward(true), None);
        write(&by_x, dx);
        write(&by_parameters, dparameters);
        Ok(())
    }

    fn step(
        &self,
        layers: &[Layer],
        batch: &Batch<'_, T>,
        rule: &Rule,
        parameters: &mut [T],
        statistics: &mut [T],
    ) -> Result<Taken<T>, Refusal> {
        let net = Net { layers, parameters: &*parameters, statistics: &*statistics };
        let run = Run::on(*self, &net, batch);
        let checked = batch.check(&net).and_then(|_| rule.check());
        self.admit(checked, &mut [&mut *parameters, &mut *statistics])?;
        let after = run.step(&Aim::of(batch.goal), rule);
        let refused = after.as_ref().map(|_| ()).map_err(Clone::clone);
        self.admit(refused, &mut [&mut *parameters, &mut *statistics])?;
        let (moved, averaged, [loss, penalty, norm]) = after?;
        write(&moved, parameters);
        write(&averaged, statistics);
        run.ended(wide(parameters));
        let [loss, penalty, norm] = [loss, penalty, norm].map(T::from_f64);
        Ok(Taken { loss, penalty, norm })
    }
}

faulty_targets!(network, Network);
