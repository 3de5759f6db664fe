//! Elementwise passes over a matrix: sixteen values in, sixteen out.
//!
//! No value meets another, so neither the walk nor the cut into pieces can change a bit.

use fearless_simd::Simd;

use crate::element::{Element, Pair, STEP, store};

/// Rows that share the coefficients they load.
pub(crate) const ROWS: usize = 8;

/// An elementwise pass.
pub(crate) trait Map<T: Element>: Copy {
    /// What sixteen columns have in common, in lanes.
    type Coefficients<S: Simd>: Copy;

    /// Those of up to sixteen columns from `column` on.
    fn coefficients<S: Simd>(&self, simd: S, column: usize, count: usize) -> Self::Coefficients<S>;

    /// The results for up to sixteen elements of row `row`, from index `at` on; `out` holds the
    /// old values.
    fn at<S: Simd>(
        &self,
        simd: S,
        coefficients: &Self::Coefficients<S>,
        out: &[T],
        row: usize,
        at: usize,
        count: usize,
    ) -> Pair<S>;
}

/// Whole rows of `width` elements, eight rows at a time.
#[inline(always)]
pub(crate) fn map_rows<S: Simd, T: Element, M: Map<T>>(
    simd: S,
    map: M,
    width: usize,
    out: &mut [T],
) {
    let rows = out.len() / width;
    let mut row = 0;
    while row < rows {
        let last = rows.min(row + ROWS);
        let mut column = 0;
        while column + STEP <= width {
            map_strip(simd, map, width, [row, last], column, STEP, out);
            column += STEP;
        }
        if column < width {
            map_strip(simd, map, width, [row, last], column, width - column, out);
        }
        row = last;
    }
}

/// Up to sixteen columns of a few rows.
#[inline(always)]
fn map_strip<S: Simd, T: Element, M: Map<T>>(
    simd: S,
    map: M,
    width: usize,
    [row, last]: [usize; 2],
    column: usize,
    count: usize,
    out: &mut [T],
) {
    let coefficients = map.coefficients(simd, column, count);
    for row in row..last {
        let at = row * width + column;
        let result = map.at(simd, &coefficients, out, row, at, count);
        store(simd, result, out, at, count);
    }
}
