//! The two sums of every column of a matrix, and of every block of a run.
//!
//! ```text
//! moments      Σ d,  Σ d²        d = x − shift
//! gradients    Σ dy, Σ dy·d      f32: x̂ = (d − offset)·r follows from the sums
//!              Σ dy, Σ dy·x̂      f64
//! ```
//!
//! A strip of 64 columns is summed over a few rows in registers; what comes out is added to the sums
//! of the task. At most [`TASK`]/R + R = 68 numbers are added one after the other, where R is 4 or 8.
//! The bits depend on the rows of a task, not on how many columns a strip or a group has.

use std::ops::Range;

use fearless_simd::{Simd, SimdBase, f64x8};

use super::rectifier::Rectifier;
use crate::element::{Element, Pair, STEP, load};
use crate::normalization::formula::{Along, Formula, Forward, Normalized, difference};
use crate::normalization::planes::Planes;
use crate::normalization::sums::{Factors, add};

/// Rows whose sums have one shift.
pub(super) const TASK: usize = 256;
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
        let [scale, shift, center] =
            [self.scale, self.shift, self.center].map(|value| f64x8::splat(simd, value));
        let [low, high] = load(simd, self.x, at, count);
        let a = [
            deviation::<S, T>(low, scale, shift, center),
            deviation::<S, T>(high, scale, shift, center),
        ];
        [a, a]
    }
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

impl<T: Element> Factors for ColumnDeviation<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        at: usize,
        [_, column]: [usize; 2],
        count: usize,
    ) -> [Pair<S>; 2] {
        let scale = f64x8::splat(simd, self.scale);
        let shift = load(simd, self.x, self.row + column, count);
        let center = if T::PASSES > 1 {
            load(simd, self.centers, column - self.start, STEP)
        } else {
            [f64x8::splat(simd, 0.0); 2]
        };
        let x = load(simd, self.x, at, count);
        let a = [
            deviation::<S, T>(x[0], scale, shift[0] * scale, center[0]),
            deviation::<S, T>(x[1], scale, shift[1] * scale, center[1]),
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
pub(super) struct Gradient<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) rectifier: Option<Rectifier>,
    pub(super) planes: &'a Planes<'a>,
    pub(super) along: Along,
}

impl<T: Element> Factors for Gradient<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        at: usize,
        [_, column]: [usize; 2],
        count: usize,
    ) -> [Pair<S>; 2] {
        let [low, high] = Normalized::pair(simd, self.planes, column, self.along);
        let [x, dy] = [load(simd, self.x, at, count), load(simd, self.dy, at, count)];
        let b = if T::SCALED {
            [low.of::<T>(x[0]), high.of::<T>(x[1])]
        } else {
            [low.shifted(x[0]), high.shifted(x[1])]
        };
        let Some(rectifier) = self.rectifier else {
            return [dy, b];
        };
        let [low, high] = Forward::pair(simd, self.planes, column, self.along);
        let y = [low.of::<T>(x[0]), high.of::<T>(x[1])];
        [rectifier.gradient::<S, T>(simd, y, dy), b]
    }
}

/// Adds `columns` of `rows`, at most [`TASK`], of a matrix with rows of `width` elements to `sums`:
/// Σ a in its first half, Σ a·b in its second.
#[inline(always)]
pub(super) fn sum_columns<const ROWS: usize, S: Simd, F: Factors>(
    simd: S,
    factors: F,
    width: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    sums: &mut [f64],
) {
    let mut row = rows.start;
    while row < rows.end {
        let few = row..rows.end.min(row + ROWS);
        let mut column = columns.start;
        while column + STRIPS * STEP <= columns.end {
            let place = column - columns.start;
            sum_strips::<STRIPS, S, F>(
                simd,
                factors,
                width,
                few.clone(),
                [column, STEP],
                place,
                sums,
            );
            column += STRIPS * STEP;
        }
        while column < columns.end {
            let (place, count) = (column - columns.start, STEP.min(columns.end - column));
            sum_strips::<1, S, F>(simd, factors, width, few.clone(), [column, count], place, sums);
            column += STEP;
        }
        row = few.end;
    }
}

/// `N` strips of up to sixteen columns of a few rows.
#[inline(always)]
fn sum_strips<const N: usize, S: Simd, F: Factors>(
    simd: S,
    factors: F,
    width: usize,
    rows: Range<usize>,
    [column, count]: [usize; 2],
    place: usize,
    sums: &mut [f64],
) {
    let mut lanes = [[f64x8::splat(simd, 0.0); 4]; N];
    for row in rows {
        for k in 0..N {
            let column = column + k * STEP;
            add(&mut lanes[k], factors.at(simd, row * width + column, [row, column], count));
        }
    }
    let (a, ab) = sums.split_at_mut(sums.len() / 2);
    for k in 0..N {
        let place = place + k * STEP;
        for (j, sums) in [&mut *a, &mut *ab].into_iter().enumerate() {
            for half in 0..2 {
                let sums = &mut sums[place + 8 * half..][..8];
                (f64x8::from_slice(simd, sums) + lanes[k][2 * j + half]).store_slice(sums);
            }
        }
    }
}
