//! The gradients of both forward passes.
//!
//! In training (S. Ioffe, C. Szegedy, "Batch Normalization", 2015, § 3, the chain rule with its
//! sums collected):
//!
//! ```text
//! dβ = Σ dy     dγ = Σ dy·x̂     dx = γ·r·(dy − dβ/m − x̂·dγ/m)
//! ```
//!
//! With given statistics the last two terms fall away: dx = γ·r·dy.
//!
//! Hazard: Σ dy·x is not Σ dy·x̂/r + μ·Σ dy once rounded; x̂ is formed first, from the centred
//! data. Method: both sums per block, folded by a fixed tree; dβ, dγ and dx each rounded once.

use super::formula::{Center, Planes, Slope};
use super::layout::{Layout, Source, Walk};
use crate::element::Element;

/// The tensors of a backward pass.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a, T> {
    pub(super) x: &'a [T],
    pub(super) gamma: &'a [T],
    pub(super) dy: &'a [T],
}

/// Its results.
pub(super) struct Outputs<'a, T> {
    pub(super) dx: &'a mut [T],
    pub(super) dgamma: &'a mut [T],
    pub(super) dbeta: &'a mut [T],
}

/// What each backward pass does with the two sums of a channel.
pub(super) trait Mode {
    /// Sets the coefficients of dx from γ·r in two factors, mean(dy) and mean(dy·x̂).
    fn set(planes: &mut Planes<'_>, channel: usize, slope: Slope);
    /// Writes dx.
    fn run<T: Element>(
        layout: &dyn Layout<T>,
        inputs: Inputs<'_, T>,
        dx: &mut [T],
        planes: &Planes<'_>,
    );
}

/// Through the batch's own statistics.
pub(super) struct Training;

impl Mode for Training {
    fn set(planes: &mut Planes<'_>, channel: usize, slope: Slope) {
        planes.set_slope(channel, slope);
    }

    fn run<T: Element>(
        layout: &dyn Layout<T>,
        inputs: Inputs<'_, T>,
        dx: &mut [T],
        planes: &Planes<'_>,
    ) {
        layout.backward(inputs.x, inputs.dy, dx, planes);
    }
}

/// With the statistics held fixed.
pub(super) struct Inference;

impl Mode for Inference {
    fn set(planes: &mut Planes<'_>, channel: usize, slope: Slope) {
        // dx is dy normalised by nothing: mean 0, "r" = γ·r, and −0 adds nothing to any number.
        let center = Center { scale: 1.0, shift: 0.0, offset: 0.0, rstd: slope.factor };
        planes.set_center(channel, center);
        planes.set_affine(channel, slope.extra, -0.0);
    }

    fn run<T: Element>(
        layout: &dyn Layout<T>,
        inputs: Inputs<'_, T>,
        dx: &mut [T],
        planes: &Planes<'_>,
    ) {
        layout.forward(Source::Slice(inputs.dy), dx, planes);
    }
}

/// All three gradients, with the center of each channel.
pub(super) fn backward<T: Element, M: Mode>(
    walk: &Walk<'_>,
    inputs: Inputs<'_, T>,
    center: impl Fn(usize) -> Center,
    outputs: Outputs<'_, T>,
    memory: &mut Vec<f64>,
    slots: &mut Vec<f64>,
) {
    let layout = T::along(walk);
    let count = walk.job().shape.per_channel() as f64;
    let mut planes = Planes::new(memory, inputs.gamma.len(), layout.spread());
    for channel in 0..inputs.gamma.len() {
        planes.set_center(channel, center(channel));
    }
    layout.gradients(inputs.x, inputs.dy, &planes, slots);
    for channel in 0..inputs.gamma.len() {
        let [dbeta, dgamma] = layout.folded_gradients(slots, channel);
        outputs.dbeta[channel] = rounded(dbeta);
        outputs.dgamma[channel] = rounded(dgamma);
        let [factor, extra] = factor(inputs.gamma[channel].to_f64(), center(channel));
        let slope = Slope { mean_dy: dbeta / count, mean_dy_x: dgamma / count, factor, extra };
        M::set(&mut planes, channel, slope);
    }
    M::run(layout, inputs, outputs.dx, &planes);
}

/// γ·r, split in two factors where r alone leaves the normal range.
fn factor(gamma: f64, center: Center) -> [f64; 2] {
    let rstd = center.rstd * center.scale;
    if rstd.is_normal() { [gamma * rstd, 1.0] } else { [gamma * center.rstd, center.scale] }
}

/// Rounds once; every NaN becomes the same NaN.
fn rounded<T: Element>(value: f64) -> T {
    T::round(if value.is_nan() { f64::NAN } else { value })
}
