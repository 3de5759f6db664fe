//! Sigmoid, tanh and their derivatives for `f32`: in `f64` lanes, to be rounded once.
//!
//! ```text
//! −z = k·ln 2 + r,  |r| ≤ ½·ln 2           e⁻ᶻ = 2ᵏ·(1 + r + r²·P(r))
//! ```
//!
//! P is the polynomial of degree 7 whose error, as a share of eʳ − 1, is nowhere above 2⁻⁴³ (Remez's
//! exchange): with the few roundings of `f64` beside it, below a thousandth of a last place of `f32`. As
//! in [`exponential`](super::exponential), 1 and 2ᵏ can be taken away without losing digits.
//!
//! The sigmoid takes nothing away, and e⁻ˣ of no `f32` that matters leaves the range of `f64`. It needs
//! neither |x| nor the side that x is on, and divides in any case: so eʳ is Padé's quotient N/D of degree
//! 4, off by 2⁻³⁸ of itself, whose halves A ± r·B take six operations where a polynomial takes eight.

use crate::element::{Fused, Pair};
use fearless_simd::{Simd, SimdBase, SimdNarrow, SimdWiden, f32x16, f64x8, prelude::*, u64x8};

/// Beyond it e⁻ᶻ times the largest `f32` is below half the smallest.
const FAR: f64 = 200.0;

/// 1.5·2⁵²: adding it rounds to a whole number.
const SHIFT: f64 = 6_755_399_441_055_744.0;

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
    polynomial(simd, r, &P)
}

/// Σ cₖ·rᵏ.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, r: f64x8<S>, coefficients: &[f64; N]) -> f64x8<S> {
    let mut sum = f64x8::splat(simd, coefficients[N - 1]);
    for coefficient in coefficients[..N - 1].iter().rev() {
        sum = sum.fused(r, f64x8::splat(simd, *coefficient));
    }
    sum
}

/// `value`, or NaN where x is.
#[inline(always)]
fn unless_nan<S: Simd>(simd: S, x: f64x8<S>, value: f64x8<S>) -> f64x8<S> {
    x.simd_eq(x).select(value, f64x8::splat(simd, f64::NAN))
}

/// `value`, or the one NaN where x is any.
#[inline(always)]
fn rounded<S: Simd>(simd: S, x: f32x16<S>, [low, high]: Pair<S>) -> f32x16<S> {
    x.simd_eq(x).select(low.narrow(high), f32x16::splat(simd, f32::NAN))
}

/// 1/(1 + e⁻ˣ).
#[inline(always)]
pub(super) fn sigmoid<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    // Beyond it the result is 1, or below half of the smallest number.
    let most = f32x16::splat(simd, 150.0);
    let [low, high]: Pair<S> = x.min(most).max(-most).widen().into();
    rounded(simd, x, [logistic(simd, low), logistic(simd, high)])
}

/// 1/(1 + e⁻ˣ) = D/(D + 2ᵏ·N) for |x| ≤ 150.
#[inline(always)]
fn logistic<S: Simd>(simd: S, x: f64x8<S>) -> f64x8<S> {
    let minus_log2_e = f64x8::splat(simd, -std::f64::consts::LOG2_E);
    let shifted = x.fused(minus_log2_e, f64x8::splat(simd, SHIFT));
    let k = shifted - f64x8::splat(simd, SHIFT);
    let r = k.fused(f64x8::splat(simd, -std::f64::consts::LN_2), -x);
    let (even, half) = pade(simd, r);
    let (n, d) = (r.fused(half, even), (-r).fused(half, even));
    // k stands in the last bits; in those of the exponent it is added to that of a number near 1.
    let (k, n): (u64x8<S>, u64x8<S>) = (shifted.bitcast(), n.bitcast());
    let scaled: f64x8<S> = (n + (k << 52)).bitcast();
    d / (d + scaled)
}

/// A(r²) and B(r²), with which eʳ is about (A + r·B)/(A − r·B).
#[inline(always)]
fn pade<S: Simd>(simd: S, r: f64x8<S>) -> (f64x8<S>, f64x8<S>) {
    let square = r * r;
    let a = polynomial(simd, square, &[1.0, 3.0 / 28.0, 1.0 / 1680.0]);
    (a, polynomial(simd, square, &[0.5, 1.0 / 84.0]))
}

/// (1 − T)/(1 + T), T = e^−2|x|, with the sign of x.
#[inline(always)]
pub(super) fn tanh<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    let [low, high]: Pair<S> = x.widen().into();
    rounded(simd, x, [hyperbolic(simd, low), hyperbolic(simd, high)])
}

#[inline(always)]
fn hyperbolic<S: Simd>(simd: S, x: f64x8<S>) -> f64x8<S> {
    let (one, two) = (f64x8::splat(simd, 1.0), f64x8::splat(simd, 2.0));
    let Exponential { scale, rest } = Exponential::of_minus(simd, x, 2.0);
    let m = scale.fused(rest, scale - one);
    (m / (two + m)).copysign(x)
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
