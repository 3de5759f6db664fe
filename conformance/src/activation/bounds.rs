//! How far a result may be from the truth: the bounds that the page derives.

use super::truth;
use super::{Case, Direction, Function, Shape};
use crate::compare::{Expected, SECOND_ORDER};
use crate::exact::Exact;
use crate::verdict::Strength;
use crate::{Real, ulp};

/// ln MAX − 2: so far every formula of a sound implementation stays in range.
pub(super) fn reach<T: Real>() -> f64 {
    T::MAX.ln() - 2.0
}

/// Whether `sound` says anything about a result at x: the exponentials that it needs are in range.
fn in_reach<T: Real>(function: Function, x: f64) -> bool {
    let is_backward = function.direction == Direction::Backward;
    match function.shape {
        // e⁻ˣ/(1 + e⁻ˣ)² has a square in it.
        Shape::Sigmoid if is_backward => 2.0 * x.abs() <= reach::<T>(),
        Shape::Sigmoid => x.abs() <= reach::<T>(),
        Shape::Tanh => 2.0 * x.abs() <= reach::<T>(),
        _ => true,
    }
}

/// What element `i` of a function must be; `None` where the bound says nothing.
pub(super) fn expected<T: Real>(
    strength: Strength,
    case: &Case<T>,
    function: Function,
    i: usize,
) -> Option<Expected> {
    let value = input(case, function)[i].to_f64();
    let within = strength != Strength::Must || in_reach::<T>(function, value);
    if !value.is_finite() || !within {
        return None;
    }
    Some(match function.direction {
        Direction::Forward => forward::<T>(strength, case, function.shape, value),
        direction => {
            let is_given = direction == Direction::FromOutput;
            backward::<T>(strength, case, function.shape, value, case.dy[i].to_f64(), is_given)
        }
    })
}

/// What the curve, or its derivative, is taken of.
pub(super) fn input<T: Real>(case: &Case<T>, function: Function) -> Vec<T> {
    if function.direction == Direction::FromOutput {
        case.outputs(function.shape)
    } else {
        case.x.clone()
    }
}

fn promise<T: Real>(truth: f64, of_double: f64) -> f64 {
    ulp::<T>(truth) * if T::DIGITS == 24 { 0.501 } else { of_double }
}

fn forward<T: Real>(strength: Strength, case: &Case<T>, shape: Shape, x: f64) -> Expected {
    let (u, eta) = (T::UNIT_ROUNDOFF, T::MIN_SUBNORMAL);
    let truth = truth::curve(case, shape, x).to_wide();
    let y = truth.to_f64().abs();
    let roundings = match shape {
        Shape::Sigmoid => 6.0,
        Shape::Tanh => 10.0,
        _ => 2.0,
    };
    // A slope below the normal numbers is off by η/2, an exponential there by η.
    let floor = if shape == Shape::LeakyRelu { eta * (1.0 + x.abs()) } else { 2.0 * eta };
    let bound = match strength {
        Strength::Promise => promise::<T>(y, 1.0),
        _ => SECOND_ORDER * roundings * u * y + floor,
    };
    Expected::new(truth, bound)
}

fn backward<T: Real>(
    strength: Strength,
    case: &Case<T>,
    shape: Shape,
    value: f64,
    dy: f64,
    from_output: bool,
) -> Expected {
    let slope = if from_output {
        truth::slope_from_output(case, shape, value)
    } else {
        truth::slope(case, shape, value)
    };
    let truth = (&slope * &Exact::from_f64(dy)).to_wide();
    if shape == Shape::Relu || (shape == Shape::LeakyRelu && value > 0.0) {
        return Expected::new(truth, 0.0);
    }
    let bound = match strength {
        Strength::Promise => promise::<T>(truth.to_f64(), 3.0),
        Strength::Should => relative::<T>(10.0, truth.to_f64(), dy),
        Strength::Must if from_output => {
            relative::<T>(4.0, truth.to_f64(), dy) + of_output::<T>(shape, value.abs(), dy)
        }
        Strength::Must => {
            let y = truth::curve(case, shape, value).to_f64().abs();
            relative::<T>(10.0, truth.to_f64(), dy) + of_rounded_output::<T>(shape, y, dy)
        }
    };
    Expected::new(truth, bound)
}

/// So many roundings of the result, and a derivative below the normal numbers.
fn relative<T: Real>(roundings: f64, dx: f64, dy: f64) -> f64 {
    SECOND_ORDER * roundings * T::UNIT_ROUNDOFF * dx.abs()
        + T::MIN_SUBNORMAL * (1.0 + 4.0 * dy.abs())
}

/// What the square of y may be off by where it is rounded before it is taken away.
fn of_output<T: Real>(shape: Shape, y: f64, dy: f64) -> f64 {
    match shape {
        Shape::Sigmoid | Shape::Tanh => SECOND_ORDER * T::UNIT_ROUNDOFF * y * y * dy.abs(),
        _ => 0.0,
    }
}

/// What a derivative from a y that is within `sound` may be off by.
fn of_rounded_output<T: Real>(shape: Shape, y: f64, dy: f64) -> f64 {
    let u = SECOND_ORDER * T::UNIT_ROUNDOFF * dy.abs();
    match shape {
        Shape::Sigmoid => 7.0 * u * y,
        Shape::Tanh => 21.0 * u * y * y,
        _ => 0.0,
    }
}
