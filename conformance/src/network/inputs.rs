//! Where the inputs of the properties come from: a sketch of few numbers, which is all that shrinks; the
//! values are a formula of its seed.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::{Case, GoalValues, Layer, Plan, Rule};
use crate::Real;
use crate::activation::Curve;
use crate::inputs::unit_at;
use crate::regularization::Penalty;

/// A layer that takes the width that comes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece {
    Dense(usize),
    BatchNorm { epsilon: f64, weight_of_new: f64 },
    LayerNorm { epsilon: f64 },
    Curve(Curve),
    Dropout(f64),
}

/// All that a case is made of.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    pub(super) pieces: Vec<Piece>,
    pub(super) inputs: usize,
    pub(super) rows: usize,
    pub(super) classes: bool,
    pub(super) rule: Rule,
    pub(super) seed: u64,
    /// Full significands; multiples of 1/64 where not.
    pub(super) fine: bool,
    /// What weights and data are multiplied with.
    pub(super) scale: f64,
}

/// More dense layers are left out.
const MOST_DENSE: usize = 3;

impl Sketch {
    /// The layers, each as wide as what reaches it; something in it says how wide.
    fn layers(&self) -> Vec<Layer> {
        let (mut width, mut dense) = (self.inputs, 0);
        let mut layers = Vec::new();
        for piece in &self.pieces {
            layers.push(match *piece {
                Piece::Dense(_) if dense == MOST_DENSE => continue,
                Piece::Dense(outputs) => {
                    dense += 1;
                    Layer::Dense { inputs: std::mem::replace(&mut width, outputs), outputs }
                }
                Piece::BatchNorm { epsilon, weight_of_new } => {
                    Layer::BatchNorm { width, epsilon, weight_of_new }
                }
                Piece::LayerNorm { epsilon } => Layer::LayerNorm { width, epsilon },
                Piece::Curve(curve) => Layer::Activation(curve),
                Piece::Dropout(drop_probability) => Layer::Dropout { drop_probability },
            });
        }
        if layers.iter().all(|layer| layer.asks_for().is_none()) {
            layers.push(Layer::Dense { inputs: width, outputs: 2 });
        }
        layers
    }

    /// The `i`-th number of a kind, between −2 and 2.
    fn number(&self, which: u64, i: usize) -> f64 {
        let number = unit_at(self.seed ^ (which << 58), i);
        // No −0: adding +0 makes +0 of it.
        if self.fine { number } else { (number * 64.0).round() / 64.0 + 0.0 }
    }

    fn numbers<T: Real>(&self, which: u64, count: usize, scale: f64) -> Vec<T> {
        (0..count).map(|i| T::from_f64(scale * self.number(which, i))).collect()
    }

    pub(super) fn case<T: Real>(&self) -> Case<T> {
        let layers = self.layers();
        let plan = Plan::of(&layers).expect("each layer is as wide as what reaches it");
        let rows = self.rows.max(if plan.needs_two_rows { 2 } else { 1 });
        let outputs = plan.outputs();
        let class = |i: usize| (unit_at(self.seed ^ (9 << 58), i) * 1e6).abs() as usize % outputs;
        let goal = match self.classes {
            true => GoalValues::Classes((0..rows).map(class).collect()),
            false => GoalValues::Values(self.numbers(4, rows * outputs, 1.0)),
        };
        Case {
            parameters: self.parameters(&layers),
            statistics: self.statistics(&layers),
            x: self.numbers(3, rows * plan.inputs(), self.scale),
            keep: self.keep(&layers, &plan, rows),
            rule: self.rule,
            rows,
            goal,
            layers,
        }
    }

    fn parameters<T: Real>(&self, layers: &[Layer]) -> Vec<T> {
        let mut all: Vec<T> = Vec::new();
        for layer in layers {
            for k in 0..layer.parameters() {
                let number = self.number(1, all.len());
                all.push(T::from_f64(match layer {
                    Layer::Dense { inputs, outputs } if k < inputs * outputs => {
                        let spread = 2.0_f64.powi(-(inputs.ilog2() as i32) / 2);
                        self.scale * number * spread
                    }
                    Layer::Dense { .. } => self.scale * number / 2.0,
                    // Around 1, and around 0.
                    layer if k < layer.parameters() / 2 => 1.0 + number / 4.0,
                    _ => number / 4.0,
                }));
            }
        }
        all
    }

    /// Running means around 0, running variances above it.
    fn statistics<T: Real>(&self, layers: &[Layer]) -> Vec<T> {
        let mut all = Vec::new();
        for layer in layers {
            let count = layer.statistics();
            for k in 0..count {
                let number = self.number(2, all.len());
                let value = if k < count / 2 { number / 2.0 } else { 0.25 + number.abs() };
                all.push(T::from_f64(value));
            }
        }
        all
    }

    /// Each flag with its layer's own probability.
    fn keep(&self, layers: &[Layer], plan: &Plan, rows: usize) -> Vec<bool> {
        let mut all = Vec::new();
        for (layer, width) in layers.iter().zip(&plan.widths) {
            if let Layer::Dropout { drop_probability } = layer {
                let share = |i: usize| unit_at(self.seed ^ (8 << 58), i) / 4.0 + 0.5;
                let first = all.len();
                all.extend((0..rows * width).map(|i| share(first + i) >= *drop_probability));
            }
        }
        all
    }
}

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

/// Whole networks whose first layer but a dense one is a batch norm.
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

/// The last biases times a large number.
fn apart<T: Real>(sketch: &Sketch, size: f64) -> Case<T> {
    let mut case = sketch.case();
    let (outputs, all) = (Plan::of(&case.layers).map_or(0, |p| p.outputs()), case.parameters.len());
    for (j, bias) in case.parameters[all - outputs..].iter_mut().enumerate() {
        *bias = T::from_f64(size * unit_at(sketch.seed ^ (7 << 58), j));
    }
    case
}

/// Logits thousands apart, always the same.
pub(super) fn far_apart<T: Real>() -> Case<T> {
    let rule =
        Rule { learning_rate: 0.1, penalty: Penalty::L2, lambda: 0.0, threshold: f64::INFINITY };
    let pieces = vec![Piece::Dense(4)];
    let (inputs, rows, classes, seed, fine, scale) = (3, 4, true, 5, true, 1.0);
    apart(&Sketch { pieces, inputs, rows, classes, rule, seed, fine, scale }, 1e4)
}

/// A network that has everything an argument may be wrong of.
pub(super) fn complete<T: Real>() -> BoxedStrategy<Case<T>> {
    let pieces = (1..=4_usize, 1..=3_usize, any::<bool>())
        .prop_map(|(first, last, swapped)| everything(first, last, swapped));
    made(sketches(pieces.boxed(), either(), any_rule()))
}

/// One layer of each kind between two dense ones.
fn everything(first: usize, last: usize, swapped: bool) -> Vec<Piece> {
    let mut all = vec![
        Piece::Dense(first),
        Piece::BatchNorm { epsilon: 1e-3, weight_of_new: 0.3 },
        Piece::Curve(Curve::LeakyRelu { slope: 0.1 }),
        Piece::Dropout(0.25),
        Piece::LayerNorm { epsilon: 0.1 },
    ];
    if swapped {
        all.swap(1, 4);
    }
    all.push(Piece::Dense(last));
    all
}

/// One such network, always the same.
pub(super) fn one_of_everything<T: Real>() -> Case<T> {
    let rule = Rule { learning_rate: 0.1, penalty: Penalty::L2, lambda: 0.1, threshold: 0.5 };
    let (inputs, rows, classes, seed, fine, scale) = (3, 4, true, 6, true, 1.0);
    let pieces = everything(4, 3, false);
    Sketch { pieces, inputs, rows, classes, rule, seed, fine, scale }.case()
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

/// Many rows of a network with every kind of layer.
pub(super) fn many<T: Real>(seed: u64, rows: usize, width: usize) -> Case<T> {
    let pieces = vec![
        Piece::Dense(width),
        Piece::BatchNorm { epsilon: 1e-5, weight_of_new: 0.1 },
        Piece::Curve(Curve::Tanh),
        Piece::Dropout(0.25),
        Piece::Dense(width / 2),
        Piece::LayerNorm { epsilon: 1e-5 },
        Piece::Curve(Curve::Relu),
        Piece::Dense(10),
    ];
    let rule = Rule { learning_rate: 0.1, penalty: Penalty::L2, lambda: 0.01, threshold: 0.5 };
    let (inputs, scale, fine, classes) = (width, 1.0, true, true);
    Sketch { pieces, inputs, rows, classes, rule, seed, fine, scale }.case()
}

/// The cases that diagnosis asks: each kind of layer alone, and whole networks, so that every mistake shows in some.
pub(super) fn probes<T: Real>() -> Vec<Case<T>> {
    use Piece::{Dense, Dropout};
    let (batch, layer) = (
        Piece::BatchNorm { epsilon: 1e-3, weight_of_new: 0.3 },
        Piece::LayerNorm { epsilon: 1e-3 },
    );
    let [relu, tanh, sigmoid, leaky] =
        [Curve::Relu, Curve::Tanh, Curve::Sigmoid, Curve::LeakyRelu { slope: 0.1 }]
            .map(Piece::Curve);
    let stacks = [
        vec![Dense(3)],
        vec![Dense(4), Dense(3)],
        vec![Dense(3), batch],
        vec![Dense(4), layer],
        vec![Dense(4), Dropout(0.25)],
        vec![Dense(4), batch, relu, Dense(3)],
        vec![Dense(5), sigmoid, Dropout(0.5), Dense(3)],
        vec![Dense(5), layer, tanh, Dense(4), batch, leaky, Dense(2)],
    ];
    let rules = [(0.0, f64::INFINITY), (0.3, f64::INFINITY), (0.0, 0.1), (0.3, 0.1)];
    let mut all = Vec::new();
    for (k, pieces) in stacks.into_iter().enumerate() {
        for classes in [true, false] {
            let (lambda, threshold) = rules[(k + usize::from(classes)) % rules.len()];
            let penalty = if all.len() % 3 == 0 { Penalty::L1 } else { Penalty::L2 };
            let rule = Rule { learning_rate: 0.3, penalty, lambda, threshold };
            let (inputs, rows, seed) = (2 + k % 3, 4, 40 + all.len() as u64);
            let pieces = pieces.clone();
            let (fine, scale) = (true, 1.0);
            all.push(Sketch { pieces, inputs, rows, classes, rule, seed, fine, scale }.case());
        }
    }
    all
}
