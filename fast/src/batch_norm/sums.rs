//! The two sums of every column of a matrix, and of every block of a run.
//!
//! ```text
//! moments      Σ d,  Σ d²        d = x − shift
//! gradients    Σ dy, Σ dy·d      f32: x̂ = (d − offset)·r follows from the sums
//!              Σ dy, Σ dy·x̂      f64
//! ```
//!
//! A strip of 64 columns is summed over a few rows in registers; what comes out is added to the sums
//! of the task. At most [`TASK`]/8 + 8 = 40 numbers are added one after the other.
//! The bits depend on the rows of a task, not on how many columns a strip or a group has.

use std::ops::Range;

use fearless_simd::{Simd, SimdBase, f64x8};

use super::rectifier::Activation;
use crate::element::{Element, Pair, STEP, load, unrolled};
use crate::normalization::formula::{Along, Formula, Forward, Normalized, difference};
use crate::normalization::planes::Planes;
use crate::normalization::sums::{Factors, add};
use crate::streaming::prefetch;

/// Rows whose sums have one shift.
pub(super) const TASK: usize = 256;
/// Rows whose sums are kept in registers.
const ROWS: usize = 8;
/// Strips of sixteen columns whose sums fill the registers.
const STRIPS: usize = 4;

/// a = b = x·scale − shift − center along a channel.
#[derive(Clone, Copy)]
pub(super) struct Deviation<'a, T> {
    pub(super) x: &'a [T],
    pub(super) scale: f64,
    pub(super) shift: f64,
    pub(super) center: f64,
}

impl<T: Element> Factors for Deviation<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: [usize; 2], count: usize) -> [Pair<S>; 2] {
        let scale = f64x8::splat(simd, self.scale);
        let [shift, center] = [f64x8::splat(simd, self.shift), f64x8::splat(simd, self.center)];
        let [low, high] = load(simd, self.x, at, count);
        let a = [
            deviation::<S, T>(low, scale, shift, center),
            deviation::<S, T>(high, scale, shift, center),
        ];
        [a, a]
    }
}

/// a and b where lanes run along the columns.
pub(super) trait ColumnFactors: Copy {
    /// What sixteen columns have in common, in lanes.
    type Coefficients<S: Simd>: Copy;

    /// Those of up to sixteen columns from `column` on.
    fn coefficients<S: Simd>(&self, simd: S, column: usize, count: usize) -> Self::Coefficients<S>;

    /// Asks for what the elements from index `at` on need.
    fn prefetch(&self, at: usize);

    /// a and b of up to sixteen elements from index `at` on.
    fn terms<S: Simd>(
        &self,
        simd: S,
        coefficients: &Self::Coefficients<S>,
        at: usize,
        count: usize,
    ) -> [Pair<S>; 2];
}

/// The same with lanes along the columns: the row at index `row` of x holds the shifts.
#[derive(Clone, Copy)]
pub(super) struct ColumnDeviation<'a, T> {
    pub(super) x: &'a [T],
    pub(super) scale: f64,
    pub(super) row: usize,
    /// The column of `centers[0]`.
    pub(super) start: usize,
    pub(super) centers: &'a [f64],
}

impl<T: Element> ColumnFactors for ColumnDeviation<'_, T> {
    /// Scaled shifts, and centers.
    type Coefficients<S: Simd> = [Pair<S>; 2];

    #[inline(always)]
    fn coefficients<S: Simd>(&self, simd: S, column: usize, count: usize) -> [Pair<S>; 2] {
        let scale = f64x8::splat(simd, self.scale);
        let shift = load(simd, self.x, self.row + column, count);
        let center = if T::PASSES > 1 {
            load(simd, self.centers, column - self.start, STEP)
        } else {
            [f64x8::splat(simd, 0.0); 2]
        };
        [[shift[0] * scale, shift[1] * scale], center]
    }

    #[inline(always)]
    fn prefetch(&self, at: usize) {
        prefetch(self.x, at);
    }

    #[inline(always)]
    fn terms<S: Simd>(
        &self,
        simd: S,
        [shift, center]: &[Pair<S>; 2],
        at: usize,
        count: usize,
    ) -> [Pair<S>; 2] {
        let (x, scale) = (load(simd, self.x, at, count), f64x8::splat(simd, self.scale));
        let a = [
            deviation::<S, T>(x[0], scale, shift[0], center[0]),
            deviation::<S, T>(x[1], scale, shift[1], center[1]),
        ];
        [a, a]
    }
}

/// x·scale − shift − center; nothing is known of the center in a first and only pass.
#[inline(always)]
fn deviation<S: Simd, T: Element>(
    x: f64x8<S>,
    scale: f64x8<S>,
    shift: f64x8<S>,
    center: f64x8<S>,
) -> f64x8<S> {
    let difference = difference::<S, T>(x, scale, shift);
    if T::PASSES > 1 { difference - center } else { difference }
}

/// a = dy, or what a rectifier leaves of it, and b = x̂; for `f32` b = x − shift.
#[derive(Clone, Copy)]
pub(super) struct Gradient<'a, T, A> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) activation: A,
    pub(super) planes: &'a Planes<'a>,
    pub(super) along: Along,
}

impl<T: Element, A: Activation> Factors for Gradient<'_, T, A> {
    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        at: usize,
        [_, column]: [usize; 2],
        count: usize,
    ) -> [Pair<S>; 2] {
        self.terms(simd, &self.coefficients(simd, column, count), at, count)
    }
}

impl<T: Element, A: Activation> ColumnFactors for Gradient<'_, T, A> {
    type Coefficients<S: Simd> = [(Normalized<S>, Forward<S>); 2];

    #[inline(always)]
    fn coefficients<S: Simd>(&self, simd: S, column: usize, _: usize) -> Self::Coefficients<S> {
        let [a, b] = Normalized::pair(simd, self.planes, column, self.along);
        let [c, d] = Forward::pair(simd, self.planes, column, self.along);
        [(a, c), (b, d)]
    }

    #[inline(always)]
    fn prefetch(&self, at: usize) {
        prefetch(self.x, at);
        prefetch(self.dy, at);
    }

    #[inline(always)]
    fn terms<S: Simd>(
        &self,
        simd: S,
        [low, high]: &Self::Coefficients<S>,
        at: usize,
        count: usize,
    ) -> [Pair<S>; 2] {
        let [x, dy] = [load(simd, self.x, at, count), load(simd, self.dy, at, count)];
        let b = if T::SCALED {
            [low.0.of::<T>(x[0]), high.0.of::<T>(x[1])]
        } else {
            [low.0.shifted(x[0]), high.0.shifted(x[1])]
        };
        if A::NONE {
            return [dy, b];
        }
        let y = [low.1.of::<T>(x[0]), high.1.of::<T>(x[1])];
        [self.activation.gradient::<S, T>(simd, y, dy), b]
    }
}

/// Adds `columns` of `rows`, at most [`TASK`], of a matrix with rows of `width` elements to `sums`:
/// Σ a in its first half, Σ a·b in its second.
#[inline(always)]
pub(super) fn sum_columns<S: Simd, F: ColumnFactors>(
    simd: S,
    factors: F,
    width: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    far: bool,
    sums: &mut [f64],
) {
    let mut row = rows.start;
    while row < rows.end {
        let few = row..rows.end.min(row + ROWS);
        let mut column = columns.start;
        while column + STRIPS * STEP <= columns.end {
            let place = [column, STEP, column - columns.start];
            sum_strips::<STRIPS, S, F>(simd, factors, width, few.clone(), place, far, sums);
            column += STRIPS * STEP;
        }
        while column < columns.end {
            let place = [column, STEP.min(columns.end - column), column - columns.start];
            sum_strips::<1, S, F>(simd, factors, width, few.clone(), place, far, sums);
            column += STEP;
        }
        row = few.end;
    }
}

/// `N` strips of up to sixteen columns of a few rows: from which column on, how many of each, and where their
/// sums stand. `far`: the rows behind them are asked for.
#[inline(always)]
fn sum_strips<const N: usize, S: Simd, F: ColumnFactors>(
    simd: S,
    factors: F,
    width: usize,
    rows: Range<usize>,
    [column, count, place]: [usize; 3],
    far: bool,
    sums: &mut [f64],
) {
    let mut lanes = [[f64x8::splat(simd, 0.0); 4]; N];
    let mut coefficients = [factors.coefficients(simd, column, count); N];
    unrolled::<N>(
        #[inline(always)]
        |k| coefficients[k] = factors.coefficients(simd, column + k * STEP, count),
    );
    for row in rows {
        let at = row * width + column;
        unrolled::<N>(
            #[inline(always)]
            |k| {
                if far {
                    factors.prefetch(at + k * STEP + ROWS * width);
                }
                let terms = factors.terms(simd, &coefficients[k], at + k * STEP, count);
                add(&mut lanes[k], terms);
            },
        );
    }
    let (a, ab) = sums.split_at_mut(sums.len() / 2);
    unrolled::<N>(
        #[inline(always)]
        |k| {
            let place = place + k * STEP;
            added([lanes[k][0], lanes[k][1]], &mut a[place..place + STEP]);
            added([lanes[k][2], lanes[k][3]], &mut ab[place..place + STEP]);
        },
    );
}

#[inline(always)]
fn added<S: Simd>([low, high]: Pair<S>, sums: &mut [f64]) {
    (f64x8::from_slice(low.simd, &sums[..8]) + low).store_slice(&mut sums[..8]);
    (f64x8::from_slice(high.simd, &sums[8..]) + high).store_slice(&mut sums[8..]);
}
