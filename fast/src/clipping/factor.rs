//! The factor τ/N, where neither N nor τ/N need be numbers of the range.
//!
//! ```text
//! τ/N = ratio·2^exponent        ratio of (½, 2)
//! ```
//!
//! Hazard: N beyond the range, so that τ/N is 0; τ/N below the range although every g·τ/N is within;
//! and subnormal results: to round four times ¾ of the smallest number to nearest gives norm 2 where 1.5 was allowed.
//!
//! Method: significands and exponents apart. Usually their product is a number, and one multiplication
//! does. Where τ is so small that subnormal results, rounded to nearest, could raise the norm by more
//! than half a unit roundoff, √n·η > τ·u, these are rounded towards zero instead, one by one.

use crate::moments::exp2;
use crate::{Element, SquaredNorm};

/// Where the subnormal numbers of a precision are.
struct Range {
    /// The exponent of the smallest normal number.
    normal: i32,
    /// That of the smallest number of all, η.
    lowest: i32,
}

impl Range {
    const fn of<T: Element>() -> Self {
        if T::SCALED {
            Self { normal: -1022, lowest: -1074 }
        } else {
            Self { normal: -126, lowest: -149 }
        }
    }
}

/// τ/N < 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factor {
    ratio: f64,
    exponent: i32,
    /// Whether results have to be taken one by one.
    careful: bool,
}

impl Factor {
    /// τ/N, or nothing if N ≤ τ; the norm is finite.
    pub(super) fn new<T: Element>(total: &SquaredNorm, threshold: f64) -> Option<Self> {
        let (root, unit) = (total.root(), total.exponent());
        // In the unit of the root a small threshold may vanish and a large one be infinite: as well.
        if root <= threshold * exp2(-unit) {
            return None;
        }
        if threshold == 0.0 {
            return Some(Self { ratio: 0.0, exponent: 0, careful: false });
        }
        let ((t, a), (r, b)) = (parts(threshold), parts(root));
        let exponent = a - b - unit;
        // η/u is twice the smallest normal number.
        let least = (total.count() as f64).sqrt() * exp2(Range::of::<T>().normal + 1);
        Some(Self { ratio: t / r, exponent, careful: threshold < least || exponent < -1000 })
    }

    /// The factor as one number, where a multiplication with it is all.
    pub(super) fn plain(self) -> Option<f64> {
        (!self.careful).then(|| self.ratio * exp2(self.exponent))
    }

    /// g·τ/N: rounded to nearest, and towards zero among the subnormal numbers.
    pub(super) fn times<T: Element>(self, g: T) -> T {
        let value = g.to_f64();
        if value == 0.0 {
            return g;
        }
        let Range { normal, lowest } = Range::of::<T>();
        let (m, q) = parts(value.abs());
        // product·2^exponent, product of [½, 4).
        let (product, exponent) = (m * self.ratio, q + self.exponent);
        let size = if exponent > normal + 1 {
            product * exp2(exponent)
        } else {
            let steps = product * exp2((exponent - lowest).max(-1000));
            let is_normal = steps >= exp2(normal - lowest);
            // η itself is no normal number of f64.
            (if is_normal { steps } else { steps.trunc() })
                * exp2(lowest / 2)
                * exp2(lowest - lowest / 2)
        };
        T::round(size.copysign(value))
    }
}

/// m of [1, 2) and q with value = m·2^q; positive and finite.
fn parts(value: f64) -> (f64, i32) {
    const FRACTION: u64 = (1 << 52) - 1;
    if value < f64::MIN_POSITIVE {
        let (m, q) = parts(value * exp2(64));
        return (m, q - 64);
    }
    let bits = value.to_bits();
    (f64::from_bits((bits & FRACTION) | 1.0_f64.to_bits()), (bits >> 52) as i32 - 1023)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significands_and_exponents() {
        assert_eq!(parts(1.0), (1.0, 0));
        assert_eq!(parts(0.75), (1.5, -1));
        assert_eq!(parts(f64::MAX), (2.0 - f64::EPSILON, 1023));
        assert_eq!(parts(5e-324), (1.0, -1074));
        assert_eq!(parts(15e-324), (1.5, -1073));
    }
}
