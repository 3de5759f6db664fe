//! Capacity as the shared machinery knows it.

use std::collections::BTreeSet;

use super::mistakes::{self, Mistake};
use super::{Case, Function, Layer, Perceptron, Uniform, properties, truth};
use crate::diagnosis::{Probes, Symptom, probes_of};
use crate::technique::{Technique, of_its_module};
use crate::{Real, Target};

/// Capacity, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count;

impl Technique for Count {
    const NAME: &'static str = "capacity";
    const PREFIX: &'static str = "CAP";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["CAP-20"];

    of_its_module!(capacity, |to| &mut to[0]);

    fn concerns<T: Real>(function: Function, case: &Case<T>) -> bool {
        case.concerns(function)
    }

    fn probes<T: Real>() -> Probes<Self, T> {
        let invalid = plain().spoilt().into_iter().map(|spoilt| spoilt.case).collect();
        Probes { valid: probes_of(valid(), true), invalid: probes_of(invalid, true) }
    }

    /// Whole numbers are exact, and so is a difference but for its one rounding.
    fn is_telling<T: Real>(_: &Case<T>) -> bool {
        true
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.layers.len() + case.perceptron.hidden.len()
    }

    /// There is nothing that rounding could move.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, _: u64) -> (Mistake, Case<T>) {
        (mistake, case.clone())
    }

    /// Every mistake shows in its numbers.
    fn symptoms<T: Real>(_: &dyn Target<T>, _: bool) -> BTreeSet<Symptom> {
        BTreeSet::new()
    }
}

fn pair<T: Real>([train, validation]: [f64; 2]) -> [T; 2] {
    [T::from_f64(train), T::from_f64(validation)]
}

/// Layers of every kind, two of them alike, and sizes that differ everywhere.
pub(super) fn plain<T: Real>() -> Case<T> {
    let dense = |has_biases| Layer::Dense { inputs: 3, outputs: 5, has_biases };
    let convolution = |outputs, groups, has_biases| Layer::Convolution {
        inputs: 6,
        outputs,
        kernel: 9,
        groups,
        has_biases,
    };
    Case {
        layers: vec![
            dense(true),
            Layer::Fixed,
            convolution(4, 2, true),
            Layer::Normalization { width: 7 },
            dense(false),
            dense(true),
            convolution(9, 3, false),
        ],
        perceptron: Perceptron { inputs: 8, hidden: vec![100, 4, 11], outputs: 6, has_norm: true },
        index: 0,
        fraction: [29, 100],
        uniform: Uniform { inputs: 5, outputs: 3, depth: 3, has_norm: true },
        budget: 1000,
        losses: pair([0.5, 1.75]),
        accuracies: pair([0.75, 0.5]),
    }
}

/// One layer of each kind alone, none; hidden layers without norms; every share; budgets that are met,
/// just missed and large; gaps of either sign, and losses that are not finite.
fn valid<T: Real>() -> Vec<Case<T>> {
    let mut cases = vec![plain()];
    cases.extend(plain::<T>().layers.iter().map(|layer| Case { layers: vec![*layer], ..plain() }));
    cases.push(Case { layers: Vec::new(), ..plain() });
    cases.extend(networks());
    cases.extend(budgets());
    cases.extend(gaps());
    cases
}

fn networks<T: Real>() -> Vec<Case<T>> {
    let wide = |width| Layer::Dense { inputs: width, outputs: width, has_biases: true };
    let perceptron = |hidden: &[usize], has_norm| {
        let hidden = hidden.to_vec();
        Perceptron { inputs: 7, hidden, outputs: 5, has_norm }
    };
    let with =
        |perceptron: Perceptron, index, fraction| Case { perceptron, index, fraction, ..plain() };
    vec![
        with(perceptron(&[9, 6, 13], false), 1, [2, 3]),
        with(perceptron(&[9, 9, 2, 17], true), 2, [1, 5]),
        with(perceptron(&[9, 6], true), 1, [1, 1]),
        with(perceptron(&[(1 << 60) - 1], false), 0, [u64::MAX - 1, u64::MAX]),
        with(perceptron(&[(1 << 29) + 1; 3], true), 1, [5, 7]),
        with(perceptron(&[], true), 0, [1, 2]),
        Case { layers: vec![wide((1 << 20) + 1)], ..plain() },
        Case { layers: vec![wide((1 << 27) + 1), wide((1 << 28) - 1)], ..plain() },
    ]
}

fn budgets<T: Real>() -> Vec<Case<T>> {
    let shape = |inputs, depth, has_norm| Uniform { inputs, outputs: 3, depth, has_norm };
    let mut cases = Vec::new();
    for uniform in [shape(5, 1, false), shape(4, 2, true), shape(9, 4, false)] {
        for width in [1, 13] {
            let count = truth::uniform(&uniform, width).map_or(0, |count| count as u64);
            cases.extend([0, 1].map(|more| Case { uniform, budget: count + more, ..plain() }));
        }
        let next = truth::uniform(&uniform, 14).map_or(0, |count| count as u64);
        cases.push(Case { uniform, budget: next - 1, ..plain() });
        cases.extend([0, 1, 2].map(|k| Case { uniform, budget: u64::MAX - k, ..plain() }));
    }
    cases
}

fn gaps<T: Real>() -> Vec<Case<T>> {
    let (nan, infinite) = (f64::NAN, f64::INFINITY);
    let losses = [
        [1.75, 0.5],
        [2.0, 2.0],
        [0.1, 0.3],
        [1.0, infinite],
        [infinite, 1.0],
        [infinite, infinite],
        [nan, 1.0],
    ];
    let accuracies = [[0.25, 1.0], [0.9, 0.8], [1.0, 0.0]];
    let of_losses = losses.map(|losses| Case { losses: pair(losses), ..plain() });
    let of_accuracies =
        accuracies.map(|accuracies| Case { accuracies: pair(accuracies), ..plain() });
    of_losses.into_iter().chain(of_accuracies).collect()
}
