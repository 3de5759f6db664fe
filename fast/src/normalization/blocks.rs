//! A tree of column sums.

use std::ops::Range;

use super::sums::{DEPTH, Group};
use crate::workspace::left_half;

/// The sums of some rows, at most 64 of which `add` adds one after the other; then halves are added, as
/// in the tree of [`pairwise`](crate::workspace::pairwise).
pub(crate) fn summed(
    rows: Range<usize>,
    columns: usize,
    add: impl Fn(Range<usize>, &mut Group),
) -> Group {
    halve(rows, columns, &add)
}

fn halve(rows: Range<usize>, columns: usize, add: &impl Fn(Range<usize>, &mut Group)) -> Group {
    if rows.len() <= DEPTH {
        let mut sums = Group::ZERO;
        add(rows, &mut sums);
        return sums;
    }
    let middle = rows.start + DEPTH * left_half(rows.len().div_ceil(DEPTH));
    let mut upper = halve(rows.start..middle, columns, add);
    let lower = halve(middle..rows.end, columns, add);
    for k in 0..columns {
        upper.a[k] += lower.a[k];
        upper.ab[k] += lower.ab[k];
    }
    upper
}
