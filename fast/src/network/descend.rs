//! One step of gradient descent.

use super::layer::Layer;
use super::{Batch, Network, Scratch, split, split_mut};
use crate::batch_norm::{RunningVariance, update_running};
use crate::clipping::{self, NonFinite};
use crate::policy::Work;
use crate::regularization::{Penalty, l1, l2};
use crate::workspace::pieces;
use crate::{Element, Error, Policy, Workspace, check};

/// How a step is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// η ≥ 0.
    pub learning_rate: f64,
    /// Which penalty is added to the loss, over the weights of dense layers.
    pub penalty: Penalty,
    /// λ ≥ 0, its strength; 0 for none.
    pub lambda: f64,
    /// τ ≥ 0: the largest norm that the gradient of all parameters together may have; ∞ for any.
    pub threshold: f64,
}

impl Rule {
    /// Plain gradient descent: no penalty, no clipping.
    #[must_use]
    pub const fn learning(rate: f64) -> Self {
        let (penalty, threshold) = (Penalty::L2, f64::INFINITY);
        Self { learning_rate: rate, penalty, lambda: 0.0, threshold }
    }

    fn check(&self) -> Result<(), Error> {
        check::not_negative("learning_rate", self.learning_rate)?;
        check::not_negative("lambda", self.lambda)?;
        check::threshold(self.threshold)
    }
}

/// What a step tells, of before it was taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken<T> {
    /// The loss of the batch, in training, without the penalty.
    pub loss: T,
    /// The penalty.
    pub penalty: T,
    /// The norm of the gradient of both, before it was clipped.
    pub norm: T,
}

impl<T: Element> Network<T> {
    /// θ ← θ − η·clipped(∂L/∂θ + ∂R/∂θ), and running statistics averaged once, with the unbiased
    /// variance.
    ///
    /// # Errors
    /// As [`Network::loss`]; names `learning_rate` or `lambda` (negative or not finite), `threshold`
    /// (negative or NaN), `gradient` (NaN or infinite somewhere). The network is as it was then.
    pub fn step(
        &mut self,
        batch: &Batch<'_, T>,
        rule: &Rule,
        scratch: &mut Scratch<T>,
    ) -> Result<Taken<T>, Error> {
        rule.check()?;
        self.check_batch(batch)?;
        let loss = self.forward_and_loss(batch, scratch)?;
        self.back(batch, false, scratch)?;
        let penalty = self.penalize(rule, scratch)?;
        let gradient = &mut scratch.gradient[..self.parameters.len()];
        let norm = clipping::by_norm_in_place(
            rule.threshold,
            NonFinite::Refuse,
            gradient,
            &mut scratch.workspace,
            &scratch.policy,
        )?;
        descend(
            rule.learning_rate,
            gradient,
            &mut self.parameters,
            &mut scratch.workspace,
            &scratch.policy,
        );
        self.average(scratch)?;
        Ok(Taken { loss, penalty, norm })
    }

    /// Adds the penalty's gradient to that of the weights; returns the penalty.
    fn penalize(&self, rule: &Rule, scratch: &mut Scratch<T>) -> Result<T, Error> {
        let Scratch { policy, workspace, gradient, .. } = scratch;
        let mut sum = 0.0;
        for (layer, place) in self.layers.iter().zip(&self.places) {
            if let Layer::Dense { .. } = layer {
                let [w, _] = split(&self.parameters, place);
                let [dw, _] = split_mut(gradient, place);
                let Rule { penalty, lambda, .. } = *rule;
                sum += match penalty {
                    Penalty::L1 => l1(lambda, w, workspace, policy)?,
                    Penalty::L2 => l2(lambda, w, workspace, policy)?,
                }
                .to_f64();
                add_slope(penalty, lambda, w, dw, workspace, policy);
            }
        }
        Ok(T::round(sum))
    }

    fn average(&mut self, scratch: &Scratch<T>) -> Result<(), Error> {
        for (k, (layer, place)) in self.layers.iter().zip(&self.places).enumerate() {
            if let Layer::BatchNorm { width, weight_of_new, .. } = *layer {
                let running = &mut self.statistics[place.statistics..][..2 * width];
                let (mean, variance) = running.split_at_mut(width);
                let (moments, convention) =
                    (&scratch.moments[k][..width], RunningVariance::Unbiased);
                update_running(moments, mean, variance, weight_of_new, convention)?;
            }
        }
        Ok(())
    }
}

/// g ← g + λ·w or g + λ·sign(w)
fn add_slope<T: Element>(
    penalty: Penalty,
    lambda: f64,
    w: &[T],
    g: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    if lambda == 0.0 {
        return;
    }
    pieces(g, Work::Light, workspace, policy, |at, g| {
        for (g, w) in g.iter_mut().zip(&w[at as usize..]) {
            let w = w.to_f64();
            let slope = match penalty {
                Penalty::L2 => w,
                // signum() of 0 is 1.
                Penalty::L1 if w == 0.0 => 0.0,
                Penalty::L1 => w.signum(),
            };
            *g = T::round(g.to_f64() + lambda * slope);
        }
    });
}

/// θ ← θ − η·g
fn descend<T: Element>(
    learning_rate: f64,
    gradient: &[T],
    parameters: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    if learning_rate == 0.0 {
        return; // −0 − 0·g would be +0
    }
    pieces(parameters, Work::Light, workspace, policy, |at, parameters| {
        for (parameter, g) in parameters.iter_mut().zip(&gradient[at as usize..]) {
            *parameter = T::round(parameter.to_f64() - learning_rate * g.to_f64());
        }
    });
}
