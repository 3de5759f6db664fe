//! Sound algorithms for a normalisation, in the arithmetic of `T` itself, and one that is not.
//!
//! Each is correct mathematics; they differ in the order of their roundings. None may ever leave a
//! MUST bound. [`Algorithm::OnePass`] cancels and has to.

use evenkeel_conformance::Real;

use crate::whole::{Core, Pulled};

/// How the mean and the variance of a group are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// Two passes, each sum one term after the other.
    Sequential,
    /// Two passes, each sum by halves.
    Pairwise,
    /// Welford's updating, a quotient for every value.
    Welford,
    /// The same with a rounded reciprocal.
    WelfordReciprocal,
    /// Two passes with Neumaier's compensated sums.
    Compensated,
    /// Two passes, sums of blocks of 32 added one after the other.
    Blocked,
    /// Blocks of eight by Welford, merged one after the other by Chan's formula.
    Merged,
    /// Eight interleaved lanes by Welford, merged by halves: the vector form.
    Lanes,
    /// Two passes, and y = x·a + b with a = γ·r, b = β − μ·a.
    Folded,
    /// E\[x²\] − E\[x\]²: not sound.
    OnePass,
}

use Algorithm::*;

/// The sound ones.
pub(crate) const SOUND: [Algorithm; 9] =
    [Sequential, Pairwise, Welford, WelfordReciprocal, Compensated, Blocked, Merged, Lanes, Folded];

pub(crate) fn count<T: Real>(n: usize) -> T {
    T::from_f64(n as f64)
}

fn zero<T: Real>() -> T {
    T::from_f64(0.0)
}

fn sequential<T: Real>(terms: &[T]) -> T {
    terms.iter().fold(zero(), |sum, &term| sum + term)
}

fn pairwise<T: Real>(terms: &[T]) -> T {
    match terms {
        [] => zero(),
        [one] => *one,
        _ => {
            let (left, right) = terms.split_at(terms.len() / 2);
            pairwise(left) + pairwise(right)
        }
    }
}

/// Neumaier: what each addition loses is added up beside it.
fn compensated<T: Real>(terms: &[T]) -> T {
    let (mut sum, mut lost) = (zero::<T>(), zero::<T>());
    for &term in terms {
        let total = sum + term;
        let sum_is_larger = sum.to_f64().abs() >= term.to_f64().abs();
        let (large, small) = if sum_is_larger { (sum, term) } else { (term, sum) };
        lost = lost + ((large - total) + small);
        sum = total;
    }
    sum + lost
}

fn blocked<T: Real>(terms: &[T]) -> T {
    terms.chunks(32).fold(zero(), |sum, block| sum + sequential(block))
}

/// Count, mean and sum of squares of a part.
type Part<T> = (usize, T, T);

fn welford<T: Real>(values: impl Iterator<Item = T>, reciprocal: bool) -> Part<T> {
    let (mut n, mut mean, mut squares) = (0, zero::<T>(), zero::<T>());
    for x in values {
        n += 1;
        let before = x - mean;
        let step = if reciprocal { before * (count::<T>(1) / count(n)) } else { before / count(n) };
        mean = mean + step;
        squares = squares + before * (x - mean);
    }
    (n, mean, squares)
}

/// Chan, Golub and LeVeque.
fn merge<T: Real>(a: Part<T>, b: Part<T>) -> Part<T> {
    if a.0 == 0 || b.0 == 0 {
        return if a.0 == 0 { b } else { a };
    }
    let n = a.0 + b.0;
    let delta = b.1 - a.1;
    let share = count::<T>(b.0) / count(n);
    let mean = a.1 + delta * share;
    (n, mean, a.2 + b.2 + delta * delta * (count::<T>(a.0) * share))
}

fn merge_by_halves<T: Real>(parts: &[Part<T>]) -> Part<T> {
    match parts {
        [one] => *one,
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            merge(merge_by_halves(left), merge_by_halves(right))
        }
    }
}

fn lanes<T: Real>(values: &[T]) -> Part<T> {
    let lane = |l| welford(values.iter().copied().skip(l).step_by(8), false);
    merge_by_halves(&(0..8).map(lane).collect::<Vec<_>>())
}

impl Algorithm {
    pub(crate) fn sum<T: Real>(self, terms: &[T]) -> T {
        match self {
            Pairwise | Lanes => pairwise(terms),
            Compensated => compensated(terms),
            Blocked | Merged => blocked(terms),
            _ => sequential(terms),
        }
    }

    /// Mean and biased variance.
    pub(crate) fn statistics<T: Real>(self, values: &[T]) -> (T, T) {
        let m = count::<T>(values.len());
        let spread = |(_, mean, squares): Part<T>| (mean, squares / m);
        match self {
            Welford => spread(welford(values.iter().copied(), false)),
            WelfordReciprocal => spread(welford(values.iter().copied(), true)),
            Merged => spread(values.chunks(8).fold((0, zero(), zero()), |part, block| {
                merge(part, welford(block.iter().copied(), false))
            })),
            Lanes => spread(lanes(values)),
            OnePass => self.one_pass(values),
            _ => self.two_passes(values),
        }
    }

    fn two_passes<T: Real>(self, values: &[T]) -> (T, T) {
        let m = count::<T>(values.len());
        let mean = self.sum(values) / m;
        let squares: Vec<T> = values.iter().map(|&x| (x - mean) * (x - mean)).collect();
        (mean, self.sum(&squares) / m)
    }

    fn one_pass<T: Real>(self, values: &[T]) -> (T, T) {
        let m = count::<T>(values.len());
        let squares: Vec<T> = values.iter().map(|&x| x * x).collect();
        let mean = self.sum(values) / m;
        let variance = self.sum(&squares) / m - mean * mean;
        // As frameworks do, so that there is a root.
        (mean, if variance < zero() { zero() } else { variance })
    }

    /// y of one group by a mean and a variance, γ and β of each element.
    pub(crate) fn scale<T: Real>(
        self,
        x: &[T],
        [mean, variance, epsilon]: [T; 3],
        affine: [&[T]; 2],
    ) -> Vec<T> {
        let root = (variance + epsilon).sqrt();
        let r = count::<T>(1) / root;
        let output = |((&x, &gamma), &beta): ((&T, &T), &T)| match self {
            Folded => {
                let a = gamma * r;
                x * a + (beta - mean * a)
            }
            Blocked => (x - mean) / root * gamma + beta,
            _ => (x - mean) * r * gamma + beta,
        };
        x.iter().zip(affine[0]).zip(affine[1]).map(output).collect()
    }
}

impl<T: Real> Core<T> for Algorithm {
    fn forward(&self, x: &[T], affine: [&[T]; 2], epsilon: f64) -> Vec<T> {
        let (mean, variance) = self.statistics(x);
        self.scale(x, [mean, variance, T::from_f64(epsilon)], affine)
    }

    /// Four ways to write the same.
    fn backward(&self, x: &[T], dy: &[T], gamma: T, epsilon: f64) -> Pulled<T> {
        let (mean, variance) = self.statistics(x);
        let r = count::<T>(1) / (variance + T::from_f64(epsilon)).sqrt();
        let way = Way { algorithm: *self, x, dy, mean, r, gamma };
        match self {
            Welford | Lanes => way.undivided(),
            Blocked | WelfordReciprocal => way.chain_rule(),
            Folded => way.folded(),
            _ => way.direct(),
        }
    }

    fn normalized(&self, x: &[T], epsilon: f64) -> Vec<T> {
        let (mean, variance) = self.statistics(x);
        let r = count::<T>(1) / (variance + T::from_f64(epsilon)).sqrt();
        x.iter().map(|&x| (x - mean) * r).collect()
    }

    fn total(&self, terms: &[T]) -> T {
        self.sum(terms)
    }
}

/// One group on its way back.
pub(crate) struct Way<'a, T> {
    pub(crate) algorithm: Algorithm,
    pub(crate) x: &'a [T],
    pub(crate) dy: &'a [T],
    pub(crate) mean: T,
    pub(crate) r: T,
    pub(crate) gamma: T,
}

impl<T: Real> Way<'_, T> {
    fn m(&self) -> T {
        count(self.x.len())
    }

    pub(crate) fn normalized(&self) -> Vec<T> {
        self.x.iter().map(|&x| (x - self.mean) * self.r).collect()
    }

    pub(crate) fn dot(&self, other: &[T]) -> T {
        let terms: Vec<T> = self.dy.iter().zip(other).map(|(&dy, &z)| dy * z).collect();
        self.algorithm.sum(&terms)
    }

    fn each(&self, other: &[T], f: impl Fn(T, T) -> T) -> Vec<T> {
        self.dy.iter().zip(other).map(|(&dy, &z)| f(dy, z)).collect()
    }

    /// γ·r·(dy − b − x̂·c).
    fn direct(&self) -> Pulled<T> {
        let normalized = self.normalized();
        let (dgamma, dbeta) = (self.dot(&normalized), self.algorithm.sum(self.dy));
        let (b, c) = (dbeta / self.m(), dgamma / self.m());
        (self.each(&normalized, |dy, z| self.gamma * self.r * (dy - b - z * c)), dgamma, dbeta)
    }

    /// γ·r/m·(m·dy − dβ − x̂·dγ), dγ = r·Σ dy·(x − μ).
    fn undivided(&self) -> Pulled<T> {
        let centred: Vec<T> = self.x.iter().map(|&x| x - self.mean).collect();
        let (dgamma, dbeta) = (self.dot(&centred) * self.r, self.algorithm.sum(self.dy));
        let factor = self.gamma * self.r / self.m();
        let dx =
            self.each(&centred, |dy, d| factor * (self.m() * dy - dbeta - d * self.r * dgamma));
        (dx, dgamma, dbeta)
    }

    /// Ioffe and Szegedy's own equations, one after the other.
    fn chain_rule(&self) -> Pulled<T> {
        let half = T::from_f64(-0.5);
        let two = count::<T>(2);
        let centred: Vec<T> = self.x.iter().map(|&x| x - self.mean).collect();
        let by_normalized: Vec<T> = self.dy.iter().map(|&dy| dy * self.gamma).collect();
        let cube = self.r * self.r * self.r;
        let terms: Vec<T> =
            by_normalized.iter().zip(&centred).map(|(&g, &d)| g * d * half * cube).collect();
        let by_variance = self.algorithm.sum(&terms);
        let shifts: Vec<T> = centred.iter().map(|&d| -two * d).collect();
        let by_mean = -self.algorithm.sum(&by_normalized) * self.r
            + by_variance * self.algorithm.sum(&shifts) / self.m();
        let dx = by_normalized
            .iter()
            .zip(&centred)
            .map(|(&g, &d)| g * self.r + by_variance * two * d / self.m() + by_mean / self.m())
            .collect();
        (dx, self.dot(&self.normalized()), self.algorithm.sum(self.dy))
    }

    /// a·dy + k·x + l.
    fn folded(&self) -> Pulled<T> {
        let normalized = self.normalized();
        let (dgamma, dbeta) = (self.dot(&normalized), self.algorithm.sum(self.dy));
        let a = self.gamma * self.r;
        let k = -(a * self.r * (dgamma / self.m()));
        let l = -(a * (dbeta / self.m())) - self.mean * k;
        (self.each(self.x, |dy, x| a * dy + (k * x + l)), dgamma, dbeta)
    }
}
