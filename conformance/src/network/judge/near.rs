//! Running error analysis: a value, and how far from it a sound implementation in `T` may be.
//!
//! The rules are those of the module's page, [`network`](crate::network#bounds).

use std::marker::PhantomData;

use super::Number;
use crate::Real;
use crate::activation::Curve;
use crate::compare::{Expected, SECOND_ORDER};
use crate::exact::Wide;

/// A value in `f64` and an error bound.
#[derive(Debug)]
pub(in super::super) struct Near<T> {
    /// The judge's value.
    pub(in super::super) value: f64,
    /// How far from it a sound implementation may be, the judge's own rounding included.
    pub(in super::super) error: f64,
    precision: PhantomData<T>,
}

// By hand: a derive would ask it of `T` too.
impl<T> Clone for Near<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Near<T> {}

impl<T: Real> Near<T> {
    /// u of `T` and of the judge.
    pub(in super::super) const UNIT: f64 = T::UNIT_ROUNDOFF + f64::UNIT_ROUNDOFF;

    fn new(value: f64, error: f64) -> Self {
        Self { value, error, precision: PhantomData }
    }

    /// A number of which nothing is known: what 0/0 and all that follows from it may be.
    const UNKNOWN: Self = Self { value: f64::NAN, error: f64::INFINITY, precision: PhantomData };

    /// Exactly 0: no rounding made it.
    fn is_nothing(&self) -> bool {
        self.value == 0.0 && self.error == 0.0
    }

    /// Its value after an operation that rounds once.
    fn rounded(value: f64, error: f64) -> Self {
        Self::new(value, error + Self::UNIT * value.abs())
    }

    /// γₙ.
    pub(in super::super) fn gamma(terms: usize) -> f64 {
        let n = terms as f64 * Self::UNIT;
        if n < 1.0 { n / (1.0 - n) } else { f64::INFINITY }
    }

    /// |v| + e.
    pub(in super::super) fn size(&self) -> f64 {
        self.value.abs() + self.error
    }

    /// The number with more error.
    pub(in super::super) fn and_error(self, error: f64) -> Self {
        Self::new(self.value, self.error + error)
    }

    /// The smaller of it and 1: which is 1 to the bit if it surely is above.
    pub(in super::super) fn at_most_one(self) -> Self {
        if self.value - self.error >= 1.0 {
            return Self::new(1.0, 0.0);
        }
        Self::new(self.value.min(1.0), self.error)
    }

    /// |a|.
    pub(in super::super) fn magnitude(self) -> Self {
        Self::new(self.value.abs(), self.error)
    }

    /// What a target must give, if that tells anything beside an output whose largest element is `largest`.
    pub(in super::super) fn expected(&self, largest: f64) -> Option<Expected> {
        let bound = SECOND_ORDER * self.error + T::MIN_SUBNORMAL;
        let tells = bound <= largest / 64.0 || (self.is_nothing() && largest.is_finite());
        tells.then(|| Expected::new(Wide::exact(self.value), bound).of_terms(largest))
    }

    /// f′ at this number.
    pub(in super::super) fn slope(&self, curve: Curve) -> Self {
        if !self.size().is_finite() {
            return Self::UNKNOWN;
        }
        let (y, e) = (self.curve(curve), self.error);
        let (f, u, eta) = (y.value, Self::UNIT, T::MIN_SUBNORMAL);
        match curve {
            Curve::Sigmoid => {
                let slope = f * sigmoid(-self.value);
                let bend = (slope * (1.0 - 2.0 * f)).abs();
                let own = 10.0 * u * slope + 7.0 * u * f + 4.0 * eta;
                Self::new(slope, bend * e + e * e / 16.0 + own)
            }
            Curve::Tanh => {
                let slope = 4.0 * sigmoid(2.0 * self.value) * sigmoid(-2.0 * self.value);
                let bend = 2.0 * f.abs() * slope;
                let own = 10.0 * u * slope + 21.0 * u * f * f + 4.0 * eta;
                Self::new(slope, bend * e + e * e + own)
            }
            Curve::Relu => self.step(Self::new(0.0, 0.0)),
            Curve::LeakyRelu { slope } => self.step(Self::setting(slope)),
        }
    }

    /// 1 on the right, `left` on the left and at 0; either where the side cannot be told.
    fn step(&self, left: Self) -> Self {
        let (right, Self { value, error, .. }) = (Self::new(1.0, 0.0), *self);
        match (value > 0.0, value.abs() <= error) {
            (is_right, true) if error > 0.0 => {
                let likely = if is_right { right } else { left };
                likely.and_error((1.0 - left.value).abs() + left.error)
            }
            (true, _) => right,
            (false, _) => left,
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    let t = (-x.abs()).exp();
    if x < 0.0 { t / (1.0 + t) } else { 1.0 / (1.0 + t) }
}

impl<T: Real> Number for Near<T> {
    fn datum(value: f64) -> Self {
        Self::new(value, 0.0)
    }

    fn setting(value: f64) -> Self {
        let is_kept = T::from_f64(value).to_f64() == value;
        let below = if value.abs() < T::MIN_POSITIVE { T::MIN_SUBNORMAL } else { 0.0 };
        Self::new(value, if is_kept { 0.0 } else { T::UNIT_ROUNDOFF * value.abs() + below })
    }

    fn plus(&self, other: &Self) -> Self {
        match (self.is_nothing(), other.is_nothing()) {
            (true, _) => *other,
            (_, true) => *self,
            _ => Self::rounded(self.value + other.value, self.error + other.error),
        }
    }

    fn minus(&self, other: &Self) -> Self {
        self.plus(&Self::new(-other.value, other.error))
    }

    fn times(&self, other: &Self) -> Self {
        let vanishes = |a: &Self, b: &Self| a.is_nothing() && b.size().is_finite();
        if vanishes(self, other) || vanishes(other, self) {
            return Self::new(0.0, 0.0);
        }
        let error = self.value.abs() * other.error
            + other.value.abs() * self.error
            + self.error * other.error;
        Self::rounded(self.value * other.value, error + T::MIN_SUBNORMAL)
    }

    fn over(&self, other: &Self) -> Self {
        if self.is_nothing() && other.value.abs() > other.error {
            return *self;
        }
        let (value, left) = (self.value / other.value, other.value.abs() - other.error);
        let error = (self.error + value.abs() * other.error) / left;
        let known = if left > 0.0 { error } else { f64::INFINITY };
        Self::rounded(value, known + T::MIN_SUBNORMAL)
    }

    fn sum(terms: &[Self]) -> Self {
        let mut total = [0.0; 3];
        for term in terms {
            total[0] += term.value;
            total[1] += term.error;
            total[2] += term.value.abs();
        }
        let [value, error, sizes] = total;
        Self::new(value, error + Self::gamma(terms.len()) * (sizes + error))
    }

    fn root(&self) -> Self {
        let (root, least) = (self.value.sqrt(), (self.value - self.error).max(0.0).sqrt());
        let error = if self.error == 0.0 { 0.0 } else { self.error / (root + least) };
        Self::new(root, error + 2.0 * Self::UNIT * root)
    }

    fn exp(&self) -> Self {
        let (value, most) = (self.value.exp(), self.error.exp());
        let error = value * self.error.exp_m1() + 6.0 * Self::UNIT * value * most;
        Self::new(value, error + T::MIN_SUBNORMAL)
    }

    fn ln(&self) -> Self {
        let (value, left) = (self.value.ln(), self.value - self.error);
        let error = if left > 0.0 { self.error / left } else { f64::INFINITY };
        Self::new(value, error + 4.0 * Self::UNIT * value.abs())
    }

    fn curve(&self, curve: Curve) -> Self {
        if !self.size().is_finite() {
            return Self::UNKNOWN;
        }
        let (x, e, u, eta) = (self.value, self.error, Self::UNIT, T::MIN_SUBNORMAL);
        match curve {
            Curve::Sigmoid => {
                let y = sigmoid(x);
                let slope = y * sigmoid(-x);
                Self::new(y, slope * e + e * e / 20.0 + 6.0 * u * y + 2.0 * eta)
            }
            Curve::Tanh => {
                let y = x.tanh();
                let slope = 4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x);
                let own = if self.is_nothing() { 0.0 } else { 10.0 * u * y.abs() + 2.0 * eta };
                Self::new(y, slope * e + 0.4 * e * e + own)
            }
            // Neither bends but at 0, and there the steeper side says how far it can move.
            Curve::Relu if x > e || (x > 0.0 && e == 0.0) => *self,
            Curve::Relu if x < -e || e == 0.0 => Self::new(0.0, 0.0),
            Curve::Relu => Self::new(x.max(0.0), e),
            Curve::LeakyRelu { .. } if x > e || (x >= 0.0 && e == 0.0) => *self,
            Curve::LeakyRelu { slope } if x < -e || e == 0.0 => self.times(&Self::setting(slope)),
            Curve::LeakyRelu { slope } => {
                let y = if x > 0.0 { x } else { slope * x };
                Self::rounded(y, e * slope.abs().max(1.0) + 2.0 * u * y.abs() + eta)
            }
        }
    }

    fn value(&self) -> f64 {
        self.value
    }

    fn roundings(self, count: f64, size: f64) -> Self {
        self.and_error(count * Self::UNIT * size.abs())
    }
}
