//! The capacity of the kernels' crate.

use evenkeel_conformance::capacity::{Capacity, Layer, Perceptron, Uniform};
use evenkeel_conformance::{Real, Refusal};
use evenkeel_fast::{Element, capacity as fast, network};

use super::{Fast, refusal};

impl<T: Real + Element> Capacity<T> for Fast {
    fn parameter_count(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        fast::parameter_count(&all(layers)).map_err(|error| refusal(&error))
    }

    fn stored(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        stored::<T>(&all(layers))
    }

    fn perceptron_parameters(&self, perceptron: &Perceptron) -> Result<u64, Refusal> {
        fast::perceptron_parameters(&theirs(perceptron)).map_err(|error| refusal(&error))
    }

    fn without_hidden_layer(
        &self,
        perceptron: &Perceptron,
        index: usize,
    ) -> Result<Perceptron, Refusal> {
        let smaller = fast::without_hidden_layer(&theirs(perceptron), index);
        smaller.map(ours).map_err(|error| refusal(&error))
    }

    fn narrowed(
        &self,
        perceptron: &Perceptron,
        numerator: u64,
        denominator: u64,
    ) -> Result<Perceptron, Refusal> {
        let smaller = fast::narrowed(&theirs(perceptron), numerator, denominator);
        smaller.map(ours).map_err(|error| refusal(&error))
    }

    fn widest(&self, uniform: &Uniform, budget: u64) -> Result<usize, Refusal> {
        let Uniform { inputs, outputs, depth, has_norm } = *uniform;
        let width = fast::widest(inputs, outputs, depth, has_norm, budget);
        width.map_err(|error| refusal(&error))
    }

    fn loss_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        Ok(fast::loss_gap(train, validation))
    }

    fn accuracy_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        fast::accuracy_gap(train, validation).map_err(|error| refusal(&error))
    }
}

/// The numbers that the kernels keep: networks of one layer each, since a list of layers need not fit
/// together; what no network here has, a convolution or a layer without biases, as tensors.
fn stored<T: Element>(layers: &[fast::Layer]) -> Result<u64, Refusal> {
    // Refused by the names that capacity has for sizes.
    fast::parameter_shapes(layers).map_err(|error| refusal(&error))?;
    let in_network = |layer: network::Layer| {
        let network = network::Network::<T>::new(&[layer]).map_err(|error| refusal(&error))?;
        Ok(network.parameters().len() as u64)
    };
    let one = |layer: &fast::Layer| match *layer {
        fast::Layer::Dense { inputs, outputs, has_biases: true } => {
            in_network(network::Layer::dense(inputs, outputs))
        }
        fast::Layer::Normalization { width } => in_network(network::Layer::batch_norm(width)),
        _ => in_tensors::<T>(layer),
    };
    layers.iter().map(one).sum()
}

fn in_tensors<T: Element>(layer: &fast::Layer) -> Result<u64, Refusal> {
    let shapes = fast::parameter_shapes(&[*layer]).map_err(|error| refusal(&error))?;
    let tensor = |axes: &Vec<usize>| vec![T::default(); axes.iter().product()];
    let tensors: Vec<Vec<T>> = shapes.iter().map(tensor).collect();
    Ok(tensors.iter().map(|tensor| tensor.len() as u64).sum())
}

fn all(layers: &[Layer]) -> Vec<fast::Layer> {
    layers.iter().map(layer).collect()
}

const fn layer(layer: &Layer) -> fast::Layer {
    match *layer {
        Layer::Dense { inputs, outputs, has_biases } => {
            fast::Layer::Dense { inputs, outputs, has_biases }
        }
        Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
            fast::Layer::Convolution { inputs, outputs, kernel, groups, has_biases }
        }
        Layer::Normalization { width } => fast::Layer::Normalization { width },
        Layer::Fixed => fast::Layer::Fixed,
    }
}

fn theirs(perceptron: &Perceptron) -> fast::Perceptron {
    let Perceptron { inputs, hidden, outputs, has_norm } = perceptron.clone();
    fast::Perceptron { inputs, hidden, outputs, has_norm }
}

fn ours(perceptron: fast::Perceptron) -> Perceptron {
    let fast::Perceptron { inputs, hidden, outputs, has_norm } = perceptron;
    Perceptron { inputs, hidden, outputs, has_norm }
}
