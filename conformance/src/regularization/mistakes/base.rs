//! The sums and the elements, each with the step that a fault changes.

use super::{Fault, Mistake};
use crate::Real;
use crate::regularization::{Parameter, Penalty, Role, Step};

impl Mistake {
    /// λ Σ|w| or ½λ Σw².
    pub(super) fn penalty<T: Real>(self, penalty: Penalty, lambda: f64, w: &[T]) -> T {
        let penalty = match (self.fault, penalty) {
            (Fault::Swapped, Penalty::L1) => Penalty::L2,
            (Fault::Swapped, Penalty::L2) => Penalty::L1,
            _ => penalty,
        };
        let numbers = w.iter().map(|w| w.to_f64());
        let w: Vec<f64> = match self.fault {
            Fault::NanSkipped => numbers.filter(|w| !w.is_nan()).collect(),
            _ => numbers.collect(),
        };
        let count = w.len() as f64;
        let factor = match (self.fault, penalty) {
            (Fault::Half, Penalty::L1) => 0.5,
            (Fault::NoHalf, Penalty::L2) => 1.0,
            (Fault::Mean, _) => own_factor(penalty) / count.max(1.0),
            (Fault::EmptyNan, _) if w.is_empty() => f64::NAN,
            _ => own_factor(penalty),
        };
        T::from_f64(match (self.fault, penalty) {
            (Fault::Overflow, Penalty::L2) => {
                let squares = w.iter().map(|w| T::from_f64(*w) * T::from_f64(*w));
                factor * (lambda * in_order(squares))
            }
            (Fault::Root, Penalty::L2) => {
                let (sum, unit) = self.total::<T>(penalty, &w);
                times_power(lambda * sum.sqrt(), unit / 2)
            }
            _ => {
                let (sum, unit) = self.total::<T>(penalty, &w);
                // λ as a number near 1 and a power of two: their product with the sum stays in range.
                let own = exponent(lambda);
                times_power(factor * (times_power(lambda, -own) * sum), own + unit)
            }
        })
    }

    /// Σ|w| or Σw² as a number and a power of two, so that no square leaves the range.
    fn total<T: Real>(self, penalty: Penalty, w: &[f64]) -> (f64, i32) {
        let unit = exponent(w.iter().fold(0.0, |most: f64, w| most.max(w.abs())));
        let scaled = w.iter().map(|w| times_power(*w, -unit));
        let terms: Vec<f64> = match penalty {
            Penalty::L1 if self.fault == Fault::NoAbsolute => scaled.collect(),
            Penalty::L1 => scaled.map(f64::abs).collect(),
            Penalty::L2 => scaled.map(|w| w * w).collect(),
        };
        let sum = match self.fault {
            Fault::SingleSum => in_order(terms.iter().map(|term| T::from_f64(*term))),
            Fault::Threads => {
                let share = terms.len().div_ceil(rayon::current_num_threads()).max(1);
                let part = |part: &[f64]| in_order(part.iter().map(|term| T::from_f64(*term)));
                terms.chunks(share).map(part).fold(0.0, |sum, part| sum + part)
            }
            _ => pairwise(&terms),
        };
        (sum, if penalty == Penalty::L1 { unit } else { 2 * unit })
    }

    /// The penalty of what the fault takes for the weights of the network.
    pub(super) fn network<T: Real>(
        self,
        penalty: Penalty,
        lambda: f64,
        parameters: &[Parameter<'_, T>],
    ) -> T {
        let counts = |role| match self.fault {
            Fault::BiasToo => matches!(role, Role::Weight | Role::Bias),
            Fault::AffineToo => role != Role::Bias,
            _ => role == Role::Weight,
        };
        let mut tensors: Vec<&[T]> =
            parameters.iter().filter(|one| counts(one.role)).map(|one| one.values).collect();
        let count = tensors.len() as f64;
        if self.fault == Fault::FirstTensor {
            tensors.truncate(1);
        }
        let sum = self.penalty(penalty, lambda, &tensors.concat());
        match self.fault {
            Fault::TensorMean => T::from_f64(sum.to_f64() / count.max(1.0)),
            _ => sum,
        }
    }

    /// One element of the gradient of L1, of `count`.
    pub(super) fn l1_gradient<T: Real>(self, lambda: f64, w: T, count: usize) -> T {
        let w = w.to_f64();
        let plain = lambda * sign(w);
        T::from_f64(match self.fault {
            Fault::Swapped | Fault::NoSign => lambda * w,
            Fault::SignLost => lambda * sign(w).abs(),
            Fault::AtZero => lambda * w.signum(),
            Fault::AtZeroNan => lambda * (w / w.abs()),
            Fault::NanSign if w.is_nan() => 0.0,
            Fault::Mean | Fault::Disagree => plain / count as f64,
            _ => plain,
        })
    }

    /// One element of the gradient of L2, of `count`.
    pub(super) fn l2_gradient<T: Real>(self, lambda: f64, w: T, count: usize) -> T {
        let plain = lambda * w.to_f64();
        match self.fault {
            Fault::Swapped => T::from_f64(lambda * sign(w.to_f64())),
            Fault::Factor => T::from_f64(2.0 * plain),
            Fault::Sign => T::from_f64(-plain),
            Fault::Mean | Fault::Disagree => T::from_f64(plain / count as f64),
            Fault::SingleArithmetic => T::from_f64(lambda) * w,
            _ => T::from_f64(plain),
        }
    }

    /// The soft threshold of one weight.
    pub(super) fn proximal<T: Real>(self, threshold: f64, w: T) -> T {
        let own = w.to_f64();
        let left = own.abs() - threshold;
        let stops = left <= 0.0;
        T::from_f64(match self.fault {
            Fault::NoStop => left * sign(own),
            Fault::Hard if !stops => own,
            Fault::ZeroSign if stops => 0.0_f64.copysign(own),
            Fault::ProximalNan if own.is_nan() => 0.0,
            Fault::SingleArithmetic if !stops => {
                let size = if own < 0.0 { -w } else { w };
                (size - T::from_f64(threshold)).to_f64().copysign(own)
            }
            _ if own.is_nan() => own,
            _ if stops => 0.0,
            _ => left.copysign(own),
        })
    }

    /// Element `i` of a step.
    pub(super) fn step<T: Real>(self, is_decayed: bool, input: &Step<'_, T>, i: usize) -> T {
        let Step { learning_rate: rate, lambda, scale, gradient, w } = *input;
        let one = |values: &[T]| values.get(i).map_or(0.0, |value| value.to_f64());
        let (s, g, w) = (one(scale), one(gradient), one(w));
        if self.fault == Fault::SingleArithmetic {
            return single_step::<T>(is_decayed, [rate, lambda], [s, g, w].map(T::from_f64));
        }
        T::from_f64(match (self.fault, is_decayed) {
            (Fault::StepSign, false) => w - rate * (s * (g - lambda * w)),
            (Fault::StepUnscaled, false) => w - rate * (s * g + lambda * w),
            (Fault::ScaleIgnored, false) => w - rate * (g + lambda * w),
            (Fault::Coupled, true) | (_, false) => w - rate * (s * (g + lambda * w)),
            (Fault::DecayWithoutRate, true) => w - rate * (s * g) - lambda * w,
            (Fault::DecayAfter, true) => {
                let moved = w - rate * (s * g);
                moved - rate * (lambda * moved)
            }
            (Fault::DecayGrows, true) => w - rate * (s * g - lambda * w),
            (_, true) => w - rate * (s * g + lambda * w),
        })
    }
}

/// A step with every number rounded to `T`.
fn single_step<T: Real>(is_decayed: bool, rates: [f64; 2], [s, g, w]: [T; 3]) -> T {
    let [rate, lambda] = rates.map(T::from_f64);
    match is_decayed {
        true => w - rate * (s * g) - rate * lambda * w,
        false => w - rate * (s * (g + lambda * w)),
    }
}

/// ½ stands before the squares alone.
fn own_factor(penalty: Penalty) -> f64 {
    if penalty == Penalty::L1 { 1.0 } else { 0.5 }
}

/// sign(w), 0 at 0; NaN of NaN.
fn sign(w: f64) -> f64 {
    if w == 0.0 { 0.0 } else { w.signum() }
}

/// One after the other, in `T`.
fn in_order<T: Real>(terms: impl Iterator<Item = T>) -> f64 {
    terms.fold(T::from_f64(0.0), |sum, term| sum + term).to_f64()
}

/// By halves.
fn pairwise(terms: &[f64]) -> f64 {
    match terms {
        [] => 0.0,
        [one] => *one,
        _ => {
            let (left, right) = terms.split_at(terms.len() / 2);
            pairwise(left) + pairwise(right)
        }
    }
}

/// k of the power of two 2ᵏ at or below a positive number; 0 for what has none.
fn exponent(size: f64) -> i32 {
    let is_number = size > 0.0 && size.is_finite();
    if is_number { size.log2().floor() as i32 } else { 0 }
}

/// x·2ᵏ, rounded once.
fn times_power(x: f64, k: i32) -> f64 {
    let k = k.clamp(-2400, 2400);
    // Thirds stay in the range of powers; what is left of x is normal until the last.
    let third = k / 3;
    x * 2_f64.powi(third) * 2_f64.powi(third) * 2_f64.powi(k - 2 * third)
}
