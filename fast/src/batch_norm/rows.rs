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

use super::formula::{Along, Planes};
use super::layout::{Job, Layout, Source};
use super::maps::{self, Differentiate, Normalize, map_rows};
use super::sums::{ColumnDeviation, DEPTH, GROUP, Gradient, Group, sum_rows};
use crate::element::Element;
use crate::moments::Spread;
use crate::workspace::{at_least, left_half, pairwise};

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
        self.each_task(slots, |rows, columns| self.task_moments(x, rows, columns, 1.0));
    }

    fn folded_moments(&self, x: &[T], slots: &[f64], channel: usize) -> Spread {
        self.fold_columns(x, channel, 1.0, |column, task| {
            let [offset, second] = self.slot(slots, column, task);
            Spread { count: self.task_rows(task).len() as f64, offset, second }
        })
    }

    fn rescan(&self, x: &[T], channel: usize, scale: f64) -> Spread {
        self.fold_columns(x, channel, scale, |column, task| {
            let rows = self.task_rows(task);
            let count = rows.len() as f64;
            let group = self.task_moments(x, rows, column..column + 1, scale);
            Spread { count, offset: group.a[0], second: group.ab[0] }
        })
    }

    fn gradients(&self, x: &[T], dy: &[T], planes: &Planes<'_>, slots: &mut Vec<f64>) {
        let (width, level) = (self.width(), self.0.level.token());
        let gradient = Gradient { x, dy, planes, along: Along::Columns };
        self.each_task(slots, |rows, columns| {
            halve(
                rows,
                &|rows| {
                    let (mut sums, columns) = (Group::ZERO, columns.clone());
                    dispatch!(level, simd =>
                        sum_rows(simd, gradient, width, rows.clone(), columns.clone(), &mut sums));
                    sums
                },
                &|_, upper, lower| add_sums(columns.len(), upper, lower),
            )
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
            dispatch!(level, simd => map_rows(simd, Normalize(x), width, y, planes));
        });
    }

    fn backward(&self, x: &[T], dy: &[T], dx: &mut [T], planes: &Planes<'_>) {
        let (width, level) = (self.width(), self.0.level.token());
        let piece = self.piece();
        self.0.crew.each_chunk(dx, piece, |k, dx| {
            let part = k * piece..k * piece + dx.len();
            let map = Differentiate { x: &x[part.clone()], dy: &dy[part] };
            dispatch!(level, simd => map_rows(simd, map, width, dx, planes));
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

    /// Offsets (from the matrix' first row) and second moments of some rows of some columns.
    fn task_moments<T: Element>(
        &self,
        x: &[T],
        rows: Range<usize>,
        columns: Range<usize>,
        scale: f64,
    ) -> Group {
        let leaf = |rows: Range<usize>| self.leaf_moments(x, rows, columns.clone(), scale);
        halve(rows, &leaf, &|[left, right], upper, lower| {
            join_moments(columns.len(), [left as f64, right as f64], upper, lower);
        })
    }

    /// The same for at most 64 rows.
    fn leaf_moments<T: Element>(
        &self,
        x: &[T],
        rows: Range<usize>,
        columns: Range<usize>,
        scale: f64,
    ) -> Group {
        let (width, level, start) = (self.width(), self.0.level.token(), columns.start);
        let (row, count) = (rows.start * width, rows.len() as f64);
        let (mut centers, mut sums) = ([0.0; GROUP], Group::ZERO);
        for _ in 0..T::PASSES {
            let deviation = ColumnDeviation { x, scale, row, start, centers: &centers };
            sums = Group::ZERO;
            dispatch!(level, simd =>
                sum_rows(simd, deviation, width, rows.clone(), columns.clone(), &mut sums));
            for k in 0..columns.len() {
                let mean = sums.a[k] / count;
                let second = sums.ab[k] - sums.a[k] * mean;
                sums.ab[k] = if second < 0.0 { 0.0 } else { second };
                centers[k] += mean;
            }
        }
        for (k, column) in columns.enumerate() {
            let from_first = x[row + column].to_f64() * scale - x[column].to_f64() * scale;
            sums.a[k] = from_first + centers[k];
        }
        sums
    }
}

/// Halves `rows` down to 64, as the tree of [`pairwise`] does, and joins what `leaf` makes.
fn halve(
    rows: Range<usize>,
    leaf: &impl Fn(Range<usize>) -> Group,
    join: &impl Fn([usize; 2], &mut Group, &Group),
) -> Group {
    if rows.len() <= DEPTH {
        return leaf(rows);
    }
    let left = DEPTH * left_half(rows.len().div_ceil(DEPTH));
    let middle = rows.start + left;
    let mut upper = halve(rows.start..middle, leaf, join);
    join([left, rows.end - middle], &mut upper, &halve(middle..rows.end, leaf, join));
    upper
}

fn add_sums(columns: usize, upper: &mut Group, lower: &Group) {
    for k in 0..columns {
        upper.a[k] += lower.a[k];
        upper.ab[k] += lower.ab[k];
    }
}

/// [`Spread::join`] column by column.
fn join_moments(columns: usize, [left, right]: [f64; 2], upper: &mut Group, lower: &Group) {
    for k in 0..columns {
        let above = Spread { count: left, offset: upper.a[k], second: upper.ab[k] };
        let below = Spread { count: right, offset: lower.a[k], second: lower.ab[k] };
        let whole = above.join(below);
        upper.a[k] = whole.offset;
        upper.ab[k] = whole.second;
    }
}
