//! Tests of the kernels themselves: values made by hand, promises on hard inputs against a
//! 320-bit truth, equal bits, refusals. The conformance suite asks much more of them.

mod accuracy;
mod bits;
mod gradients;
mod inference;
mod ranges;
mod rectified;
mod refusals;
mod streaming;
mod values;

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

    pub(super) fn run(&self, policy: &Policy) -> Results<T> {
        let (channels, zero) = (self.shape.channels, T::default());
        let mut workspace = Workspace::new();
        let mut results = Results {
            y: vec![zero; self.shape.len()],
            moments: vec![Moments::default(); channels],
            dx: vec![zero; self.shape.len()],
            dgamma: vec![zero; channels],
            dbeta: vec![zero; channels],
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

    /// The values of one channel of a tensor of this shape.
    pub(super) fn channel(&self, tensor: &[T], channel: usize) -> Vec<f64> {
        let Shape { channels, inner, .. } = self.shape;
        let of = |&(k, _): &(usize, &T)| k / inner % channels == channel;
        tensor.iter().enumerate().filter(of).map(|(_, value)| value.to_f64()).collect()
    }
}

/// `m` values of each of `channels` channels, laid out as `shape` wants them.
pub(super) fn laid_out<T: Element>(
    shape: Shape,
    mut value: impl FnMut(usize, usize) -> f64,
) -> Vec<T> {
    let Shape { channels, inner, .. } = shape;
    let at = |k: usize| (k / inner % channels, k / (inner * channels) * inner + k % inner);
    (0..shape.len()).map(at).map(|(c, i)| T::round(value(c, i))).collect()
}
