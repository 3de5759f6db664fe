//! A clipping in plain `f64`, with the step that a fault changes.

use super::{Fault, Mistake};
use crate::Real;
use crate::clipping::NonFinite;
use crate::real::towards_zero;

/// What some add to a norm.
const EPSILON: f64 = 1e-6;

/// N = root·2^exponent: the root of squares that cannot leave the range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm {
    root: f64,
    exponent: i32,
}

impl Norm {
    fn is(value: f64) -> Self {
        Self { root: value, exponent: 0 }
    }

    pub(super) fn value(self) -> f64 {
        scale(self.root, self.exponent)
    }
}

/// value·2^exponent, by half of it at a time: 2^1074 is no number.
fn scale(value: f64, exponent: i32) -> f64 {
    value * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2)
}

/// The largest magnitude; NaN if one is NaN.
fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |m, g| if g.abs() > m || g.is_nan() { g.abs() } else { m })
}

impl Mistake {
    /// √Σ g² of all tensors.
    pub(super) fn norm<T: Real>(self, tensors: &[&[T]]) -> Norm {
        let values = || tensors.iter().copied().flatten().map(|g| g.to_f64());
        let m = largest(values());
        let right = self.right_norm(tensors, m);
        let n = right.value();
        match self.fault {
            Fault::NormEpsilon if n < 1e100 => Norm::is((n * n + EPSILON * EPSILON).sqrt()),
            Fault::Saturates => Norm::is(n.min(T::MAX)),
            _ if m == 0.0 || !m.is_finite() => right,
            Fault::MaxNorm => Norm::is(m),
            Fault::L1 => Norm::is(values().map(f64::abs).sum()),
            Fault::RootMissing => Norm::is(n * n),
            Fault::MeanSquare => {
                let count = values().count() as f64;
                Norm { root: right.root / count.sqrt(), ..right }
            }
            Fault::NormsAdded => {
                let one = |tensor: &&[T]| self.right_norm(&[*tensor], m).value();
                Norm::is(tensors.iter().map(one).sum())
            }
            Fault::Overflow if n * n > T::MAX => Norm::is(f64::INFINITY),
            Fault::Underflow if n * n < T::MIN_POSITIVE => {
                Norm::is(T::from_f64(n * n).to_f64().sqrt())
            }
            _ => right,
        }
    }

    /// With every element divided by a power of two near the largest.
    fn right_norm<T: Real>(self, tensors: &[&[T]], m: f64) -> Norm {
        if m == 0.0 || !m.is_finite() {
            return Norm::is(m);
        }
        let exponent = m.log2().floor() as i32;
        let unit = |g: &T| scale(g.to_f64(), -exponent);
        let units: Vec<f64> = tensors.iter().copied().flatten().map(unit).collect();
        let root = self.sum_of_squares::<T>(&units).sqrt() * (1.0 + self.slip);
        Norm { root, exponent }
    }

    fn sum_of_squares<T: Real>(self, units: &[f64]) -> f64 {
        let in_t = |values: &mut dyn Iterator<Item = f64>| {
            let zero = T::from_f64(0.0);
            values.map(T::from_f64).fold(zero, |sum, g| sum + g * g)
        };
        match self.fault {
            Fault::SingleSum => in_t(&mut units.iter().copied()).to_f64(),
            Fault::Backwards => in_t(&mut units.iter().rev().copied()).to_f64(),
            Fault::Threads => {
                let share = units.len().div_ceil(rayon::current_num_threads());
                let parts = units.chunks(share).map(|part| in_t(&mut part.iter().copied()));
                parts.fold(T::from_f64(0.0), |sum, part| sum + part).to_f64()
            }
            _ => units.iter().map(|g| g * g).sum(),
        }
    }

    /// Every tensor clipped by the norm of all, and the norm.
    pub(super) fn clipped<T: Real>(
        self,
        tensors: &[&[T]],
        threshold: f64,
        non_finite: NonFinite,
    ) -> (Vec<Vec<T>>, T) {
        let norm = self.norm(tensors);
        let all = |formula: &dyn Fn(T) -> T| -> Vec<Vec<T>> {
            tensors.iter().map(|tensor| tensor.iter().map(|g| formula(*g)).collect()).collect()
        };
        let found = T::from_f64(norm.value());
        if tensors.iter().copied().flatten().any(|g| !g.is_finite()) {
            let clipped = match non_finite {
                NonFinite::Zero => self.zeros(tensors, threshold),
                _ if self.fault == Fault::InfinityZeroes => {
                    all(&|g| T::from_f64(g.to_f64() * (threshold / norm.value())))
                }
                _ => all(&|_| T::from_f64(f64::NAN)),
            };
            return (clipped, found);
        }
        let clipped = match self.fault {
            Fault::PerTensor => {
                let one = |tensor: &&[T]| {
                    let norm = self.norm(&[*tensor]);
                    tensor.iter().map(|g| self.scaled(*g, norm, threshold)).collect()
                };
                tensors.iter().map(one).collect()
            }
            _ => all(&|g| self.scaled(g, norm, threshold)),
        };
        let returned = match self.fault {
            Fault::ReturnsClipped => T::from_f64(norm.value().min(threshold)),
            _ => found,
        };
        (clipped, returned)
    }

    /// What becomes of a gradient that is not finite, if that gives zeros.
    fn zeros<T: Real>(self, tensors: &[&[T]], threshold: f64) -> Vec<Vec<T>> {
        let zero = T::from_f64(0.0);
        let cleaned = |tensor: &&[T]| -> Vec<T> {
            let is_bad = tensor.iter().any(|g| !g.is_finite());
            let clean = |g: &T| match self.fault {
                Fault::ReplacesElements if g.is_finite() => *g,
                Fault::ReplacesTensor if !is_bad => *g,
                _ => zero,
            };
            tensor.iter().map(clean).collect()
        };
        let cleaned: Vec<Vec<T>> = tensors.iter().map(cleaned).collect();
        let slices: Vec<&[T]> = cleaned.iter().map(Vec::as_slice).collect();
        self.clipped(&slices, threshold, NonFinite::Zero).0
    }

    /// g·min(1, τ/N).
    fn scaled<T: Real>(self, g: T, norm: Norm, threshold: f64) -> T {
        let (value, n) = (g.to_f64(), norm.value());
        let is_above = match self.fault {
            Fault::AlwaysScales => n > 0.0,
            Fault::Disabled => false,
            Fault::Epsilon => n + EPSILON > threshold,
            Fault::ZeroUnlimited => threshold > 0.0 && n > threshold,
            Fault::Strict => n >= threshold,
            Fault::Reciprocal => true,
            _ => n > threshold,
        };
        if !is_above {
            return g;
        }
        match self.fault {
            Fault::Elementwise => T::from_f64(value.clamp(-threshold, threshold)),
            Fault::Epsilon => T::from_f64(value * (threshold / (n + EPSILON))),
            Fault::Strict => T::from_f64(value / n * threshold),
            Fault::NormRounded => T::from_f64(value * (threshold / T::from_f64(n).to_f64())),
            Fault::SingleProduct => g * T::from_f64(threshold / n),
            Fault::Reciprocal => g * by_reciprocals(T::from_f64(threshold), T::from_f64(n)),
            fault => rounded(fault, scale(value, -norm.exponent) * (threshold / norm.root)),
        }
    }

    /// An element clipped for itself; m is the largest of all.
    fn clip<T: Real>(self, g: T, threshold: f64, m: f64) -> T {
        let (value, tau) = (g.to_f64(), towards_zero::<T>(threshold));
        let is_beyond = value.abs() > tau;
        let clipped = match self.fault {
            Fault::ThresholdNearest if is_beyond => threshold.copysign(value),
            Fault::OneSide => {
                if value > tau {
                    tau
                } else {
                    value
                }
            }
            Fault::SignLost if is_beyond => tau,
            Fault::OrderSwapped => value.max(tau).min(-tau),
            Fault::ValueZeroed if is_beyond => 0.0,
            Fault::ValueScaled if m > tau => value * (tau / m),
            Fault::NanEaten => value.min(tau).max(-tau),
            Fault::NegativeZero if value == 0.0 => 0.0,
            _ if is_beyond => tau.copysign(value),
            _ => return g,
        };
        T::from_f64(clipped)
    }

    /// Every element clipped for itself.
    pub(super) fn clipped_by_value<T: Real>(
        self,
        gradient: &[T],
        threshold: f64,
        non_finite: NonFinite,
    ) -> Vec<T> {
        let is_finite = gradient.iter().all(|g| g.is_finite());
        let m = largest(gradient.iter().map(|g| g.to_f64()));
        let one = |g: &T| match non_finite {
            NonFinite::Zero if !is_finite => {
                let kept = self.fault == Fault::ReplacesElements && g.is_finite();
                if kept { self.clip(*g, threshold, m) } else { T::from_f64(0.0) }
            }
            _ => self.clip(*g, threshold, m),
        };
        gradient.iter().map(one).collect()
    }
}

/// τ·min(1/N, 1/τ), each rounded to `T`.
fn by_reciprocals<T: Real>(threshold: T, norm: T) -> T {
    let one = T::from_f64(1.0);
    let (of_norm, of_threshold) = (one / norm, one / threshold);
    threshold * if of_norm < of_threshold { of_norm } else { of_threshold }
}

/// To the nearest number, and towards zero among the subnormal ones, which so cannot raise the norm.
fn rounded<T: Real>(fault: Fault, y: f64) -> T {
    if y.abs() < T::MIN_POSITIVE && fault != Fault::NearestSubnormal {
        return T::from_f64((y / T::MIN_SUBNORMAL).trunc() * T::MIN_SUBNORMAL);
    }
    T::from_f64(y)
}
