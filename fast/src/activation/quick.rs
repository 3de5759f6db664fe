//! tanh within 1 ulp, in `f32` lanes.
//!
//! ```text
//! tanh      ±(f(c) + d·Q(d))     d = |x| − c; c and the 6 coefficients of Q are entries of tables
//! ```
//!
//! **Source.** S. Gal, "Computing elementary functions: a new approach for achieving high accuracy and good
//! performance", 1986: centres c, near the middle of their parts, at which f(c) is a number of `f32` to
//! within a hundredth of a last place, so that it needs no second word. Polynomials by Remez's exchange: Q
//! within 2⁻²⁸ of the result.
//!
//! **Hazard.** Each rounding in `f32` costs up to half a last place: only the last may count in full. What
//! is added to f(c) is at most a third of it, and what its roundings leave is a fraction of a last place.
//!
//! **Method.** A part of the range is found by the bits of 0.625 + 0.99·|x|: quarters of its powers of
//! two, and the first ends where tanh passes ⅛ and last places double. A table of sixteen lies in one
//! vector, and is looked up by moving its bytes.

use fearless_simd::{Simd, SimdBase, f32x16, prelude::*, u8x64, u32x16};

use crate::element::Fused;

/// tanh, never above 1 ulp, never falling.
#[inline(always)]
pub(super) fn tanh<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    // tanh rounds to 1 from here on.
    let a = at_most(simd, x.abs(), 9.02);
    let place = a.fused(f32x16::splat(simd, 0.99), f32x16::splat(simd, 0.625));
    let part = Part::of(simd, place);
    let d = a - part.entry(&CENTERS);
    // In the first part the centre is 0, and what the polynomial is added to is x itself.
    let is_first = place.simd_lt(f32x16::splat(simd, 0.75));
    let value = is_first.select(a, part.entry(&VALUES));
    let [first @ .., last] = &COEFFICIENTS;
    let mut q = part.entry(last);
    for coefficients in first.iter().rev() {
        q = q.fused(d, part.entry(coefficients));
    }
    let y = d.fused(q, value).copysign(x);
    x.simd_eq(x).select(y, x) // which NaN arithmetic gives differs between levels
}

/// `x`, at most `most`; NaN stays.
#[inline(always)]
fn at_most<S: Simd>(simd: S, x: f32x16<S>, most: f32) -> f32x16<S> {
    let most = f32x16::splat(simd, most);
    x.simd_gt(most).select(most, x)
}

/// Which of the sixteen entries of a table each lane takes, byte by byte.
#[derive(Clone, Copy)]
struct Part<S: Simd>(u8x64<S>);

impl<S: Simd> Part<S> {
    /// Quarters of powers of two, counted from 0.625 on.
    #[inline(always)]
    fn of(simd: S, place: f32x16<S>) -> Self {
        const FIRST: u32 = 0.625_f32.to_bits() >> 21;
        const BYTES: u32 = 0x0302_0100; // of an entry; the next one's are 4 more each
        const NEXT: u32 = 0x0404_0404;
        let bits: u32x16<S> = place.bitcast();
        let offset = u32x16::splat(simd, BYTES.wrapping_sub(FIRST.wrapping_mul(NEXT)));
        Self(((bits >> 21) * u32x16::splat(simd, NEXT) + offset).bitcast())
    }

    #[inline(always)]
    fn entry(self, table: &[f32; 16]) -> f32x16<S> {
        f32x16::from_slice(self.0.token(), table).swizzle_dyn(self.0)
    }
}

/// The centres c.
#[rustfmt::skip]
const CENTERS: [f32; 16] = [
    0.0, 0.189_380_59, 0.315_653_18, 0.505_079_2, 0.757_720_05, 1.010_204_6, 1.262_596_6,
    1.640_992_4, 2.146_043_3, 2.652_921_7, 3.163_197, 3.959_685_3, 4.956_125_7, 5.951_861_4,
    6.980_691_4, 8.317_766,
];

/// f(c), to within a hundredth of a last place.
#[rustfmt::skip]
const VALUES: [f32; 16] = [
    0.0, 0.187_148_56, 0.305_571_23, 0.466_102_3, 0.639_732_06, 0.765_846_6, 0.851_778_4,
    0.927_611_2, 0.973_016_3, 0.990_124, 0.996_429_44, 0.999_273, 0.999_900_9, 0.999_986_47,
    0.999_998_3, 0.999_999_9,
];

/// The coefficients of Q, the first one first.
#[rustfmt::skip]
const COEFFICIENTS: [[f32; 16]; 6] = [
    [
        0.0, 0.964_975_4, 0.906_626_2, 0.782_748_64, 0.590_742_9, 0.413_478_97, 0.274_473_58,
        0.139_537_44, 0.053_239_23, 0.019_654_492, 0.007_128_366_3, 0.001_453_487_4,
        0.000_198_238_57, 0.000_027_060_842, 3.457_122_6e-6, 2.384_636e-7,
    ],
    [
        -3.795_486e-8, -0.180_593_76, -0.277_038_9, -0.364_840_98, -0.377_917_2, -0.316_661_48,
        -0.233_790_67, -0.129_436_46, -0.051_802_628, -0.019_460_382, -0.007_102_917,
        -0.001_452_534, -0.000_198_229_23, -0.000_027_061_202, -3.457_324e-6, -2.386_762_2e-7,
    ],
    [
        -0.333_328_9, -0.287_860_24, -0.217_553_63, -0.090_869_03, 0.044_847_015, 0.104_687_39,
        0.107_647_66, 0.073_563_77, 0.032_659_337, 0.012_716_339, 0.004_701_195, 0.000_966_091_64,
        0.000_131_994_63, 0.000_018_021_283, 2.302_606_2e-6, 1.582_148_7e-7,
    ],
    [
        -0.000_164_782_61, 0.114_068_34, 0.158_823_89, 0.163_970_23, 0.097_286_9, 0.025_381_671,
        -0.013_760_831, -0.025_090_957, -0.014_511_097, -0.006_104_281_6, -0.002_316_694_7,
        -0.000_479_959_6, -0.000_065_804_816, -8.998_234e-6, -1.147_938_4e-6, -7.765_843_4e-8,
    ],
    [
        0.136_001_05, 0.095_852_45, 0.044_137_28, -0.027_958_225, -0.063_481_84, -0.045_091_376,
        -0.018_191_872, 0.001_545_591_5, 0.004_385_154_7, 0.002_253_329, 0.000_907_668_9,
        0.000_198_613_53, 0.000_027_440_463, 3.757_313e-6, 4.790_202e-7, 3.458_51e-8,
    ],
    [
        -0.019_605_368, -0.059_477_82, -0.072_361_49, -0.049_461_965, -0.000_368_274_2,
        0.018_840_432, 0.014_762_090_5, 0.003_914_813, -0.000_576_145_83, -0.000_617_334_4,
        -0.000_287_188_48, -0.000_071_286_224, -9.704_006_5e-6, -1.292_944_4e-6, -1.712_704e-7,
        -1.365_526_1e-8,
    ],
];
