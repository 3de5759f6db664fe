//! Rotation: where a row of pixels comes from, and what stands there.
//!
//! ```text
//! s = (h − 1)/2 + u·sin d + v·cos d        t = (w − 1)/2 + u·cos d − v·sin d
//! ```
//!
//! Places and mixing are `f64` without a fused step, so that every level rounds alike; a result is
//! rounded once. A pixel of weight 0 is not looked at.

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

    /// w.
    pub(super) fn width(&self) -> usize {
        self.size[1]
    }

    /// Row `i` of the turned channel.
    #[inline(always)]
    pub(super) fn row<T: Lanes>(&self, x: &[T], i: usize, y: &mut [T]) {
        let [h, w] = self.size.map(|size| size as f64);
        let (middle, center) = ((h - 1.0) / 2.0, (w - 1.0) / 2.0);
        let v = i as f64 - middle;
        let (v_cos, v_sin) = (v * self.cos, v * self.sin);
        let fill = T::round(self.fill);
        for (j, y) in y.iter_mut().enumerate() {
            let u = j as f64 - center;
            let (s, t) = (middle + (u * self.sin + v_cos), center + (u * self.cos - v_sin));
            let inside = s >= -0.5 && s <= h - 0.5 && t >= -0.5 && t <= w - 0.5;
            *y = match self.interpolation {
                _ if !inside => fill,
                Interpolation::Nearest => self.nearest(x, s, t),
                Interpolation::Bilinear => self.bilinear(x, s, t),
            };
        }
    }

    /// A place that is not negative is cut to the pixel below: that is what `floor` does.
    #[inline(always)]
    fn nearest<T: Lanes>(&self, x: &[T], s: f64, t: f64) -> T {
        let row = ((s + 0.5) as usize).min(self.size[0] - 1);
        let column = ((t + 0.5) as usize).min(self.size[1] - 1);
        x[row * self.size[1] + column]
    }

    #[inline(always)]
    fn bilinear<T: Lanes>(&self, x: &[T], s: f64, t: f64) -> T {
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

/// a + f·(b − a); a where f is 0, whatever b is.
#[inline(always)]
fn mixed(f: f64, a: f64, b: f64) -> f64 {
    let between = a + f * (b - a);
    if f == 0.0 { a } else { between }
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
