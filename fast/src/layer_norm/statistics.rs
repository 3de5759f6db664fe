//! The statistics of a row.
//!
//! ```text
//! a = x − s, around a shift s       offset = mean(a), μ = s + offset
//! Σ(x − μ)² = Σ a² − (Σ a)·offset
//! ```
//!
//! Hazard: x̂ of one value far out reaches √d, which is 1024 for 2²⁰ features, and multiplies in dx
//! whatever all x̂ are off together. A shift D·σ away from μ makes the mean found off by
//! v·(h + 1)·(1 + D)·σ and Σ(x − μ)² by v·(h + 2)·(1 + 2D + 3D²) of itself: v = 2⁻⁵³, h additions.
//!
//! Method, `f32`: s is 0 if the first 64 values say that it is near the mean, otherwise their mean. One pass
//! is enough while D²·√d ≤ 64, as the sums themselves show (D²·√d of noise is near √d/64, around the mean
//! of the first values). Together the errors of dx are below
//! v·√d·((h + 2)·(1.5 + 2D + 1.5D²) + 8) of r·max|dy·γ|: with h = 47 and D = ¼ at d = 2²⁰ below 2⁻³⁶, and
//! less for fewer features (`reference/spec/layer_norm.md`, promise for `f32`). Where a value
//! far out, or a drift, put s further away, a second pass goes around the mean found; it adds nothing
//! larger, and leaves next to nothing for the offset (T. F. Chan, G. H. Golub, R. J. LeVeque, 1983,
//! eq. 1.7). The sums do not depend on who takes them, so neither does the choice.
//!
//! `f64` has no digits to spare: always two passes, the first around x₀; and so do columns.

use std::ops::Range;

use fearless_simd::{Simd, SimdBase, dispatch, f64x8};

use super::normalize::Standard;
use super::out::{Cached, Out};
use super::sums::{estimate, row_sums};
use crate::element::{Element, Pair, STEP, load};
use crate::moments::{RESCUE, Spread, exp2};
use crate::normalization::blocks::summed;
use crate::normalization::formula::difference;
use crate::normalization::planes::Center;
use crate::normalization::sums::{Factors, GROUP, Group, sum_rows};
use crate::{Level, Moments};

/// a = b = x along a row.
#[derive(Clone, Copy)]
struct AroundZero<'a, T, O> {
    x: &'a [T],
    out: O,
}

impl<T: Element, O: Out<T>> Factors for AroundZero<'_, T, O> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: [usize; 2], count: usize) -> [Pair<S>; 2] {
        let x = load(simd, self.x, at, count);
        self.out.ask(at);
        [x, x]
    }
}

/// a = b = x·scale − center along a row.
#[derive(Clone, Copy)]
struct Around<'a, T, O> {
    x: &'a [T],
    scale: f64,
    center: f64,
    out: O,
}

impl<T: Element, O: Out<T>> Factors for Around<'_, T, O> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: [usize; 2], count: usize) -> [Pair<S>; 2] {
        let scale = f64x8::splat(simd, self.scale);
        let center = f64x8::splat(simd, self.center);
        let x = load(simd, self.x, at, count);
        self.out.ask(at);
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

/// D²·√d up to which one pass is enough.
const NEAR: f64 = 64.0;

/// The shift for a row of which a mean and a variance are estimated: 0 if that is near the mean, by a quarter
/// of [`NEAR`] since both are estimates.
#[inline(always)]
fn near([mean, variance]: [f64; 2], root: f64) -> f64 {
    if mean * mean * root <= NEAR / 4.0 * variance { 0.0 } else { mean }
}

/// Rows that are summed one after the other, at most.
pub(super) const SURVEYED: usize = 16;

/// The moments of a few rows that stand one after the other, and what their x̂ is made with.
#[inline(never)]
pub(super) fn survey<T: Element>(
    level: Level,
    x: &[T],
    epsilon: f64,
    out: impl Out<T>,
    moments: &mut [Moments],
    standards: &mut [Standard],
) {
    let width = x.len() / moments.len();
    let (count, root) = (width as f64, (width as f64).sqrt());
    dispatch!(level.token(), simd => {
        // First all shifts, then all sums, then what is divided: none waits for a division of its own row.
        let mut shifts = [0.0; SURVEYED];
        for (shift, x) in shifts.iter_mut().zip(x.chunks_exact(width)) {
            *shift = if T::SCALED { x[0].to_f64() } else { near(estimate(simd, x), root) };
        }
        let mut sums = [[0.0; 2]; SURVEYED];
        for (row, x) in x.chunks_exact(width).enumerate() {
            let (out, center) = (out.after(row * width), shifts[row]);
            // The same bits, by two operations of nine fewer.
            sums[row] = if !T::SCALED && center == 0.0 {
                row_sums(simd, AroundZero { x, out }, width)
            } else {
                row_sums(simd, Around { x, scale: 1.0, center, out }, width)
            };
        }
        let rows = x.chunks_exact(width).zip(moments).zip(standards);
        for (row, ((x, moments), standard)) in rows.enumerate() {
            Row { x, level, count, root }.settle(shifts[row], sums[row], moments);
            *standard = Standard::new::<T>(&Center::new(moments, epsilon), moments);
        }
    });
}

/// A row whose values stand together.
#[derive(Clone, Copy)]
struct Row<'a, T> {
    x: &'a [T],
    level: Level,
    /// d and √d.
    count: f64,
    root: f64,
}

impl<T: Element> Row<'_, T> {
    /// Writes its moments, from Σ a and Σ a² around `first`, or where that was too far off, from a second pass.
    #[inline]
    fn settle(&self, first: f64, sums: [f64; 2], moments: &mut Moments) {
        let found = spread(self.count, sums);
        let mut shift = first + found.offset;
        if T::SCALED {
            shift = in_range(shift, |scale| self.mean(first * scale, scale));
        }
        let away = found.offset * found.offset * (self.count * self.root);
        let plain = if !T::SCALED && away <= NEAR * found.second {
            Spread { offset: (first - shift) + found.offset, ..found }
        } else {
            self.around(shift, 0)
        };
        let again = |exponent| self.around(shift, exponent);
        *moments = Moments::plain(shift, self.x.len() as u64, plain);
        moments.settle(again);
    }

    /// The mean of the row times `scale`, from `center` on.
    fn mean(&self, center: f64, scale: f64) -> f64 {
        center + self.sums(scale, center)[0] / self.count
    }

    /// Offset and Σ(x − μ)² in units of 2^exponent.
    fn around(&self, shift: f64, exponent: i32) -> Spread {
        let scale = exp2(-exponent);
        spread(self.count, self.sums(scale, shift * scale))
    }

    /// Σ a and Σ a². Not inlined: all later passes share one copy of the kernel.
    #[inline(never)]
    fn sums(&self, scale: f64, center: f64) -> [f64; 2] {
        let around = Around { x: self.x, scale, center, out: Cached };
        dispatch!(self.level.token(), simd => row_sums(simd, around, around.x.len()))
    }
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
