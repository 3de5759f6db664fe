//! What the judge's forward pass asks of a number.

use crate::activation::Curve;
use crate::exact::Exact;

/// A number of the judge: exact to 320 bits, or near with a bound.
pub(in super::super) trait Number: Clone {
    /// A datum: the number itself.
    fn datum(value: f64) -> Self;
    /// A setting: an implementation may round it to its precision.
    fn setting(value: f64) -> Self;
    /// a + b.
    fn plus(&self, other: &Self) -> Self;
    /// a − b.
    fn minus(&self, other: &Self) -> Self;
    /// a·b.
    fn times(&self, other: &Self) -> Self;
    /// a/b.
    fn over(&self, other: &Self) -> Self;
    /// Of terms in any order.
    fn sum(terms: &[Self]) -> Self;
    /// √a.
    fn root(&self) -> Self;
    /// eᵃ.
    fn exp(&self) -> Self;
    /// The natural logarithm.
    fn ln(&self) -> Self;
    /// A curve.
    fn curve(&self, curve: Curve) -> Self;
    /// The nearest `f64`.
    fn value(&self) -> f64;
    /// So many roundings of a number of that size more, where sound algorithms differ.
    fn roundings(self, _count: f64, _size: f64) -> Self {
        self
    }

    /// Σ/n.
    fn mean(terms: &[Self]) -> Self {
        Self::sum(terms).over(&Self::datum(terms.len() as f64))
    }
}

/// So far from 0 the ends of sigmoid and tanh are closer than 2⁻³²⁰.
const FAR: f64 = 300.0;

impl Number for Exact {
    fn datum(value: f64) -> Self {
        Self::from_f64(value)
    }

    fn setting(value: f64) -> Self {
        Self::from_f64(value)
    }

    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn minus(&self, other: &Self) -> Self {
        self - other
    }

    fn times(&self, other: &Self) -> Self {
        self * other
    }

    fn over(&self, other: &Self) -> Self {
        self / other
    }

    fn sum(terms: &[Self]) -> Self {
        terms.iter().sum()
    }

    fn root(&self) -> Self {
        self.sqrt()
    }

    fn exp(&self) -> Self {
        Self::exp(self)
    }

    fn ln(&self) -> Self {
        Self::ln(self)
    }

    fn curve(&self, curve: Curve) -> Self {
        let is_positive = *self > Self::zero();
        match curve {
            Curve::Sigmoid => sigmoid(self),
            Curve::Tanh => sigmoid(&self.scaled(1)).scaled(1) - Self::from_f64(1.0),
            Curve::Relu | Curve::LeakyRelu { .. } if is_positive => self.clone(),
            Curve::Relu => Self::zero(),
            Curve::LeakyRelu { slope } => Self::from_f64(slope) * self,
        }
    }

    fn value(&self) -> f64 {
        self.to_f64()
    }
}

fn sigmoid(x: &Exact) -> Exact {
    let one = Exact::from_f64(1.0);
    match x.to_f64() {
        far if far > FAR => one,
        far if far < -FAR => Exact::zero(),
        _ => &one / &(&one + &(-x.clone()).exp()),
    }
}
