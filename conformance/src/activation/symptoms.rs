//! Where an activation is wrong on hard data, or in its last bits.

use std::collections::BTreeSet;

use super::bounds::expected;
use super::{Case, Curves, Direction, Function, Shape, inputs};
use crate::diagnosis::{Symptom, bits_that_differ};
use crate::technique::Function as _;
use crate::verdict::Strength;
use crate::{Real, Target};

/// All of them.
pub(super) fn of<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
    let mut seen = BTreeSet::new();
    for direction in [Direction::Forward, Direction::Backward] {
        for shape in [Shape::Sigmoid, Shape::Tanh] {
            let function = Function { direction, shape };
            for (place, x) in places::<T>() {
                if is_off(target, function, &x) {
                    seen.insert(Symptom(place, function.name()));
                }
            }
            if half_units && T::DIGITS == 24 && errs(target, function) {
                seen.insert(Symptom("rounding", function.name()));
            }
        }
    }
    seen.extend(signs_of_zero(target));
    if !is_odd(target) {
        seen.insert(Symptom("mirrored", "tanh"));
    }
    if sees_its_place(target) {
        seen.insert(Symptom("place", "sigmoid"));
    }
    seen.extend(bits_that_differ::<Curves, T>(target, &inputs::long(3, 0.3, 4001)));
    seen
}

/// Numbers near 0, saturated, and where an exponential overflows, on both sides.
fn places<T: Real>() -> [(&'static str, Vec<f64>); 5] {
    let far = T::MAX.ln();
    let saturated: Vec<f64> = (0..6).map(|k| far * (0.12 + 0.05 * f64::from(k))).collect();
    let negated = |x: &[f64]| x.iter().map(|x| -x).collect::<Vec<f64>>();
    [
        ("near 0", vec![1e-3, 3.3e-5, -7.7e-4, 1.1e-6]),
        ("saturated", saturated.clone()),
        ("saturated below", negated(&saturated)),
        ("beyond e^x", vec![far + 1.0, far + 7.0]),
        ("beyond e^-x", vec![-far - 1.0, -far - 4.0]),
    ]
}

fn case<T: Real>(x: &[f64]) -> Case<T> {
    let numbers: Vec<T> = x.iter().map(|x| T::from_f64(*x)).collect();
    let ones = vec![T::from_f64(1.0); x.len()];
    Case { slope: 0.3, dy: ones.clone(), y: ones, x: numbers }
}

/// Whether a result is beyond ten times the bound `robust`, or no number.
fn is_off<T: Real>(target: &dyn Target<T>, function: Function, x: &[f64]) -> bool {
    let case = case::<T>(x);
    let got = case.ask(function, target).unwrap_or_default();
    let off = |(i, got): (usize, &T)| {
        let should = expected(Strength::Should, &case, function, i);
        should.is_some_and(|one| {
            let error = one.truth.distance(got.to_f64());
            error.is_nan() || error > 10.0 * one.bound
        })
    };
    got.iter().enumerate().any(off)
}

/// Whether a result is off by more than half a unit in the last place.
fn errs<T: Real>(target: &dyn Target<T>, function: Function) -> bool {
    let mut case = inputs::long::<T>(5, 0.3, 300);
    case.dy.fill(T::from_f64(1.0));
    let got = case.ask(function, target).unwrap_or_default();
    let off = |(i, got): (usize, &T)| {
        let promised = expected(Strength::Promise, &case, function, i);
        promised.is_some_and(|one| one.truth.distance(got.to_f64()) > one.bound)
    };
    got.iter().enumerate().any(off)
}

const FORWARD_TANH: Function = Function { direction: Direction::Forward, shape: Shape::Tanh };

fn signs_of_zero<T: Real>(target: &dyn Target<T>) -> impl Iterator<Item = Symptom> {
    let of = |shape, x: f64| {
        let function = Function { direction: Direction::Forward, shape };
        let y = case::<T>(&[x]).ask(function, target).ok()?;
        (y[0].to_f64() == 0.0).then(|| y[0].to_f64().is_sign_negative())
    };
    let relu = [of(Shape::Relu, -0.0), of(Shape::Relu, -1.0)].contains(&Some(true));
    let tanh = of(Shape::Tanh, -0.0) == Some(false);
    let leaky = of(Shape::LeakyRelu, -0.0) == Some(false);
    [(relu, "relu"), (tanh, "tanh"), (leaky, "leaky_relu")]
        .into_iter()
        .filter_map(|(wrong, name)| wrong.then_some(Symptom("sign of 0", name)))
}

fn is_odd<T: Real>(target: &dyn Target<T>) -> bool {
    let x = inputs::long::<T>(7, 0.3, 300);
    let mirrored = x.with_x(x.x.iter().map(|x| -*x).collect());
    let (y, other) = (x.ask(FORWARD_TANH, target), mirrored.ask(FORWARD_TANH, target));
    matches!((y, other), (Ok(y), Ok(other)) if y.iter().zip(&other).all(|(y, o)| *y == -*o))
        || x.ask(FORWARD_TANH, target).is_err()
}

/// Whether the last elements of many have other bits than alone.
fn sees_its_place<T: Real>(target: &dyn Target<T>) -> bool {
    let function = Function { direction: Direction::Forward, shape: Shape::Sigmoid };
    let long = inputs::long::<T>(9, 0.3, 67);
    let together = long.ask(function, target).unwrap_or_default();
    let alone = |i: usize| long.with_x(vec![long.x[i]]).ask(function, target).unwrap_or_default();
    (0..together.len()).any(|i| alone(i).first().map(|y| y.bits()) != Some(together[i].bits()))
}
