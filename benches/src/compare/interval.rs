//! The ratio of two times, with its 95 % confidence interval.
//!
//! ```text
//! d_r = ln(theirs_r/ours_r) of round r      ratio = exp(d̄ ± t(0.975, n − 1)·s/√n)
//! ```
//!
//! What both rounds of a pair have in common, a busy machine or a slow clock, falls out of d_r. The mean
//! of the logarithms treats "twice as fast" and "half as fast" alike. s² is the variance of the d_r
//! over n − 1, t Student's quantile.
//!
//! **Source.** Student, "The probable error of a mean", Biometrika 6 (1908).

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// How many times as long theirs takes as ours: above 1 ours is faster.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// The geometric mean over the rounds.
    pub mean: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Ratio {
    /// Of the rounds in which both took part; `None` with fewer than two, or a time of 0.
    #[must_use]
    pub fn paired(theirs: &[f64], ours: &[f64]) -> Option<Self> {
        let logarithms: Vec<f64> = theirs.iter().zip(ours).map(|(a, b)| (a / b).ln()).collect();
        let n = logarithms.len() as f64;
        if n < 2.0 || !logarithms.iter().all(|d| d.is_finite()) {
            return None;
        }
        let mean = logarithms.iter().sum::<f64>() / n;
        let squares: f64 = logarithms.iter().map(|d| (d - mean).powi(2)).sum();
        let student = StudentsT::new(0.0, 1.0, n - 1.0).ok()?;
        let half = student.inverse_cdf(0.975) * (squares / (n - 1.0) / n).sqrt();
        Some(Self { mean: mean.exp(), low: (mean - half).exp(), high: (mean + half).exp() })
    }
}

/// The middle of the times, or of the two in the middle their mean; NaN of none.
#[must_use]
pub fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if n == 0 { f64::NAN } else { (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Student's own ten pairs of hours of sleep (1908): differences of mean 1.58 and deviation
    /// 1.2299, so s/√n = 0.3890; the table has t(0.975, 9) = 2.2622, and the interval 0.700 … 2.460.
    #[test]
    fn the_interval_is_that_of_students_sleepers() {
        let first: [f64; 10] = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second: [f64; 10] = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let ratio = Ratio::paired(&second.map(f64::exp), &first.map(f64::exp)).unwrap();
        for (found, expected) in [(ratio.mean, 1.58), (ratio.low, 0.7001), (ratio.high, 2.4599)] {
            assert!((found.ln() - expected).abs() < 1e-4, "{} for {expected}", found.ln());
        }
    }

    #[test]
    fn equal_rounds_have_no_width_and_a_common_slowness_none_either() {
        // Each round is slower than the one before, and theirs always takes twice as long.
        let ours = [1.0, 2.0, 4.0, 8.0];
        let theirs = ours.map(|t| 2.0 * t);
        assert_eq!(Ratio::paired(&theirs, &ours), Some(Ratio { mean: 2.0, low: 2.0, high: 2.0 }));
    }

    #[test]
    fn too_few_rounds_have_no_interval() {
        assert_eq!(Ratio::paired(&[1.0], &[1.0, 2.0]), None);
        assert_eq!(Ratio::paired(&[1.0, 0.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), 3.0);
        assert!(median(&[]).is_nan());
    }
}
