//! The judge of 320 bits: the formulas of the [module above](super), one line each.

use super::{BackwardTruth, ExactStatistics, ForwardTruth, GradientTruth, Statistics};
use crate::Real;
use crate::exact::{Exact, Wide};
use crate::normalization::{Along, Case, Kind};

/// The values of group `g` as `f64`.
pub(crate) fn values_of<T: Real, K: Kind>(case: &Case<T, K>, tensor: &[T], g: usize) -> Vec<f64> {
    case.groups().values(tensor, g).map(T::to_f64).collect()
}

/// A number, if it is one.
pub(crate) fn finite<T: Real>(value: T) -> Option<Exact> {
    value.is_finite().then(|| Exact::from_f64(value.to_f64()))
}

/// The numbers, if all of them are.
pub(crate) fn all_finite<T: Real>(values: impl Iterator<Item = T>) -> Option<Vec<Exact>> {
    values.map(finite).collect()
}

/// Σ a·b.
pub(crate) fn dot(a: &[Exact], b: &[Exact]) -> Exact {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The forward pass as far as x̂.
pub(crate) struct Normalized {
    /// None for a group with a number that is not finite.
    pub(crate) groups: Vec<Option<ExactStatistics>>,
    /// x̂, none where there is none.
    pub(crate) elements: Vec<Option<Exact>>,
}

impl Normalized {
    pub(crate) fn of<T: Real, K: Kind>(case: &Case<T, K>) -> Self {
        let groups = case.groups();
        let mut elements = vec![None; case.shape.len()];
        let statistics = (0..groups.count()).map(|g| {
            let own = ExactStatistics::of(&values_of(case, &case.x, g), case.epsilon)?;
            for (i, normalized) in groups.indices(g).zip(own.normalized()) {
                elements[i] = Some(normalized);
            }
            Some(own)
        });
        Self { groups: statistics.collect(), elements }
    }

    fn truth<T: Real, K: Kind>(&self, case: &Case<T, K>) -> ForwardTruth {
        let told = |(g, own): (usize, &Option<ExactStatistics>)| match own {
            Some(own) => own.truth(&values_of(case, &case.x, g), case.epsilon),
            None => Statistics::UNDEFINED,
        };
        let number = |x: &Option<Exact>| x.as_ref().map_or(f64::NAN, Exact::to_f64);
        ForwardTruth {
            statistics: self.groups.iter().enumerate().map(told).collect(),
            normalized: self.elements.iter().map(number).collect(),
            y: (0..case.shape.len()).map(|i| defined(self.output(case, i))).collect(),
            uncertainty: vec![0.0; case.shape.len()],
        }
    }

    /// γ·x̂ + β.
    fn output<T: Real, K: Kind>(&self, case: &Case<T, K>, i: usize) -> Option<Exact> {
        let c = case.shape.channel_of(i);
        Some(finite(case.gamma[c])? * self.elements[i].as_ref()? + finite(case.beta[c])?)
    }

    /// Σ dy·x̂ of channel `c`.
    fn by_gamma<T: Real, K: Kind>(&self, case: &Case<T, K>, c: usize) -> Option<Exact> {
        let mut sum = Exact::zero();
        for i in (0..case.shape.per_channel()).map(|k| case.shape.index(k, c)) {
            sum = sum + finite(case.dy[i])? * self.elements[i].as_ref()?;
        }
        Some(sum)
    }
}

fn defined(value: Option<Exact>) -> Wide {
    value.map_or(Wide::UNDEFINED, |value| value.to_wide())
}

impl ExactStatistics {
    /// x̂ of every value, none at all where σ² + ε = 0.
    pub(crate) fn normalized(&self) -> Vec<Exact> {
        let Some(r) = &self.rstd else { return Vec::new() };
        self.deviations.iter().map(|d| d * r).collect()
    }
}

impl ForwardTruth {
    /// In 320 bits.
    #[must_use]
    pub fn exact<T: Real, K: Kind>(case: &Case<T, K>) -> Self {
        Normalized::of(case).truth(case)
    }
}

impl BackwardTruth {
    /// In 320 bits.
    #[must_use]
    pub fn exact<T: Real, K: Kind>(case: &Case<T, K>) -> Self {
        let passed = Normalized::of(case);
        let (elements, count) = (case.shape.len(), case.groups().count());
        let mut truth = Self {
            forward: passed.truth(case),
            mean_pull: vec![f64::NAN; count],
            mean_pull_normalized: vec![f64::NAN; count],
            projected: vec![f64::NAN; elements],
            gradients: GradientTruth::undefined(elements, case.shape.channels),
        };
        for g in 0..count {
            truth.pull(case, &passed, g);
        }
        for c in 0..case.shape.channels {
            truth.gradients.dgamma[c] = defined(passed.by_gamma(case, c));
            let dbeta = all_finite(case.shape.channel(&case.dy, c));
            truth.gradients.dbeta[c] = defined(dbeta.map(|dy| dy.iter().sum()));
        }
        truth
    }

    /// dx of group `g`, if all of it is finite.
    fn pull<T: Real, K: Kind>(&mut self, case: &Case<T, K>, passed: &Normalized, g: usize) {
        let groups = case.groups();
        let Some(r) = passed.groups[g].as_ref().and_then(|own| own.rstd.as_ref()) else { return };
        let Some(pull) = groups.indices(g).map(|i| pull_of(case, i)).collect::<Option<Vec<_>>>()
        else {
            return;
        };
        let normalized: Vec<Exact> =
            groups.indices(g).filter_map(|i| passed.elements[i].clone()).collect();
        let pulled = Pulled::back(&pull, &normalized);
        self.mean_pull[g] = pulled.mean.to_f64();
        self.mean_pull_normalized[g] = pulled.mean_normalized.to_f64();
        let factor = match K::ALONG {
            Along::Channels => finite(case.gamma[g]).map(|gamma| gamma * r),
            Along::Rows => Some(r.clone()),
        };
        for (i, projected) in groups.indices(g).zip(&pulled.projected) {
            self.projected[i] = projected.to_f64();
            self.gradients.dx[i] = defined(factor.as_ref().map(|factor| factor * projected));
        }
    }
}

/// What reaches x̂ but for a factor of the whole group: dy, or dy·γ.
fn pull_of<T: Real, K: Kind>(case: &Case<T, K>, i: usize) -> Option<Exact> {
    let dy = finite(case.dy[i])?;
    match K::ALONG {
        Along::Channels => Some(dy),
        Along::Rows => Some(dy * finite(case.gamma[case.shape.channel_of(i)])?),
    }
}

/// The upstream gradient of one group, taken back to x̂.
struct Pulled {
    /// b.
    mean: Exact,
    /// k.
    mean_normalized: Exact,
    /// t = g − b − x̂·k.
    projected: Vec<Exact>,
}

impl Pulled {
    fn back(pull: &[Exact], normalized: &[Exact]) -> Self {
        let m = Exact::from_count(pull.len());
        let mean = pull.iter().sum::<Exact>() / &m;
        let mean_normalized = dot(pull, normalized) / &m;
        let through = |(g, x): (&Exact, &Exact)| g - &mean - x * &mean_normalized;
        let projected = pull.iter().zip(normalized).map(through).collect();
        Self { mean, mean_normalized, projected }
    }
}
