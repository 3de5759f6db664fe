//! The statistics of one channel: as numbers, and as the ratios that the bounds are made of.

use crate::exact::{Exact, Wide};

/// The statistics of one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelTruth {
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

/// A channel's statistics in units of √(σ² + ε), so that neither the squares of large numbers nor
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

impl ChannelTruth {
    /// A channel with a NaN or an infinity in it.
    pub(super) const UNDEFINED: Self = Self {
        mean: Wide::UNDEFINED,
        variance: Wide::UNDEFINED,
        rstd: f64::NAN,
        largest: f64::NAN,
        spread: f64::NAN,
        ratios: Ratios::UNDEFINED,
    };

    /// From a mean and a variance in `f64`, for data whose squares stay in range.
    pub(super) fn in_f64(values: &[f64], mean: f64, variance: f64, epsilon: f64) -> Self {
        let largest = values.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        let spread = values.iter().fold(0.0_f64, |most, x| most.max((x - mean).abs()));
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

/// One channel in 320 bits.
#[derive(Debug, Clone)]
pub(crate) struct ExactChannel {
    /// μ.
    pub(crate) mean: Exact,
    /// σ².
    pub(crate) variance: Exact,
    /// x − μ.
    pub(crate) deviations: Vec<Exact>,
    /// r; none where σ² + ε = 0.
    pub(crate) rstd: Option<Exact>,
}

impl ExactChannel {
    /// The statistics of `values`, none if one of them is not finite.
    pub(crate) fn of(values: &[f64], epsilon: f64) -> Option<Self> {
        let finite = !values.is_empty() && values.iter().all(|x| x.is_finite());
        finite.then(|| Self::of_exact(values.iter().map(|&x| Exact::from_f64(x)).collect(), epsilon))
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

    /// The statistics as `f64` and pairs; X is that of `values`.
    pub(crate) fn truth(&self, values: &[f64], epsilon: f64) -> ChannelTruth {
        let largest = values.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        let spread = self.deviations.iter().map(|d| d.to_f64().abs()).fold(0.0, f64::max);
        ChannelTruth {
            mean: self.mean.to_wide(),
            variance: self.variance.to_wide(),
            rstd: self.rstd.as_ref().map_or(f64::INFINITY, Exact::to_f64),
            largest,
            spread,
            ratios: self.ratios(largest, epsilon).unwrap_or(Ratios::UNDEFINED),
        }
    }

    fn ratios(&self, largest: f64, epsilon: f64) -> Option<Ratios> {
        let r = self.rstd.as_ref()?;
        let spread = self.deviations.iter().map(|d| (d * r).to_f64().abs()).fold(0.0, f64::max);
        Some(Ratios {
            largest: (Exact::from_f64(largest) * r).to_f64(),
            spread,
            deviation: (self.variance.sqrt() * r).to_f64(),
            epsilon: (Exact::from_f64(epsilon) * r.square()).to_f64(),
        })
    }
}

/// 1/√(variance + ε), none for 0 or less.
pub(super) fn reciprocal_root(variance: &Exact, epsilon: f64) -> Option<Exact> {
    let square = variance + Exact::from_f64(epsilon);
    (square > Exact::zero()).then(|| Exact::from_f64(1.0) / square.sqrt())
}
