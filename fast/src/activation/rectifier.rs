//! ReLU and leaky ReLU: choices, in lanes of the precision, and a slope in `f64` lanes. NaN is in no
//! comparison, and passes.

use fearless_simd::{Simd, f64x8, prelude::*};

/// x where it is positive, else 0.
#[inline(always)]
pub(super) fn rectified<S: Simd, V: SimdFloat<S>>(simd: S, x: V) -> V {
    let zero = V::splat(simd, V::Element::from(0_u8));
    x.simd_le(zero).select(zero, x)
}

/// dy where x is positive, else 0.
#[inline(always)]
#[expect(clippy::eq_op, reason = "the trait of the lanes has no name for NaN")]
pub(super) fn rectified_backward<S: Simd, V: SimdFloat<S>>(simd: S, x: V, dy: V) -> V {
    let zero = V::splat(simd, V::Element::from(0_u8));
    // Compared with itself dy is loaded at once. Under a mask its load would wait for that of x: from
    // memory, half the speed.
    let dy = dy.simd_eq(dy).select(dy, zero / zero);
    let chosen = x.simd_le(zero).select(zero, dy);
    x.simd_eq(x).select(chosen, x)
}

/// x where it is positive, else slope·x.
#[inline(always)]
pub(super) fn leaky<S: Simd>(simd: S, x: f64x8<S>, slope: f64) -> f64x8<S> {
    let below = x * f64x8::splat(simd, slope);
    x.simd_gt(f64x8::splat(simd, 0.0)).select(x, below)
}

/// dy where x is positive, else slope·dy.
#[inline(always)]
pub(super) fn leaky_backward<S: Simd>(simd: S, x: f64x8<S>, dy: f64x8<S>, slope: f64) -> f64x8<S> {
    let below = dy * f64x8::splat(simd, slope);
    let chosen = x.simd_gt(f64x8::splat(simd, 0.0)).select(dy, below);
    x.simd_eq(x).select(chosen, x)
}
