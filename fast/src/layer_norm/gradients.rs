//! What is summed backward across rows, where the rows stand as columns of a matrix.

use fearless_simd::{Simd, SimdBase, f64x8};

use crate::element::{Element, Pair, load};
use crate::normalization::formula::{Along, Formula, Normalized};
use crate::normalization::planes::Planes;
use crate::normalization::sums::Factors;

/// a = dy, b = x̂: for Σ dy and Σ dy·x̂ of a feature.
#[derive(Clone, Copy)]
pub(super) struct FeatureGradient<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) planes: &'a Planes<'a>,
}

impl<T: Element> Factors for FeatureGradient<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        at: usize,
        [_, column]: [usize; 2],
        count: usize,
    ) -> [Pair<S>; 2] {
        let [low, high] = Normalized::pair(simd, self.planes, column, Along::Columns);
        let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy, at, count));
        [dy, [low.of::<T>(x[0]), high.of::<T>(x[1])]]
    }
}

/// a = dy·γ, b = x̂: for those of a row, with one γ for each line of the matrix and x̂ by column from
/// `first` on.
#[derive(Clone, Copy)]
pub(super) struct RowGradient<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) gamma: &'a [T],
    pub(super) planes: &'a Planes<'a>,
    pub(super) first: usize,
}

impl<T: Element> Factors for RowGradient<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        at: usize,
        [row, column]: [usize; 2],
        count: usize,
    ) -> [Pair<S>; 2] {
        let Self { x, dy, planes, .. } = *self;
        let [dy, xhat] =
            FeatureGradient { x, dy, planes }.at(simd, at, [row, self.first + column], count);
        let gamma = f64x8::splat(simd, self.gamma[row].to_f64());
        [[dy[0] * gamma, dy[1] * gamma], xhat]
    }
}
