//! Tests of the kernels themselves: values made by hand, promises on hard rows against a 320-bit
//! truth, equal bits, refusals. The conformance suite asks much more of them.

mod accuracy;
mod bits;
mod gradients;
mod outliers;
mod ranges;
mod refusals;
mod statistics;
mod streaming;
mod values;
mod with_dropout;

use super::*;
use crate::Level;
use crate::normalization::oracle::{self, Random, serial};

/// What one forward and one backward call give.
#[derive(Debug, Clone)]
pub(super) struct Results<T> {
    pub(super) y: Vec<T>,
    pub(super) moments: Vec<Moments>,
    pub(super) dx: Vec<T>,
    pub(super) dgamma: Vec<T>,
    pub(super) dbeta: Vec<T>,
    pub(super) workers: usize,
}

/// The inputs of both.
#[derive(Debug, Clone)]
pub(super) struct Case<T> {
    pub(super) shape: Shape,
    pub(super) x: Vec<T>,
    pub(super) gamma: Vec<T>,
    pub(super) beta: Vec<T>,
    pub(super) epsilon: f64,
    pub(super) dy: Vec<T>,
}

impl<T: Element> Case<T> {
    /// `x` with γ = 1, β = 0 and an upstream gradient that is neither constant nor symmetric.
    pub(super) fn plain(shape: Shape, x: &[T], epsilon: f64) -> Self {
        Self {
            shape,
            x: x.to_vec(),
            gamma: vec![T::round(1.0); shape.channels],
            beta: vec![T::round(0.0); shape.channels],
            epsilon,
            dy: (0..shape.len()).map(|i| T::round((i * i % 7) as f64 - 2.5)).collect(),
        }
    }

    /// The same with random γ, β and dy.
    pub(super) fn random(shape: Shape, x: &[T], epsilon: f64, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut draw = |n: usize| (0..n).map(|_| T::round(random.normal())).collect::<Vec<T>>();
        let (gamma, beta, dy) = (draw(shape.channels), draw(shape.channels), draw(shape.len()));
        Self { gamma, beta, dy, ..Self::plain(shape, x, epsilon) }
    }

    /// Both calls, over outputs that hold something else.
    pub(super) fn run(&self, policy: &Policy) -> Results<T> {
        let (channels, other) = (self.shape.channels, T::round(99.0));
        let mut workspace = Workspace::new();
        let mut results = Results {
            y: vec![other; self.shape.len()],
            moments: vec![Moments::default(); self.shape.per_channel()],
            dx: vec![other; self.shape.len()],
            dgamma: vec![other; channels],
            dbeta: vec![other; channels],
            workers: 0,
        };
        let Results { y, moments, dx, dgamma, dbeta, .. } = &mut results;
        let Self { shape, x, gamma, beta, epsilon, dy } = self;
        let (shape, epsilon) = (*shape, *epsilon);
        forward(shape, x, gamma, beta, epsilon, y, moments, &mut workspace, policy).unwrap();
        backward(shape, x, gamma, epsilon, moments, dy, dx, dgamma, dbeta, &mut workspace, policy)
            .unwrap();
        results.workers = workspace.workers_seen();
        results
    }

    /// The values of one row of a tensor of this shape.
    pub(super) fn row(&self, tensor: &[T], row: usize) -> Vec<f64> {
        let Shape { channels, inner, .. } = self.shape;
        let (o, i) = (row / inner, row % inner);
        (0..channels).map(|c| tensor[(o * channels + c) * inner + i].to_f64()).collect()
    }

    /// The values of one feature, row after row.
    pub(super) fn feature(&self, tensor: &[T], feature: usize) -> Vec<f64> {
        let Shape { channels, inner, .. } = self.shape;
        let at = |row: usize| (row / inner * channels + feature) * inner + row % inner;
        (0..self.shape.per_channel()).map(|row| tensor[at(row)].to_f64()).collect()
    }
}

/// The value of each (row, feature), laid out as `shape` wants them.
pub(super) fn laid_out<T: Element>(
    shape: Shape,
    mut value: impl FnMut(usize, usize) -> f64,
) -> Vec<T> {
    let Shape { channels, inner, .. } = shape;
    let at = |k: usize| (k / (inner * channels) * inner + k % inner, k / inner % channels);
    (0..shape.len()).map(at).map(|(row, c)| T::round(value(row, c))).collect()
}

/// Hard rows: a name and the value of feature c. None is constant once rounded: ε may be 0.
pub(super) type Family = (&'static str, fn(&mut Random, usize) -> f64);

pub(super) fn families() -> [Family; 11] {
    [
        ("standard", |r, _| r.normal()),
        ("[40000..40003]", |_, c| 40000.0 + (c % 4) as f64),
        ("mean 2000", |r, _| 2000.0 + r.normal()),
        ("mean 1e7", |r, c| 1e7 + if c < 2 { 3.0 * c as f64 } else { r.normal() }),
        (
            "one ulp",
            |r, c| if c == 1 || c > 1 && r.uniform() < 0.5 { 16777214.0 } else { 16777215.0 },
        ),
        ("outlier first", |r, c| if c == 0 { 1e12 } else { r.normal() }),
        ("1e30", |r, _| 1e30 * r.normal()),
        ("3e38", |r, _| 3e38 * (2.0 * r.uniform() - 1.0)),
        ("subnormal", |r, _| 1e-42 * r.normal()),
        ("wide", |r, _| (160.0 * r.uniform() - 80.0).exp() * r.normal()),
        ("drift", |r, c| c as f64 * 1e3 + r.normal()),
    ]
}
