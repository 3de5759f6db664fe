//! Lanes along the values of a channel: column-major batches, NCHW images.
//!
//! 1. A block is up to 64 whole runs of a channel, up to 4096 values, or a piece of a longer run.
//! 2. Each block has its own shift, its first value; a run is summed in 2 × 64 steps of 32 lanes, and
//!    the runs of a block one after the other.
//! 3. Its moments are stated from the channel's first value; blocks are folded by a fixed tree.
//! 4. The elementwise passes cut the tensor into flat pieces: no sum, so no order to keep.

use std::ops::Range;

use fearless_simd::dispatch;

use super::layout::{Data, Layout};
use super::maps::{self, Differentiate, Normalize, Pass, map_runs};
use super::rectifier::{Activation, Identity, Rectifier};
use super::sums::{Deviation, Gradient};
use crate::Shape;
use crate::element::Element;
use crate::moments::Spread;
use crate::normalization::formula::Along;
use crate::normalization::planes::Planes;
use crate::normalization::sums::{BLOCK, sum_block};
use crate::normalization::{Job, Source};
use crate::workspace::{at_least, pairwise};

/// Values that a thread sums at a time.
const PIECE: usize = 1 << 14;
/// Runs of one block, at most: they are added one after the other.
const RUNS: usize = 64;

/// The walk along runs.
pub struct Runs<'a> {
    pub(super) job: Job<'a>,
    pub(super) streams: bool,
}

impl<T: Element> Layout<T> for Runs<'_> {
    fn spread(&self) -> usize {
        1
    }

    fn turn(&self, _: &[T]) -> usize {
        0
    }

    fn moments(&self, x: &[T], slots: &mut Vec<f64>) {
        self.each_block(slots, |channel, block| {
            let spread = self.block_moments(x, channel, block, 1.0);
            [spread.offset, spread.second]
        });
    }

    fn folded_moments(&self, _: &[T], slots: &[f64], channel: usize) -> Spread {
        let blocks = self.blocks();
        let leaf = |block: usize| {
            let slot = 2 * (channel * blocks + block);
            let count = self.block(channel, block).len() as f64;
            Spread { count, offset: slots[slot], second: slots[slot + 1] }
        };
        pairwise(0..blocks, &leaf, &Spread::join)
    }

    fn rescan(&self, x: &[T], channel: usize, scale: f64) -> Spread {
        let leaf = |block| self.block_moments(x, channel, block, scale);
        pairwise(0..self.blocks(), &leaf, &Spread::join)
    }

    fn gradients(&self, data: Data<'_, T>, planes: &Planes<'_>, slots: &mut Vec<f64>) {
        match data.rectifier {
            None => self.gradients_of(data, Identity, planes, slots),
            Some(rectifier) => self.gradients_of(data, rectifier, planes, slots),
        }
    }

    fn folded_gradients(&self, slots: &[f64], channel: usize) -> [f64; 2] {
        let first = channel * self.blocks();
        let leaf = |block: usize| [slots[2 * block], slots[2 * block + 1]];
        pairwise(first..first + self.blocks(), &leaf, &|a, b| [a[0] + b[0], a[1] + b[1]])
    }

    fn forward(
        &self,
        x: Source<'_, T>,
        rectifier: Option<Rectifier>,
        y: &mut [T],
        planes: &Planes<'_>,
    ) {
        match rectifier {
            None => self.normalize(x, Identity, y, planes),
            Some(rectifier) => self.normalize(x, rectifier, y, planes),
        }
    }

    fn backward(&self, data: Data<'_, T>, dx: &mut [T], planes: &Planes<'_>) {
        match data.rectifier {
            None => self.differentiate(data, Identity, dx, planes),
            Some(rectifier) => self.differentiate(data, rectifier, dx, planes),
        }
    }
}

/// The passes, compiled for each activation.
impl Runs<'_> {
    fn gradients_of<T: Element>(
        &self,
        data: Data<'_, T>,
        activation: impl Activation,
        planes: &Planes<'_>,
        slots: &mut Vec<f64>,
    ) {
        let level = self.job.level.token();
        self.each_block(slots, |channel, block| {
            let block = self.block(channel, block);
            dispatch!(level, simd => block.sum(#[inline(always)] |run| {
                let (x, dy) = (&data.x[run.clone()], &data.dy[run]);
                let gradient = Gradient { x, dy, activation, planes, along: Along::Channel };
                sum_block(simd, gradient, channel, x.len())
            }))
        });
    }

    fn normalize<T: Element>(
        &self,
        x: Source<'_, T>,
        activation: impl Activation,
        y: &mut [T],
        planes: &Planes<'_>,
    ) {
        self.each_piece(y, |at, len| Normalize {
            x: x.part(at, len),
            activation,
            planes,
            along: Along::Channel,
        });
    }

    fn differentiate<T: Element>(
        &self,
        data: Data<'_, T>,
        activation: impl Activation,
        dx: &mut [T],
        planes: &Planes<'_>,
    ) {
        self.each_piece(dx, |at, len| {
            let [x, dy] = [data.x, data.dy].map(|values| &values[at..at + len]);
            Differentiate { x, dy, activation, planes, along: Along::Channel }
        });
    }
}

impl Runs<'_> {
    /// Writes what the passes over the elements at `at`, `len` of them, give.
    fn each_piece<T: Element, P: Pass<T>>(
        &self,
        out: &mut [T],
        pass: impl Fn(usize, usize) -> P + Sync,
    ) {
        let Self { job: Job { shape, level, crew }, streams } = *self;
        let piece = maps::piece(streams);
        crew.each_chunk(out, piece, |k, out| {
            let (at, pass) = (k * piece, pass(k * piece, out.len()));
            dispatch!(level.token(), simd => map_runs(simd, pass, shape, at, streams, out));
        });
    }

    /// Whole runs of a block, and blocks of a run: one of them is 1.
    fn cut(&self) -> [usize; 2] {
        let inner = self.job.shape.inner;
        [(BLOCK / inner).clamp(1, RUNS), inner.div_ceil(BLOCK)]
    }

    /// Blocks of a channel.
    fn blocks(&self) -> usize {
        let [runs, pieces] = self.cut();
        self.job.shape.outer.div_ceil(runs) * pieces
    }

    /// Block `block` of a channel.
    fn block(&self, channel: usize, block: usize) -> Block {
        let (Shape { outer, channels, inner }, [runs, pieces]) = (self.job.shape, self.cut());
        let (first, within) = (block / pieces * runs, block % pieces * BLOCK);
        Block {
            at: (first * channels + channel) * inner + within,
            step: channels * inner,
            runs: runs.min(outer - first),
            run: BLOCK.min(inner - within),
        }
    }

    /// Fills each block's slot with two numbers; some 16 Ki values are one task.
    fn each_block(&self, slots: &mut Vec<f64>, task: impl Fn(usize, usize) -> [f64; 2] + Sync) {
        let blocks = self.blocks();
        let slots = at_least(slots, 2 * self.job.shape.channels * blocks);
        let together = (PIECE / self.block(0, 0).len()).max(1);
        self.job.crew.each_chunk(slots, 2 * together, |chunk, slots| {
            for (k, slot) in slots.chunks_exact_mut(2).enumerate() {
                let block = chunk * together + k;
                slot.copy_from_slice(&task(block / blocks, block % blocks));
            }
        });
    }

    /// The moments of a block, measured from the channel's first value: around the block's first
    /// value, and for `f64` again around the mean found, less what that mean was still off (T. F. Chan,
    /// G. H. Golub, R. J. LeVeque, 1983, eq. 1.7).
    fn block_moments<T: Element>(
        &self,
        x: &[T],
        channel: usize,
        block: usize,
        scale: f64,
    ) -> Spread {
        let block = self.block(channel, block);
        let origin = x[channel * self.job.shape.inner].to_f64() * scale;
        let (shift, count) = (x[block.at].to_f64() * scale, block.len() as f64);
        let (mut center, mut second) = (0.0, 0.0);
        for _ in 0..T::PASSES {
            let [a, aa] = dispatch!(self.job.level.token(), simd => block.sum(#[inline(always)] |run| {
                let x = &x[run];
                sum_block(simd, Deviation { x, scale, shift, center }, 0, x.len())
            }));
            center += a / count;
            second = aa - a * (a / count);
        }
        let second = if second < 0.0 { 0.0 } else { second };
        Spread { count, offset: (shift - origin) + center, second }
    }
}

/// Some runs of one channel.
#[derive(Clone, Copy)]
struct Block {
    /// Index of the first value.
    at: usize,
    /// From a run to the next.
    step: usize,
    runs: usize,
    /// Values of a run.
    run: usize,
}

impl Block {
    fn len(&self) -> usize {
        self.runs * self.run
    }

    /// Adds up the sums of the runs.
    #[inline(always)]
    fn sum(&self, of_run: impl Fn(Range<usize>) -> [f64; 2]) -> [f64; 2] {
        let mut sums = [0.0; 2];
        for k in 0..self.runs {
            let at = self.at + k * self.step;
            let [a, ab] = of_run(at..at + self.run);
            sums = [sums[0] + a, sums[1] + ab];
        }
        sums
    }
}
