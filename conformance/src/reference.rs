//! `evenkeel-reference` in the contract: the first target of the suite, and one of its judges.
//!
//! A tensor of layout (outer, channels, inner) becomes a matrix of outer·inner rows and a column
//! per channel. `f32` data is widened, which is exact; results are rounded once.

use nalgebra::{DMatrix, DVector};

use crate::activation::Activation;
use crate::augmentation::Augmentation;
use crate::batch_norm::BatchNorm;
use crate::capacity::Capacity;
use crate::clipping::Clipping;
use crate::dropout::Dropout;
use crate::initialization::Initialization;
use crate::layer_norm::LayerNorm;
use crate::network::Network;
use crate::normalization::{Gradients, Pulled};
use crate::random::Random;
use crate::regularization::Regularization;
use crate::{Real, Refusal, Shape, Target};

/// The scalar `f64` formulas of `evenkeel-reference`, as a target in either precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reference;

impl<T: Real> Target<T> for Reference {
    fn name(&self) -> String {
        "reference".into()
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(self)
    }

    fn layer_norm(&self) -> Option<&dyn LayerNorm<T>> {
        Some(self)
    }

    fn random(&self) -> Option<&dyn Random<T>> {
        Some(self)
    }

    fn dropout(&self) -> Option<&dyn Dropout<T>> {
        Some(self)
    }

    fn initialization(&self) -> Option<&dyn Initialization<T>> {
        Some(self)
    }

    fn activation(&self) -> Option<&dyn Activation<T>> {
        Some(self)
    }

    fn regularization(&self) -> Option<&dyn Regularization<T>> {
        Some(self)
    }

    fn clipping(&self) -> Option<&dyn Clipping<T>> {
        Some(self)
    }

    fn capacity(&self) -> Option<&dyn Capacity<T>> {
        Some(self)
    }

    fn network(&self) -> Option<&dyn Network<T>> {
        Some(self)
    }

    fn augmentation(&self) -> Option<&dyn Augmentation<T>> {
        Some(self)
    }
}

/// The reference's errors name arguments as the contract does.
pub(crate) fn refusal(error: evenkeel_reference::Error) -> Refusal {
    Refusal::Invalid { argument: error.argument.into(), value: error.value, allowed: error.allowed }
}

/// Rows are positions, columns are channels.
pub(crate) fn matrix<T: Real>(shape: Shape, tensor: &[T]) -> DMatrix<f64> {
    let element = |k, c| tensor[shape.index(k, c)].to_f64();
    DMatrix::from_fn(shape.per_channel(), shape.channels, element)
}

pub(crate) fn vector<T: Real>(values: &[T]) -> DVector<f64> {
    DVector::from_iterator(values.len(), values.iter().map(|value| value.to_f64()))
}

pub(crate) fn write_tensor<T: Real>(shape: Shape, matrix: &DMatrix<f64>, tensor: &mut [T]) {
    for (i, value) in tensor.iter_mut().enumerate() {
        *value = T::from_f64(matrix[(shape.position_of(i), shape.channel_of(i))]);
    }
}

pub(crate) fn write_vector<T: Real>(vector: &DVector<f64>, values: &mut [T]) {
    for (value, number) in values.iter_mut().zip(vector) {
        *value = T::from_f64(*number);
    }
}

pub(crate) fn write_gradients<T: Real>(shape: Shape, result: &Pulled, to: Gradients<'_, T>) {
    write_tensor(shape, &result.dx, to.dx);
    write_vector(&result.dgamma, to.dgamma);
    write_vector(&result.dbeta, to.dbeta);
}
