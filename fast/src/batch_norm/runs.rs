//! Lanes along the values of a channel: column-major batches, NCHW images.
//!
//! 1. A channel's values, run after run, are cut into blocks of 4096; a block that spans several
//!    runs is gathered first.
//! 2. Each block has its own shift, its first value, and is summed in 2 × 64 steps of 32 lanes.
//! 3. Its moments are stated from the channel's first value; blocks are folded by a fixed tree.
//! 4. The elementwise passes cut the tensor into flat pieces: no sum, so no order to keep.

use fearless_simd::dispatch;

use super::layout::Layout;
use super::maps::{Differentiate, Normalize, map_runs};
use crate::Shape;
use crate::element::Element;
use crate::moments::Spread;
use crate::normalization::blocks::block_moments;
use crate::normalization::formula::Along;
use crate::normalization::planes::Planes;
use crate::normalization::sums::{BLOCK, Gradient, sum_block};
use crate::normalization::{Job, Source};
use crate::workspace::{at_least, pairwise};

/// Elements that a thread takes at a time.
const PIECE: usize = 1 << 14;

/// The walk along runs.
pub struct Runs<'a>(pub(super) Job<'a>);

impl<T: Element> Layout<T> for Runs<'_> {
    fn spread(&self) -> usize {
        1
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
            Spread {
                count: self.block_len(block) as f64,
                offset: slots[slot],
                second: slots[slot + 1],
            }
        };
        pairwise(0..blocks, &leaf, &Spread::join)
    }

    fn rescan(&self, x: &[T], channel: usize, scale: f64) -> Spread {
        let leaf = |block| self.block_moments(x, channel, block, scale);
        pairwise(0..self.blocks(), &leaf, &Spread::join)
    }

    fn gradients(&self, x: &[T], dy: &[T], planes: &Planes<'_>, slots: &mut Vec<f64>) {
        let (shape, level) = (self.0.shape, self.0.level.token());
        self.each_block(slots, |channel, block| {
            with_block(x, shape, channel, block, |x| {
                with_block(dy, shape, channel, block, |dy| {
                    let gradient = Gradient { x, dy, planes, along: Along::Channel };
                    dispatch!(level, simd => sum_block(simd, gradient, channel, x.len()))
                })
            })
        });
    }

    fn folded_gradients(&self, slots: &[f64], channel: usize) -> [f64; 2] {
        let first = channel * self.blocks();
        let leaf = |block: usize| [slots[2 * block], slots[2 * block + 1]];
        pairwise(first..first + self.blocks(), &leaf, &|a, b| [a[0] + b[0], a[1] + b[1]])
    }

    fn forward(&self, x: Source<'_, T>, y: &mut [T], planes: &Planes<'_>) {
        let (shape, level) = (self.0.shape, self.0.level.token());
        self.0.crew.each_chunk(y, PIECE, |piece, y| {
            let start = piece * PIECE;
            let x = x.part(start, y.len());
            let map = Normalize { x, planes, along: Along::Channel };
            dispatch!(level, simd => map_runs(simd, map, shape, start, y));
        });
    }

    fn backward(&self, x: &[T], dy: &[T], dx: &mut [T], planes: &Planes<'_>) {
        let (shape, level) = (self.0.shape, self.0.level.token());
        self.0.crew.each_chunk(dx, PIECE, |piece, dx| {
            let start = piece * PIECE;
            let part = start..start + dx.len();
            let (x, dy) = (&x[part.clone()], &dy[part]);
            let map = Differentiate { x, dy, planes, along: Along::Channel };
            dispatch!(level, simd => map_runs(simd, map, shape, start, dx));
        });
    }
}

impl Runs<'_> {
    /// Blocks of a channel.
    fn blocks(&self) -> usize {
        self.0.shape.per_channel().div_ceil(BLOCK)
    }

    /// Values in block `block` of a channel.
    fn block_len(&self, block: usize) -> usize {
        BLOCK.min(self.0.shape.per_channel() - block * BLOCK)
    }

    /// Fills each block's slot with two numbers; some 16 Ki values are one task.
    fn each_block(&self, slots: &mut Vec<f64>, task: impl Fn(usize, usize) -> [f64; 2] + Sync) {
        let blocks = self.blocks();
        let slots = at_least(slots, 2 * self.0.shape.channels * blocks);
        let together = (PIECE / self.block_len(0)).max(1);
        self.0.crew.each_chunk(slots, 2 * together, |chunk, slots| {
            for (k, slot) in slots.chunks_exact_mut(2).enumerate() {
                let block = chunk * together + k;
                slot.copy_from_slice(&task(block / blocks, block % blocks));
            }
        });
    }

    /// The moments of a block, measured from the channel's first value.
    fn block_moments<T: Element>(
        &self,
        x: &[T],
        channel: usize,
        block: usize,
        scale: f64,
    ) -> Spread {
        let (shape, level) = (self.0.shape, self.0.level);
        let origin = x[channel * shape.inner].to_f64() * scale;
        with_block(x, shape, channel, block, |x| {
            let count = x.len() as f64;
            let [offset, second] = block_moments(level, x, scale, T::PASSES);
            Spread { count, offset: (x[0].to_f64() * scale - origin) + offset, second }
        })
    }
}

/// Hands `task` the values of a block, gathered if they do not stand together.
fn with_block<T: Element, R>(
    x: &[T],
    shape: Shape,
    channel: usize,
    block: usize,
    task: impl FnOnce(&[T]) -> R,
) -> R {
    let (first, last) = (block * BLOCK, shape.per_channel().min((block + 1) * BLOCK));
    let run = |value: usize| (value / shape.inner * shape.channels + channel) * shape.inner;
    let within = first % shape.inner;
    if within + (last - first) <= shape.inner {
        let start = run(first) + within;
        return task(&x[start..start + last - first]);
    }
    let mut gathered = [T::default(); BLOCK];
    let mut value = first;
    while value < last {
        let within = value % shape.inner;
        let len = (shape.inner - within).min(last - value);
        let start = run(value) + within;
        gathered[value - first..][..len].copy_from_slice(&x[start..start + len]);
        value += len;
    }
    task(&gathered[..last - first])
}
