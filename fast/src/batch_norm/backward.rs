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

use super::coefficients::{Channel, affine, centered, gradient, proportional, sloped};
use super::layout::{Data, Layout, TOGETHER, Walk, planes, turned};
use super::rectifier::Rectifier;
use crate::element::Element;
use crate::normalization::planes::{Center, PLANES, Planes};
use crate::normalization::{Inputs, Outputs, Source, rounded};
use crate::workspace::at_least;

/// What each backward pass does with the two sums of a channel.
pub(super) trait Mode {
    /// The coefficients of dx, from γ and β and from mean(dy) and mean(dy·x̂).
    fn coefficients<T: Element>(center: Center, affine: [f64; 2], means: [f64; 2])
    -> [f64; PLANES];
    /// Writes dx.
    fn run<T: Element>(
        layout: &dyn Layout<T>,
        data: Data<'_, T>,
        dx: &mut [T],
        planes: &Planes<'_>,
    );
}

/// Through the batch's own statistics.
pub(super) struct Training;

impl Mode for Training {
    fn coefficients<T: Element>(
        center: Center,
        affine: [f64; 2],
        means: [f64; 2],
    ) -> [f64; PLANES] {
        sloped::<T>(center, affine, means)
    }

    fn run<T: Element>(
        layout: &dyn Layout<T>,
        data: Data<'_, T>,
        dx: &mut [T],
        planes: &Planes<'_>,
    ) {
        layout.backward(data, dx, planes);
    }
}

/// With the statistics held fixed.
pub(super) struct Inference;

impl Mode for Inference {
    fn coefficients<T: Element>(
        center: Center,
        [gamma, _]: [f64; 2],
        _: [f64; 2],
    ) -> [f64; PLANES] {
        proportional::<T>(&center, gamma)
    }

    fn run<T: Element>(
        layout: &dyn Layout<T>,
        data: Data<'_, T>,
        dx: &mut [T],
        planes: &Planes<'_>,
    ) {
        layout.forward(Source::Slice(data.dy), None, dx, planes);
    }
}

/// The scratch memory that a backward pass takes.
pub(super) struct Memory<'a> {
    pub(super) planes: &'a mut Vec<f64>,
    pub(super) slots: &'a mut Vec<f64>,
    pub(super) channels: &'a mut Vec<Channel>,
}

/// All three gradients, with the center of each channel. A rectifier asks for β: dy is by its output.
pub(super) fn backward<T: Element, M: Mode>(
    walk: &Walk<'_>,
    inputs: Inputs<'_, T>,
    rectified: Option<(Rectifier, &[T])>,
    center: impl Fn(usize) -> Center + Sync,
    mut outputs: Outputs<'_, T>,
    memory: Memory<'_>,
) {
    let (layout, job) = (T::along(walk), walk.job());
    let Inputs { x, gamma, dy } = inputs;
    let data = Data { x, dy, rectifier: rectified.map(|(rectifier, _)| rectifier) };
    let columns = [gamma.len(), layout.spread()];
    let channels = at_least(memory.channels, gamma.len());
    job.crew.each_chunk(channels, TOGETHER, |chunk, channels| {
        for (k, channel) in channels.iter_mut().enumerate() {
            channel.center = centered::<T>(center(chunk * TOGETHER + k));
        }
    });
    let parameters = |channel: usize| {
        [gamma[channel].to_f64(), rectified.map_or(0.0, |(_, beta)| beta[channel].to_f64())]
    };
    let of_y = |channel: usize| {
        let [gamma, beta] = parameters(channel);
        affine::<T>(channels[channel].center, gamma, beta)
    };
    let mut planes = planes(memory.planes, columns);
    planes.fill_first(job.crew, turned(columns, 0, of_y));
    layout.gradients(data, &planes, memory.slots);
    let slots = &*memory.slots;
    let Outputs { dgamma, dbeta, .. } = &mut outputs;
    job.crew.each_trio([TOGETHER; 3], dgamma, dbeta, channels, |chunk, dgamma, dbeta, channels| {
        for (k, Channel { center, sums }) in channels.iter_mut().enumerate() {
            *sums = gradient::<T>(center, layout.folded_gradients(slots, chunk * TOGETHER + k));
            let [by_beta, by_gamma] = *sums;
            dgamma[k] = rounded(by_gamma);
            dbeta[k] = rounded(by_beta);
        }
    });
    let count = job.shape.per_channel() as f64;
    let of_dx = |channel: usize| {
        let Channel { center, sums } = channels[channel];
        M::coefficients::<T>(center, parameters(channel), sums.map(|sum| sum / count))
    };
    planes.fill_first(job.crew, turned(columns, layout.turn(outputs.dx), of_dx));
    M::run(layout, data, outputs.dx, &planes);
}
