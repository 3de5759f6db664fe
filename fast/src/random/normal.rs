//! Box–Muller on sixteen pairs of words: what both precisions share.
//!
//! ```text
//! u₁ = (A + ½)·2⁻³²  or, for A < 2¹⁶, (A·2³² + A′ + ½)·2⁻⁶⁴     A′ the second word
//! u₂ = (B + ½)·2⁻³²
//! z = √(−2 ln u₁)·cos 2πu₂,  √(−2 ln u₁)·sin 2πu₂
//! ```
//!
//! The angle is reduced as a whole number: B = q·2³⁰ + r with |r + ½| ≤ 2²⁹, so that t = (r + ½)·2⁻³² is at
//! most an eighth of a turn and carries no error of a reduction.

use fearless_simd::{Simd, SimdBase, f64x8, prelude::*, u64x8};

use super::Stream;
use super::lanes::{Words, odd};
use super::philox::{Plane, word};
use crate::element::{Pair, STEP, both};

/// u₁ of sixteen words, the first of which is word `n`.
#[inline(always)]
pub(super) fn first_uniforms<S: Simd>(
    simd: S,
    words: [Words<S>; 2],
    stream: Stream,
    n: u64,
) -> Pair<S> {
    let u1 = both(
        words,
        #[inline(always)]
        |words| odd::<_, 19>(words << 1, u64::from(u32::MAX) << 1) - TWO_TO_19,
    );
    let lowest = u1[0].min(u1[1]);
    if lowest.simd_lt(f64x8::splat(simd, TWO_TO_MINUS_16)).any_true() {
        let (mut stored, mut lanes) = ([0; STEP], [0.0; STEP]);
        for half in 0..2 {
            words[half].store_slice(&mut stored[8 * half..][..8]);
            u1[half].store_slice(&mut lanes[8 * half..][..8]);
        }
        extend(stream, n, &stored, &mut lanes);
        return [f64x8::from_slice(simd, &lanes[..8]), f64x8::from_slice(simd, &lanes[8..])];
    }
    u1
}

const TWO_TO_19: f64 = 524_288.0;
const TWO_TO_MINUS_16: f64 = 1.0 / 65_536.0;
const TWO_TO_MINUS_32: f64 = 1.0 / 4_294_967_296.0;

/// Draws the second word where the first is below 2¹⁶.
#[cold]
#[inline(never)]
fn extend(stream: Stream, n: u64, words: &[u64; STEP], u1: &mut [f64; STEP]) {
    for (k, first) in words.iter().map(|word| *word as u32).enumerate() {
        if first < 1 << 16 {
            let second = word(stream, Plane::Second, n.wrapping_add(k as u64));
            let second = f64::from(second) + 0.5;
            u1[k] = (f64::from(first) + second * TWO_TO_MINUS_32) * TWO_TO_MINUS_32;
        }
    }
}

/// The angle of a word: quarters of a turn, and a rest of at most an eighth, in turns.
#[derive(Clone, Copy)]
pub(super) struct Turn<S: Simd> {
    /// The word and an eighth of a turn: the quarters are its bits 30 and 31.
    shifted: u64x8<S>,
    pub(super) rest: f64x8<S>,
}

impl<S: Simd> Turn<S> {
    #[inline(always)]
    pub(super) fn of(words: Words<S>) -> Self {
        let shifted = words + (1 << 29);
        let rest = odd::<_, 19>(shifted << 1, ((1 << 30) - 1) << 1) - (TWO_TO_19 + 0.125);
        Self { shifted, rest }
    }

    /// Cosine and sine of the rest, exchanged where the angle is an odd number of quarters further.
    #[inline(always)]
    pub(super) fn turned(self, [cosine, sine]: [f64x8<S>; 2]) -> [f64x8<S>; 2] {
        let even = (self.shifted & (1 << 30)).simd_eq(0);
        [even.select(cosine, sine), even.select(sine, cosine)]
    }

    /// With their signs: quarters 1 and 2 have negative cosines, 2 and 3 negative sines.
    #[inline(always)]
    pub(super) fn signed(self, [cosine, sine]: [f64x8<S>; 2]) -> [f64x8<S>; 2] {
        [flipped(cosine, self.shifted + (1 << 30)), flipped(sine, self.shifted)]
    }
}

/// The negative where bit 31 is set.
#[inline(always)]
fn flipped<S: Simd>(v: f64x8<S>, quarters: u64x8<S>) -> f64x8<S> {
    let sign = (quarters << 32) & (1 << 63);
    (v.bitcast::<u64x8<S>>() ^ sign).bitcast()
}
