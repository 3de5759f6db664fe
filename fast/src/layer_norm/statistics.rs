//! The statistics of a row, from two passes over all of it.
//!
//! ```text
//! shift  = x₀ + mean(x − x₀)     rounded to one number
//! a      = x − shift             offset = mean(a), μ = shift + offset
//! Σ(x − μ)² = Σ a² − (Σ a)·offset
//! ```
//!
//! Hazard: x̂ of one value far out reaches √d, which is 1024 for 2²⁰ features, and multiplies in dx
//! whatever all x̂ are off together. Were μ kept as x₀ + offset, or taken together from the means of
//! blocks, it would be off by roundings of the distance to x₀, which may be that value.
//!
//! Method: each a is rounded in proportion to |x − μ|, the second pass adds nothing larger, and
//! what it leaves for the offset is next to nothing (T. F. Chan, G. H. Golub, R. J. LeVeque, 1983,
//! eq. 1.7). So the errors of μ and σ² are those of a sum of numbers that are σ on average.

use std::ops::Range;

use fearless_simd::{Simd, SimdBase, dispatch, f64x8};

use crate::element::{Element, Pair, STEP, load};
use crate::moments::{RESCUE, Spread, exp2};
use crate::normalization::blocks::summed;
use crate::normalization::formula::difference;
use crate::normalization::sums::{BLOCK, Factors, GROUP, Group, sum_block, sum_rows};
use crate::workspace::pairwise;
use crate::{Level, Moments};

/// a = b = x·scale − center along a row.
#[derive(Clone, Copy)]
struct Around<'a, T> {
    x: &'a [T],
    scale: f64,
    center: f64,
}

impl<T: Element> Factors for Around<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: [usize; 2], count: usize) -> [Pair<S>; 2] {
        let scale = f64x8::splat(simd, self.scale);
        let center = f64x8::splat(simd, self.center);
        let x = load(simd, self.x, at, count);
        let a = [difference::<S, T>(x[0], scale, center), difference::<S, T>(x[1], scale, center)];
        [a, a]
    }
}

/// The same across rows: a center for each column from `start` on.
#[derive(Clone, Copy)]
struct ColumnsAround<'a, T> {
    x: &'a [T],
    scale: f64,
    start: usize,
    centers: &'a [f64; GROUP],
}

impl<T: Element> Factors for ColumnsAround<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        at: usize,
        [_, column]: [usize; 2],
        count: usize,
    ) -> [Pair<S>; 2] {
        let scale = f64x8::splat(simd, self.scale);
        let center = load(simd, self.centers, column - self.start, STEP);
        let x = load(simd, self.x, at, count);
        let a = [
            difference::<S, T>(x[0], scale, center[0]),
            difference::<S, T>(x[1], scale, center[1]),
        ];
        [a, a]
    }
}

/// The moments of one row, whose values stand together.
pub(super) fn row_moments<T: Element>(level: Level, row: &[T]) -> Moments {
    let (first, count) = (row[0].to_f64(), row.len() as f64);
    let mean = |scale: f64| {
        let center = first * scale;
        center + row_sums(level, row, scale, center)[0] / count
    };
    let shift = in_range(mean(1.0), mean);
    let around = |scale: f64| spread(count, row_sums(level, row, scale, shift * scale));
    Moments::settle(shift, row.len() as u64, around(1.0), |exponent| around(exp2(-exponent)))
}

/// Σ a and Σ a² of a row, by blocks that are folded by a fixed tree.
fn row_sums<T: Element>(level: Level, row: &[T], scale: f64, center: f64) -> [f64; 2] {
    let leaf = |block: usize| {
        let x = &row[block * BLOCK..row.len().min((block + 1) * BLOCK)];
        block_sums(level, Around { x, scale, center })
    };
    pairwise(0..row.len().div_ceil(BLOCK), &leaf, &|a, b| [a[0] + b[0], a[1] + b[1]])
}

/// Not inlined: both passes share one copy of the kernel.
#[inline(never)]
fn block_sums<T: Element>(level: Level, around: Around<'_, T>) -> [f64; 2] {
    dispatch!(level.token(), simd => sum_block(simd, around, 0, around.x.len()))
}

/// A matrix with lines of `width` elements, whose columns are rows to be normalised.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a, T> {
    pub(super) x: &'a [T],
    pub(super) width: usize,
    pub(super) lines: usize,
    pub(super) level: Level,
}

impl<T: Element> Matrix<'_, T> {
    /// Shifts of some columns, and with them offsets and Σ(x − μ)², for squares in range.
    pub(super) fn moments(&self, columns: Range<usize>) -> [[f64; GROUP]; 3] {
        let count = self.lines as f64;
        let mut shifts = self.means(columns.clone(), 1.0);
        for (k, column) in columns.clone().enumerate() {
            shifts[k] = in_range(shifts[k], |scale| self.means(column..column + 1, scale)[0]);
        }
        let Group { mut a, mut ab } = self.sums(columns.clone(), 1.0, &shifts);
        for k in 0..columns.len() {
            let Spread { offset, second, .. } = spread(count, [a[k], ab[k]]);
            (a[k], ab[k]) = (offset, second);
        }
        [shifts, a, ab]
    }

    /// The same of one column, times `scale`.
    pub(super) fn again(&self, column: usize, shift: f64, scale: f64) -> Spread {
        let mut centers = [0.0; GROUP];
        centers[0] = shift * scale;
        let sums = self.sums(column..column + 1, scale, &centers);
        spread(self.lines as f64, [sums.a[0], sums.ab[0]])
    }

    /// The means of some columns, times `scale`, as the first pass has them.
    fn means(&self, columns: Range<usize>, scale: f64) -> [f64; GROUP] {
        let mut means = [0.0; GROUP];
        for (mean, x) in means.iter_mut().zip(&self.x[columns.clone()]) {
            *mean = x.to_f64() * scale;
        }
        let sums = self.sums(columns, scale, &means);
        for (mean, sum) in means.iter_mut().zip(sums.a) {
            *mean += sum / self.lines as f64;
        }
        means
    }

    /// Σ a and Σ a² of some columns.
    fn sums(&self, columns: Range<usize>, scale: f64, centers: &[f64; GROUP]) -> Group {
        let around = ColumnsAround { x: self.x, scale, start: columns.start, centers };
        summed(0..self.lines, columns.len(), |lines, sums| {
            self.add(around, lines, columns.clone(), sums);
        })
    }

    /// Not inlined: all passes share one copy of the kernel.
    #[inline(never)]
    fn add(
        &self,
        around: ColumnsAround<'_, T>,
        lines: Range<usize>,
        columns: Range<usize>,
        sums: &mut Group,
    ) {
        dispatch!(self.level.token(), simd =>
            sum_rows(simd, around, self.width, lines, columns, sums));
    }
}

/// The mean, or where differences left the range of `f64`, the mean of smaller values, enlarged.
fn in_range(mean: f64, again: impl Fn(f64) -> f64) -> f64 {
    if mean.is_finite() {
        return mean;
    }
    // Rounding may carry the mean of the largest numbers past them; a NaN stays one.
    (again(exp2(-RESCUE)) * exp2(RESCUE)).clamp(-f64::MAX, f64::MAX)
}

/// What a pass around the shift found: Σ a and Σ a².
fn spread(count: f64, [a, aa]: [f64; 2]) -> Spread {
    let offset = a / count;
    let second = aa - a * offset;
    Spread { count, offset, second: if second < 0.0 { 0.0 } else { second } }
}
