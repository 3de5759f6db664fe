//! Forward in training and in inference, and the way back.

use super::layer::{Layer, Place};
use super::product::{self, Rows};
use super::{Goal, Network, Scratch, loss, split_mut, times};
use crate::random::Stream;
use crate::{
    Element, Error, Moments, Policy, Shape, Workspace, activation, batch_norm, check, dropout,
    layer_norm,
};

/// Where the masks of the dropout layers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Masks<'a> {
    /// Drawn, and drawn again on the way back: layer k has the stream (seed, number k, step).
    Drawn {
        /// The seed of the whole run.
        seed: u64,
        /// Which step of the training: another one, other masks.
        step: u32,
    },
    /// Given: the flags of each dropout layer, rows × width, one layer after the other; true is kept.
    Given(&'a [bool]),
}

impl Masks<'_> {
    /// For a network without dropout.
    #[must_use]
    pub const fn none() -> Self {
        Self::Given(&[])
    }
}

/// What a pass in training goes through with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batch<'a, T> {
    /// m: samples, at least 1, with a batch norm 2.
    pub rows: usize,
    /// m × inputs, row by row.
    pub x: &'a [T],
    /// What is to come out.
    pub goal: Goal<'a, T>,
    /// What is dropped.
    pub masks: Masks<'a>,
}

/// Training, or inference: then there are no masks.
type Mode<'a> = Option<Masks<'a>>;

/// Rows that inference takes through all layers at a time.
const ROWS_AT_A_TIME: usize = 1024;

impl<T: Element> Network<T> {
    /// What comes out, with the running statistics and nothing dropped.
    ///
    /// x: rows × inputs, y: rows × outputs, row by row.
    ///
    /// # Errors
    /// Names `rows` (0), `x` or `y` (wrong length). Nothing is written then.
    pub fn inference(
        &self,
        rows: usize,
        x: &[T],
        y: &mut [T],
        scratch: &mut Scratch<T>,
    ) -> Result<(), Error> {
        self.check_input(rows, x)?;
        check::length("y", y, times("rows", rows, self.outputs())?)?;
        scratch.most_workers = 0;
        let parts = x.chunks(ROWS_AT_A_TIME * self.inputs());
        for (x, y) in parts.zip(y.chunks_mut(ROWS_AT_A_TIME * self.outputs())) {
            let z = self.pass(x.len() / self.inputs(), x, None, scratch)?;
            y.copy_from_slice(z);
        }
        Ok(())
    }

    /// What comes out in training: normalised by the batch, with masks.
    ///
    /// Running statistics stay as they are.
    ///
    /// # Errors
    /// Names `rows` (too few), `x`, `keep` or `y` (wrong length). Nothing is written then.
    pub fn forward(
        &self,
        rows: usize,
        x: &[T],
        masks: Masks<'_>,
        y: &mut [T],
        scratch: &mut Scratch<T>,
    ) -> Result<(), Error> {
        self.check_training(rows, x, masks)?;
        check::length("y", y, times("rows", rows, self.outputs())?)?;
        scratch.most_workers = 0;
        y.copy_from_slice(self.pass(rows, x, Some(masks), scratch)?);
        Ok(())
    }

    /// The loss of a batch in training, without a penalty.
    ///
    /// # Errors
    /// Names `rows`, `x`, `keep`, `classes` or `values`.
    pub fn loss(&self, batch: &Batch<'_, T>, scratch: &mut Scratch<T>) -> Result<T, Error> {
        self.check_batch(batch)?;
        self.forward_and_loss(batch, scratch)
    }

    /// The gradient of that loss by x and by all parameters; the loss itself is returned.
    ///
    /// # Errors
    /// As [`Network::loss`]; names `dx` or `dparameters` (wrong length). Nothing is written then.
    pub fn gradients(
        &self,
        batch: &Batch<'_, T>,
        dx: &mut [T],
        dparameters: &mut [T],
        scratch: &mut Scratch<T>,
    ) -> Result<T, Error> {
        self.check_batch(batch)?;
        check::length("dx", dx, batch.x.len())?;
        check::length("dparameters", dparameters, self.parameters().len())?;
        let loss = self.forward_and_loss(batch, scratch)?;
        self.back(batch, true, scratch)?;
        dx.copy_from_slice(&scratch.upstream[0][..batch.x.len()]);
        dparameters.copy_from_slice(&scratch.gradient[..dparameters.len()]);
        Ok(loss)
    }

    pub(super) fn check_batch(&self, batch: &Batch<'_, T>) -> Result<(), Error> {
        self.check_training(batch.rows, batch.x, batch.masks)?;
        batch.goal.check(batch.rows, self.outputs())
    }

    fn check_training(&self, rows: usize, x: &[T], masks: Masks<'_>) -> Result<(), Error> {
        let has_batch_norm = self.layers().iter().any(|l| matches!(l, Layer::BatchNorm { .. }));
        check::rows(rows, if has_batch_norm { 2 } else { 1 })?;
        self.check_input(rows, x)?;
        match masks {
            Masks::Drawn { .. } => Ok(()),
            Masks::Given(keep) => check::length("keep", keep, times("rows", rows, self.flags)?),
        }
    }

    /// Goes through all layers and leaves what each gives in `scratch`.
    fn pass<'s>(
        &self,
        rows: usize,
        x: &[T],
        mode: Mode<'_>,
        scratch: &'s mut Scratch<T>,
    ) -> Result<&'s [T], Error> {
        scratch.make_room(&self.layers, &self.places, rows);
        for k in 0..self.layers.len() {
            let Scratch { policy, workspace, outputs, moments, .. } = scratch;
            let Place { inputs, outputs: width, .. } = self.places[k];
            let (before, from_here) = outputs.split_at_mut(k);
            let a = before.last().map_or(x, |a| &a[..rows * inputs]);
            let y = &mut from_here[0][..rows * width];
            self.through(k, rows, mode, a, y, &mut moments[k], workspace, policy)?;
            scratch.count_workers();
        }
        Ok(&scratch.outputs[self.layers.len() - 1][..rows * self.outputs()])
    }

    /// y = layer_k(a)
    #[allow(clippy::too_many_arguments, reason = "what a layer is, what it has, and where it runs")]
    fn through(
        &self,
        k: usize,
        rows: usize,
        mode: Mode<'_>,
        a: &[T],
        y: &mut [T],
        moments: &mut [Moments],
        workspace: &mut Workspace,
        policy: &Policy,
    ) -> Result<(), Error> {
        let [first, second] = self.tensors(k);
        match (self.layers[k], mode) {
            (Layer::Dense { inputs, outputs }, _) => {
                let (a, w) = (matrix(a, inputs), matrix(first, inputs));
                debug_assert_eq!(w.rows, outputs);
                product::forward(a, w, second, y, workspace, policy);
                Ok(())
            }
            (Layer::BatchNorm { width, epsilon, .. }, None) => {
                let ([mean, variance], shape) = (self.running(k), Shape::new(rows, width, 1));
                batch_norm::inference(
                    shape, a, first, second, mean, variance, epsilon, y, workspace, policy,
                )
            }
            (Layer::BatchNorm { width, epsilon, .. }, Some(_)) => {
                let (shape, moments) = (Shape::new(rows, width, 1), &mut moments[..width]);
                batch_norm::forward(shape, a, first, second, epsilon, y, moments, workspace, policy)
            }
            (Layer::LayerNorm { width, epsilon }, _) => {
                let (shape, moments) = (Shape::new(rows, width, 1), &mut moments[..rows]);
                layer_norm::forward(shape, a, first, second, epsilon, y, moments, workspace, policy)
            }
            (Layer::Activation(curve), _) => activation::forward(curve, a, y, workspace, policy),
            (Layer::Dropout { .. }, None) => dropout::inference(a, y, workspace, policy),
            (Layer::Dropout { drop_probability: p }, Some(masks)) => {
                self.drop_out(k, rows, masks, p, a, y, workspace, policy)
            }
        }
    }

    /// Dropout of values on their way forward, or of gradients on their way back: the same map.
    #[allow(clippy::too_many_arguments, reason = "as the layer, with its mask")]
    fn drop_out(
        &self,
        k: usize,
        rows: usize,
        masks: Masks<'_>,
        p: f64,
        a: &[T],
        y: &mut [T],
        workspace: &mut Workspace,
        policy: &Policy,
    ) -> Result<(), Error> {
        match masks {
            Masks::Drawn { seed, step } => {
                let stream = Stream { seed, number: k as u32, step };
                dropout::forward(stream, 0, p, a, y, workspace, policy)
            }
            Masks::Given(keep) => {
                let keep = &keep[rows * self.places[k].flags..][..y.len()];
                dropout::forward_given(keep, p, a, y, workspace, policy)
            }
        }
    }

    /// The loss of a checked batch; its gradient by the output is left in `scratch`.
    pub(super) fn forward_and_loss(
        &self,
        batch: &Batch<'_, T>,
        scratch: &mut Scratch<T>,
    ) -> Result<T, Error> {
        scratch.most_workers = 0;
        self.pass(batch.rows, batch.x, Some(batch.masks), scratch)?;
        scratch.make_room_for_gradients(&self.places, batch.rows, self.parameters.len());
        let Scratch { policy, workspace, outputs, upstream, losses, .. } = scratch;
        let count = batch.rows * self.outputs();
        let z = &outputs[self.layers.len() - 1][..count];
        let (dz, losses) = (&mut upstream[0][..count], &mut losses[..batch.rows]);
        Ok(T::round(loss::loss(batch.goal, z, dz, losses, workspace, policy)))
    }

    /// Back-propagation: the gradient by the parameters, and by x if it is wanted, left in `scratch`.
    pub(super) fn back(
        &self,
        batch: &Batch<'_, T>,
        wants_dx: bool,
        scratch: &mut Scratch<T>,
    ) -> Result<(), Error> {
        // Before the first layer with parameters there is nothing to learn.
        let learns = |place: &Place| place.lengths != [0, 0];
        let last = if wants_dx { 0 } else { self.places.iter().position(learns).unwrap_or(0) };
        for k in (last..self.layers.len()).rev() {
            let passes_on = wants_dx || k > last;
            self.back_through(k, batch, passes_on, scratch)?;
            scratch.count_workers();
        }
        Ok(())
    }

    /// The way back through layer k: `upstream[0]` is by its output before, by its input after.
    fn back_through(
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
        let [first, _] = self.tensors(k);
        let [dfirst, dsecond] = split_mut(gradient, &self.places[k]);
        match self.layers[k] {
            Layer::Dense { inputs, outputs } => {
                let (a, w) = (matrix(a, inputs), matrix(first, inputs));
                let dy = matrix(dy, outputs);
                product::weights(dy, a, dfirst, workspace, policy);
                product::biases(dy, dsecond, workspace);
                if passes_on {
                    product::backward(dy, w, da, workspace, policy);
                }
            }
            Layer::BatchNorm { epsilon, .. } => {
                let (shape, moments) = (Shape::new(rows, width, 1), &moments[k][..width]);
                batch_norm::backward(
                    shape, a, first, epsilon, moments, dy, da, dfirst, dsecond, workspace, policy,
                )?;
            }
            Layer::LayerNorm { epsilon, .. } => {
                let (shape, moments) = (Shape::new(rows, width, 1), &moments[k][..rows]);
                layer_norm::backward(
                    shape, a, first, epsilon, moments, dy, da, dfirst, dsecond, workspace, policy,
                )?;
            }
            Layer::Activation(curve) => {
                return activation::backward_in_place(curve, a, dy, workspace, policy);
            }
            Layer::Dropout { drop_probability: p } => {
                self.drop_out(k, rows, batch.masks, p, dy, da, workspace, policy)?;
            }
        }
        scratch.upstream.swap(0, 1);
        Ok(())
    }
}

/// Values that lie in rows of `columns`.
fn matrix<T>(values: &[T], columns: usize) -> Rows<'_, T> {
    Rows { values, rows: values.len() / columns, columns }
}
