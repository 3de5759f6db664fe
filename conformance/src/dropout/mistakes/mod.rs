//! Dropouts with one fault each, and a label.
//!
//! All stand on the map in plain `f64` and on a mask and a factor (`base`); the catalogue has the
//! labels and the sentences.

mod base;
mod catalogue;

use super::contract::{BACKWARD, FORWARD};
use super::{Dropout, Given, Seeded, check_probability};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::refusal::check_length;
use crate::{Draw, Real, Refusal};

/// A dropout with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// Kept values are not scaled.
    NoScale,
    /// Scaled by 1/p.
    ScaleOverP,
    /// Scaled twice.
    DoubleScale,
    /// Multiplied by 0 in place of selected.
    Multiply,
    /// p = 0 goes through the scale of a number near 1.
    ZeroChanges,
    /// 0·∞ at p = 1.
    OneIsNan,
    /// Drops in inference.
    AtInference,
    /// Scales in inference, by 1 − p.
    TestScale,
    /// NaN becomes 0.
    NanCleaned,
    /// Backward passes everything.
    BackwardUnmasked,
    /// Backward does not scale.
    BackwardUnscaled,
    /// Backward draws a mask of its own.
    BackwardRedraws,
    /// What is 0 already is not dropped: the mask depends on the values.
    SkipsZeros,
    /// Drops nothing.
    Never,
    /// p is taken for the probability to keep.
    KeepForDrop,
    /// Rows of 32 share their draws.
    RowsShare,
    /// Elements in the order of the blocks.
    ElementOrder,
    /// High half first.
    HalvesSwapped,
    /// Eight bits decide.
    EightBits,
    /// Sixteen bits decide.
    SixteenBits,
    /// The threshold itself is dropped too.
    OffByOne,
    /// The number of the stream is ignored.
    NumberIgnored,
    /// The step is ignored.
    StepIgnored,
    /// Scaled in the arithmetic of `T`.
    SingleArithmetic,
    /// Probabilities are not checked.
    ProbabilityUnchecked,
    /// p = 1 is refused.
    OneRefused,
    /// The length of the mask is not checked.
    LengthUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// Outputs are cleared before the check.
    PartialWrite,
    /// No element is refused.
    EmptyRefused,
    /// Each thread has a stream of its own.
    Threads,
    /// Another level draws in another order.
    LevelBits,
    /// Every part begins at element 0.
    PartRestarts,
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

    fn check_probability(self, drop_probability: f64) -> Result<(), Refusal> {
        if self.fault == Fault::OneRefused && drop_probability == 1.0 {
            return Err(Refusal::invalid("drop_probability", 1.0, "from 0 to below 1"));
        }
        check_probability(drop_probability)
    }

    fn seeded<T: Real>(
        self,
        input: &Seeded<'_, T>,
        names: [&'static str; 2],
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let Seeded { draw, drop_probability, values } = *input;
        let checked =
            self.check_probability(drop_probability).and_then(|()| input.check(names, out));
        self.admit(checked, out)?;
        let keep: Vec<bool> = (0..values.len())
            .map(|k| self.keeps(draw, k, values.len(), drop_probability, names == BACKWARD))
            .collect();
        self.apply(values, &keep, drop_probability, names == BACKWARD, out);
        Ok(())
    }

    fn given<T: Real>(
        self,
        input: &Given<'_, T>,
        names: [&'static str; 2],
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let Given { keep, drop_probability, values } = *input;
        let checked =
            self.check_probability(drop_probability).and_then(|()| input.check(names, out));
        self.admit(checked, out)?;
        self.apply(values, keep, drop_probability, names == BACKWARD, out);
        Ok(())
    }
}

impl Fault {
    /// Whether a refusal of this argument is not made.
    fn overlooks(self, argument: &str) -> bool {
        match self {
            Self::ProbabilityUnchecked => argument == "drop_probability",
            Self::LengthUnchecked => argument == "keep",
            _ => false,
        }
    }
}

impl<T: Real> Dropout<T> for Mistake {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn is_dropped(&self, drop_probability: f64, half: u16, tie: u32) -> Result<bool, Refusal> {
        self.admit::<T>(self.check_probability(drop_probability), &mut [])?;
        Ok(base::is_dropped(self.fault, drop_probability, half, tie))
    }

    fn mask(&self, draw: Draw, drop_probability: f64, keep: &mut [bool]) -> Result<(), Refusal> {
        let checked = draw.check(keep.len()).and(self.check_probability(drop_probability));
        if checked.is_err() && self.fault == Fault::PartialWrite {
            keep.fill(false);
        }
        self.admit::<T>(checked, &mut [])?;
        let length = keep.len();
        for (k, keep) in keep.iter_mut().enumerate() {
            *keep = self.keeps(draw, k, length, drop_probability, false);
        }
        Ok(())
    }

    fn forward(&self, input: &Seeded<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.seeded(input, FORWARD, y)
    }

    fn backward(&self, input: &Seeded<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        self.seeded(input, BACKWARD, dx)
    }

    fn forward_given(&self, input: &Given<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.given(input, FORWARD, y)
    }

    fn backward_given(&self, input: &Given<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        self.given(input, BACKWARD, dx)
    }

    fn inference(&self, x: &[T], y: &mut [T]) -> Result<(), Refusal> {
        self.admit(check_length("y", y, x.len()), y)?;
        for (k, (y, x)) in y.iter_mut().zip(x).enumerate() {
            *y = match self.fault {
                Fault::AtInference if k % 2 == 0 => T::from_f64(0.0),
                Fault::TestScale => T::from_f64(0.5 * x.to_f64()),
                _ => *x,
            };
        }
        Ok(())
    }
}

faulty_targets!(dropout, Dropout, Fault::LevelBits => Fault::HalvesSwapped);
