//! Whole pixels that move, or are covered.

use nalgebra::DMatrix;

use super::{Axis, Rectangle};
use crate::{Error, check};

/// y(i, j) = x(i, w − 1 − j), or x(h − 1 − i, j).
///
/// Clause AUG-06. Source: He, Zhang, Ren & Sun 2016, section 4.2 (the horizontal one). x: any values.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{Axis, flip};
/// use nalgebra::dmatrix;
///
/// let x = dmatrix![1.0, 2.0; 3.0, 4.0];
/// assert_eq!(flip(&x, Axis::Horizontal), dmatrix![2.0, 1.0; 4.0, 3.0]);
/// assert_eq!(flip(&x, Axis::Vertical), dmatrix![3.0, 4.0; 1.0, 2.0]);
/// ```
#[must_use]
pub fn flip(x: &DMatrix<f64>, axis: Axis) -> DMatrix<f64> {
    let (h, w) = x.shape();
    DMatrix::from_fn(h, w, |i, j| match axis {
        Axis::Horizontal => x[(i, w - 1 - j)],
        Axis::Vertical => x[(h - 1 - i, j)],
    })
}

/// y(i, j) = x(i − down, j − right), fill where that is outside.
///
/// Clause AUG-07. Source: Simard, Steinkraus & Platt 2003, section 2 (translations). Any offsets.
///
/// # Errors
/// `fill`: NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::shift;
/// use nalgebra::dmatrix;
///
/// let x = dmatrix![1.0, 2.0; 3.0, 4.0];
/// assert_eq!(shift(&x, 1, 0, 9.0)?, dmatrix![9.0, 9.0; 1.0, 2.0]);
/// assert_eq!(shift(&x, 0, -1, 9.0)?, dmatrix![2.0, 9.0; 4.0, 9.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn shift(x: &DMatrix<f64>, down: i64, right: i64, fill: f64) -> Result<DMatrix<f64>, Error> {
    check::finite("fill", fill)?;
    let from = |i: usize, by: i64| i as i128 - i128::from(by);
    let pixel = |i, j| pixel_or(x, from(i, down), from(j, right), fill);
    Ok(DMatrix::from_fn(x.nrows(), x.ncols(), pixel))
}

/// y(i, j) = x(top + i − P, left + j − P), fill where that is outside: of the window's size.
///
/// Clause AUG-08. Source: He, Zhang, Ren & Sun 2016, section 4.2 (4 pixels padded on each side, and a
/// crop of the former size). window: inside the padded image of (h + 2P) × (w + 2P).
///
/// # Errors
/// `padding`: above 2³⁰. `window`: not inside. `fill`: NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{Rectangle, crop};
/// use nalgebra::dmatrix;
///
/// let window = Rectangle { top: 0, left: 1, height: 2, width: 1 };
/// // The padded image is 4 × 4; its first row is all padding.
/// assert_eq!(crop(&dmatrix![1.0, 2.0; 3.0, 4.0], 1, window, 9.0)?, dmatrix![9.0; 1.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn crop(
    x: &DMatrix<f64>,
    padding: usize,
    window: Rectangle,
    fill: f64,
) -> Result<DMatrix<f64>, Error> {
    check::finite("fill", fill)?;
    check::at_most("padding", padding, 1 << 30)?;
    check::inside("window", window, [x.nrows() + 2 * padding, x.ncols() + 2 * padding])?;
    let from = |first: usize, i: usize| (first + i) as i128 - padding as i128;
    let pixel = |i, j| pixel_or(x, from(window.top, i), from(window.left, j), fill);
    Ok(DMatrix::from_fn(window.height, window.width, pixel))
}

/// The pixel of these coordinates, or `fill`.
fn pixel_or(x: &DMatrix<f64>, row: i128, column: i128, fill: f64) -> f64 {
    let within = |k: i128, size: usize| (0..size as i128).contains(&k);
    if within(row, x.nrows()) && within(column, x.ncols()) {
        return x[(row as usize, column as usize)];
    }
    fill
}

/// y = fill inside the rectangle, x outside.
///
/// Clause AUG-14. Source: Zhong, Zheng, Kang, Li & Yang 2020, algorithm 1. rectangle: inside x.
///
/// # Errors
/// `rectangle`: not inside. `fill`: NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{Rectangle, erase};
/// use nalgebra::dmatrix;
///
/// let rectangle = Rectangle { top: 1, left: 0, height: 1, width: 2 };
/// let y = erase(&dmatrix![1.0, 2.0; 3.0, 4.0], rectangle, 9.0)?;
/// assert_eq!(y, dmatrix![1.0, 2.0; 9.0, 9.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn erase(x: &DMatrix<f64>, rectangle: Rectangle, fill: f64) -> Result<DMatrix<f64>, Error> {
    check::finite("fill", fill)?;
    check::inside("rectangle", rectangle, [x.nrows(), x.ncols()])?;
    let Rectangle { top, left, height, width } = rectangle;
    let is_erased = |i, j| (top..top + height).contains(&i) && (left..left + width).contains(&j);
    Ok(DMatrix::from_fn(
        x.nrows(),
        x.ncols(),
        |i, j| if is_erased(i, j) { fill } else { x[(i, j)] },
    ))
}
