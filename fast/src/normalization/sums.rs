//! The two sums that everything is made of: Σ a and Σ a·b.
//!
//! With a = b = x − shift − center they are the first and second moment of a block, with a = dy
//! and b = x̂ the gradients of β and γ.
//!
//! Hazard: the bound on a sum grows with the number of additions one after the other (h), and its
//! bits with their order. Method: at most 64 sequential additions into a lane, then a fixed
//! halving; lanes and order are the same on every instruction set. What a and b are, each technique says.

use std::ops::Range;

use fearless_simd::{Simd, SimdBase, f64x8};

use crate::element::{Fused, Pair, STEP, first, load};

/// Sequential additions into one lane.
pub(crate) const DEPTH: usize = 64;
/// Lanes of a run of one channel's values; each value of a run goes to lane (index mod 32).
const LANES: usize = 2 * STEP;
/// Values of one run.
const RUN: usize = DEPTH * LANES;
/// Values of one block: two runs.
pub(crate) const BLOCK: usize = 2 * RUN;
/// Columns worked on together; their sums stay in the first-level cache.
pub(crate) const GROUP: usize = 256;
/// Rows worked on together: their sums are loaded and stored once.
const ROWS: usize = 8;

/// a and b of the two sums.
pub(crate) trait Factors: Copy {
    /// a and b of up to sixteen elements from index `at` on; the first stands at (row, column).
    fn at<S: Simd>(&self, simd: S, at: usize, place: [usize; 2], count: usize) -> [Pair<S>; 2];
}

/// [Σ a, Σ a·b] over the elements 0 to `len` ≤ [`BLOCK`] of one channel.
#[inline(always)]
pub(crate) fn sum_block<S: Simd, F: Factors>(
    simd: S,
    factors: F,
    column: usize,
    len: usize,
) -> [f64; 2] {
    // One loop for both runs: what fetches memory ahead goes by the place of the load in the code.
    let mut sums = [0.0; 2];
    for start in (0..len).step_by(RUN) {
        let [a, ab] = sum_run(simd, factors, column, start..len.min(start + RUN));
        sums = [sums[0] + a, sums[1] + ab];
    }
    sums
}

#[inline(always)]
fn sum_run<S: Simd, F: Factors>(simd: S, factors: F, column: usize, run: Range<usize>) -> [f64; 2] {
    let zero = f64x8::splat(simd, 0.0);
    let (mut low, mut high) = ([zero; 4], [zero; 4]);
    let mut at = run.start;
    while at + LANES <= run.end {
        add(&mut low, factors.at(simd, at, [0, column], STEP));
        add(&mut high, factors.at(simd, at + STEP, [0, column], STEP));
        at += LANES;
    }
    if at < run.end {
        let count = STEP.min(run.end - at);
        add(&mut low, masked(simd, factors.at(simd, at, [0, column], count), count));
    }
    if at + STEP < run.end {
        let count = run.end - at - STEP;
        add(&mut high, masked(simd, factors.at(simd, at + STEP, [0, column], count), count));
    }
    let a = (low[0] + high[0]) + (low[1] + high[1]);
    let ab = (low[2] + high[2]) + (low[3] + high[3]);
    [simd.reduce_sum_f64x8(a), simd.reduce_sum_f64x8(ab)]
}

/// Runs of `len` values at `at`, `at` + `step`, …, whose first values stand in column `column`,
/// `column` + `column_step`, …
#[derive(Clone, Copy)]
pub(crate) struct Runs {
    pub(crate) count: usize,
    pub(crate) len: usize,
    pub(crate) at: usize,
    pub(crate) step: usize,
    pub(crate) column: usize,
    pub(crate) column_step: usize,
}

/// [Σ a, Σ a·b] over a few runs, whose values add up to at most [`DEPTH`] steps of sixteen.
#[inline(always)]
pub(crate) fn sum_runs<S: Simd, F: Factors>(simd: S, factors: F, runs: Runs) -> [f64; 2] {
    let mut lanes = [f64x8::splat(simd, 0.0); 4];
    for run in 0..runs.count {
        let (at, column) = (runs.at + run * runs.step, runs.column + run * runs.column_step);
        let mut done = 0;
        while done + STEP <= runs.len {
            add(&mut lanes, factors.at(simd, at + done, [0, column + done], STEP));
            done += STEP;
        }
        if done < runs.len {
            let count = runs.len - done;
            let terms = factors.at(simd, at + done, [0, column + done], count);
            add(&mut lanes, masked(simd, terms, count));
        }
    }
    let [a, ab] = [lanes[0] + lanes[1], lanes[2] + lanes[3]];
    [simd.reduce_sum_f64x8(a), simd.reduce_sum_f64x8(ab)]
}

/// Adds a to the first two sums and a·b to the last two.
#[inline(always)]
pub(crate) fn add<S: Simd>(sums: &mut [f64x8<S>; 4], [a, b]: [Pair<S>; 2]) {
    sums[0] += a[0];
    sums[1] += a[1];
    sums[2] = a[0].fused(b[0], sums[2]);
    sums[3] = a[1].fused(b[1], sums[3]);
}

/// Padding counts for nothing.
#[inline(always)]
pub(crate) fn masked<S: Simd>(simd: S, [a, b]: [Pair<S>; 2], count: usize) -> [Pair<S>; 2] {
    [first(simd, a, count), first(simd, b, count)]
}

/// The two sums of each column of a group.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) a: [f64; GROUP],
    pub(crate) ab: [f64; GROUP],
}

impl Group {
    pub(crate) const ZERO: Self = Self { a: [0.0; GROUP], ab: [0.0; GROUP] };
}

/// Adds the columns `columns` (at most [`GROUP`]) of the rows `rows` (at most [`DEPTH`]) of a
/// matrix with rows of `width` elements to `sums`.
#[inline(always)]
pub(crate) fn sum_rows<S: Simd, F: Factors>(
    simd: S,
    factors: F,
    width: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    sums: &mut Group,
) {
    let mut row = rows.start;
    while row < rows.end {
        let last = rows.end.min(row + ROWS);
        let mut column = columns.start;
        while column < columns.end {
            let count = STEP.min(columns.end - column);
            let place = column - columns.start;
            if count == STEP {
                sum_strip(simd, factors, width, row..last, column, STEP, place, sums);
            } else {
                sum_strip(simd, factors, width, row..last, column, count, place, sums);
            }
            column += STEP;
        }
        row = last;
    }
}

/// Sixteen columns of a few rows, their sums in registers.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the inner loop of `sum_rows`, named")]
fn sum_strip<S: Simd, F: Factors>(
    simd: S,
    factors: F,
    width: usize,
    rows: Range<usize>,
    column: usize,
    count: usize,
    place: usize,
    sums: &mut Group,
) {
    let (a, ab) = (load(simd, &sums.a, place, STEP), load(simd, &sums.ab, place, STEP));
    let mut lanes = [a[0], a[1], ab[0], ab[1]];
    for row in rows {
        add(&mut lanes, factors.at(simd, row * width + column, [row, column], count));
    }
    lanes[0].store_slice(&mut sums.a[place..place + 8]);
    lanes[1].store_slice(&mut sums.a[place + 8..place + STEP]);
    lanes[2].store_slice(&mut sums.ab[place..place + 8]);
    lanes[3].store_slice(&mut sums.ab[place + 8..place + STEP]);
}
