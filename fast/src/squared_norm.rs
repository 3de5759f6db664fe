//! A sum of squares that merges: what threads and machines send each other of a gradient.
//!
//! ```text
//! Σ g² = sum·2^(2·exponent)        ‖g‖ = √sum·2^exponent
//! ```
//!
//! **Source.** N. J. Higham, *Accuracy and stability of numerical algorithms*, 2002, section 27.8; E.
//! Anderson, "Algorithm 978: safe scaling in the Level 1 BLAS", ACM TOMS 44 (2017).
//!
//! **Hazard.** Squares of `f64` leave its range where the norm itself does not: from 10¹⁵⁴ on, and
//! below 10⁻¹⁶².
//!
//! **Method.** The exponent is 0 if the sum then lies in [2⁻⁹⁶⁰, ∞) or is 0 in truth; otherwise −600
//! (it would be too small) or 600 (it would overflow), and all is added up again in that unit. What is
//! below the range there is nothing beside the rest.

use crate::Error;
use crate::moments::{RESCUE, SMALLEST, exp2};

/// The sum of the squares of some numbers, and how many they are.
///
/// Parts merge to the whole ([`SquaredNorm::merge`]), whether they come from threads, from layers or
/// from machines. With a NaN or an infinity among the numbers the sum is NaN or infinite.
///
/// ```
/// use evenkeel_fast::{Policy, SquaredNorm, Workspace, clipping};
///
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// let mut of = |part: &[f64]| clipping::squared_norm(&[part], &mut workspace, &policy);
/// let huge = 2.0_f64.powi(1000); // its square is no number
/// let (here, there) = (of(&[3.0 * huge]), of(&[4.0 * huge]));
/// assert_eq!(here.merge(&there).norm(), 5.0 * huge);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SquaredNorm {
    count: u64,
    sum: f64,
    exponent: i32,
}

impl SquaredNorm {
    /// A squared norm from its parts, for instance as received from another machine.
    ///
    /// # Errors
    /// Names `exponent` unless it is −600, 0 or 600, and `sum` if it is negative.
    pub fn from_parts(count: u64, sum: f64, exponent: i32) -> Result<Self, Error> {
        if ![-RESCUE, 0, RESCUE].contains(&exponent) {
            return Err(Error::new("exponent", exponent.to_string(), "-600, 0 or 600"));
        }
        if sum < 0.0 {
            return Err(Error::new("sum", sum.to_string(), "NaN or ≥ 0"));
        }
        Ok(Self { count, sum, exponent })
    }

    /// How many numbers were squared.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Σ g², in units of 2^(2·exponent).
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// 0 but where squares of `f64` data would leave the range: then −600 or 600.
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// √Σ g², rounded to `f64`; ∞ beyond its range.
    pub fn norm(&self) -> f64 {
        self.root() * exp2(self.exponent)
    }

    /// The norm in units of 2^exponent: always in the range.
    pub(crate) fn root(&self) -> f64 {
        self.sum.sqrt()
    }

    /// Whether no number was NaN or infinite.
    pub fn is_finite(&self) -> bool {
        self.sum.is_finite()
    }

    /// The sum of both parts together. An empty part changes nothing.
    ///
    /// Merging is associative but for rounding: for equal bits, merge the same parts in the same order.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        Self::settle(self.count + other.count, |exponent| self.at(exponent) + other.at(exponent))
    }

    /// The sum in units of 2^(2·exponent).
    fn at(&self, exponent: i32) -> f64 {
        // By a quarter of the exponent at a time: 2^2400 is no number.
        let half = exp2((self.exponent - exponent) / 2);
        self.sum * half * half * half * half
    }

    /// A sum that is known to stay in the range of `f64`.
    pub(crate) fn plain(count: u64, sum: f64) -> Self {
        Self { count, sum, exponent: 0 }
    }

    /// Chooses the exponent: keeps the sum in the unit 1 if it stayed in range, and otherwise adds up
    /// again in the one that brings it there.
    pub(crate) fn settle(count: u64, mut sum_at: impl FnMut(i32) -> f64) -> Self {
        let plain = sum_at(0);
        let exponent = match plain {
            _ if plain < SMALLEST => -RESCUE,
            f64::INFINITY => RESCUE,
            _ => return Self::plain(count, plain),
        };
        match sum_at(exponent) {
            // Zeros, or an infinity in the data.
            sum if sum == 0.0 || sum == f64::INFINITY => Self::plain(count, sum),
            sum => Self { count, sum, exponent },
        }
    }
}
