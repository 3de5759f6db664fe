//! Activations with one fault each, and a label.
//!
//! All stand on the textbook formulas in plain `f64`, in their stable form (`base`); the catalogue has the
//! labels and the sentences.

mod base;
mod catalogue;

use super::{Activation, Backward, Curve, Forward, FromOutput};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::{Real, Refusal};

/// An activation with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// 1/(1 + eˣ).
    SigmoidSign,
    /// A straight line with clipped ends.
    HardSigmoid,
    /// 2·sigmoid(x) − 1.
    TanhHalf,
    /// (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) for all but far x.
    TanhCancels,
    /// Positive values are capped at 6.
    Capped,
    /// |x| in place of 0.
    Absolute,
    /// The slope is on the positive side.
    SlopeOnRight,
    /// The slope is 0.01, whatever is asked.
    SlopeConstant,
    /// The slope is ignored: ReLU.
    SlopeIgnored,
    /// max(x, slope·x).
    LargerOfBoth,
    /// σ′ of σ(x).
    DerivativeOfOutput,
    /// dx = f′(x), without dy.
    NoUpstream,
    /// 1 − tanh x.
    TanhNoSquare,
    /// tanh itself for its derivative.
    TanhForDerivative,
    /// Masked by the sign of dy.
    MaskByGradient,
    /// Masked by dy and by x.
    Guided,
    /// The slope is missing in backward.
    BackwardSlopeMissing,
    /// The side is taken from y.
    SideFromOutput,
    /// A derivative of ½ at 0.
    HalfAtZero,
    /// The other side at 0.
    RightAtZero,
    /// e to a power by the bits of the number.
    FastExponential,
    /// Kept 10⁻⁷ from the ends.
    Clipped,
    /// NaN becomes 0.
    NanCleaned,
    /// NaN at the place spreads to the next element.
    NanSpreads,
    /// e^|x|/(e^|x| + 1).
    Overflows,
    /// (e²ˣ − 1)/(e²ˣ + 1).
    TanhOverflows,
    /// The slope of 0.01 in backward only.
    BackwardSlopeConstant,
    /// 1/(1 + e⁻ˣ) on the far left too.
    TailLost,
    /// σ·(1 − σ) and 1 − y², from a rounded y.
    DerivativeFromOutput,
    /// x·0 on the left of ReLU.
    NegativeZero,
    /// −0 loses its sign.
    ZeroUnsigned,
    /// A series below ½ that ends above the curve.
    Seam,
    /// Everything in the arithmetic of `T`.
    SingleForward,
    /// Backward in the arithmetic of `T`.
    SingleBackward,
    /// The left half by another formula.
    NotOdd,
    /// y is taken for x.
    OutputTakenForInput,
    /// Any slope is taken from y.
    SlopeNotTold,
    /// Slopes are not checked.
    SlopeUnchecked,
    /// The length of dy is not checked.
    LengthUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// Outputs are cleared before the check.
    PartialWrite,
    /// No element is refused.
    EmptyRefused,
    /// The first element of each thread is rounded otherwise.
    Threads,
    /// Another level rounds otherwise.
    LevelBits,
    /// The last elements go through another formula.
    TailElements,
}

/// Every mistake.
#[must_use]
pub fn all() -> &'static [Mistake] {
    catalogue::ALL
}

pub(super) const BASE: Mistake = Faulty::planted(Fault::None, "base", "", "nothing", "nothing");

impl Faulty<Fault> {
    /// Lets through what the fault lets through, and writes what it writes nevertheless.
    fn admit<T: Real>(self, checked: Result<(), Refusal>, out: &mut [T]) -> Result<(), Refusal> {
        let admitted = match (self.fault, checked) {
            (Fault::EmptyRefused, Ok(())) if out.is_empty() => {
                Err(Refusal::invalid("x", "0 elements long", "at least one element"))
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

    /// Writes what `one` gives for each element that there is.
    fn fill<T: Real>(self, x: &[T], out: &mut [T], one: impl Fn(usize) -> f64) {
        let length = x.len().min(out.len());
        for (i, out) in out.iter_mut().enumerate().take(length) {
            let value = one(i) * (1.0 + self.slip);
            *out = T::from_f64(self.of_place(value, x, i));
        }
    }

    /// What the place of an element changes.
    fn of_place<T: Real>(self, value: f64, x: &[T], i: usize) -> f64 {
        let share = || x.len().div_ceil(rayon::current_num_threads());
        let nudged = || value * (1.0 + 4.0 * T::UNIT_ROUNDOFF);
        match self.fault {
            Fault::NanSpreads if i > 0 && x[i - 1].is_nan() => f64::NAN,
            Fault::Threads if i.is_multiple_of(share()) => nudged(),
            Fault::TailElements if i >= x.len() / 8 * 8 => nudged(),
            _ => value,
        }
    }
}

impl Fault {
    /// Whether a refusal of this argument is not made.
    fn overlooks(self, argument: &str) -> bool {
        match self {
            Self::SlopeUnchecked => argument == "slope",
            Self::LengthUnchecked => argument == "dy",
            _ => false,
        }
    }
}

impl<T: Real> Activation<T> for Mistake {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.admit(input.check(y), y)?;
        self.fill(input.x, y, |i| base::forward::<T>(self.fault, input.curve, input.x[i].to_f64()));
        Ok(())
    }

    fn backward(&self, input: &Backward<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let Backward { curve, x, dy } = *input;
        self.admit(input.check(dx), dx)?;
        let upstream = |i: usize| dy.get(i).map_or(0.0, |dy| dy.to_f64());
        self.fill(x, dx, |i| base::backward::<T>(self.fault, curve, x[i].to_f64(), upstream(i)));
        Ok(())
    }

    fn backward_from_output(&self, input: &FromOutput<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let FromOutput { curve, y, dy } = *input;
        let checked = match (self.fault, curve) {
            (Fault::SlopeNotTold, Curve::LeakyRelu { .. }) => {
                let curve = curve.check().map(|()| Curve::Relu);
                curve.and_then(|curve| FromOutput { curve, y, dy }.check(dx))
            }
            _ => input.check(dx),
        };
        self.admit(checked, dx)?;
        let upstream = |i: usize| dy.get(i).map_or(0.0, |dy| dy.to_f64());
        self.fill(y, dx, |i| base::from_output(self.fault, curve, y[i].to_f64(), upstream(i)));
        Ok(())
    }
}

faulty_targets!(activation, Activation, Fault::LevelBits => Fault::TailElements);
