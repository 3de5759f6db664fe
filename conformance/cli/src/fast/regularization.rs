//! The L1/L2 regularisation of the kernels.

use evenkeel_conformance::regularization::{Parameter, Penalty, Regularization, Role, Step};
use evenkeel_conformance::{Real, Refusal};
use evenkeel_fast::{Element, regularization};

use super::Fast;

impl<T: Real + Element> Regularization<T> for Fast {
    fn l1(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        self.run(|workspace, policy| regularization::l1(lambda, w, workspace, policy))
    }

    fn l2(&self, lambda: f64, w: &[T]) -> Result<T, Refusal> {
        self.run(|workspace, policy| regularization::l2(lambda, w, workspace, policy))
    }

    fn l1_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| {
            regularization::l1_gradient(lambda, w, gradient, workspace, policy)
        })
    }

    fn l2_gradient(&self, lambda: f64, w: &[T], gradient: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| {
            regularization::l2_gradient(lambda, w, gradient, workspace, policy)
        })
    }

    fn l1_proximal(&self, threshold: f64, w: &[T], result: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| {
            regularization::l1_proximal(threshold, w, result, workspace, policy)
        })
    }

    fn penalized_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        let step = step(input);
        self.run(|workspace, policy| {
            regularization::penalized_step(&step, input.w, result, workspace, policy)
        })
    }

    fn decayed_step(&self, input: &Step<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        let step = step(input);
        self.run(|workspace, policy| {
            regularization::decayed_step(&step, input.w, result, workspace, policy)
        })
    }

    fn network_penalty(
        &self,
        penalty: Penalty,
        lambda: f64,
        parameters: &[Parameter<'_, T>],
    ) -> Result<T, Refusal> {
        let of = self::penalty(penalty);
        let network: Vec<_> = parameters.iter().map(tensor).collect();
        self.run(|workspace, policy| {
            regularization::network_penalty(of, lambda, &network, workspace, policy)
        })
    }
}

pub(super) fn penalty(penalty: Penalty) -> regularization::Penalty {
    match penalty {
        Penalty::L1 => regularization::Penalty::L1,
        Penalty::L2 => regularization::Penalty::L2,
    }
}

fn step<'a, T>(input: &Step<'a, T>) -> regularization::Step<'a, T> {
    let Step { learning_rate, lambda, scale, gradient, .. } = *input;
    regularization::Step { learning_rate, lambda, scale, gradient }
}

fn tensor<'a, T>(parameter: &Parameter<'a, T>) -> regularization::Parameter<'a, T> {
    let role = match parameter.role {
        Role::Weight => regularization::Role::Weight,
        Role::Bias => regularization::Role::Bias,
        Role::Scale => regularization::Role::Scale,
        Role::Shift => regularization::Role::Shift,
    };
    regularization::Parameter { role, values: parameter.values }
}
