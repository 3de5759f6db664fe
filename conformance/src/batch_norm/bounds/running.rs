//! The bounds of the running statistics.
//!
//! ```text
//! mean       w·Δμ + 4u(|old| + |μ|) + η(2 + |old| + |μ|)
//! variance   w·f·V + 6u(|old| + s) + η(2 + |old| + s)        s = f·σ², f = 1 or m/(m − 1)
//! V          error of σ²: θ·(σ² + ε) without the rounding of ε, see `model`
//! ```
//!
//! The weight is rounded to T, then 1 − w, a product and the sum: 4u; f takes two more. Robust adds
//! the mean of the differences to the element that was taken off, one rounding of |μ|, which the 4u
//! hold.

use super::RunningBounds;
use crate::batch_norm::truth::RunningTruth;
use crate::batch_norm::{Case, Variance};
use crate::normalization::bounds::{ErrorModel, Precision, SECOND_ORDER, squares_stay_in_range};
use crate::normalization::truth::Statistics;
use crate::{Real, Strength};

pub(super) fn bounds<T: Real>(
    strength: Strength,
    case: &Case<T>,
    truth: &RunningTruth,
) -> RunningBounds {
    let precision = Precision::of::<T>();
    let channels = 0..case.shape.channels;
    let each = |c| channel(precision, strength, case, &truth.statistics[c], c);
    let (mean, variance): (Vec<f64>, Vec<f64>) = channels.clone().map(each).unzip();
    let applies = |c: usize| {
        let in_range = strength != Strength::Must
            || squares_stay_in_range(precision, case.shape.per_channel(), &truth.statistics[c]);
        let old = case.own.mean[c].to_f64().abs().max(case.own.variance[c].to_f64().abs());
        in_range && mean[c].is_finite() && variance[c].is_finite() && old <= T::MAX / 4.0
    };
    let applies = channels.map(applies).collect();
    RunningBounds { applies, mean, variance }
}

/// The sound bounds of one channel's mean and variance for arithmetic of some precision.
pub(in crate::batch_norm) fn sound_channel<T: Real>(
    precision: Precision,
    case: &Case<T>,
    statistics: &Statistics,
    c: usize,
) -> (f64, f64) {
    channel(precision, Strength::Must, case, statistics, c)
}

fn channel<T: Real>(
    precision: Precision,
    strength: Strength,
    case: &Case<T>,
    statistics: &Statistics,
    c: usize,
) -> (f64, f64) {
    let Precision { unit: u, quantum, .. } = precision;
    let (m, w) = (case.shape.per_channel(), case.own.weight_of_new);
    let model = ErrorModel::absolute(precision, strength, m, statistics);
    let factor = match case.own.convention {
        Variance::Biased => 1.0,
        Variance::Unbiased => m as f64 / (m as f64 - 1.0),
    };
    let bound = |error: f64, roundings: f64, size: f64| {
        (w * error + roundings * u * size) * SECOND_ORDER + quantum * (2.0 + size)
    };
    let old = [case.own.mean[c].to_f64().abs(), case.own.variance[c].to_f64().abs()];
    let (mean, variance) = (statistics.mean.to_f64().abs(), statistics.variance.to_f64());
    (
        bound(model.mean, 4.0, old[0] + mean),
        bound(factor * model.variance, 6.0, old[1] + factor * variance),
    )
}
