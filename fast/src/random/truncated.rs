//! The quantile of a normal that is cut at ±2: Wichura's PPND16 (Applied Statistics 37, 1988).
//!
//! ```text
//! q = v·(Φ(2) − ½)              |q| < 0.4773
//! |q| ≤ 0.425     z = q·P(0.425² − q²)/Q(…)
//! beyond          r = √(−ln(½ − |q|)) ≤ 1.95,  z = ±P(r − 1.6)/Q(r − 1.6)
//! ```
//!
//! Both branches are computed in every lane and one is chosen: the shoulder is one draw in nine. Its third
//! branch, r > 5, is never met within the cut.

use fearless_simd::{Simd, SimdBase, SimdFloat, f64x8, prelude::*};

use super::lanes::{Words, centred};
use super::logarithm::ln;

/// Φ(2) − ½.
const HALF_MASS: f64 = 0.477_249_868_051_820_8;

/// The cut normals of eight words.
#[inline(always)]
pub(super) fn quantiles<S: Simd>(simd: S, words: Words<S>) -> f64x8<S> {
    quantile(simd, centred(words) * HALF_MASS)
}

/// Φ⁻¹(½ + q), at most 2 in size.
#[inline(always)]
fn quantile<S: Simd>(simd: S, q: f64x8<S>) -> f64x8<S> {
    let central = q * ratio(simd, &CENTRE, 0.180_625 - q * q);
    let r = (-ln(0.5 - q.abs())).sqrt();
    let shoulder = ratio(simd, &SHOULDER, r - 1.6).copysign(q);
    let z = q.abs().simd_le(f64x8::splat(simd, 0.425)).select(central, shoulder);
    z.max(f64x8::splat(simd, -2.0)).min(f64x8::splat(simd, 2.0))
}

/// Numerator over denominator, the constants first.
#[inline(always)]
fn ratio<S: Simd>(simd: S, [above, below]: &[[f64; 8]; 2], x: f64x8<S>) -> f64x8<S> {
    let mut numerator = f64x8::splat(simd, above[7]);
    let mut denominator = f64x8::splat(simd, below[7]);
    for k in (0..7).rev() {
        numerator = numerator * x + above[k];
        denominator = denominator * x + below[k];
    }
    numerator / denominator
}

const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_6,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_4e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
];

const SHOULDER: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
