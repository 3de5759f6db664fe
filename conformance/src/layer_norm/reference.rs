//! Layer normalisation of `evenkeel-reference` in the contract.

use evenkeel_reference::Error;
use evenkeel_reference::layer_norm as reference;

use super::{Backward, Forward, Gradients, LayerNorm};
use crate::normalization::{Pulled, Steps};
use crate::reference::{Reference, matrix, refusal, vector, write_gradients, write_tensor};
use crate::{Real, Refusal};

impl<T: Real> LayerNorm<T> for Reference {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        let step = forward(input).map_err(refusal)?;
        write_tensor(input.shape, &step.output, y);
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
}

/// The reference's forward pass with all its steps.
pub(super) fn forward<T: Real>(input: &Forward<'_, T>) -> Result<Steps, Error> {
    let (gamma, beta) = (vector(input.gamma), vector(input.beta));
    let x = matrix(input.shape, input.x);
    let reference::Forward { mean, variance, normalized, output } =
        reference::forward(&x, &gamma, &beta, input.epsilon)?;
    Ok(Steps { mean, variance, normalized, output })
}

/// The reference's gradients.
pub(super) fn backward<T: Real>(input: &Backward<'_, T>) -> Result<Pulled, Error> {
    let (x, dy) = (matrix(input.shape, input.x), matrix(input.shape, input.dy));
    let reference::Gradients { dx, dgamma, dbeta } =
        reference::backward(&x, &vector(input.gamma), input.epsilon, &dy)?;
    Ok(Pulled { dx, dgamma, dbeta })
}
