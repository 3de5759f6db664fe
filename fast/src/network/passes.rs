//! Through all layers: forward in training and in inference, and the way back.

use super::layer::{Layer, Place};
use super::through::{Mode, Visit};
use super::{Goal, Network, Scratch, loss, times};
use crate::{Element, Error, check};

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
            let visit = Visit { k, rows, mode, workspace, policy };
            self.through(visit, a, y, &mut moments[k])?;
            scratch.count_workers();
        }
        Ok(&scratch.outputs[self.layers.len() - 1][..rows * self.outputs()])
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
}
