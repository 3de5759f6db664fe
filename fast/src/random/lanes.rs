//! Words in lanes as numbers.
//!
//! A number between 2ᵉ and 2ᵉ⁺¹ has 52 bits behind its leading one. A word among the lowest of them, and a one
//! behind it for the ½, is a sum that no arithmetic has to make: 2ᵉ + (2k + 1)·2ᵉ⁻⁵². What is taken off
//! leaves the fraction, exactly. Every level has the instructions, which is not so of conversions.

use fearless_simd::{Simd, f64x8, prelude::*, u64x8};

/// Eight words, each in the low half of its lane; what stands in the high half means nothing.
pub(super) type Words<S> = u64x8<S>;

/// 2ᵉ + (m + 1)·2ᵉ⁻⁵², m the bits of `mask` in the lanes: even, and below 2⁵².
#[inline(always)]
pub(super) fn odd<S: Simd, const E: u64>(lanes: u64x8<S>, mask: u64) -> f64x8<S> {
    ((lanes & mask) | ((1023 + E) << 52 | 1)).bitcast()
}

/// (2k + 1)·2⁻³² − 1 of each word: exact.
#[inline(always)]
pub(super) fn centred<S: Simd>(words: Words<S>) -> f64x8<S> {
    const TWO_TO_20: f64 = 1_048_576.0;
    odd::<_, 20>(words << 1, u64::from(u32::MAX) << 1) - (TWO_TO_20 + 1.0)
}
