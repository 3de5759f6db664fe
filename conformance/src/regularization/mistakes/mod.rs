//! Regularisations with one fault each, and a label.
//!
//! All stand on plain `f64` formulas and a sum by halves (`base`); the catalogue has the labels and the
//! sentences.

mod base;
mod catalogue;

use super::contract::{check_gradient, check_lambda, check_proximal};
use super::{Parameter, Penalty, Regularization, Step};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::{Real, Refusal};

/// A regularisation with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// Σw for Σ|w|.
    NoAbsolute,
    /// ½ before Σ|w| too.
    Half,
    /// L1 and L2 exchanged.
    Swapped,
    /// No ½.
    NoHalf,
    /// The norm, not its square.
    Root,
    /// Divided by the number of weights, penalty and gradient.
    Mean,
    /// Divided by the number of tensors.
    TensorMean,
    /// Biases are penalised.
    BiasToo,
    /// γ and β are penalised.
    AffineToo,
    /// Only the first tensor is penalised.
    FirstTensor,
    /// Squares in `T`.
    Overflow,
    /// Sums in `T`, one term after the other.
    SingleSum,
    /// λ·w for the gradient of L1.
    NoSign,
    /// λ for the gradient of L1, whatever the sign.
    SignLost,
    /// ±λ at 0.
    AtZero,
    /// 0/0 at 0.
    AtZeroNan,
    /// 2λ·w.
    Factor,
    /// −λ·w.
    Sign,
    /// The gradient is divided by the number of weights, the penalty is not.
    Disagree,
    /// Small weights change sign.
    NoStop,
    /// Hard threshold.
    Hard,
    /// −0 where a negative weight stops.
    ZeroSign,
    /// The penalty is subtracted from the gradient.
    StepSign,
    /// The penalty is added after the scale.
    StepUnscaled,
    /// s is left out.
    ScaleIgnored,
    /// The decay is scaled.
    Coupled,
    /// The decay is not multiplied by η.
    DecayWithoutRate,
    /// The decay is that of the weight after the step.
    DecayAfter,
    /// Weights grow.
    DecayGrows,
    /// Elements in the arithmetic of `T`.
    SingleArithmetic,
    /// NaN is left out of the sum.
    NanSkipped,
    /// sign(NaN) = 0.
    NanSign,
    /// max(NaN, 0) = 0.
    ProximalNan,
    /// λ is not checked.
    LambdaUnchecked,
    /// η and τ are not checked.
    RateUnchecked,
    /// Lengths are not checked.
    LengthUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// Outputs are cleared before the check.
    PartialWrite,
    /// No element is refused.
    EmptyRefused,
    /// The penalty of nothing is 0/0.
    EmptyNan,
    /// Each thread sums in `T`.
    Threads,
    /// Another level sums in another order.
    LevelBits,
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
            Self::LambdaUnchecked => argument == "lambda",
            Self::RateUnchecked => ["learning_rate", "threshold"].contains(&argument),
            Self::LengthUnchecked => ["scale", "gradient", "result"].contains(&argument),
            _ => false,
        }
    }
}

impl Faulty<Fault> {
    /// Lets through what the fault lets through, and writes what it writes nevertheless.
    fn admit<T: Real>(
        self,
        length: usize,
        checked: Result<(), Refusal>,
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let admitted = match (self.fault, checked) {
            (Fault::EmptyRefused, Ok(())) if length == 0 => {
                Err(Refusal::invalid("w", "0 elements long", "at least one element"))
            }
            (fault, checked) => {
                admitted(checked, |name| fault.overlooks(name), fault == Fault::Misnamed)
            }
        };
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            out.fill(T::from_f64(0.0));
        }
        admitted
    }

    fn sum<T: Real>(self, penalty: Penalty, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        self.admit::<T>(w.len(), check_lambda(lambda), &mut [])?;
        Ok(self.penalty(penalty, lambda, w))
    }

    fn gradient<T: Real>(
        self,
        penalty: Penalty,
        lambda: f64,
        w: &[T],
        gradient: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(w.len(), check_gradient(lambda, w, gradient), gradient)?;
        for (gradient, one) in gradient.iter_mut().zip(w) {
            *gradient = match penalty {
                Penalty::L1 => self.l1_gradient(lambda, *one, w.len()),
                Penalty::L2 => self.l2_gradient(lambda, *one, w.len()),
            };
        }
        Ok(())
    }

    fn update<T: Real>(
        self,
        is_decayed: bool,
        input: &Step<'_, T>,
        result: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(input.w.len(), input.check(result), result)?;
        for (i, result) in result.iter_mut().enumerate() {
            *result = self.step(is_decayed, input, i);
        }
        Ok(())
    }
}

impl<T: Real> Regularization<T> for Mistake {
    fn l1(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        self.sum(Penalty::L1, lambda, w)
    }

    fn l2(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        self.sum(Penalty::L2, lambda, w)
    }

    fn l1_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        self.gradient(Penalty::L1, lambda, w, gradient)
    }

    fn l2_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        self.gradient(Penalty::L2, lambda, w, gradient)
    }

    fn l1_proximal(&self, threshold: f64, w: &[T], result: &mut [T]) -> Result<(), Refusal> {
        self.admit(w.len(), check_proximal(threshold, w, result), result)?;
        for (result, w) in result.iter_mut().zip(w) {
            *result = self.proximal(threshold, *w);
        }
        Ok(())
    }

    fn penalized_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        self.update(false, input, result)
    }

    fn decayed_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        self.update(true, input, result)
    }

    fn network_penalty(
        &self,
        penalty: Penalty,
        lambda: f64,
        parameters: &[Parameter<'_, T>],
    ) -> Result<T, Refusal> {
        self.admit::<T>(parameters.len(), check_lambda(lambda), &mut [])?;
        Ok(self.network(penalty, lambda, parameters))
    }
}

faulty_targets!(regularization, Regularization, Fault::LevelBits => Fault::SingleSum);
