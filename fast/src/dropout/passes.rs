//! The passes over a piece of a tensor, compiled once for each precision.

use fearless_simd::{
    Simd, SimdBase, dispatch, f32x16, f64x8, mask32x16, mask64x8, prelude::*, u8x64,
};

use super::kept::Kept;
use crate::Level;
use crate::element::{STEP, sealed::Lanes};
use crate::random::{GROUP, Stream};
use crate::streaming::{LINE, prefetch};

/// Elements that a group of words is for: two halves each.
pub(super) const BLOCK: usize = 2 * GROUP;

/// p in 48 bits, and what kept values are multiplied with.
#[derive(Debug, Clone, Copy)]
pub struct Threshold {
    /// p·2⁴⁸, rounded: its first sixteen bits (up to 2¹⁶ itself) and its last 32.
    high: u32,
    low: u32,
    /// 1/(1 − p).
    factor: f64,
    /// p is 0: nothing is to be rounded.
    keeps_all: bool,
}

impl Threshold {
    pub(super) fn new(drop_probability: f64) -> Self {
        let whole = (drop_probability * 2_f64.powi(48)).round_ties_even() as u64;
        Self {
            high: (whole >> 32) as u32,
            low: whole as u32,
            factor: 1.0 / (1.0 - drop_probability),
            keeps_all: drop_probability == 0.0,
        }
    }

    /// What the first sixteen bits are compared with. Below 2¹⁶: where everything is dropped, nothing is
    /// compared.
    pub(super) fn half(self) -> u32 {
        self.high
    }

    /// Whether the second word is asked where half and threshold are equal.
    pub(super) fn has_ties(self) -> bool {
        self.low > 0
    }

    /// p is 1, or so near that p·2⁴⁸ is rounded to 2⁴⁸.
    fn drops_all(self) -> bool {
        self.high == 1 << 16
    }

    /// p is 1: what a given mask keeps is dropped too.
    fn drops_given(self) -> bool {
        self.factor.is_infinite()
    }

    /// Whether an element is dropped.
    pub(super) fn drops(self, half: u16, tie: impl FnOnce() -> u32) -> bool {
        let half = u32::from(half);
        half < self.high || (half == self.high && self.has_ties() && tie() < self.low)
    }
}

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Lanes {
    /// Drops and scales a piece, whose first element has the index `first`; without `from` the values stand
    /// in `to`. If tensors are read `next`, as many values of each are asked for meanwhile, and
    /// what is behind `to`.
    fn drop_drawn(
        level: Level,
        stream: Stream,
        first: u64,
        threshold: Threshold,
        from: Option<&[Self]>,
        to: &mut [Self],
        next: &[&[Self]],
    );
    /// Drops and scales a piece by a mask.
    fn drop_given(
        level: Level,
        keep: &[bool],
        threshold: Threshold,
        from: &[Self],
        to: &mut [Self],
    );
    /// Sixteen values times `factor`, rounded once, where their bit is set; +0 elsewhere.
    ///
    /// Every NaN is written as the same NaN: which one arithmetic gives differs between levels.
    fn choose<S: Simd>(simd: S, bits: u64, factor: f64, from: Option<&[Self]>, to: &mut [Self]);
}

macro_rules! passes {
    ($($precision:ident: $choose:ident;)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn drop_drawn(
                level: Level,
                stream: Stream,
                first: u64,
                threshold: Threshold,
                from: Option<&[Self]>,
                to: &mut [Self],
                next: &[&[Self]],
            ) {
                if let Some(from) = from && threshold.keeps_all {
                    to.copy_from_slice(from);
                }
                if threshold.keeps_all {
                    return;
                }
                if threshold.drops_all() {
                    return to.fill(0.0);
                }
                let mut kept = Kept::from(level, stream, first, threshold);
                dispatch!(level.token(), simd => {
                    each_block(
                        simd,
                        threshold.factor,
                        #[inline(always)] |_, count| kept.take(count),
                        from,
                        to,
                        next,
                    );
                });
            }

            #[inline(never)]
            fn drop_given(
                level: Level,
                keep: &[bool],
                threshold: Threshold,
                from: &[Self],
                to: &mut [Self],
            ) {
                if threshold.keeps_all {
                    // Not even a signalling NaN is changed.
                    for ((to, from), keep) in to.iter_mut().zip(from).zip(keep) {
                        *to = if *keep { *from } else { 0.0 };
                    }
                    return;
                }
                if threshold.drops_given() {
                    return to.fill(0.0);
                }
                dispatch!(level.token(), simd => {
                    each_block(
                        simd,
                        threshold.factor,
                        #[inline(always)] |at: usize, count| packed(simd, &keep[at..at + count]),
                        Some(from),
                        to,
                        &[],
                    );
                });
            }

            #[inline(always)]
            fn choose<S: Simd>(
                simd: S,
                bits: u64,
                factor: f64,
                from: Option<&[Self]>,
                to: &mut [Self],
            ) {
                $choose(simd, bits, factor, from, to);
            }
        }
    )*};
}

passes! { f32: singles; f64: doubles; }

/// [`Passes::choose`] of `f32`.
#[inline(always)]
fn singles<S: Simd>(simd: S, bits: u64, factor: f64, from: Option<&[f32]>, to: &mut [f32]) {
    let factor = f64x8::splat(simd, factor);
    let (low, high) = f32x16::from_slice(simd, from.unwrap_or(to)).widen();
    let scaled = (low * factor).narrow(high * factor);
    let scaled = scaled.simd_eq(scaled).select(scaled, f32x16::splat(simd, f32::NAN));
    let kept = mask32x16::from_bitmask(simd, bits);
    kept.select(scaled, f32x16::splat(simd, 0.0)).store_slice(to);
}

/// [`Passes::choose`] of `f64`.
#[inline(always)]
fn doubles<S: Simd>(simd: S, bits: u64, factor: f64, from: Option<&[f64]>, to: &mut [f64]) {
    for half in [0, STEP / 2] {
        let part = half..half + STEP / 2;
        let values = f64x8::from_slice(simd, &from.unwrap_or(to)[part.clone()]);
        let scaled = values * f64x8::splat(simd, factor);
        let scaled = scaled.simd_eq(scaled).select(scaled, f64x8::splat(simd, f64::NAN));
        let kept = mask64x8::from_bitmask(simd, bits >> half);
        kept.select(scaled, f64x8::splat(simd, 0.0)).store_slice(&mut to[part]);
    }
}

/// Drops and scales block by block; `bits` gives those of so many elements from a place on.
#[inline(always)]
fn each_block<S: Simd, T: Passes>(
    simd: S,
    factor: f64,
    mut bits: impl FnMut(usize, usize) -> u128,
    from: Option<&[T]>,
    to: &mut [T],
    next: &[&[T]],
) {
    let whole = to.len() / BLOCK * BLOCK;
    for at in (0..whole).step_by(BLOCK) {
        if !next.is_empty() {
            for line in (at..at + BLOCK).step_by(LINE / size_of::<T>()) {
                next.iter().for_each(|next| prefetch(next, line));
                prefetch(to, to.len() + line);
            }
        }
        let part = at..at + BLOCK;
        let from = from.map(|from| &from[part.clone()]);
        one_block(simd, factor, bits(at, BLOCK), from, &mut to[part]);
    }
    let rest = &mut to[whole..];
    if !rest.is_empty() {
        let mut padded = [T::default(); BLOCK];
        padded[..rest.len()].copy_from_slice(from.map_or(&*rest, |from| &from[whole..]));
        one_block(simd, factor, bits(whole, rest.len()), None, &mut padded);
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}

#[inline(always)]
fn one_block<S: Simd, T: Passes>(
    simd: S,
    factor: f64,
    bits: u128,
    from: Option<&[T]>,
    to: &mut [T],
) {
    for at in (0..BLOCK).step_by(STEP) {
        let part = at..at + STEP;
        let from = from.map(|from| &from[part.clone()]);
        T::choose(simd, (bits >> at) as u64, factor, from, &mut to[part]);
    }
}

/// Whether each element of a piece is kept.
#[inline(never)]
pub(super) fn mask(
    level: Level,
    stream: Stream,
    first: u64,
    threshold: Threshold,
    keep: &mut [bool],
) {
    if threshold.drops_all() {
        return keep.fill(false);
    }
    let mut kept = Kept::from(level, stream, first, threshold);
    for keep in keep.chunks_mut(BLOCK) {
        let bits = kept.take(keep.len());
        for (k, keep) in keep.iter_mut().enumerate() {
            *keep = bits >> k & 1 == 1;
        }
    }
}

/// A bit for each flag of at most a block.
#[inline(always)]
fn packed<S: Simd>(simd: S, keep: &[bool]) -> u128 {
    let mut bytes = [0; BLOCK];
    for (byte, keep) in bytes.iter_mut().zip(keep) {
        *byte = u8::from(*keep);
    }
    let none = u8x64::splat(simd, 0);
    let low = u8x64::from_slice(simd, &bytes[..64]).simd_gt(none).to_bitmask();
    let high = u8x64::from_slice(simd, &bytes[64..]).simd_gt(none).to_bitmask();
    u128::from(low) | u128::from(high) << 64
}
