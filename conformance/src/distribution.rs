//! Whether draws have the distribution that they must have, with bounds that hold for every sample size.
//!
//! ```text
//! share          hits among n draws of probability p: exact binomial tails (Clopper–Pearson)
//! kolmogorov     sup|Fₙ − F| ≤ √(ln(2/α)/(2n)) but for a chance of α (Dvoretzky, Kiefer, Wolfowitz;
//!                Massart 1990)
//! ```
//!
//! Nothing is asymptotic, so nothing is flaky beyond α: each test has α = 10⁻¹⁴ ([`FALSE_ALARM`]), a
//! run makes fewer than 10⁵ of them, and a sound generator fails with a chance below 10⁻⁹. A wrong
//! distribution at a Kolmogorov distance D is caught with a chance of at least 0.999 from
//! [`sample_size`]`(D)` draws on.

use statrs::function::{beta::beta_reg, erf::erfc};

use crate::Real;
use crate::verdict::{Finding, Measure, Verdict};

/// α: the chance that one test fails on draws that are right.
pub const FALSE_ALARM: f64 = 1e-14;

/// The chance that a test does not see a fault that it is said to see.
const MISSED: f64 = 1e-3;

/// How many draws a property looks at.
pub const SAMPLE: usize = 1 << 16;

/// Φ, the distribution function of the standard normal.
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Φ of a normal that is cut at ±2.
#[must_use]
pub fn truncated_normal_cdf(z: f64) -> f64 {
    let below = normal_cdf(-2.0);
    ((normal_cdf(z) - below) / (1.0 - 2.0 * below)).clamp(0.0, 1.0)
}

/// The distribution function of the even distribution on (−1, 1).
#[must_use]
pub fn uniform_cdf(v: f64) -> f64 {
    ((v + 1.0) / 2.0).clamp(0.0, 1.0)
}

/// √(ln(2/α)/(2n)): the Kolmogorov distance that n draws pass with a chance of at most α.
fn band(alpha: f64, n: usize) -> f64 {
    ((2.0 / alpha).ln() / (2.0 * n as f64)).sqrt()
}

/// From how many draws on a distribution at distance `distance` is caught with a chance of 0.999:
/// the bands of a false alarm and of a miss together are narrower than the distance then.
#[must_use]
pub fn sample_size(distance: f64) -> f64 {
    ((band(FALSE_ALARM, 1) + band(MISSED, 1)) / distance).powi(2)
}

/// Holds if `draws`, divided by `scale`, have the distribution function `cdf`.
///
/// A sound implementation in `T` may be at a distance of 16u from it, and a grid of 2³² words at 2⁻³⁰.
fn kolmogorov<T: Real>(name: &str, draws: &[T], scale: f64, cdf: fn(f64) -> f64) -> Verdict {
    let mut sorted: Vec<f64> = draws.iter().map(|draw| draw.to_f64() / scale).collect();
    if sorted.iter().any(|draw| !draw.is_finite()) {
        return Finding::fail(name, "a draw that is not finite", "finite draws", "no exception");
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = |(i, z): (usize, &f64)| {
        let (f, below, upto) = (cdf(*z), i as f64 / n, (i as f64 + 1.0) / n);
        (f - below).abs().max((upto - f).abs())
    };
    let worst = sorted.iter().enumerate().map(distance).fold(0.0, f64::max);
    let allowed = band(FALSE_ALARM, sorted.len()) + slack::<T>();
    if worst > allowed {
        return Finding::fail(
            name,
            format!("a distribution at Kolmogorov distance {worst:.4} from the right one"),
            format!("at most {allowed:.4} for {} draws", sorted.len()),
            "DKW–Massart: right draws pass but for a chance of 10⁻¹⁴",
        );
    }
    told(worst / allowed, sorted.len())
}

/// How far the distribution of a sound implementation may be from the one without rounding and grid.
fn slack<T: Real>() -> f64 {
    16.0 * T::UNIT_ROUNDOFF + 2_f64.powi(-30)
}

/// Holds if `hits` of `n` draws are what a probability of `p` gives: Clopper–Pearson, that is the
/// exact tails of the binomial distribution.
pub(crate) fn share(name: &str, hits: usize, n: usize, p: f64) -> Verdict {
    let chance = tail(hits as f64, n as f64, p).min(1.0);
    if chance < FALSE_ALARM / 2.0 {
        return Finding::fail(
            name,
            format!("{hits} of {n}, a share of {:.5}", hits as f64 / n as f64),
            format!("about {:.0}, a share of {p:.5}", n as f64 * p),
            format!("a chance of 10⁻¹⁴ (exact binomial tails); this has {chance:.1e}"),
        );
    }
    told(chance.ln() / (FALSE_ALARM / 2.0).ln(), n)
}

fn told(ratio: f64, compared: usize) -> Verdict {
    Verdict::Pass(Measure { ratio, ulps: 0.0, compared: compared as u64 })
}

/// The chance of as many hits or more, or of as few or fewer: whichever is smaller.
fn tail(hits: f64, n: f64, p: f64) -> f64 {
    let at_least = match hits {
        0.0 => 1.0,
        _ if p <= 0.0 => 0.0,
        _ if p >= 1.0 => 1.0,
        _ => beta_reg(hits, n - hits + 1.0, p),
    };
    let at_most = match hits {
        _ if hits == n => 1.0,
        _ if p >= 1.0 => 0.0,
        _ if p <= 0.0 => 1.0,
        _ => beta_reg(n - hits, hits + 1.0, 1.0 - p),
    };
    at_least.min(at_most)
}

/// Distances between two draws whose independence is looked at: neighbours, lanes, vectors, blocks.
const LAGS: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 1024];

/// Holds if two draws `lag` apart hit together as often as draws that know nothing of each other:
/// p² of all disjoint pairs.
pub(crate) fn pairs_are_independent(name: &str, hits: &[bool], p: f64) -> Verdict {
    let mut verdict = Verdict::HOLDS;
    for lag in LAGS {
        let blocks = hits.chunks_exact(2 * lag);
        let count = blocks.len() * lag;
        let both = |block: &[bool]| (0..lag).filter(|k| block[*k] && block[*k + lag]).count();
        let together = blocks.map(both).sum();
        let place = format!("{name} that hit together with the one {lag} further on");
        verdict = verdict.and(|| share(&place, together, count, p * p));
    }
    verdict
}

/// Places within which every share must be right by itself: the elements of a block of the map.
const PLACES: usize = 64;

/// Holds if every place modulo 64 has its share.
pub(crate) fn places_are_alike(name: &str, hits: &[bool], p: f64) -> Verdict {
    let mut verdict = Verdict::HOLDS;
    for place in 0..PLACES {
        let mine = hits.iter().skip(place).step_by(PLACES);
        let (count, of) = (mine.clone().filter(|hit| **hit).count(), mine.len());
        let place = format!("{name} at elements {place} modulo {PLACES}");
        verdict = verdict.and(|| share(&place, count, of, p));
    }
    verdict
}

/// Which draws are negative: every other one, if the distribution is symmetric.
pub(crate) fn signs<T: Real>(draws: &[T]) -> Vec<bool> {
    draws.iter().map(|draw| draw.to_f64() < 0.0).collect()
}

/// Holds if symmetric draws have the distribution, and know nothing of each other and of their place.
pub(crate) fn are_draws_of<T: Real>(
    name: &str,
    draws: &[T],
    scale: f64,
    cdf: fn(f64) -> f64,
) -> Verdict {
    let (negative, signs) = (format!("negative draws of {name}"), signs(draws));
    kolmogorov(name, draws, scale, cdf)
        .and(|| pairs_are_independent(&negative, &signs, 0.5))
        .and(|| places_are_alike(&negative, &signs, 0.5))
}

/// Holds if two sequences agree as often as two that know nothing of each other.
pub(crate) fn are_unrelated(name: &str, one: &[bool], other: &[bool], p: f64) -> Verdict {
    let agree = one.iter().zip(other).filter(|(a, b)| a == b).count();
    let place = format!("hits and misses that {name} share");
    share(&place, agree, one.len(), p * p + (1.0 - p) * (1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against sums of binomial probabilities by hand: n = 4, p = ½ and p = ¼.
    #[test]
    fn tails_are_those_of_the_binomial() {
        for (hits, p, expected) in [
            (0.0, 0.5, 1.0 / 16.0),
            (1.0, 0.5, 5.0 / 16.0),
            (4.0, 0.5, 1.0 / 16.0),
            (3.0, 0.25, 13.0 / 256.0),
            (0.0, 0.0, 1.0),
            (1.0, 0.0, 0.0),
            (4.0, 1.0, 1.0),
            (3.0, 1.0, 0.0),
        ] {
            let found = tail(hits, 4.0, p);
            assert!((found - expected).abs() < 1e-12, "{hits} of 4 at {p}: {found}");
        }
    }

    /// 34.6 standard deviations off, and 3 off: one fails, one does not.
    #[test]
    fn a_wrong_share_fails_and_a_lucky_one_does_not() {
        assert!(matches!(share("it", 7000, 10_000, 0.5), Verdict::Fail(_)));
        assert!(matches!(share("it", 5150, 10_000, 0.5), Verdict::Pass(_)));
        assert!(matches!(share("it", 1, 10_000, 0.0), Verdict::Fail(_)));
        assert!(matches!(share("it", 10_000, 10_000, 1.0), Verdict::Pass(_)));
    }

    #[test]
    fn an_even_grid_is_even_and_half_of_it_is_not() {
        let grid: Vec<f64> = (0..1000).map(|i| (2 * i + 1) as f64 / 1000.0 - 1.0).collect();
        assert!(matches!(kolmogorov("it", &grid, 1.0, uniform_cdf), Verdict::Pass(_)));
        assert!(matches!(kolmogorov("it", &grid, 2.0, uniform_cdf), Verdict::Fail(_)));
    }

    /// The band at α is as wide as it must be for the false alarm and the miss together.
    #[test]
    fn the_sample_size_adds_both_bands() {
        let distance = 0.0235;
        let n = sample_size(distance) as usize + 1;
        assert!(band(FALSE_ALARM, n) + band(MISSED, n) <= distance);
        assert!(n <= SAMPLE, "{n}");
    }

    /// The library's erfc is good to 5·10⁻¹¹, a twentieth of what the grid is allowed ([`slack`]).
    #[test]
    fn distribution_functions_at_known_places() {
        let is = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-10, "{found}");
        is(normal_cdf(1.959_963_984_540_054), 0.975);
        is(truncated_normal_cdf(-2.0), 0.0);
        is(truncated_normal_cdf(2.0), 1.0);
        is(truncated_normal_cdf(0.0), 0.5);
        assert_eq!(uniform_cdf(0.5), 0.75);
    }
}
