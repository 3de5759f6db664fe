//! What the elementwise passes take of each channel.
//!
//! Data of `f64` keep the parts of the formula apart. For `f32` they are folded, in `f64`, around the
//! mean itself: s + o = shift + offset exactly, with s the rounded sum, and
//!
//! ```text
//! y  = (x − s)·a + c             a = γ·r      c = β − o·a
//! dx = (dy + ((x − s)·e + k))·a  e = −r·mean(dy·x̂)      k = −o·e − mean(dy)
//! Σ dy·x̂ = (Σ dy·(x − s) − o·Σ dy)·r
//! ```
//!
//! Hazard: x·a − μ·a brings the mean back in. x − s does not: a difference has one rounding, relative
//! to itself, and o·r is what is left of the mean in units of the deviation. o is at most 2⁻⁵³·|μ|, and
//! σ at least 2⁻²⁴·|μ|/2¹⁰ where a channel of at most 2²⁰ values of `f32` is not constant, so o·r is at
//! most 2⁻¹⁹ and its roundings vanish; in a constant channel o is 0. So each fold adds a few units of
//! 2⁻⁵³ of γ·x̂ and y, or of dy and x̂·mean(dy·x̂).

use crate::element::Element;
use crate::normalization::planes::{Center, PLANES, Slope};

/// What a backward pass knows of a channel: found once, though the coefficients are asked for twice.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Channel {
    pub(super) center: Center,
    /// Σ dy and Σ dy·x̂.
    pub(super) sums: [f64; 2],
}

/// The center with s and o in place of shift and offset, where data is folded around it.
pub(super) fn centered<T: Element>(center: Center) -> Center {
    let Center { shift, offset, .. } = center;
    if T::SCALED || offset == 0.0 {
        return center;
    }
    // D. E. Knuth's exact sum of two numbers.
    let sum = shift + offset;
    let second = sum - shift;
    Center { shift: sum, offset: (shift - (sum - second)) + (offset - second), ..center }
}

/// Those of x̂ and of y.
pub(super) fn affine<T: Element>(center: Center, gamma: f64, beta: f64) -> [f64; 6] {
    let Center { scale, shift, offset, rstd } = center;
    let [factor, term] = if T::SCALED {
        [gamma, beta]
    } else {
        let a = gamma * rstd;
        // An infinite γ leaves the sign of x − s; ∞ − ∞ would hide it.
        [a, if offset == 0.0 || a.is_infinite() { beta } else { beta - offset * a }]
    };
    [scale, shift, offset, rstd, factor, term]
}

/// Those of dx too.
pub(super) fn sloped<T: Element>(
    center: Center,
    [gamma, beta]: [f64; 2],
    means: [f64; 2],
) -> [f64; PLANES] {
    let Slope { mean_dy, mean_dy_x, factor, extra } = Slope::new(&center, gamma, means);
    let [term, by_x] = if T::SCALED {
        [mean_dy, mean_dy_x]
    } else {
        let e = -(mean_dy_x * center.rstd);
        [-(center.offset * e) - mean_dy, e]
    };
    let [scale, shift, offset, rstd, a, c] = affine::<T>(center, gamma, beta);
    [scale, shift, offset, rstd, a, c, term, by_x, factor, extra]
}

/// Those of dx where the statistics are held fixed: dx is dy normalised by nothing, with mean 0 and γ·r
/// for r, and −0 adds nothing to any number.
pub(super) fn proportional<T: Element>(center: &Center, gamma: f64) -> [f64; PLANES] {
    let Slope { factor, extra, .. } = Slope::new(center, gamma, [0.0; 2]);
    let center = Center { scale: 1.0, shift: 0.0, offset: 0.0, rstd: factor };
    let [scale, shift, offset, rstd, a, c] = affine::<T>(center, extra, -0.0);
    [scale, shift, offset, rstd, a, c, 0.0, 0.0, 0.0, 0.0]
}

/// Σ dy and Σ dy·x̂ from the sums that the kernel takes.
pub(super) fn gradient<T: Element>(center: &Center, [dy, dy_x]: [f64; 2]) -> [f64; 2] {
    if T::SCALED { [dy, dy_x] } else { [dy, (dy_x - center.offset * dy) * center.rstd] }
}
