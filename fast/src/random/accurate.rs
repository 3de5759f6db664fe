//! Box–Muller for `f64`: every step carries what its rounding left over, and the product is rounded once.
//!
//! ```text
//! −2 ln u₁ = s + s′,  r = √s,  r′ = (s − r² + s′)/(2r)
//! cos x = c + c′,  sin x likewise
//! z = fl(r·c + (r·c′ + r′·c))        one fused multiply-add, the deviation in r already
//! ```
//!
//! A rounding of z alone is half a unit in the last place; what the steps leave is less than another half.
//! A fused multiply-add gives the remainder of a product exactly: below AVX2, which has none, it is a
//! function of the standard library, with the same bits and at a tenth of the speed.

use super::normal::{Logarithm, Turn, sin_tail};
use super::philox::{GROUP, Group};
use super::{Stream, normal};
use crate::pair::{Pair, sum};

/// Pairs that are worked on together.
const PAIRS: usize = 16;

/// The 64 normals of group `g`, whose words are given, times `deviation`.
#[inline(always)]
pub(super) fn group(words: &Group, stream: Stream, g: u64, deviation: f64) -> [f64; GROUP] {
    let mut normals = [0.0; GROUP];
    for half in 0..2 {
        let at = 2 * PAIRS * half;
        let first = g * GROUP as u64 + at as u64;
        let u1 = normal::first_uniforms(stream, first, &words[at..at + PAIRS]);
        for k in 0..PAIRS {
            let radius = radius(u1[k]).times(deviation);
            let [cosine, sine] = cos_sin(words[at + PAIRS + k]);
            normals[at + k] = radius.product(cosine).rounded();
            normals[at + PAIRS + k] = radius.product(sine).rounded();
        }
    }
    normals
}

/// √(−2 ln u₁).
#[inline(always)]
fn radius(u1: f64) -> Pair {
    let ln = ln(u1);
    let (square, rest) = (-2.0 * ln.high, -2.0 * ln.low);
    let high = square.sqrt();
    let left = (-high).mul_add(high, square) + rest;
    Pair { high, low: left / (2.0 * high) }
}

/// ln u₁ = k·ln 2 + f − f²/2 + s·(f²/2 + R): the last is small, the others keep their remainders.
#[inline(always)]
fn ln(u1: f64) -> Pair {
    let Logarithm { exponent, f, s, series } = Logarithm::of(u1);
    let half = 0.5 * f * f;
    let half_rest = (0.5 * f).mul_add(f, -half);
    let linear = sum(f, -half);
    // With an exponent of 0 the first term is 0, and nothing is lost; else it is the larger one.
    let large = exponent * Logarithm::LN2_HIGH;
    let whole = Pair { high: large + linear.high, low: 0.0 };
    let lost = linear.high - (whole.high - large);
    let small = s * (half + series) + exponent * Logarithm::LN2_LOW;
    let rest = small + (linear.low - half_rest + lost);
    sum(whole.high, rest)
}

/// cos and sin of the angle.
#[inline(always)]
fn cos_sin(word: u32) -> [Pair; 2] {
    let turn = Turn::of(word);
    // 2π as the sum of two numbers.
    const TAU_LOW: f64 = 2.449_293_598_294_706_4e-16;
    let x = turn.rest * std::f64::consts::TAU;
    let x_rest = turn.rest.mul_add(std::f64::consts::TAU, -x) + turn.rest * TAU_LOW;
    let square = x * x;
    let square_rest = x.mul_add(x, -square);
    let sine = sum(x, x_rest * (1.0 - 0.5 * square) + x * square * sin_tail(square));
    let half = 0.5 * square;
    let high = 1.0 - half;
    let tail = square * normal::cos_tail(square);
    let low = ((1.0 - high) - half) - 0.5 * square_rest + (tail - x * x_rest);
    let [c, s] = turn.turned([Pair { high, low }, sine]);
    let signed = |pair: Pair, sign: u64| {
        let flip = |v: f64| f64::from_bits(v.to_bits() ^ sign);
        Pair { high: flip(pair.high), low: flip(pair.low) }
    };
    let [of_cosine, of_sine] = turn.signs();
    [signed(c, of_cosine), signed(s, of_sine)]
}
