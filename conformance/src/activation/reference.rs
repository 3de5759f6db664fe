//! The activations of `evenkeel-reference` in the contract: a tensor is a matrix of one row.

use evenkeel_reference::activation as reference;
use nalgebra::DMatrix;

use super::{Activation, Backward, Curve, Forward, FromOutput};
use crate::reference::{Reference, refusal};
use crate::{Real, Refusal};

impl<T: Real> Activation<T> for Reference {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        write(reference::forward(curve(input.curve), &row(input.x)), y)
    }

    fn backward(&self, input: &Backward<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        input.check(dx)?;
        write(reference::backward(curve(input.curve), &row(input.x), &row(input.dy)), dx)
    }

    fn backward_from_output(&self, input: &FromOutput<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        input.check(dx)?;
        let curve = curve(input.curve);
        write(reference::backward_from_output(curve, &row(input.y), &row(input.dy)), dx)
    }
}

/// The same curve of the reference.
pub(crate) fn curve(curve: Curve) -> reference::Curve {
    match curve {
        Curve::Sigmoid => reference::Curve::Sigmoid,
        Curve::Tanh => reference::Curve::Tanh,
        Curve::Relu => reference::Curve::Relu,
        Curve::LeakyRelu { slope } => reference::Curve::LeakyRelu { slope },
    }
}

fn row<T: Real>(values: &[T]) -> DMatrix<f64> {
    DMatrix::from_iterator(1, values.len(), values.iter().map(|value| value.to_f64()))
}

fn write<T: Real>(
    result: Result<DMatrix<f64>, evenkeel_reference::Error>,
    out: &mut [T],
) -> Result<(), Refusal> {
    let result = result.map_err(refusal)?;
    out.iter_mut().zip(result.iter()).for_each(|(out, number)| *out = T::from_f64(*number));
    Ok(())
}
