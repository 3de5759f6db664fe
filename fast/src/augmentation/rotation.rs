//! Rotation: where a row of pixels comes from, and what stands there.
//!
//! ```text
//! s = (h − 1)/2 + u·sin d + v·cos d        t = (w − 1)/2 + u·cos d − v·sin d
//! ```
//!
//! **Hazard.** A fused step, which levels have or have not, moves a place and with it a pixel; a neighbour of
//! weight 0 that is NaN.
//!
//! **Method.** Places and mixing are `f64`, nothing is fused, a result is rounded once. The columns of a row
//! that come from inside of the image are an interval ([`span`]), and so are those whose four neighbours are
//! all there. Those go by in [`lanes`]; the few between the two are computed one by one here.

mod lanes;
mod span;
#[cfg(test)]
mod tests;

use super::types::{Interpolation, Rotation};
use crate::element::sealed::Lanes;

/// A rotation of channels of one size.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    size: [usize; 2],
    cos: f64,
    sin: f64,
    interpolation: Interpolation,
    fill: f64,
}

impl Turn {
    pub(super) fn new(size: [usize; 2], rotation: &Rotation) -> Self {
        let [cos, sin] = cos_sin(rotation.degrees);
        Self { size, cos, sin, interpolation: rotation.interpolation, fill: rotation.fill }
    }

    /// h·w.
    fn pixels(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Where row `i` comes from.
    #[inline(always)]
    fn line(&self, i: usize) -> Line {
        let [middle, center] = self.size.map(|size| (size as f64 - 1.0) / 2.0);
        let (v, sin, cos) = (i as f64 - middle, self.sin, self.cos);
        Line { middle, center, sin, cos, v_sin: v * sin, v_cos: v * cos }
    }

    /// What stands at a place inside of the image.
    #[inline(always)]
    fn pixel<T: Lanes>(&self, x: &[T], place: [f64; 2]) -> T {
        match self.interpolation {
            Interpolation::Nearest => self.nearest(x, place),
            Interpolation::Bilinear => self.bilinear(x, place),
        }
    }

    /// A place that is not negative is cut to the pixel below: that is what `floor` does.
    #[inline(always)]
    fn nearest<T: Lanes>(&self, x: &[T], [s, t]: [f64; 2]) -> T {
        let row = ((s + 0.5) as usize).min(self.size[0] - 1);
        let column = ((t + 0.5) as usize).min(self.size[1] - 1);
        x[row * self.size[1] + column]
    }

    #[inline(always)]
    fn bilinear<T: Lanes>(&self, x: &[T], [s, t]: [f64; 2]) -> T {
        let [last_row, last_column] = self.size.map(|size| size - 1);
        let (s, t) = (s.max(0.0).min(last_row as f64), t.max(0.0).min(last_column as f64));
        let (row, column) = (s as usize, t as usize);
        let (f, g) = (s - row as f64, t - column as f64);
        let width = self.size[1];
        // The neighbour of weight 0 at the far edge is the pixel itself.
        let (below, right) = ((row + 1).min(last_row), (column + 1).min(last_column));
        let line = |row: usize| {
            let line = &x[row * width..][..width];
            mixed(g, line[column].to_f64(), line[right].to_f64())
        };
        T::round(mixed(f, line(row), line(below)))
    }
}

/// A row of y, v from the middle: the places in x of its pixels.
#[derive(Clone, Copy)]
struct Line {
    middle: f64,
    center: f64,
    sin: f64,
    cos: f64,
    v_sin: f64,
    v_cos: f64,
}

impl Line {
    /// Where column `j` comes from: row and column of x.
    #[inline(always)]
    fn place(&self, j: usize) -> [f64; 2] {
        let u = j as f64 - self.center;
        [self.middle + (u * self.sin + self.v_cos), self.center + (u * self.cos - self.v_sin)]
    }
}

/// a + f·(b − a); a where f is 0, whatever b is.
#[inline(always)]
fn mixed(f: f64, a: f64, b: f64) -> f64 {
    let between = a + f * (b - a);
    match f {
        0.0 => a,
        _ if between.is_nan() => f64::NAN,
        _ => between,
    }
}

/// cos and sin of degrees, exact at quarter turns.
///
/// A remainder is exact, and so is the difference to the nearest quarter: at most 45 degrees are left.
fn cos_sin(degrees: f64) -> [f64; 2] {
    let within_a_turn = degrees % 360.0;
    let quarters = (within_a_turn / 90.0).round();
    let (sin, cos) = (within_a_turn - 90.0 * quarters).to_radians().sin_cos();
    match quarters.rem_euclid(4.0) as u8 {
        0 => [cos, sin],
        1 => [-sin, cos],
        2 => [-cos, -sin],
        _ => [sin, -cos],
    }
}
