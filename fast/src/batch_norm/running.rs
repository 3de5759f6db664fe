//! Running statistics: a weighted mean of the past and the new batch.
//!
//! ```text
//! mean     ← (1 − w)·mean + w·μ
//! variance ← (1 − w)·variance + w·(σ² or σ²·m/(m − 1))
//! ```
//!
//! w is the weight of the *new* batch, and ε has no part in it. Source: Ioffe & Szegedy (2015),
//! Algorithm 2, whose inference variance is the unbiased one. Hazard: frameworks differ both in
//! which weight is named "momentum" and in which variance is kept; here both are said.

use crate::element::Element;
use crate::{Error, Moments, check};

/// Which variance of the batch goes into the running variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunningVariance {
    /// σ² = M/m, the one that normalises in training.
    Biased,
    /// M/(m − 1), as Ioffe & Szegedy: none for a batch of one value.
    Unbiased,
}

impl RunningVariance {
    /// From so many values on there is one.
    fn least(self) -> u64 {
        match self {
            Self::Biased => 1,
            Self::Unbiased => 2,
        }
    }

    #[inline]
    fn of(self, moments: &Moments) -> f64 {
        match self {
            Self::Biased => moments.variance(),
            Self::Unbiased => moments.unbiased_variance().unwrap_or(f64::NAN),
        }
    }
}

/// Moves the running mean and variance of every channel towards a batch's moments.
///
/// ```text
/// mean     ← (1 − w)·mean + w·μ,   w = weight_of_new
/// variance ← (1 − w)·variance + w·(σ² or σ²·m/(m − 1))
/// ```
///
/// Each is computed in `f64` and rounded once. With `f32`, w = 0 leaves both as they were and
/// w = 1 gives the batch's own, rounded. A framework's "momentum" is `weight_of_new` in PyTorch
/// and 1 − `weight_of_new` in Keras, Flax and ONNX.
///
/// # Errors
/// Names `mean` or `variance` (wrong length), `weight_of_new` (outside [0, 1], or NaN) or `shape`
/// (moments of no value; [`RunningVariance::Unbiased`] with one value). Nothing is written then.
pub fn update_running<T: Element>(
    moments: &[Moments],
    running_mean: &mut [T],
    running_variance: &mut [T],
    weight_of_new: f64,
    convention: RunningVariance,
) -> Result<(), Error> {
    check::length("mean", running_mean, moments.len())?;
    check::length("variance", running_variance, moments.len())?;
    check::share("weight_of_new", weight_of_new)?;
    if let Some(few) = moments.iter().find(|moments| moments.count() < convention.least()) {
        let allowed = match convention {
            RunningVariance::Biased => "at least 1 value per channel",
            RunningVariance::Unbiased => "at least 2 values per channel",
        };
        return Err(Error::new("shape", format!("{} values per channel", few.count()), allowed));
    }
    let mixed =
        |old: T, new: f64| T::round((1.0 - weight_of_new) * old.to_f64() + weight_of_new * new);
    for ((moments, mean), variance) in moments.iter().zip(running_mean).zip(running_variance) {
        *mean = mixed(*mean, moments.mean());
        *variance = mixed(*variance, convention.of(moments));
    }
    Ok(())
}
