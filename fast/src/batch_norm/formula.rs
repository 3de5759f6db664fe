//! The formulas on eight lanes, and the coefficients that they take from each channel.
//!
//! Coefficients lie in planes: plane k holds the k-th coefficient of every column, so that a
//! kernel with lanes along the channels loads eight of them at once and one with lanes along a
//! channel spreads a single one.

use fearless_simd::{Simd, SimdBase, f64x8, prelude::*};

use crate::element::{Element, STEP};
use crate::workspace::at_least;

/// 2^−exponent of the channel's moments.
const SCALE: usize = 0;
/// shift·scale.
const SHIFT: usize = 1;
/// Offset of the mean from the shift, in units of 2^exponent.
const OFFSET: usize = 2;
/// r in the same unit: x̂ = (x·scale − shift·scale − offset)·r.
const RSTD: usize = 3;
const GAMMA: usize = 4;
const BETA: usize = 5;
/// mean(dy), where the forward pass has γ.
const MEAN_DY: usize = 4;
/// mean(dy·x̂), where the forward pass has β.
const MEAN_DY_X: usize = 5;
/// γ·r, and what is left of it outside the range of `f64`.
const FACTOR: usize = 6;
const EXTRA: usize = 7;
const PLANES: usize = 8;

/// Where x̂ of a channel comes from: x̂ = (x·scale − shift − offset)·rstd.
#[derive(Debug, Clone, Copy)]
pub(super) struct Center {
    pub(super) scale: f64,
    pub(super) shift: f64,
    pub(super) offset: f64,
    pub(super) rstd: f64,
}

/// What dx of a channel needs beyond x̂: dx = (dy − mean_dy − x̂·mean_dy_x)·factor·extra.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slope {
    pub(super) mean_dy: f64,
    pub(super) mean_dy_x: f64,
    pub(super) factor: f64,
    pub(super) extra: f64,
}

/// The coefficients of all columns; a channel may be spread over several columns.
pub struct Planes<'a> {
    memory: &'a mut [f64],
    width: usize,
    spread: usize,
}

impl<'a> Planes<'a> {
    /// Planes for `channels` channels, each over `spread` columns.
    pub(super) fn new(memory: &'a mut Vec<f64>, channels: usize, spread: usize) -> Self {
        let width = (channels * spread).next_multiple_of(STEP);
        Self { memory: at_least(memory, PLANES * width), width, spread }
    }

    pub(super) fn set_center(&mut self, channel: usize, center: Center) {
        self.set(SCALE, channel, center.scale);
        self.set(SHIFT, channel, center.shift);
        self.set(OFFSET, channel, center.offset);
        self.set(RSTD, channel, center.rstd);
    }

    pub(super) fn set_affine(&mut self, channel: usize, gamma: f64, beta: f64) {
        self.set(GAMMA, channel, gamma);
        self.set(BETA, channel, beta);
    }

    pub(super) fn set_slope(&mut self, channel: usize, slope: Slope) {
        self.set(MEAN_DY, channel, slope.mean_dy);
        self.set(MEAN_DY_X, channel, slope.mean_dy_x);
        self.set(FACTOR, channel, slope.factor);
        self.set(EXTRA, channel, slope.extra);
    }

    fn set(&mut self, plane: usize, channel: usize, value: f64) {
        let at = plane * self.width + channel * self.spread;
        self.memory[at..at + self.spread].fill(value);
    }

    /// One coefficient: of column `column` in all lanes, or of the eight columns from there.
    #[inline(always)]
    fn lanes<S: Simd>(&self, simd: S, plane: usize, column: usize, along: Along) -> f64x8<S> {
        let at = plane * self.width + column;
        match along {
            Along::Channel => f64x8::splat(simd, self.memory[at]),
            Along::Columns => f64x8::from_slice(simd, &self.memory[at..at + 8]),
        }
    }
}

/// What the lanes of a kernel run along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Along {
    /// The values of one channel.
    Channel,
    /// Neighbouring columns, each with its own coefficients.
    Columns,
}

/// Something done to eight values at a time, with the coefficients of one column or of eight.
pub(super) trait Formula<S: Simd>: Copy {
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self;

    /// The formula for sixteen columns, or twice for one.
    #[inline(always)]
    fn pair(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> [Self; 2] {
        let next = if along == Along::Columns { column + 8 } else { column };
        [Self::new(simd, planes, column, along), Self::new(simd, planes, next, along)]
    }
}

/// x̂ = (x − μ)·r, the mean in two parts.
#[derive(Clone, Copy)]
pub(super) struct Normalized<S: Simd> {
    scale: f64x8<S>,
    shift: f64x8<S>,
    offset: f64x8<S>,
    rstd: f64x8<S>,
}

impl<S: Simd> Formula<S> for Normalized<S> {
    #[inline(always)]
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self {
        Self {
            scale: planes.lanes(simd, SCALE, column, along),
            shift: planes.lanes(simd, SHIFT, column, along),
            offset: planes.lanes(simd, OFFSET, column, along),
            rstd: planes.lanes(simd, RSTD, column, along),
        }
    }
}

impl<S: Simd> Normalized<S> {
    #[inline(always)]
    pub(super) fn of<T: Element>(&self, x: f64x8<S>) -> f64x8<S> {
        (difference::<S, T>(x, self.scale, self.shift) - self.offset) * self.rstd
    }
}

/// x·scale − shift with one rounding; `f32` data is never scaled.
#[inline(always)]
pub(super) fn difference<S: Simd, T: Element>(
    x: f64x8<S>,
    scale: f64x8<S>,
    shift: f64x8<S>,
) -> f64x8<S> {
    if T::SCALED { x.mul_add_precise(scale, -shift) } else { x - shift }
}

/// y = γ·x̂ + β.
#[derive(Clone, Copy)]
pub(super) struct Forward<S: Simd> {
    normalized: Normalized<S>,
    gamma: f64x8<S>,
    beta: f64x8<S>,
}

impl<S: Simd> Formula<S> for Forward<S> {
    #[inline(always)]
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self {
        Self {
            normalized: Normalized::new(simd, planes, column, along),
            gamma: planes.lanes(simd, GAMMA, column, along),
            beta: planes.lanes(simd, BETA, column, along),
        }
    }
}

impl<S: Simd> Forward<S> {
    #[inline(always)]
    pub(super) fn of<T: Element>(&self, x: f64x8<S>) -> f64x8<S> {
        self.normalized.of::<T>(x).mul_add_precise(self.gamma, self.beta)
    }
}

/// dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)).
#[derive(Clone, Copy)]
pub(super) struct Backward<S: Simd> {
    normalized: Normalized<S>,
    mean_dy: f64x8<S>,
    mean_dy_x: f64x8<S>,
    factor: f64x8<S>,
    extra: f64x8<S>,
}

impl<S: Simd> Formula<S> for Backward<S> {
    #[inline(always)]
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self {
        Self {
            normalized: Normalized::new(simd, planes, column, along),
            mean_dy: planes.lanes(simd, MEAN_DY, column, along),
            mean_dy_x: planes.lanes(simd, MEAN_DY_X, column, along),
            factor: planes.lanes(simd, FACTOR, column, along),
            extra: planes.lanes(simd, EXTRA, column, along),
        }
    }
}

impl<S: Simd> Backward<S> {
    #[inline(always)]
    pub(super) fn of<T: Element>(&self, x: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
        let along = -self.normalized.of::<T>(x);
        let centred = along.mul_add_precise(self.mean_dy_x, dy - self.mean_dy);
        if T::SCALED { centred * self.factor * self.extra } else { centred * self.factor }
    }
}
