//! The natural logarithm of fdlibm (K. C. Ng, 1993: `e_log.c`), below one unit in the last place.
//!
//! ```text
//! x = 2ᵏ·(1 + f), √½ ≤ 1 + f < √2, s = f/(2 + f)
//! ln x = k·ln 2 + f − f²/2 + s·(f²/2 + R(s²))
//! ```

use fearless_simd::{Simd, f64x8, prelude::*, u64x8};

/// A positive number in parts.
pub(super) struct Parts<S: Simd> {
    /// k.
    pub(super) exponent: f64x8<S>,
    pub(super) f: f64x8<S>,
    pub(super) s: f64x8<S>,
}

impl<S: Simd> Parts<S> {
    /// Of normal numbers.
    #[inline(always)]
    pub(super) fn of(x: f64x8<S>) -> Self {
        // Adding the distance of √½'s bits to those of 1 carries into the exponent from √½ on.
        let bits = x.bitcast::<u64x8<S>>() + (0x3ff0_0000_0000_0000 - 0x3fe6_a09e_0000_0000);
        let mantissa = (bits & 0x000f_ffff_ffff_ffff) + 0x3fe6_a09e_0000_0000;
        let f = mantissa.bitcast::<f64x8<S>>() - 1.0;
        Self { exponent: exponent_of(bits), f, s: f / (2.0 + f) }
    }

    /// R(s²).
    #[inline(always)]
    pub(super) fn series(&self) -> f64x8<S> {
        let z = self.s * self.s;
        let w = z * z;
        let even = w
            * (3.999_999_999_940_942e-1
                + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
        let odd = z
            * (6.666_666_666_666_735e-1
                + w * (2.857_142_874_366_239e-1
                    + w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
        even + odd
    }
}

/// ln 2 in two parts, of which the first times an exponent is exact.
pub(super) const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
pub(super) const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The natural logarithm of normal numbers in (0, 1].
#[inline(always)]
pub(super) fn ln<S: Simd>(x: f64x8<S>) -> f64x8<S> {
    let parts = Parts::of(x);
    let Parts { exponent, f, s } = parts;
    let half = 0.5 * f * f;
    let tail = s * (half + parts.series()) + exponent * LN2_LOW;
    exponent * LN2_HIGH - ((half - tail) - f)
}

/// The exponent of the bits of a positive number as a number: 2⁵² + e − 2⁵².
#[inline(always)]
fn exponent_of<S: Simd>(bits: u64x8<S>) -> f64x8<S> {
    const SHIFTED: u64 = 0x4330_0000_0000_0000;
    ((bits >> 52) | SHIFTED).bitcast::<f64x8<S>>() - (4_503_599_627_370_496.0 + 1023.0)
}
