//! The judge that reads like the page: `evenkeel-reference`, and how far it may be off itself.
//!
//! Its arithmetic is `f64` and its algorithm two passes with sequential sums, one of those that the
//! `sound` bounds are derived for; so those, with u = 2⁻⁵³, are its uncertainty. Where they do not
//! hold, the uncertainty is infinite or NaN; the bound of `f32`, with its larger u, does not apply there
//! either.

use super::exact::values_of;
use super::{
    BackwardTruth, ChannelTruth, ForwardTruth, GradientTruth, InferenceBackwardTruth,
    InferenceTruth, RunningTruth,
};
use crate::Real;
use crate::batch_norm::bounds::{self, Precision};
use crate::batch_norm::{Case, Running, reference};
use crate::exact::Wide;

/// The formats that the reference computes in.
fn precision() -> Precision {
    Precision::of::<f64>()
}

/// Puts `value(k, c)` where element k of channel c lies.
fn tensor<T: Real, E: Copy>(case: &Case<T>, empty: E, value: impl Fn(usize, usize) -> E) -> Vec<E> {
    let mut elements = vec![empty; case.shape.len()];
    for c in 0..case.shape.channels {
        for k in 0..case.shape.per_channel() {
            elements[case.shape.index(k, c)] = value(k, c);
        }
    }
    elements
}

impl ForwardTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real>(case: &Case<T>) -> Self {
        let Ok(step) = reference::forward(&case.as_forward()) else { return Self::exact(case) };
        let mut truth = Self {
            channels: channels(case, step.mean.as_slice(), step.variance.as_slice()),
            normalized: tensor(case, f64::NAN, |k, c| step.normalized[(k, c)]),
            y: tensor(case, Wide::UNDEFINED, |k, c| Wide::exact(step.output[(k, c)])),
            uncertainty: vec![0.0; case.shape.len()],
        };
        truth.uncertainty = bounds::sound_outputs(precision(), case, &truth);
        truth
    }
}

fn channels<T: Real>(case: &Case<T>, mean: &[f64], variance: &[f64]) -> Vec<ChannelTruth> {
    let one = |c: usize| {
        let values = values_of(case, &case.x, c);
        match values.iter().all(|x| x.is_finite()) {
            true => ChannelTruth::in_f64(&values, mean[c], variance[c], case.epsilon),
            false => ChannelTruth::UNDEFINED,
        }
    };
    (0..case.shape.channels).map(one).collect()
}

impl BackwardTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real>(case: &Case<T>) -> Self {
        let Ok(result) = reference::backward(&case.as_backward()) else { return Self::exact(case) };
        let m = case.shape.per_channel() as f64;
        let forward = ForwardTruth::by_reference(case);
        let mean_dy: Vec<f64> = result.dbeta.iter().map(|sum| sum / m).collect();
        let mean_dy_normalized: Vec<f64> = result.dgamma.iter().map(|sum| sum / m).collect();
        let projected = (0..case.shape.len()).map(|i| {
            let c = case.shape.channel_of(i);
            case.dy[i].to_f64() - mean_dy[c] - forward.normalized[i] * mean_dy_normalized[c]
        });
        let projected = projected.collect();
        let gradients = gradients(case, &result);
        let mut truth = Self { forward, mean_dy, mean_dy_normalized, projected, gradients };
        for c in 0..case.shape.channels {
            truth.doubt(case, c);
        }
        truth
    }

    fn doubt<T: Real>(&mut self, case: &Case<T>, c: usize) {
        let own = bounds::sound_backward_channel(precision(), case, self, c);
        self.gradients.dgamma_uncertainty[c] = own.dgamma;
        self.gradients.dbeta_uncertainty[c] = own.dbeta;
        for (k, dx) in own.dx.into_iter().enumerate() {
            self.gradients.dx_uncertainty[case.shape.index(k, c)] = dx;
        }
    }
}

fn gradients<T: Real>(
    case: &Case<T>,
    result: &evenkeel_reference::batch_norm::Gradients,
) -> GradientTruth {
    let exact = |values: &[f64]| values.iter().map(|&value| Wide::exact(value)).collect();
    GradientTruth {
        dx: tensor(case, Wide::UNDEFINED, |k, c| Wide::exact(result.dx[(k, c)])),
        dgamma: exact(result.dgamma.as_slice()),
        dbeta: exact(result.dbeta.as_slice()),
        ..GradientTruth::undefined(case.shape.len(), case.shape.channels)
    }
}

impl InferenceTruth {
    /// By `evenkeel-reference`; in 320 bits if it refuses the case.
    #[must_use]
    pub fn by_reference<T: Real>(case: &Case<T>) -> Self {
        let input = case.as_inference();
        let Ok(normalized) = reference::normalize(&input) else { return Self::exact(case) };
        let Ok(y) = reference::inference(&input) else { return Self::exact(case) };
        let rstd = |variance: &T| 1.0 / (variance.to_f64() + case.epsilon).sqrt();
        let mut truth = Self {
            rstd: case.variance.iter().map(rstd).collect(),
            normalized: tensor(case, f64::NAN, |k, c| normalized[(k, c)]),
            y: tensor(case, Wide::UNDEFINED, |k, c| Wide::exact(y[(k, c)])),
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
        let forward = InferenceTruth::by_reference(case);
        let mut truth = Self { forward, gradients: gradients(case, &result) };
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
        let (mut mean, mut variance) = (case.mean.clone(), case.variance.clone());
        let running = Running {
            mean: &mut mean,
            variance: &mut variance,
            weight_of_new: case.weight_of_new,
            convention: case.convention,
        };
        let Ok((mean, variance)) = reference::moved(case.shape, &running, &step) else {
            return Self::exact(case);
        };
        let channels = channels(case, step.mean.as_slice(), step.variance.as_slice());
        let doubt = |(c, channel)| bounds::sound_running_channel(precision(), case, channel, c);
        let (mean_uncertainty, variance_uncertainty) =
            channels.iter().enumerate().map(doubt).unzip();
        let exact = |values: &[f64]| values.iter().map(|&value| Wide::exact(value)).collect();
        Self {
            mean: exact(mean.as_slice()),
            variance: exact(variance.as_slice()),
            channels,
            mean_uncertainty,
            variance_uncertainty,
        }
    }
}
