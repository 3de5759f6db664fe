//! Arithmetic that is right to hundreds of bits, and true values as pairs of `f64`.
//!
//! ```text
//! Exact   a number of 320 significant bits; + − × ÷ √ are each rounded to nearest, ties to even:
//!         relative error ≤ 2⁻³²⁰ an operation, and no exponent overflows or underflows
//! Wide    hi + lo = v·(1 + δ), |δ| ≤ 2⁻¹⁰⁶, hi the f64 nearest to v, lo the f64 nearest to v − hi
//! ```
//!
//! **Why 320.** A judge must be beyond doubt: the differences x − μ of data whose mean is κ times
//! its deviation lose log₂ κ bits, at most 53 + ½·log₂ m for distinct `f64`; a central difference
//! of step 2⁻⁷⁰ loses 70 more. 200 good bits remain of 320.
//!
//! **Why pairs.** The error of a correctly rounded `f64` is at most half a unit in its last place;
//! against a truth that is itself rounded to `f64` it would look like none or like a whole one.
//! The distance from a pair is right to 2⁻⁵³ of itself and 2⁻⁵³ of that unit.
//!
//! The arithmetic is that of `dashu-float`: binary, correctly rounded, and it shares no code with
//! the reference or with any kernel.

use std::ops::{Add, Div, Mul, Neg, Sub};

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;

use crate::Real;

/// Significant bits of every [`Exact`].
pub const BITS: usize = 320;

/// A true value as the unevaluated sum `hi + lo` of two `f64`.
///
/// Beyond the range of `f64`, `hi` is infinite and `lo` zero; no value at all is NaN. Below 2⁻⁹⁶⁹
/// the low part loses bits, and is off by at most 2⁻¹⁰⁷⁵.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wide {
    /// The nearest `f64`.
    pub hi: f64,
    /// What is left, to the nearest `f64`.
    pub lo: f64,
}

impl Wide {
    /// No value: the truth of a group that holds a NaN, or of 0/0.
    pub const UNDEFINED: Self = Self::exact(f64::NAN);

    /// A value that is an `f64`.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        Self { hi: value, lo: 0.0 }
    }

    /// The nearest `f64`.
    #[must_use]
    pub const fn to_f64(self) -> f64 {
        self.hi
    }

    /// |hi + lo − y|, to about 2⁻⁵³ of itself: near the truth `hi − y` is exact (Sterbenz).
    ///
    /// An infinity is at no distance from itself, a NaN neither; both are infinitely far from
    /// everything else.
    #[must_use]
    pub fn distance(self, y: f64) -> f64 {
        if self.hi == y || (self.hi.is_nan() && y.is_nan()) {
            return self.lo.abs();
        }
        let distance = ((self.hi - y) + self.lo).abs();
        if distance.is_nan() { f64::INFINITY } else { distance }
    }

    /// As [`distance`](Self::distance), for a result in precision `T`, whose ∞ stands for what
    /// rounds to it.
    ///
    /// To round to nearest, IEEE 754 takes ∞ for the number that would come next after the
    /// largest; so a truth beyond that number is at no distance from ∞, and one just below `MAX`
    /// is a unit in the last place away, not infinitely far.
    #[must_use]
    pub fn error<T: Real>(self, y: T) -> f64 {
        let y = y.to_f64();
        let same_side = self.hi.is_sign_negative() == y.is_sign_negative();
        if !y.is_infinite() || self.hi.is_nan() || !same_side {
            return self.distance(y);
        }
        let last_place = T::MAX * T::UNIT_ROUNDOFF;
        let left = (T::MAX - self.hi.abs()) - self.lo * self.hi.signum();
        (left + last_place).max(0.0)
    }

    /// −(hi + lo).
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo }
    }
}

/// A finite number of [`BITS`] significant bits.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub struct Exact(FBig<HalfEven, 2>);

impl Exact {
    /// 0.
    #[must_use]
    pub fn zero() -> Self {
        Self::from_f64(0.0)
    }

    /// The same number.
    ///
    /// # Panics
    /// If `value` is NaN or infinite: the callers look first.
    #[must_use]
    pub fn from_f64(value: f64) -> Self {
        let number = FBig::try_from(value).expect("a finite number");
        Self(number.with_precision(BITS).value())
    }

    /// The same number.
    #[must_use]
    pub fn from_count(count: usize) -> Self {
        Self(FBig::from(count).with_precision(BITS).value())
    }

    /// The number as a pair.
    #[must_use]
    pub fn to_wide(&self) -> Wide {
        let hi = self.to_f64();
        if !hi.is_finite() {
            return Wide::exact(hi);
        }
        Wide { hi, lo: (self - &Self::from_f64(hi)).to_f64() }
    }

    /// The nearest `f64`; ±∞ beyond its range.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().value()
    }

    /// √, correctly rounded.
    ///
    /// # Panics
    /// If the number is negative.
    #[must_use]
    pub fn sqrt(&self) -> Self {
        Self(self.0.sqrt())
    }

    /// Its square.
    #[must_use]
    pub fn square(&self) -> Self {
        Self(self.0.sqr())
    }

    /// The natural logarithm.
    ///
    /// # Panics
    /// If the number is not positive.
    #[must_use]
    pub fn ln(&self) -> Self {
        Self(self.0.ln())
    }

    /// eˣ.
    #[must_use]
    pub fn exp(&self) -> Self {
        Self(self.0.exp())
    }

    /// sin 2πx and cos 2πx.
    #[must_use]
    pub fn sin_cos_of_turns(&self) -> (Self, Self) {
        let (sin, cos) = self.0.sin_cos_unit(1);
        (Self(sin), Self(cos))
    }

    /// π.
    #[must_use]
    pub fn pi() -> Self {
        Self(FBig::pi(BITS))
    }

    /// |·|.
    #[must_use]
    pub fn abs(self) -> Self {
        if self < Self::zero() { -self } else { self }
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.repr().significand().is_zero()
    }

    /// The number times 2ᵏ.
    #[must_use]
    pub fn scaled(&self, k: isize) -> Self {
        Self(self.0.clone() << k)
    }
}

impl Neg for Exact {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<'a> std::iter::Sum<&'a Exact> for Exact {
    fn sum<I: Iterator<Item = &'a Exact>>(terms: I) -> Self {
        terms.fold(Self::zero(), |sum, term| sum + term)
    }
}

impl std::iter::Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(terms: I) -> Self {
        terms.fold(Self::zero(), |sum, term| sum + term)
    }
}

/// The operators, for numbers and references alike. `÷ 0` panics: the callers look first.
macro_rules! operator {
    ($($operator:ident, $method:ident;)*) => {$(
        impl $operator<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact($operator::$method(&self.0, &other.0))
            }
        }
        impl $operator<&Exact> for Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact($operator::$method(self.0, &other.0))
            }
        }
        impl $operator<Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                Exact($operator::$method(&self.0, other.0))
            }
        }
        impl $operator for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                Exact($operator::$method(self.0, other.0))
            }
        }
    )*};
}

operator! {
    Add, add;
    Sub, sub;
    Mul, mul;
    Div, div;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(value: f64) -> Exact {
        Exact::from_f64(value)
    }

    /// 3·hi is not a number of 53 bits, 3·hi + 3·lo − 1 is computed without a rounding that matters.
    #[test]
    fn a_third_has_106_good_bits() {
        let third = (exact(1.0) / exact(3.0)).to_wide();
        let left = 3.0_f64.mul_add(third.hi, -1.0) + 3.0 * third.lo;
        assert_eq!(third.hi, 1.0 / 3.0);
        assert_ne!(third.lo, 0.0);
        assert!(left.abs() <= 2.0_f64.powi(-106), "{left:e}");
    }

    /// (1 + 2⁻²⁵⁰) − 1 and √2·√2 − 2: what 53 bits lose, 320 keep.
    #[test]
    fn more_than_200_bits_are_kept() {
        let tiny = exact(1.0).scaled(-250);
        assert_eq!((exact(1.0) + &tiny - exact(1.0)).to_f64(), 2.0_f64.powi(-250));
        let root = exact(2.0).sqrt();
        let off = (root.square() - exact(2.0)).abs().to_f64();
        assert!(off <= 2.0_f64.powi(-318), "{off:e}");
    }

    #[test]
    fn nothing_overflows_on_the_way() {
        let square = exact(f64::MAX).square() + exact(1e-300).square();
        assert_eq!(square.sqrt().to_f64(), f64::MAX);
        assert_eq!(square.to_wide(), Wide::exact(f64::INFINITY));
        assert_eq!(exact(5e-324).square().sqrt().to_f64(), 5e-324);
    }

    #[test]
    fn half_a_last_place_is_measured() {
        // 1 + 2⁻⁵³ lies halfway between two numbers of f64, and is at the same distance from both.
        let halfway = (exact(1.0) + exact(1.0).scaled(-53)).to_wide();
        assert_eq!(halfway.distance(1.0), 2.0_f64.powi(-53));
        assert_eq!(halfway.distance(1.0 + f64::EPSILON), 2.0_f64.powi(-53));
    }

    #[test]
    fn distances_beyond_the_finite() {
        let (nan, infinite) = (Wide::UNDEFINED, Wide::exact(f64::INFINITY));
        assert_eq!(nan.distance(f64::NAN), 0.0);
        assert_eq!(infinite.distance(f64::INFINITY), 0.0);
        assert_eq!(infinite.distance(f64::NEG_INFINITY), f64::INFINITY);
        assert_eq!(infinite.distance(f64::MAX), f64::INFINITY);
        assert_eq!(nan.distance(1.0), f64::INFINITY);
        assert_eq!(Wide::exact(1.0).distance(f64::NAN), f64::INFINITY);
    }

    #[test]
    fn an_overflow_by_rounding_is_a_rounding() {
        // Halfway between MAX and 2¹²⁸ = MAX + 2¹⁰⁴: rounds to ∞, half a last place away.
        let halfway = Wide::exact(f64::from(f32::MAX) + 2.0_f64.powi(103));
        let error = halfway.error(f32::INFINITY);
        assert!((error / 2.0_f64.powi(103) - 1.0).abs() < 1e-6, "{error:e}");
        assert_eq!(Wide::exact(1e39).error(f32::INFINITY), 0.0);
        assert!(Wide::exact(1e38).error(f32::INFINITY) > 2e38);
        assert_eq!(Wide::exact(-1e38).error(f32::INFINITY), f64::INFINITY);
        assert_eq!(Wide::exact(f64::INFINITY).error(f64::INFINITY), 0.0);
    }
}
