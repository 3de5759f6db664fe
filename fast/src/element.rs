//! The two precisions: how `f32` and `f64` data enter and leave the `f64` lanes.
//!
//! Sixteen values at a time travel as two vectors of eight `f64` lanes: one 512-bit load of
//! `f32`. A shorter tail goes the same way, padded, so that it meets no other formula. All use of
//! vectors starts here.

use crate::{
    activation, augmentation, batch_norm, clipping, dropout, initialization, layer_norm, network,
    random, regularization,
};
use fearless_simd::{Simd, SimdBase, SimdNarrow, SimdWiden, f32x16, f64x8, prelude::*};

/// Sixteen `f64` lanes.
pub(crate) type Pair<S> = [f64x8<S>; 2];

/// How many values one load takes.
pub(crate) const STEP: usize = 16;

/// `f32` or `f64`. The trait is sealed: the accuracy that is promised is that of these two.
pub trait Element:
    sealed::Lanes
    + activation::Passes
    + batch_norm::Passes
    + layer_norm::Passes
    + random::Passes
    + dropout::Passes
    + initialization::Passes
    + regularization::Passes
    + clipping::Passes
    + network::Kernels
    + augmentation::Passes
{
}

impl Element for f32 {}
impl Element for f64 {}

pub(crate) mod sealed {
    use super::{Pair, Simd};

    /// What the kernels need to know of a precision.
    pub trait Lanes: Copy + Default + Send + Sync + PartialEq + std::fmt::Debug + 'static {
        /// How often a block is summed: once, or again around its own mean.
        const PASSES: usize;
        /// Whether squares can leave the range of `f64`.
        const SCALED: bool;
        /// The largest finite number.
        const LARGEST: f64;
        /// The value, exactly.
        fn to_f64(self) -> f64;
        /// The nearest value, ties to even.
        fn round(value: f64) -> Self;
        /// The largest number of the precision that is not above a number that is not negative.
        fn towards_zero(value: f64) -> f64;
        /// Sixteen values, exactly.
        fn widen<S: Simd>(simd: S, from: &[Self]) -> Pair<S>;
        /// The first and the second of sixteen pairs, exactly.
        fn unzip<S: Simd>(simd: S, from: &[[Self; 2]]) -> [Pair<S>; 2];
        /// The nearest sixteen values, ties to even.
        fn narrow<S: Simd>(pair: Pair<S>, to: &mut [Self]);
        /// The same with every NaN as the same NaN: which one arithmetic gives differs between levels.
        fn narrow_canonical<S: Simd>(pair: Pair<S>, to: &mut [Self]);
    }
}

impl sealed::Lanes for f32 {
    const PASSES: usize = 1;
    const SCALED: bool = false;
    const LARGEST: f64 = f32::MAX as f64;

    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn round(value: f64) -> Self {
        value as f32
    }

    fn towards_zero(value: f64) -> f64 {
        let nearest = value as f32;
        f64::from(if f64::from(nearest) > value { nearest.next_down() } else { nearest })
    }

    #[inline(always)]
    fn widen<S: Simd>(simd: S, from: &[Self]) -> Pair<S> {
        f32x16::from_slice(simd, from).widen().into()
    }

    #[inline(always)]
    fn unzip<S: Simd>(simd: S, from: &[[Self; 2]]) -> [Pair<S>; 2] {
        let from = from.as_flattened();
        let low = f32x16::from_slice(simd, &from[..16]);
        let (first, second) = low.deinterleave(f32x16::from_slice(simd, &from[16..]));
        [first.widen().into(), second.widen().into()]
    }

    #[inline(always)]
    fn narrow<S: Simd>([low, high]: Pair<S>, to: &mut [Self]) {
        low.narrow(high).store_slice(to);
    }

    #[inline(always)]
    fn narrow_canonical<S: Simd>([low, high]: Pair<S>, to: &mut [Self]) {
        // Once for sixteen values; as `f64` it would take twice as many operations.
        let lanes = low.narrow(high);
        let nan = f32x16::splat(low.simd, f32::NAN);
        lanes.simd_eq(lanes).select(lanes, nan).store_slice(to);
    }
}

impl sealed::Lanes for f64 {
    const PASSES: usize = 2;
    const SCALED: bool = true;
    const LARGEST: f64 = f64::MAX;

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }

    #[inline(always)]
    fn round(value: f64) -> Self {
        value
    }

    fn towards_zero(value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn widen<S: Simd>(simd: S, from: &[Self]) -> Pair<S> {
        [f64x8::from_slice(simd, &from[..8]), f64x8::from_slice(simd, &from[8..])]
    }

    #[inline(always)]
    fn unzip<S: Simd>(simd: S, from: &[[Self; 2]]) -> [Pair<S>; 2] {
        let from = from.as_flattened();
        let [a, b] = Self::widen(simd, &from[..STEP]);
        let [c, d] = Self::widen(simd, &from[STEP..]);
        let (low, high) = (a.deinterleave(b), c.deinterleave(d));
        [[low.0, high.0], [low.1, high.1]]
    }

    #[inline(always)]
    fn narrow<S: Simd>([low, high]: Pair<S>, to: &mut [Self]) {
        low.store_slice(&mut to[..8]);
        high.store_slice(&mut to[8..]);
    }

    #[inline(always)]
    fn narrow_canonical<S: Simd>(pair: Pair<S>, to: &mut [Self]) {
        Self::narrow(canonical(pair[0].simd, pair), to);
    }
}

/// a·b + c with one rounding.
///
/// Where the level has no instruction for it, hundreds of others take its place: they stand in one function
/// there, and not in every kernel at every use.
pub(crate) trait Fused: Copy {
    fn fused(self, by: Self, plus: Self) -> Self;
}

impl Fused for f64 {
    #[inline(always)]
    fn fused(self, by: Self, plus: Self) -> Self {
        self.mul_add(by, plus)
    }
}

macro_rules! fused {
    ($($lanes:ident)*) => {$(
        impl<S: Simd> Fused for $lanes<S> {
            #[inline(always)]
            fn fused(self, by: Self, plus: Self) -> Self {
                #[inline(never)]
                fn emulated<S: Simd>(a: $lanes<S>, b: $lanes<S>, c: $lanes<S>) -> $lanes<S> {
                    a.mul_add_precise(b, c)
                }
                if has_fused(self.simd) {
                    self.mul_add_precise(by, plus)
                } else {
                    emulated(self, by, plus)
                }
            }
        }
    )*};
}

fused! { f32x16 f64x8 }

/// Whether the level has fused multiply-add: of those that are used, all but x86's baseline.
#[inline(always)]
fn has_fused<S: Simd>(simd: S) -> bool {
    let level = simd.level();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let fearless_simd::Level::Sse2(_) = level {
        return false;
    }
    !level.is_fallback()
}

/// `f` of every number below `N`, at most four, each in code of its own: a loop may be left a loop, and
/// lanes that are looked up by its counter stand in memory and not in registers.
#[inline(always)]
pub(crate) fn unrolled<const N: usize>(mut f: impl FnMut(usize)) {
    const { assert!(N <= 4, "four at most") };
    if N > 0 {
        f(0);
    }
    if N > 1 {
        f(1);
    }
    if N > 2 {
        f(2);
    }
    if N > 3 {
        f(3);
    }
}

/// `f` of both. `array::map` is no part of a kernel: the compiler may leave it a function of its own, which
/// has none of the level's instructions.
#[inline(always)]
pub(crate) fn both<A, B>([a, b]: [A; 2], f: impl Fn(A) -> B) -> [B; 2] {
    [f(a), f(b)]
}

/// Up to sixteen values from index `at` on, zeros behind them.
#[inline(always)]
pub(crate) fn load<S: Simd, T: Element>(simd: S, x: &[T], at: usize, count: usize) -> Pair<S> {
    if count == STEP {
        return T::widen(simd, &x[at..at + STEP]);
    }
    let mut padded = [T::default(); STEP];
    padded[..count].copy_from_slice(&x[at..at + count]);
    T::widen(simd, &padded)
}

/// Every NaN as the same NaN: which one arithmetic gives differs between levels.
#[inline(always)]
pub(crate) fn canonical<S: Simd>(simd: S, pair: Pair<S>) -> Pair<S> {
    let nan = f64x8::splat(simd, f64::NAN);
    both(
        pair,
        #[inline(always)]
        |lanes| lanes.simd_eq(lanes).select(lanes, nan),
    )
}

/// [`store`] with every NaN as it is: where there may be one, the caller sees to it that it is the same.
#[inline(always)]
pub(crate) fn store_as_is<S: Simd, T: Element>(
    pair: Pair<S>,
    y: &mut [T],
    at: usize,
    count: usize,
) {
    if count == STEP {
        return T::narrow(pair, &mut y[at..at + STEP]);
    }
    let mut padded = [T::default(); STEP];
    T::narrow(pair, &mut padded);
    y[at..at + count].copy_from_slice(&padded[..count]);
}

/// Whether all values are finite.
#[inline(always)]
pub(crate) fn are_finite<S: Simd, T: Element>(simd: S, values: &[T]) -> bool {
    // 0 times what is not finite is NaN, which stays.
    let zero = f64x8::splat(simd, 0.0);
    let mut sum = [zero; 2];
    for at in (0..values.len()).step_by(STEP) {
        let pair = load(simd, values, at, STEP.min(values.len() - at));
        sum[0] += pair[0] * zero;
        sum[1] += pair[1] * zero;
    }
    simd.reduce_sum_f64x8(sum[0] + sum[1]) == 0.0
}

/// Rounds up to sixteen values to index `at` on. Every NaN is written as the same NaN.
#[inline(always)]
pub(crate) fn store<S: Simd, T: Element>(
    _: S,
    pair: Pair<S>,
    y: &mut [T],
    at: usize,
    count: usize,
) {
    if count == STEP {
        return T::narrow_canonical(pair, &mut y[at..at + STEP]);
    }
    let mut padded = [T::default(); STEP];
    T::narrow_canonical(pair, &mut padded);
    y[at..at + count].copy_from_slice(&padded[..count]);
}

/// The first `count` lanes, zeros behind them.
#[inline(always)]
pub(crate) fn first<S: Simd>(simd: S, pair: Pair<S>, count: usize) -> Pair<S> {
    let zero = f64x8::splat(simd, 0.0);
    let index = f64x8::from_slice(simd, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    let count = f64x8::splat(simd, count as f64);
    let high = index + f64x8::splat(simd, 8.0);
    [index.simd_lt(count).select(pair[0], zero), high.simd_lt(count).select(pair[1], zero)]
}
