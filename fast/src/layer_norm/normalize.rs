//! y = γ·x̂ + β of a few rows that stand one after the other.
//!
//! Columns are taken sixteen at a time, of all rows, so that γ and β are loaded once for them. No value
//! meets another: neither the cut into columns nor the way the results are stored can change a bit.

use fearless_simd::{Simd, SimdBase, f64x8};

use super::out::Out;
use crate::Moments;
use crate::element::{Element, Fused, Pair, STEP, load};
use crate::normalization::Source;
use crate::normalization::formula::difference;
use crate::normalization::planes::Center;

/// x̂ = ((x − shift) − offset)·r as (x − shift)·r − offset·r, two operations.
///
/// The offset is what the rounding of the shift left over, next to nothing beside the largest x − shift:
/// its product is rounded by less than x̂ is there.
///
/// Where the mean of `f32` data is less than 8 deviations from 0, which is nearly always, x·r − μ·r, one
/// operation: μ·r is off by less than 2⁻⁵⁰, for all x̂ of the row alike, which moves dx by less than
/// 2⁻⁵⁰·√d ≤ 2⁻⁴⁰ of r·max|dy·γ|. Of the 2⁻³⁶ that are promised the statistics take less than 0.9.
#[derive(Clone, Copy, Default)]
pub(super) struct Standard {
    scale: f64,
    shift: f64,
    rstd: f64,
    rest: f64,
}

impl Standard {
    /// Whether all finite x give a finite x̂: a row with a value that is not has no finite mean.
    pub(super) fn is_finite(&self) -> bool {
        // 0 times what is not finite is NaN.
        0.0 * self.shift + 0.0 * self.rstd + 0.0 * self.rest == 0.0
    }

    pub(super) fn new<T: Element>(center: &Center, moments: &Moments) -> Self {
        let Center { scale, shift, offset, rstd } = *center;
        let rest = -(offset * rstd);
        // Equal values have no deviation: they give 0 by a subtraction alone.
        let limit = AWAY * AWAY * moments.second_moment();
        if !T::SCALED && shift * shift * (moments.count() as f64) < limit {
            return Self { scale, shift: 0.0, rstd, rest: rest - shift * rstd };
        }
        Self { scale, shift, rstd, rest }
    }

    /// Whether x̂ is x·r and a constant.
    pub(super) fn is_folded<T: Element>(&self) -> bool {
        !T::SCALED && self.shift == 0.0
    }

    #[inline(always)]
    pub(super) fn splat<S: Simd>(&self, simd: S) -> Lanes<S> {
        Lanes {
            scale: f64x8::splat(simd, self.scale),
            shift: f64x8::splat(simd, self.shift),
            rstd: f64x8::splat(simd, self.rstd),
            rest: f64x8::splat(simd, self.rest),
        }
    }
}

/// Deviations between 0 and the mean below which nothing is subtracted first.
const AWAY: f64 = 8.0;

/// A [`Standard`] in all lanes.
#[derive(Clone, Copy)]
pub(super) struct Lanes<S: Simd> {
    scale: f64x8<S>,
    shift: f64x8<S>,
    rstd: f64x8<S>,
    rest: f64x8<S>,
}

impl<S: Simd> Lanes<S> {
    /// x̂. `FOLDED`: for a standard that is folded, the same bits by two operations fewer.
    #[inline(always)]
    pub(super) fn of<T: Element, const FOLDED: bool>(&self, x: Pair<S>) -> Pair<S> {
        let Self { scale, shift, rstd, rest } = *self;
        if FOLDED {
            return [x[0].fused(rstd, rest), x[1].fused(rstd, rest)];
        }
        [
            difference::<S, T>(x[0], scale, shift).fused(rstd, rest),
            difference::<S, T>(x[1], scale, shift).fused(rstd, rest),
        ]
    }
}

/// Rows of y, whose values are x or in y already; `standards` has one for each.
#[derive(Clone, Copy)]
pub(super) struct Normalize<'a, T> {
    pub(super) x: Source<'a, T>,
    pub(super) gamma: &'a [T],
    pub(super) beta: &'a [T],
    pub(super) standards: &'a [Standard],
}

impl<T: Element> Normalize<'_, T> {
    /// All rows, `R` at a time and then one by one.
    #[inline(always)]
    pub(super) fn run<S: Simd, O: Out<T>, const R: usize>(self, simd: S, y: &mut [T], out: O) {
        if self.standards.iter().all(Standard::is_folded::<T>) {
            self.all::<S, O, R, true>(simd, y, out);
        } else {
            self.all::<S, O, R, false>(simd, y, out);
        }
    }

    #[inline(always)]
    fn all<S: Simd, O: Out<T>, const R: usize, const FOLDED: bool>(
        self,
        simd: S,
        y: &mut [T],
        out: O,
    ) {
        let width = self.gamma.len();
        let whole = self.standards.len() / R * R;
        for row in (0..whole).step_by(R) {
            self.some::<S, O, R, FOLDED>(simd, row, &mut y[row * width..(row + R) * width], out);
        }
        for row in whole..self.standards.len() {
            self.some::<S, O, 1, FOLDED>(simd, row, &mut y[row * width..(row + 1) * width], out);
        }
    }

    /// The rows `first` to `first` + `R`, their coefficients in registers.
    #[inline(always)]
    fn some<S: Simd, O: Out<T>, const R: usize, const FOLDED: bool>(
        self,
        simd: S,
        first: usize,
        y: &mut [T],
        out: O,
    ) {
        let width = self.gamma.len();
        let (x, out) = (self.x.part(first * width, R * width), out.after(first * width));
        let mut lanes = [self.standards[first].splat(simd); R];
        for row in 1..R {
            lanes[row] = self.standards[first + row].splat(simd);
        }
        let rows = Self { x, ..self };
        let head = out.head(&y[..width]);
        let mut column = 0;
        if head > 0 {
            rows.strip::<S, R, FOLDED>(simd, &lanes, column, head, y, out);
            column = head;
        }
        while column + STEP <= width {
            rows.strip::<S, R, FOLDED>(simd, &lanes, column, STEP, y, out);
            column += STEP;
        }
        if column < width {
            rows.strip::<S, R, FOLDED>(simd, &lanes, column, width - column, y, out);
        }
    }

    /// Up to sixteen columns of `R` rows.
    #[inline(always)]
    fn strip<S: Simd, const R: usize, const FOLDED: bool>(
        self,
        simd: S,
        lanes: &[Lanes<S>; R],
        column: usize,
        count: usize,
        y: &mut [T],
        out: impl Out<T>,
    ) {
        let gamma = load(simd, self.gamma, column, count);
        let beta = load(simd, self.beta, column, count);
        for row in 0..R {
            let at = row * self.gamma.len() + column;
            let xhat = lanes[row].of::<T, FOLDED>(load(simd, self.x.or(y), at, count));
            let result = [xhat[0].fused(gamma[0], beta[0]), xhat[1].fused(gamma[1], beta[1])];
            out.store(simd, result, y, at, count);
        }
    }
}
