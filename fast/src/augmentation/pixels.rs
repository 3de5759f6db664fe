//! Whole pixels that move, or are covered.

use super::types::{Axis, Rectangle};

/// A row of a channel that is flipped.
pub(super) fn flipped_row<T: Copy>(x: &[T], [h, w]: [usize; 2], axis: Axis, i: usize, y: &mut [T]) {
    match axis {
        Axis::Vertical => y.copy_from_slice(&x[(h - 1 - i) * w..(h - i) * w]),
        Axis::Horizontal => {
            let row = &x[i * w..(i + 1) * w];
            y.iter_mut().zip(row.iter().rev()).for_each(|(y, x)| *y = *x);
        }
    }
}

/// A row of y(i, j) = x(i + by, j + to), `fill` outside.
pub(super) fn moved_row<T: Copy>(
    x: &[T],
    [h, w]: [usize; 2],
    [by, to]: [i128; 2],
    fill: T,
    i: usize,
    y: &mut [T],
) {
    let row = i as i128 + by;
    if !(0..h as i128).contains(&row) {
        return y.fill(fill);
    }
    let row = &x[row as usize * w..(row as usize + 1) * w];
    // Of the columns 0 … of y those from `start` to `end` come from inside.
    let width = y.len() as i128;
    let start = (-to).clamp(0, width);
    let end = (w as i128 - to).clamp(start, width);
    let from = (start + to).clamp(0, w as i128) as usize;
    let (start, end) = (start as usize, end as usize);
    y[..start].fill(fill);
    y[start..end].copy_from_slice(&row[from..from + (end - start)]);
    y[end..].fill(fill);
}

/// A row of a channel in which a rectangle is filled.
pub(super) fn erased_row<T: Copy>(
    x: &[T],
    width: usize,
    rectangle: &Rectangle,
    fill: T,
    i: usize,
    y: &mut [T],
) {
    y.copy_from_slice(&x[i * width..(i + 1) * width]);
    if (rectangle.top..rectangle.top + rectangle.height).contains(&i) {
        y[rectangle.left..rectangle.left + rectangle.width].fill(fill);
    }
}
