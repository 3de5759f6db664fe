//! Layer normalisations with one fault each, and a label: the catalogue. The base and the faults are
//! in `normalization::mistakes`.

mod catalogue;

use super::{Backward, Forward, Gradients, Layer, LayerNorm};
use crate::{Real, Refusal, Target, normalization};

/// A layer normalisation with one fault.
pub type Mistake = normalization::Mistake<Layer>;

/// Every mistake: of forward, backward, arguments and bits.
#[must_use]
pub fn all() -> &'static [Mistake] {
    &catalogue::ALL
}

impl<T: Real> LayerNorm<T> for Mistake {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.run_forward(&input.tensors(), input.check(y), y)
    }

    fn backward(&self, input: &Backward<'_, T>, to: Gradients<'_, T>) -> Result<(), Refusal> {
        self.run_backward(&input.tensors(), input.check(&to), to)
    }
}

impl<T: Real> Target<T> for Mistake {
    fn name(&self) -> String {
        self.info.label.into()
    }

    fn layer_norm(&self) -> Option<&dyn LayerNorm<T>> {
        Some(self)
    }

    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        self.other_levels()
    }

    /// They claim everything, so that every bound is checked.
    fn promises(&self) -> bool {
        true
    }
}
