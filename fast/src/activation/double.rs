//! Sigmoid, tanh and their derivatives for `f64`, one value at a time, in pairs.

use super::exponential::{Exponential, Scale};
use crate::pair::{Pair, sum};

/// Beyond it e⁻ᶻ times the largest `f64` is below half the smallest.
const FAR: f64 = 1500.0;
/// From 2|x| = 40 on tanh rounds to 1.
const SATURATED: f64 = 40.0;

const ONE: Pair = Pair { high: 1.0, low: 0.0 };

/// |x|·`times`, at most `most`, also where x is NaN.
#[inline(always)]
fn distance(x: f64, times: f64, most: f64) -> f64 {
    let z = x.abs() * times;
    if z < most { z } else { most }
}

/// `value`, or NaN where x is.
#[inline(always)]
fn unless_nan(x: f64, value: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { value }
}

/// 1/(1 + e⁻ˣ) within 1 ulp.
#[inline(always)]
pub(super) fn sigmoid(x: f64) -> f64 {
    let (t, scale) = Exponential::of_minus(distance(x, 1.0, FAR)).pair();
    let below = sum(1.0, t.high).plus(t.low);
    let (above, scale) = if x < 0.0 { (t, scale) } else { (ONE, Scale::ONE) };
    unless_nan(x, scale.times(above.over(below, 1.0 / below.high).rounded()))
}

/// dy·t/(1 + t)², t = e^−|x|, within 3 ulp.
#[inline(always)]
pub(super) fn sigmoid_backward(x: f64, dy: f64) -> f64 {
    let (derivative, scale) = derivative(distance(x, 1.0, FAR));
    unless_nan(x, scale.times(times(derivative, dy)))
}

/// (1 − T)/(1 + T), T = e^−2|x|, with the sign of x, within 1 ulp.
#[inline(always)]
pub(super) fn tanh(x: f64) -> f64 {
    let above = Exponential::of_minus(distance(x, 2.0, SATURATED)).one_minus_pair();
    let below = sum(2.0, -above.high).plus(-above.low);
    unless_nan(x, above.over(below, 1.0 / below.high).rounded().copysign(x))
}

/// dy·4T/(1 + T)² within 3 ulp.
#[inline(always)]
pub(super) fn tanh_backward(x: f64, dy: f64) -> f64 {
    let (derivative, scale) = derivative(distance(x, 2.0, FAR));
    unless_nan(x, scale.times(times(derivative.scaled(4.0), dy)))
}

/// t/(1 + t)², t = e⁻ᶻ, in two factors.
#[inline(always)]
fn derivative(z: f64) -> (Pair, Scale) {
    let (t, scale) = Exponential::of_minus(z).pair();
    let below = sum(1.0, t.high).plus(t.low);
    let inverse = 1.0 / below.high;
    (t.over(below, inverse).product(ONE.over(below, inverse)), scale)
}

/// dy times a pair, rounded once.
#[inline(always)]
fn times(pair: Pair, dy: f64) -> f64 {
    pair.high.mul_add(dy, pair.low * dy)
}

/// dy·y·(1 − y) within 1 ulp.
#[inline(always)]
pub(super) fn sigmoid_from_output(y: f64, dy: f64) -> f64 {
    unless_nan(y, times(sum(1.0, -y).times(y), dy))
}

/// dy·(1 − y)·(1 + y) within 1 ulp.
#[inline(always)]
pub(super) fn tanh_from_output(y: f64, dy: f64) -> f64 {
    unless_nan(y, times(sum(1.0, -y).product(sum(1.0, y)), dy))
}
