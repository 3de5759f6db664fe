//! From two words to two normal numbers.

use std::f64::consts::TAU;

use super::{Stream, second_word, word};
use crate::{Error, check};

/// u₁ = (A + ½)·2⁻³² if A ≥ 2¹⁶, else (A·2³² + V + ½)·2⁻⁶⁴: what the radius is made of.
///
/// Clause RND-07. Source: the map is that of this page. Exact; from 2⁻⁶⁵ to 1 − 2⁻³³. The second word V
/// counts where A is small only: there, where the radius is large, 2⁻³² would be too coarse a step.
///
/// # Example
/// ```
/// use evenkeel_reference::random::radius_uniform;
///
/// assert_eq!(radius_uniform(1 << 31, 77), 0.5 + 2.0_f64.powi(-33));
/// assert_eq!(radius_uniform(0, 0), 2.0_f64.powi(-65));
/// ```
#[must_use]
pub fn radius_uniform(word: u32, second: u32) -> f64 {
    if word >= 1 << 16 {
        return (f64::from(word) + 0.5) * 2.0_f64.powi(-32);
    }
    // Below 2⁴⁸ + ½: 49 bits, exact.
    (f64::from(word) * 2.0_f64.powi(32) + f64::from(second) + 0.5) * 2.0_f64.powi(-64)
}

/// u₂ = (B + ½)·2⁻³²: the part of a full turn.
///
/// Clause RND-07. Source: the map is that of this page. Exact; from 2⁻³³ to 1 − 2⁻³³.
///
/// # Example
/// ```
/// use evenkeel_reference::random::angle_uniform;
///
/// assert_eq!(angle_uniform(1 << 30), 0.25 + 2.0_f64.powi(-33));
/// ```
#[must_use]
pub fn angle_uniform(word: u32) -> f64 {
    (f64::from(word) + 0.5) * 2.0_f64.powi(-32)
}

/// r·cos 2πu₂ and r·sin 2πu₂ with r = √(−2 ln u₁): two independent standard normal numbers.
///
/// Clause RND-07. Source: Box & Muller 1958, "A note on the generation of random normal deviates",
/// equation 1. 0 < u₁ ≤ 1, any u₂; elsewhere infinite or NaN, as the formula has it.
///
/// # Example
/// ```
/// use approx::assert_abs_diff_eq;
/// use evenkeel_reference::random::box_muller;
///
/// // u₁ = e⁻²: r = 2. An eighth of a turn: both are 2·√½ = √2. The rounding of u₁ moves ln u₁ by
/// // u = 2⁻⁵³ and r by u/r = ½u; then a logarithm, two roots, a cosine and a product: 8u of √2.
/// let [cosine, sine] = box_muller((-2.0_f64).exp(), 0.125);
/// assert_abs_diff_eq!(cosine, 2.0_f64.sqrt(), epsilon = 16.0 * 2.0_f64.powi(-53));
/// assert_abs_diff_eq!(sine, 2.0_f64.sqrt(), epsilon = 16.0 * 2.0_f64.powi(-53));
/// ```
#[must_use]
pub fn box_muller(u1: f64, u2: f64) -> [f64; 2] {
    let r = (-2.0 * u1.ln()).sqrt();
    let angle = TAU * u2;
    [r * angle.cos(), r * angle.sin()]
}

/// deviation·z: element i of the normal distribution with mean 0.
///
/// Clauses RND-04, RND-07, RND-08. With i = 32·q + 16·s + k, s of {0, 1} and k < 16, z is number s of
/// [`box_muller`] with u₁ of the words W(32q + k), V(32q + k) and u₂ of W(32q + 16 + k). Source: Box &
/// Muller 1958, equation 1; the order is that of this page.
///
/// i: any; deviation: finite, ≥ 0, at most MAX/16, so that the product stays finite (|z| < 9.5).
///
/// # Errors
/// `deviation`: negative, NaN or above MAX/16.
///
/// # Example
/// ```
/// use evenkeel_reference::random::*;
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// // 53 = 32 + 16 + 5: the sine of the words 37 and 53, beside the cosine at 37.
/// let u1 = radius_uniform(word(stream, 37), second_word(stream, 37));
/// let [cosine, sine] = box_muller(u1, angle_uniform(word(stream, 53)));
/// assert_eq!(normal(stream, 53, 1.0)?, sine);
/// assert_eq!(normal(stream, 37, 1.0)?, cosine);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn normal(stream: Stream, i: u64, deviation: f64) -> Result<f64, Error> {
    check::deviation(deviation)?;
    let (q, s, k) = (i / 32, i % 32 / 16, i % 16);
    let (radius, angle) = (32 * q + k, 32 * q + 16 + k);
    let u1 = radius_uniform(word(stream, radius), second_word(stream, radius));
    let u2 = angle_uniform(word(stream, angle));
    Ok(deviation * box_muller(u1, u2)[s as usize])
}
