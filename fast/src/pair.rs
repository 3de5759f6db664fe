//! Unevaluated sums of two `f64`: a number, and what its rounding left over.
//!
//! ```text
//! high + low,  |low| ≤ u·|high| about: twice the digits where they are needed
//! ```
//!
//! **Source.** T. J. Dekker, "A floating-point technique for extending the available precision", 1971;
//! the remainder of a product is one fused multiply-add.
//!
//! **Hazard.** The remainder of a product below 2⁻⁹⁶⁹ is not representable: scale by a power of two
//! first. Below AVX2 a fused multiply-add is a function of the standard library: the same bits, at a
//! tenth of the speed.

use std::ops::{Add, Mul, Neg, Sub};

use crate::element::Fused;
use fearless_simd::{Simd, f64x8};

/// A number, or a vector of them.
pub(crate) trait Number:
    Fused + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
}

impl Number for f64 {}

impl<S: Simd> Number for f64x8<S> {}

/// An unevaluated sum.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pair<N = f64> {
    pub(crate) high: N,
    pub(crate) low: N,
}

/// The sum of two numbers of which the first is not smaller, or 0: exact.
#[inline(always)]
pub(crate) fn sum<N: Number>(large: N, small: N) -> Pair<N> {
    let high = large + small;
    Pair { high, low: small - (high - large) }
}

impl<N: Number> Pair<N> {
    /// The nearest number.
    #[inline(always)]
    pub(crate) fn rounded(self) -> N {
        self.high + self.low
    }

    /// The sum with a number that is not larger than the pair, or at most about as large.
    #[inline(always)]
    pub(crate) fn plus(self, small: N) -> Self {
        sum(self.high, self.low + small)
    }

    /// The product with a number.
    #[inline(always)]
    pub(crate) fn times(self, by: N) -> Self {
        let high = self.high * by;
        Self { high, low: self.high.fused(by, -high) + self.low * by }
    }

    /// The product of two pairs.
    #[inline(always)]
    pub(crate) fn product(self, other: Self) -> Self {
        let high = self.high * other.high;
        let rest = self.high * other.low + self.low * other.high;
        Self { high, low: self.high.fused(other.high, -high) + rest }
    }

    /// The pair times a power of two: exact.
    #[inline(always)]
    pub(crate) fn scaled(self, power: N) -> Self {
        Self { high: self.high * power, low: self.low * power }
    }

    /// The quotient of two pairs, given `inverse`, 1/`divisor.high` as rounded.
    #[inline(always)]
    pub(crate) fn over(self, divisor: Self, inverse: N) -> Self {
        let high = self.high * inverse;
        let rest = (-high).fused(divisor.high, self.high) + (self.low - high * divisor.low);
        Self { high, low: rest * inverse }
    }
}
