//! The elementwise passes: sixteen values in, sixteen out, walked in either way.
//!
//! No value meets another, so neither the walk nor the cut into pieces can change a bit.
//!
//! Results that are not needed soon go past the caches, and the lines of x and dy that come next are
//! asked for meanwhile: from memory that takes a third off and more. Four rows at a time, not
//! eight: rows a multiple of a page apart share the places of one set in the first-level cache.

use std::ops::Range;

use fearless_simd::Simd;

use super::rectifier::Activation;
use crate::Shape;
use crate::element::{Element, Pair, STEP, load, store, unrolled};
use crate::normalization::Source;
use crate::normalization::formula::{Along, Backward, Formula, Forward};
use crate::normalization::maps::Map;
use crate::normalization::planes::Planes;
use crate::streaming::{Streaming, head, prefetch};

/// Rows that share the coefficients they load.
pub(super) const ROWS: usize = 4;
/// Elements along a run before what a prefetch asks for.
const AHEAD: usize = 1024;

/// Elements that a thread takes at a time. Nothing is asked for beyond a piece, so those of a tensor
/// that comes from memory are long.
pub(super) fn piece(streams: bool) -> usize {
    if streams { 1 << 18 } else { 1 << 14 }
}

/// A pass that knows what it reads.
pub(super) trait Pass<T: Element>: Map<T> {
    /// Strips of sixteen columns whose coefficients fill the registers; of `f64` one does.
    const STRIPS: usize;

    /// Asks for what the elements from index `at` on need.
    fn prefetch(&self, at: usize);
}

/// y = γ·x̂ + β, or its activation.
#[derive(Clone, Copy)]
pub(super) struct Normalize<'a, T, A> {
    pub(super) x: Source<'a, T>,
    pub(super) activation: A,
    pub(super) planes: &'a Planes<'a>,
    pub(super) along: Along,
}

impl<T: Element, A: Activation> Pass<T> for Normalize<'_, T, A> {
    const STRIPS: usize = 4;

    #[inline(always)]
    fn prefetch(&self, at: usize) {
        if let Source::Slice(x) = self.x {
            prefetch(x, at);
        }
    }
}

impl<T: Element, A: Activation> Map<T> for Normalize<'_, T, A> {
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
        self.activation.of::<S, T>(simd, [low.of::<T>(x[0]), high.of::<T>(x[1])])
    }
}

/// dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)).
#[derive(Clone, Copy)]
pub(super) struct Differentiate<'a, T, A> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) activation: A,
    pub(super) planes: &'a Planes<'a>,
    pub(super) along: Along,
}

impl<T: Element, A: Activation> Pass<T> for Differentiate<'_, T, A> {
    const STRIPS: usize = 2;

    #[inline(always)]
    fn prefetch(&self, at: usize) {
        prefetch(self.x, at);
        prefetch(self.dy, at);
    }
}

impl<T: Element, A: Activation> Map<T> for Differentiate<'_, T, A> {
    type Coefficients<S: Simd> = [(Forward<S>, Backward<S>); 2];

    #[inline(always)]
    fn coefficients<S: Simd>(
        &self,
        simd: S,
        column: usize,
        _: usize,
    ) -> [(Forward<S>, Backward<S>); 2] {
        let forward = Forward::pair(simd, self.planes, column, self.along);
        let backward = Backward::pair(simd, self.planes, column, self.along);
        [(forward[0], backward[0]), (forward[1], backward[1])]
    }

    #[inline(always)]
    fn at<S: Simd>(
        &self,
        simd: S,
        [low, high]: &[(Forward<S>, Backward<S>); 2],
        _: &[T],
        _: usize,
        at: usize,
        count: usize,
    ) -> Pair<S> {
        let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy, at, count));
        let y = [low.0.of::<T>(x[0]), high.0.of::<T>(x[1])];
        let dy = self.activation.gradient::<S, T>(simd, y, dy);
        [low.1.of::<T>(x[0], dy[0]), high.1.of::<T>(x[1], dy[1])]
    }
}

/// Where results go.
struct Sink(Option<Streaming>);

impl Sink {
    #[inline(always)]
    fn new(streams: bool) -> Self {
        Self(streams.then(Streaming::begin))
    }

    #[inline(always)]
    fn put<S: Simd, T: Element>(
        &self,
        simd: S,
        result: Pair<S>,
        out: &mut [T],
        at: usize,
        count: usize,
    ) {
        match &self.0 {
            Some(streaming) if count == STEP => {
                streaming.store(simd, result, &mut out[at..at + STEP]);
            }
            _ => store(simd, result, out, at, count),
        }
    }
}

/// What comes before the first whole row: fewer than sixteen elements, whose coefficients stand after
/// those of all `width` columns.
#[inline(always)]
pub(super) fn map_head<S: Simd, T: Element, P: Pass<T>>(
    simd: S,
    pass: P,
    width: usize,
    out: &mut [T],
) {
    let coefficients = pass.coefficients(simd, width, STEP);
    let result = pass.at(simd, &coefficients, out, 0, 0, out.len());
    store(simd, result, out, 0, out.len());
}

/// Whole rows of `width` elements, and the beginning of another.
#[inline(always)]
pub(super) fn map_rows<S: Simd, T: Element, P: Pass<T>>(
    simd: S,
    pass: P,
    width: usize,
    streams: bool,
    far: bool,
    out: &mut [T],
) {
    let (rows, rest) = (out.len() / width, out.len() % width);
    let sink = Sink::new(streams);
    let mut row = 0;
    while row * width < out.len() {
        let (few, columns) =
            if row < rows { (row..rows.min(row + ROWS), width) } else { (row..row + 1, rest) };
        row = few.end;
        let mut column = 0;
        while !T::SCALED && column + P::STRIPS * STEP <= columns {
            let (few, place) = (few.clone(), [column, STEP]);
            if P::STRIPS == 4 {
                strips::<4, S, T, P>(simd, pass, width, few, place, (&sink, far), out);
            } else {
                strips::<2, S, T, P>(simd, pass, width, few, place, (&sink, far), out);
            }
            column += P::STRIPS * STEP;
        }
        while column < columns {
            let count = STEP.min(columns - column);
            strips::<1, S, T, P>(
                simd,
                pass,
                width,
                few.clone(),
                [column, count],
                (&sink, far),
                out,
            );
            column += STEP;
        }
    }
}

/// `N` strips of up to sixteen columns of a few rows.
#[inline(always)]
fn strips<const N: usize, S: Simd, T: Element, P: Pass<T>>(
    simd: S,
    pass: P,
    width: usize,
    rows: Range<usize>,
    [column, count]: [usize; 2],
    (sink, far): (&Sink, bool),
    out: &mut [T],
) {
    let mut coefficients = [pass.coefficients(simd, column, count); N];
    unrolled::<N>(
        #[inline(always)]
        |k| coefficients[k] = pass.coefficients(simd, column + k * STEP, count),
    );
    for row in rows {
        unrolled::<N>(
            #[inline(always)]
            |k| {
                let at = row * width + column + k * STEP;
                if far {
                    pass.prefetch(at + ROWS * width);
                }
                let result = pass.at(simd, &coefficients[k], out, row, at, count);
                sink.put(simd, result, out, at, count);
            },
        );
    }
}

/// Elements `start` to `start + out.len()` of a tensor, run by run.
#[inline(always)]
pub(super) fn map_runs<S: Simd, T: Element, P: Pass<T>>(
    simd: S,
    pass: P,
    shape: Shape,
    start: usize,
    streams: bool,
    out: &mut [T],
) {
    let sink = Sink::new(streams);
    let mut at = 0;
    while at < out.len() {
        let run = (start + at) / shape.inner;
        let end = out.len().min((run + 1) * shape.inner - start);
        let formula = pass.coefficients(simd, run % shape.channels, STEP);
        let head = if streams { head(&out[at..end]) } else { 0 };
        if head > 0 {
            let result = pass.at(simd, &formula, out, 0, at, head);
            store(simd, result, out, at, head);
            at += head;
        }
        while at + STEP <= end {
            if streams {
                pass.prefetch(at + AHEAD);
            }
            let result = pass.at(simd, &formula, out, 0, at, STEP);
            sink.put(simd, result, out, at, STEP);
            at += STEP;
        }
        if at < end {
            let result = pass.at(simd, &formula, out, 0, at, end - at);
            store(simd, result, out, at, end - at);
            at = end;
        }
    }
}
