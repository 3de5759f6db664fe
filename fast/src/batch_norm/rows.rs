//! Lanes along the channels: row-major batches, NHWC images, very short runs.
//!
//! The tensor is a matrix with a row for each o and a column for each (c, i).
//!
//! 1. A task is 256 rows of a group of columns, with one shift for each column, its value in the
//!    first of these rows. The group's sums stay in the first-level cache.
//! 2. Its moments are stated from the matrix' first row; tasks are joined by a fixed tree, column by
//!    column, and the columns of a channel by another.
//! 3. The elementwise passes take four rows at a time, of 64 columns forward and of 32 backward (of 16 for
//!    `f64`), so that coefficients are loaded once. Where they stream, the columns are turned such that each row starts with a line of y.

use std::ops::Range;

use fearless_simd::{Simd, dispatch};

use super::layout::{Data, Layout};
use super::maps::{self, Differentiate, Normalize, Pass, map_head, map_rows};
use super::rectifier::{Activation, Identity, Rectifier};
use super::sums::{ColumnDeviation, Gradient, TASK, sum_columns};
use crate::element::{Element, STEP};
use crate::moments::Spread;
use crate::normalization::formula::Along;
use crate::normalization::planes::Planes;
use crate::normalization::{Job, Source};
use crate::streaming;
use crate::workspace::{at_least, fold, pairwise};

/// Columns worked on together, of data that is summed once …
const GROUP: usize = 1024;
/// … and twice: a task's data then stays in the second-level cache.
const GROUP_TWICE: usize = 128;

/// Bytes from which a tensor is not in the second-level cache.
const SECOND: usize = 1 << 19;

/// The walk along rows.
pub struct Rows<'a> {
    pub(super) job: Job<'a>,
    pub(super) streams: bool,
}

impl<T: Element> Layout<T> for Rows<'_> {
    fn spread(&self) -> usize {
        self.job.shape.inner
    }

    fn turn(&self, y: &[T]) -> usize {
        if self.streams && self.width().is_multiple_of(STEP) { streaming::head(y) } else { 0 }
    }

    fn moments(&self, x: &[T], slots: &mut Vec<f64>) {
        let (slots, vector) = self.each_task::<T>(slots, |rows, columns, sums| {
            self.task_moments(x, 1.0, rows, columns, sums);
        });
        self.join_tasks::<T>(slots, vector);
    }

    #[inline]
    fn folded_moments(&self, x: &[T], slots: &[f64], channel: usize) -> Spread {
        let count = self.job.shape.outer as f64;
        let part = |column| {
            let [offset, second] = self.slot::<T>(slots, column);
            Spread { count, offset, second }
        };
        // The most frequent case: nothing to join.
        if self.job.shape.inner == 1 {
            part(channel)
        } else {
            self.join_columns(x, channel, 1.0, part)
        }
    }

    fn rescan(&self, x: &[T], channel: usize, scale: f64) -> Spread {
        self.join_columns(x, channel, scale, |column| {
            let leaf = |task| {
                let (rows, mut sums) = (self.task_rows(task), [0.0; 2 * STEP]);
                let count = rows.len() as f64;
                self.task_moments(x, scale, rows, column..column + 1, &mut sums);
                Spread { count, offset: sums[0], second: sums[STEP] }
            };
            pairwise(0..self.tasks(), &leaf, &Spread::join)
        })
    }

    fn gradients(&self, data: Data<'_, T>, planes: &Planes<'_>, slots: &mut Vec<f64>) {
        match data.rectifier {
            None => self.gradients_of(data, Identity, planes, slots),
            Some(rectifier) => self.gradients_of(data, rectifier, planes, slots),
        }
    }

    fn folded_gradients(&self, slots: &[f64], channel: usize) -> [f64; 2] {
        let column = |column| self.slot::<T>(slots, column);
        pairwise(self.columns_of(channel), &column, &|a, b| [a[0] + b[0], a[1] + b[1]])
    }

    fn forward(
        &self,
        x: Source<'_, T>,
        rectifier: Option<Rectifier>,
        y: &mut [T],
        planes: &Planes<'_>,
    ) {
        match rectifier {
            None => self.normalize(x, Identity, y, planes),
            Some(rectifier) => self.normalize(x, rectifier, y, planes),
        }
    }

    fn backward(&self, data: Data<'_, T>, dx: &mut [T], planes: &Planes<'_>) {
        match data.rectifier {
            None => self.differentiate(data, Identity, dx, planes),
            Some(rectifier) => self.differentiate(data, rectifier, dx, planes),
        }
    }
}

/// The passes, compiled for each activation.
impl Rows<'_> {
    fn gradients_of<T: Element>(
        &self,
        Data { x, dy, .. }: Data<'_, T>,
        activation: impl Activation,
        planes: &Planes<'_>,
        slots: &mut Vec<f64>,
    ) {
        let (width, level, far) = (self.width(), self.job.level.token(), self.is_far::<T>());
        let gradient = Gradient { x, dy, activation, planes, along: Along::Columns };
        let (slots, vector) = self.each_task::<T>(slots, |rows, columns, sums| {
            sums.fill(0.0);
            dispatch!(level, simd => sum_columns(simd, gradient, width, rows, columns, far, sums));
        });
        fold(self.job.crew, slots, vector);
    }

    fn normalize<T: Element>(
        &self,
        x: Source<'_, T>,
        activation: impl Activation,
        y: &mut [T],
        planes: &Planes<'_>,
    ) {
        self.each_piece(Layout::<T>::turn(self, y), y, |at, len| Normalize {
            x: x.part(at, len),
            activation,
            planes,
            along: Along::Columns,
        });
    }

    fn differentiate<T: Element>(
        &self,
        data: Data<'_, T>,
        activation: impl Activation,
        dx: &mut [T],
        planes: &Planes<'_>,
    ) {
        self.each_piece(Layout::<T>::turn(self, dx), dx, |at, len| {
            let [x, dy] = [data.x, data.dy].map(|values| &values[at..at + len]);
            Differentiate { x, dy, activation, planes, along: Along::Columns }
        });
    }
}

impl Rows<'_> {
    /// Writes what the passes over the elements at `at`, `len` of them, give: those before element
    /// `turn`, then pieces of whole rows from there.
    fn each_piece<T: Element, P: Pass<T>>(
        &self,
        turn: usize,
        out: &mut [T],
        pass: impl Fn(usize, usize) -> P + Sync,
    ) {
        let (width, level, streams) = (self.width(), self.job.level.token(), self.streams);
        let far = self.is_far::<T>();
        let (head, body) = out.split_at_mut(turn);
        let piece = self.piece();
        if turn > 0 {
            let pass = pass(0, turn);
            dispatch!(level, simd => map_head(simd, pass, width, head));
        }
        self.job.crew.each_chunk(body, piece, |k, out| {
            let pass = pass(turn + k * piece, out.len());
            dispatch!(level, simd => map_rows(simd, pass, width, streams, far, out));
        });
    }

    /// Whether the tensor comes from beyond the second-level cache.
    fn is_far<T>(&self) -> bool {
        self.job.shape.len() * size_of::<T>() > SECOND
    }

    /// Elements of a row.
    fn width(&self) -> usize {
        self.job.shape.channels * self.job.shape.inner
    }

    fn tasks(&self) -> usize {
        self.job.shape.outer.div_ceil(TASK)
    }

    fn task_rows(&self, task: usize) -> Range<usize> {
        task * TASK..self.job.shape.outer.min((task + 1) * TASK)
    }

    /// Columns of a group.
    fn group<T: Element>(&self) -> usize {
        Self::most::<T>().min(self.width().next_multiple_of(STEP))
    }

    /// Columns of the largest group.
    const fn most<T: Element>() -> usize {
        if T::PASSES > 1 { GROUP_TWICE } else { GROUP }
    }

    fn columns_of(&self, channel: usize) -> Range<usize> {
        channel * self.job.shape.inner..(channel + 1) * self.job.shape.inner
    }

    /// Elements of the elementwise passes' pieces: whole rows.
    fn piece(&self) -> usize {
        let rows = maps::piece(self.streams).div_ceil(self.width());
        rows.next_multiple_of(maps::ROWS) * self.width()
    }

    /// Fills the slots of each task and group with two numbers for each column, all the first ones
    /// and then all the second ones; returns them, and how many there are of each task.
    fn each_task<'s, T: Element>(
        &self,
        slots: &'s mut Vec<f64>,
        task: impl Fn(Range<usize>, Range<usize>, &mut [f64]) + Sync,
    ) -> (&'s mut [f64], usize) {
        let (group, width) = (self.group::<T>(), self.width());
        let groups = width.div_ceil(group);
        let vector = 2 * group * groups;
        let slots = at_least(slots, vector * self.tasks());
        self.job.crew.each_chunk(slots, 2 * group, |k, sums| {
            let first = k % groups * group;
            task(self.task_rows(k / groups), first..width.min(first + group), sums);
        });
        (slots, vector)
    }

    /// What the tasks left for a column, folded.
    #[inline]
    fn slot<T: Element>(&self, slots: &[f64], column: usize) -> [f64; 2] {
        // Of a single group, smaller than most, the columns are below that too: no division.
        let (group, within) = (self.group::<T>(), column % Self::most::<T>());
        let first = 2 * (column - within) + within;
        [slots[first], slots[first + group]]
    }

    /// Offsets (from the matrix' first row) and second moments of some rows of some columns.
    fn task_moments<T: Element>(
        &self,
        x: &[T],
        scale: f64,
        rows: Range<usize>,
        columns: Range<usize>,
        sums: &mut [f64],
    ) {
        let (width, start) = (self.width(), columns.start);
        let (row, count, far) = (rows.start * width, rows.len() as f64, self.is_far::<T>());
        dispatch!(self.job.level.token(), simd => {
            let mut centers = [0.0; GROUP_TWICE];
            for pass in 1..=T::PASSES {
                sums.fill(0.0);
                let deviation = ColumnDeviation { x, scale, row, start, centers: &centers };
                let (rows, columns) = (rows.clone(), columns.clone());
                sum_columns(simd, deviation, width, rows, columns, far, sums);
                settle(simd, count, sums);
                if pass < T::PASSES {
                    centers[..sums.len() / 2].copy_from_slice(&sums[..sums.len() / 2]);
                }
            }
            for (k, column) in columns.enumerate() {
                let from_first = x[row + column].to_f64() * scale - x[column].to_f64() * scale;
                let center = if T::PASSES > 1 { centers[k] } else { 0.0 };
                sums[k] = from_first + (center + sums[k]);
            }
        });
    }

    /// Joins the moments of all tasks into those of the first, by the tree of [`pairwise`].
    fn join_tasks<T: Element>(&self, slots: &mut [f64], vector: usize) {
        let (group, level) = (self.group::<T>(), self.job.level.token());
        let mut half = 1;
        while half < self.tasks() {
            self.job.crew.each_chunk(slots, 2 * half * vector, |k, pair| {
                let (left, right) = pair.split_at_mut(pair.len().min(half * vector));
                let (first, middle) = (2 * k * half, (2 * k + 1) * half);
                let rows = |tasks: usize| self.job.shape.outer.min(tasks * TASK);
                if !right.is_empty() {
                    let counts = [rows(middle) - rows(first), rows(middle + half) - rows(middle)];
                    let groups =
                        left.chunks_exact_mut(2 * group).zip(right.chunks_exact(2 * group));
                    for (left, right) in groups.take(vector / (2 * group)) {
                        let counts = counts.map(|count| count as f64);
                        dispatch!(level, simd => join(simd, counts, left, right));
                    }
                }
            });
            half *= 2;
        }
    }

    /// A channel's moments from those of its columns, each measured from the first value of its
    /// column, stated from the first value of the channel.
    #[inline(never)]
    fn join_columns<T: Element>(
        &self,
        x: &[T],
        channel: usize,
        scale: f64,
        part: impl Fn(usize) -> Spread,
    ) -> Spread {
        let columns = self.columns_of(channel);
        let origin = x[columns.start].to_f64() * scale;
        let column = |column: usize| {
            let spread = part(column);
            Spread { offset: (x[column].to_f64() * scale - origin) + spread.offset, ..spread }
        };
        pairwise(columns, &column, &Spread::join)
    }
}

/// From Σ d and Σ d² of `count` values to the mean of d and the second moment about it.
#[inline(always)]
fn settle<S: Simd>(_: S, count: f64, sums: &mut [f64]) {
    let (a, ab) = sums.split_at_mut(sums.len() / 2);
    for (a, ab) in a.iter_mut().zip(ab) {
        let mean = *a / count;
        let second = *ab - *a * mean;
        *ab = if second < 0.0 { 0.0 } else { second };
        *a = mean;
    }
}

/// [`Spread::join`] column by column.
#[inline(always)]
fn join<S: Simd>(_: S, [left, right]: [f64; 2], upper: &mut [f64], lower: &[f64]) {
    let half = upper.len() / 2;
    let (offsets, seconds) = upper.split_at_mut(half);
    for k in 0..half {
        let above = Spread { count: left, offset: offsets[k], second: seconds[k] };
        let below = Spread { count: right, offset: lower[k], second: lower[half + k] };
        let whole = above.join(below);
        offsets[k] = whole.offset;
        seconds[k] = whole.second;
    }
}
