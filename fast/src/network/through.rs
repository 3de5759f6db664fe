//! Through one layer, forward and back: the kernels of its technique.

use super::layer::{Layer, Place};
use super::product::{self, Rows};
use super::{Batch, Masks, Network, Scratch, split_mut};
use crate::random::Stream;
use crate::{
    Element, Error, Moments, Policy, Shape, Workspace, activation, batch_norm, dropout, layer_norm,
};

/// Training, or inference: then there are no masks.
pub(super) type Mode<'a> = Option<Masks<'a>>;

/// A batch at one of the layers.
pub(super) struct Visit<'a> {
    /// The number of the layer.
    pub(super) k: usize,
    pub(super) rows: usize,
    pub(super) mode: Mode<'a>,
    pub(super) workspace: &'a mut Workspace,
    pub(super) policy: &'a Policy,
}

/// What is known of the loss at a layer, and what is not yet.
struct Slopes<'a, T> {
    /// What entered the layer.
    a: &'a [T],
    /// By what left it.
    dy: &'a mut [T],
    /// By what entered it, and whether anybody asks.
    da: &'a mut [T],
    passes_on: bool,
    /// By its two tensors.
    tensors: [&'a mut [T]; 2],
}

impl<T: Element> Network<T> {
    /// y = layer_k(a)
    pub(super) fn through(
        &self,
        visit: Visit<'_>,
        a: &[T],
        y: &mut [T],
        moments: &mut [Moments],
    ) -> Result<(), Error> {
        let [first, second] = self.tensors(visit.k);
        match self.layers[visit.k] {
            Layer::Dense { inputs, .. } => {
                let (a, w) = (matrix(a, inputs), matrix(first, inputs));
                product::forward(a, w, second, y, visit.workspace, visit.policy);
                Ok(())
            }
            Layer::BatchNorm { epsilon, .. } => self.batch_norm(visit, epsilon, a, y, moments),
            Layer::LayerNorm { width, epsilon } => {
                let Visit { rows, workspace, policy, .. } = visit;
                let (shape, moments) = (Shape::new(rows, width, 1), &mut moments[..rows]);
                layer_norm::forward(shape, a, first, second, epsilon, y, moments, workspace, policy)
            }
            Layer::Activation(curve) => {
                activation::forward(curve, a, y, visit.workspace, visit.policy)
            }
            Layer::Dropout { drop_probability: p } => self.drop_out(visit, p, a, y),
        }
    }

    fn batch_norm(
        &self,
        visit: Visit<'_>,
        epsilon: f64,
        a: &[T],
        y: &mut [T],
        moments: &mut [Moments],
    ) -> Result<(), Error> {
        let Visit { k, rows, mode, workspace, policy } = visit;
        let width = self.places[k].outputs;
        let ([first, second], shape) = (self.tensors(k), Shape::new(rows, width, 1));
        if mode.is_none() {
            let [mean, variance] = self.running(k);
            return batch_norm::inference(
                shape, a, first, second, mean, variance, epsilon, y, workspace, policy,
            );
        }
        let moments = &mut moments[..width];
        batch_norm::forward(shape, a, first, second, epsilon, y, moments, workspace, policy)
    }

    /// Dropout of values on their way forward, or of gradients on their way back: the same map.
    fn drop_out(&self, visit: Visit<'_>, p: f64, a: &[T], y: &mut [T]) -> Result<(), Error> {
        let Visit { k, rows, mode, workspace, policy } = visit;
        match mode {
            None => dropout::inference(a, y, workspace, policy),
            Some(Masks::Drawn { seed, step }) => {
                let stream = Stream { seed, number: k as u32, step };
                dropout::forward(stream, 0, p, a, y, workspace, policy)
            }
            Some(Masks::Given(keep)) => {
                let keep = &keep[rows * self.places[k].flags..][..y.len()];
                dropout::forward_given(keep, p, a, y, workspace, policy)
            }
        }
    }

    /// The way back through layer k: `upstream[0]` is by its output before, by its input after.
    pub(super) fn back_through(
        &self,
        k: usize,
        batch: &Batch<'_, T>,
        passes_on: bool,
        scratch: &mut Scratch<T>,
    ) -> Result<(), Error> {
        let rows = batch.rows;
        let Place { inputs, outputs: width, .. } = self.places[k];
        let Scratch { policy, workspace, outputs, moments, upstream, gradient, .. } = scratch;
        let a = if k == 0 { batch.x } else { &outputs[k - 1][..rows * inputs] };
        let [dy, da] = upstream;
        let (dy, da) = (&mut dy[..rows * width], &mut da[..rows * inputs]);
        let tensors = split_mut(gradient, &self.places[k]);
        let visit = Visit { k, rows, mode: Some(batch.masks), workspace, policy };
        self.slopes(visit, Slopes { a, dy, da, passes_on, tensors }, &moments[k])?;
        if !matches!(self.layers[k], Layer::Activation(_)) {
            scratch.upstream.swap(0, 1);
        }
        Ok(())
    }

    /// ∂L/∂a and those by the tensors of the layer, from ∂L/∂y; an activation's stands where that was.
    fn slopes(
        &self,
        visit: Visit<'_>,
        slopes: Slopes<'_, T>,
        moments: &[Moments],
    ) -> Result<(), Error> {
        let [w, _] = self.tensors(visit.k);
        let Slopes { a, dy, da, passes_on, tensors: [dw, db] } = slopes;
        let (shape, policy) =
            (Shape::new(visit.rows, self.places[visit.k].outputs, 1), visit.policy);
        match self.layers[visit.k] {
            Layer::Dense { inputs, outputs } => {
                let (a, w, dy) = (matrix(a, inputs), matrix(w, inputs), matrix(dy, outputs));
                product::weights(dy, a, dw, visit.workspace, policy);
                product::biases(dy, db, visit.workspace, policy);
                if passes_on {
                    product::backward(dy, w, da, visit.workspace, policy);
                }
                Ok(())
            }
            Layer::BatchNorm { width, epsilon, .. } => {
                let (moments, workspace) = (&moments[..width], visit.workspace);
                batch_norm::backward(
                    shape, a, w, epsilon, moments, dy, da, dw, db, workspace, policy,
                )
            }
            Layer::LayerNorm { epsilon, .. } => {
                let (moments, workspace) = (&moments[..visit.rows], visit.workspace);
                layer_norm::backward(
                    shape, a, w, epsilon, moments, dy, da, dw, db, workspace, policy,
                )
            }
            Layer::Activation(curve) => {
                activation::backward_in_place(curve, a, dy, visit.workspace, policy)
            }
            Layer::Dropout { drop_probability: p } => self.drop_out(visit, p, dy, da),
        }
    }
}

/// Values that lie in rows of `columns`.
fn matrix<T>(values: &[T], columns: usize) -> Rows<'_, T> {
    Rows { values, rows: values.len() / columns, columns }
}
