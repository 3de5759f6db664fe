//! What clipping by norm does to every element of every tensor.

use super::NonFinite;
use super::factor::Factor;
use crate::{Element, Error, Level, SquaredNorm};

/// The same for all elements.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    Nothing,
    Fill(f64),
    Scale(Factor),
}

impl Change {
    /// What a sum of squares and a threshold ask for.
    ///
    /// # Errors
    /// Names `gradient`, where what is not finite is refused.
    pub(super) fn new<T: Element>(
        total: &SquaredNorm,
        threshold: f64,
        non_finite: NonFinite,
    ) -> Result<Self, Error> {
        if total.is_finite() {
            return Ok(Factor::new::<T>(total, threshold).map_or(Self::Nothing, Self::Scale));
        }
        match non_finite {
            NonFinite::Refuse => {
                Err(Error::new("gradient", format!("of norm {}", total.norm()), "finite"))
            }
            NonFinite::Propagate => Ok(Self::Fill(f64::NAN)),
            NonFinite::Zero => Ok(Self::Fill(0.0)),
        }
    }

    /// Changes a piece.
    pub(super) fn apply<T: Element>(self, from: &[T], to: &mut [T], level: Level) {
        match (self, self.factor()) {
            (_, Some(factor)) => T::scale(level, factor, from, to),
            _ => {
                to.copy_from_slice(from);
                self.apply_in_place(false, to, level);
            }
        }
    }

    /// Changes a piece where it stands; `far` says that it comes from beyond the caches.
    pub(super) fn apply_in_place<T: Element>(self, far: bool, values: &mut [T], level: Level) {
        match (self, self.factor()) {
            (_, Some(factor)) => T::scale_in_place(level, far, factor, values),
            (Self::Nothing, _) => {}
            (Self::Fill(value), _) => values.fill(T::round(value)),
            (Self::Scale(factor), _) => values.iter_mut().for_each(|g| *g = factor.times(*g)),
        }
    }

    /// The factor, where a multiplication with it is all.
    fn factor(self) -> Option<f64> {
        if let Self::Scale(factor) = self { factor.plain() } else { None }
    }
}
