//! Which elements are kept: a bit for each, drawn as they are asked for.
//!
//! Bit i of a block belongs to element i of 128: sixteen low halves of words, then sixteen high ones, four
//! times. A call begins and ends anywhere, so bits that were drawn and not asked for wait.

use fearless_simd::{Simd, SimdBase, dispatch, prelude::*, u16x32, u32x16};

use super::passes::{BLOCK, Threshold};
use crate::Level;
use crate::random::{AT_ONCE, Plane, Stream, blocks, in_order, word};

/// The bits of a stream from an element on.
pub(super) struct Kept {
    level: Level,
    stream: Stream,
    threshold: Threshold,
    /// The block after those that are drawn.
    next: u64,
    drawn: [u128; AT_ONCE],
    used: usize,
    /// Bits of a block that were not asked for yet, the next one lowest.
    waiting: u128,
    count: u32,
}

impl Kept {
    pub(super) fn from(level: Level, stream: Stream, first: u64, threshold: Threshold) -> Self {
        let next = first / BLOCK as u64;
        let (drawn, used) = ([0; AT_ONCE], AT_ONCE);
        let mut kept = Self { level, stream, threshold, next, drawn, used, waiting: 0, count: 0 };
        kept.take((first % BLOCK as u64) as usize);
        kept
    }

    /// The bits of the next elements, up to a block of them. What stands above means nothing.
    #[inline(always)]
    pub(super) fn take(&mut self, elements: usize) -> u128 {
        let (elements, mut bits) = (elements as u32, self.waiting);
        if elements > self.count {
            let block = self.block();
            bits |= block.unbounded_shl(self.count);
            self.waiting = block.unbounded_shr(elements - self.count);
            self.count += BLOCK as u32;
        } else {
            self.waiting = bits.unbounded_shr(elements);
        }
        self.count -= elements;
        bits
    }

    #[inline(always)]
    fn block(&mut self) -> u128 {
        if self.used == AT_ONCE {
            self.drawn = draw(self.level, self.stream, self.next, self.threshold);
            self.next += AT_ONCE as u64;
            self.used = 0;
        }
        self.used += 1;
        self.drawn[self.used - 1]
    }
}

/// The bits of three blocks: a call, since ten rounds in every kernel take minutes to compile.
#[inline(never)]
fn draw(level: Level, stream: Stream, first: u64, threshold: Threshold) -> [u128; AT_ONCE] {
    dispatch!(level.token(), simd => {
        let mut drawn = [0; AT_ONCE];
        let groups = blocks::<_, AT_ONCE>(simd, stream, Plane::First, first);
        for n in 0..AT_ONCE {
            drawn[n] = compare(simd, in_order(groups[n]), stream, first + n as u64, threshold);
        }
        drawn
    })
}

/// A bit for each half that is not below the threshold's; where it is the same, the second word decides.
#[inline(always)]
fn compare<S: Simd>(
    simd: S,
    words: [u32x16<S>; 4],
    stream: Stream,
    block: u64,
    threshold: Threshold,
) -> u128 {
    // A word is below, if its high half is; its low half is compared where the high one stands.
    let limit = u32x16::splat(simd, threshold.half() << 16);
    let same = u16x32::splat(simd, threshold.half() as u16);
    let (mut bits, mut ties) = (0, words[0].bitcast::<u16x32<S>>().simd_eq(same));
    for (k, word) in words.into_iter().enumerate() {
        let low = (word << 16).simd_ge(limit).to_bitmask();
        bits |= u128::from(low | word.simd_ge(limit).to_bitmask() << 16) << (32 * k);
        ties |= word.bitcast::<u16x32<S>>().simd_eq(same);
    }
    if threshold.has_ties() && ties.any_true() {
        let mut stored = [[0; 16]; 4];
        for (stored, word) in stored.iter_mut().zip(words) {
            word.store_slice(stored);
        }
        return settle(&stored, bits, stream, block, threshold);
    }
    bits
}

/// Draws the second word where half and threshold are equal.
#[cold]
#[inline(never)]
fn settle(
    words: &[[u32; 16]; 4],
    mut bits: u128,
    stream: Stream,
    block: u64,
    threshold: Threshold,
) -> u128 {
    for i in 0..BLOCK {
        let word_of = words[i / 32][i % 16];
        let half = if i % 32 < 16 { word_of as u16 } else { (word_of >> 16) as u16 };
        // The last block may reach beyond the last index.
        let number = block.wrapping_mul(BLOCK as u64).wrapping_add(i as u64);
        if threshold.drops(half, || word(stream, Plane::Second, number)) {
            bits &= !(1 << i);
        }
    }
    bits
}
