//! The forward pass and the losses of a sound network, written in two ways.

use evenkeel_conformance::Real;
use evenkeel_conformance::activation::Curve;
use evenkeel_conformance::network::{Batch, Goal, Layer, Net};

/// How a network is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Way {
    /// The formulas of the page, terms in their order.
    Plain,
    /// The last term first; statistics updated value by value; normalisations folded into x·a + b, and back by
    /// the chain rule; 1/(1 − p) rounded; slopes from outputs; the logarithm and the largest logit added first;
    /// (1 − η·λ)·θ.
    Other,
}

pub(super) const WAYS: [Way; 2] = [Way::Plain, Way::Other];

#[derive(Debug, Clone, Copy)]
pub(super) struct Sound(pub(super) Way);

/// A normalisation's numbers for the way back.
#[derive(Clone)]
pub(super) struct Kept<T> {
    pub(super) mean: Vec<T>,
    pub(super) variance: Vec<T>,
    pub(super) rstd: Vec<T>,
}

/// Inputs of all layers, the output, and what was kept.
pub(super) struct Trail<T> {
    pub(super) values: Vec<Vec<T>>,
    pub(super) kept: Vec<Kept<T>>,
}

/// x and dy of one layer.
pub(super) struct Ends<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
}

pub(super) fn num<T: Real>(value: f64) -> T {
    T::from_f64(value)
}

pub(super) fn most<T: Real>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

/// The function of the nearest `f64`: right to half a unit.
pub(super) fn of<T: Real>(f: fn(f64) -> f64, x: T) -> T {
    num(f(x.to_f64()))
}

impl Sound {
    pub(super) fn is_plain(self) -> bool {
        self.0 == Way::Plain
    }

    pub(super) fn sum<T: Real>(self, terms: impl DoubleEndedIterator<Item = T>) -> T {
        match self.0 {
            Way::Plain => terms.fold(num(0.0), |sum, term| sum + term),
            Way::Other => terms.rev().fold(num(0.0), |sum, term| sum + term),
        }
    }

    /// By sums and two passes, or updated value by value (Welford).
    fn statistics<T: Real>(self, values: &[T]) -> (T, T) {
        let count = num::<T>(values.len() as f64);
        if self.is_plain() {
            let mean = self.sum(values.iter().copied()) / count;
            let squares = values.iter().map(|x| (*x - mean) * (*x - mean));
            return (mean, self.sum(squares) / count);
        }
        let (mut mean, mut squares) = (num::<T>(0.0), num::<T>(0.0));
        for (k, x) in values.iter().enumerate() {
            let before = *x - mean;
            mean = mean + before / num(k as f64 + 1.0);
            squares = squares + before * (*x - mean);
        }
        (mean, squares / count)
    }

    fn curve<T: Real>(self, curve: Curve, x: T) -> T {
        match curve {
            Curve::Sigmoid => num::<T>(1.0) / (num::<T>(1.0) + of(f64::exp, -x)),
            Curve::Tanh => of(f64::tanh, x),
            _ if x > num(0.0) => x,
            Curve::Relu => num(0.0),
            Curve::LeakyRelu { slope } => num::<T>(slope) * x,
        }
    }

    pub(super) fn slope<T: Real>(self, curve: Curve, x: T) -> T {
        let one = num::<T>(1.0);
        match curve {
            Curve::Sigmoid if self.is_plain() => {
                let t = of(f64::exp, -x);
                t / ((one + t) * (one + t))
            }
            Curve::Sigmoid => {
                let y = self.curve(curve, x);
                y * (one - y)
            }
            Curve::Tanh => {
                let y = self.curve(curve, x);
                one - y * y
            }
            _ if x > num(0.0) => one,
            Curve::Relu => num(0.0),
            Curve::LeakyRelu { slope } => num(slope),
        }
    }

    pub(super) fn forward<T: Real>(
        self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: Option<&[bool]>,
    ) -> Trail<T> {
        let mut trail = Trail { values: vec![x.to_vec()], kept: vec![] };
        let (mut parameters, mut statistics) = (net.parameters, net.statistics);
        let mut masks = keep.unwrap_or(&[]);
        for layer in net.layers {
            let x = &trail.values[trail.values.len() - 1];
            let (own, others) = parameters.split_at(layer.parameters());
            let (given, left) = statistics.split_at(layer.statistics());
            (parameters, statistics) = (others, left);
            let (y, kept) = match *layer {
                Layer::Dense { inputs, .. } => (self.dense(x, own, inputs), None),
                Layer::BatchNorm { width, epsilon, .. } => {
                    let kept = match keep {
                        Some(_) => self.found(x, width, rows, true, epsilon),
                        None => self.given(given, epsilon),
                    };
                    (self.normalize(x, own, &kept, true), Some(kept))
                }
                Layer::LayerNorm { width, epsilon } => {
                    let kept = self.found(x, width, rows, false, epsilon);
                    (self.normalize(x, own, &kept, false), Some(kept))
                }
                Layer::Activation(curve) => {
                    (x.iter().map(|x| self.curve(curve, *x)).collect(), None)
                }
                Layer::Dropout { .. } if keep.is_none() => (x.clone(), None),
                Layer::Dropout { drop_probability } => {
                    let (own, others) = masks.split_at(x.len());
                    masks = others;
                    (self.dropped(x, own, drop_probability), None)
                }
            };
            trail.values.push(y);
            trail.kept.push(kept.unwrap_or(Kept { mean: vec![], variance: vec![], rstd: vec![] }));
        }
        trail
    }

    fn dense<T: Real>(self, x: &[T], own: &[T], inputs: usize) -> Vec<T> {
        let outputs = own.len() / (inputs + 1);
        let (w, b) = own.split_at(inputs * outputs);
        let mut y = vec![];
        for row in x.chunks(inputs) {
            for (w, b) in w.chunks(inputs).zip(b) {
                let sum = self.sum(row.iter().zip(w).map(|(x, w)| *x * *w));
                y.push(sum + *b);
            }
        }
        y
    }

    fn rstd<T: Real>(self, variance: &[T], epsilon: f64) -> Vec<T> {
        variance.iter().map(|v| num::<T>(1.0) / (*v + num(epsilon)).sqrt()).collect()
    }

    fn given<T: Real>(self, statistics: &[T], epsilon: f64) -> Kept<T> {
        let (mean, variance) = statistics.split_at(statistics.len() / 2);
        let rstd = self.rstd(variance, epsilon);
        Kept { mean: mean.to_vec(), variance: variance.to_vec(), rstd }
    }

    fn found<T: Real>(
        self,
        x: &[T],
        width: usize,
        rows: usize,
        columns: bool,
        epsilon: f64,
    ) -> Kept<T> {
        let groups = if columns { width } else { rows };
        let of = |group: usize| -> Vec<T> {
            let all = x.iter().enumerate();
            let own = |i: usize| if columns { i % width } else { i / width };
            all.filter(|(i, _)| own(*i) == group).map(|(_, x)| *x).collect()
        };
        let all: Vec<(T, T)> = (0..groups).map(|g| self.statistics(&of(g))).collect();
        let (mean, variance): (Vec<T>, Vec<T>) = all.into_iter().unzip();
        let rstd = self.rstd(&variance, epsilon);
        Kept { mean, variance, rstd }
    }

    fn normalize<T: Real>(self, x: &[T], own: &[T], kept: &Kept<T>, columns: bool) -> Vec<T> {
        let width = own.len() / 2;
        let (gamma, beta) = own.split_at(width);
        let one = |(i, x): (usize, &T)| {
            let (c, g) = (i % width, if columns { i % width } else { i / width });
            match self.0 {
                Way::Plain => (*x - kept.mean[g]) * kept.rstd[g] * gamma[c] + beta[c],
                Way::Other => {
                    let a = gamma[c] * kept.rstd[g];
                    *x * a + (beta[c] - kept.mean[g] * a)
                }
            }
        };
        x.iter().enumerate().map(one).collect()
    }

    pub(super) fn dropped<T: Real>(self, x: &[T], keep: &[bool], p: f64) -> Vec<T> {
        let share = num::<T>(1.0) - num(p);
        let one = |(x, keep): (&T, &bool)| match (*keep && p < 1.0, self.0) {
            (false, _) => num(0.0),
            (true, Way::Plain) => *x / share,
            (true, Way::Other) => *x * (num::<T>(1.0) / share),
        };
        x.iter().zip(keep).map(one).collect()
    }

    pub(super) fn loss<T: Real>(self, batch: &Batch<'_, T>, z: &[T]) -> T {
        let (rows, width) = (num::<T>(batch.rows as f64), z.len() / batch.rows);
        match batch.goal {
            Goal::Classes(classes) => {
                let row = |(z, class): (&[T], &usize)| {
                    let highest = z.iter().copied().reduce(most).expect("an output");
                    let sum = self.sum(z.iter().map(|z| of(f64::exp, *z - highest)));
                    match self.0 {
                        Way::Plain => of(f64::ln, sum) - (z[*class] - highest),
                        Way::Other => (highest + of(f64::ln, sum)) - z[*class],
                    }
                };
                let losses: Vec<T> = z.chunks(width).zip(classes).map(row).collect();
                self.sum(losses.into_iter()) / rows
            }
            Goal::Values(values) => {
                let squares: Vec<T> =
                    z.iter().zip(values).map(|(z, t)| (*z - *t) * (*z - *t)).collect();
                self.sum(squares.into_iter()) / (num::<T>(2.0) * rows)
            }
        }
    }
}
