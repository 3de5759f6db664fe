//! The elementwise passes: sixteen values in, sixteen out, walked in either way.
//!
//! No value meets another, so neither the walk nor the cut into pieces can change a bit.

use fearless_simd::Simd;

use crate::Shape;
use crate::element::{Element, Pair, STEP, load, store};
use crate::normalization::Source;
use crate::normalization::formula::{Along, Backward, Formula, Forward};
use crate::normalization::maps::Map;
use crate::normalization::planes::Planes;

/// y = γ·x̂ + β.
#[derive(Clone, Copy)]
pub(super) struct Normalize<'a, T> {
    pub(super) x: Source<'a, T>,
    pub(super) planes: &'a Planes<'a>,
    pub(super) along: Along,
}

impl<T: Element> Map<T> for Normalize<'_, T> {
    type Coefficients<S: Simd> = [Forward<S>; 2];

    #[inline(always)]
    fn coefficients<S: Simd>(&self, simd: S, column: usize, _: usize) -> [Forward<S>; 2] {
        Forward::pair(simd, self.planes, column, self.along)
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        [low, high]: &[Forward<S>; 2],
        out: &[T],
        _: usize,
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let x = load(simd, self.x.or(out), at, count);
        [low.of::<T>(x[0]), high.of::<T>(x[1])]
    }
}

/// dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)).
#[derive(Clone, Copy)]
pub(super) struct Differentiate<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) planes: &'a Planes<'a>,
    pub(super) along: Along,
}

impl<T: Element> Map<T> for Differentiate<'_, T> {
    type Coefficients<S: Simd> = [Backward<S>; 2];

    #[inline(always)]
    fn coefficients<S: Simd>(&self, simd: S, column: usize, _: usize) -> [Backward<S>; 2] {
        Backward::pair(simd, self.planes, column, self.along)
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        [low, high]: &[Backward<S>; 2],
        _: &[T],
        _: usize,
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
) {
    let mut at = 0;
    while at < out.len() {
        let run = (start + at) / shape.inner;
        let end = out.len().min((run + 1) * shape.inner - start);
        let formula = map.coefficients(simd, run % shape.channels, STEP);
        while at + STEP <= end {
            let result = map.at(simd, &formula, out, 0, at, STEP);
            store(simd, result, out, at, STEP);
            at += STEP;
        }
        if at < end {
            let result = map.at(simd, &formula, out, 0, at, end - at);
            store(simd, result, out, at, end - at);
            at = end;
        }
    }
}
