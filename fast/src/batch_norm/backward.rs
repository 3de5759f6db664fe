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

use super::layout::{Layout, Walk};
use crate::element::Element;
use crate::normalization::planes::{Center, Planes, Slope};
use crate::normalization::{Inputs, Outputs, Source, rounded};

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
        let (gamma, means) = (inputs.gamma[channel].to_f64(), [dbeta / count, dgamma / count]);
        M::set(&mut planes, channel, Slope::new(&center(channel), gamma, means));
    }
    M::run(layout, inputs, outputs.dx, &planes);
}
