//! The passes over a block or a piece of a tensor, compiled once for each precision.

use fearless_simd::{
    Simd, SimdBase, SimdFloat, SimdNarrow, SimdWiden, dispatch, f32x16, f64x8, prelude::*,
};

use super::{Penalty, Step};
use crate::Level;
use crate::element::{Element, Fused, Pair, load};
use crate::elementwise::{map, map_wide, write};
use crate::normalization::sums::{BLOCK, Factors, sum_block};
use crate::streaming::{AHEAD, prefetch_close};

/// How the strength enters a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// In the gradient: it is scaled.
    Coupled,
    /// Beside the gradient: it is not.
    Decoupled,
    /// Not at all: such tensors do not decay.
    None,
}

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes). Results are written
/// past the caches if they stream and do not stand where they came from.
pub trait Passes: Sized {
    /// Σ|w·scale| or Σ(w·scale)² of each block of w, for which there is a sum; the scale is a power of two.
    /// `far`: they come from beyond the caches, and those behind them are asked for.
    fn magnitudes(
        level: Level,
        penalty: Penalty,
        far: bool,
        w: &[Self],
        scale: f64,
        sums: &mut [f64],
    );
    /// λ·sign(w).
    fn l1_gradient(level: Level, lambda: f64, w: &[Self], gradient: &mut [Self], streams: bool);
    /// λ·w.
    fn l2_gradient(level: Level, lambda: f64, w: &[Self], gradient: &mut [Self], streams: bool);
    /// Moves weights towards 0 by the threshold; without `from` they stand in `to`.
    fn shrink(level: Level, threshold: f64, from: Option<&[Self]>, to: &mut [Self], streams: bool);
    /// Steps with weights; without `from` they stand in `to`.
    fn step(
        level: Level,
        decay: Decay,
        step: &Step<'_, Self>,
        from: Option<&[Self]>,
        to: &mut [Self],
        streams: bool,
    );
}

/// a = b = |w·scale|: the two sums of `sum_block` are those of L1 and L2. The one that is not asked for is
/// not formed.
#[derive(Clone, Copy)]
struct Magnitude<'a, T, const FAR: bool> {
    w: &'a [T],
    scale: f64,
}

impl<T: Element, const FAR: bool> Factors for Magnitude<'_, T, FAR> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: [usize; 2], count: usize) -> [Pair<S>; 2] {
        if FAR {
            prefetch_close(self.w, at + AHEAD);
        }
        let mut w = load(simd, self.w, at, count);
        if T::SCALED {
            let scale = f64x8::splat(simd, self.scale);
            w = [w[0] * scale, w[1] * scale];
        }
        let a = [w[0].abs(), w[1].abs()];
        [a, a]
    }
}

/// One of the two sums of each block.
#[inline(always)]
fn totals<S: Simd, T: Element, const FAR: bool, const ONE: usize>(
    simd: S,
    w: &[T],
    scale: f64,
    sums: &mut [f64],
) {
    for (k, sum) in sums.iter_mut().enumerate() {
        let w = &w[k * BLOCK..];
        *sum = sum_block(simd, Magnitude::<T, FAR> { w, scale }, 0, w.len().min(BLOCK))[ONE];
    }
}

macro_rules! passes {
    ($($precision:ident: $signs:ident $scaled:ident)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn magnitudes(
                level: Level,
                penalty: Penalty,
                far: bool,
                w: &[Self],
                scale: f64,
                sums: &mut [f64],
            ) {
                dispatch!(level.token(), simd => match (penalty, far) {
                    (Penalty::L1, true) => totals::<_, _, true, 0>(simd, w, scale, sums),
                    (Penalty::L1, false) => totals::<_, _, false, 0>(simd, w, scale, sums),
                    (Penalty::L2, true) => totals::<_, _, true, 1>(simd, w, scale, sums),
                    (Penalty::L2, false) => totals::<_, _, false, 1>(simd, w, scale, sums),
                });
            }

            #[inline(never)]
            fn l1_gradient(
                level: Level,
                lambda: f64,
                w: &[Self],
                gradient: &mut [Self],
                streams: bool,
            ) {
                let size = lambda as $precision;
                dispatch!(level.token(), simd => $signs(simd, size, w, gradient, streams));
            }

            #[inline(never)]
            fn l2_gradient(
                level: Level,
                lambda: f64,
                w: &[Self],
                gradient: &mut [Self],
                streams: bool,
            ) {
                dispatch!(level.token(), simd => $scaled(simd, lambda, w, gradient, streams));
            }

            #[inline(never)]
            fn shrink(
                level: Level,
                threshold: f64,
                from: Option<&[Self]>,
                to: &mut [Self],
                streams: bool,
            ) {
                dispatch!(level.token(), simd => map_wide(
                    simd, from, to, streams,
                    #[inline(always)] |w| shrunk(simd, w, threshold),
                ));
            }

            #[inline(never)]
            fn step(
                level: Level,
                decay: Decay,
                step: &Step<'_, Self>,
                from: Option<&[Self]>,
                to: &mut [Self],
                streams: bool,
            ) {
                match decay {
                    Decay::Coupled => dispatch!(level.token(), simd => each(
                        simd, step, from, to, streams,
                        #[inline(always)] |g, s, decay| s * (g + decay),
                    )),
                    Decay::Decoupled => dispatch!(level.token(), simd => each(
                        simd, step, from, to, streams,
                        #[inline(always)] |g, s, decay| s * g + decay,
                    )),
                    Decay::None => dispatch!(level.token(), simd => each(
                        simd, step, from, to, streams,
                        #[inline(always)] |g, s, _| s * g,
                    )),
                }
            }
        }
    )*};
}

passes! { f32: signs_f32 scaled_f32 f64: signs_f64 scaled_f64 }

/// `size` with the sign of w, 0 where it is 0, NaN where it is NaN.
#[inline(always)]
fn signed<S: Simd, V: SimdFloat<S>>(simd: S, w: V, size: V) -> V {
    let zero = V::splat(simd, V::Element::from(0_u8));
    let of_number = w.simd_eq(zero).select(zero, size.copysign(w));
    w.simd_eq(w).select(of_number, w)
}

#[inline(always)]
fn signs_f32<S: Simd>(simd: S, size: f32, w: &[f32], to: &mut [f32], streams: bool) {
    map(
        simd,
        Some(w),
        to,
        streams,
        #[inline(always)]
        |w: f32x16<S>| signed(simd, w, f32x16::splat(simd, size)),
    );
}

#[inline(always)]
fn signs_f64<S: Simd>(simd: S, size: f64, w: &[f64], to: &mut [f64], streams: bool) {
    map_wide(
        simd,
        Some(w),
        to,
        streams,
        #[inline(always)]
        |w| signed(simd, w, f64x8::splat(simd, size)),
    );
}

/// λ·w in `f32` lanes, λ in two parts: fma(w, λ₁, w·λ₂), which is off by 2⁻²³ of a last place beside its
/// rounding. What is too small for that, or no number, goes through `f64`.
#[inline(always)]
fn scaled_f32<S: Simd>(simd: S, lambda: f64, w: &[f32], to: &mut [f32], streams: bool) {
    const LEAST: f32 = f32::from_bits((127 - 110) << 23);
    let high = lambda as f32;
    // λ₂ is no larger than 2⁻²⁵·λ₁: up to 10⁷ w·λ₂ is finite where w is, and from 10⁻²⁵ on what λ₂ may
    // lose below the normal numbers is less than 2⁻⁶⁶ of λ₁.
    if !(1e-25..=1e7).contains(&high) {
        return scaled_f64(simd, lambda, w, to, streams);
    }
    let low = f32x16::splat(simd, (lambda - f64::from(high)) as f32);
    let (high, least) = (f32x16::splat(simd, high), f32x16::splat(simd, LEAST));
    map(
        simd,
        Some(w),
        to,
        streams,
        #[inline(always)]
        |w: f32x16<S>| {
            let product = w.fused(high, w * low);
            let is_kept = product.abs().simd_ge(least);
            // Each lane by itself: its neighbours must not change its bits.
            if is_kept.all_true() {
                product
            } else {
                is_kept.select(product, through_f64(simd, w, lambda))
            }
        },
    );
}

/// λ·w, every NaN as the same NaN.
#[inline(always)]
fn through_f64<S: Simd>(simd: S, w: f32x16<S>, lambda: f64) -> f32x16<S> {
    let (lambda, [low, high]): (_, Pair<S>) = (f64x8::splat(simd, lambda), w.widen().into());
    w.simd_eq(w).select((low * lambda).narrow(high * lambda), f32x16::splat(simd, f32::NAN))
}

#[inline(always)]
fn scaled_f64<S: Simd, T: Element>(simd: S, lambda: f64, w: &[T], to: &mut [T], streams: bool) {
    map_wide(
        simd,
        Some(w),
        to,
        streams,
        #[inline(always)]
        |w| w * f64x8::splat(simd, lambda),
    );
}

/// sign(w)·max(|w| − τ, 0); NaN is not ≤ 0, and passes.
#[inline(always)]
fn shrunk<S: Simd>(simd: S, w: f64x8<S>, threshold: f64) -> f64x8<S> {
    let zero = f64x8::splat(simd, 0.0);
    let left = w.abs() - f64x8::splat(simd, threshold);
    left.simd_le(zero).select(zero, left.copysign(w))
}

/// w − η·change(g, s, λ·w), for each weight.
#[inline(always)]
fn each<S: Simd, T: Element>(
    simd: S,
    step: &Step<'_, T>,
    from: Option<&[T]>,
    to: &mut [T],
    streams: bool,
    change: impl Fn(f64x8<S>, f64x8<S>, f64x8<S>) -> f64x8<S> + Copy,
) {
    let (gradient, scale) = (step.gradient, step.scale);
    let constants = [step.learning_rate, step.lambda];
    match from {
        Some(w) => write(
            simd,
            [w, gradient, scale],
            to,
            streams,
            #[inline(always)]
            |[w, g, s], _| stepped(simd, constants, [w, g, s], change),
        ),
        None => write(
            simd,
            [gradient, scale],
            to,
            false,
            #[inline(always)]
            |[g, s], w| stepped(simd, constants, [w, g, s], change),
        ),
    }
}

/// The same for sixteen.
#[inline(always)]
fn stepped<S: Simd>(
    simd: S,
    [rate, lambda]: [f64; 2],
    [w, g, s]: [Pair<S>; 3],
    change: impl Fn(f64x8<S>, f64x8<S>, f64x8<S>) -> f64x8<S>,
) -> Pair<S> {
    let (rate, lambda) = (f64x8::splat(simd, rate), f64x8::splat(simd, lambda));
    let low = w[0] - rate * change(g[0], s[0], lambda * w[0]);
    let high = w[1] - rate * change(g[1], s[1], lambda * w[1]);
    [low, high]
}
