//! Where the inputs of the properties come from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::{Case, Penalty, Role};
use crate::Real;
use crate::inputs::{EDGES, Hard, LONG_EDGES, unit_at};

/// Values of one magnitude, zeros of both signs among them; the decade is usually 0.
fn values<T: Real>(length: usize) -> BoxedStrategy<Vec<T>> {
    // Squares of a few dozen, times λ, stay in range.
    let most = T::MAX.log10() / 2.0 - 4.0;
    let decade = prop_oneof![3 => Just(0.0), 1 => -most..most];
    let value = prop_oneof![
        6 => -2.0..2.0_f64,
        1 => prop::sample::select(&[0.0, -0.0, 1.0, -3.0][..]),
    ];
    (vec(value, length), decade)
        .prop_map(|(values, decade)| {
            values.into_iter().map(|v| T::from_f64(v * 10_f64.powf(decade))).collect()
        })
        .boxed()
}

/// A strength or a rate: usual ones, 0, any.
fn sizes() -> BoxedStrategy<f64> {
    prop_oneof![
        3 => prop::sample::select(&[1e-4, 1e-3, 0.01, 0.1, 0.25, 0.5, 1.0, 3.0][..]),
        1 => prop::sample::select(&[0.0, -0.0][..]),
        2 => (-6.0..2.0_f64).prop_map(|decade| 10_f64.powf(decade)),
    ]
    .boxed()
}

/// 1/√v of any v, and what a plain step has.
fn scales<T: Real>(length: usize) -> BoxedStrategy<Vec<T>> {
    let one = prop_oneof![
        3 => (-2.0..3.0_f64).prop_map(|decade| 10_f64.powf(decade)),
        1 => prop::sample::select(&[1.0, 0.0, -0.5][..]),
    ];
    vec(one.prop_map(T::from_f64), length).boxed()
}

fn roles() -> BoxedStrategy<Role> {
    prop_oneof![
        3 => Just(Role::Weight),
        2 => prop::sample::select(&[Role::Bias, Role::Scale, Role::Shift][..]),
    ]
    .boxed()
}

fn penalties() -> BoxedStrategy<Penalty> {
    prop::sample::select(&[Penalty::L1, Penalty::L2][..]).boxed()
}

fn networks<T: Real>() -> BoxedStrategy<Vec<(Role, Vec<T>)>> {
    let tensor = (0..=12_usize).prop_flat_map(|length| (roles(), values::<T>(length)));
    vec(tensor, 0..=5).boxed()
}

/// τ of the size of the weights, or exactly one of them.
fn threshold<T: Real>(w: &[T], size: f64) -> f64 {
    let first = w.first().map_or(0.0, |w| w.to_f64().abs());
    if size < 0.2 { first } else { size * w.iter().fold(0.0, |most, w| w.to_f64().abs().max(most)) }
}

/// A few weights of any magnitude.
pub(super) fn small<T: Real>() -> BoxedStrategy<Case<T>> {
    let lengths = prop_oneof![1..=9_usize, prop::sample::select(&EDGES[..])];
    let tensors = lengths.prop_flat_map(|n| (values::<T>(n), values::<T>(n), scales::<T>(n)));
    (tensors, (sizes(), sizes(), 0.0..1.2_f64), penalties(), networks::<T>())
        .prop_map(|((w, gradient, scale), (lambda, learning_rate, size), penalty, network)| Case {
            lambda,
            threshold: threshold(&w, size),
            learning_rate,
            w,
            gradient,
            scale,
            penalty,
            network,
        })
        .boxed()
}

/// No weight: and a network of empty tensors, or of biases.
pub(super) fn none<T: Real>() -> BoxedStrategy<Case<T>> {
    let unpenalised = |(role, values): (Role, Vec<T>)| match role {
        Role::Weight => (role, Vec::new()),
        _ => (role, values),
    };
    small()
        .prop_map(move |case| Case {
            w: Vec::new(),
            gradient: Vec::new(),
            scale: Vec::new(),
            network: case.network.into_iter().map(unpenalised).collect(),
            ..case
        })
        .boxed()
}

/// So many weights, from a formula; the network has them in three tensors, with a bias between.
pub(super) fn made<T: Real>(seed: u64, length: usize) -> Case<T> {
    let number = |which: u64, i: usize| unit_at(seed ^ (which << 60), i);
    let each = |value: &dyn Fn(usize) -> f64| -> Vec<T> {
        (0..length).map(|i| T::from_f64(value(i))).collect()
    };
    let case = Case {
        lambda: 0.3,
        threshold: 0.7,
        learning_rate: 0.1,
        w: each(&|i| number(1, i)),
        gradient: each(&|i| number(2, i) + 0.4),
        scale: each(&|i| number(3, i).abs() + 0.1),
        penalty: if seed.is_multiple_of(2) { Penalty::L2 } else { Penalty::L1 },
        network: Vec::new(),
    };
    in_parts(case)
}

/// The network made of the weights: three tensors, and a bias, a γ and a β between them.
pub(super) fn in_parts<T: Real>(case: Case<T>) -> Case<T> {
    let (first, last) = (case.w.len() / 3, case.w.len() - case.w.len() / 4);
    let other = |value: f64| vec![T::from_f64(value); 2];
    let network = vec![
        (Role::Weight, case.w[..first].to_vec()),
        (Role::Bias, other(3.5)),
        (Role::Weight, case.w[first..last].to_vec()),
        (Role::Scale, other(-2.5)),
        (Role::Shift, other(1.5)),
        (Role::Weight, case.w[last..].to_vec()),
    ];
    Case { network, ..case }
}

/// Weights around a block of a sum.
pub(super) fn long<T: Real>() -> BoxedStrategy<Case<T>> {
    (any::<u64>(), prop::sample::select(&LONG_EDGES[..]))
        .prop_map(|(seed, length)| made(seed, length))
        .boxed()
}

/// So many that threads take part.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    let lengths = prop::sample::select(&[100_003_usize, 65_537, 131_072][..]);
    (any::<u64>(), lengths).prop_map(|(seed, length)| made(seed, length)).boxed()
}

/// Weights near an end of the range, and a λ that brings the penalty back into it.
pub(super) fn hard<T: Real>() -> BoxedStrategy<Case<T>> {
    /// Those whose squares or sums leave the range, nearly do, or differ a lot.
    const KINDS: [Hard; 6] = [
        Hard::Largest,
        Hard::SquaresOverflow,
        Hard::SquaresUnderflow,
        Hard::OutlierHuge,
        Hard::OutlierTiny,
        Hard::Subnormal,
    ];
    let of = (prop::sample::select(&KINDS[..]), 0.0..1.0_f64, -3.0..3.0_f64);
    let lengths = prop_oneof![
        9 => prop::sample::select(&EDGES[..]),
        1 => prop::sample::select(&LONG_EDGES[..]),
    ];
    (any::<u64>(), lengths, of, penalties())
        .prop_map(|(seed, length, (hard, knob, decade), penalty)| {
            let made = made::<T>(seed, length);
            let value = |(k, w): (usize, &T)| T::from_f64(hard.value::<T>(k, w.to_f64(), knob));
            let w: Vec<T> = made.w.iter().enumerate().map(value).collect();
            let lambda = balancing(&w, penalty, decade);
            in_parts(Case { w, lambda, penalty, ..made })
        })
        .boxed()
}

/// A λ that makes the penalty 10^`decade` or so, as far as the range of `T` allows.
fn balancing<T: Real>(w: &[T], penalty: Penalty, decade: f64) -> f64 {
    let most = 0.95 * T::MAX.log10();
    let largest = w.iter().fold(T::MIN_SUBNORMAL, |most, w| w.to_f64().abs().max(most)).log10();
    let power = if penalty == Penalty::L1 { 1.0 } else { 2.0 };
    10_f64.powf((decade - power * largest).clamp(-most, most))
}
