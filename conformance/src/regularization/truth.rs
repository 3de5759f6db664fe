//! True penalties, gradients and steps in 320 bits, and the bounds of the clauses.

use super::{Case, Function, Penalty};
use crate::compare::{Expected, SECOND_ORDER};
use crate::exact::Exact;
use crate::{Real, Strength, ulp};

use Strength::{Must, Promise, Should};

/// Σ|w| and Σw² of tensors, and what their bounds depend on.
pub(super) struct Sums {
    absolute: Exact,
    squares: Exact,
    count: usize,
    longest: usize,
    tensors: usize,
}

impl Sums {
    /// Of all tensors together; none if an element is not finite.
    pub(super) fn of<T: Real>(tensors: &[&[T]]) -> Option<Self> {
        let (mut absolute, mut squares) = (Exact::zero(), Exact::zero());
        for w in tensors.iter().copied().flatten() {
            let w = finite(*w)?;
            squares = squares + w.square();
            absolute = absolute + w.abs();
        }
        Some(Self {
            absolute,
            squares,
            count: tensors.iter().map(|tensor| tensor.len()).sum(),
            longest: tensors.iter().map(|tensor| tensor.len()).max().unwrap_or(0),
            tensors: tensors.len(),
        })
    }

    /// λ Σ|w| or ½λ Σw².
    pub(super) fn penalty(&self, penalty: Penalty, lambda: f64) -> Exact {
        let lambda = Exact::from_f64(lambda);
        match penalty {
            Penalty::L1 => lambda * &self.absolute,
            Penalty::L2 => lambda.scaled(-1) * &self.squares,
        }
    }

    /// The penalty and its bound; none outside the domain of the clause.
    pub(super) fn expected<T: Real>(
        &self,
        strength: Strength,
        penalty: Penalty,
        lambda: f64,
    ) -> Option<Expected> {
        let exact = self.penalty(penalty, lambda);
        let truth = exact.to_wide();
        let size = truth.to_f64();
        let bound = match strength {
            Must => self.sound::<T>(penalty, lambda, size)?,
            Should => {
                let is_normal = (T::MIN_POSITIVE..=T::MAX).contains(&lambda);
                relative::<T>(self.count + 8).filter(|_| is_normal)? * size
            }
            Promise if T::DIGITS == 24 => 0.501 * ulp::<T>(size),
            Promise => SECOND_ORDER * (self.depth() + 2) as f64 * T::UNIT_ROUNDOFF * size,
        };
        let least = if strength == Must { 0.0 } else { T::MIN_POSITIVE };
        let fits = exact.is_zero() || (least..=T::MAX / 2.0).contains(&size);
        fits.then(|| Expected::new(truth, bound))
    }

    /// γ·R + ω·(…).
    fn sound<T: Real>(&self, penalty: Penalty, lambda: f64, size: f64) -> Option<f64> {
        let (sum, squares) = (self.absolute.to_f64(), self.squares.to_f64());
        let (count, most) = (self.count as f64, T::MAX / 2.0);
        let in_range = |sums: &[f64]| sums.iter().all(|sum| *sum <= most && lambda * sum <= most);
        let (fits, lost) = match penalty {
            Penalty::L1 => (in_range(&[1.0, sum]), 1.0 + count + sum),
            Penalty::L2 => {
                let lost = 1.0 + count * (1.0 + lambda) + sum + squares;
                (in_range(&[1.0, sum, squares]), lost)
            }
        };
        let relative = relative::<T>(self.count + 4).filter(|_| fits)?;
        Some(relative * size + T::MIN_SUBNORMAL * lost)
    }

    /// h: how many additions a term of the kernels goes through at most.
    fn depth(&self) -> usize {
        let levels = |parts: usize| parts.max(1).next_power_of_two().trailing_zeros() as usize;
        let lanes = self.longest.div_ceil(32).min(64);
        lanes + 6 + levels(self.longest.div_ceil(4096)) + levels(self.tensors)
    }
}

/// The error of `roundings` roundings after each other; none where that is too much to be told.
fn relative<T: Real>(roundings: usize) -> Option<f64> {
    let sum = roundings as f64 * T::UNIT_ROUNDOFF;
    (sum <= 0.25).then(|| sum / (1.0 - sum))
}

fn finite<T: Real>(value: T) -> Option<Exact> {
    value.is_finite().then(|| Exact::from_f64(value.to_f64()))
}

/// What element `i` of a function's output must be; none outside the domain of the clause.
pub(super) fn element<T: Real>(
    strength: Strength,
    case: &Case<T>,
    function: Function,
    i: usize,
) -> Option<Expected> {
    let (u, tiny) = (T::UNIT_ROUNDOFF, T::MIN_SUBNORMAL);
    let (exact, w, parameter) = match function {
        Function::L1Gradient => (l1_gradient(case, i)?, 0.0, case.lambda),
        Function::L2Gradient => (l2_gradient(case, i)?, case.w[i].to_f64().abs(), case.lambda),
        Function::L1Proximal => (proximal(case, i)?, 0.0, case.threshold),
        _ => return step(strength, case, function, i),
    };
    let truth = exact.to_wide();
    let size = truth.to_f64().abs();
    let bound = match (strength, function) {
        (Promise, _) => 0.501 * ulp::<T>(size),
        (_, Function::L1Gradient) => u * size + tiny,
        (_, Function::L2Gradient) => SECOND_ORDER * 2.0 * u * size + tiny * (1.0 + w),
        _ => u * (case.threshold + size) + tiny,
    };
    let most = T::MAX / 2.0;
    (parameter <= most && size <= most).then(|| Expected::new(truth, bound))
}

fn l1_gradient<T: Real>(case: &Case<T>, i: usize) -> Option<Exact> {
    let w = case.w[i].to_f64();
    let sign = if w == 0.0 || w.is_nan() { 0.0 } else { w.signum() };
    (!w.is_nan()).then(|| Exact::from_f64(sign) * Exact::from_f64(case.lambda))
}

fn l2_gradient<T: Real>(case: &Case<T>, i: usize) -> Option<Exact> {
    Some(finite(case.w[i])? * Exact::from_f64(case.lambda))
}

/// sign(w)·max(|w| − τ, 0).
fn proximal<T: Real>(case: &Case<T>, i: usize) -> Option<Exact> {
    let w = finite(case.w[i])?;
    let left = w.clone().abs() - Exact::from_f64(case.threshold);
    Some(match (left > Exact::zero(), w < Exact::zero()) {
        (false, _) => Exact::zero(),
        (true, true) => -left,
        (true, false) => left,
    })
}

/// Whether rounding τ cannot let anything of the weight be left.
pub(super) fn surely_stops<T: Real>(w: T, threshold: f64) -> bool {
    w.to_f64().abs() < (1.0 - 2.0 * T::UNIT_ROUNDOFF) * threshold - T::MIN_SUBNORMAL
}

/// The step of either kind.
fn step<T: Real>(
    strength: Strength,
    case: &Case<T>,
    function: Function,
    i: usize,
) -> Option<Expected> {
    let (w, g, s) = (finite(case.w[i])?, finite(case.gradient[i])?, finite(case.scale[i])?);
    let (rate, lambda) = (Exact::from_f64(case.learning_rate), Exact::from_f64(case.lambda));
    let descent = &rate * &s * &g;
    let decay = match function {
        Function::PenalizedStep => &rate * &s * (&lambda * &w),
        _ => &rate * (&lambda * &w),
    };
    let truth = (&w - &descent - &decay).to_wide();
    let [a, b, c] = [&w, &descent, &decay].map(|term| term.to_f64().abs());
    let [w, g, s] = [w, g, s].map(|factor| factor.to_f64().abs());
    let (rate, u) = (1.0 + case.learning_rate, T::UNIT_ROUNDOFF);
    let product = rate * (1.0 + case.lambda) * (1.0 + s) * (1.0 + g + w);
    let terms = a + 4.0 * b + 5.0 * c;
    let bound = match strength {
        Promise if T::DIGITS == 24 => {
            0.501 * ulp::<T>(truth.to_f64()) + SECOND_ORDER * f64::UNIT_ROUNDOFF * terms
        }
        Promise => SECOND_ORDER * u * terms + T::MIN_SUBNORMAL * rate * (1.0 + s),
        _ => SECOND_ORDER * u * (3.0 * a + 5.0 * b + 7.0 * c) + T::MIN_SUBNORMAL * product,
    };
    let expected = Expected::new(truth, bound).of_terms(a.max(b).max(c));
    (product <= T::MAX / 8.0).then_some(expected)
}

/// η·λ·(s − 1)·w: by how much the decayed step is above the penalised one.
pub(super) fn difference_of_steps<T: Real>(case: &Case<T>, i: usize) -> Option<Exact> {
    let (w, s) = (finite(case.w[i])?, finite(case.scale[i])?);
    let rate = Exact::from_f64(case.learning_rate) * Exact::from_f64(case.lambda);
    Some(rate * ((s - Exact::from_f64(1.0)) * w))
}
