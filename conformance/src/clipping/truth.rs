//! The true norm and factor in 320 bits, and how far results may be from them.

use super::Case;
use crate::compare::{Expected, SECOND_ORDER};
use crate::exact::{Exact, Wide};
use crate::verdict::Strength;
use crate::{Real, ulp};

/// Elements of a block of the kernels, whose sum is taken in [`LANES`].
const BLOCK: usize = 2048;
/// Lanes of a block: so many sums are added up at its end.
const LANES: usize = 32;

/// What is true of a case whose elements are finite.
pub(super) struct Truth {
    /// N².
    squares: Exact,
    /// N.
    pub(super) norm: Wide,
    /// min(1, τ/N); 1 where N is 0.
    factor: Exact,
    threshold: f64,
    /// n and K.
    count: [f64; 2],
    /// X.
    largest: f64,
    /// h, by the order of the kernels.
    additions: f64,
}

impl Truth {
    /// `None` where an element is not finite.
    pub(super) fn of<T: Real>(case: &Case<T>) -> Option<Self> {
        let values = || case.tensors.iter().flatten().map(|g| g.to_f64());
        if values().any(|g| !g.is_finite()) {
            return None;
        }
        let squares: Exact = values().map(|g| Exact::from_f64(g).square()).sum();
        let norm = squares.sqrt();
        Some(Self {
            norm: norm.to_wide(),
            factor: factor(&norm, case.threshold),
            squares,
            threshold: case.threshold,
            count: [case.len() as f64, case.tensors.len().max(1) as f64],
            largest: values().fold(0.0, |largest, g| g.abs().max(largest)),
            additions: additions(case),
        })
    }

    /// N, or the bound of it: no number of f64 where N is beyond the range.
    fn size(&self) -> f64 {
        self.norm.to_f64()
    }

    /// Whether N > τ: something is to be done.
    pub(super) fn is_above(&self) -> bool {
        self.threshold.is_finite() && self.squares > Exact::from_f64(self.threshold).square()
    }

    /// Whether N ≥ 2·MAX: the norm is ∞, however it is rounded.
    pub(super) fn is_beyond_the_range<T: Real>(&self) -> bool {
        self.squares >= Exact::from_f64(T::MAX).square().scaled(2)
    }

    /// y = g·min(1, τ/N).
    pub(super) fn scaled<T: Real>(&self, g: T) -> Exact {
        Exact::from_f64(g.to_f64()) * &self.factor
    }

    /// ν: what `sound` allows a norm, relatively; `None` outside the domain.
    pub(super) fn nu<T: Real>(&self) -> Option<f64> {
        let ([n, k], norm) = (self.count, self.size());
        let (u, eta) = (T::UNIT_ROUNDOFF, T::MIN_SUBNORMAL);
        let nu = SECOND_ORDER
            * ((n / 2.0 + k / 2.0 + 6.0) * u + (n + k) * eta / (2.0 * norm) / norm)
            + eta / norm;
        let holds = (n + k + 16.0) * u <= 0.5
            && 4.0 * n * self.largest * self.largest <= T::MAX
            && (n + k) * eta <= norm * norm / 4.0
            && nu <= 0.25;
        holds.then_some(nu)
    }

    /// What `sound` allows an element relatively, and absolutely; `None` outside the domain.
    pub(super) fn sound<T: Real>(&self) -> Option<[f64; 2]> {
        let (norm, tau) = (self.size(), self.threshold);
        let nu = self.nu::<T>()?;
        let (one, least) = (1.0_f64, T::MIN_POSITIVE);
        let holds = norm <= 1.0 / (4.0 * least)
            && tau >= 2.0 * least * one.max(norm)
            && 4.0 * one.max(self.largest) * one.max(tau) <= T::MAX;
        let relative = SECOND_ORDER * (nu / (1.0 - nu) + 4.0 * T::UNIT_ROUNDOFF);
        holds.then_some([relative, T::MIN_SUBNORMAL * (1.0 + tau)])
    }

    /// `robust`, the same way.
    fn robust<T: Real>(&self) -> Option<[f64; 2]> {
        let [n, k] = self.count;
        let u = T::UNIT_ROUNDOFF;
        let holds = (n + k + 24.0) * u <= 0.5 && self.threshold <= T::MAX;
        let relative = SECOND_ORDER * (n / 2.0 + k / 2.0 + 12.0) * u;
        holds.then_some([relative, T::MIN_SUBNORMAL * (2.0 + self.threshold)])
    }

    /// h·2⁻⁵³/2, and `more` roundings of f64.
    fn of_the_sum(&self, more: f64) -> f64 {
        (self.additions / 2.0 + more) * f64::UNIT_ROUNDOFF
    }

    /// The norm and what a strength allows it; in parts, each of them is merged with those before.
    pub(super) fn expected_norm<T: Real>(
        &self,
        strength: Strength,
        in_parts: bool,
    ) -> Option<Expected> {
        let ([n, k], norm, u) = (self.count, self.size(), T::UNIT_ROUNDOFF);
        let merges = if in_parts { k } else { 0.0 };
        let bound = match strength {
            Strength::Must if norm == 0.0 => 0.0,
            Strength::Must => self.nu::<T>()? * norm,
            Strength::Should if (n + k + 16.0) * u > 0.5 => return None,
            Strength::Should if norm * (1.0 + 1.0 / (1 << 20) as f64) > T::MAX => return None,
            Strength::Should => {
                let lost = (1.0 + k.sqrt()) / 2.0 * T::MIN_SUBNORMAL;
                SECOND_ORDER * (n / 2.0 + k / 2.0 + 8.0) * u * norm + lost
            }
            Strength::Promise if T::DIGITS == 24 => {
                0.5 * ulp::<T>(norm) + self.of_the_sum(1.0 + merges / 2.0) * norm
            }
            Strength::Promise => {
                SECOND_ORDER * self.of_the_sum(2.0 + merges / 2.0) * norm + T::MIN_SUBNORMAL
            }
        };
        Some(Expected::new(self.norm, bound))
    }

    /// y of an element and what a strength allows it.
    pub(super) fn expected<T: Real>(&self, strength: Strength, g: T) -> Option<Expected> {
        let truth = self.scaled(g).to_wide();
        let y = truth.to_f64().abs();
        let bound = match strength {
            Strength::Must => self.sound::<T>().map(|[r, a]| r * y + a)?,
            Strength::Should => self.robust::<T>().map(|[r, a]| r * y + a)?,
            Strength::Promise if T::DIGITS == 24 => {
                let subnormal = if y < T::MIN_POSITIVE { 0.5 } else { 0.0 };
                0.501 * ulp::<T>(y) + subnormal * T::MIN_SUBNORMAL
            }
            Strength::Promise => SECOND_ORDER * self.of_the_sum(4.0) * y + T::MIN_SUBNORMAL,
        };
        Some(Expected::new(truth, bound))
    }

    /// min(N, τ), and how far from it `sound` allows the resulting norm to be.
    pub(super) fn resulting_norm<T: Real>(&self) -> Option<(Exact, f64)> {
        let [relative, absolute] = self.sound::<T>()?;
        let truth = self.squares.sqrt() * &self.factor;
        let bound = relative * truth.to_f64() + self.count[0].sqrt() * absolute;
        Some((truth, bound))
    }

    /// By how much, relatively, the resulting norm may pass the threshold by the promise.
    pub(super) fn may_pass<T: Real>(&self) -> f64 {
        if T::DIGITS == 24 {
            return 2.0 * T::UNIT_ROUNDOFF;
        }
        SECOND_ORDER * self.of_the_sum(4.0)
    }
}

/// √Σ y².
pub(super) fn norm_of<T: Real>(values: &[T]) -> Exact {
    values.iter().map(|y| Exact::from_f64(y.to_f64()).square()).sum::<Exact>().sqrt()
}

fn factor(norm: &Exact, threshold: f64) -> Exact {
    if !threshold.is_finite() || *norm <= Exact::from_f64(threshold) {
        return Exact::from_f64(1.0);
    }
    Exact::from_f64(threshold) / norm
}

/// min(64, ⌈n/32⌉) + 5 + ⌈log₂ P⌉.
fn additions<T: Real>(case: &Case<T>) -> f64 {
    let blocks = |tensor: &Vec<T>| tensor.len().div_ceil(BLOCK);
    let blocks: usize = case.tensors.iter().map(blocks).sum();
    let in_a_lane = case.len().div_ceil(LANES).min(BLOCK / LANES);
    let levels = LANES.ilog2() + blocks.max(1).next_power_of_two().ilog2();
    in_a_lane as f64 + f64::from(levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::NonFinite;

    fn case(threshold: f64, tensors: Vec<Vec<f64>>) -> Case<f64> {
        Case { threshold, non_finite: NonFinite::Refuse, tensors, withheld: 0 }
    }

    #[test]
    fn norms_and_factors_by_hand() {
        let truth = Truth::of(&case(2.5, vec![vec![3.0], vec![], vec![-4.0]])).expect("finite");
        assert_eq!(truth.norm, Wide::exact(5.0));
        assert!(truth.is_above());
        assert_eq!(truth.scaled(-4.0_f64).to_f64(), -2.0);
        assert!(Truth::of(&case(1.0, vec![vec![f64::NAN]])).is_none());
        let zero = Truth::of(&case(0.0, vec![vec![0.0]])).expect("finite");
        assert!(!zero.is_above() && zero.scaled(0.0_f64).is_zero());
    }

    #[test]
    fn additions_of_the_kernels() {
        assert_eq!(additions(&case(1.0, vec![vec![0.0; 33]])), 2.0 + 5.0);
        assert_eq!(additions(&case(1.0, vec![vec![0.0; 2048]])), 64.0 + 5.0);
        let several = vec![vec![0.0; 2049], vec![], vec![0.0; 5]];
        assert_eq!(additions(&case(1.0, several)), 64.0 + 5.0 + 2.0);
    }
}
