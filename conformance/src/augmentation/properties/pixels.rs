//! Whole pixels that move, or are covered: bit for bit.

use super::{Case, Function, ask};
use crate::augmentation::truth::channels;
use crate::augmentation::{Axis, Crop, Erasure, Rectangle, Shift};
use crate::compare::same_bits;
use crate::verdict::{Checked, Verdict};
use crate::{Real, Target};

/// Compares with what `pixel` gives for each row and column of each channel.
fn compare<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
    [height, width]: [usize; 2],
    why: &str,
    pixel: impl Fn(usize, usize) -> Source,
) -> Checked {
    let y = ask(target, case, function)?;
    let mut expected = Vec::with_capacity(y.len());
    for (_, channel) in channels(case) {
        for (i, j) in (0..height).flat_map(|i| (0..width).map(move |j| (i, j))) {
            expected.push(match pixel(i, j) {
                Source::Fill(fill) => T::from_f64(fill),
                Source::Pixel(row, column) => {
                    let inside = |k: i128, size: usize| (0..size as i128).contains(&k);
                    let (h, w) = (case.shape.height, case.shape.width);
                    let found = (inside(row, h) && inside(column, w))
                        .then(|| channel[row as usize * w + column as usize]);
                    found.unwrap_or(T::from_f64(case_fill(case, function)))
                }
            });
        }
    }
    if expected.is_empty() {
        return Ok(Verdict::CannotTell("no pixel is left"));
    }
    Ok(same_bits("y", &y, &expected, why))
}

/// Where a pixel of y comes from.
enum Source {
    Fill(f64),
    /// A row and a column, perhaps outside.
    Pixel(i128, i128),
}

fn case_fill<T>(case: &Case<T>, function: Function) -> f64 {
    if function == Function::Shift { case.shift.fill } else { case.crop.fill }
}

/// AUG-06.
pub(super) fn flips<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::CannotTell("no pixel is left");
    let [h, w] = [case.shape.height, case.shape.width];
    for axis in [Axis::Horizontal, Axis::Vertical] {
        let case = Case { axis, ..case.clone() };
        let why = format!("{axis:?}: horizontal exchanges left and right");
        let told = compare(target, &case, Function::Flip, [h, w], &why, |i, j| match axis {
            Axis::Horizontal => Source::Pixel(i as i128, (w - 1 - j) as i128),
            Axis::Vertical => Source::Pixel((h - 1 - i) as i128, j as i128),
        })?;
        verdict = verdict.and(|| told);
    }
    Ok(verdict)
}

/// AUG-07.
pub(super) fn shifts<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let Shift { down, right, .. } = case.shift;
    let size = [case.shape.height, case.shape.width];
    compare(target, case, Function::Shift, size, "whole pixels, and fill behind them", |i, j| {
        Source::Pixel(i as i128 - i128::from(down), j as i128 - i128::from(right))
    })
}

/// AUG-08.
pub(super) fn crops<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let Crop { padding, window, .. } = case.crop;
    let Rectangle { top, left, height, width } = window;
    let why = "a window of the padded image";
    compare(target, case, Function::Crop, [height, width], why, |i, j| {
        let from = |first: usize, k: usize| (first + k) as i128 - padding as i128;
        Source::Pixel(from(top, i), from(left, j))
    })
}

/// AUG-14.
pub(super) fn erases<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let Erasure { rectangle, fill } = case.erasure;
    let Rectangle { top, left, height, width } = rectangle;
    let size = [case.shape.height, case.shape.width];
    let why = "fill in the rectangle, and x elsewhere";
    compare(target, case, Function::Erase, size, why, |i, j| {
        let inside = (top..top + height).contains(&i) && (left..left + width).contains(&j);
        if inside { Source::Fill(fill) } else { Source::Pixel(i as i128, j as i128) }
    })
}
