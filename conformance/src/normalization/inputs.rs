//! Inputs of a normalisation: ordinary, hard, long and degenerate.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::{Case, Kind};
use crate::inputs::{Hard, unit_at, units};
use crate::{Real, Shape};

/// The shapes that inputs of a normalisation have.
pub struct Shapes {
    /// Groups of 2 to 67 values, few of them, in all layouts.
    pub small: BoxedStrategy<Shape>,
    /// Groups around one block.
    pub long: BoxedStrategy<Shape>,
    /// Several thousand values that lie across every kind of piece.
    pub wide: BoxedStrategy<Shape>,
    /// So large that a second thread wakes up before the first has done all the work.
    pub parallel: BoxedStrategy<Shape>,
    /// Groups of 3 to 12 values: small enough for a difference quotient of every input.
    pub few: BoxedStrategy<Shape>,
    /// Groups of one value.
    pub single: BoxedStrategy<Shape>,
    /// No group at all.
    pub none: BoxedStrategy<Shape>,
}

/// Everything but the batch itself, in units that [`Draw::case`] gives their meaning.
#[derive(Debug, Clone)]
struct Draw {
    shape: Shape,
    x: Vec<f64>,
    dy: Vec<f64>,
    gamma: Vec<f64>,
    beta: Vec<f64>,
    /// For what only one kind takes: two numbers per channel.
    pairs: Vec<[f64; 2]>,
    epsilon: f64,
    weight: f64,
    choice: bool,
}

impl Draw {
    /// The case whose value k of group g is `value(k, g, z)`.
    fn case<T: Real, K: Kind>(
        &self,
        epsilon: f64,
        value: impl Fn(usize, usize, f64) -> f64,
    ) -> Case<T, K> {
        let round = |values: &[f64]| values.iter().map(|&z| T::from_f64(z)).collect::<Vec<T>>();
        let mut case = Case {
            shape: self.shape,
            x: round(&self.x),
            gamma: round(&self.gamma),
            beta: round(&self.beta),
            epsilon,
            dy: round(&self.dy),
            own: K::own(&self.pairs, self.weight, self.choice),
        };
        let groups = case.groups();
        for i in 0..self.shape.len() {
            case.x[i] = T::from_f64(value(groups.place_of(i), groups.of(i), self.x[i]));
        }
        case
    }
}

fn draws(shapes: BoxedStrategy<Shape>) -> impl Strategy<Value = Draw> {
    shapes.prop_flat_map(|shape| {
        let weight = prop_oneof![Just(0.1), Just(1.0), 0.0..1.0_f64];
        let channels = shape.channels;
        let pairs = proptest::collection::vec([-2.0..2.0_f64, -2.0..2.0], channels);
        let parameters = (units(channels), units(channels), pairs, weight, any::<bool>());
        (units(shape.len()), units(shape.len()), epsilons(), parameters).prop_map(
            move |(x, dy, epsilon, (gamma, beta, pairs, weight, choice))| Draw {
                shape,
                x,
                dy,
                gamma,
                beta,
                pairs,
                epsilon,
                weight,
                choice,
            },
        )
    })
}

/// A draw of any length from a seed.
fn seeded_draws(shapes: BoxedStrategy<Shape>) -> impl Strategy<Value = Draw> {
    (shapes, any::<u64>(), epsilons()).prop_map(|(shape, seed, epsilon)| {
        let number = |n: u64, i| unit_at(seed ^ (n << 60), i);
        let stream = |n: u64, count| (0..count).map(|i| number(n, i)).collect();
        Draw {
            shape,
            x: stream(1, shape.len()),
            dy: stream(2, shape.len()),
            gamma: stream(3, shape.channels),
            beta: stream(4, shape.channels),
            pairs: (0..shape.channels).map(|c| [number(5, c), number(6, c)]).collect(),
            epsilon,
            weight: 0.1,
            choice: true,
        }
    })
}

/// ε in units of the variance: negligible, as usual, and as large as the variance.
fn epsilons() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1e-5), Just(1e-3), Just(0.1), Just(1.0), Just(10.0)]
}

/// A mean/std of 0 or from 1 to 10⁴, as a decimal exponent.
pub(crate) fn mean_decades() -> impl Strategy<Value = f64> {
    prop_oneof![Just(f64::NEG_INFINITY), Just(0.0), 0.0..4.0_f64]
}

/// Numbers between −2 and 2.
pub(crate) fn plain<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    draws(K::shapes().small).prop_map(|draw| draw.case(draw.epsilon, |_, _, z| z)).boxed()
}

/// Finite data with mean/std up to 10⁴ and any moderate scale; groups differ in both.
pub(crate) fn ordinary<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (draws(K::shapes().small), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// The same with around 4096 values per group.
pub(crate) fn long<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (seeded_draws(K::shapes().long), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// The same on shapes that lie across every kind of piece.
pub(crate) fn wide<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (seeded_draws(K::shapes().wide), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// The same at any size whose squares the type can hold, or nearly.
pub(crate) fn sized<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    let most = if T::DIGITS > 24 { 150.0 } else { 17.0 };
    (draws(K::shapes().small), 0.0..1.0_f64, -most..most).prop_map(scaled).boxed()
}

/// The same on shapes that a second thread takes part of.
pub(crate) fn parallel<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (seeded_draws(K::shapes().parallel), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// After so many groups the scales begin anew, or many rows would be many tiny ones. A prime, so that
/// no two lanes that a kernel could mix up are alike.
const GROUPS: usize = 61;

fn scaled<T: Real, K: Kind>((draw, decades, scale): (Draw, f64, f64)) -> Case<T, K> {
    let (mean, scale) = (10_f64.powf(decades), 10_f64.powf(scale));
    draw.case(draw.epsilon * scale * scale, |_, g, z| {
        // Neighbouring groups differ in location, sign and scale, so that mixing them shows.
        let sign = if g.is_multiple_of(2) { 1.0 } else { -1.0 };
        scale * (z + sign * mean) / (1.0 + (g % GROUPS) as f64)
    })
}

/// Few values per group, mean/std up to 10: small enough for a difference quotient of every input.
pub(crate) fn few<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (draws(K::shapes().few), -1.0..1.0_f64, -1.0..1.0_f64).prop_map(scaled).boxed()
}

/// As [`ordinary`] with mean/std at most 1 and every value, ε and c a multiple of 2⁻¹⁰:
/// shifting and scaling such data by small integers and powers of two is exact.
pub(crate) fn dyadic<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    draws(K::shapes().small)
        .prop_map(|draw| {
            let epsilon = (draw.epsilon * 1024.0).ceil() / 1024.0;
            draw.case(epsilon, |_, _, z| (z * 1024.0).round() / 1024.0)
        })
        .boxed()
}

/// A different hardship in every group. ε is 1e-5 throughout, or 0 where the data allow it.
pub(crate) fn hard<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (draws(K::shapes().small), 0..Hard::ALL.len(), 0.0..1.0_f64).prop_map(hardened).boxed()
}

/// The same with around 4096 values per group.
pub(crate) fn hard_long<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (seeded_draws(K::shapes().long), 0..Hard::ALL.len(), 0.0..1.0_f64).prop_map(hardened).boxed()
}

fn hardened<T: Real, K: Kind>((draw, first, knob): (Draw, usize, f64)) -> Case<T, K> {
    let epsilon = match draw.epsilon {
        usual if usual < 0.01 => 1e-5,
        middle if middle < 0.5 => 1e-300,
        _ => 0.0,
    };
    let draw = Draw { dy: pulled::<T>(&draw.dy, first), ..draw };
    draw.case(epsilon, |k, g, z| {
        Hard::ALL[(first + g) % Hard::ALL.len()].value::<T>(k, z, (knob + 0.37 * g as f64).fract())
    })
}

/// dy of an ordinary, a large or a small size.
fn pulled<T: Real>(dy: &[f64], which: usize) -> Vec<f64> {
    let decades = if T::DIGITS > 24 { 100 } else { 15 };
    let size = [1.0, 10_f64.powi(decades), 10_f64.powi(-decades)][which % 3];
    dy.iter().map(|dy| dy * size).collect()
}

/// Every group constant, β not −0.0.
pub(crate) fn constant<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (draws(K::shapes().small), 0.0..1.0_f64)
        .prop_map(|(draw, knob)| {
            draw.case(1e-5, |_, g, _| {
                Hard::Constant.value::<T>(0, 0.0, (knob + 0.41 * g as f64).fract())
            })
        })
        .boxed()
}

/// Every group the same small integer: its mean is exact in any order of any sound sum.
pub(crate) fn small_integers<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (draws(K::shapes().small), -8..=8_i32)
        .prop_map(|(draw, value)| draw.case(0.0, |_, _, _| f64::from(value)))
        .boxed()
}

/// Groups of one value.
pub(crate) fn single<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    (draws(K::shapes().single), mean_decades(), -3.0..3.0_f64).prop_map(scaled).boxed()
}

/// No group at all.
pub(crate) fn none<T: Real, K: Kind>() -> BoxedStrategy<Case<T, K>> {
    draws(K::shapes().none).prop_map(|draw| draw.case(1e-5, |_, _, z| z)).boxed()
}
