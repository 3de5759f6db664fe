//! Inputs of batch normalisation: ordinary, hard, long and degenerate.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::{Case, Variance};
use crate::inputs::{Hard, long_shape, parallel_shape, small_shape, unit_at, units, wide_shape};
use crate::{Real, Shape};

/// Everything but the batch itself, in units that [`Draw::case`] gives their meaning.
#[derive(Debug, Clone)]
struct Draw {
    shape: Shape,
    x: Vec<f64>,
    dy: Vec<f64>,
    /// Four numbers per channel: γ, β, given mean, given variance.
    parameters: Vec<f64>,
    epsilon: f64,
    weight_of_new: f64,
    convention: Variance,
}

impl Draw {
    /// The case whose value k of channel c is `value(k, c, z)`.
    fn case<T: Real>(&self, epsilon: f64, value: impl Fn(usize, usize, f64) -> f64) -> Case<T> {
        let shape = self.shape;
        let mut x = vec![T::from_f64(0.0); shape.len()];
        for c in 0..shape.channels {
            for k in 0..shape.per_channel() {
                let i = shape.index(k, c);
                x[i] = T::from_f64(value(k, c, self.x[i]));
            }
        }
        Case {
            shape,
            x,
            gamma: self.parameter(0, |z| z),
            beta: self.parameter(1, |z| z),
            epsilon,
            dy: self.dy.iter().map(|&z| T::from_f64(z)).collect(),
            mean: self.parameter(2, |z| z),
            variance: self.parameter(3, |z| 0.01 + z.abs()),
            weight_of_new: self.weight_of_new,
            convention: self.convention,
        }
    }

    fn parameter<T: Real>(&self, which: usize, map: impl Fn(f64) -> f64) -> Vec<T> {
        let one = |c: usize| T::from_f64(map(self.parameters[4 * c + which]));
        (0..self.shape.channels).map(one).collect()
    }
}

fn draws(shapes: BoxedStrategy<Shape>) -> impl Strategy<Value = Draw> {
    shapes.prop_flat_map(|shape| {
        let convention = prop_oneof![Just(Variance::Unbiased), Just(Variance::Biased)];
        let weight = prop_oneof![Just(0.1), Just(1.0), 0.0..1.0_f64];
        (
            units(shape.len()),
            units(shape.len()),
            units(4 * shape.channels),
            epsilons(),
            weight,
            convention,
        )
            .prop_map(move |(x, dy, parameters, epsilon, weight_of_new, convention)| {
                Draw { shape, x, dy, parameters, epsilon, weight_of_new, convention }
            })
    })
}

/// A draw of any length from a seed.
fn seeded_draws(shapes: BoxedStrategy<Shape>) -> impl Strategy<Value = Draw> {
    (shapes, any::<u64>(), epsilons()).prop_map(|(shape, seed, epsilon)| {
        let stream = |n: u64, count| (0..count).map(|i| unit_at(seed ^ (n << 60), i)).collect();
        Draw {
            shape,
            x: stream(1, shape.len()),
            dy: stream(2, shape.len()),
            parameters: stream(3, 4 * shape.channels),
            epsilon,
            weight_of_new: 0.1,
            convention: Variance::Unbiased,
        }
    })
}

/// ε in units of the variance: negligible, as usual, and as large as the variance.
fn epsilons() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1e-5), Just(1e-3), Just(0.1), Just(1.0), Just(10.0)]
}

/// A mean/std of 0 or from 1 to 10⁴, as a decimal exponent.
fn mean_decades() -> impl Strategy<Value = f64> {
    prop_oneof![Just(f64::NEG_INFINITY), Just(0.0), 0.0..4.0_f64]
}

/// Finite data with mean/std up to 10⁴ and any moderate scale; channels differ in both.
pub(super) fn ordinary<T: Real>() -> BoxedStrategy<Case<T>> {
    (draws(small_shape()), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// The same with around 4096 values per channel.
pub(super) fn long<T: Real>() -> BoxedStrategy<Case<T>> {
    (seeded_draws(long_shape()), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// The same on shapes that lie across every kind of piece.
pub(super) fn wide<T: Real>() -> BoxedStrategy<Case<T>> {
    (seeded_draws(wide_shape()), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// The same at any size whose squares the type can hold, or nearly.
pub(super) fn sized<T: Real>() -> BoxedStrategy<Case<T>> {
    let most = if T::DIGITS > 24 { 150.0 } else { 17.0 };
    (draws(small_shape()), 0.0..1.0_f64, -most..most).prop_map(scaled).boxed()
}

/// The same with at least eight blocks of 4096 values per channel.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    (seeded_draws(parallel_shape()), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

fn scaled<T: Real>((draw, decades, scale): (Draw, f64, f64)) -> Case<T> {
    let (mean, scale) = (10_f64.powf(decades), 10_f64.powf(scale));
    draw.case(draw.epsilon * scale * scale, |_, c, z| {
        // Neighbouring channels differ in location, sign and scale, so that mixing them shows.
        let sign = if c.is_multiple_of(2) { 1.0 } else { -1.0 };
        scale * (z + sign * mean) / (1.0 + c as f64)
    })
}

/// Few values per channel, mean/std up to 10: small enough for a difference quotient of every input.
pub(super) fn few<T: Real>() -> BoxedStrategy<Case<T>> {
    let shapes = prop_oneof![
        (3..=9_usize, 1..=2_usize).prop_map(|(m, d)| Shape::new(m, d, 1)),
        (1..=3_usize, 1..=2_usize, 3..=4_usize).prop_map(|(n, c, hw)| Shape::new(n, c, hw)),
    ];
    (draws(shapes.boxed()), -1.0..1.0_f64, -1.0..1.0_f64).prop_map(scaled).boxed()
}

/// As [`ordinary`] with mean/std at most 1 and every value, ε and c a multiple of 2⁻¹⁰:
/// shifting and scaling such data by small integers and powers of two is exact.
pub(super) fn dyadic<T: Real>() -> BoxedStrategy<Case<T>> {
    draws(small_shape())
        .prop_map(|draw| {
            let epsilon = (draw.epsilon * 1024.0).ceil() / 1024.0;
            draw.case(epsilon, |_, _, z| (z * 1024.0).round() / 1024.0)
        })
        .boxed()
}

/// A different hardship in every channel. ε is 1e-5 throughout, or 0 where the data allow it.
pub(super) fn hard<T: Real>() -> BoxedStrategy<Case<T>> {
    (draws(small_shape()), 0..Hard::ALL.len(), 0.0..1.0_f64).prop_map(hardened).boxed()
}

/// The same with around 4096 values per channel.
pub(super) fn hard_long<T: Real>() -> BoxedStrategy<Case<T>> {
    (seeded_draws(long_shape()), 0..Hard::ALL.len(), 0.0..1.0_f64).prop_map(hardened).boxed()
}

fn hardened<T: Real>((draw, first, knob): (Draw, usize, f64)) -> Case<T> {
    let epsilon = match draw.epsilon {
        usual if usual < 0.01 => 1e-5,
        middle if middle < 0.5 => 1e-300,
        _ => 0.0,
    };
    let draw = Draw { dy: pulled::<T>(&draw.dy, first), ..draw };
    draw.case(epsilon, |k, c, z| {
        Hard::ALL[(first + c) % Hard::ALL.len()].value::<T>(k, z, (knob + 0.37 * c as f64).fract())
    })
}

/// dy of an ordinary, a large or a small size.
fn pulled<T: Real>(dy: &[f64], which: usize) -> Vec<f64> {
    let decades = if T::DIGITS > 24 { 100 } else { 15 };
    let size = [1.0, 10_f64.powi(decades), 10_f64.powi(-decades)][which % 3];
    dy.iter().map(|dy| dy * size).collect()
}

/// Every channel constant, β not −0.0.
pub(super) fn constant<T: Real>() -> BoxedStrategy<Case<T>> {
    (draws(small_shape()), 0.0..1.0_f64)
        .prop_map(|(draw, knob)| {
            draw.case(1e-5, |_, c, _| {
                Hard::Constant.value::<T>(0, 0.0, (knob + 0.41 * c as f64).fract())
            })
        })
        .boxed()
}

/// Every channel the same small integer: its mean is exact in any order of any sound sum.
pub(super) fn small_integers<T: Real>() -> BoxedStrategy<Case<T>> {
    (draws(small_shape()), -8..=8_i32)
        .prop_map(|(draw, value)| draw.case(0.0, |_, _, _| f64::from(value)))
        .boxed()
}

/// One value per channel.
pub(super) fn single<T: Real>() -> BoxedStrategy<Case<T>> {
    let shapes = (1..=6_usize).prop_map(|d| Shape::new(1, d, 1)).boxed();
    (draws(shapes), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// Channels none, samples any.
pub(super) fn no_channel<T: Real>() -> BoxedStrategy<Case<T>> {
    let shapes = (1..=5_usize, 1..=3_usize).prop_map(|(n, hw)| Shape::new(n, 0, hw)).boxed();
    draws(shapes).prop_map(|draw| draw.case(1e-5, |_, _, z| z)).boxed()
}

/// Given statistics far from the data's scale: |mean| up to 10⁶ standard deviations, x beside it.
pub(super) fn given<T: Real>() -> BoxedStrategy<Case<T>> {
    (draws(small_shape()), mean_decades(), -3.0..3.0_f64)
        .prop_map(|(draw, decades, scale)| {
            let far = 100.0 * 10_f64.powf(decades.max(-1.0));
            let scale = 10_f64.powf(scale);
            let mut case: Case<T> =
                draw.case(draw.epsilon * scale * scale, |_, _, z| scale * (z + far));
            for c in 0..case.shape.channels {
                let given = case.mean[c].to_f64();
                case.mean[c] = T::from_f64(scale * (far + given));
                case.variance[c] = T::from_f64(scale * scale * case.variance[c].to_f64());
            }
            case
        })
        .boxed()
}
