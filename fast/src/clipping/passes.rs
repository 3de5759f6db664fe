//! The passes over a piece of a tensor, compiled once for each precision.

use std::ops::Range;

use fearless_simd::{Simd, SimdBase, dispatch, f32x16, f64x8, prelude::*};

use crate::Level;
use crate::element::{Element, Pair, STEP, load, sealed::Lanes};
use crate::streaming::{AHEAD, head, prefetch};

/// Lanes of a sum; element i of a block goes to lane i mod 32.
const LANES: usize = 2 * STEP;
/// Elements of one block: 64 additions in a row into each lane.
pub(super) const BLOCK: usize = 64 * LANES;

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Σ (g·scale)² of each block of `values`; there is a sum for each. `far`, here and below: the values
    /// come from beyond the caches, and are asked for ahead.
    fn sum_squares(level: Level, far: bool, values: &[Self], scale: f64, sums: &mut [f64]);
    /// g·factor, rounded once.
    fn scale(level: Level, factor: f64, from: &[Self], to: &mut [Self]);
    /// The same where the values stand.
    fn scale_in_place(level: Level, far: bool, factor: f64, values: &mut [Self]);
    /// Each value clipped to \[−bound, bound\].
    fn clamp(level: Level, bound: f64, from: &[Self], to: &mut [Self]);
    /// The same where the values stand.
    fn clamp_in_place(level: Level, far: bool, bound: f64, values: &mut [Self]);
    /// The largest magnitude; NaN or ∞ if a value is one of them.
    fn largest(level: Level, values: &[Self]) -> f64;
}

macro_rules! passes {
    ($($precision:ident $bits:ident $lanes:ident)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn sum_squares(level: Level, far: bool, values: &[Self], scale: f64, sums: &mut [f64]) {
                if far {
                    dispatch!(level.token(), simd => sum_blocks::<_, _, true>(simd, values, scale, sums));
                } else {
                    dispatch!(level.token(), simd => sum_blocks::<_, _, false>(simd, values, scale, sums));
                }
            }

            #[inline(never)]
            fn scale(level: Level, factor: f64, from: &[Self], to: &mut [Self]) {
                let one = |g: Self| (f64::from(g) * factor) as Self;
                dispatch!(level.token(), _simd => map(one, from, to));
            }

            #[inline(never)]
            fn scale_in_place(level: Level, far: bool, factor: f64, values: &mut [Self]) {
                let one = |g: Self| (f64::from(g) * factor) as Self;
                if far {
                    dispatch!(level.token(), simd => {
                        let factor = f64x8::splat(simd, factor);
                        by_lines(values, #[inline(always)] |edge| map_in_place(one, edge), #[inline(always)] |line| {
                            let [low, high] = Self::widen(simd, line);
                            Self::narrow([low * factor, high * factor], line);
                        });
                    });
                } else {
                    dispatch!(level.token(), _simd => map_in_place(one, values));
                }
            }

            #[inline(never)]
            fn clamp(level: Level, bound: f64, from: &[Self], to: &mut [Self]) {
                dispatch!(level.token(), _simd => map(clipped(bound as Self), from, to));
            }

            #[inline(never)]
            fn clamp_in_place(level: Level, far: bool, bound: f64, values: &mut [Self]) {
                let bound = bound as Self;
                if far {
                    dispatch!(level.token(), simd => {
                        let (low, high) = ($lanes::splat(simd, -bound), $lanes::splat(simd, bound));
                        by_lines(values, #[inline(always)] |edge| map_in_place(clipped(bound), edge), #[inline(always)] |line| {
                            for part in line.chunks_exact_mut(64 / size_of::<Self>()) {
                                let g = $lanes::from_slice(simd, part);
                                let below = g.simd_gt(high).select(high, g);
                                below.simd_lt(low).select(low, below).store_slice(part);
                            }
                        });
                    });
                } else {
                    let (first, lines) = values.split_at_mut(head(values));
                    dispatch!(level.token(), _simd => {
                        map_in_place(clipped(bound), first);
                        map_in_place(clipped(bound), lines);
                    });
                }
            }

            #[inline(never)]
            fn largest(level: Level, values: &[Self]) -> f64 {
                // As whole numbers magnitudes are ordered alike, ∞ and NaN above all others.
                let magnitude = |value: &Self| value.abs().to_bits() as $bits;
                let most = dispatch!(level.token(), _simd => {
                    values.iter().fold(0, |most, value| magnitude(value).max(most))
                });
                $precision::from_bits(most.unsigned_abs()).into()
            }
        }
    )*};
}

passes! { f32 i32 f32x16  f64 i64 f64x8 }

/// Each value by itself.
#[inline(always)]
fn map<T: Copy>(one: impl Fn(T) -> T, from: &[T], to: &mut [T]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = one(*from));
}

/// The same where the values stand.
#[inline(always)]
fn map_in_place<T: Copy>(one: impl Fn(T) -> T, values: &mut [T]) {
    values.iter_mut().for_each(|value| *value = one(*value));
}

/// The same by sixteen values from the start of a line on, asked for before their turn comes.
#[inline(always)]
fn by_lines<T>(values: &mut [T], edge: impl Fn(&mut [T]), line: impl Fn(&mut [T])) {
    let (first, rest) = values.split_at_mut(head(values));
    let whole = rest.len() / STEP * STEP;
    edge(first);
    for at in (0..whole).step_by(STEP) {
        prefetch(rest, at + AHEAD);
        line(&mut rest[at..at + STEP]);
    }
    edge(&mut rest[whole..]);
}

/// A NaN is neither above nor below, and stays.
#[inline(always)]
fn clipped<T: Copy + PartialOrd + std::ops::Neg<Output = T>>(bound: T) -> impl Fn(T) -> T {
    move |g| {
        let below = if g > bound { bound } else { g };
        if below < -bound { -bound } else { below }
    }
}

/// Σ (g·scale)² of each block.
#[inline(always)]
fn sum_blocks<S: Simd, T: Element, const FAR: bool>(
    simd: S,
    values: &[T],
    scale: f64,
    sums: &mut [f64],
) {
    for (k, sum) in sums.iter_mut().enumerate() {
        let block = k * BLOCK..values.len().min((k + 1) * BLOCK);
        *sum = sum_block::<S, T, FAR>(simd, values, block, scale);
    }
}

/// Σ (g·scale)² of one block, lane by lane, then by a fixed halving.
///
/// A square of an `f32` is exact in `f64`, so that fused or not gives the same bits, and levels that can
/// fuse do; one of an `f64` is rounded, which its bound has room for, and every level does without fusing.
#[inline(always)]
fn sum_block<S: Simd, T: Element, const FAR: bool>(
    simd: S,
    values: &[T],
    block: Range<usize>,
    scale: f64,
) -> f64 {
    let zero = f64x8::splat(simd, 0.0);
    let unit = f64x8::splat(simd, scale);
    let mut lanes = [zero; 4];
    let Range { start: mut at, end } = block;
    while at + LANES <= end {
        if FAR {
            prefetch(values, at + AHEAD);
            prefetch(values, at + STEP + AHEAD);
        }
        let low = load(simd, values, at, STEP);
        let high = load(simd, values, at + STEP, STEP);
        add::<S, T>(&mut lanes, [low, high], unit);
        at += LANES;
    }
    if at < end {
        // Behind the end stand zeros, whose squares change nothing.
        let count = end - at;
        let low = load(simd, values, at, count.min(STEP));
        let high =
            if count > STEP { load(simd, values, at + STEP, count - STEP) } else { [zero; 2] };
        add::<S, T>(&mut lanes, [low, high], unit);
    }
    simd.reduce_sum_f64x8((lanes[0] + lanes[2]) + (lanes[1] + lanes[3]))
}

/// Adds the squares of 32 values to the lanes.
#[inline(always)]
fn add<S: Simd, T: Element>(lanes: &mut [f64x8<S>; 4], [low, high]: [Pair<S>; 2], unit: f64x8<S>) {
    let square = |sum: &mut f64x8<S>, g: f64x8<S>| {
        *sum = if T::SCALED { *sum + (g * unit) * (g * unit) } else { g.mul_add(g, *sum) };
    };
    square(&mut lanes[0], low[0]);
    square(&mut lanes[1], low[1]);
    square(&mut lanes[2], high[0]);
    square(&mut lanes[3], high[1]);
}
