//! What batch and layer normalisation share: the formulas of x̂, y and dx, and the two sums.
//!
//! They differ in what is summed and in which way γ and β lie, not in what is done.
//!
//! - `formula`: x̂ = (x − μ)·r and what follows from it, on eight lanes;
//! - `planes`: the coefficients that the formulas take;
//! - `sums`: Σ a and Σ a·b, along a run, along columns;
//! - `blocks`: a tree of column sums, and the moments that batch normalisation takes by blocks;
//! - `maps`: elementwise passes.

pub(crate) mod blocks;
pub(crate) mod formula;
pub(crate) mod maps;
#[cfg(test)]
pub(crate) mod oracle;
pub(crate) mod planes;
pub(crate) mod sums;

use crate::element::Element;
use crate::workspace::Crew;
use crate::{Level, Shape};

/// One call: what is walked, on which level, by whom.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) shape: Shape,
    pub(crate) level: Level,
    pub(crate) crew: Crew<'a>,
}

/// The tensors of a backward pass.
#[derive(Clone, Copy)]
pub struct Inputs<'a, T> {
    pub(crate) x: &'a [T],
    pub(crate) gamma: &'a [T],
    pub(crate) dy: &'a [T],
}

/// Its results.
pub(crate) struct Outputs<'a, T> {
    pub(crate) dx: &'a mut [T],
    pub(crate) dgamma: &'a mut [T],
    pub(crate) dbeta: &'a mut [T],
}

/// Where the values to be normalised stand.
#[derive(Clone, Copy)]
pub enum Source<'a, T> {
    /// In a slice of their own.
    Slice(&'a [T]),
    /// Where the result goes.
    InPlace,
}

impl<'a, T> Source<'a, T> {
    /// The part of the source that belongs to `len` results from index `start` on.
    pub(crate) fn part(&self, start: usize, len: usize) -> Self {
        match self {
            Self::Slice(x) => Self::Slice(&x[start..start + len]),
            Self::InPlace => Self::InPlace,
        }
    }

    /// What stands from index `start` on, in a slice of its own.
    pub(crate) fn after(&self, start: usize) -> &'a [T] {
        match self {
            Self::Slice(x) => &x[start..],
            Self::InPlace => &[],
        }
    }

    #[inline(always)]
    pub(crate) fn or<'b>(&'b self, y: &'b [T]) -> &'b [T] {
        match self {
            Self::Slice(x) => x,
            Self::InPlace => y,
        }
    }
}

/// Rounds once; every NaN becomes the same NaN.
pub(crate) fn rounded<T: Element>(value: f64) -> T {
    T::round(if value.is_nan() { f64::NAN } else { value })
}
