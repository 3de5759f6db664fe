//! The judge of 320 bits: the formulas of the [module above](super), one line each.

use super::channel::reciprocal_root;
use super::{
    BackwardTruth, ChannelTruth, ExactChannel, ForwardTruth, GradientTruth, InferenceBackwardTruth,
    InferenceTruth, RunningTruth,
};
use crate::Real;
use crate::batch_norm::{Case, Variance};
use crate::exact::{Exact, Wide};

/// The values of channel `c` as `f64`.
pub(super) fn values_of<T: Real>(case: &Case<T>, tensor: &[T], c: usize) -> Vec<f64> {
    case.shape.channel(tensor, c).map(T::to_f64).collect()
}

/// A number, if it is one.
fn finite<T: Real>(value: T) -> Option<Exact> {
    value.is_finite().then(|| Exact::from_f64(value.to_f64()))
}

/// The numbers, if all of them are.
fn all_finite(values: &[f64]) -> Option<Vec<Exact>> {
    let finite = values.iter().all(|value| value.is_finite());
    finite.then(|| values.iter().map(|&value| Exact::from_f64(value)).collect())
}

impl ForwardTruth {
    /// In 320 bits.
    #[must_use]
    pub fn exact<T: Real>(case: &Case<T>) -> Self {
        let mut truth = Self::undefined(case);
        for c in 0..case.shape.channels {
            let values = values_of(case, &case.x, c);
            let Some(channel) = ExactChannel::of(&values, case.epsilon) else { continue };
            truth.channels[c] = channel.truth(&values, case.epsilon);
            let normalized = channel.normalized();
            truth.put(case, c, &normalized);
        }
        truth
    }

    /// A truth without any value yet.
    pub(super) fn undefined<T: Real>(case: &Case<T>) -> Self {
        let elements = case.shape.len();
        Self {
            channels: vec![ChannelTruth::UNDEFINED; case.shape.channels],
            normalized: vec![f64::NAN; elements],
            y: vec![Wide::UNDEFINED; elements],
            uncertainty: vec![0.0; elements],
        }
    }

    /// x̂ and y = γ·x̂ + β of channel `c`.
    fn put<T: Real>(&mut self, case: &Case<T>, c: usize, normalized: &[Exact]) {
        let parameters = finite(case.gamma[c]).zip(finite(case.beta[c]));
        for (k, normalized) in normalized.iter().enumerate() {
            let i = case.shape.index(k, c);
            self.normalized[i] = normalized.to_f64();
            if let Some((gamma, beta)) = &parameters {
                self.y[i] = (gamma * normalized + beta).to_wide();
            }
        }
    }
}

impl ExactChannel {
    /// x̂ of every value, none at all where σ² + ε = 0.
    pub(crate) fn normalized(&self) -> Vec<Exact> {
        let Some(r) = &self.rstd else { return Vec::new() };
        self.deviations.iter().map(|d| d * r).collect()
    }
}

impl BackwardTruth {
    /// In 320 bits.
    #[must_use]
    pub fn exact<T: Real>(case: &Case<T>) -> Self {
        let mut truth = Self::undefined(case, ForwardTruth::undefined(case));
        for c in 0..case.shape.channels {
            let (values, dy) = (values_of(case, &case.x, c), values_of(case, &case.dy, c));
            let dy = all_finite(&dy);
            if let Some(dy) = &dy {
                truth.gradients.dbeta[c] = dy.iter().sum::<Exact>().to_wide();
            }
            let Some(channel) = ExactChannel::of(&values, case.epsilon) else { continue };
            truth.forward.channels[c] = channel.truth(&values, case.epsilon);
            let normalized = channel.normalized();
            truth.forward.put(case, c, &normalized);
            if let Some((dy, r)) = dy.zip(channel.rstd) {
                truth.put(case, c, &Pulled::back(&dy, &normalized), &r);
            }
        }
        truth
    }

    /// A truth without any gradient yet.
    pub(super) fn undefined<T: Real>(case: &Case<T>, forward: ForwardTruth) -> Self {
        let (elements, channels) = (case.shape.len(), case.shape.channels);
        Self {
            forward,
            mean_dy: vec![f64::NAN; channels],
            mean_dy_normalized: vec![f64::NAN; channels],
            projected: vec![f64::NAN; elements],
            gradients: GradientTruth::undefined(elements, channels),
        }
    }

    fn put<T: Real>(&mut self, case: &Case<T>, c: usize, pulled: &Pulled, r: &Exact) {
        self.mean_dy[c] = pulled.mean.to_f64();
        self.mean_dy_normalized[c] = pulled.mean_normalized.to_f64();
        let m = Exact::from_count(pulled.projected.len());
        self.gradients.dgamma[c] = (&pulled.mean_normalized * m).to_wide();
        let factor = finite(case.gamma[c]).map(|gamma| gamma * r);
        for (k, projected) in pulled.projected.iter().enumerate() {
            let i = case.shape.index(k, c);
            self.projected[i] = projected.to_f64();
            if let Some(factor) = &factor {
                self.gradients.dx[i] = (factor * projected).to_wide();
            }
        }
    }
}

/// The upstream gradient of one channel, taken back to x̂.
pub(crate) struct Pulled {
    /// b.
    pub(crate) mean: Exact,
    /// c.
    pub(crate) mean_normalized: Exact,
    /// t = dy − b − x̂·c.
    pub(crate) projected: Vec<Exact>,
}

impl Pulled {
    pub(crate) fn back(dy: &[Exact], normalized: &[Exact]) -> Self {
        let m = Exact::from_count(dy.len());
        let mean = dy.iter().sum::<Exact>() / &m;
        let mean_normalized = dot(dy, normalized) / &m;
        let through =
            |(dy, normalized): (&Exact, &Exact)| dy - &mean - normalized * &mean_normalized;
        let projected = dy.iter().zip(normalized).map(through).collect();
        Self { mean, mean_normalized, projected }
    }
}

/// Σ a·b.
pub(crate) fn dot(a: &[Exact], b: &[Exact]) -> Exact {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

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
    pub(super) fn undefined<T: Real>(case: &Case<T>) -> Self {
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
    let (mean, variance) = finite(case.mean[c]).zip(finite(case.variance[c]))?;
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
            let Some(dy) = all_finite(&values_of(case, &case.dy, c)) else { continue };
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
            let Some(channel) = ExactChannel::of(&values, case.epsilon) else { continue };
            truth.channels[c] = channel.truth(&values, case.epsilon);
            truth.mean[c] = moved(case.mean[c], &channel.mean, case.weight_of_new);
            if let Some(variance) = channel.averaged(case.convention) {
                truth.variance[c] = moved(case.variance[c], &variance, case.weight_of_new);
            }
        }
        truth
    }

    /// A truth without any value yet.
    pub(super) fn undefined<T: Real>(case: &Case<T>) -> Self {
        let channels = case.shape.channels;
        Self {
            channels: vec![ChannelTruth::UNDEFINED; channels],
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

impl ExactChannel {
    /// The variance that the running statistics average: σ², or σ²·m/(m − 1), which needs m ≥ 2.
    fn averaged(&self, convention: Variance) -> Option<Exact> {
        let m = self.deviations.len();
        match convention {
            Variance::Biased => Some(self.variance.clone()),
            Variance::Unbiased if m < 2 => None,
            Variance::Unbiased => {
                Some(&self.variance * Exact::from_count(m) / Exact::from_count(m - 1))
            }
        }
    }
}
