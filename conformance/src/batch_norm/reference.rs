//! `evenkeel-reference` in the contract: the first target of the suite, and one of its judges.
//!
//! A tensor of layout (outer, channels, inner) becomes a matrix of m = outer·inner rows and a column
//! per channel. `f32` data is widened, which is exact; results are rounded once.

use evenkeel_reference::batch_norm as reference;
use evenkeel_reference::batch_norm::RunningVariance;
use nalgebra::{DMatrix, DVector};

use super::{
    Backward, BatchNorm, Forward, Gradients, Inference, InferenceBackward, Running, Variance,
};
use crate::{Real, Refusal, Shape, Target};

/// The scalar `f64` formulas of `evenkeel-reference`, as a target in either precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reference;

impl<T: Real> Target<T> for Reference {
    fn name(&self) -> String {
        "reference".into()
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(self)
    }
}

impl<T: Real> BatchNorm<T> for Reference {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        let step = forward(input).map_err(refusal)?;
        write_tensor(input.shape, &step.output, y);
        Ok(())
    }

    fn train_step(
        &self,
        input: &Forward<'_, T>,
        running: Running<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        input.check(y)?;
        running.check(input.shape)?;
        let step = forward(input).map_err(refusal)?;
        let (mean, variance) = moved(input.shape, &running, &step).map_err(refusal)?;
        write_tensor(input.shape, &step.output, y);
        write_vector(&mean, running.mean);
        write_vector(&variance, running.variance);
        Ok(())
    }

    fn inference(&self, input: &Inference<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        let output = inference(input).map_err(refusal)?;
        write_tensor(input.shape, &output, y);
        Ok(())
    }

    fn backward(
        &self,
        input: &Backward<'_, T>,
        gradients: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        input.check(&gradients)?;
        let result = backward(input).map_err(refusal)?;
        write_gradients(input.shape, &result, gradients);
        Ok(())
    }

    fn inference_backward(
        &self,
        input: &InferenceBackward<'_, T>,
        gradients: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        input.check(&gradients)?;
        let result = inference_backward(input).map_err(refusal)?;
        write_gradients(input.shape, &result, gradients);
        Ok(())
    }
}

/// The reference's forward pass with all its steps.
pub(super) fn forward<T: Real>(
    input: &Forward<'_, T>,
) -> Result<reference::Forward, evenkeel_reference::Error> {
    reference::forward(
        &matrix(input.shape, input.x),
        &vector(input.gamma),
        &vector(input.beta),
        input.epsilon,
    )
}

/// The reference's gradients of training.
pub(super) fn backward<T: Real>(
    input: &Backward<'_, T>,
) -> Result<reference::Gradients, evenkeel_reference::Error> {
    reference::backward(
        &matrix(input.shape, input.x),
        &vector(input.gamma),
        input.epsilon,
        &matrix(input.shape, input.dy),
    )
}

/// The reference's x̂ by the given statistics.
pub(super) fn normalize<T: Real>(
    input: &Inference<'_, T>,
) -> Result<DMatrix<f64>, evenkeel_reference::Error> {
    reference::normalize(
        &matrix(input.shape, input.x),
        &vector(input.mean),
        &vector(input.variance),
        input.epsilon,
    )
}

/// The reference's y by the given statistics.
pub(super) fn inference<T: Real>(
    input: &Inference<'_, T>,
) -> Result<DMatrix<f64>, evenkeel_reference::Error> {
    reference::inference(
        &matrix(input.shape, input.x),
        &vector(input.gamma),
        &vector(input.beta),
        &vector(input.mean),
        &vector(input.variance),
        input.epsilon,
    )
}

/// The reference's gradients of inference.
pub(super) fn inference_backward<T: Real>(
    input: &InferenceBackward<'_, T>,
) -> Result<reference::Gradients, evenkeel_reference::Error> {
    reference::inference_backward(
        &matrix(input.shape, input.x),
        &vector(input.gamma),
        &vector(input.mean),
        &vector(input.variance),
        input.epsilon,
        &matrix(input.shape, input.dy),
    )
}

/// The reference's running mean and variance after `step`.
pub(super) fn moved<T: Real>(
    shape: Shape,
    running: &Running<'_, T>,
    step: &reference::Forward,
) -> Result<(DVector<f64>, DVector<f64>), evenkeel_reference::Error> {
    let convention = match running.convention {
        Variance::Biased => RunningVariance::Biased,
        Variance::Unbiased => RunningVariance::Unbiased,
    };
    let w = running.weight_of_new;
    let (m, old) = (shape.per_channel(), vector(running.variance));
    Ok((
        reference::running_mean(&vector(running.mean), &step.mean, w)?,
        reference::running_variance(&old, &step.variance, m, w, convention)?,
    ))
}

/// The reference's errors name arguments as the contract does.
fn refusal(error: evenkeel_reference::Error) -> Refusal {
    Refusal::Invalid { argument: error.argument.into(), value: error.value, allowed: error.allowed }
}

/// Rows are positions, columns are channels.
fn matrix<T: Real>(shape: Shape, tensor: &[T]) -> DMatrix<f64> {
    let element = |k, c| tensor[shape.index(k, c)].to_f64();
    DMatrix::from_fn(shape.per_channel(), shape.channels, element)
}

fn vector<T: Real>(values: &[T]) -> DVector<f64> {
    DVector::from_iterator(values.len(), values.iter().map(|value| value.to_f64()))
}

fn write_tensor<T: Real>(shape: Shape, matrix: &DMatrix<f64>, tensor: &mut [T]) {
    for c in 0..shape.channels {
        for k in 0..shape.per_channel() {
            tensor[shape.index(k, c)] = T::from_f64(matrix[(k, c)]);
        }
    }
}

fn write_vector<T: Real>(vector: &DVector<f64>, values: &mut [T]) {
    for (value, number) in values.iter_mut().zip(vector) {
        *value = T::from_f64(*number);
    }
}

fn write_gradients<T: Real>(shape: Shape, result: &reference::Gradients, to: Gradients<'_, T>) {
    write_tensor(shape, &result.dx, to.dx);
    write_vector(&result.dgamma, to.dgamma);
    write_vector(&result.dbeta, to.dbeta);
}
