//! One step of gradient descent.

use super::layer::Layer;
use super::{Batch, Network, Scratch, split, split_mut};
use crate::batch_norm::{RunningVariance, update_running};
use crate::clipping::{self, Descent, NonFinite, Slope};
use crate::policy::Work;
use crate::regularization::{Decay, Penalty, l1, l2};
use crate::workspace::pieces;
use crate::{Element, Error, check};

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
        let norm = self.descend(rule, scratch)?;
        self.average(scratch)?;
        Ok(Taken { loss, penalty, norm })
    }

    /// θ ← θ − η·clipped(g); returns the norm of g. What is clipped contains the penalty: nothing decays
    /// besides.
    fn descend(&mut self, rule: &Rule, scratch: &mut Scratch<T>) -> Result<T, Error> {
        let Scratch { policy, workspace, gradient, .. } = scratch;
        let gradient = &mut gradient[..self.parameters.len()];
        let Rule { learning_rate, threshold, .. } = *rule;
        let non_finite = NonFinite::Refuse;
        if learning_rate == 0.0 {
            // −0 − 0·g would be +0.
            return clipping::by_norm_in_place(threshold, non_finite, gradient, workspace, policy);
        }
        let rule = Descent { threshold, non_finite, learning_rate, lambda: 0.0 };
        let slopes = [Slope { decay: Decay::None, gradient, scale: None }];
        clipping::descend(&rule, &slopes, &mut [&mut self.parameters], workspace, policy)
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
                if lambda != 0.0 {
                    pieces(dw, Work::Light, workspace, policy, |at, dw| {
                        T::add_slope(policy.level, penalty, lambda, &w[at as usize..], dw);
                    });
                }
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
