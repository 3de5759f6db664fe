//! The judge that reads like the page: `evenkeel-reference`, and how far it may be off itself.
//!
//! Its arithmetic is `f64` and its algorithm two passes with sequential sums, one of those that the
//! `sound` bounds are derived for; so those, with u = 2⁻⁵³, are its uncertainty. Where they do not
//! hold, the uncertainty is infinite or NaN; the bound of `f32`, with its larger u, does not apply there
//! either.

use nalgebra::DMatrix;

use super::{BackwardTruth, ForwardTruth, GradientTruth, Statistics, values_of};
use crate::Real;
use crate::exact::Wide;
use crate::normalization::bounds::{self, Precision};
use crate::normalization::differences::pull;
use crate::normalization::{Case, Kind, Pulled, Steps};

/// The formats that the reference computes in.
pub(crate) fn precision() -> Precision {
    Precision::of::<f64>()
}

/// The matrix of one row a position and one column a channel, as the tensor lies.
pub(crate) fn tensor<T: Real, K: Kind>(case: &Case<T, K>, matrix: &DMatrix<f64>) -> Vec<f64> {
    let shape = case.shape;
    (0..shape.len()).map(|i| matrix[(shape.position_of(i), shape.channel_of(i))]).collect()
}

/// Numbers that are true as they stand.
pub(crate) fn exact(values: impl IntoIterator<Item = f64>) -> Vec<Wide> {
    values.into_iter().map(Wide::exact).collect()
}

/// The statistics of every group, from their means and variances in `f64`.
pub(crate) fn statistics_of<T: Real, K: Kind>(
    case: &Case<T, K>,
    mean: &[f64],
    variance: &[f64],
) -> Vec<Statistics> {
    let one = |g: usize| {
        let values = values_of(case, &case.x, g);
        match values.iter().all(|x| x.is_finite()) {
            true => Statistics::in_f64(&values, mean[g], variance[g], case.epsilon),
            false => Statistics::UNDEFINED,
        }
    };
    (0..case.groups().count()).map(one).collect()
}

impl ForwardTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real, K: Kind>(case: &Case<T, K>) -> Self {
        let Ok(Steps { mean, variance, normalized, output }) = K::reference_forward(case) else {
            return Self::exact(case);
        };
        let mut truth = Self {
            statistics: statistics_of(case, mean.as_slice(), variance.as_slice()),
            normalized: tensor(case, &normalized),
            y: exact(tensor(case, &output)),
            uncertainty: Vec::new(),
        };
        truth.uncertainty = bounds::sound_outputs(precision(), case, &truth);
        truth
    }
}

impl BackwardTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real, K: Kind>(case: &Case<T, K>) -> Self {
        let Ok(Pulled { dx, dgamma, dbeta }) = K::reference_backward(case) else {
            return Self::exact(case);
        };
        let forward = ForwardTruth::by_reference(case);
        let means = (0..case.groups().count()).map(|g| means_of(case, &forward, g));
        let (mean_pull, mean_pull_normalized): (Vec<f64>, Vec<f64>) = means.unzip();
        let projected = (0..case.shape.len()).map(|i| {
            let g = case.groups().of(i);
            pull(case, i) - mean_pull[g] - forward.normalized[i] * mean_pull_normalized[g]
        });
        let projected = projected.collect();
        let gradients = GradientTruth {
            dx: exact(tensor(case, &dx)),
            dgamma: exact(dgamma.iter().copied()),
            dbeta: exact(dbeta.iter().copied()),
            ..GradientTruth::undefined(0, 0)
        };
        let mut truth = Self { forward, mean_pull, mean_pull_normalized, projected, gradients };
        let own = bounds::sound_gradients(precision(), case, &truth);
        truth.gradients.dx_uncertainty = own.dx;
        truth.gradients.dgamma_uncertainty = own.dgamma;
        truth.gradients.dbeta_uncertainty = own.dbeta;
        truth
    }
}

/// b and k of group `g`.
fn means_of<T: Real, K: Kind>(case: &Case<T, K>, forward: &ForwardTruth, g: usize) -> (f64, f64) {
    let count = case.groups().size() as f64;
    let sums = case.groups().indices(g).fold((0.0, 0.0), |(sum, dot), i| {
        let one = pull(case, i);
        (sum + one, dot + one * forward.normalized[i])
    });
    (sums.0 / count, sums.1 / count)
}
