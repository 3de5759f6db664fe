//! The memory of all passes.

use crate::{Element, Moments, Policy, Workspace};

use super::layer::{Layer, Place};

/// Memory for the calls of a [`Network`](super::Network), and how its kernels run.
///
/// It grows when a call needs more and is never given back before it is dropped. One is enough for any
/// number of networks that are called one after the other.
#[derive(Debug, Default)]
pub struct Scratch<T> {
    pub(super) policy: Policy,
    pub(super) workspace: Workspace,
    /// What leaves each layer.
    pub(super) outputs: Vec<Vec<T>>,
    /// The statistics of each normalisation.
    pub(super) moments: Vec<Vec<Moments>>,
    /// The gradient by what leaves a layer, and room for that by what enters it.
    pub(super) upstream: [Vec<T>; 2],
    /// By the parameters.
    pub(super) gradient: Vec<T>,
    /// The loss of each row.
    pub(super) losses: Vec<f64>,
    /// How many threads took part in the last kernel of a layer, at most, in the last call.
    pub(super) most_workers: usize,
}

impl<T: Element> Scratch<T> {
    /// Memory for kernels that run like that.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// How many threads took part in the last kernel of a layer, at most, in the last call.
    #[must_use]
    pub fn workers_seen(&self) -> usize {
        self.most_workers
    }

    pub(super) fn count_workers(&mut self) {
        self.most_workers = self.most_workers.max(self.workspace.workers_seen());
    }

    /// Room for the forward pass of so many rows.
    pub(super) fn make_room(&mut self, layers: &[Layer], places: &[Place], rows: usize) {
        if self.outputs.len() < places.len() {
            self.outputs.resize_with(places.len(), Vec::new);
            self.moments.resize_with(places.len(), Vec::new);
        }
        for (k, (layer, place)) in layers.iter().zip(places).enumerate() {
            grow(&mut self.outputs[k], rows * place.outputs);
            match layer {
                Layer::BatchNorm { width, .. } => grow(&mut self.moments[k], *width),
                Layer::LayerNorm { .. } => grow(&mut self.moments[k], rows),
                _ => {}
            }
        }
    }

    /// Room for the way back, too.
    pub(super) fn make_room_for_gradients(
        &mut self,
        places: &[Place],
        rows: usize,
        parameters: usize,
    ) {
        let widest = places.iter().map(|place| place.inputs.max(place.outputs)).max();
        for upstream in &mut self.upstream {
            grow(upstream, rows * widest.unwrap_or(0));
        }
        grow(&mut self.gradient, parameters);
        grow(&mut self.losses, rows);
    }
}

/// Makes a vector at least so long.
fn grow<U: Clone + Default>(values: &mut Vec<U>, len: usize) {
    if values.len() < len {
        values.resize(len, U::default());
    }
}
