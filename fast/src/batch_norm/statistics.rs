//! Mean and second moment of every channel.
//!
//! ```text
//! d = x − shift     μ = shift + Σd/n     M = Σd² − (Σd)²/n
//! ```
//!
//! Source: T. F. Chan, G. H. Golub, R. J. LeVeque (1983), shifted data (§ 3) and pairwise merging.
//! Hazard: without the shift, M cancels from mean/deviation ≈ 2²⁶ on, and μ itself rounds.
//!
//! 1. Every block is shifted by its own first value. `f32`: d is exact or nearly so in `f64`, and
//!    the shift's distance from the mean is at most σ·√(n−1) (Samuelson), so that one pass has a
//!    relative error of at most 3(h+3)·n·2⁻⁵³ for *any* data (n = 4096, h = 72: 2⁻³³; along rows
//!    n = 256 and h = 40).
//!    `f64`: a second pass around the mean found leaves (h+3)·2⁻⁵³.
//! 2. Blocks state their mean as an offset from the channel's first value and are folded by Chan's
//!    merge over a fixed tree.
//! 3. `f64`: where M leaves [2⁻⁹⁶⁰, ∞) the channel is scanned again, scaled by an exact 2^±600.

use super::layout::{TOGETHER, Walk};
use crate::element::Element;
use crate::moments::Moments;

/// Writes the moments of every channel.
pub(super) fn statistics<T: Element>(
    walk: &Walk<'_>,
    x: &[T],
    slots: &mut Vec<f64>,
    moments: &mut [Moments],
) {
    let (layout, job) = (T::along(walk), walk.job());
    layout.moments(x, slots);
    let slots = &*slots;
    job.crew.each_chunk(moments, TOGETHER, |chunk, moments| {
        layout.settle(job.shape, x, slots, chunk * TOGETHER, moments);
    });
}
