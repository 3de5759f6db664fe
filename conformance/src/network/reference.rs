//! The network of `evenkeel-reference` in the contract: matrices are read row by row.

use evenkeel_reference::network as reference;
use evenkeel_reference::{Error, regularization};
use nalgebra::DMatrix;

use super::{Batch, Goal, Layer, Net, Network, Plan, Rule, Taken};
use crate::activation;
use crate::reference::{Reference, refusal, vector};
use crate::regularization::Penalty;
use crate::{Real, Refusal};

impl<T: Real> Network<T> for Reference {
    fn inference(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let plan = net.check_inference(rows, x, y)?;
        let x = matrix(rows, plan.inputs(), x);
        write(&[reference::inference(&layers(net), &x).map_err(refusal)?], y);
        Ok(())
    }

    fn forward(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: &[bool],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let plan = net.check_forward(rows, x, keep, y)?;
        let (x, keep) = (matrix(rows, plan.inputs(), x), masks(net.layers, &plan, rows, keep));
        let passed = reference::forward(&layers(net), &x, &keep).map_err(refusal)?;
        write(&passed[net.layers.len()..], y);
        Ok(())
    }

    fn loss(&self, net: &Net<'_, T>, batch: &Batch<'_, T>) -> Result<T, Refusal> {
        let plan = batch.check(net)?;
        let batch = batch_of(net.layers, &plan, batch);
        let loss = || -> Result<f64, Error> {
            let passed = reference::forward(&layers(net), &batch.x, &batch.keep)?;
            reference::loss(&passed[net.layers.len()], &batch.goal)
        };
        loss().map(T::from_f64).map_err(refusal)
    }

    fn gradients(
        &self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        dx: &mut [T],
        dparameters: &mut [T],
    ) -> Result<(), Refusal> {
        let plan = batch.check_gradients(net, dx, dparameters)?;
        let batch = batch_of(net.layers, &plan, batch);
        let gradients = || -> Result<reference::Gradients, Error> {
            let layers = layers(net);
            let passed = reference::forward(&layers, &batch.x, &batch.keep)?;
            let dz = reference::loss_gradient(&passed[layers.len()], &batch.goal)?;
            reference::backward(&layers, &passed, &batch.keep, &dz)
        };
        let gradients = gradients().map_err(refusal)?;
        write(&[gradients.dx], dx);
        write(&gradients.dparameters, dparameters);
        Ok(())
    }

    fn step(
        &self,
        own: &[Layer],
        batch: &Batch<'_, T>,
        rule: &Rule,
        parameters: &mut [T],
        statistics: &mut [T],
    ) -> Result<Taken<T>, Refusal> {
        let net = Net { layers: own, parameters: &*parameters, statistics: &*statistics };
        let plan = batch.check(&net)?;
        rule.check()?;
        let batch = batch_of(own, &plan, batch);
        let taken = reference::step(&layers(&net), &batch, &rule_of(rule)).map_err(refusal)?;
        let after = reference::parameters(&taken.layers).into_iter().map(|tensor| tensor.values);
        write(&after.collect::<Vec<_>>(), parameters);
        let after = reference::statistics(&taken.layers);
        let numbers = after.iter().flat_map(|vector| vector.iter());
        statistics.iter_mut().zip(numbers).for_each(|(to, number)| *to = T::from_f64(*number));
        let [loss, penalty, norm] = [taken.loss, taken.penalty, taken.norm].map(T::from_f64);
        Ok(Taken { loss, penalty, norm })
    }
}

fn matrix<T: Real>(rows: usize, width: usize, values: &[T]) -> DMatrix<f64> {
    DMatrix::from_row_iterator(rows, width, values.iter().map(|value| value.to_f64()))
}

/// Tensors one after the other, each row by row.
fn write<T: Real>(tensors: &[DMatrix<f64>], to: &mut [T]) {
    let numbers = tensors.iter().flat_map(|tensor| Vec::from(tensor.transpose().data));
    to.iter_mut().zip(numbers).for_each(|(to, number)| *to = T::from_f64(number));
}

/// The layers with their numbers in them.
fn layers<T: Real>(net: &Net<'_, T>) -> Vec<reference::Layer> {
    let (mut parameters, mut statistics) = (net.parameters, net.statistics);
    let one = |layer: &Layer| {
        let (own, others) = parameters.split_at(layer.parameters());
        let (running, left) = statistics.split_at(layer.statistics());
        (parameters, statistics) = (others, left);
        layer_of(*layer, own, running)
    };
    net.layers.iter().map(one).collect()
}

fn layer_of<T: Real>(layer: Layer, own: &[T], running: &[T]) -> reference::Layer {
    match layer {
        Layer::Dense { inputs, outputs } => {
            let (weights, biases) = own.split_at(inputs * outputs);
            reference::Layer::Dense {
                weights: matrix(outputs, inputs, weights),
                biases: vector(biases),
            }
        }
        Layer::BatchNorm { width, epsilon, weight_of_new } => reference::Layer::BatchNorm {
            gamma: vector(&own[..width]),
            beta: vector(&own[width..]),
            running_mean: vector(&running[..width]),
            running_variance: vector(&running[width..]),
            epsilon,
            weight_of_new,
        },
        Layer::LayerNorm { width, epsilon } => reference::Layer::LayerNorm {
            gamma: vector(&own[..width]),
            beta: vector(&own[width..]),
            epsilon,
        },
        Layer::Activation(curve) => {
            reference::Layer::Activation(activation::curve_of_reference(curve))
        }
        Layer::Dropout { drop_probability } => reference::Layer::Dropout { drop_probability },
    }
}

/// One mask a dropout layer.
fn masks(layers: &[Layer], plan: &Plan, rows: usize, keep: &[bool]) -> Vec<DMatrix<bool>> {
    let mut rest = keep;
    let dropouts = layers.iter().zip(&plan.widths);
    dropouts
        .filter(|(layer, _)| matches!(layer, Layer::Dropout { .. }))
        .map(|(_, width)| {
            let (own, others) = rest.split_at(rows * width);
            rest = others;
            DMatrix::from_row_slice(rows, *width, own)
        })
        .collect()
}

fn batch_of<T: Real>(layers: &[Layer], plan: &Plan, batch: &Batch<'_, T>) -> reference::Batch {
    let rows = batch.rows;
    reference::Batch {
        x: matrix(rows, plan.inputs(), batch.x),
        goal: match batch.goal {
            Goal::Classes(classes) => reference::Goal::Classes(classes.to_vec()),
            Goal::Values(values) => reference::Goal::Values(matrix(rows, plan.outputs(), values)),
        },
        keep: masks(layers, plan, rows, batch.keep),
    }
}

fn rule_of(rule: &Rule) -> reference::Rule {
    reference::Rule {
        learning_rate: rule.learning_rate,
        penalty: match rule.penalty {
            Penalty::L1 => regularization::Penalty::L1,
            Penalty::L2 => regularization::Penalty::L2,
        },
        lambda: rule.lambda,
        threshold: rule.threshold,
    }
}
