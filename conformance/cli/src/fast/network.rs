//! The networks of the kernels.

use evenkeel_conformance::network::{Batch, Goal, Layer, Net, Network, Rule, Taken};
use evenkeel_conformance::{Real, Refusal};
use evenkeel_fast::network::{self, Masks, Scratch};
use evenkeel_fast::{Element, Error};

use super::activation::curve;
use super::regularization::penalty as penalty_of;
use super::{Fast, refusal};

impl Fast {
    /// Builds the network that is given in parts, and calls it.
    fn with_network<T: Real + Element, R>(
        &self,
        net: &Net<'_, T>,
        call: impl FnOnce(&mut network::Network<T>, &mut Scratch<T>) -> Result<R, Error>,
    ) -> Result<R, Refusal> {
        let layers: Vec<network::Layer> = net.layers.iter().copied().map(kernel_layer).collect();
        let mut network = network::Network::new(&layers).map_err(|error| refusal(&error))?;
        copy("parameters", net.parameters, network.parameters_mut())?;
        copy("statistics", net.statistics, network.statistics_mut())?;
        let mut scratch = Scratch::new(self.policy);
        let result = call(&mut network, &mut scratch);
        self.workers.store(scratch.workers_seen(), std::sync::atomic::Ordering::Relaxed);
        result.map_err(|error| refusal(&error))
    }
}

/// What the kernels keep themselves, and a contract hands over: it must be as long.
fn copy<T: Copy>(argument: &'static str, from: &[T], to: &mut [T]) -> Result<(), Refusal> {
    if from.len() != to.len() {
        let [found, expected] = [from.len(), to.len()].map(|n| format!("{n} values"));
        return Err(Refusal::invalid(argument, found, expected));
    }
    to.copy_from_slice(from);
    Ok(())
}

impl<T: Real + Element> Network<T> for Fast {
    fn inference(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.with_network(net, |network, scratch| network.inference(rows, x, y, scratch))
    }

    fn forward(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: &[bool],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.with_network(net, |network, scratch| {
            network.forward(rows, x, Masks::Given(keep), y, scratch)
        })
    }

    fn loss(&self, net: &Net<'_, T>, batch: &Batch<'_, T>) -> Result<T, Refusal> {
        self.with_network(net, |network, scratch| network.loss(&batch_of(batch), scratch))
    }

    fn gradients(
        &self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        dx: &mut [T],
        dparameters: &mut [T],
    ) -> Result<(), Refusal> {
        self.with_network(net, |network, scratch| {
            network.gradients(&batch_of(batch), dx, dparameters, scratch).map(drop)
        })
    }

    fn step(
        &self,
        layers: &[Layer],
        batch: &Batch<'_, T>,
        rule: &Rule,
        parameters: &mut [T],
        statistics: &mut [T],
    ) -> Result<Taken<T>, Refusal> {
        let net = Net { layers, parameters: &*parameters, statistics: &*statistics };
        let (taken, after) = self.with_network(&net, |network, scratch| {
            let taken = network.step(&batch_of(batch), &kernel_rule(*rule), scratch)?;
            Ok((taken, network.clone()))
        })?;
        parameters.copy_from_slice(after.parameters());
        statistics.copy_from_slice(after.statistics());
        Ok(Taken { loss: taken.loss, penalty: taken.penalty, norm: taken.norm })
    }
}

/// A layer of the contract as the kernels have it.
#[must_use]
pub fn kernel_layer(layer: Layer) -> network::Layer {
    match layer {
        Layer::Dense { inputs, outputs } => network::Layer::Dense { inputs, outputs },
        Layer::BatchNorm { width, epsilon, weight_of_new } => {
            network::Layer::BatchNorm { width, epsilon, weight_of_new }
        }
        Layer::LayerNorm { width, epsilon } => network::Layer::LayerNorm { width, epsilon },
        Layer::Activation(of) => network::Layer::Activation(curve(of)),
        Layer::Dropout { drop_probability } => network::Layer::Dropout { drop_probability },
    }
}

fn batch_of<'a, T: Copy>(batch: &Batch<'a, T>) -> network::Batch<'a, T> {
    let Batch { rows, x, goal, keep } = *batch;
    let goal = match goal {
        Goal::Classes(classes) => network::Goal::Classes(classes),
        Goal::Values(values) => network::Goal::Values(values),
    };
    network::Batch { rows, x, goal, masks: Masks::Given(keep) }
}

/// A rule of the contract as the kernels have it.
#[must_use]
pub fn kernel_rule(rule: Rule) -> network::Rule {
    let Rule { learning_rate, penalty, lambda, threshold } = rule;
    network::Rule { learning_rate, penalty: penalty_of(penalty), lambda, threshold }
}
