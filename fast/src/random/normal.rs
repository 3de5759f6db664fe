//! Box–Muller on two times sixteen words: cosines first, then sines.
//!
//! ```text
//! u₁ = (A + ½)·2⁻³²  or, for A < 2¹⁶, (A·2³² + A′ + ½)·2⁻⁶⁴     A′ the second word
//! u₂ = (B + ½)·2⁻³²
//! z = √(−2 ln u₁)·cos 2πu₂,  √(−2 ln u₁)·sin 2πu₂
//! ```
//!
//! The angle is reduced as a whole number: B = q·2³⁰ + r with |r + ½| ≤ 2²⁹, so that x = 2π·(r + ½)·2⁻³²
//! is at most π/4 and carries no error of a reduction. Polynomials and the logarithm are those of fdlibm
//! (K. C. Ng, 1993: `k_sin.c`, `k_cos.c`, `e_log.c`), errors below one unit in the last place.

use super::Stream;
use super::philox::{GROUP, Group, Plane, word};

/// Pairs that are worked on together.
const PAIRS: usize = 16;

/// The 64 normals of group `g`, whose words are given, times `deviation`.
#[inline(always)]
pub(super) fn group(words: &Group, stream: Stream, g: u64, deviation: f64) -> [f64; GROUP] {
    let mut normals = [0.0; GROUP];
    for half in 0..2 {
        let at = 2 * PAIRS * half;
        let first = g * GROUP as u64 + at as u64;
        let mut radii = first_uniforms(stream, first, &words[at..at + PAIRS]);
        for k in 0..PAIRS {
            radii[k] = deviation * (-2.0 * ln(radii[k])).sqrt();
        }
        for k in 0..PAIRS {
            let [cosine, sine] = cos_sin(words[at + PAIRS + k]);
            normals[at + k] = radii[k] * cosine;
            normals[at + PAIRS + k] = radii[k] * sine;
        }
    }
    normals
}

/// u₁ of sixteen words, the first of which is word `n`.
#[inline(always)]
pub(super) fn first_uniforms(stream: Stream, n: u64, words: &[u32]) -> [f64; PAIRS] {
    let mut u1 = [0.0; PAIRS];
    let mut lowest = u32::MAX;
    for k in 0..PAIRS {
        u1[k] = (f64::from(words[k]) + 0.5) * TWO_TO_MINUS_32;
        lowest = lowest.min(words[k]);
    }
    if lowest < 1 << 16 {
        extend(stream, n, words, &mut u1);
    }
    u1
}

const TWO_TO_MINUS_32: f64 = 1.0 / 4_294_967_296.0;

/// Draws the second word where the first is below 2¹⁶.
#[cold]
fn extend(stream: Stream, n: u64, words: &[u32], u1: &mut [f64; PAIRS]) {
    for (k, first) in words.iter().enumerate().filter(|(_, first)| **first < 1 << 16) {
        let second = f64::from(word(stream, Plane::Second, n + k as u64)) + 0.5;
        u1[k] = (f64::from(*first) + second * TWO_TO_MINUS_32) * TWO_TO_MINUS_32;
    }
}

/// x = 2ᵏ·(1 + f), √½ ≤ 1 + f < √2, s = f/(2 + f): ln(1 + f) = f − f²/2 + s·(f²/2 + R(s²)).
pub(super) struct Logarithm {
    /// k.
    pub(super) exponent: f64,
    pub(super) f: f64,
    pub(super) s: f64,
    /// R(s²).
    pub(super) series: f64,
}

impl Logarithm {
    /// ln 2 in two parts, of which the first times an exponent is exact.
    pub(super) const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    pub(super) const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

    /// Of a normal number in (0, 1].
    #[inline(always)]
    pub(super) fn of(x: f64) -> Self {
        // Adding the distance of √½'s bits to those of 1 carries into the exponent from √½ on.
        let bits = x.to_bits() + (0x3ff0_0000_0000_0000 - 0x3fe6_a09e_0000_0000);
        let mantissa = (bits & 0x000f_ffff_ffff_ffff) + 0x3fe6_a09e_0000_0000;
        let f = f64::from_bits(mantissa) - 1.0;
        let s = f / (2.0 + f);
        let z = s * s;
        let w = z * z;
        let even = w
            * (3.999_999_999_940_942e-1
                + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
        let odd = z
            * (6.666_666_666_666_735e-1
                + w * (2.857_142_874_366_239e-1
                    + w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
        Self { exponent: exponent_of(bits), f, s, series: even + odd }
    }
}

/// The natural logarithm of a normal number in (0, 1].
#[inline(always)]
pub(super) fn ln(x: f64) -> f64 {
    let Logarithm { exponent, f, s, series } = Logarithm::of(x);
    let half = 0.5 * f * f;
    let tail = s * (half + series) + exponent * Logarithm::LN2_LOW;
    exponent * Logarithm::LN2_HIGH - ((half - tail) - f)
}

/// The exponent of the bits of a positive number as a number: by 2⁵² + e − 2⁵², which lanes can do.
#[inline(always)]
fn exponent_of(bits: u64) -> f64 {
    const SHIFTED: u64 = 0x4330_0000_0000_0000;
    f64::from_bits(SHIFTED | (bits >> 52)) - (4_503_599_627_370_496.0 + 1023.0)
}

/// The angle of a word: quarters of a turn, and a rest of at most an eighth, in turns.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    quarters: u32,
    pub(super) rest: f64,
}

impl Turn {
    #[inline(always)]
    pub(super) fn of(word: u32) -> Self {
        let quarters = word.wrapping_add(1 << 29) >> 30;
        let rest = word.wrapping_sub(quarters << 30) as i32;
        Self { quarters, rest: (f64::from(rest) + 0.5) * TWO_TO_MINUS_32 }
    }

    /// Cosine and sine of the rest, exchanged where the angle is an odd number of quarters further.
    #[inline(always)]
    pub(super) fn turned<U: Copy>(self, [cosine, sine]: [U; 2]) -> [U; 2] {
        let odd = self.quarters & 1 == 1;
        [if odd { sine } else { cosine }, if odd { cosine } else { sine }]
    }

    /// Their sign bits: quarters 1 and 2 have negative cosines, 2 and 3 negative sines.
    #[inline(always)]
    pub(super) fn signs(self) -> [u64; 2] {
        let of_cosine = (self.quarters + 1) >> 1 & 1;
        [u64::from(of_cosine) << 63, u64::from(self.quarters >> 1) << 63]
    }
}

/// cos 2πu₂ and sin 2πu₂.
#[inline(always)]
fn cos_sin(word: u32) -> [f64; 2] {
    let turn = Turn::of(word);
    let x = turn.rest * std::f64::consts::TAU;
    let z = x * x;
    let half = 0.5 * z;
    let w = 1.0 - half;
    let cosine = w + (((1.0 - w) - half) + z * cos_tail(z));
    let sine = x + x * z * sin_tail(z);
    let ([c, s], [of_cosine, of_sine]) = (turn.turned([cosine, sine]), turn.signs());
    [f64::from_bits(c.to_bits() ^ of_cosine), f64::from_bits(s.to_bits() ^ of_sine)]
}

/// (sin x − x)/x³ for x² ≤ (π/4)².
#[inline(always)]
pub(super) fn sin_tail(z: f64) -> f64 {
    let r = -1.984_126_982_985_795e-4
        + z * (2.755_731_370_707_006_8e-6
            + z * (-2.505_076_025_340_686_3e-8 + z * 1.589_690_995_211_55e-10));
    -1.666_666_666_666_663_2e-1 + z * (8.333_333_333_322_49e-3 + z * r)
}

/// (cos x − 1 + x²/2)/x² for x² ≤ (π/4)².
#[inline(always)]
pub(super) fn cos_tail(z: f64) -> f64 {
    z * (4.166_666_666_666_66e-2
        + z * (-1.388_888_888_887_411e-3
            + z * (2.480_158_728_947_673e-5
                + z * (-2.755_731_435_139_066_3e-7
                    + z * (2.087_572_321_298_175e-9 + z * -1.135_964_755_778_819_5e-11)))))
}
