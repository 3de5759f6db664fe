//! Clippings with one fault each, and a label.
//!
//! All stand on one plain `f64` clipping (`base`); the catalogue has the labels and the sentences.

mod base;
mod catalogue;

use super::{Clipping, Gradient, Gradients};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::{Real, Refusal};

/// A clipping with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// Only what is above τ is clipped.
    OneSide,
    /// What is below −τ becomes τ.
    SignLost,
    /// The larger with τ, the smaller with −τ.
    OrderSwapped,
    /// What is beyond becomes 0.
    ValueZeroed,
    /// All elements are scaled until the largest is τ.
    ValueScaled,
    /// −0 becomes +0.
    NegativeZero,
    /// τ is rounded to the nearest number of `T`.
    ThresholdNearest,
    /// The largest magnitude for the norm.
    MaxNorm,
    /// The sum of magnitudes for the norm.
    L1,
    /// The sum of squares for the norm.
    RootMissing,
    /// The root of the mean of the squares for the norm.
    MeanSquare,
    /// The sum of the norms of the tensors.
    NormsAdded,
    /// The sum of squares overflows.
    Overflow,
    /// The sum of squares underflows.
    Underflow,
    /// The sum is taken in `T`.
    SingleSum,
    /// The same from the end; no mistake by itself.
    Backwards,
    /// A norm beyond the range becomes the largest number.
    Saturates,
    /// A number is added to the squares.
    NormEpsilon,
    /// τ·min(1/N, 1/τ).
    Reciprocal,
    /// Scaled to τ also from below.
    AlwaysScales,
    /// An infinite threshold is refused.
    UnlimitedRefused,
    /// 10⁻⁶ is added to the norm.
    Epsilon,
    /// Nothing is clipped.
    Disabled,
    /// Each element is clipped for itself.
    Elementwise,
    /// Each tensor is clipped for itself.
    PerTensor,
    /// The norm after clipping is returned.
    ReturnsClipped,
    /// The norm is rounded to `T` before it divides.
    NormRounded,
    /// The factor is rounded to `T`.
    SingleProduct,
    /// Subnormal results are rounded to nearest.
    NearestSubnormal,
    /// Only norms below the threshold are left alone, and (g/N)·τ.
    Strict,
    /// Threshold 0 is taken for none.
    ZeroUnlimited,
    /// NaN and infinities are not refused.
    NonFiniteAccepted,
    /// The factor of an infinite norm is 0.
    InfinityZeroes,
    /// By value NaN becomes τ.
    NanEaten,
    /// Only what is not finite becomes 0.
    ReplacesElements,
    /// Only tensors that are not finite become 0.
    ReplacesTensor,
    /// The threshold is not checked.
    ThresholdUnchecked,
    /// The lengths of results are not checked.
    LengthUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// Results are cleared before the check.
    PartialWrite,
    /// No element is refused.
    EmptyRefused,
    /// Each thread adds up its share.
    Threads,
    /// Another level adds up in another order.
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
            Self::ThresholdUnchecked => argument == "threshold",
            Self::LengthUnchecked => argument.starts_with("result"),
            Self::NonFiniteAccepted => argument == "gradient",
            _ => false,
        }
    }
}

impl Faulty<Fault> {
    /// Lets through what the fault lets through.
    fn admit(
        self,
        checked: Result<(), Refusal>,
        threshold: f64,
        length: usize,
    ) -> Result<(), Refusal> {
        match (self.fault, checked) {
            (Fault::EmptyRefused, Ok(())) if length == 0 => {
                Err(Refusal::invalid("gradient", "0 elements long", "at least one element"))
            }
            (Fault::UnlimitedRefused, Ok(())) if threshold.is_infinite() => {
                Err(Refusal::invalid("threshold", threshold, "finite"))
            }
            (fault, checked) => {
                admitted(checked, |name| fault.overlooks(name), fault == Fault::Misnamed)
            }
        }
    }

    /// What a refused call writes nevertheless.
    fn clears<T: Real>(self, admitted: &Result<(), Refusal>, result: &mut [T]) {
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            result.fill(T::from_f64(0.0));
        }
    }
}

/// As far as both go.
fn write<T: Real>(values: &[T], to: &mut [T]) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to = *value);
}

impl<T: Real> Clipping<T> for Mistake {
    fn by_value(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        let Gradient { threshold, non_finite, gradient } = *input;
        let admitted = self.admit(input.check(result), threshold, gradient.len());
        self.clears(&admitted, result);
        admitted?;
        write(&self.clipped_by_value(gradient, threshold, non_finite), result);
        Ok(())
    }

    fn norm(&self, tensors: &[&[T]]) -> Result<T, Refusal> {
        Ok(T::from_f64(Self::norm(*self, tensors).value()))
    }

    fn norm_in_parts(&self, parts: &[&[T]]) -> Result<T, Refusal> {
        Ok(T::from_f64(Self::norm(*self, parts).value()))
    }

    fn by_norm(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<T, Refusal> {
        let Gradient { threshold, non_finite, gradient } = *input;
        let admitted = self.admit(input.check(result), threshold, gradient.len());
        self.clears(&admitted, result);
        admitted?;
        let (clipped, norm) = self.clipped(&[gradient], threshold, non_finite);
        write(&clipped[0], result);
        Ok(norm)
    }

    fn by_global_norm(
        &self,
        input: &Gradients<'_, T>,
        results: &mut [&mut [T]],
    ) -> Result<T, Refusal> {
        let Gradients { threshold, non_finite, tensors } = *input;
        let length = tensors.iter().map(|tensor| tensor.len()).sum();
        let admitted = self.admit(input.check(results), threshold, length);
        results.iter_mut().for_each(|result| self.clears(&admitted, result));
        admitted?;
        let (clipped, norm) = self.clipped(tensors, threshold, non_finite);
        results.iter_mut().zip(&clipped).for_each(|(result, clipped)| write(clipped, result));
        Ok(norm)
    }
}

faulty_targets!(clipping, Clipping, Fault::LevelBits => Fault::Backwards);
