//! Cases that are always the same: those that diagnosis asks.

use super::{Piece, Sketch};
use crate::Real;
use crate::activation::Curve;
use crate::inputs::unit_at;
use crate::network::{Case, Plan, Rule};
use crate::regularization::Penalty;

/// One layer of each kind between two dense ones.
pub(super) fn everything(first: usize, last: usize, swapped: bool) -> Vec<Piece> {
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
pub(in super::super) fn one_of_everything<T: Real>() -> Case<T> {
    let rule = Rule { learning_rate: 0.1, penalty: Penalty::L2, lambda: 0.1, threshold: 0.5 };
    let (inputs, rows, classes, seed, fine, scale) = (3, 4, true, 6, true, 1.0);
    let pieces = everything(4, 3, false);
    Sketch { pieces, inputs, rows, classes, rule, seed, fine, scale }.case()
}

/// The last biases times a large number.
pub(super) fn apart<T: Real>(sketch: &Sketch, size: f64) -> Case<T> {
    let mut case = sketch.case();
    let (outputs, all) = (Plan::of(&case.layers).map_or(0, |p| p.outputs()), case.parameters.len());
    for (j, bias) in case.parameters[all - outputs..].iter_mut().enumerate() {
        *bias = T::from_f64(size * unit_at(sketch.seed ^ (7 << 58), j));
    }
    case
}

/// Logits thousands apart, always the same.
pub(in super::super) fn far_apart<T: Real>() -> Case<T> {
    let rule =
        Rule { learning_rate: 0.1, penalty: Penalty::L2, lambda: 0.0, threshold: f64::INFINITY };
    let pieces = vec![Piece::Dense(4)];
    let (inputs, rows, classes, seed, fine, scale) = (3, 4, true, 5, true, 1.0);
    apart(&Sketch { pieces, inputs, rows, classes, rule, seed, fine, scale }, 1e4)
}

/// Many rows of a network with every kind of layer.
pub(in super::super) fn many<T: Real>(seed: u64, rows: usize, width: usize) -> Case<T> {
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
pub(in super::super) fn probes<T: Real>() -> Vec<Case<T>> {
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
