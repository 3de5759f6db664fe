//! The elementwise passes over rows that lie either way.
//!
//! Along rows that stand together γ and β change from lane to lane and x̂'s coefficients from row
//! to row; where rows stand as columns it is the other way round.

use fearless_simd::{Simd, SimdBase, f64x8, prelude::*};

use crate::element::{Element, Pair, STEP, load, store};
use crate::normalization::Source;
use crate::normalization::formula::{Along, Formula, Normalized, Sloped};
use crate::normalization::maps::Map;
use crate::normalization::planes::{Center, Planes, Slope};
use crate::normalization::sums::add;

/// y = γ·x̂ + β along rows: one center a row.
#[derive(Clone, Copy)]
pub(super) struct NormalizeRows<'a, T> {
    pub(super) x: Source<'a, T>,
    pub(super) gamma: &'a [T],
    pub(super) beta: &'a [T],
    pub(super) centers: &'a [Center],
}

impl<T: Element> Map<T> for NormalizeRows<'_, T> {
    /// γ and β.
    type Coefficients<S: Simd> = [Pair<S>; 2];

    #[inline(always)]
    fn coefficients<S: Simd>(&self, simd: S, column: usize, count: usize) -> [Pair<S>; 2] {
        [load(simd, self.gamma, column, count), load(simd, self.beta, column, count)]
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        [gamma, beta]: &[Pair<S>; 2],
        out: &[T],
        row: usize,
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let normalized = Normalized::splat(simd, &self.centers[row]);
        let x = load(simd, self.x.or(out), at, count);
        [
            normalized.of::<T>(x[0]).mul_add_precise(gamma[0], beta[0]),
            normalized.of::<T>(x[1]).mul_add_precise(gamma[1], beta[1]),
        ]
    }
}

/// The same across rows: x̂ by column from `first` on, one γ and β for each line.
#[derive(Clone, Copy)]
pub(super) struct NormalizeColumns<'a, T> {
    pub(super) x: Source<'a, T>,
    pub(super) gamma: &'a [T],
    pub(super) beta: &'a [T],
    pub(super) planes: &'a Planes<'a>,
    pub(super) first: usize,
}

impl<T: Element> Map<T> for NormalizeColumns<'_, T> {
    type Coefficients<S: Simd> = [Normalized<S>; 2];

    #[inline(always)]
    fn coefficients<S: Simd>(&self, simd: S, column: usize, _: usize) -> [Normalized<S>; 2] {
        Normalized::pair(simd, self.planes, self.first + column, Along::Columns)
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        [low, high]: &[Normalized<S>; 2],
        out: &[T],
        row: usize,
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let gamma = f64x8::splat(simd, self.gamma[row].to_f64());
        let beta = f64x8::splat(simd, self.beta[row].to_f64());
        let x = load(simd, self.x.or(out), at, count);
        [
            low.of::<T>(x[0]).mul_add_precise(gamma, beta),
            high.of::<T>(x[1]).mul_add_precise(gamma, beta),
        ]
    }
}

/// dx = r·(dy·γ − mean(dy·γ) − x̂·mean(dy·γ·x̂)) across rows.
#[derive(Clone, Copy)]
pub(super) struct DifferentiateColumns<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) gamma: &'a [T],
    pub(super) planes: &'a Planes<'a>,
    pub(super) first: usize,
}

impl<T: Element> Map<T> for DifferentiateColumns<'_, T> {
    type Coefficients<S: Simd> = ([Normalized<S>; 2], [Sloped<S>; 2]);

    #[inline(always)]
    fn coefficients<S: Simd>(&self, simd: S, column: usize, _: usize) -> Self::Coefficients<S> {
        let column = self.first + column;
        (
            Normalized::pair(simd, self.planes, column, Along::Columns),
            Sloped::pair(simd, self.planes, column, Along::Columns),
        )
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        (normalized, sloped): &Self::Coefficients<S>,
        _: &[T],
        row: usize,
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let gamma = f64x8::splat(simd, self.gamma[row].to_f64());
        let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy, at, count));
        [
            sloped[0].of::<T>(normalized[0].of::<T>(x[0]), dy[0] * gamma),
            sloped[1].of::<T>(normalized[1].of::<T>(x[1]), dy[1] * gamma),
        ]
    }
}

/// dx along rows, which also adds what the rows give to Σ dy and Σ dy·x̂ of every feature: x̂ is
/// at hand.
#[derive(Clone, Copy)]
pub(super) struct DifferentiateRows<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) gamma: &'a [T],
    pub(super) coefficients: &'a [(Center, Slope)],
}

impl<T: Element> DifferentiateRows<'_, T> {
    /// All rows; `sums` holds Σ dy of every feature, then Σ dy·x̂.
    #[inline(always)]
    pub(super) fn run<S: Simd>(self, simd: S, dx: &mut [T], sums: &mut [f64]) {
        let (dbeta, dgamma) = sums.split_at_mut(self.gamma.len());
        let mut column = 0;
        while column + STEP <= self.gamma.len() {
            self.strip(simd, column, STEP, dx, [dbeta, dgamma]);
            column += STEP;
        }
        if column < self.gamma.len() {
            self.strip(simd, column, self.gamma.len() - column, dx, [dbeta, dgamma]);
        }
    }

    /// Up to sixteen features of all rows.
    #[inline(always)]
    fn strip<S: Simd>(
        self,
        simd: S,
        column: usize,
        count: usize,
        dx: &mut [T],
        [dbeta, dgamma]: [&mut [f64]; 2],
    ) {
        let gamma = load(simd, self.gamma, column, count);
        let (b, g) = (load(simd, dbeta, column, count), load(simd, dgamma, column, count));
        let mut lanes = [b[0], b[1], g[0], g[1]];
        for (row, (center, slope)) in self.coefficients.iter().enumerate() {
            let at = row * self.gamma.len() + column;
            let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy, at, count));
            let normalized = Normalized::splat(simd, center);
            let sloped = Sloped::splat(simd, slope);
            let xhat = [normalized.of::<T>(x[0]), normalized.of::<T>(x[1])];
            add(&mut lanes, [dy, xhat]);
            let result = [
                sloped.of::<T>(xhat[0], dy[0] * gamma[0]),
                sloped.of::<T>(xhat[1], dy[1] * gamma[1]),
            ];
            store(simd, result, dx, at, count);
        }
        store(simd, [lanes[0], lanes[1]], dbeta, column, count);
        store(simd, [lanes[2], lanes[3]], dgamma, column, count);
    }
}
