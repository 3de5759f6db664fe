// The first definition of a link counts: on the page itself these are files.
//! [random]: super::random
//! [random-symbols]: super::random#symbols-and-shapes
//! [random-tests]: super::random#distribution-tests
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/initialization.md")]
// Throughout: fan_in is how many inputs a unit sums, fan_out how many units an input reaches, σ the
// deviation of the weights and a the bound of their uniform distribution. Each function is one formula
// of the page above.

mod fans;

use nalgebra::DVector;
use rand::Rng;

pub use fans::{Fans, Layer, fans, weight_count};

use crate::random::{sample_normal, sample_uniform};
use crate::{Error, check};

/// The deviation of the standard normal distribution after it is cut at ±2:
/// √(1 − 4·φ(2)/(2·Φ(2) − 1)).
///
/// Clause INI-09. Source: the variance of a truncated normal distribution (Johnson, Kotz & Balakrishnan
/// 1994, "Continuous univariate distributions", volume 1, section 10.1).
pub const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// a = gain·√(6/(fan_in + fan_out)): weights are uniform on [−a, a].
///
/// Clause INI-03. Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep
/// feedforward neural networks", equation 16 (there without a gain). A uniform distribution on [−a, a]
/// has variance a²/3.
///
/// fans: ≥ 1 each; gain: finite and > 0.
///
/// # Errors
/// `fan_in`, `fan_out`: 0. `gain`: not finite or not positive.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::{Fans, xavier_uniform_bound};
///
/// // √(6/24) = ½
/// assert_eq!(xavier_uniform_bound(Fans { fan_in: 16, fan_out: 8 }, 1.0)?, 0.5);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn xavier_uniform_bound(fans: Fans, gain: f64) -> Result<f64, Error> {
    Ok(gain * (6.0 / sum_of_fans(fans, gain)?).sqrt())
}

/// σ = gain·√(2/(fan_in + fan_out)): the deviation of the weights.
///
/// Clause INI-04. Source: Glorot & Bengio 2010, equation 12: variance 2/(fan_in + fan_out).
///
/// fans: ≥ 1 each; gain: finite and > 0.
///
/// # Errors
/// `fan_in`, `fan_out`: 0. `gain`: not finite or not positive.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::{Fans, xavier_normal_deviation};
///
/// // √(2/8) = ½, twice
/// assert_eq!(xavier_normal_deviation(Fans { fan_in: 5, fan_out: 3 }, 2.0)?, 1.0);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn xavier_normal_deviation(fans: Fans, gain: f64) -> Result<f64, Error> {
    Ok(gain * (2.0 / sum_of_fans(fans, gain)?).sqrt())
}

fn sum_of_fans(fans: Fans, gain: f64) -> Result<f64, Error> {
    check::at_least_one("fan_in", fans.fan_in)?;
    check::at_least_one("fan_out", fans.fan_out)?;
    check::gain(gain)?;
    Ok(fans.fan_in as f64 + fans.fan_out as f64)
}

/// a = √(6/((1 + slope²)·fan)): weights are uniform on [−a, a].
///
/// Clauses INI-05, INI-07, INI-08. Source: He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers",
/// equations 10 (fan_in), 14 (fan_out) and 15 (slope); a uniform distribution of that variance.
///
/// fan: ≥ 1, fan_in to keep the size of the activities, fan_out to keep that of the gradients; slope:
/// finite, that of the rectifier below 0, 0 for ReLU.
///
/// # Errors
/// `fan`: 0. `slope`: not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::he_uniform_bound;
///
/// assert_eq!(he_uniform_bound(24, 0.0)?, 0.5); // √(6/24)
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn he_uniform_bound(fan: usize, slope: f64) -> Result<f64, Error> {
    Ok((6.0 / leaky_fan(fan, slope)?).sqrt())
}

/// σ = √(2/((1 + slope²)·fan)): the deviation of the weights.
///
/// Clauses INI-06 … INI-08. Source: He, Zhang, Ren & Sun 2015, equations 10, 14 and 15.
///
/// fan: ≥ 1; slope: finite. Both as in [`he_uniform_bound`].
///
/// # Errors
/// `fan`: 0. `slope`: not finite.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::he_normal_deviation;
///
/// assert_eq!(he_normal_deviation(8, 0.0)?, 0.5); // √(2/8)
/// assert_eq!(he_normal_deviation(4, 1.0)?, 0.5); // a slope of 1 is no rectifier: √(1/4)
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn he_normal_deviation(fan: usize, slope: f64) -> Result<f64, Error> {
    Ok((2.0 / leaky_fan(fan, slope)?).sqrt())
}

fn leaky_fan(fan: usize, slope: f64) -> Result<f64, Error> {
    check::at_least_one("fan", fan)?;
    check::slope(slope)?;
    Ok((1.0 + slope * slope) * fan as f64)
}

/// σ/0.8796…: the deviation that a normal distribution needs before it is cut at two of it, so that σ is
/// left after.
///
/// Clause INI-09. Source: as [`TRUNCATED_DEVIATION`]. Any σ.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::{TRUNCATED_DEVIATION, truncated_deviation};
///
/// assert_eq!(truncated_deviation(TRUNCATED_DEVIATION), 1.0);
/// ```
#[must_use]
pub fn truncated_deviation(deviation: f64) -> f64 {
    deviation / TRUNCATED_DEVIATION
}

/// w = spread·draw, for each draw.
///
/// Clause INI-10. Source: the families of this page are families of scale. Any draws and any spread; a
/// NaN among the draws stays where it is.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::scaled;
/// use nalgebra::dvector;
///
/// assert_eq!(scaled(&dvector![1.0, -0.5], 0.25), dvector![0.25, -0.125]);
/// ```
#[must_use]
pub fn scaled(draws: &DVector<f64>, spread: f64) -> DVector<f64> {
    draws.map(|draw| spread * draw)
}

/// Weights uniform on [−a, a], drawn with the crate `rand`.
///
/// Clause INI-11: the distribution of weights, by other code than the map's. bound a: finite and ≥ 0.
///
/// # Errors
/// `bound`: negative, NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::sample_uniform_weights;
/// use evenkeel_reference::random::{Stream, Words};
///
/// let mut generator = Words::new(Stream::default());
/// let weights = sample_uniform_weights(&mut generator, 100, 0.5)?;
/// assert!(weights.len() == 100 && weights.amax() <= 0.5);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn sample_uniform_weights<R: Rng + ?Sized>(
    generator: &mut R,
    count: usize,
    bound: f64,
) -> Result<DVector<f64>, Error> {
    check::not_negative("bound", bound)?;
    let weights: Result<Vec<f64>, Error> =
        (0..count).map(|_| sample_uniform(generator, bound)).collect();
    Ok(DVector::from_vec(weights?))
}

/// Normal weights of mean 0, drawn with the crate `rand_distr`.
///
/// Clause INI-11: the distribution of weights, by other code than the map's. deviation: finite, ≥ 0, at
/// most MAX/16.
///
/// # Errors
/// `deviation`: negative, NaN or above MAX/16.
///
/// # Example
/// ```
/// use evenkeel_reference::initialization::sample_normal_weights;
/// use evenkeel_reference::random::{Stream, Words};
///
/// let mut generator = Words::new(Stream::default());
/// assert_eq!(sample_normal_weights(&mut generator, 3, 0.0)?.amax(), 0.0);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn sample_normal_weights<R: Rng + ?Sized>(
    generator: &mut R,
    count: usize,
    deviation: f64,
) -> Result<DVector<f64>, Error> {
    check::deviation(deviation)?;
    let weights: Result<Vec<f64>, Error> =
        (0..count).map(|_| sample_normal(generator, deviation)).collect();
    Ok(DVector::from_vec(weights?))
}
