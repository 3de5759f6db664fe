//! The judge of 320 bits: the formulas of the [module above](super), one line each.

use super::{InferenceBackwardTruth, InferenceTruth, RunningTruth};
use crate::Real;
use crate::batch_norm::{Case, Variance};
use crate::exact::{Exact, Wide};
use crate::normalization::truth::{
    ExactStatistics, GradientTruth, Statistics, all_finite, dot, finite, reciprocal_root, values_of,
};

impl InferenceTruth {
    /// In 320 bits.
    #[must_use]
    pub fn exact<T: Real>(case: &Case<T>) -> Self {
        let mut truth = Self::undefined(case);
        for c in 0..case.shape.channels {
            let Some((r, normalized)) = given(case, c) else { continue };
            truth.rstd[c] = r.to_f64();
            truth.put(case, c, &normalized);
        }
        truth
    }

    /// A truth without any value yet.
    fn undefined<T: Real>(case: &Case<T>) -> Self {
        let elements = case.shape.len();
        Self {
            rstd: vec![f64::NAN; case.shape.channels],
            normalized: vec![f64::NAN; elements],
            y: vec![Wide::UNDEFINED; elements],
            uncertainty: vec![0.0; elements],
        }
    }

    fn put<T: Real>(&mut self, case: &Case<T>, c: usize, normalized: &[Option<Exact>]) {
        let parameters = finite(case.gamma[c]).zip(finite(case.beta[c]));
        for (k, normalized) in normalized.iter().enumerate() {
            let (i, Some(normalized)) = (case.shape.index(k, c), normalized) else { continue };
            self.normalized[i] = normalized.to_f64();
            if let Some((gamma, beta)) = &parameters {
                self.y[i] = (gamma * normalized + beta).to_wide();
            }
        }
    }
}

/// r and x̂ of channel `c` by the given statistics, x̂ where x is finite; none if they allow no r.
fn given<T: Real>(case: &Case<T>, c: usize) -> Option<(Exact, Vec<Option<Exact>>)> {
    let (mean, variance) = finite(case.own.mean[c]).zip(finite(case.own.variance[c]))?;
    let r = reciprocal_root(&variance, case.epsilon)?;
    let normalize = |x: T| Some((finite(x)? - &mean) * &r);
    let normalized = case.shape.channel(&case.x, c).map(normalize).collect();
    Some((r, normalized))
}

impl InferenceBackwardTruth {
    /// In 320 bits.
    #[must_use]
    pub fn exact<T: Real>(case: &Case<T>) -> Self {
        let (elements, channels) = (case.shape.len(), case.shape.channels);
        let mut truth = Self {
            forward: InferenceTruth::exact(case),
            gradients: GradientTruth::undefined(elements, channels),
        };
        for c in 0..channels {
            let Some(dy) = all_finite(case.shape.channel(&case.dy, c)) else { continue };
            truth.gradients.dbeta[c] = dy.iter().sum::<Exact>().to_wide();
            let Some((r, normalized)) = given(case, c) else { continue };
            if let Some(normalized) = normalized.into_iter().collect::<Option<Vec<_>>>() {
                truth.gradients.dgamma[c] = dot(&dy, &normalized).to_wide();
            }
            let Some(factor) = finite(case.gamma[c]).map(|gamma| gamma * r) else { continue };
            for (k, dy) in dy.iter().enumerate() {
                truth.gradients.dx[case.shape.index(k, c)] = (&factor * dy).to_wide();
            }
        }
        truth
    }
}

impl RunningTruth {
    /// In 320 bits.
    #[must_use]
    pub fn exact<T: Real>(case: &Case<T>) -> Self {
        let mut truth = Self::undefined(case);
        for c in 0..case.shape.channels {
            let values = values_of(case, &case.x, c);
            let Some(channel) = ExactStatistics::of(&values, case.epsilon) else { continue };
            truth.statistics[c] = channel.truth(&values, case.epsilon);
            truth.mean[c] = moved(case.own.mean[c], &channel.mean, case.own.weight_of_new);
            if let Some(variance) = averaged(&channel, case.own.convention) {
                truth.variance[c] = moved(case.own.variance[c], &variance, case.own.weight_of_new);
            }
        }
        truth
    }

    /// A truth without any value yet.
    fn undefined<T: Real>(case: &Case<T>) -> Self {
        let channels = case.shape.channels;
        Self {
            statistics: vec![Statistics::UNDEFINED; channels],
            mean: vec![Wide::UNDEFINED; channels],
            variance: vec![Wide::UNDEFINED; channels],
            mean_uncertainty: vec![0.0; channels],
            variance_uncertainty: vec![0.0; channels],
        }
    }
}

/// (1 − w)·old + w·new.
fn moved<T: Real>(old: T, new: &Exact, weight_of_new: f64) -> Wide {
    let Some(old) = finite(old) else { return Wide::UNDEFINED };
    let w = Exact::from_f64(weight_of_new);
    ((Exact::from_f64(1.0) - &w) * old + w * new).to_wide()
}

/// The variance that the running statistics average: σ², or σ²·m/(m − 1), which needs m ≥ 2.
fn averaged(channel: &ExactStatistics, convention: Variance) -> Option<Exact> {
    let m = channel.deviations.len();
    match convention {
        Variance::Biased => Some(channel.variance.clone()),
        Variance::Unbiased if m < 2 => None,
        Variance::Unbiased => {
            Some(&channel.variance * Exact::from_count(m) / Exact::from_count(m - 1))
        }
    }
}
