//! Lanes along the channels: row-major batches, NHWC images, very short runs.
//!
//! The tensor is a matrix with a row for each o and a column for each (c, i).
//!
//! 1. A task is 1024 rows of 256 columns; it is halved down to 64 rows, whose sums are taken one
//!    row after the other, eight rows at a time.
//! 2. 64 rows of a column have their own shift, the first row's value. Their moments are stated
//!    from the matrix' first row; halves are joined column by column.
//! 3. A channel's moments are folded from its tasks and its columns by a fixed tree.
//! 4. The elementwise passes take eight rows at a time, so that coefficients are loaded once.

use std::ops::Range;

use fearless_simd::dispatch;

use super::layout::Layout;
use super::maps::{Differentiate, Normalize};
use crate::element::Element;
use crate::moments::Spread;
use crate::normalization::blocks::{Matrix, summed};
use crate::normalization::formula::Along;
use crate::normalization::maps::{self, map_rows};
use crate::normalization::planes::Planes;
use crate::normalization::sums::{DEPTH, GROUP, Gradient, Group, sum_rows};
use crate::normalization::{Job, Source};
use crate::workspace::{at_least, pairwise};

/// Rows of one task.
const TASK: usize = 16 * DEPTH;
/// Elements that a thread takes at a time in the elementwise passes.
const PIECE: usize = 1 << 14;

/// The walk along rows.
pub struct Rows<'a>(pub(super) Job<'a>);

impl<T: Element> Layout<T> for Rows<'_> {
    fn spread(&self) -> usize {
        self.0.shape.inner
    }

    fn moments(&self, x: &[T], slots: &mut Vec<f64>) {
        let matrix = self.matrix(x, 1.0);
        self.each_task(slots, |rows, columns| matrix.moments(rows, columns));
    }

    fn folded_moments(&self, x: &[T], slots: &[f64], channel: usize) -> Spread {
        self.fold_columns(x, channel, 1.0, |column, task| {
            let [offset, second] = self.slot(slots, column, task);
            Spread { count: self.task_rows(task).len() as f64, offset, second }
        })
    }

    fn rescan(&self, x: &[T], channel: usize, scale: f64) -> Spread {
        let matrix = self.matrix(x, scale);
        self.fold_columns(x, channel, scale, |column, task| {
            let rows = self.task_rows(task);
            let count = rows.len() as f64;
            let group = matrix.moments(rows, column..column + 1);
            Spread { count, offset: group.a[0], second: group.ab[0] }
        })
    }

    fn gradients(&self, x: &[T], dy: &[T], planes: &Planes<'_>, slots: &mut Vec<f64>) {
        let (width, level) = (self.width(), self.0.level.token());
        let gradient = Gradient { x, dy, planes, along: Along::Columns };
        self.each_task(slots, |rows, columns| {
            summed(rows, columns.len(), |rows, sums| {
                let columns = columns.clone();
                dispatch!(level, simd => sum_rows(simd, gradient, width, rows, columns, sums));
            })
        });
    }

    fn folded_gradients(&self, slots: &[f64], channel: usize) -> [f64; 2] {
        let add = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
        let column =
            |column| pairwise(0..self.tasks(), &|task| self.slot(slots, column, task), &add);
        pairwise(self.columns_of(channel), &column, &add)
    }

    fn forward(&self, x: Source<'_, T>, y: &mut [T], planes: &Planes<'_>) {
        let (width, level) = (self.width(), self.0.level.token());
        let piece = self.piece();
        self.0.crew.each_chunk(y, piece, |k, y| {
            let x = x.part(k * piece, y.len());
            let map = Normalize { x, planes, along: Along::Columns };
            dispatch!(level, simd => map_rows(simd, map, width, y));
        });
    }

    fn backward(&self, x: &[T], dy: &[T], dx: &mut [T], planes: &Planes<'_>) {
        let (width, level) = (self.width(), self.0.level.token());
        let piece = self.piece();
        self.0.crew.each_chunk(dx, piece, |k, dx| {
            let part = k * piece..k * piece + dx.len();
            let (x, dy) = (&x[part.clone()], &dy[part]);
            let map = Differentiate { x, dy, planes, along: Along::Columns };
            dispatch!(level, simd => map_rows(simd, map, width, dx));
        });
    }
}

impl Rows<'_> {
    /// Elements of a row.
    fn width(&self) -> usize {
        self.0.shape.channels * self.0.shape.inner
    }

    fn tasks(&self) -> usize {
        self.0.shape.outer.div_ceil(TASK)
    }

    fn groups(&self) -> usize {
        self.width().div_ceil(GROUP)
    }

    fn task_rows(&self, task: usize) -> Range<usize> {
        task * TASK..self.0.shape.outer.min((task + 1) * TASK)
    }

    fn columns_of(&self, channel: usize) -> Range<usize> {
        channel * self.0.shape.inner..(channel + 1) * self.0.shape.inner
    }

    /// Elements of the elementwise passes' pieces: whole rows.
    fn piece(&self) -> usize {
        let rows = (PIECE / self.width()).max(1);
        rows.next_multiple_of(maps::ROWS) * self.width()
    }

    /// Fills the slots of each task and group: Σ a of its columns, then Σ a·b.
    fn each_task(
        &self,
        slots: &mut Vec<f64>,
        task: impl Fn(Range<usize>, Range<usize>) -> Group + Sync,
    ) {
        let (groups, width) = (self.groups(), self.width());
        let slots = at_least(slots, 2 * GROUP * groups * self.tasks());
        self.0.crew.each_chunk(slots, 2 * GROUP, |k, slots| {
            let first = k % groups * GROUP;
            let group = task(self.task_rows(k / groups), first..width.min(first + GROUP));
            slots[..GROUP].copy_from_slice(&group.a);
            slots[GROUP..].copy_from_slice(&group.ab);
        });
    }

    /// What `each_task` left for a column.
    fn slot(&self, slots: &[f64], column: usize, task: usize) -> [f64; 2] {
        let first = 2 * GROUP * (task * self.groups() + column / GROUP) + column % GROUP;
        [slots[first], slots[first + GROUP]]
    }

    /// A channel's moments from those of its columns' tasks, each measured from the first value
    /// of its column, stated from the first value of the channel.
    fn fold_columns<T: Element>(
        &self,
        x: &[T],
        channel: usize,
        scale: f64,
        part: impl Fn(usize, usize) -> Spread,
    ) -> Spread {
        let columns = self.columns_of(channel);
        let origin = x[columns.start].to_f64() * scale;
        let column = |column: usize| {
            let leaf = |task| part(column, task);
            let spread = pairwise(0..self.tasks(), &leaf, &Spread::join);
            Spread { offset: (x[column].to_f64() * scale - origin) + spread.offset, ..spread }
        };
        pairwise(columns, &column, &Spread::join)
    }

    /// The matrix whose columns are summed.
    fn matrix<'a, T>(&self, x: &'a [T], scale: f64) -> Matrix<'a, T>
    where
        T: Element,
    {
        Matrix { x, width: self.width(), scale, passes: T::PASSES, level: self.0.level }
    }
}
