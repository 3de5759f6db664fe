//! The statistics of one group: as numbers, and as the ratios that the bounds are made of.

use crate::exact::{Exact, Wide};

/// The statistics of one group: of a channel, or of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// μ.
    pub mean: Wide,
    /// σ², biased; infinite beyond the range of `f64`.
    pub variance: Wide,
    /// r = 1/√(σ² + ε); infinite where σ² + ε = 0 or below 2⁻²⁰⁴⁸.
    pub rstd: f64,
    /// X = max|x|.
    pub largest: f64,
    /// D = max|x − μ|.
    pub spread: f64,
    /// The same in units of √(σ² + ε).
    pub ratios: Ratios,
}

/// A group's statistics in units of √(σ² + ε), so that neither the squares of large numbers nor
/// the inverse of small ones leave the range of `f64`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratios {
    /// X·r.
    pub largest: f64,
    /// D·r.
    pub spread: f64,
    /// σ·r, at most 1.
    pub deviation: f64,
    /// ε·r², at most 1.
    pub epsilon: f64,
}

impl Ratios {
    const UNDEFINED: Self =
        Self { largest: f64::NAN, spread: f64::NAN, deviation: f64::NAN, epsilon: f64::NAN };
}

impl Statistics {
    /// A group with a NaN or an infinity in it.
    pub(crate) const UNDEFINED: Self = Self {
        mean: Wide::UNDEFINED,
        variance: Wide::UNDEFINED,
        rstd: f64::NAN,
        largest: f64::NAN,
        spread: f64::NAN,
        ratios: Ratios::UNDEFINED,
    };

    /// From a mean and a variance in `f64`, for data whose squares stay in range.
    pub(crate) fn in_f64(values: &[f64], mean: f64, variance: f64, epsilon: f64) -> Self {
        let (low, high) = range(values);
        let (largest, spread) = (high.max(-low), (high - mean).max(mean - low));
        let rstd = 1.0 / (variance + epsilon).sqrt();
        let ratios = Ratios {
            largest: largest * rstd,
            spread: spread * rstd,
            deviation: variance.sqrt() * rstd,
            epsilon: epsilon * rstd * rstd,
        };
        let ratios = if rstd.is_finite() { ratios } else { Ratios::UNDEFINED };
        let (mean, variance) = (Wide::exact(mean), Wide::exact(variance));
        Self { mean, variance, rstd, largest, spread, ratios }
    }

    /// Whether there is a truth: finite data and σ² + ε > 0.
    #[must_use]
    pub fn is_defined(&self) -> bool {
        !self.ratios.largest.is_nan()
    }
}

/// One group in 320 bits.
#[derive(Debug, Clone)]
pub(crate) struct ExactStatistics {
    /// μ.
    pub(crate) mean: Exact,
    /// σ².
    pub(crate) variance: Exact,
    /// x − μ.
    pub(crate) deviations: Vec<Exact>,
    /// r; none where σ² + ε = 0.
    pub(crate) rstd: Option<Exact>,
}

impl ExactStatistics {
    /// The statistics of `values`, none if one of them is not finite.
    pub(crate) fn of(values: &[f64], epsilon: f64) -> Option<Self> {
        let finite = !values.is_empty() && values.iter().all(|x| x.is_finite());
        finite
            .then(|| Self::of_exact(values.iter().map(|&x| Exact::from_f64(x)).collect(), epsilon))
    }

    /// The statistics of values that no `f64` may hold.
    pub(crate) fn of_exact(values: Vec<Exact>, epsilon: f64) -> Self {
        let m = Exact::from_count(values.len());
        let mean = values.iter().sum::<Exact>() / &m;
        let deviations: Vec<Exact> = values.into_iter().map(|x| x - &mean).collect();
        let variance = deviations.iter().map(Exact::square).sum::<Exact>() / &m;
        let rstd = reciprocal_root(&variance, epsilon);
        Self { mean, variance, deviations, rstd }
    }

    /// The statistics as `f64` and pairs, of the `values` that they came from.
    pub(crate) fn truth(&self, values: &[f64], epsilon: f64) -> Statistics {
        let (low, high) = range(values);
        let largest = high.max(-low);
        let spread = self.spread(low, high);
        Statistics {
            mean: self.mean.to_wide(),
            variance: self.variance.to_wide(),
            rstd: self.rstd.as_ref().map_or(f64::INFINITY, Exact::to_f64),
            largest,
            spread: spread.to_f64(),
            ratios: self.ratios(largest, &spread, epsilon).unwrap_or(Ratios::UNDEFINED),
        }
    }

    /// D, which one of the two extremes has.
    fn spread(&self, low: f64, high: f64) -> Exact {
        let (above, below) =
            (Exact::from_f64(high) - &self.mean, &self.mean - Exact::from_f64(low));
        if above > below { above } else { below }
    }

    fn ratios(&self, largest: f64, spread: &Exact, epsilon: f64) -> Option<Ratios> {
        let r = self.rstd.as_ref()?;
        Some(Ratios {
            largest: (Exact::from_f64(largest) * r).to_f64(),
            spread: (spread * r).to_f64(),
            deviation: (self.variance.sqrt() * r).to_f64(),
            epsilon: (Exact::from_f64(epsilon) * r.square()).to_f64(),
        })
    }
}

/// The smallest and the largest of finite values.
fn range(values: &[f64]) -> (f64, f64) {
    let extend = |(low, high): (f64, f64), &x: &f64| (low.min(x), high.max(x));
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), extend)
}

/// 1/√(variance + ε), none for 0 or less.
pub(crate) fn reciprocal_root(variance: &Exact, epsilon: f64) -> Option<Exact> {
    let square = variance + Exact::from_f64(epsilon);
    (square > Exact::zero()).then(|| Exact::from_f64(1.0) / square.sqrt())
}
