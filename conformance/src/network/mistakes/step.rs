//! The step of the mistakes' base.

use std::cell::RefCell;

use super::Fault;
use super::base::{Aim, Run, Trail};
use crate::Refusal;
use crate::network::{Layer, Rule};
use crate::regularization::Penalty;

/// What a parameter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Weight,
    Bias,
    Affine,
}

/// Parameters, statistics; loss, penalty, norm.
pub(super) type After = (Vec<f64>, Vec<f64>, [f64; 3]);

thread_local! {
    /// What `Accumulates` left: the parameters after its last step, and its gradient.
    static LEFT: RefCell<(Vec<f64>, Vec<f64>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl Run {
    /// Refuses what is not finite, unless the fault is to go on.
    pub(super) fn step(&self, aim: &Aim, rule: &Rule) -> Result<After, Refusal> {
        let trail = self.forward(true);
        let roles = self.roles();
        let loss = self.loss(aim, &trail.values[self.layers.len()]);
        let penalty = self.penalty(rule, &roles);
        let early = (self.fault == Fault::LayerByLayer).then_some(rule.learning_rate);
        let mut g = self.gradients(aim, &trail, early).1;
        self.accumulate(&mut g);
        let is_finite = g.iter().all(|g| g.is_finite()) && loss.is_finite();
        if !is_finite && self.fault != Fault::NanApplied {
            let value = g.iter().copied().find(|g| !g.is_finite()).unwrap_or(loss);
            return Err(Refusal::invalid("gradient", value, "finite"));
        }
        let mut norm = 0.0;
        if self.fault == Fault::ClipBeforePenalty {
            norm = self.clip(&mut g, rule.threshold);
        }
        for (i, role) in roles.iter().enumerate() {
            g[i] += self.of_penalty(rule, *role, self.parameters[i]);
        }
        if self.fault != Fault::ClipBeforePenalty {
            norm = self.clip(&mut g, rule.threshold);
        }
        let rate =
            if self.fault == Fault::Ascent { -rule.learning_rate } else { rule.learning_rate };
        let moved = |(theta, g): (&f64, &f64)| self.near(*theta) - self.near(rate * g);
        let parameters: Vec<f64> = self.parameters.iter().zip(&g).map(moved).collect();
        let told = if self.fault == Fault::PenaltyInLoss { loss + penalty } else { loss };
        Ok((parameters, self.running(&trail), [told, penalty, norm]))
    }

    fn roles(&self) -> Vec<Role> {
        let mut roles = Vec::new();
        for layer in &self.layers {
            match *layer {
                Layer::Dense { inputs, outputs } => {
                    roles.extend(vec![Role::Weight; inputs * outputs]);
                    roles.extend(vec![Role::Bias; outputs]);
                }
                other => roles.extend(vec![Role::Affine; other.parameters()]),
            }
        }
        roles
    }

    fn counts(&self, role: Role) -> bool {
        match self.fault {
            Fault::DecayOnBiases => role != Role::Affine,
            Fault::DecayOnNorm => role != Role::Bias,
            _ => role == Role::Weight,
        }
    }

    fn penalty(&self, rule: &Rule, roles: &[Role]) -> f64 {
        let counted = self.parameters.iter().zip(roles).filter(|(_, role)| self.counts(**role));
        let (factor, power): (f64, fn(f64) -> f64) = match rule.penalty {
            Penalty::L1 => (1.0, f64::abs),
            Penalty::L2 => (0.5, |w| w * w),
        };
        rule.lambda * factor * self.sum(counted.map(|(w, _)| power(*w)))
    }

    fn of_penalty(&self, rule: &Rule, role: Role, w: f64) -> f64 {
        let twice = if self.fault == Fault::PenaltyTwice { 2.0 } else { 1.0 };
        match rule.penalty {
            _ if !self.counts(role) => 0.0,
            Penalty::L1 if w == 0.0 => 0.0,
            Penalty::L1 => rule.lambda * w.signum(),
            Penalty::L2 => twice * self.near(rule.lambda * w),
        }
    }

    /// Scales to the threshold; gives the norm before.
    fn clip(&self, g: &mut [f64], threshold: f64) -> f64 {
        let norm = self.norm(g);
        let scale = |g: &mut [f64], norm: f64| {
            if norm > threshold {
                g.iter_mut().for_each(|g| *g *= threshold / norm);
            }
        };
        match self.fault {
            Fault::ClipByValue => {
                g.iter_mut().for_each(|g| *g = g.clamp(-threshold, threshold));
            }
            Fault::ClipPerTensor => {
                let mut rest = g;
                for length in self.tensors() {
                    let (tensor, others) = rest.split_at_mut(length);
                    scale(tensor, self.norm(tensor));
                    rest = others;
                }
            }
            _ => scale(g, norm),
        }
        if self.fault == Fault::NormAfter { norm.min(threshold) } else { norm }
    }

    fn norm(&self, g: &[f64]) -> f64 {
        self.sum(g.iter().map(|g| g * g)).sqrt()
    }

    /// The lengths of W, b, γ, β, in order.
    fn tensors(&self) -> Vec<usize> {
        let of = |layer: &Layer| match *layer {
            Layer::Dense { inputs, outputs } => vec![inputs * outputs, outputs],
            other => vec![other.parameters() / 2; 2],
        };
        self.layers.iter().flat_map(of).collect()
    }

    fn running(&self, trail: &Trail) -> Vec<f64> {
        let mut all = Vec::new();
        let m = self.rows as f64;
        for (layer, kept) in self.layers.iter().zip(&trail.kept) {
            let Layer::BatchNorm { weight_of_new: w, .. } = *layer else { continue };
            let unbiased = if self.fault == Fault::RunningBiased { 1.0 } else { m / (m - 1.0) };
            let w = if self.fault == Fault::RunningSwapped { 1.0 - w } else { w };
            let variances = kept.variance.iter().map(|v| v * unbiased);
            for new in kept.mean.iter().copied().chain(variances) {
                let old = self.statistics[all.len()];
                all.push(match self.fault {
                    Fault::RunningForgotten => old,
                    _ => self.near((1.0 - w) * old) + self.near(w * new),
                });
            }
        }
        all
    }

    /// Adds the gradient of the step whose parameters these are: it was never set to 0.
    fn accumulate(&self, g: &mut [f64]) {
        if self.fault != Fault::Accumulates {
            return;
        }
        LEFT.with_borrow(|(parameters, left)| {
            if *parameters == self.parameters {
                g.iter_mut().zip(left).for_each(|(g, left)| *g += *left);
            }
        });
        LEFT.with_borrow_mut(|left| left.1 = g.to_vec());
    }

    /// Remembers where a step ended, as the caller sees it.
    pub(super) fn ended(&self, parameters: Vec<f64>) {
        if self.fault == Fault::Accumulates {
            LEFT.with_borrow_mut(|left| left.0 = parameters);
        }
    }
}
