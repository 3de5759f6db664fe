//! The two precisions that the suite speaks: `f32` and `f64`.

use core::fmt::{Debug, Display, LowerExp};
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A binary floating-point precision: `f32` or `f64`.
///
/// The arithmetic is there for the mistakes whose fault *is* the precision of a sum; everything
/// else in the suite computes in `f64` or in [`exact`](crate::exact) and only reads and writes `T`.
pub trait Real:
    Copy
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// `"f32"` or `"f64"`.
    const NAME: &'static str;
    /// u, the unit roundoff: 2⁻²⁴ or 2⁻⁵³. One rounding changes a normal number by at most u, relatively.
    const UNIT_ROUNDOFF: f64;
    /// The smallest positive normal number.
    const MIN_POSITIVE: f64;
    /// The largest finite number.
    const MAX: f64;
    /// The spacing of the subnormal numbers. One rounding below [`Self::MIN_POSITIVE`] changes by at most half of it.
    const MIN_SUBNORMAL: f64;
    /// Bits of the significand, with the hidden one: 24 or 53.
    const DIGITS: i32;

    /// The number, exactly.
    fn to_f64(self) -> f64;
    /// The nearest number of this precision, ties to even.
    fn from_f64(value: f64) -> Self;
    /// The bit pattern, to tell −0.0 from 0.0 and one NaN from another.
    fn bits(self) -> u64;
    /// √x, correctly rounded.
    fn sqrt(self) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool {
        self.to_f64().is_finite()
    }
    /// Not a number.
    fn is_nan(self) -> bool {
        self.to_f64().is_nan()
    }
}

macro_rules! real {
    ($type:ident, $digits:literal, $unit:expr, $min_subnormal:expr) => {
        impl Real for $type {
            const NAME: &'static str = stringify!($type);
            const UNIT_ROUNDOFF: f64 = $unit;
            const MIN_POSITIVE: f64 = $type::MIN_POSITIVE as f64;
            const MAX: f64 = $type::MAX as f64;
            const MIN_SUBNORMAL: f64 = $min_subnormal;
            const DIGITS: i32 = $digits;

            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            fn from_f64(value: f64) -> Self {
                value as $type
            }
            fn bits(self) -> u64 {
                u64::from(self.to_bits())
            }
            fn sqrt(self) -> Self {
                $type::sqrt(self)
            }
        }
    };
}

real!(f32, 24, 1.0 / (1_u64 << 24) as f64, f32::from_bits(1) as f64);
real!(f64, 53, 1.0 / (1_u64 << 53) as f64, f64::from_bits(1));

/// ulp(y): the spacing of the numbers of precision `T` around `y`, at least that of the subnormals.
///
/// Between powers of two the spacing is that of the binade of |y|; at a power of two, the spacing above it.
pub fn ulp<T: Real>(y: f64) -> f64 {
    if !y.is_finite() || y.abs() >= T::MAX {
        return T::MAX * T::UNIT_ROUNDOFF;
    }
    let binade = f64::from_bits(y.abs().max(T::MIN_POSITIVE).to_bits() & (0x7ff << 52));
    (binade * (2.0 * T::UNIT_ROUNDOFF)).max(T::MIN_SUBNORMAL)
}

/// The largest number of `T` that is not above a number that is not negative.
pub(crate) fn towards_zero<T: Real>(bound: f64) -> f64 {
    let rounded = T::from_f64(bound).to_f64();
    match rounded <= bound {
        true => rounded,
        false if rounded.is_infinite() => T::MAX,
        false => rounded - below::<T>(rounded),
    }
}

/// From a positive number to the one below.
fn below<T: Real>(value: f64) -> f64 {
    let step = ulp::<T>(value);
    // At a power of two the step down is half the step up.
    if ulp::<T>(value - step / 2.0) < step { step / 2.0 } else { step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_rounded_down() {
        assert_eq!(towards_zero::<f32>(0.1), f64::from(0.1_f32.next_down()));
        assert_eq!(towards_zero::<f32>(0.25), 0.25);
        assert_eq!(towards_zero::<f32>(1.0 - 1e-12), f64::from(1.0_f32.next_down()));
        assert_eq!(towards_zero::<f64>(0.1), 0.1);
        assert_eq!(towards_zero::<f32>(1e-46), 0.0);
        assert_eq!(towards_zero::<f32>(1e39), f64::from(f32::MAX));
        assert_eq!(towards_zero::<f32>(f64::INFINITY), f64::INFINITY);
    }

    #[test]
    fn ulp_is_the_gap_to_the_next_number() {
        for y in [1.0_f32, 1.5, 3.25e-38, 1e-40, 0.0, 3.0e38, 123_456.79] {
            let next = f32::from_bits(y.to_bits() + 1);
            assert_eq!(ulp::<f32>(f64::from(y)), f64::from(next) - f64::from(y), "{y}");
        }
        for y in [1.0_f64, 1.5, 3e-308, 5e-324, 0.0, 1e308] {
            let next = f64::from_bits(y.to_bits() + 1);
            assert_eq!(ulp::<f64>(y), next - y, "{y}");
        }
    }
}
