//! The judge that reads like the page, see [`normalization`](crate::normalization::truth).

use super::{InferenceBackwardTruth, InferenceTruth, RunningTruth};
use crate::Real;
use crate::batch_norm::{Case, bounds, reference};
use crate::normalization::truth::{GradientTruth, exact, precision, statistics_of, tensor};

impl InferenceTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real>(case: &Case<T>) -> Self {
        let input = case.as_inference();
        let Ok(normalized) = reference::normalize(&input) else { return Self::exact(case) };
        let Ok(y) = reference::inference(&input) else { return Self::exact(case) };
        let rstd = |variance: &T| 1.0 / (variance.to_f64() + case.epsilon).sqrt();
        let mut truth = Self {
            rstd: case.own.variance.iter().map(rstd).collect(),
            normalized: tensor(case, &normalized),
            y: exact(tensor(case, &y)),
            uncertainty: Vec::new(),
        };
        truth.uncertainty = bounds::sound_inference(precision(), case, &truth);
        truth
    }
}

impl InferenceBackwardTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real>(case: &Case<T>) -> Self {
        let Ok(result) = reference::inference_backward(&case.as_inference_backward()) else {
            return Self::exact(case);
        };
        let gradients = GradientTruth {
            dx: exact(tensor(case, &result.dx)),
            dgamma: exact(result.dgamma.iter().copied()),
            dbeta: exact(result.dbeta.iter().copied()),
            ..GradientTruth::undefined(0, 0)
        };
        let mut truth = Self { forward: InferenceTruth::by_reference(case), gradients };
        let own = bounds::sound_inference_gradients(precision(), case, &truth);
        truth.gradients.dx_uncertainty = own.dx;
        truth.gradients.dgamma_uncertainty = own.dgamma;
        truth.gradients.dbeta_uncertainty = own.dbeta;
        truth
    }
}

impl RunningTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real>(case: &Case<T>) -> Self {
        let Ok(step) = reference::forward(&case.as_forward()) else { return Self::exact(case) };
        let mut own = case.own.clone();
        let Ok((mean, variance)) = reference::moved(case.shape, &own.as_running(), &step) else {
            return Self::exact(case);
        };
        let statistics = statistics_of(case, step.mean.as_slice(), step.variance.as_slice());
        let doubt = |(c, channel)| bounds::sound_running_channel(precision(), case, channel, c);
        let (mean_uncertainty, variance_uncertainty) =
            statistics.iter().enumerate().map(doubt).unzip();
        Self {
            mean: exact(mean.iter().copied()),
            variance: exact(variance.iter().copied()),
            statistics,
            mean_uncertainty,
            variance_uncertainty,
        }
    }
}
