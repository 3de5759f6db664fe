//! Batch normalisation of `evenkeel-reference` in the contract.

use evenkeel_reference::Error;
use evenkeel_reference::batch_norm as reference;
use evenkeel_reference::batch_norm::RunningVariance;
use nalgebra::{DMatrix, DVector};

use super::{
    Backward, BatchNorm, Forward, Gradients, Inference, InferenceBackward, Running, Variance,
};
use crate::normalization::Pulled;
use crate::reference::{
    Reference, matrix, refusal, vector, write_gradients, write_tensor, write_vector,
};
use crate::{Real, Refusal, Shape};

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
pub(super) fn forward<T: Real>(input: &Forward<'_, T>) -> Result<reference::Forward, Error> {
    reference::forward(
        &matrix(input.shape, input.x),
        &vector(input.gamma),
        &vector(input.beta),
        input.epsilon,
    )
}

/// The reference's gradients of training.
pub(super) fn backward<T: Real>(input: &Backward<'_, T>) -> Result<Pulled, Error> {
    let (x, dy) = (matrix(input.shape, input.x), matrix(input.shape, input.dy));
    reference::backward(&x, &vector(input.gamma), input.epsilon, &dy).map(pulled)
}

fn pulled(reference::Gradients { dx, dgamma, dbeta }: reference::Gradients) -> Pulled {
    Pulled { dx, dgamma, dbeta }
}

/// The reference's x̂ by the given statistics.
pub(super) fn normalize<T: Real>(input: &Inference<'_, T>) -> Result<DMatrix<f64>, Error> {
    reference::normalize(
        &matrix(input.shape, input.x),
        &vector(input.mean),
        &vector(input.variance),
        input.epsilon,
    )
}

/// The reference's y by the given statistics.
pub(super) fn inference<T: Real>(input: &Inference<'_, T>) -> Result<DMatrix<f64>, Error> {
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
) -> Result<Pulled, Error> {
    reference::inference_backward(
        &matrix(input.shape, input.x),
        &vector(input.gamma),
        &vector(input.mean),
        &vector(input.variance),
        input.epsilon,
        &matrix(input.shape, input.dy),
    )
    .map(pulled)
}

/// The reference's running mean and variance after `step`.
pub(super) fn moved<T: Real>(
    shape: Shape,
    running: &Running<'_, T>,
    step: &reference::Forward,
) -> Result<(DVector<f64>, DVector<f64>), Error> {
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
