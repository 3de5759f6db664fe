//! The passes over a piece of a tensor, compiled once for each precision.

use fearless_simd::{Simd, SimdBase, dispatch, f64x8};

use crate::Level;
use crate::element::{Element, Pair, STEP, load};

/// Lanes of a sum; element i of a block goes to lane i mod 32.
const LANES: usize = 2 * STEP;
/// Elements of one block: 64 additions in a row into each lane.
pub(super) const BLOCK: usize = 64 * LANES;

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Σ (g·scale)² of each block of `values`; there is a sum for each.
    fn sum_squares(level: Level, values: &[Self], scale: f64, sums: &mut [f64]);
    /// g·factor, rounded once; without `from` the values stand in `to`.
    fn scale(level: Level, factor: f64, from: Option<&[Self]>, to: &mut [Self]);
    /// Each value clipped to \[−bound, bound\]; without `from` the values stand in `to`.
    fn clamp(level: Level, bound: f64, from: Option<&[Self]>, to: &mut [Self]);
    /// Whether no value is NaN or infinite.
    fn all_finite(level: Level, values: &[Self]) -> bool;
}

macro_rules! passes {
    ($($precision:ident)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn sum_squares(level: Level, values: &[Self], scale: f64, sums: &mut [f64]) {
                dispatch!(level.token(), simd => {
                    for (block, sum) in values.chunks(BLOCK).zip(sums) {
                        *sum = sum_block(simd, block, scale);
                    }
                });
            }

            #[inline(never)]
            fn scale(level: Level, factor: f64, from: Option<&[Self]>, to: &mut [Self]) {
                let one = |g: Self| (f64::from(g) * factor) as Self;
                dispatch!(level.token(), _simd => map(one, from, to));
            }

            #[inline(never)]
            fn clamp(level: Level, bound: f64, from: Option<&[Self]>, to: &mut [Self]) {
                let bound = bound as Self;
                // A NaN is neither above nor below, and stays.
                let one = |g: Self| if g > bound { bound } else if g < -bound { -bound } else { g };
                dispatch!(level.token(), _simd => map(one, from, to));
            }

            #[inline(never)]
            fn all_finite(level: Level, values: &[Self]) -> bool {
                dispatch!(level.token(), _simd => {
                    values.iter().fold(true, |all, value| all & value.is_finite())
                })
            }
        }
    )*};
}

passes! { f32 f64 }

/// Each value by itself.
#[inline(always)]
fn map<T: Copy>(one: impl Fn(T) -> T, from: Option<&[T]>, to: &mut [T]) {
    match from {
        Some(from) => to.iter_mut().zip(from).for_each(|(to, from)| *to = one(*from)),
        None => to.iter_mut().for_each(|to| *to = one(*to)),
    }
}

/// Σ (g·scale)² of one block, lane by lane, then by a fixed halving.
///
/// A square of an `f32` is exact in `f64`, so that a fused multiply-add would give the same bits; one of
/// an `f64` is rounded, which its bound has room for, and every level does without fusing.
#[inline(always)]
fn sum_block<S: Simd, T: Element>(simd: S, values: &[T], scale: f64) -> f64 {
    let zero = f64x8::splat(simd, 0.0);
    let unit = f64x8::splat(simd, scale);
    let mut lanes = [zero; 4];
    let mut at = 0;
    while at + LANES <= values.len() {
        let low = load(simd, values, at, STEP);
        let high = load(simd, values, at + STEP, STEP);
        add::<S, T>(&mut lanes, [low, high], unit);
        at += LANES;
    }
    if at < values.len() {
        // Behind the end stand zeros, whose squares change nothing.
        let count = values.len() - at;
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
    let square = |g: f64x8<S>| {
        let g = if T::SCALED { g * unit } else { g };
        g * g
    };
    lanes[0] += square(low[0]);
    lanes[1] += square(low[1]);
    lanes[2] += square(high[0]);
    lanes[3] += square(high[1]);
}
