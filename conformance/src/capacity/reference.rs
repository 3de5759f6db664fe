//! The capacity of `evenkeel-reference` in the contract.

use evenkeel_reference::{capacity as reference, network};
use nalgebra::{DMatrix, DVector};

use super::{Capacity, Layer, Perceptron, Uniform};
use crate::reference::{Reference, refusal};
use crate::{Real, Refusal};

impl<T: Real> Capacity<T> for Reference {
    fn parameter_count(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        reference::parameter_count(&all(layers)).map_err(refusal)
    }

    fn stored(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        stored(&all(layers))
    }

    fn perceptron_parameters(&self, perceptron: &Perceptron) -> Result<u64, Refusal> {
        reference::perceptron_parameters(&theirs(perceptron)).map_err(refusal)
    }

    fn without_hidden_layer(
        &self,
        perceptron: &Perceptron,
        index: usize,
    ) -> Result<Perceptron, Refusal> {
        let smaller = reference::without_hidden_layer(&theirs(perceptron), index);
        smaller.map(ours).map_err(refusal)
    }

    fn narrowed(
        &self,
        perceptron: &Perceptron,
        numerator: u64,
        denominator: u64,
    ) -> Result<Perceptron, Refusal> {
        let smaller = reference::narrowed(&theirs(perceptron), numerator, denominator);
        smaller.map(ours).map_err(refusal)
    }

    fn widest(&self, uniform: &Uniform, budget: u64) -> Result<usize, Refusal> {
        let Uniform { inputs, outputs, depth, has_norm } = *uniform;
        reference::widest(inputs, outputs, depth, has_norm, budget).map_err(refusal)
    }

    /// The difference of two `f32` in `f64`, rounded again, is that of a single rounding.
    fn loss_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        Ok(T::from_f64(reference::loss_gap(train.to_f64(), validation.to_f64())))
    }

    fn accuracy_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        let gap = reference::accuracy_gap(train.to_f64(), validation.to_f64());
        gap.map(T::from_f64).map_err(refusal)
    }
}

/// The numbers that networks of one layer each keep, since a list of layers need not fit together; what no
/// network here has, a convolution or a layer without biases, as tensors.
fn stored(layers: &[reference::Layer]) -> Result<u64, Refusal> {
    // Refused by the names that capacity has for sizes.
    reference::parameter_shapes(layers).map_err(refusal)?;
    let one = |layer: &reference::Layer| match *layer {
        reference::Layer::Dense { inputs, outputs, has_biases: true } => {
            let (weights, biases) = (DMatrix::zeros(outputs, inputs), DVector::zeros(outputs));
            Ok(in_network(network::Layer::Dense { weights, biases }))
        }
        reference::Layer::Normalization { width } => {
            Ok(in_network(network::Layer::batch_norm(width, 0.0, 0.1)))
        }
        _ => in_tensors(layer),
    };
    layers.iter().map(one).sum()
}

fn in_network(layer: network::Layer) -> u64 {
    let tensors = network::parameters(&[layer]);
    tensors.iter().map(|tensor| tensor.values.len() as u64).sum()
}

fn in_tensors(layer: &reference::Layer) -> Result<u64, Refusal> {
    let shapes = reference::parameter_shapes(&[*layer]).map_err(refusal)?;
    let tensor = |axes: &Vec<usize>| vec![0.0_f64; axes.iter().product()];
    let tensors: Vec<Vec<f64>> = shapes.iter().map(tensor).collect();
    Ok(tensors.iter().map(|tensor| tensor.len() as u64).sum())
}

fn all(layers: &[Layer]) -> Vec<reference::Layer> {
    layers.iter().map(layer).collect()
}

fn layer(layer: &Layer) -> reference::Layer {
    match *layer {
        Layer::Dense { inputs, outputs, has_biases } => {
            reference::Layer::Dense { inputs, outputs, has_biases }
        }
        Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
            reference::Layer::Convolution { inputs, outputs, kernel, groups, has_biases }
        }
        Layer::Normalization { width } => reference::Layer::Normalization { width },
        Layer::Fixed => reference::Layer::Fixed,
    }
}

fn theirs(perceptron: &Perceptron) -> reference::Perceptron {
    let Perceptron { inputs, hidden, outputs, has_norm } = perceptron.clone();
    reference::Perceptron { inputs, hidden, outputs, has_norm }
}

fn ours(perceptron: reference::Perceptron) -> Perceptron {
    let reference::Perceptron { inputs, hidden, outputs, has_norm } = perceptron;
    Perceptron { inputs, hidden, outputs, has_norm }
}
