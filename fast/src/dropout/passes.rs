//! The passes over a piece of a tensor, compiled once for each precision.

use fearless_simd::dispatch;

use crate::Level;
use crate::element::sealed::Lanes;
use crate::random::{GROUP, Plane, Stream, group, word};

/// Elements that a group of words is for: two halves each.
const BLOCK: usize = 2 * GROUP;

/// p in 48 bits, and what kept values are multiplied with.
#[derive(Debug, Clone, Copy)]
pub struct Threshold {
    /// p·2⁴⁸, rounded: its first sixteen bits (up to 2¹⁶ itself) and its last 32.
    high: u32,
    low: u32,
    /// 1/(1 − p), or 0 where everything is dropped.
    factor: f64,
    /// p is 0: nothing is to be rounded.
    keeps_all: bool,
}

impl Threshold {
    pub(super) fn new(drop_probability: f64) -> Self {
        let whole = (drop_probability * 2_f64.powi(48)).round_ties_even() as u64;
        let drops_all = drop_probability >= 1.0;
        Self {
            high: (whole >> 32) as u32,
            low: whole as u32,
            factor: if drops_all { 0.0 } else { 1.0 / (1.0 - drop_probability) },
            keeps_all: drop_probability == 0.0,
        }
    }

    /// Whether the second word is asked where half and threshold are equal.
    fn has_ties(self) -> bool {
        self.low > 0
    }

    /// Whether an element is dropped.
    pub(super) fn drops(self, half: u16, tie: impl FnOnce() -> u32) -> bool {
        let half = u32::from(half);
        half < self.high || (half == self.high && self.has_ties() && tie() < self.low)
    }
}

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Drops and scales a piece, whose first element has the index `first`.
    fn drop_drawn(
        level: Level,
        stream: Stream,
        first: u64,
        threshold: Threshold,
        piece: &mut [Self],
    );
    /// Drops and scales a piece by a mask.
    fn drop_given(level: Level, keep: &[bool], threshold: Threshold, piece: &mut [Self]);
}

macro_rules! passes {
    ($($precision:ident)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn drop_drawn(
                level: Level,
                stream: Stream,
                first: u64,
                threshold: Threshold,
                piece: &mut [Self],
            ) {
                if threshold.keeps_all {
                    return;
                }
                dispatch!(level.token(), _simd => {
                    each_block(first, piece, |block, part, skip| {
                        let keep = kept(level, stream, block, threshold);
                        select(&keep[skip..skip + part.len()], threshold.factor, part);
                    });
                });
            }

            #[inline(never)]
            fn drop_given(level: Level, keep: &[bool], threshold: Threshold, piece: &mut [Self]) {
                let factor = threshold.factor;
                if threshold.keeps_all {
                    // Not even a signalling NaN is changed.
                    let dropped = piece.iter_mut().zip(keep).filter(|(_, keep)| !**keep);
                    dropped.for_each(|(value, _)| *value = 0.0);
                    return;
                }
                dispatch!(level.token(), _simd => select(keep, factor, piece));
            }
        }
    )*};
}

passes! { f32 f64 }

/// Whether each element of a piece is kept.
#[inline(never)]
pub(super) fn mask(
    level: Level,
    stream: Stream,
    first: u64,
    threshold: Threshold,
    keep: &mut [bool],
) {
    dispatch!(level.token(), _simd => {
        each_block(first, keep, |block, part, skip| {
            part.copy_from_slice(&kept(level, stream, block, threshold)[skip..skip + part.len()]);
        });
    });
}

/// Calls `task` with the number of each block of 128 elements, the part of `piece` that lies in it, and
/// how many elements of the block come before.
#[inline(always)]
fn each_block<U>(first: u64, piece: &mut [U], task: impl Fn(u64, &mut [U], usize)) {
    let (mut block, mut skip) = (first / BLOCK as u64, (first % BLOCK as u64) as usize);
    let mut rest = piece;
    // One call of `task`: it is inlined, and large.
    while !rest.is_empty() {
        let (part, others) = rest.split_at_mut(rest.len().min(BLOCK - skip));
        task(block, part, skip);
        (rest, block, skip) = (others, block.wrapping_add(1), 0);
    }
}

/// For each element of a block whether it is kept: sixteen low halves, then sixteen high ones.
#[inline(always)]
fn kept(level: Level, stream: Stream, block: u64, threshold: Threshold) -> [bool; BLOCK] {
    let words = group(level, stream, Plane::First, block);
    let mut keep = [false; BLOCK];
    let mut ties = false;
    for q in 0..4 {
        for k in 0..16 {
            let word = words[16 * q + k];
            let (low, high) = (word & 0xffff, word >> 16);
            keep[32 * q + k] = low >= threshold.high;
            keep[32 * q + 16 + k] = high >= threshold.high;
            ties |= (low == threshold.high) | (high == threshold.high);
        }
    }
    if ties && threshold.has_ties() {
        settle(stream, block, threshold, &words, &mut keep);
    }
    keep
}

/// Draws the second word where half and threshold are equal.
#[cold]
fn settle(
    stream: Stream,
    block: u64,
    threshold: Threshold,
    words: &[u32; GROUP],
    keep: &mut [bool; BLOCK],
) {
    for (i, keep) in keep.iter_mut().enumerate() {
        let word_of = words[i / 32 * 16 + i % 16];
        let half = if i % 32 < 16 { word_of as u16 } else { (word_of >> 16) as u16 };
        let tie = || word(stream, Plane::Second, block * BLOCK as u64 + i as u64);
        *keep = !threshold.drops(half, tie);
    }
}

/// What is kept times `factor`, rounded once; +0 elsewhere, and everywhere where the factor is 0.
///
/// Every NaN is written as the same NaN: which one arithmetic gives differs between levels.
#[inline(always)]
fn select<T: Lanes>(keep: &[bool], factor: f64, values: &mut [T]) {
    for (value, keep) in values.iter_mut().zip(keep) {
        let scaled = value.to_f64() * factor;
        let scaled = if scaled.is_nan() { f64::NAN } else { scaled };
        *value = if *keep && factor > 0.0 { T::round(scaled) } else { T::default() };
    }
}
