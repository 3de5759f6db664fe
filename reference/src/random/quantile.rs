//! The quantile of the normal distribution, and the normal distribution cut at two deviations.

use super::{Stream, centered_uniform, word};
use crate::{Error, check};

/// Φ(2) − ½: half of what lies within two deviations.
pub const HALF_MASS: f64 = 0.477_249_868_051_820_8;

/// For |q| ≤ 0.425: numerator and denominator in 0.425² − q².
const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_608,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561e3,
    ],
];
/// For r = √(−ln(½ − |q|)) ≤ 5: numerator and denominator in r − 1.6.
const SHOULDER: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_7e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        6.897_673_349_851_000_045_5e-1,
        1.481_039_764_274_800_745_9e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
];
/// For r > 5: numerator and denominator in r − 5.
const TAIL: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        2.965_605_718_285_048_912_3e-1,
        2.653_218_952_657_612_309_3e-2,
        1.242_660_947_388_078_438_6e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_9e-1,
        1.369_298_809_227_358_053_1e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
];

/// Φ⁻¹(½ + q): the number that a standard normal one is below with probability ½ + q.
///
/// Clause RND-10. Source: Wichura 1988, "Algorithm AS 241: the percentage points of the normal
/// distribution", PPND16. The argument is q, what is beyond the middle, so that small quantiles keep
/// their digits. |q| ≤ ½, where ±½ gives ±∞; beyond and for NaN the result is NaN.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::random::normal_quantile;
///
/// assert_eq!(normal_quantile(0.0), 0.0);
/// // The well-known 97.5 %: PPND16 is good to 10⁻¹⁶ of the value, the rest is a dozen roundings.
/// let bound = 24.0 * 2.0_f64.powi(-53) * 1.96;
/// assert_abs_diff_eq!(normal_quantile(0.475), 1.959_963_984_540_054, epsilon = bound);
/// assert_eq!(normal_quantile(-0.475), -normal_quantile(0.475));
/// ```
#[must_use]
pub fn normal_quantile(q: f64) -> f64 {
    if q.abs() <= 0.425 {
        return q * ratio(&CENTRE, 0.180_625 - q * q);
    }
    let beyond = 0.5 - q.abs();
    if beyond == 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-beyond.ln()).sqrt();
    let z = if r <= 5.0 { ratio(&SHOULDER, r - 1.6) } else { ratio(&TAIL, r - 5.0) };
    z.copysign(q)
}

/// The quotient of two polynomials, the coefficient of the constant first.
fn ratio([numerator, denominator]: &[[f64; 8]; 2], r: f64) -> f64 {
    polynomial(numerator, r) / polynomial(denominator, r)
}

fn polynomial(coefficients: &[f64], r: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * r + coefficient)
}

/// z = Φ⁻¹(½ + v·(Φ(2) − ½)): the normal number cut at ±2 that belongs to a centred uniform v.
///
/// Clauses RND-10, RND-11. Source: the inverse of the distribution; Φ⁻¹ is [`normal_quantile`]. It is
/// limited to ±2, which a rounding might pass. v: from −1 to 1; NaN gives NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::random::truncated_quantile;
///
/// assert_eq!(truncated_quantile(0.0), 0.0);
/// assert!((1.99..=2.0).contains(&truncated_quantile(0.999)));
/// assert!(truncated_quantile(-1.0) >= -2.0);
/// ```
#[must_use]
pub fn truncated_quantile(centered: f64) -> f64 {
    normal_quantile(centered * HALF_MASS).clamp(-2.0, 2.0)
}

/// deviation·z: element i of the normal distribution with mean 0 that is cut at two deviations.
///
/// Clauses RND-04, RND-10, RND-11. z is [`truncated_quantile`] of the centred uniform of W(i). The
/// deviation is that of the normal distribution before it is cut; after, it is 0.8796 of that. i: any;
/// deviation: finite, ≥ 0, at most MAX/16.
///
/// # Errors
/// `deviation`: negative, NaN or above MAX/16.
///
/// # Example
/// ```
/// use evenkeel_reference::random::{Stream, truncated_normal};
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// for i in 0..100 {
///     assert!(truncated_normal(stream, i, 0.5)?.abs() <= 1.0);
/// }
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn truncated_normal(stream: Stream, i: u64, deviation: f64) -> Result<f64, Error> {
    check::deviation(deviation)?;
    Ok(deviation * truncated_quantile(centered_uniform(word(stream, i))))
}
