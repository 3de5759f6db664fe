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

    /// Changes a piece; without `from` the values stand in `to`.
    pub(super) fn apply<T: Element>(self, from: Option<&[T]>, to: &mut [T], level: Level) {
        match (self, from) {
            (Self::Fill(value), _) => to.fill(T::round(value)),
            (Self::Nothing, None) => {}
            (Self::Nothing, Some(from)) => to.copy_from_slice(from),
            (Self::Scale(factor), from) => match factor.plain() {
                Some(factor) => T::scale(level, factor, from, to),
                None => {
                    if let Some(from) = from {
                        to.copy_from_slice(from);
                    }
                    to.iter_mut().for_each(|g| *g = factor.times(*g));
                }
            },
        }
    }
}
