//! From moments to y = γ·(x − μ)/√(σ² + ε) + β.
//!
//! Hazard: x·r − μ·r, the folded form, brings the mean back in. Method: x − shift is a difference of
//! neighbours; what follows is computed in `f64` and rounded once.

use super::coefficients::{affine, centered};
use super::layout::{Walk, planes, turned};
use super::rectifier::Rectifier;
use crate::element::Element;
use crate::normalization::Source;
use crate::normalization::planes::Center;

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

/// y = γ·x̂ + β, or its activation, with the center of each channel.
pub(super) fn normalize<T: Element>(
    walk: &Walk<'_>,
    x: Source<'_, T>,
    rectifier: Option<Rectifier>,
    [gamma, beta]: [&[T]; 2],
    center: impl Fn(usize) -> Center + Sync,
    y: &mut [T],
    memory: &mut Vec<f64>,
) {
    let layout = T::along(walk);
    let columns = [gamma.len(), layout.spread()];
    let of_channel = |channel: usize| {
        let (gamma, beta) = (gamma[channel].to_f64(), beta[channel].to_f64());
        affine::<T>(centered::<T>(center(channel)), gamma, beta)
    };
    let mut planes = planes(memory, columns);
    planes.fill_first(walk.job().crew, turned(columns, layout.turn(y), of_channel));
    layout.forward(x, rectifier, y, &planes);
}
