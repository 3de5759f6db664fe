//! How a tensor is walked: along rows that stand together, or across rows that stand as columns.
//!
//! Which of the two depends on the shape alone, as do the blocks of each; so the bits do too.

use super::{columns::Columns, rows::Rows};
use crate::dropout::Dropping;
use crate::element::Element;
use crate::normalization::{Inputs, Job, Source};
use crate::policy::Work;
use crate::workspace::{Crew, Workers};
use crate::{Moments, Policy, Shape};

/// Sums and coefficients on their way, in a workspace's memory.
pub struct Memory<'a> {
    pub(super) slots: &'a mut Vec<f64>,
    pub(super) planes: &'a mut Vec<f64>,
}

/// The passes over a tensor.
pub trait Layout<T: Element>: Sync {
    /// Moments of every row, and y, of which some is dropped.
    #[expect(clippy::too_many_arguments, reason = "inputs, outputs, and where sums go meanwhile")]
    fn forward(
        &self,
        x: Source<'_, T>,
        affine: [&[T]; 2],
        epsilon: f64,
        dropping: Option<Dropping>,
        y: &mut [T],
        moments: &mut [Moments],
        memory: Memory<'_>,
    );

    /// dx, from dy of which some is dropped; Σ dy and Σ dy·x̂ of every feature go to the slots, in as
    /// many parts as are returned.
    fn backward(
        &self,
        inputs: Inputs<'_, T>,
        epsilon: f64,
        dropping: Option<Dropping>,
        moments: &[Moments],
        dx: &mut [T],
        memory: Memory<'_>,
    ) -> usize;

    /// Where each part has the two sums of a feature.
    fn places(&self, feature: usize) -> [usize; 2];
}

/// The walk that suits the shape.
pub enum Walk<'a> {
    Rows(Rows<'a>),
    Columns(Columns<'a>),
}

impl<'a> Walk<'a> {
    pub(super) fn new<T>(shape: Shape, policy: &Policy, workers: &'a Workers) -> Self {
        let crew = Crew::new(policy.parallel(shape.len(), Work::Medium), workers);
        // Rows of one value stand side by side, however the axes are called.
        let shape = if shape.channels == 1 { Shape::new(1, 1, shape.len()) } else { shape };
        let job = Job { shape, level: policy.level, crew };
        if shape.inner == 1 && shape.channels > 1 {
            Self::Rows(Rows { job, streams: policy.streams::<T>(shape.len()) })
        } else {
            Self::Columns(Columns(job))
        }
    }

    pub(super) fn job(&self) -> Job<'a> {
        match self {
            Self::Rows(Rows { job, .. }) | Self::Columns(Columns(job)) => *job,
        }
    }
}

/// The passes of a precision, compiled once, in this crate: see
/// [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Those that suit the shape.
    fn over<'a>(walk: &'a Walk<'_>) -> &'a dyn Layout<Self>
    where
        Self: Element;
}

macro_rules! passes {
    ($($precision:ident)*) => {$(
        impl Passes for $precision {
            // Inlined elsewhere, it would be compiled there, and all that it points to.
            #[inline(never)]
            fn over<'a>(walk: &'a Walk<'_>) -> &'a dyn Layout<Self> {
                match walk {
                    Walk::Rows(rows) => rows,
                    Walk::Columns(columns) => columns,
                }
            }
        }
    )*};
}

passes! { f32 f64 }
