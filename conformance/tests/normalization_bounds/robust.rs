//! A robust algorithm from any sound one: take the first element off, scale by a power of two.

use evenkeel_conformance::Real;

use crate::algorithms::Algorithm;
use crate::whole::{Core, Pulled};

/// The inner algorithm on (x − x₀)/2ᵉ with ε/4ᵉ, 2ᵉ about the larger of max|x − x₀| and √ε.
pub(crate) struct Shifted(pub(crate) Algorithm);

/// x·2ᵏ, in two steps since 2ᵏ itself may be out of range; at most the last of them rounds.
fn scaled(x: f64, k: i32) -> f64 {
    x * 2.0_f64.powi(k / 2) * 2.0_f64.powi(k - k / 2)
}

/// One group, ready for the inner algorithm.
struct Group<T> {
    x: Vec<T>,
    epsilon: f64,
    exponent: i32,
}

impl<T: Real> Group<T> {
    fn of(x: &[T], epsilon: f64) -> Self {
        // The difference of two giants of opposite sign overflows; of their quarters it does not.
        let giant = x.iter().any(|x| x.to_f64().abs() > T::MAX / 4.0);
        let quarter = if giant { 2 } else { 0 };
        let part = |x: T| T::from_f64(scaled(x.to_f64(), -quarter));
        let shifted: Vec<f64> = x.iter().map(|&one| (part(one) - part(x[0])).to_f64()).collect();
        let root = scaled(epsilon.sqrt(), -quarter);
        let size = shifted.iter().fold(root, |most, d| most.max(d.abs()));
        let exponent = if size > 0.0 { size.log2().ceil() as i32 } else { 0 };
        let x = shifted.iter().map(|&d| T::from_f64(scaled(d, -exponent))).collect();
        let exponent = exponent + quarter;
        Self { x, epsilon: scaled(scaled(epsilon, -exponent), -exponent), exponent }
    }
}

impl<T: Real> Core<T> for Shifted {
    fn forward(&self, x: &[T], affine: [&[T]; 2], epsilon: f64) -> Vec<T> {
        let group = Group::of(x, epsilon);
        self.0.forward(&group.x, affine, group.epsilon)
    }

    fn backward(&self, x: &[T], dy: &[T], gamma: T, epsilon: f64) -> Pulled<T> {
        let group = Group::of(x, epsilon);
        let (dx, dgamma, dbeta) = self.0.backward(&group.x, dy, gamma, group.epsilon);
        let unscaled = |dx: T| T::from_f64(scaled(dx.to_f64(), -group.exponent));
        (dx.into_iter().map(unscaled).collect(), dgamma, dbeta)
    }

    fn normalized(&self, x: &[T], epsilon: f64) -> Vec<T> {
        let group = Group::of(x, epsilon);
        self.0.normalized(&group.x, group.epsilon)
    }

    fn total(&self, terms: &[T]) -> T {
        self.0.sum(terms)
    }
}
