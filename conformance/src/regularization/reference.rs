//! The regularisation of `evenkeel-reference` in the contract: weights are a matrix of one row.

use evenkeel_reference::Error;
use evenkeel_reference::regularization as reference;
use nalgebra::DMatrix;

use super::contract::{check_gradient, check_proximal};
use super::{Parameter, Penalty, Regularization, Role, Step};
use crate::reference::{Reference, refusal};
use crate::{Real, Refusal};

impl<T: Real> Regularization<T> for Reference {
    fn l1(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        reference::l1(lambda, &row(w)).map(T::from_f64).map_err(refusal)
    }

    fn l2(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        reference::l2(lambda, &row(w)).map(T::from_f64).map_err(refusal)
    }

    fn l1_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        check_gradient(lambda, w, gradient)?;
        write(reference::l1_gradient(lambda, &row(w)), gradient)
    }

    fn l2_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        check_gradient(lambda, w, gradient)?;
        write(reference::l2_gradient(lambda, &row(w)), gradient)
    }

    fn l1_proximal(&self, threshold: f64, w: &[T], result: &mut [T]) -> Result<(), Refusal> {
        check_proximal(threshold, w, result)?;
        write(reference::l1_proximal(threshold, &row(w)), result)
    }

    fn penalized_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        step(reference::penalized_step, input, result)
    }

    fn decayed_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        step(reference::decayed_step, input, result)
    }

    fn network_penalty(
        &self,
        penalty: Penalty,
        lambda: f64,
        parameters: &[Parameter<'_, T>],
    ) -> Result<T, Refusal> {
        let penalty = match penalty {
            Penalty::L1 => reference::Penalty::L1,
            Penalty::L2 => reference::Penalty::L2,
        };
        let network: Vec<_> = parameters.iter().map(tensor).collect();
        reference::network_penalty(penalty, lambda, &network).map(T::from_f64).map_err(refusal)
    }
}

fn tensor<T: Real>(parameter: &Parameter<'_, T>) -> reference::Parameter {
    let role = match parameter.role {
        Role::Weight => reference::Role::Weight,
        Role::Bias => reference::Role::Bias,
        Role::Scale => reference::Role::Scale,
        Role::Shift => reference::Role::Shift,
    };
    reference::Parameter { role, values: row(parameter.values) }
}

fn row<T: Real>(values: &[T]) -> DMatrix<f64> {
    DMatrix::from_iterator(1, values.len(), values.iter().map(|value| value.to_f64()))
}

/// A step of the reference: η, λ, s, g, w.
type Update =
    fn(f64, f64, &DMatrix<f64>, &DMatrix<f64>, &DMatrix<f64>) -> Result<DMatrix<f64>, Error>;

fn step<T: Real>(update: Update, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
    input.check(result)?;
    let Step { learning_rate, lambda, scale, gradient, w } = *input;
    write(update(learning_rate, lambda, &row(scale), &row(gradient), &row(w)), result)
}

fn write<T: Real>(numbers: Result<DMatrix<f64>, Error>, out: &mut [T]) -> Result<(), Refusal> {
    let numbers = numbers.map_err(refusal)?;
    out.iter_mut().zip(numbers.iter()).for_each(|(out, number)| *out = T::from_f64(*number));
    Ok(())
}
