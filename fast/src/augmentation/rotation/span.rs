//! The columns of a row that come from a part of the image.
//!
//! ```text
//! { j : lowest ≤ s(j) ≤ highest }  and the same of t
//! ```
//!
//! **Hazard.** An end that is computed in another way than the places are: a pixel beyond the edge, or `fill`
//! within it.
//!
//! **Method.** Rounding is monotone, and with it s and t are, of j: what lies within bounds is an interval.
//! Its ends are guessed by a division and then found with the very places, by halving if the guess was wrong.

use std::ops::Range;

use super::Line;

impl Line {
    /// The columns below `count` whose places lie within the bounds, the ends included.
    #[inline(always)]
    pub(super) fn columns(&self, count: usize, [rows, columns]: [[f64; 2]; 2]) -> Range<usize> {
        let a = within(count, self.sin, rows, |j| self.place(j)[0]);
        let b = within(count, self.cos, columns, |j| self.place(j)[1]);
        let end = a.end.min(b.end);
        a.start.max(b.start).min(end)..end
    }
}

/// Where a place that rises by about `slope` a column is within bounds.
#[inline(always)]
fn within(
    count: usize,
    slope: f64,
    [lowest, highest]: [f64; 2],
    place: impl Fn(usize) -> f64,
) -> Range<usize> {
    let (begin, columns) = (place(0), 1.0 / slope);
    let near = |bound: f64| (((bound - begin) * columns) as usize).min(count);
    if slope >= 0.0 {
        let start = first(count, near(lowest), |j| place(j) >= lowest);
        start..first(count, near(highest), |j| place(j) > highest)
    } else {
        let start = first(count, near(highest), |j| place(j) <= highest);
        start..first(count, near(lowest), |j| place(j) < lowest)
    }
}

/// The first of `count` columns from which on something holds: it is counted around `near`, without a branch
/// that depends on the row; by halving if it is not there.
#[inline(always)]
fn first(count: usize, near: usize, holds: impl Fn(usize) -> bool) -> usize {
    let start = near.saturating_sub(1);
    let end = (start + 3).min(count);
    let found = start + (start..end).map(|j| usize::from(!holds(j))).sum::<usize>();
    if (found > start || start == 0) && (found < end || end == count) {
        return found;
    }
    let [mut low, mut high] = [0, count];
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
