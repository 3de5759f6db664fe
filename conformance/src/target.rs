//! What the suite checks: a `Target`.

use crate::Real;
use crate::activation::Activation;
use crate::augmentation::Augmentation;
use crate::batch_norm::BatchNorm;
use crate::capacity::Capacity;
use crate::clipping::Clipping;
use crate::dropout::Dropout;
use crate::initialization::Initialization;
use crate::layer_norm::LayerNorm;
use crate::network::Network;
use crate::random::Random;
use crate::regularization::Regularization;

/// An implementation under test, in precision `T`: one accessor per technique.
///
/// The reference, the kernels, every planted mistake and every user's type is a target; the suite
/// knows nothing else about them. A technique without an accessor is *skipped*, never passed.
pub trait Target<T: Real>: Send + Sync {
    /// The name that reports show.
    fn name(&self) -> String;

    /// Batch normalisation, if this target has it.
    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        None
    }

    /// Layer normalisation, if this target has it.
    fn layer_norm(&self) -> Option<&dyn LayerNorm<T>> {
        None
    }

    /// Random numbers, if this target has them.
    fn random(&self) -> Option<&dyn Random<T>> {
        None
    }

    /// Dropout, if this target has it.
    fn dropout(&self) -> Option<&dyn Dropout<T>> {
        None
    }

    /// Xavier and He initialisation, if this target has it.
    fn initialization(&self) -> Option<&dyn Initialization<T>> {
        None
    }

    /// Activations, if this target has them.
    fn activation(&self) -> Option<&dyn Activation<T>> {
        None
    }

    /// L1/L2 regularisation, if this target has it.
    fn regularization(&self) -> Option<&dyn Regularization<T>> {
        None
    }

    /// Gradient clipping, if this target has it.
    fn clipping(&self) -> Option<&dyn Clipping<T>> {
        None
    }

    /// Counts of parameters, smaller networks and the gap, if this target has them.
    fn capacity(&self) -> Option<&dyn Capacity<T>> {
        None
    }

    /// Networks, if this target has them.
    fn network(&self) -> Option<&dyn Network<T>> {
        None
    }

    /// Augmentation of images, if this target has it.
    fn augmentation(&self) -> Option<&dyn Augmentation<T>> {
        None
    }

    /// Other ways in which this target computes the same, with their names: instruction-set levels, say.
    ///
    /// Their bits must equal those of the target itself.
    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        Vec::new()
    }

    /// How many threads took part in the last call, where the target can tell.
    ///
    /// Equal bits on seven threads mean something only if more than one of them was at work.
    fn workers_seen(&self) -> Option<usize> {
        None
    }

    /// Whether the target claims the `promise` bounds too.
    fn promises(&self) -> bool {
        false
    }
}
