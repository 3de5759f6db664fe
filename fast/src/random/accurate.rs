//! Box–Muller for `f64`: every step carries what its rounding left over, and the product is rounded once.
//!
//! ```text
//! −2 ln u₁ = s + s′,  r = √s,  r′ = (s − r² + s′)/(2r)
//! cos x = c + c′,  sin x likewise
//! z = fl(r·c + (r·c′ + r′·c))        one fused multiply-add, the deviation in r already
//! ```
//!
//! A rounding of z alone is half a unit in the last place; what the steps leave is less than another half.
//! A fused multiply-add gives the remainder of a product exactly: below AVX2, which has none, it is
//! emulated, with the same bits and at a tenth of the speed. Sine and cosine are those of fdlibm (K. C. Ng,
//! 1993: `k_sin.c`, `k_cos.c`), errors below one unit in the last place.

use fearless_simd::{Simd, SimdBase, SimdFloat, f64x8};

use super::Stream;
use super::lanes::Words;
use super::logarithm::{LN2_HIGH, LN2_LOW, Parts};
use super::normal::{Turn, first_uniforms};
use crate::element;
use crate::element::Fused;
use crate::pair::{Pair, sum};

/// Sixteen cosines and sixteen sines of the pairs whose first word has the number `n`, times `deviation`.
#[inline(always)]
pub(super) fn pairs<S: Simd>(
    simd: S,
    [first, second]: [[Words<S>; 2]; 2],
    stream: Stream,
    n: u64,
    deviation: f64,
) -> [element::Pair<S>; 2] {
    let u1 = first_uniforms(simd, first, stream, n);
    let deviation = f64x8::splat(simd, deviation);
    let [a, b] = [radius(u1[0]).times(deviation), radius(u1[1]).times(deviation)];
    let [[a_cos, a_sin], [b_cos, b_sin]] = [cos_sin(simd, second[0]), cos_sin(simd, second[1])];
    [
        [a.product(a_cos).rounded(), b.product(b_cos).rounded()],
        [a.product(a_sin).rounded(), b.product(b_sin).rounded()],
    ]
}

/// √(−2 ln u₁).
#[inline(always)]
fn radius<S: Simd>(u1: f64x8<S>) -> Pair<f64x8<S>> {
    let ln = ln(u1);
    let (square, rest) = (-2.0 * ln.high, -2.0 * ln.low);
    let high = square.sqrt();
    let left = (-high).fused(high, square) + rest;
    Pair { high, low: left / (2.0 * high) }
}

/// ln u₁ = k·ln 2 + f − f²/2 + s·(f²/2 + R): the last is small, the others keep their remainders.
#[inline(always)]
fn ln<S: Simd>(u1: f64x8<S>) -> Pair<f64x8<S>> {
    let parts = Parts::of(u1);
    let Parts { exponent, f, s } = parts;
    let half = 0.5 * f * f;
    let half_rest = (0.5 * f).fused(f, -half);
    let linear = sum(f, -half);
    // With an exponent of 0 the first term is 0, and nothing is lost; else it is the larger one.
    let large = exponent * LN2_HIGH;
    let whole = large + linear.high;
    let lost = linear.high - (whole - large);
    let small = s * (half + parts.series()) + exponent * LN2_LOW;
    let rest = small + (linear.low - half_rest + lost);
    sum(whole, rest)
}

/// cos and sin of the angle.
#[inline(always)]
fn cos_sin<S: Simd>(simd: S, words: Words<S>) -> [Pair<f64x8<S>>; 2] {
    let turn = Turn::of(words);
    // 2π as the sum of two numbers.
    const TAU_LOW: f64 = 2.449_293_598_294_706_4e-16;
    let tau = f64x8::splat(simd, std::f64::consts::TAU);
    let x = turn.rest * tau;
    let x_rest = turn.rest.fused(tau, -x) + turn.rest * TAU_LOW;
    let square = x * x;
    let square_rest = x.fused(x, -square);
    let sine = sum(x, x_rest * (1.0 - 0.5 * square) + x * square * sin_tail(square));
    let half = 0.5 * square;
    let high = 1.0 - half;
    let tail = square * cos_tail(square);
    let low = ((1.0 - high) - half) - 0.5 * square_rest + (tail - x * x_rest);
    let [c, s] = turn.signed(turn.turned([high, sine.high]));
    let [c_rest, s_rest] = turn.signed(turn.turned([low, sine.low]));
    [Pair { high: c, low: c_rest }, Pair { high: s, low: s_rest }]
}

/// (sin x − x)/x³ for x² ≤ (π/4)².
#[inline(always)]
fn sin_tail<S: Simd>(z: f64x8<S>) -> f64x8<S> {
    let r = -1.984_126_982_985_795e-4
        + z * (2.755_731_370_707_006_8e-6
            + z * (-2.505_076_025_340_686_3e-8 + z * 1.589_690_995_211_55e-10));
    -1.666_666_666_666_663_2e-1 + z * (8.333_333_333_322_49e-3 + z * r)
}

/// (cos x − 1 + x²/2)/x² for x² ≤ (π/4)².
#[inline(always)]
fn cos_tail<S: Simd>(z: f64x8<S>) -> f64x8<S> {
    z * (4.166_666_666_666_66e-2
        + z * (-1.388_888_888_887_411e-3
            + z * (2.480_158_728_947_673e-5
                + z * (-2.755_731_435_139_066_3e-7
                    + z * (2.087_572_321_298_175e-9 + z * -1.135_964_755_778_819_5e-11)))))
}
