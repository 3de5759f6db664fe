//! Images as matrices: rows are positions, columns are channels.
//!
//! ```text
//! element (o, c, i) of a tensor   =   values[(o·channels + c)·inner + i]   =   matrix[(o·inner + i, c)]
//! ```
//!
//! A tensor is laid out as `(outer, channels, inner)`: images stored NCHW are `(n, c, h·w)`, images
//! stored NHWC are `(n·h·w, c, 1)`, a row-major batch of m samples is `(m, d, 1)`, a column-major
//! one `(1, d, m)`. Batch normalisation takes all positions of all images of a channel together:
//! they become one column. Layer normalisation takes the channels of one position together: they
//! become one row.

use nalgebra::DMatrix;

use crate::{Error, check};

/// matrix\[(o·inner + i, c)\] = values\[(o·channels + c)·inner + i\].
///
/// # Errors
/// `values` is not outer·channels·inner long.
///
/// # Example
/// Two images, two channels, three pixels:
/// ```
/// use evenkeel_reference::layout::{channels_to_columns, columns_to_channels};
///
/// let images = [1., 2., 3., 10., 20., 30., 4., 5., 6., 40., 50., 60.];
/// let matrix = channels_to_columns(&images, 2, 2, 3)?;
/// assert_eq!(matrix.column(0).as_slice(), [1., 2., 3., 4., 5., 6.]);
/// assert_eq!(columns_to_channels(&matrix, 3)?, images);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn channels_to_columns(
    values: &[f64],
    outer: usize,
    channels: usize,
    inner: usize,
) -> Result<DMatrix<f64>, Error> {
    let expected = outer.saturating_mul(channels).saturating_mul(inner);
    check::length("values", values.len(), expected)?;
    let position = |k: usize, c| (k / inner * channels + c) * inner + k % inner;
    // Without a channel, `outer · inner` rows of nothing: their number may not even be a `usize`.
    let rows = outer.saturating_mul(inner);
    Ok(DMatrix::from_fn(rows, channels, |k, c| values[position(k, c)]))
}

/// values\[(o·channels + c)·inner + i\] = matrix\[(o·inner + i, c)\]: the way back.
///
/// # Errors
/// `inner` does not divide the number of rows.
pub fn columns_to_channels(matrix: &DMatrix<f64>, inner: usize) -> Result<Vec<f64>, Error> {
    let (rows, channels) = matrix.shape();
    if inner == 0 || rows % inner != 0 {
        return Err(Error::new("inner", inner, format!("a divisor of {rows} rows")));
    }
    let element = |j: usize| (j / inner / channels * inner + j % inner, j / inner % channels);
    Ok((0..rows * channels).map(|j| matrix[element(j)]).collect())
}
