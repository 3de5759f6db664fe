//! Statistics that merge: count, mean and second moment of a part of a channel.
//!
//! ```text
//! μ  = shift + offset·2^exponent
//! M  = Σ (x − μ)² = second_moment·2^(2·exponent)
//! ```
//!
//! Hazard: a mean rounded to `f64` is not enough. At mean/deviation = 10⁷ its rounding alone
//! moves every normalised value, and a difference of two parts' means would be made of rounding.
//! So the mean is kept as an exact `shift`, one of the values or near the mean, and a small `offset`
//! from it.
//!
//! Two parts merge by T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the
//! sample variance", The American Statistician 37 (1983), eq. 2.1 in its form for means:
//!
//! ```text
//! δ = μ_b − μ_a     μ = μ_a + δ·n_b/n     M = M_a + M_b + δ²·n_a·n_b/n
//! ```
//!
//! The rule for different shifts (BN-31): the result keeps the shift of the part merged *into*
//! (the left one, if it is not empty), and
//!
//! ```text
//! δ = (shift_b − shift_a) + (offset_b − offset_a)
//! ```
//!
//! so that two large shifts cancel before the small offsets are looked at. The rule for different
//! exponents: the result has exponent 0 if M then lies in [2⁻⁹⁶⁰, ∞) or is 0 in truth; otherwise
//! −600 (M would be too small) or 600 (M would overflow).

use crate::Error;

/// Below it the smallest squares that count may have lost bits: rescan.
pub(crate) const SMALLEST: f64 = exp2(-960);
/// Every difference of two distinct `f64` from here on has a square ≥ 2⁻⁹⁰⁴ > [`SMALLEST`].
const LARGE: f64 = exp2(-400);
/// The exponent for squares that would vanish, negated for squares that would overflow. Any
/// difference of two `f64` times 2^±600 on its own side has a square between 2⁻⁹⁴⁸ and 2⁸⁵⁰.
pub(crate) const RESCUE: i32 = 600;

/// 2^`exponent` for normal results, exactly.
pub(crate) const fn exp2(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// Count, mean and second moment about the mean of the values of a channel, or of a part of it.
///
/// The mean is kept as `shift + offset·2^exponent`, the second moment Σ(x−μ)² as
/// `second_moment·2^(2·exponent)`. Parts merge to the whole ([`Moments::merge`]), whether they
/// come from threads, from batches or from machines.
///
/// The moments of a channel that holds a NaN or an infinity are NaN.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    count: u64,
    shift: f64,
    offset: f64,
    second_moment: f64,
    exponent: i32,
}

impl Moments {
    /// Moments from their parts, for instance as received from another machine.
    ///
    /// # Errors
    /// Names `exponent` unless it is −600, 0 or 600, and `second_moment` if it is negative.
    pub fn from_parts(
        count: u64,
        shift: f64,
        offset: f64,
        second_moment: f64,
        exponent: i32,
    ) -> Result<Self, Error> {
        if ![-RESCUE, 0, RESCUE].contains(&exponent) {
            return Err(Error::new("exponent", exponent.to_string(), "-600, 0 or 600"));
        }
        if second_moment < 0.0 {
            return Err(Error::new("second_moment", second_moment.to_string(), "NaN or ≥ 0"));
        }
        Ok(Self { count, shift, offset, second_moment, exponent })
    }

    /// How many values were seen.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number from which the mean is measured: the first value of a channel, and of a row in
    /// layer normalisation the mean as its first pass has it.
    pub fn shift(&self) -> f64 {
        self.shift
    }

    /// The mean less the shift, in units of 2^exponent.
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// Σ(x−μ)², in units of 2^(2·exponent).
    pub fn second_moment(&self) -> f64 {
        self.second_moment
    }

    /// 0 but where squares of `f64` data would leave the range: then −600 or 600.
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// μ, rounded to `f64` (0 if nothing was seen).
    pub fn mean(&self) -> f64 {
        // Added in the scaled unit: the offset alone may overflow where the mean does not.
        (self.shift * self.scale() + self.offset) * self.unit()
    }

    /// σ² = M/m: the biased variance (NaN if nothing was seen).
    pub fn variance(&self) -> f64 {
        self.second_moment / self.count as f64 * self.unit() * self.unit()
    }

    /// M/(m − 1); none for fewer than two values.
    #[inline]
    pub fn unbiased_variance(&self) -> Option<f64> {
        let freedom = self.count.checked_sub(1).filter(|&freedom| freedom > 0)?;
        Some(self.second_moment / freedom as f64 * self.unit() * self.unit())
    }

    /// The moments of both parts together. An empty part changes nothing.
    ///
    /// The shift is `self`'s; merging is associative but for rounding: for equal bits, merge the
    /// same parts in the same order.
    pub fn merge(&self, other: &Self) -> Self {
        if self.count == 0 || other.count == 0 {
            return if self.count == 0 { *other } else { *self };
        }
        let together =
            |exponent| self.at(0.0, exponent).join(other.at(self.gap(other, exponent), exponent));
        let mut whole = Self::plain(self.shift, self.count + other.count, together(0));
        whole.settle(together);
        whole
    }

    /// The difference of the shifts, in units of 2^exponent.
    fn gap(&self, other: &Self, exponent: i32) -> f64 {
        if exponent > 0 {
            // The difference may overflow …
            other.shift * exp2(-exponent) - self.shift * exp2(-exponent)
        } else {
            // … or the shifts in the small unit.
            (other.shift - self.shift) * exp2(-exponent)
        }
    }

    /// In units of 2^exponent, the mean measured from `gap` below the shift.
    fn at(&self, gap: f64, exponent: i32) -> Spread {
        // By half of the exponent at a time: 2^1200 is no number.
        let half = exp2((self.exponent - exponent) / 2);
        Spread {
            count: self.count as f64,
            offset: gap + self.offset * half * half,
            second: self.second_moment * half * half * half * half,
        }
    }

    /// With exponent 0: right, if [`Moments::settle`] leaves them.
    #[inline(always)]
    pub(crate) fn plain(shift: f64, count: u64, spread: Spread) -> Self {
        let Spread { offset, second: second_moment, .. } = spread;
        Self { count, shift, offset, second_moment, exponent: 0 }
    }

    /// Chooses the exponent: keeps plain moments, if their squares stayed in range, and otherwise
    /// looks again with the exponent that brings them there.
    #[inline(always)]
    pub(crate) fn settle(&mut self, again: impl Fn(i32) -> Spread) {
        // Large values that differ, differ enough: this channel is constant.
        let constant = self.second_moment == 0.0 && self.shift.abs() >= LARGE;
        let in_range = SMALLEST <= self.second_moment && self.second_moment < f64::INFINITY;
        if !constant && !in_range {
            self.rescue(again);
        }
    }

    #[cold]
    #[inline(never)]
    fn rescue(&mut self, again: impl Fn(i32) -> Spread) {
        let moments =
            |spread, exponent| Self { exponent, ..Self::plain(self.shift, self.count, spread) };
        if self.second_moment < SMALLEST {
            match again(-RESCUE) {
                constant if constant.second == 0.0 => {}
                small => *self = moments(small, -RESCUE),
            }
            return;
        }
        *self = match again(RESCUE) {
            large if large.second < f64::INFINITY => moments(large, RESCUE),
            lost => moments(Spread { offset: f64::NAN, second: f64::NAN, ..lost }, 0),
        };
    }

    /// 2^exponent.
    fn unit(&self) -> f64 {
        exp2(self.exponent)
    }

    /// 2^−exponent.
    pub(crate) fn scale(&self) -> f64 {
        exp2(-self.exponent)
    }
}

/// Moments measured from a shift and in a unit that both sides know.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub(crate) count: f64,
    pub(crate) offset: f64,
    pub(crate) second: f64,
}

impl Spread {
    /// Chan, Golub and LeVeque's merge.
    #[inline]
    pub(crate) fn join(self, other: Self) -> Self {
        let count = self.count + other.count;
        let weight = other.count / count;
        let delta = other.offset - self.offset;
        Self {
            count,
            offset: self.offset + delta * weight,
            second: self.second + other.second + delta * delta * (self.count * weight),
        }
    }
}
