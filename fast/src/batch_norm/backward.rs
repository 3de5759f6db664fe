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
//! Hazard: Σ dy·x is not Σ dy·x̂/r + μ·Σ dy once rounded; the data is centred first. Method: both sums
//! per block, folded by a fixed tree; dβ, dγ and dx each rounded once.

use super::coefficients::{affine, centered, gradient, plain, sloped};
use super::layout::{Layout, TOGETHER, Walk, planes, turned};
use crate::element::Element;
use crate::normalization::planes::{Center, PLANES, Planes, Slope};
use crate::normalization::{Inputs, Outputs, Source, rounded};

/// What each backward pass does with the two sums of a channel.
pub(super) trait Mode {
    /// The coefficients of dx, from γ·r in two factors, mean(dy) and mean(dy·x̂).
    fn coefficients<T: Element>(center: Center, slope: Slope) -> [f64; PLANES];
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
    fn coefficients<T: Element>(center: Center, slope: Slope) -> [f64; PLANES] {
        sloped::<T>(center, slope)
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
    fn coefficients<T: Element>(_: Center, slope: Slope) -> [f64; PLANES] {
        // dx is dy normalised by nothing: mean 0, "r" = γ·r, and −0 adds nothing to any number.
        let center = Center { scale: 1.0, shift: 0.0, offset: 0.0, rstd: slope.factor };
        affine::<T>(center, slope.extra, -0.0)
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
    center: impl Fn(usize) -> Center + Sync,
    outputs: Outputs<'_, T>,
    memory: &mut Vec<f64>,
    slots: &mut Vec<f64>,
) {
    let (layout, job) = (T::along(walk), walk.job());
    let columns = [inputs.gamma.len(), layout.spread()];
    let center = |channel| centered::<T>(center(channel));
    let mut planes = planes(memory, columns);
    planes.fill_all(job.crew, turned(columns, 0, |channel| plain(center(channel))));
    layout.gradients(inputs.x, inputs.dy, &planes, slots);
    let sums = |channel| gradient::<T>(&center(channel), layout.folded_gradients(slots, channel));
    let chunks = [TOGETHER; 2];
    job.crew.each_pair(chunks, outputs.dgamma, outputs.dbeta, |chunk, dgamma, dbeta| {
        for (k, (dgamma, dbeta)) in dgamma.iter_mut().zip(dbeta).enumerate() {
            let [by_beta, by_gamma] = sums(chunk * TOGETHER + k);
            *dgamma = rounded(by_gamma);
            *dbeta = rounded(by_beta);
        }
    });
    let count = job.shape.per_channel() as f64;
    let of_channel = |channel: usize| {
        let (center, means) = (center(channel), sums(channel).map(|sum| sum / count));
        let slope = Slope::new(&center, inputs.gamma[channel].to_f64(), means);
        M::coefficients::<T>(center, slope)
    };
    planes.fill_all(job.crew, turned(columns, layout.turn(outputs.dx), of_channel));
    M::run(layout, inputs, outputs.dx, &planes);
}
