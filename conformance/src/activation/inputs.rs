//! Where the inputs of the properties come from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::Case;
use crate::Real;
use crate::inputs::unit_at;
use crate::stream::lengths;

/// Values at which an implementation may change its formula.
const SEAMS: [f64; 10] = [0.0, -0.0, 0.25, 0.5, 0.625, 1.0, 2.0, 4.0, 8.0, 16.0];

fn signed(size: impl Strategy<Value = f64> + 'static) -> BoxedStrategy<f64> {
    (size, any::<bool>()).prop_map(|(size, minus)| if minus { -size } else { size }).boxed()
}

/// Sizes from 2^`lowest` to 2^`highest`, evenly in the exponent.
fn sizes(lowest: f64, highest: f64) -> BoxedStrategy<f64> {
    (lowest..highest).prop_map(f64::exp2).boxed()
}

/// A seam, or a few numbers beside it.
fn near_seams<T: Real>() -> BoxedStrategy<f64> {
    let seam = prop::sample::select(&SEAMS[..]);
    (seam, -3..=3_i32)
        .prop_map(|(seam, steps)| seam * (1.0 + f64::from(steps) * 2.0 * T::UNIT_ROUNDOFF))
        .boxed()
}

/// Where the curves bend, and tiny numbers.
fn bent<T: Real>() -> BoxedStrategy<f64> {
    prop_oneof![
        6 => -10.0..10.0_f64,
        2 => signed(near_seams::<T>()),
        1 => signed(sizes(-30.0, 3.0)),
    ]
    .boxed()
}

/// ln of the largest number: e to more than that is beyond the type.
fn log_of_largest<T: Real>() -> f64 {
    T::MAX.ln()
}

/// Everywhere: saturated, at both ends of the exponential, tiny, huge.
fn anything<T: Real>() -> BoxedStrategy<f64> {
    let far = log_of_largest::<T>();
    prop_oneof![
        3 => bent::<T>(),
        3 => signed(0.0..1.2 * far),
        1 => signed(far - 3.0..far + 18.0),
        1 => signed((far - 3.0) / 2.0..far / 2.0 + 9.0),
        1 => signed(sizes(T::MIN_SUBNORMAL.log2(), T::MAX.log2())),
    ]
    .boxed()
}

fn gradients() -> BoxedStrategy<f64> {
    prop_oneof![6 => -2.0..2.0_f64, 1 => signed(sizes(-20.0, 20.0)), 1 => Just(1.0)].boxed()
}

/// Also gradients of any size.
fn any_gradients<T: Real>() -> BoxedStrategy<f64> {
    let all = signed(sizes(T::MIN_SUBNORMAL.log2(), T::MAX.log2() - 2.0));
    prop_oneof![3 => gradients(), 1 => all].boxed()
}

fn slopes() -> BoxedStrategy<f64> {
    prop_oneof![
        4 => prop::sample::select(&[0.01, 0.1, 0.2, 0.3, 0.25][..]),
        1 => prop::sample::select(&[1.0, 2.5, 1e-30][..]),
        2 => 0.001..1.0_f64,
    ]
    .boxed()
}

fn cases<T: Real>(
    slopes: BoxedStrategy<f64>,
    lengths: BoxedStrategy<usize>,
    x: fn() -> BoxedStrategy<f64>,
    dy: fn() -> BoxedStrategy<f64>,
) -> BoxedStrategy<Case<T>> {
    let values = |one: BoxedStrategy<f64>, n| vec(one.prop_map(T::from_f64), n);
    let tensors = lengths.prop_flat_map(move |n| {
        (values(x(), n), values(dy(), n), values((-1.0..=1.0_f64).boxed(), n))
    });
    (slopes, tensors).prop_map(|(slope, (x, dy, y))| Case { slope, x, dy, y }).boxed()
}

/// Small tensors where the curves bend.
pub(super) fn ordinary<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(slopes(), (1..=12_usize).boxed(), bent::<T>, gradients)
}

/// Small tensors with numbers of any kind.
pub(super) fn hard<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(slopes(), (1..=12_usize).boxed(), anything::<T>, any_gradients::<T>)
}

/// Small tensors of which half lie where a formula may change.
pub(super) fn at_seams<T: Real>() -> BoxedStrategy<Case<T>> {
    fn x<T: Real>() -> BoxedStrategy<f64> {
        prop_oneof![signed(near_seams::<T>()), anything::<T>()].boxed()
    }
    cases(slopes(), (1..=12_usize).boxed(), x::<T>, gradients)
}

/// Slopes that are unusual: negative, 0.
pub(super) fn any_slope<T: Real>() -> BoxedStrategy<Case<T>> {
    let slopes = prop_oneof![1 => Just(0.0), 3 => -2.0..2.0_f64, 1 => slopes()];
    cases(slopes.boxed(), (1..=12_usize).boxed(), bent::<T>, gradients)
}

/// Lengths around those of lanes.
pub(super) fn of_lanes<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(slopes(), lengths(), anything::<T>, any_gradients::<T>)
}

/// No element.
pub(super) fn none<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(slopes(), Just(0).boxed(), bent::<T>, gradients)
}

/// So many values that threads take part, from a formula.
pub(super) fn long<T: Real>(seed: u64, slope: f64, length: usize) -> Case<T> {
    let tensor = |which: u64, factor: f64| {
        let value = |i| T::from_f64(factor * unit_at(seed ^ (which << 60), i));
        (0..length).map(value).collect()
    };
    Case { slope, x: tensor(1, 4.0), dy: tensor(2, 1.0), y: tensor(3, 0.5) }
}

/// So many that threads take part.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    let lengths = prop::sample::select(&[100_003_usize, 65_537, 131_072][..]);
    (any::<u64>(), slopes(), lengths).prop_map(|(seed, slope, n)| long(seed, slope, n)).boxed()
}
