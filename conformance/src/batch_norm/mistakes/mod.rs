//! Batch normalisations with one fault each, and a label: the catalogue, and the functions that only
//! batch normalisation has. The base and the faults are in `normalization::mistakes`.

mod catalogue;
mod inference;
mod inference_backward;
mod merge;

use super::{
    Backward, Batch, BatchNorm, Forward, Gradients, Inference, InferenceBackward, Running,
};
use crate::{Real, Refusal, Target, normalization};

/// A batch normalisation with one fault.
pub type Mistake = normalization::Mistake<Batch>;

/// Every mistake: of forward, inference and running statistics, backward, arguments, bits and merging.
#[must_use]
pub fn all() -> &'static [Mistake] {
    &catalogue::ALL
}

impl<T: Real> BatchNorm<T> for Mistake {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.run_forward(&input.tensors(), input.check(y), y)
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
        inference::train_step(self.fault, self.slip, input, running, y);
        Ok(())
    }

    fn forward_in_parts(
        &self,
        input: &Forward<'_, T>,
        split: usize,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(input.shape, input.check(y), [&mut *y])?;
        inference::forward_in_parts(self.fault, input, split, y);
        Ok(())
    }

    fn inference(&self, input: &Inference<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.admit(input.shape, input.check(y), [&mut *y])?;
        inference::inference(self.fault, input, y);
        Ok(())
    }

    fn backward(&self, input: &Backward<'_, T>, to: Gradients<'_, T>) -> Result<(), Refusal> {
        self.run_backward(&input.tensors(), input.check(&to), to)
    }

    fn inference_backward(
        &self,
        input: &InferenceBackward<'_, T>,
        to: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        let checked = input.check(&to);
        self.admit(input.shape, checked, [to.dx, to.dgamma, to.dbeta])?;
        inference_backward::inference_backward(self.fault, input, to);
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
        self.other_levels()
    }

    /// They claim everything, so that every bound is checked.
    fn promises(&self) -> bool {
        true
    }
}
