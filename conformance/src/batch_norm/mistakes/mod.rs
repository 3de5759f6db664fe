//! Batch normalisations with one fault each, and a label.
//!
//! All stand on one plain base ([`Mistake::BASE`], no fault) in `f64` that shares no code with the
//! reference: formula by formula in `base`, `merge`, `forward` and `backward`; the faults and the steps they
//! change in `fault`; labels, clauses and sentences in `catalogue`. A fault that is a matter of
//! rounding computes in the arithmetic of `T`; the others round once at the end, so that nothing but
//! the fault shows.

mod backward;
mod base;
mod catalogue;
mod fault;
mod forward;
mod merge;
#[cfg(test)]
mod tests;

use fault::Fault;

use super::{Backward, BatchNorm, Forward, Gradients, Inference, InferenceBackward, Running};
use crate::mistake::MistakeInfo;
use crate::{Real, Refusal, Shape, Target};

/// A batch normalisation with one fault.
#[derive(Debug, Clone, Copy)]
pub struct Mistake {
    /// Its label, and what is known of it.
    pub info: MistakeInfo,
    fault: Fault,
    /// How far the mean of a training batch is off, in units of the largest |x|.
    slip: f64,
}

/// Every mistake: of forward, inference and running statistics, backward, arguments, bits and merging.
#[must_use]
pub fn all() -> &'static [Mistake] {
    &catalogue::ALL
}

/// The mistake of that label; `bn-base` gives the base.
#[must_use]
pub fn by_label(label: &str) -> Option<Mistake> {
    let mut every = all().iter().chain([&Mistake::BASE]);
    every.find(|mistake| mistake.info.label == label).copied()
}

impl Mistake {
    /// The base of all mistakes, without a fault: a control, not in [`all`].
    pub const BASE: Self = catalogue::BASE;

    /// The same with a mean that is off by `slip` times the channel's largest |x|, as by another
    /// order of summation: what diagnosis must allow for.
    pub(super) const fn slipped(self, slip: f64) -> Self {
        Self { slip, ..self }
    }

    /// Checks the arguments as the fault does; what is refused may have been written to all the same.
    fn admit<T: Real, const N: usize>(
        self,
        shape: Shape,
        checked: Result<(), Refusal>,
        outputs: [&mut [T]; N],
    ) -> Result<(), Refusal> {
        let admitted = self.fault.admit(shape, checked);
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            outputs.into_iter().for_each(|output| output.fill(T::from_f64(0.0)));
        }
        admitted
    }
}

impl<T: Real> BatchNorm<T> for Mistake {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.admit(input.shape, input.check(y), [&mut *y])?;
        forward::forward(self.fault, self.slip, input, y);
        Ok(())
    }

    fn train_step(
        &self,
        input: &Forward<'_, T>,
        running: Running<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(input.shape, input.check(y), [&mut *y, running.mean, running.variance])?;
        let checked = running.check(input.shape);
        self.admit(input.shape, checked, [&mut *y, running.mean, running.variance])?;
        forward::train_step(self.fault, self.slip, input, running, y);
        Ok(())
    }

    fn forward_in_parts(
        &self,
        input: &Forward<'_, T>,
        split: usize,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(input.shape, input.check(y), [&mut *y])?;
        forward::forward_in_parts(self.fault, input, split, y);
        Ok(())
    }

    fn inference(&self, input: &Inference<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.admit(input.shape, input.check(y), [&mut *y])?;
        forward::inference(self.fault, input, y);
        Ok(())
    }

    fn backward(&self, input: &Backward<'_, T>, to: Gradients<'_, T>) -> Result<(), Refusal> {
        let checked = input.check(&to);
        self.admit(input.shape, checked, [to.dx, to.dgamma, to.dbeta])?;
        backward::backward(self.fault, self.slip, input, to);
        Ok(())
    }

    fn inference_backward(
        &self,
        input: &InferenceBackward<'_, T>,
        to: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        let checked = input.check(&to);
        self.admit(input.shape, checked, [to.dx, to.dgamma, to.dbeta])?;
        backward::inference_backward(self.fault, input, to);
        Ok(())
    }
}

impl<T: Real> Target<T> for Mistake {
    fn name(&self) -> String {
        self.info.label.into()
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(self)
    }

    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        if self.fault != Fault::LevelBits {
            return Vec::new();
        }
        let other = Self { fault: Fault::SummedBackwards, ..*self };
        vec![("other-level".into(), Box::new(other))]
    }

    /// They claim everything, so that every bound is checked.
    fn promises(&self) -> bool {
        true
    }
}
