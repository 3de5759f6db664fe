//! The elementwise passes where rows stand as columns: γ and β change from line to line, and x̂'s
//! coefficients from lane to lane.

use fearless_simd::{Simd, SimdBase, f64x8};

use crate::element::{Element, Fused, Pair, load};
use crate::normalization::Source;
use crate::normalization::formula::{Along, Formula, Normalized, Sloped};
use crate::normalization::maps::Map;
use crate::normalization::planes::Planes;

/// y = γ·x̂ + β: x̂ by column from `first` on, one γ and β for each line.
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
        [low.of::<T>(x[0]).fused(gamma, beta), high.of::<T>(x[1]).fused(gamma, beta)]
    }
}

/// dx = r·(dy·γ − mean(dy·γ) − x̂·mean(dy·γ·x̂)).
#[derive(Clone, Copy)]
pub(super) struct DifferentiateColumns<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: Source<'a, T>,
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
        out: &[T],
        row: usize,
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let gamma = f64x8::splat(simd, self.gamma[row].to_f64());
        let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy.or(out), at, count));
        [
            sloped[0].of::<T>(normalized[0].of::<T>(x[0]), dy[0] * gamma),
            sloped[1].of::<T>(normalized[1].of::<T>(x[1]), dy[1] * gamma),
        ]
    }
}
