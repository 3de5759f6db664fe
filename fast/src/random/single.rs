//! Box–Muller for `f32`: polynomials that are short, since one rounding to `f32` follows.
//!
//! ```text
//! −2 ln u₁ = −2k·ln 2 + s·(−4 + z·P(z))    u₁ = 2ᵏ·(1 + f), s = f/(2 + f), z = s² ≤ 0.0295
//! cos 2πt  = 1 + t²·C(t²)                  |t| ≤ ⅛, in turns
//! sin 2πt  = t·S(t²)
//! ```
//!
//! The coefficients make the largest error the smallest there is for their number (Remez' exchange, in 60
//! digits): relative to the result 2⁻⁴³ for P, 2⁻⁴¹ for C, 2⁻⁴⁷ for S. With a dozen roundings of `f64` z is
//! within 2⁻⁴⁰ of itself; 0.001 units in the last place of `f32` are 2⁻³⁴. t² comes before 2π: a small
//! sine is t times a number near 2π, and keeps its digits.

use fearless_simd::{Simd, SimdFloat, f64x8};

use super::Stream;
use super::lanes::Words;
use super::logarithm::Parts;
use super::normal::{Turn, first_uniforms};
use crate::element::Pair;

/// Sixteen cosines and sixteen sines of the pairs whose first word has the number `n`, times `deviation`.
#[inline(always)]
pub(super) fn pairs<S: Simd>(
    simd: S,
    [first, second]: [[Words<S>; 2]; 2],
    stream: Stream,
    n: u64,
    deviation: f64,
) -> [Pair<S>; 2] {
    let u1 = first_uniforms(simd, first, stream, n);
    let [a, b] = [deviation * square(u1[0]).sqrt(), deviation * square(u1[1]).sqrt()];
    let [[a_cos, a_sin], [b_cos, b_sin]] = [cos_sin(second[0]), cos_sin(second[1])];
    [[a * a_cos, b * b_cos], [a * a_sin, b * b_sin]]
}

/// −2 ln u₁.
#[inline(always)]
fn square<S: Simd>(u1: f64x8<S>) -> f64x8<S> {
    let Parts { exponent, s, .. } = Parts::of(u1);
    let z = s * s;
    let p = -1.333_333_333_347_686_7
        + z * (-7.999_999_757_448_667e-1
            + z * (-5.714_351_250_423_073e-1
                + z * (-4.438_261_499_274_654e-1 + z * -3.872_847_932_526_178e-1)));
    exponent * (-2.0 * std::f64::consts::LN_2) + s * (z * p - 4.0)
}

/// cos 2πu₂ and sin 2πu₂.
#[inline(always)]
fn cos_sin<S: Simd>(words: Words<S>) -> [f64x8<S>; 2] {
    let turn = Turn::of(words);
    let t = turn.rest;
    let y = t * t;
    let c = -1.973_920_880_216_448_7e1
        + y * (6.493_939_397_709_84e1
            + y * (-8.545_679_385_704_689e1
                + y * (6.024_045_259_347_343e1 + y * -2.611_927_147_291_665_7e1)));
    let s = 6.283_185_307_179_558
        + y * (-4.134_170_224_027_134e1
            + y * (8.160_524_918_122_067e1
                + y * (-7.670_583_405_433_068e1
                    + y * (4.205_553_977_720_921e1 + y * -1.491_581_204_818_577_6e1))));
    turn.signed(turn.turned([1.0 + y * c, t * s]))
}
