//! Where the inputs of the properties come from: a sketch of few numbers, which is all that shrinks; the
//! values are a formula of its seed.

mod fixed;
mod sketch;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::{Case, Rule};
use crate::Real;
use crate::activation::Curve;
use crate::regularization::Penalty;

use fixed::{apart, everything};
use sketch::{Piece, Sketch};

pub(super) use fixed::{far_apart, many, one_of_everything, probes};

fn curves() -> BoxedStrategy<Curve> {
    let all = [
        Curve::Relu,
        Curve::Tanh,
        Curve::Sigmoid,
        Curve::LeakyRelu { slope: 0.1 },
        Curve::LeakyRelu { slope: 0.5 },
    ];
    select(all.to_vec()).boxed()
}

fn epsilons() -> BoxedStrategy<f64> {
    prop_oneof![6 => select(&[1e-5, 1e-3, 0.1, 1e-8][..]), 1 => Just(0.0)].boxed()
}

fn batch_norms() -> BoxedStrategy<Piece> {
    (epsilons(), select(&[0.1, 0.3, 0.5, 0.9, 1.0, 0.0][..]))
        .prop_map(|(epsilon, weight_of_new)| Piece::BatchNorm { epsilon, weight_of_new })
        .boxed()
}

fn layer_norms() -> BoxedStrategy<Piece> {
    epsilons().prop_map(|epsilon| Piece::LayerNorm { epsilon }).boxed()
}

fn dense() -> BoxedStrategy<Piece> {
    (1..=5_usize).prop_map(Piece::Dense).boxed()
}

fn dropouts() -> BoxedStrategy<Piece> {
    let usual = select(&[0.5, 0.2, 0.25, 0.8, 1.0 / 3.0][..]);
    prop_oneof![8 => usual, 1 => select(&[0.0, 1.0][..])].prop_map(Piece::Dropout).boxed()
}

/// One to six layers: mostly dense first, anything after.
fn stacks() -> BoxedStrategy<Vec<Piece>> {
    let any = || {
        prop_oneof![
            4 => dense(),
            4 => curves().prop_map(Piece::Curve),
            2 => batch_norms(),
            2 => layer_norms(),
            2 => dropouts(),
        ]
    };
    let first = prop_oneof![3 => dense(), 1 => any()];
    (first, vec(any(), 0..=5)).prop_map(|(first, others)| [vec![first], others].concat()).boxed()
}

fn scales() -> BoxedStrategy<f64> {
    prop_oneof![6 => Just(1.0), 1 => Just(4.0), 1 => Just(0.125)].boxed()
}

fn rules(lambdas: &'static [f64], thresholds: &'static [f64]) -> BoxedStrategy<Rule> {
    let rates = select(&[0.1, 0.5, 0.01, 1.0, 0.3][..]);
    let penalties = select(&[Penalty::L2, Penalty::L1][..]);
    (rates, penalties, select(lambdas), select(thresholds))
        .prop_map(|(learning_rate, penalty, lambda, threshold)| Rule {
            learning_rate,
            penalty,
            lambda,
            threshold,
        })
        .boxed()
}

const UNLIMITED: &[f64] = &[f64::INFINITY];
const LIMITS: &[f64] = &[0.25, 0.05, 0.5, 1.0, 0.1, 8.0, f64::INFINITY, 0.0];
const LAMBDAS: &[f64] = &[0.1, 0.01, 0.5, 0.3, 1.0];

fn any_rule() -> BoxedStrategy<Rule> {
    rules(&[0.0, 0.1, 0.01, 0.5], LIMITS)
}

/// Networks of these pieces, this goal or either, and this rule.
fn sketches(
    pieces: BoxedStrategy<Vec<Piece>>,
    goals: BoxedStrategy<bool>,
    rules: BoxedStrategy<Rule>,
) -> BoxedStrategy<Sketch> {
    let sizes = (1..=5_usize, 1..=5_usize);
    (pieces, sizes, goals, rules, (any::<u64>(), any::<bool>(), scales()))
        .prop_map(|(pieces, (inputs, rows), classes, rule, (seed, fine, scale))| Sketch {
            pieces,
            inputs,
            rows,
            classes,
            rule,
            seed,
            fine,
            scale,
        })
        .boxed()
}

fn either() -> BoxedStrategy<bool> {
    any::<bool>().boxed()
}

fn made<T: Real>(sketches: BoxedStrategy<Sketch>) -> BoxedStrategy<Case<T>> {
    sketches.prop_map(|sketch| sketch.case()).boxed()
}

/// Whole networks, with everything.
pub(super) fn whole<T: Real>() -> BoxedStrategy<Case<T>> {
    made(sketches(stacks(), either(), any_rule()))
}

/// Whole networks with target values.
pub(super) fn towards_values<T: Real>() -> BoxedStrategy<Case<T>> {
    made(sketches(stacks(), Just(false).boxed(), any_rule()))
}

/// Whole networks with classes.
pub(super) fn towards_classes<T: Real>() -> BoxedStrategy<Case<T>> {
    made(sketches(stacks(), Just(true).boxed(), any_rule()))
}

/// One or two dense layers.
pub(super) fn of_dense<T: Real>() -> BoxedStrategy<Case<T>> {
    made(sketches(vec(dense(), 1..=2).boxed(), either(), any_rule()))
}

/// Dense layers with classes and biases to which 3.25 can be added without a rounding.
pub(super) fn logits<T: Real>() -> BoxedStrategy<Case<T>> {
    let last = (2..=5_usize).prop_map(Piece::Dense);
    let pieces = (vec(dense(), 0..=1), last).prop_map(|(mut all, last)| {
        all.push(last);
        all
    });
    sketches(pieces.boxed(), Just(true).boxed(), any_rule())
        .prop_map(|sketch| Sketch { fine: false, scale: 1.0, ..sketch }.case())
        .boxed()
}

/// One layer that has parameters, alone or behind a dense layer.
pub(super) fn alone<T: Real>() -> BoxedStrategy<Case<T>> {
    let one = prop_oneof![dense(), batch_norms(), layer_norms()];
    let pieces = (vec(dense(), 0..=1), one).prop_map(|(mut all, one)| {
        all.push(one);
        all
    });
    made(sketches(pieces.boxed(), either(), any_rule()))
}

/// Whole networks and a step with a penalty alone.
pub(super) fn penalised<T: Real>() -> BoxedStrategy<Case<T>> {
    made(sketches(stacks(), either(), rules(LAMBDAS, UNLIMITED)))
}

/// Whole networks and a step with a threshold.
pub(super) fn clipped<T: Real>() -> BoxedStrategy<Case<T>> {
    made(sketches(stacks(), either(), rules(&[0.0, 0.1, 0.5, 1.0], LIMITS)))
}

/// Whole networks and a plain step.
pub(super) fn plain<T: Real>() -> BoxedStrategy<Case<T>> {
    made(sketches(stacks(), either(), rules(&[0.0], UNLIMITED)))
}

/// Whole networks with a batch norm behind the first layer.
pub(super) fn with_batch_norm<T: Real>() -> BoxedStrategy<Case<T>> {
    let pieces = (batch_norms(), stacks()).prop_map(|(norm, mut all)| {
        all.insert(1, norm);
        all
    });
    made(sketches(pieces.boxed(), either(), any_rule()))
}

/// A dense layer whose biases put the logits thousands apart, alone or behind a small network.
pub(super) fn saturated<T: Real>() -> BoxedStrategy<Case<T>> {
    let pieces = (vec(dense(), 0..=1), 2..=5_usize).prop_map(|(mut all, last)| {
        all.push(Piece::Dense(last));
        all
    });
    let all = sketches(pieces.boxed(), Just(true).boxed(), rules(&[0.0], UNLIMITED));
    (all, select(&[1e4, 3e3, 800.0, -1e4][..]))
        .prop_map(|(sketch, size)| apart(&Sketch { scale: 1.0, ..sketch }, size))
        .boxed()
}

/// A network that has everything an argument may be wrong of.
pub(super) fn complete<T: Real>() -> BoxedStrategy<Case<T>> {
    let pieces = (1..=4_usize, 1..=3_usize, any::<bool>())
        .prop_map(|(first, last, swapped)| everything(first, last, swapped));
    made(sketches(pieces.boxed(), either(), any_rule()))
}

/// Wider than every block and lane of a product.
pub(super) fn wide<T: Real>() -> BoxedStrategy<Case<T>> {
    let norms = prop_oneof![batch_norms(), layer_norms()];
    (norms, curves(), either(), any_rule(), any::<u64>(), select(&[70_usize, 33, 17][..]))
        .prop_map(|(norm, curve, classes, rule, seed, rows)| {
            let pieces = vec![
                Piece::Dense(40),
                norm,
                Piece::Curve(curve),
                Piece::Dropout(0.25),
                Piece::Dense(17),
            ];
            let rest = (33, 1.0, true);
            let (inputs, scale, fine) = rest;
            Sketch { pieces, inputs, rows, classes, rule, seed, fine, scale }.case()
        })
        .boxed()
}

/// So many rows that threads take part.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    (any::<u64>(), select(&[1031_usize, 2053][..]))
        .prop_map(|(seed, rows)| many(seed, rows, 64))
        .boxed()
}
