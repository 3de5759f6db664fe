//! The elementwise passes: sixteen values in, sixteen out, walked in either way.
//!
//! No value meets another, so neither the walk nor the cut into pieces can change a bit.

use fearless_simd::Simd;

use super::formula::{Along, Backward, Formula, Forward, Planes};
use super::layout::Source;
use crate::Shape;
use crate::element::{Element, Pair, STEP, load, store};

/// Rows that share the coefficients they load.
pub(super) const ROWS: usize = 8;

/// An elementwise pass.
pub(super) trait Map<T: Element>: Copy {
    /// The formula, with its coefficients in lanes.
    type Formula<S: Simd>: Formula<S>;

    /// The results for up to sixteen elements from index `at` on; `out` holds the old values.
    fn at<S: Simd>(
        &self,
        simd: S,
        formula: &[Self::Formula<S>; 2],
        out: &[T],
        at: usize,
        count: usize,
    ) -> Pair<S>;
}

/// y = γ·x̂ + β.
#[derive(Clone, Copy)]
pub(super) struct Normalize<'a, T>(pub(super) Source<'a, T>);

impl<T: Element> Map<T> for Normalize<'_, T> {
    type Formula<S: Simd> = Forward<S>;

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        [low, high]: &[Forward<S>; 2],
        out: &[T],
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let x = load(simd, self.0.or(out), at, count);
        [low.of::<T>(x[0]), high.of::<T>(x[1])]
    }
}

/// dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)).
#[derive(Clone, Copy)]
pub(super) struct Differentiate<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
}

impl<T: Element> Map<T> for Differentiate<'_, T> {
    type Formula<S: Simd> = Backward<S>;

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        [low, high]: &[Backward<S>; 2],
        _: &[T],
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy, at, count));
        [low.of::<T>(x[0], dy[0]), high.of::<T>(x[1], dy[1])]
    }
}

/// Elements `start` to `start + out.len()` of a tensor, run by run.
#[inline(always)]
pub(super) fn map_runs<S: Simd, T: Element, M: Map<T>>(
    simd: S,
    map: M,
    shape: Shape,
    start: usize,
    out: &mut [T],
    planes: &Planes<'_>,
) {
    let mut at = 0;
    while at < out.len() {
        let run = (start + at) / shape.inner;
        let end = out.len().min((run + 1) * shape.inner - start);
        let formula = M::Formula::pair(simd, planes, run % shape.channels, Along::Channel);
        while at + STEP <= end {
            let result = map.at(simd, &formula, out, at, STEP);
            store(simd, result, out, at, STEP);
            at += STEP;
        }
        if at < end {
            let result = map.at(simd, &formula, out, at, end - at);
            store(simd, result, out, at, end - at);
            at = end;
        }
    }
}

/// Whole rows of `width` elements, eight rows at a time.
#[inline(always)]
pub(super) fn map_rows<S: Simd, T: Element, M: Map<T>>(
    simd: S,
    map: M,
    width: usize,
    out: &mut [T],
    planes: &Planes<'_>,
) {
    let mut row = 0;
    while row < out.len() {
        let end = out.len().min(row + ROWS * width);
        let mut column = 0;
        while column + STEP <= width {
            map_strip(simd, map, [row + column, end, width], column, STEP, out, planes);
            column += STEP;
        }
        if column < width {
            map_strip(simd, map, [row + column, end, width], column, width - column, out, planes);
        }
        row = end;
    }
}

/// Up to sixteen columns: indices from `at` to `end` by steps of `width`.
#[inline(always)]
fn map_strip<S: Simd, T: Element, M: Map<T>>(
    simd: S,
    map: M,
    [mut at, end, width]: [usize; 3],
    column: usize,
    count: usize,
    out: &mut [T],
    planes: &Planes<'_>,
) {
    let formula = M::Formula::pair(simd, planes, column, Along::Columns);
    while at < end {
        let result = map.at(simd, &formula, out, at, count);
        store(simd, result, out, at, count);
        at += width;
    }
}
