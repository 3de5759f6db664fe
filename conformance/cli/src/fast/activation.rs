//! The activations of `evenkeel-fast` in the contract.

use evenkeel_conformance::activation::{Activation, Backward, Curve, Forward, FromOutput};
use evenkeel_conformance::{Real, Refusal};
use evenkeel_fast::{Element, activation};

use super::Fast;

impl<T: Real + Element> Activation<T> for Fast {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let (curve, x) = (curve(input.curve), input.x);
        self.run(|workspace, policy| activation::forward(curve, x, y, workspace, policy))
    }

    fn backward(&self, input: &Backward<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let Backward { curve: which, x, dy } = *input;
        let curve = curve(which);
        self.run(|workspace, policy| activation::backward(curve, x, dy, dx, workspace, policy))
    }

    fn backward_from_output(&self, input: &FromOutput<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let FromOutput { curve: which, y, dy } = *input;
        let curve = curve(which);
        self.run(|workspace, policy| {
            activation::backward_from_output(curve, y, dy, dx, workspace, policy)
        })
    }
}

pub(super) fn curve(curve: Curve) -> activation::Curve {
    match curve {
        Curve::Sigmoid => activation::Curve::Sigmoid,
        Curve::Tanh => activation::Curve::Tanh,
        Curve::Relu => activation::Curve::Relu,
        Curve::LeakyRelu { slope } => activation::Curve::LeakyRelu { slope },
    }
}
