//! From moments to y = γ·(x − μ)/√(σ² + ε) + β.
//!
//! Hazard: x·r − μ·r, the folded form, brings the mean back in. Method: x̂ = ((x − shift) −
//! offset)·r in `f64`, where x − shift is a difference of neighbours, then one fused
//! multiply-add, rounded once.

use super::layout::Walk;
use crate::element::Element;
use crate::normalization::Source;
use crate::normalization::planes::{Center, Planes};

/// Where a given mean and variance put x̂.
pub(super) fn given_center<T: Element>(mean: T, variance: T, epsilon: f64) -> Center {
    let (mean, variance) = (mean.to_f64(), variance.to_f64());
    let sum = variance + epsilon;
    let rstd = if sum < f64::INFINITY {
        1.0 / sum.sqrt()
    } else {
        0.5 / (variance / 4.0 + epsilon / 4.0).sqrt()
    };
    if T::SCALED && rstd < 1.0 {
        // x − mean may overflow where x̂ does not: take half of it.
        return Center { scale: 0.5, shift: 0.5 * mean, offset: 0.0, rstd: 2.0 * rstd };
    }
    Center { scale: 1.0, shift: mean, offset: 0.0, rstd }
}

/// y = γ·x̂ + β, with the center of each channel.
pub(super) fn normalize<T: Element>(
    walk: &Walk<'_>,
    x: Source<'_, T>,
    [gamma, beta]: [&[T]; 2],
    center: impl Fn(usize) -> Center,
    y: &mut [T],
    memory: &mut Vec<f64>,
) {
    let layout = T::along(walk);
    let mut planes = Planes::new(memory, gamma.len(), layout.spread());
    for channel in 0..gamma.len() {
        planes.set_center(channel, center(channel));
        planes.set_affine(channel, gamma[channel].to_f64(), beta[channel].to_f64());
    }
    layout.forward(x, y, &planes);
}
