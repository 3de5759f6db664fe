//! The plain `f64` network of the mistakes, each place with the step that a fault changes: layers and losses.
//!
//! Every term of a sum and every product is moved by `slip`, up or down by its place, where diagnosis asks what
//! rounding may do; otherwise slip is 0 and nothing moves.

use std::cell::Cell;

use super::{Fault, Mistake};
use crate::Real;
use crate::activation::Curve;
use crate::inputs::unit_at;
use crate::network::{Batch, Goal, Layer, Net};

/// One call of a mistake.
pub(super) struct Run {
    pub(super) fault: Fault,
    slip: f64,
    count: Cell<usize>,
    /// Rounds to the precision of the data.
    pub(super) round: fn(f64) -> f64,
    pub(super) layers: Vec<Layer>,
    pub(super) parameters: Vec<f64>,
    pub(super) statistics: Vec<f64>,
    pub(super) rows: usize,
    pub(super) x: Vec<f64>,
    pub(super) keep: Vec<bool>,
}

/// What the network is to give, in `f64`.
pub(super) enum Aim {
    Classes(Vec<usize>),
    Values(Vec<f64>),
}

/// What a normalisation keeps for the way back.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) mean: Vec<f64>,
    pub(super) variance: Vec<f64>,
    pub(super) rstd: Vec<f64>,
    pub(super) normalized: Vec<f64>,
}

/// Where a layer's numbers begin, and how wide its input is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Start {
    pub(super) parameters: usize,
    pub(super) statistics: usize,
    pub(super) keep: usize,
    pub(super) width: usize,
}

/// The input of every layer and the output of the last, and what was kept.
pub(super) struct Trail {
    pub(super) values: Vec<Vec<f64>>,
    pub(super) kept: Vec<Kept>,
    pub(super) starts: Vec<Start>,
}

pub(super) fn wide<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}

impl Aim {
    pub(super) fn of<T: Real>(goal: Goal<'_, T>) -> Self {
        match goal {
            Goal::Classes(classes) => Self::Classes(classes.to_vec()),
            Goal::Values(values) => Self::Values(wide(values)),
        }
    }
}

impl Run {
    pub(super) fn new<T: Real>(
        mistake: Mistake,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: &[bool],
    ) -> Self {
        Self {
            fault: mistake.fault,
            slip: mistake.slip,
            count: Cell::new(0),
            round: |value| T::from_f64(value).to_f64(),
            layers: net.layers.to_vec(),
            parameters: wide(net.parameters),
            statistics: wide(net.statistics),
            rows,
            x: wide(x),
            keep: keep.to_vec(),
        }
    }

    pub(super) fn on<T: Real>(mistake: Mistake, net: &Net<'_, T>, batch: &Batch<'_, T>) -> Self {
        Self::new(mistake, net, batch.rows, batch.x, batch.keep)
    }

    /// The number, moved as rounding might move it.
    pub(super) fn near(&self, value: f64) -> f64 {
        if self.slip == 0.0 {
            return value;
        }
        let place = self.count.replace(self.count.get() + 1);
        value * (1.0 + self.slip * unit_at(self.slip.to_bits(), place).signum())
    }

    pub(super) fn sum(&self, terms: impl Iterator<Item = f64>) -> f64 {
        terms.map(|term| self.near(term)).sum()
    }

    /// Over the rows: where the fault is threads, each thread adds up its share in `T`.
    pub(super) fn sum_of_rows(&self, term: impl Fn(usize) -> f64) -> f64 {
        if self.fault != Fault::Threads {
            return self.sum((0..self.rows).map(term));
        }
        let share = self.rows.div_ceil(rayon::current_num_threads()).max(1);
        let part = |first: usize| {
            let terms = first..(first + share).min(self.rows);
            terms.fold(0.0, |sum, i| (self.round)(sum + term(i)))
        };
        let parts = (0..self.rows).step_by(share).map(part);
        parts.fold(0.0, |sum, part| (self.round)(sum + part))
    }

    /// The layers one after the other.
    pub(super) fn forward(&self, training: bool) -> Trail {
        let width = self.layers.iter().find_map(|layer| layer.asks_for()).unwrap_or(0);
        let mut start = Start { width, ..Start::default() };
        let mut trail = Trail { values: vec![self.x.clone()], kept: vec![], starts: vec![] };
        for layer in &self.layers {
            let x = &trail.values[trail.values.len() - 1];
            let (y, kept) = self.layer(*layer, start, x, training);
            trail.values.push(y);
            trail.kept.push(kept);
            trail.starts.push(start);
            start.parameters += layer.parameters();
            start.statistics += layer.statistics();
            if matches!(layer, Layer::Dropout { .. }) {
                start.keep += self.rows * start.width;
            }
            start.width = layer.gives(start.width);
        }
        trail
    }

    fn layer(&self, layer: Layer, start: Start, x: &[f64], training: bool) -> (Vec<f64>, Kept) {
        match layer {
            Layer::Dense { inputs, outputs } => {
                (self.dense(start, x, inputs, outputs), Kept::default())
            }
            Layer::BatchNorm { width, epsilon, .. } => {
                let kept = self.batch_norm(start, x, epsilon, training);
                (self.scaled(start, width, &kept), kept)
            }
            Layer::LayerNorm { width, epsilon } => {
                let members = |i: usize| (0..width).map(move |k| i * width + k);
                let kept = self.normalized(x, self.rows, members, |at| at / width, epsilon);
                (self.scaled(start, width, &kept), kept)
            }
            Layer::Activation(curve) => {
                (x.iter().map(|x| self.near(bent(curve, *x))).collect(), Kept::default())
            }
            Layer::Dropout { drop_probability } => {
                (self.dropped(start, x, drop_probability, training), Kept::default())
            }
        }
    }

    fn dense(&self, start: Start, x: &[f64], inputs: usize, outputs: usize) -> Vec<f64> {
        let (w, b) = self.parameters[start.parameters..].split_at(inputs * outputs);
        let weight = |j: usize, k: usize| match self.fault {
            Fault::Transposed => w[k * outputs + j],
            _ => w[j * inputs + k],
        };
        let one = |at: usize| {
            let (row, j) = (&x[at / outputs * inputs..][..inputs], at % outputs);
            let sum = self.sum(row.iter().enumerate().map(|(k, x)| x * weight(j, k)));
            if self.fault == Fault::NoBias { sum } else { self.near(sum + self.near(b[j])) }
        };
        (0..self.rows * outputs).map(one).collect()
    }

    fn batch_norm(&self, start: Start, x: &[f64], epsilon: f64, training: bool) -> Kept {
        let (width, rows) = (start.width, self.rows);
        let by_batch = match self.fault {
            Fault::BatchAtInference => true,
            Fault::RunningInTraining => false,
            _ => training,
        };
        if by_batch {
            let members = |c: usize| (0..rows).map(move |i| i * width + c);
            return self.normalized(x, width, members, |at| at % width, epsilon);
        }
        let given = &self.statistics[start.statistics..][..2 * width];
        let (mean, variance) = (given[..width].to_vec(), given[width..].to_vec());
        self.with_statistics(x, |at| at % width, mean, variance, epsilon)
    }

    fn normalized<M: Iterator<Item = usize>>(
        &self,
        x: &[f64],
        groups: usize,
        members: impl Fn(usize) -> M,
        of: impl Fn(usize) -> usize,
        epsilon: f64,
    ) -> Kept {
        let (mut means, mut variances) = (vec![], vec![]);
        for group in 0..groups {
            let count = members(group).count() as f64;
            let mean = self.sum(members(group).map(|i| x[i])) / count;
            let squares = self.sum(members(group).map(|i| (x[i] - mean) * (x[i] - mean)));
            let divisor = if self.fault == Fault::UnbiasedForward { count - 1.0 } else { count };
            means.push(mean);
            variances.push(squares / divisor);
        }
        self.with_statistics(x, of, means, variances, epsilon)
    }

    fn with_statistics(
        &self,
        x: &[f64],
        of: impl Fn(usize) -> usize,
        mean: Vec<f64>,
        variance: Vec<f64>,
        epsilon: f64,
    ) -> Kept {
        let rstd: Vec<f64> = variance.iter().map(|v| 1.0 / (v + epsilon).sqrt()).collect();
        let one = |(at, x): (usize, &f64)| self.near((self.near(*x) - mean[of(at)]) * rstd[of(at)]);
        let normalized = x.iter().enumerate().map(one).collect();
        Kept { mean, variance, rstd, normalized }
    }

    fn scaled(&self, start: Start, width: usize, kept: &Kept) -> Vec<f64> {
        let (gamma, beta) = self.parameters[start.parameters..].split_at(width);
        let one = |(at, hat): (usize, &f64)| {
            self.near(hat * gamma[at % width]) + self.near(beta[at % width])
        };
        kept.normalized.iter().enumerate().map(one).collect()
    }

    /// Forward where it drops, and the same on the way back.
    pub(super) fn dropped(&self, start: Start, x: &[f64], p: f64, training: bool) -> Vec<f64> {
        if !training {
            let factor = if self.fault == Fault::ScaleAtInference { 1.0 - p } else { 1.0 };
            return x.iter().map(|x| x * factor).collect();
        }
        let share = if self.fault == Fault::NoScale { 1.0 } else { 1.0 - p };
        let keep = &self.keep[start.keep..][..x.len()];
        let one = |(x, keep): (&f64, &bool)| match keep {
            true if p < 1.0 => self.near(x / share),
            _ => 0.0,
        };
        x.iter().zip(keep).map(one).collect()
    }
}

/// A curve.
pub(super) fn bent(curve: Curve, x: f64) -> f64 {
    match curve {
        Curve::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Curve::Tanh => x.tanh(),
        Curve::Relu if x > 0.0 || x.is_nan() => x,
        Curve::Relu => 0.0,
        Curve::LeakyRelu { .. } if x > 0.0 => x,
        Curve::LeakyRelu { slope } => slope * x,
    }
}

/// Its slope.
pub(super) fn slope(curve: Curve, x: f64) -> f64 {
    match curve {
        Curve::Sigmoid => {
            let t = (-x.abs()).exp();
            t / ((1.0 + t) * (1.0 + t))
        }
        Curve::Tanh => {
            let t = (-2.0 * x.abs()).exp();
            4.0 * t / ((1.0 + t) * (1.0 + t))
        }
        _ if x > 0.0 => 1.0,
        Curve::Relu => 0.0,
        Curve::LeakyRelu { slope } => slope,
    }
}
