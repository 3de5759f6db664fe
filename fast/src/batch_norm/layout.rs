//! How a tensor is walked: along the values of a channel, or along its channels.
//!
//! Which of the two depends on the shape alone, as do the blocks of each; so the bits do too.

use super::{rows::Rows, runs::Runs};
use crate::element::{Element, STEP};
use crate::moments::Spread;
use crate::normalization::planes::Planes;
use crate::normalization::{Job, Source};
use crate::policy::Work;
use crate::workspace::{Crew, Workers};
use crate::{Policy, Shape};

/// Shorter runs of one channel's values are walked along the channels.
const SHORT: usize = STEP;

/// The passes over a tensor. Partial results of blocks go to `slots`, from where those of one
/// channel are folded by a fixed tree.
pub trait Layout<T: Element>: Sync {
    /// How many columns of coefficients a channel has.
    fn spread(&self) -> usize;
    /// Moments of every block with exponent 0.
    fn moments(&self, x: &[T], slots: &mut Vec<f64>);
    /// The moments of a channel, measured from its first value.
    fn folded_moments(&self, x: &[T], slots: &[f64], channel: usize) -> Spread;
    /// The same in another unit, from the data.
    fn rescan(&self, x: &[T], channel: usize, scale: f64) -> Spread;
    /// Σ dy and Σ dy·x̂ of every block.
    fn gradients(&self, x: &[T], dy: &[T], planes: &Planes<'_>, slots: &mut Vec<f64>);
    /// Σ dy and Σ dy·x̂ of a channel.
    fn folded_gradients(&self, slots: &[f64], channel: usize) -> [f64; 2];
    /// y = γ·x̂ + β.
    fn forward(&self, x: Source<'_, T>, y: &mut [T], planes: &Planes<'_>);
    /// dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)).
    fn backward(&self, x: &[T], dy: &[T], dx: &mut [T], planes: &Planes<'_>);
}

/// The walk that suits the shape.
pub enum Walk<'a> {
    Runs(Runs<'a>),
    Rows(Rows<'a>),
}

impl<'a> Walk<'a> {
    pub(super) fn new(shape: Shape, policy: &Policy, workers: &'a Workers) -> Self {
        let crew = Crew::new(policy.parallel(shape.len(), Work::Medium), workers);
        // A single channel is one run, however the axes are called.
        let shape = if shape.channels == 1 { Shape::new(1, 1, shape.len()) } else { shape };
        let job = Job { shape, level: policy.level, crew };
        if shape.outer == 1 || shape.inner >= SHORT {
            Self::Runs(Runs(job))
        } else {
            Self::Rows(Rows(job))
        }
    }

    pub(super) fn job(&self) -> Job<'a> {
        match self {
            Self::Runs(Runs(job)) | Self::Rows(Rows(job)) => *job,
        }
    }
}

/// The passes of a precision.
///
/// Kernels for four levels take long to compile. Behind this trait, whose functions are not generic,
/// they are compiled once, in this crate, and not again in every crate that calls one of them.
pub trait Passes: Sized {
    /// Those that suit the shape.
    fn along<'a>(walk: &'a Walk<'_>) -> &'a dyn Layout<Self>
    where
        Self: Element;
}

macro_rules! passes {
    ($($precision:ident)*) => {$(
        impl Passes for $precision {
            // Inlined elsewhere, it would be compiled there, and all that it points to.
            #[inline(never)]
            fn along<'a>(walk: &'a Walk<'_>) -> &'a dyn Layout<Self> {
                match walk {
                    Walk::Runs(runs) => runs,
                    Walk::Rows(rows) => rows,
                }
            }
        }
    )*};
}

passes! { f32 f64 }
