//! Moments of one block of a run, and of many columns at a time.
//!
//! Both are corrected two-pass sums (T. F. Chan, G. H. Golub, R. J. LeVeque, 1983, eq. 1.7): around
//! the first value, then again around the mean found, less what that mean was still off.
//!
//! The kernels are behind functions that are not inlined: all walks share one copy of each.

use std::ops::Range;

use fearless_simd::dispatch;

use super::sums::{ColumnDeviation, DEPTH, Deviation, GROUP, Group, sum_block, sum_rows};
use crate::Level;
use crate::element::Element;
use crate::moments::Spread;
use crate::workspace::left_half;

/// The mean, measured from the first value, and the second moment of at most
/// [`BLOCK`](super::sums::BLOCK) values.
#[inline(never)]
pub(crate) fn block_moments<T: Element>(
    level: Level,
    x: &[T],
    scale: f64,
    passes: usize,
) -> [f64; 2] {
    let count = x.len() as f64;
    dispatch!(level.token(), simd => {
        let (mut center, mut second) = (0.0, 0.0);
        for _ in 0..passes {
            let [a, aa] = sum_block(simd, Deviation { x, scale, center }, 0, x.len());
            center += a / count;
            second = aa - a * (a / count);
        }
        [center, if second < 0.0 { 0.0 } else { second }]
    })
}

/// A matrix with rows of `width` elements, times `scale`, whose columns are summed.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    pub(crate) x: &'a [T],
    pub(crate) width: usize,
    pub(crate) scale: f64,
    pub(crate) passes: usize,
    pub(crate) level: Level,
}

impl<T: Element> Matrix<'_, T> {
    /// Offsets (from the matrix' first row) and second moments of some rows of some columns.
    pub(crate) fn moments(&self, rows: Range<usize>, columns: Range<usize>) -> Group {
        let leaf = |rows: Range<usize>| self.leaf_moments(rows, columns.clone());
        halve(rows, &leaf, &|[left, right], upper, lower| {
            join_moments(columns.len(), [left as f64, right as f64], upper, lower);
        })
    }

    /// The same for at most 64 rows.
    #[inline(never)]
    fn leaf_moments(&self, rows: Range<usize>, columns: Range<usize>) -> Group {
        let Self { x, width, scale, passes, level } = *self;
        let (row, start, count) = (rows.start * width, columns.start, rows.len() as f64);
        let (mut centers, mut sums) = ([0.0; GROUP], Group::ZERO);
        for _ in 0..passes {
            let deviation = ColumnDeviation { x, scale, row, start, centers: &centers };
            sums = Group::ZERO;
            dispatch!(level.token(), simd =>
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

/// The sums of some rows, at most 64 of which `add` adds one after the other.
pub(crate) fn summed(
    rows: Range<usize>,
    columns: usize,
    add: impl Fn(Range<usize>, &mut Group),
) -> Group {
    let leaf = |rows| {
        let mut sums = Group::ZERO;
        add(rows, &mut sums);
        sums
    };
    halve(rows, &leaf, &|_, upper, lower| add_sums(columns, upper, lower))
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
