//! Sigmoid, tanh and their derivatives for `f32`: in `f64` lanes, to be rounded once.
//!
//! ```text
//! −z = k·ln 2 + r,  |r| ≤ ½·ln 2           e⁻ᶻ = 2ᵏ·(1 + r + r²·P(r))
//! ```
//!
//! P is the polynomial of degree 7 whose error, as a share of eʳ − 1, is nowhere above 2⁻⁴³ (Remez's
//! exchange): with the few roundings of `f64` beside it, below a thousandth of a last place of `f32`. As
//! in [`exponential`](super::exponential), 1 and 2ᵏ can be taken away without losing digits.

use crate::element::Fused;
use fearless_simd::{Simd, SimdBase, f64x8, prelude::*, u64x8};

/// Beyond it e⁻ᶻ times the largest `f32` is below half the smallest.
const FAR: f64 = 200.0;

/// e⁻ᶻ = `scale` + `scale`·`rest`; `scale` is a power of two.
#[derive(Clone, Copy)]
struct Exponential<S: Simd> {
    scale: f64x8<S>,
    rest: f64x8<S>,
}

impl<S: Simd> Exponential<S> {
    /// Of −|x|·`times`; where x is NaN, of anything.
    #[inline(always)]
    fn of_minus(simd: S, x: f64x8<S>, times: f64) -> Self {
        const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5·2⁵²: adding it rounds to a whole number
        let z = (-(x.abs() * f64x8::splat(simd, times))).max(f64x8::splat(simd, -FAR));
        let shift = f64x8::splat(simd, SHIFT);
        let log2_e = f64x8::splat(simd, std::f64::consts::LOG2_E);
        let k = z.fused(log2_e, shift) - shift;
        let r = k.fused(f64x8::splat(simd, -std::f64::consts::LN_2), z);
        Self { scale: power_of_two(simd, k), rest: (r * r).fused(series(simd, r), r) }
    }

    #[inline(always)]
    fn value(self) -> f64x8<S> {
        self.scale.fused(self.rest, self.scale)
    }
}

/// 2ᵏ for a whole number −1022 ≤ k ≤ 1023: k goes where the exponent stands.
#[inline(always)]
fn power_of_two<S: Simd>(simd: S, k: f64x8<S>) -> f64x8<S> {
    const BIASED: f64 = 4_503_599_627_370_496.0 + 1023.0;
    let bits: u64x8<S> = (k + f64x8::splat(simd, BIASED)).bitcast();
    (bits << 52).bitcast()
}

/// P(r), about (eʳ − 1 − r)/r².
#[inline(always)]
fn series<S: Simd>(simd: S, r: f64x8<S>) -> f64x8<S> {
    const P: [f64; 8] = [
        0.499_999_999_997_702_8,
        0.166_666_666_665_624_24,
        0.041_666_666_913_667_15,
        0.008_333_333_423_090_582,
        0.001_388_881_722_858_524_6,
        0.000_198_410_743_507_661_27,
        2.487_857_659_467_003_5e-5,
        2.769_742_266_283_600_8e-6,
    ];
    let [first @ .., last] = P;
    let mut sum = f64x8::splat(simd, last);
    for coefficient in first.iter().rev() {
        sum = sum.fused(r, f64x8::splat(simd, *coefficient));
    }
    sum
}

/// `value`, or NaN where x is.
#[inline(always)]
fn unless_nan<S: Simd>(simd: S, x: f64x8<S>, value: f64x8<S>) -> f64x8<S> {
    x.simd_eq(x).select(value, f64x8::splat(simd, f64::NAN))
}

/// 1/(1 + e⁻ˣ).
#[inline(always)]
pub(super) fn sigmoid<S: Simd>(simd: S, x: f64x8<S>) -> f64x8<S> {
    let one = f64x8::splat(simd, 1.0);
    let t = Exponential::of_minus(simd, x, 1.0).value();
    let above = x.simd_lt(f64x8::splat(simd, 0.0)).select(t, one);
    unless_nan(simd, x, above / (one + t))
}

/// (1 − T)/(1 + T), T = e^−2|x|, with the sign of x.
#[inline(always)]
pub(super) fn tanh<S: Simd>(simd: S, x: f64x8<S>) -> f64x8<S> {
    let (one, two) = (f64x8::splat(simd, 1.0), f64x8::splat(simd, 2.0));
    let Exponential { scale, rest } = Exponential::of_minus(simd, x, 2.0);
    let m = scale.fused(rest, scale - one);
    unless_nan(simd, x, (m / (two + m)).copysign(x))
}

/// dy·t/(1 + t)², t = e^−|x|.
#[inline(always)]
pub(super) fn sigmoid_backward<S: Simd>(simd: S, x: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
    bell(simd, x, 1.0, dy)
}

/// dy·4T/(1 + T)², T = e^−2|x|.
#[inline(always)]
pub(super) fn tanh_backward<S: Simd>(simd: S, x: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
    bell(simd, x, 2.0, dy * f64x8::splat(simd, 4.0))
}

/// dy·t/(1 + t)², t = e^−|x|·`times`.
#[inline(always)]
fn bell<S: Simd>(simd: S, x: f64x8<S>, times: f64, dy: f64x8<S>) -> f64x8<S> {
    let t = Exponential::of_minus(simd, x, times).value();
    let below = f64x8::splat(simd, 1.0) + t;
    unless_nan(simd, x, dy * (t / (below * below)))
}

/// dy·y·(1 − y).
#[inline(always)]
pub(super) fn sigmoid_from_output<S: Simd>(simd: S, y: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
    dy * (y * (f64x8::splat(simd, 1.0) - y))
}

/// dy·(1 − y)·(1 + y).
#[inline(always)]
pub(super) fn tanh_from_output<S: Simd>(simd: S, y: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
    let one = f64x8::splat(simd, 1.0);
    dy * ((one - y) * (one + y))
}
