//! y = γ·x̂ + β of a few rows that stand one after the other.
//!
//! Columns are taken sixteen at a time, of all rows, so that γ and β are loaded once for them. No value
//! meets another: neither the cut into columns nor the way the results are stored can change a bit.

use fearless_simd::{Simd, SimdBase, f64x8};

use super::out::Out;
use crate::element::{Element, Fused, Pair, STEP, load};
use crate::normalization::Source;
use crate::normalization::formula::difference;
use crate::normalization::planes::Center;

/// x̂ = ((x − shift) − offset)·r as (x − shift)·r − offset·r, two operations.
///
/// The offset is what the rounding of the shift left over, next to nothing beside the largest x − shift:
/// its product is rounded by less than x̂ is there.
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

    pub(super) fn new(center: &Center) -> Self {
        let Center { scale, shift, offset, rstd } = *center;
        Self { scale, shift, rstd, rest: -(offset * rstd) }
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

/// A [`Standard`] in all lanes.
#[derive(Clone, Copy)]
pub(super) struct Lanes<S: Simd> {
    scale: f64x8<S>,
    shift: f64x8<S>,
    rstd: f64x8<S>,
    rest: f64x8<S>,
}

impl<S: Simd> Lanes<S> {
    #[inline(always)]
    pub(super) fn of<T: Element>(&self, x: Pair<S>) -> Pair<S> {
        let Self { scale, shift, rstd, rest } = *self;
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
        let width = self.gamma.len();
        let whole = self.standards.len() / R * R;
        for row in (0..whole).step_by(R) {
            self.some::<S, O, R>(simd, row, &mut y[row * width..(row + R) * width], out);
        }
        for row in whole..self.standards.len() {
            self.some::<S, O, 1>(simd, row, &mut y[row * width..(row + 1) * width], out);
        }
    }

    /// The rows `first` to `first` + `R`, their coefficients in registers.
    #[inline(always)]
    fn some<S: Simd, O: Out<T>, const R: usize>(self, simd: S, first: usize, y: &mut [T], out: O) {
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
            rows.strip(simd, &lanes, column, head, y, out);
            column = head;
        }
        while column + STEP <= width {
            rows.strip(simd, &lanes, column, STEP, y, out);
            column += STEP;
        }
        if column < width {
            rows.strip(simd, &lanes, column, width - column, y, out);
        }
    }

    /// Up to sixteen columns of `R` rows.
    #[inline(always)]
    fn strip<S: Simd, const R: usize>(
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
            let xhat = lanes[row].of::<T>(load(simd, self.x.or(y), at, count));
            let result = [xhat[0].fused(gamma[0], beta[0]), xhat[1].fused(gamma[1], beta[1])];
            out.store(simd, result, y, at, count);
        }
    }
}
