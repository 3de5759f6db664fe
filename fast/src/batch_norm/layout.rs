//! How a tensor is walked: along the values of a channel, or along its channels.
//!
//! Which of the two depends on the shape alone, as do the blocks of each; so the bits do too.

use super::{rectifier::Rectifier, rows::Rows, runs::Runs};
use crate::element::{Element, STEP};
use crate::moments::{Moments, Spread, exp2};
use crate::normalization::planes::Planes;
use crate::normalization::{Job, Source};
use crate::policy::Work;
use crate::workspace::{Crew, Workers};
use crate::{Policy, Shape};

/// Shorter runs of one channel's values are walked along the channels.
const SHORT: usize = STEP;
/// Channels that a thread folds at a time.
pub(super) const TOGETHER: usize = 64;

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
    /// The moments of the channels from `first` on.
    fn settle(&self, shape: Shape, x: &[T], slots: &[f64], first: usize, moments: &mut [Moments]) {
        let count = shape.per_channel() as u64;
        for (k, moments) in moments.iter_mut().enumerate() {
            let channel = first + k;
            let shift = x[channel * shape.inner].to_f64();
            let plain = self.folded_moments(x, slots, channel);
            let again = |exponent: i32| self.rescan(x, channel, exp2(-exponent));
            // Written before they are looked at: what comes from either of two branches goes through memory.
            *moments = Moments::plain(shift, count, plain);
            moments.settle(again);
        }
    }
    /// Σ dy and Σ dy·x̂ of every block, dy by the output of the rectifier.
    fn gradients(&self, data: Data<'_, T>, planes: &Planes<'_>, slots: &mut Vec<f64>);
    /// Σ dy and Σ dy·x̂ of a channel.
    fn folded_gradients(&self, slots: &[f64], channel: usize) -> [f64; 2];
    /// Which column the coefficients start with in the elementwise pass that writes `y`: the first
    /// that starts a line of it, if results are streamed.
    fn turn(&self, y: &[T]) -> usize;
    /// y = γ·x̂ + β, or its activation.
    fn forward(
        &self,
        x: Source<'_, T>,
        rectifier: Option<Rectifier>,
        y: &mut [T],
        planes: &Planes<'_>,
    );
    /// dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)).
    fn backward(&self, data: Data<'_, T>, dx: &mut [T], planes: &Planes<'_>);
}

/// What a backward pass reads.
#[derive(Clone, Copy)]
pub struct Data<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) rectifier: Option<Rectifier>,
}

/// The walk that suits the shape.
pub enum Walk<'a> {
    Runs(Runs<'a>),
    Rows(Rows<'a>),
}

impl<'a> Walk<'a> {
    /// Results of `T` go to a tensor of their own, past the caches if they are many.
    pub(super) fn new<T: Element>(shape: Shape, policy: &Policy, workers: &'a Workers) -> Self {
        let streams = policy.streams::<T>(shape.len());
        Self::choose(shape, streams, policy, workers)
    }

    /// Results go where the data is: their lines are in the cache.
    pub(super) fn in_place(shape: Shape, policy: &Policy, workers: &'a Workers) -> Self {
        Self::choose(shape, false, policy, workers)
    }

    fn choose(shape: Shape, streams: bool, policy: &Policy, workers: &'a Workers) -> Self {
        // A single channel is one run, however the axes are called.
        let shape = if shape.channels == 1 { Shape::new(1, 1, shape.len()) } else { shape };
        let along_runs = shape.outer == 1 || shape.inner >= SHORT;
        let work = if along_runs { Work::Medium } else { Work::Stepwise };
        let crew = Crew::new(policy.parallel(shape.len(), work), workers);
        let job = Job { shape, level: policy.level, crew };
        if along_runs {
            Self::Runs(Runs { job, streams })
        } else {
            Self::Rows(Rows { job, streams })
        }
    }

    pub(super) fn job(&self) -> Job<'a> {
        match self {
            Self::Runs(Runs { job, .. }) | Self::Rows(Rows { job, .. }) => *job,
        }
    }
}

/// Room for the coefficients of all columns, and sixteen more.
pub(super) fn planes(memory: &mut Vec<f64>, [channels, spread]: [usize; 2]) -> Planes<'_> {
    Planes::new(memory, channels * spread + STEP, 1)
}

/// The coefficients of each column, from those of its channel: the first are those of column `turn`.
/// After the last come those of the first columns, for what stands before column `turn`.
pub(super) fn turned<const N: usize>(
    [channels, spread]: [usize; 2],
    turn: usize,
    of: impl Fn(usize) -> [f64; N] + Sync,
) -> impl Fn(usize) -> Option<[f64; N]> + Sync {
    let columns = channels * spread;
    move |column| {
        let from_first = if column < columns { column + turn } else { column - columns };
        let from_first = if from_first < columns { from_first } else { from_first - columns };
        // A division takes as long as all the rest.
        let channel = if spread == 1 { from_first } else { from_first / spread };
        (column < columns + turn).then(|| of(channel))
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
