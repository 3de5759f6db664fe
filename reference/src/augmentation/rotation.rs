//! Where a pixel comes from, and what stands there.

use nalgebra::DMatrix;

use super::Interpolation;
use crate::{Error, check};

/// cos d and sin d of an angle in degrees; exactly 0, 1 and −1 at quarter turns.
///
/// Clauses AUG-01, AUG-03. Degrees are reduced to at most 45 without an error before they are
/// multiplied by π/180. Source: the definition of the angle. degrees: finite.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::cos_sin;
///
/// assert_eq!(cos_sin(0.0), [1.0, 0.0]);
/// assert_eq!(cos_sin(90.0), [0.0, 1.0]);
/// assert_eq!(cos_sin(-90.0), [0.0, -1.0]);
/// assert_eq!(cos_sin(180.0 + 720.0), [-1.0, 0.0]);
/// ```
#[must_use]
pub fn cos_sin(degrees: f64) -> [f64; 2] {
    let within_a_turn = degrees % 360.0;
    let quarters = (within_a_turn / 90.0).round();
    let rest = (within_a_turn - 90.0 * quarters).to_radians();
    let (sin, cos) = rest.sin_cos();
    match quarters.rem_euclid(4.0) as u8 {
        0 => [cos, sin],
        1 => [-sin + 0.0, cos],
        2 => [-cos, -sin + 0.0],
        _ => [sin, -cos],
    }
}

/// (s, t): the row and the column of x from which y(i, j) comes.
///
/// Clause AUG-01: c + R⁻¹(p − c) with c = ((h − 1)/2, (w − 1)/2). Source: Simard, Steinkraus & Platt
/// 2003, section 2 (the inverse map). Any h, w ≥ 1.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{cos_sin, source};
///
/// // A quarter turn counter-clockwise: the top left corner comes from the top right one.
/// assert_eq!(source([3, 3], cos_sin(90.0), 0, 0), [0.0, 2.0]);
/// ```
#[must_use]
pub fn source([h, w]: [usize; 2], [cos, sin]: [f64; 2], i: usize, j: usize) -> [f64; 2] {
    let (middle, center) = ((h as f64 - 1.0) / 2.0, (w as f64 - 1.0) / 2.0);
    let (v, u) = (i as f64 - middle, j as f64 - center);
    [middle + (u * sin + v * cos), center + (u * cos - v * sin)]
}

/// Whether a place lies in the footprint: −½ ≤ s ≤ h − ½ and −½ ≤ t ≤ w − ½.
///
/// Clauses AUG-01 … AUG-04. Source: a pixel is a square of side 1 around its centre.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::is_inside;
///
/// assert!(is_inside([2, 3], [-0.5, 2.5]) && !is_inside([2, 3], [0.0, 2.75]));
/// ```
#[must_use]
pub fn is_inside([h, w]: [usize; 2], [s, t]: [f64; 2]) -> bool {
    let within = |place: f64, size: usize| (-0.5..=size as f64 - 0.5).contains(&place);
    within(s, h) && within(t, w)
}

/// x(⌊s + ½⌋, ⌊t + ½⌋), at the far edges the last row or column.
///
/// Clause AUG-02. Source: as [`is_inside`]. (s, t): in the footprint.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::nearest;
/// use nalgebra::dmatrix;
///
/// let x = dmatrix![1.0, 2.0; 3.0, 4.0];
/// assert_eq!((nearest(&x, [0.49, 0.5]), nearest(&x, [1.5, -0.5])), (2.0, 3.0));
/// ```
#[must_use]
pub fn nearest(x: &DMatrix<f64>, [s, t]: [f64; 2]) -> f64 {
    let index = |place: f64, size: usize| ((place + 0.5).floor() as usize).min(size - 1);
    x[(index(s, x.nrows()), index(t, x.ncols()))]
}

/// Between the four centres around (s, t); between edge and outermost centre the edge.
///
/// Clause AUG-01. Source: Simard, Steinkraus & Platt 2003, section 2 (bilinear interpolation). A pixel
/// of weight 0 is not looked at, so that it may be NaN. (s, t): in the footprint.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::bilinear;
/// use nalgebra::dmatrix;
///
/// let x = dmatrix![1.0, 3.0; 5.0, f64::NAN];
/// assert_eq!(bilinear(&x, [0.0, 0.5]), 2.0);
/// assert_eq!(bilinear(&x, [0.25, -0.5]), 2.0);
/// ```
#[must_use]
pub fn bilinear(x: &DMatrix<f64>, [s, t]: [f64; 2]) -> f64 {
    let (s, t) = (s.clamp(0.0, x.nrows() as f64 - 1.0), t.clamp(0.0, x.ncols() as f64 - 1.0));
    let (a, b) = (s.floor() as usize, t.floor() as usize);
    let (f, g) = (s - s.floor(), t - t.floor());
    let row = |a: usize| between(g, x[(a, b)], || x[(a, b + 1)]);
    between(f, row(a), || row(a + 1))
}

/// a + f·(b − a); a where f is 0, whatever b is.
fn between(f: f64, a: f64, b: impl Fn() -> f64) -> f64 {
    if f == 0.0 {
        return a;
    }
    a + f * (b() - a)
}

/// y(i, j) = x at [`source`], or `fill` where that is outside.
///
/// Clauses AUG-01 … AUG-05. Source: Simard, Steinkraus & Platt 2003, section 2. x: h × w, any values;
/// degrees: finite, positive is counter-clockwise; fill: finite.
///
/// # Errors
/// `degrees`: NaN or infinite. `fill`: NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{Interpolation::Bilinear, rotate};
/// use nalgebra::dmatrix;
///
/// let x = dmatrix![1.0, 2.0; 3.0, 4.0];
/// assert_eq!(rotate(&x, 90.0, Bilinear, 0.0)?, dmatrix![2.0, 4.0; 1.0, 3.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn rotate(
    x: &DMatrix<f64>,
    degrees: f64,
    interpolation: Interpolation,
    fill: f64,
) -> Result<DMatrix<f64>, Error> {
    check::finite("degrees", degrees)?;
    check::finite("fill", fill)?;
    let (size, turn) = ([x.nrows(), x.ncols()], cos_sin(degrees));
    Ok(DMatrix::from_fn(x.nrows(), x.ncols(), |i, j| {
        let place = source(size, turn, i, j);
        match interpolation {
            _ if !is_inside(size, place) => fill,
            Interpolation::Nearest => nearest(x, place),
            Interpolation::Bilinear => bilinear(x, place),
        }
    }))
}
