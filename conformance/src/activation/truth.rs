//! The curves and their slopes in 320 bits.

use super::{Case, Shape};
use crate::Real;
use crate::exact::Exact;

/// Beyond it no `f64` can tell a curve from its end, nor can its slope times any `f64`.
const FARTHEST: f64 = 1500.0;

fn number(value: f64) -> Exact {
    Exact::from_f64(value)
}

/// f(x) for a finite x.
pub(super) fn curve<T: Real>(case: &Case<T>, shape: Shape, x: f64) -> Exact {
    match shape {
        Shape::Sigmoid => sigmoid(&number(x.clamp(-FARTHEST, FARTHEST))),
        Shape::Tanh => tanh(x.clamp(-FARTHEST, FARTHEST)),
        Shape::Relu if x > 0.0 => number(x),
        Shape::Relu => Exact::zero(),
        Shape::LeakyRelu if x > 0.0 => number(x),
        Shape::LeakyRelu => number(case.slope) * number(x),
    }
}

fn sigmoid(x: &Exact) -> Exact {
    number(1.0) / (number(1.0) + (-x.clone()).exp())
}

/// Near 0 by its series, since 1 − e⁻²ˣ loses as many bits as x has zeros behind the point.
fn tanh(x: f64) -> Exact {
    let (x, size) = (number(x), x.abs());
    if size > 2.0_f64.powi(-20) {
        return number(2.0) * sigmoid(&x.scaled(1)) - number(1.0);
    }
    let square = x.square();
    // The next term is below 2⁻²⁰⁰ of the first.
    let terms = [(62.0, 2835.0), (-17.0, 315.0), (2.0, 15.0), (-1.0, 3.0), (1.0, 1.0)];
    let sum = terms
        .iter()
        .fold(Exact::zero(), |sum, (above, below)| sum * &square + number(*above) / number(*below));
    x * sum
}

/// f′(x): the central difference of the curve itself with a step of 2⁻⁷⁰, whose error is below 2⁻¹³⁸ of it.
///
/// What is differenced is the distance from the end that |x| tends to: it keeps all its digits where the
/// curve itself is nearly 1. At a kink there is no derivative; there it is that of the left.
pub(super) fn slope<T: Real>(case: &Case<T>, shape: Shape, x: f64) -> Exact {
    match shape {
        Shape::Sigmoid | Shape::Tanh => {
            const STEP: isize = -70;
            let z = number(x.abs().min(FARTHEST));
            let step = number(1.0).scaled(STEP);
            let after = from_end(shape, &(&z + &step));
            (from_end(shape, &(&z - &step)) - after).scaled(-STEP - 1)
        }
        _ if x > 0.0 => number(1.0),
        Shape::Relu => Exact::zero(),
        Shape::LeakyRelu => number(case.slope),
    }
}

/// f(∞) − f(z): e⁻ᶻ/(1 + e⁻ᶻ), and 2e⁻²ᶻ/(1 + e⁻²ᶻ).
fn from_end(shape: Shape, z: &Exact) -> Exact {
    let z = if shape == Shape::Tanh { z.scaled(1) } else { z.clone() };
    let t = (-z).exp();
    let share = &t / &(number(1.0) + &t);
    if shape == Shape::Tanh { share.scaled(1) } else { share }
}

/// The slope from y alone: y·(1 − y), 1 − y², or by the sign of y.
pub(super) fn slope_from_output<T: Real>(case: &Case<T>, shape: Shape, y: f64) -> Exact {
    let (one, exact) = (number(1.0), number(y));
    match shape {
        Shape::Sigmoid => &exact * &(one - &exact),
        Shape::Tanh => one - exact.square(),
        _ if y > 0.0 => one,
        Shape::Relu => Exact::zero(),
        Shape::LeakyRelu => number(case.slope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case<f64> {
        Case { slope: 0.1, x: vec![], dy: vec![], y: vec![] }
    }

    /// Known values: the difference has the digits of the formulas for the derivative.
    #[test]
    fn differences_are_the_derivatives() {
        for x in [0.0, 0.3, -2.0, 9.02, -17.4, 44.3, 87.3, 700.0] {
            for shape in [Shape::Sigmoid, Shape::Tanh] {
                let z = number(if shape == Shape::Tanh { 2.0 * x } else { x });
                let s = sigmoid(&z);
                let factor = if shape == Shape::Tanh { 4.0 } else { 1.0 };
                let formula = number(factor) * &s * &(sigmoid(&-z));
                let off = (slope(&case(), shape, x) - &formula) / formula;
                assert!(off.abs().to_f64() < 2.0_f64.powi(-130), "{shape:?} at {x}");
            }
        }
    }

    /// The series and the formula meet.
    #[test]
    fn tanh_has_no_seam() {
        let x = 2.0_f64.powi(-20);
        let above = x * (1.0 + f64::EPSILON);
        let ratio = tanh(above) / tanh(x);
        let truth = number(above) / number(x);
        // tanh x = x·(1 − x²/3): the ratio differs by 2x²/3·2⁻⁵².
        let off = ((ratio - &truth) / truth).abs().to_f64();
        let expected = 2.0 / 3.0 * x * x * f64::EPSILON;
        assert!((off / expected - 1.0).abs() < 1e-6, "{off:e} {expected:e}");
    }
}
