//! Lanes across rows: for each o, the rows are the columns of a matrix of channels × inner.
//!
//! 1. Some columns of a matrix are one task, which is summed twice, the second time around each
//!    column's mean; its lines are halved down to 64, which are summed one after the other.
//! 2. The elementwise passes cut the tensor into flat pieces, with coefficients by column and γ
//!    and β by line. Each matrix' columns are numbered from a multiple of sixteen on.
//! 3. Backward the same with Σ dy·γ and Σ dy·γ·x̂. Σ dy and Σ dy·x̂ of a feature are taken along
//!    its runs, at most 1024 values for one part.

use std::ops::Range;

use fearless_simd::dispatch;

use super::gradients::{FeatureGradient, RowGradient};
use super::layout::{Layout, Memory};
use super::maps::{DifferentiateColumns, NormalizeColumns};
use super::statistics::Matrix;
use crate::dropout::Dropping;
use crate::element::{Element, STEP};
use crate::moments::{Spread, exp2};
use crate::normalization::blocks::summed;
use crate::normalization::maps::map_rows;
use crate::normalization::planes::{Center, Planes, Slope};
use crate::normalization::sums::{DEPTH, GROUP, Group, Runs, sum_rows, sum_runs};
use crate::normalization::{Inputs, Job, Source};
use crate::workspace::at_least;
use crate::{Moments, Shape};

/// Elements that a thread takes at a time in the elementwise passes.
const PIECE: usize = 1 << 14;
/// Elements of a task that sums columns.
const TASK: usize = 1 << 16;
/// Values of a run that make one part.
const SEGMENT: usize = DEPTH * STEP;
/// Rows that a thread settles at a time.
const SETTLED: usize = 64;

/// The walk across rows.
pub struct Columns<'a>(pub(super) Job<'a>);

impl<T: Element> Layout<T> for Columns<'_> {
    fn forward(
        &self,
        x: Source<'_, T>,
        [gamma, beta]: [&[T]; 2],
        epsilon: f64,
        dropping: Option<Dropping>,
        y: &mut [T],
        moments: &mut [Moments],
        memory: Memory<'_>,
    ) {
        let (inner, level) = (self.0.shape.inner, self.0.level.token());
        self.moments(x.or(y), memory.slots, moments);
        let planes = &self.centers(memory.planes, moments, epsilon);
        self.each_piece(y, |o, line, at, y| {
            let (x, first) = (x.part(at, y.len()), o * self.padded());
            let (gamma, beta) = (&gamma[line..], &beta[line..]);
            let map = NormalizeColumns { x, gamma, beta, planes, first };
            dispatch!(level, simd => map_rows(simd, map, inner, y));
            if let Some(dropping) = dropping {
                dropping.part(self.0.level, at, None, y, &[]);
            }
        });
    }

    fn backward(
        &self,
        inputs: Inputs<'_, T>,
        epsilon: f64,
        dropping: Option<Dropping>,
        moments: &[Moments],
        dx: &mut [T],
        memory: Memory<'_>,
    ) -> usize {
        let (inner, level) = (self.0.shape.inner, self.0.level.token());
        let dy = self.dropped(inputs.dy, dropping, dx);
        let mut planes = self.centers(memory.planes, moments, epsilon);
        let (Inputs { x, gamma, .. }, dropped) = (inputs, Inputs { dy: dy.or(dx), ..inputs });
        self.slopes(dropped, memory.slots, moments, epsilon, &mut planes);
        let parts = self.features(dropped, &planes, memory.slots);
        let planes = &planes;
        self.each_piece(dx, |o, line, at, dx| {
            let first = o * self.padded();
            let (x, dy, gamma) = (&x[at..at + dx.len()], dy.part(at, dx.len()), &gamma[line..]);
            let map = DifferentiateColumns { x, dy, gamma, planes, first };
            dispatch!(level, simd => map_rows(simd, map, inner, dx));
        });
        parts
    }

    fn places(&self, feature: usize) -> [usize; 2] {
        [2 * feature, 2 * feature + 1]
    }
}

/// The sums of each row.
impl Columns<'_> {
    fn moments<T: Element>(&self, x: &[T], slots: &mut Vec<f64>, moments: &mut [Moments]) {
        let (features, inner) = (self.0.shape.channels, self.0.shape.inner);
        let matrix = |o: usize| {
            let x = &x[o * features * inner..];
            Matrix { x, width: inner, lines: features, level: self.0.level }
        };
        self.each_group(slots, |o, columns| matrix(o).moments(columns));
        let (slots, count) = (&*slots, features as f64);
        self.0.crew.each_chunk(moments, SETTLED, |chunk, moments| {
            for (k, moments) in moments.iter_mut().enumerate() {
                let row = chunk * SETTLED + k;
                let (o, i) = (row / inner, row % inner);
                let [shift, offset, second] = self.slot(slots, o, i);
                let plain = Spread { count, offset, second };
                let again = |exponent: i32| matrix(o).again(i, shift, exp2(-exponent));
                *moments = Moments::plain(shift, features as u64, plain);
                moments.settle(again);
            }
        });
    }

    /// The coefficients of x̂, from the moments of every row.
    fn centers<'m>(
        &self,
        memory: &'m mut Vec<f64>,
        moments: &[Moments],
        epsilon: f64,
    ) -> Planes<'m> {
        let mut planes = Planes::new(memory, self.0.shape.outer * self.padded(), 1);
        planes.fill_centers(self.0.crew, |column| {
            let (o, i) = self.row(column)?;
            Some(Center::new(&moments[o * self.0.shape.inner + i], epsilon))
        });
        planes
    }

    /// What dx of every row needs beyond x̂: the means of dy·γ and dy·γ·x̂, and r.
    fn slopes<T: Element>(
        &self,
        Inputs { x, gamma, dy }: Inputs<'_, T>,
        slots: &mut Vec<f64>,
        moments: &[Moments],
        epsilon: f64,
        planes: &mut Planes<'_>,
    ) {
        let (features, inner) = (self.0.shape.channels, self.0.shape.inner);
        let level = self.0.level.token();
        self.each_group(slots, |o, columns| {
            let (matrix, first) = (o * features * inner.., o * self.padded());
            let (x, dy) = (&x[matrix.clone()], &dy[matrix]);
            let gradient = RowGradient { x, dy, gamma, planes, first };
            let Group { a, ab } = summed(0..features, columns.len(), |lines, sums| {
                let columns = columns.clone();
                dispatch!(level, simd => sum_rows(simd, gradient, inner, lines, columns, sums));
            });
            [a, ab]
        });
        let slots = &*slots;
        planes.fill_slopes(self.0.crew, |column| {
            let (o, i) = self.row(column)?;
            let center = Center::new(&moments[o * inner + i], epsilon);
            let means = self.slot::<2>(slots, o, i).map(|sum| sum / features as f64);
            Some(Slope::new(&center, 1.0, means))
        });
    }

    /// Columns of a matrix, and the padding that lets the next one start at a multiple of sixteen.
    fn padded(&self) -> usize {
        self.0.shape.inner.next_multiple_of(STEP)
    }

    /// (o, i) of the row that is column `column` of all matrices in a line; none for padding.
    fn row(&self, column: usize) -> Option<(usize, usize)> {
        let (o, i) = (column / self.padded(), column % self.padded());
        (i < self.0.shape.inner).then_some((o, i))
    }

    /// Columns of one task.
    fn group(&self) -> usize {
        let most = (TASK / self.0.shape.channels).clamp(STEP, GROUP) / STEP * STEP;
        most.min(self.padded())
    }

    /// Fills the slots of each task with the numbers that `task` makes of each column: all the
    /// first ones, then all the second ones, …
    fn each_group<const N: usize>(
        &self,
        slots: &mut Vec<f64>,
        task: impl Fn(usize, Range<usize>) -> [[f64; GROUP]; N] + Sync,
    ) {
        let (size, inner) = (self.group(), self.0.shape.inner);
        let groups = inner.div_ceil(size);
        let slots = at_least(slots, N * size * groups * self.0.shape.outer);
        self.0.crew.each_chunk(slots, N * size, |k, slots| {
            let first = k % groups * size;
            let numbers = task(k / groups, first..inner.min(first + size));
            for (slots, numbers) in slots.chunks_exact_mut(size).zip(&numbers) {
                slots.copy_from_slice(&numbers[..size]);
            }
        });
    }

    /// What `each_group` left for a row.
    fn slot<const N: usize>(&self, slots: &[f64], o: usize, i: usize) -> [f64; N] {
        let size = self.group();
        let first = N * size * (o * self.0.shape.inner.div_ceil(size) + i / size) + i % size;
        std::array::from_fn(|k| slots[first + k * size])
    }
}

/// The passes over the features.
impl Columns<'_> {
    /// Where dy stands: in `dx`, if some is dropped.
    fn dropped<'d, T: Element>(
        &self,
        dy: &'d [T],
        dropping: Option<Dropping>,
        dx: &mut [T],
    ) -> Source<'d, T> {
        let Some(dropping) = dropping else { return Source::Slice(dy) };
        self.each_piece(dx, |_, _, at, dx| {
            dropping.part(self.0.level, at, Some(&dy[at..at + dx.len()]), dx, &[]);
        });
        Source::InPlace
    }

    /// Calls `task(o, line, at, piece)` for pieces of `out`, whole lines of the o-th matrix from
    /// line `line` on, the first at index `at`.
    fn each_piece<T: Element>(
        &self,
        out: &mut [T],
        task: impl Fn(usize, usize, usize, &mut [T]) + Sync,
    ) {
        let (features, inner) = (self.0.shape.channels, self.0.shape.inner);
        let lines = (PIECE / inner).max(1);
        self.0.crew.each_chunk(out, lines * inner, |k, mut out| {
            let mut line = k * lines;
            while !out.is_empty() {
                let (o, feature) = (line / features, line % features);
                let count = (features - feature).min(out.len() / inner);
                let (piece, rest) = out.split_at_mut(count * inner);
                task(o, feature, line * inner, piece);
                (out, line) = (rest, line + count);
            }
        });
    }

    /// Σ dy and Σ dy·x̂ of every feature, in parts; their number.
    fn features<T: Element>(
        &self,
        Inputs { x, dy, .. }: Inputs<'_, T>,
        planes: &Planes<'_>,
        slots: &mut Vec<f64>,
    ) -> usize {
        let (features, level) = (self.0.shape.channels, self.0.level.token());
        let gradient = FeatureGradient { x, dy, planes };
        let slots = at_least(slots, 2 * self.parts() * features);
        let together = (PIECE / SEGMENT.min(self.0.shape.per_channel())).max(1);
        self.0.crew.each_chunk(slots, 2 * together, |chunk, slots| {
            for (k, slot) in slots.chunks_exact_mut(2).enumerate() {
                let at = chunk * together + k;
                let runs = self.runs(at / features, at % features);
                slot.copy_from_slice(&dispatch!(level, simd => sum_runs(simd, gradient, runs)));
            }
        });
        self.parts()
    }

    /// Matrices whose runs of a feature make one part.
    fn joined(&self) -> usize {
        (DEPTH / self.0.shape.inner.div_ceil(STEP)).max(1)
    }

    fn parts(&self) -> usize {
        let Shape { outer, inner, .. } = self.0.shape;
        outer.div_ceil(self.joined()) * inner.div_ceil(SEGMENT)
    }

    /// The runs of a feature that make a part.
    fn runs(&self, part: usize, feature: usize) -> Runs {
        let Shape { outer, channels, inner } = self.0.shape;
        let segments = inner.div_ceil(SEGMENT);
        let (first, start) = (part / segments * self.joined(), part % segments * SEGMENT);
        Runs {
            count: self.joined().min(outer - first),
            len: SEGMENT.min(inner - start),
            at: (first * channels + feature) * inner + start,
            step: channels * inner,
            column: first * self.padded() + start,
            column_step: self.padded(),
        }
    }
}
