//! The plain base of all mistakes: one group's statistics and the normalised value.
//!
//! ```text
//! d = (x·h − shift)·s    offset = mean(d)    v = mean((d − offset)²)    x̂ = (d − offset)/√(v + ε·s²·h²)
//! ```
//! All in `f64`. The shift is the group's first value, so that a large common mean costs nothing;
//! the scale s is the power of two that brings the larger of max|d| and √ε to 1, so that squares stay
//! in range; h is ½ where differences would overflow. A second pass corrects the offset and the
//! variance by what rounding left in the first. A mistake changes one of these steps.

use super::Fault;
use crate::Real;

/// Above this, halve before subtracting and scale before adding: nothing overflows.
const HUGE: f64 = 1e300;

/// The statistics of one group, of d = x·half − shift after scaling.
pub(crate) struct Statistics {
    half: f64,
    shift: f64,
    scale: f64,
    offset: f64,
    variance: f64,
    reciprocal: f64,
}

impl Statistics {
    /// The statistics of `values`, with a mean that is off by `slip` times the largest |x|.
    pub(crate) fn of<T: Real>(values: &[T], epsilon: f64, fault: Fault, slip: f64) -> Self {
        let mut it = Self::exactly_of(values, epsilon, fault);
        let largest = values.iter().fold(0.0_f64, |most, v| most.max(v.to_f64().abs()));
        if slip != 0.0 && largest.is_finite() {
            it.offset += slip * largest * it.half * it.scale;
        }
        it
    }

    fn exactly_of<T: Real>(values: &[T], epsilon: f64, fault: Fault) -> Self {
        let kept: Vec<T> = values.iter().copied().filter(|v| fault.counts(*v)).collect();
        let x: Vec<f64> = kept.iter().map(|v| v.to_f64()).collect();
        if x.is_empty() || x.iter().any(|v| !v.is_finite()) {
            return Self::unusual(f64::NAN, f64::NAN, epsilon, fault);
        }
        match fault {
            Fault::OnePass => one_pass(&kept, |v| v, epsilon, fault),
            Fault::CancelToZero => one_pass(&kept, |v| v.max(0.0), epsilon, fault),
            Fault::Range => Self::shifted(&x, epsilon, fault).with_squares_in::<T>(&x, epsilon),
            Fault::UncentredVariance => {
                let mean = Self::shifted(&x, epsilon, fault).mean();
                let about_zero = Self::about(&x, 0.0, epsilon, fault);
                Self { offset: mean * about_zero.half * about_zero.scale, ..about_zero }
            }
            _ => match fault.rounded_mean(&kept) {
                Some(mean) => Self::about(&x, mean, epsilon, fault),
                None => Self::shifted(&x, epsilon, fault),
            },
        }
    }

    /// As it should be: shifted by the first value, in two corrected passes.
    fn shifted(x: &[f64], epsilon: f64, fault: Fault) -> Self {
        let mut it = Self::scaled(x, x[0], epsilon);
        let d: Vec<f64> = x.iter().map(|v| it.deviation(*v)).collect();
        let first = mean(d.iter().copied());
        it.offset = first + mean(d.iter().map(|d| d - first));
        let left = mean(d.iter().map(|d| d - it.offset));
        it.variance = mean(d.iter().map(|d| (d - it.offset).powi(2))) - left * left;
        let m = x.len() as f64;
        it.variance = match fault {
            Fault::Unbiased => it.variance * m / (m - 1.0),
            Fault::SingleNan => it.variance * (m / (m - 1.0)) * ((m - 1.0) / m),
            _ => it.variance,
        };
        it.reciprocal = fault.reciprocal(it.variance, epsilon, it.half * it.scale);
        it
    }

    /// About a mean that was rounded to `T`, as if it were exact.
    fn about(x: &[f64], mean_of_x: f64, epsilon: f64, fault: Fault) -> Self {
        let mut it = Self::scaled(x, mean_of_x, epsilon);
        it.variance = mean(x.iter().map(|v| it.deviation(*v).powi(2)));
        it.reciprocal = fault.reciprocal(it.variance, epsilon, it.half * it.scale);
        it
    }

    /// The variance again, from squares in the arithmetic of `T`: they leave its range long before x does.
    fn with_squares_in<T: Real>(mut self, x: &[f64], epsilon: f64) -> Self {
        let unit = self.scale * self.half;
        let deviation = |v: &f64| T::from_f64((self.deviation(*v) - self.offset) / unit);
        let squares = sum(x.iter().map(deviation).map(|d| d * d));
        let variance = (squares / T::from_f64(x.len() as f64)).to_f64();
        self.variance = variance * unit * unit;
        self.reciprocal = 1.0 / (variance + epsilon).sqrt() / unit;
        self
    }

    /// From a mean and a variance of x itself.
    fn unusual(mean: f64, variance: f64, epsilon: f64, fault: Fault) -> Self {
        let reciprocal = fault.reciprocal(variance, epsilon, 1.0);
        Self::unscaled(mean, 0.0, variance, reciprocal)
    }

    /// From a mean, a variance and a 1/√(σ² + ε) of x itself.
    pub(crate) fn unscaled(shift: f64, offset: f64, variance: f64, reciprocal: f64) -> Self {
        Self { half: 1.0, shift, scale: 1.0, offset, variance, reciprocal }
    }

    fn scaled(x: &[f64], shift: f64, epsilon: f64) -> Self {
        let half = halving(x.iter().copied());
        let shift = shift * half;
        let widest = x.iter().fold(0.0_f64, |widest, v| widest.max((v * half - shift).abs()));
        let scale = inverse_power_of_two(widest.max(epsilon.sqrt() * half));
        Self { half, shift, scale, offset: 0.0, variance: 0.0, reciprocal: 0.0 }
    }

    fn deviation(&self, x: f64) -> f64 {
        (x * self.half - self.shift) * self.scale
    }

    /// x̂.
    pub(crate) fn normalized(&self, x: f64) -> f64 {
        (self.deviation(x) - self.offset) * self.reciprocal
    }

    /// The factors of r = 1/√(σ² + ε), which itself may be out of range.
    pub(crate) fn r(&self) -> [f64; 3] {
        [self.reciprocal, self.scale, self.half]
    }

    /// μ in two parts: the shift, and the mean's offset from it.
    pub(crate) fn shift_and_offset(&self) -> (f64, f64) {
        (self.shift / self.half, self.offset / self.scale / self.half)
    }

    /// μ.
    pub(crate) fn mean(&self) -> f64 {
        (self.shift + self.offset / self.scale) / self.half
    }

    /// σ².
    pub(crate) fn variance(&self) -> f64 {
        let unit = self.scale * self.half;
        self.variance / unit / unit
    }
}

/// Statistics that are given.
pub(crate) struct Given {
    mean: f64,
    scale: f64,
    reciprocal: f64,
}

impl Given {
    pub(crate) fn of(mean: f64, variance: f64, epsilon: f64, fault: Fault) -> Self {
        let scale = if variance.max(epsilon) > HUGE { 1.0 / 16.0 } else { 1.0 };
        let reciprocal = fault.reciprocal(variance * scale * scale, epsilon, scale);
        Self { mean, scale, reciprocal }
    }

    /// The factors of x̂.
    pub(crate) fn normalized(&self, x: f64) -> [f64; 4] {
        let half = halving([x, self.mean].into_iter());
        [x * half - self.mean * half, 1.0 / half, self.reciprocal, self.scale]
    }

    /// The factors of r = 1/√(variance + ε).
    pub(crate) fn r(&self) -> [f64; 2] {
        [self.reciprocal, self.scale]
    }
}

/// Σx/m and Σx²/m − (Σx/m)², as they cancel in the arithmetic of `T`.
fn one_pass<T: Real>(x: &[T], clamp: fn(f64) -> f64, epsilon: f64, fault: Fault) -> Statistics {
    let m = T::from_f64(x.len() as f64);
    let mean = sum(x.iter().copied()) / m;
    let variance = sum(x.iter().map(|v| *v * *v)) / m - mean * mean;
    Statistics::unusual(mean.to_f64(), clamp(variance.to_f64()), epsilon, fault)
}

/// One after the other, in the arithmetic of `T`.
pub(crate) fn sum<T: Real>(terms: impl Iterator<Item = T>) -> T {
    terms.fold(T::from_f64(0.0), |sum, term| sum + term)
}

/// One after the other, in `f64`.
pub(crate) fn mean(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let m = terms.clone().count() as f64;
    terms.sum::<f64>() / m
}

/// The product of the factors, which overflows or underflows only if the product itself does.
///
/// While the product is at least 1 the smallest factor left is next, otherwise the largest.
pub(crate) fn product<const N: usize>(mut factors: [f64; N]) -> f64 {
    factors.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let mut left = &factors[..];
    let mut product = 1.0_f64;
    while let [smallest, .., largest] = left {
        let small_next = product.abs() >= 1.0;
        product *= if small_next { smallest } else { largest };
        left = if small_next { &left[1..] } else { &left[..left.len() - 1] };
    }
    product * left.iter().product::<f64>()
}

fn halving(mut values: impl Iterator<Item = f64>) -> f64 {
    if values.any(|v| v.abs() > HUGE) { 0.5 } else { 1.0 }
}

/// The power of two that brings a positive `value` into 1..2, or as near as 2^±1000 does.
fn inverse_power_of_two(value: f64) -> f64 {
    let exponent = (value.max(f64::MIN_POSITIVE).to_bits() >> 52) as i64 - 1023;
    f64::from_bits(((1023 - exponent.clamp(-1000, 1000)) as u64) << 52)
}

/// `value` as it is, or rounded to `T` where that is the fault.
pub(crate) fn rounded<T: Real>(fault: bool, value: f64) -> f64 {
    if fault { T::from_f64(value).to_f64() } else { value }
}
