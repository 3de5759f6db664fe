//! The coefficients of the formulas, and where they lie.
//!
//! A coefficient is the same in all lanes, or lies in [`Planes`]: for every sixteen columns, plane k
//! holds their k-th coefficient, so that a kernel with lanes along the columns loads eight of them
//! at once, one with lanes along a channel spreads a single one, and threads can fill them.

use fearless_simd::{Simd, SimdBase, f64x8};

use super::formula::Along;
use crate::Moments;
use crate::element::STEP;
use crate::workspace::{Crew, at_least};

/// 2^−exponent of the moments.
pub(super) const SCALE: usize = 0;
/// shift·scale.
pub(super) const SHIFT: usize = 1;
/// Offset of the mean from the shift, in units of 2^exponent.
pub(super) const OFFSET: usize = 2;
/// r in the same unit: x̂ = (x·scale − shift·scale − offset)·r.
pub(super) const RSTD: usize = 3;
pub(super) const GAMMA: usize = 4;
pub(super) const BETA: usize = 5;
/// mean(dy).
pub(super) const MEAN_DY: usize = 6;
/// mean(dy·x̂).
pub(super) const MEAN_DY_X: usize = 7;
/// γ·r, and what is left of it outside the range of `f64`.
pub(super) const FACTOR: usize = 8;
pub(super) const EXTRA: usize = 9;
pub(crate) const PLANES: usize = 10;

/// Where x̂ comes from: x̂ = (x·scale − shift − offset)·rstd.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Center {
    pub(crate) scale: f64,
    pub(crate) shift: f64,
    pub(crate) offset: f64,
    pub(crate) rstd: f64,
}

/// What dx needs beyond x̂: dx = (dy − mean_dy − x̂·mean_dy_x)·factor·extra.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slope {
    pub(crate) mean_dy: f64,
    pub(crate) mean_dy_x: f64,
    pub(crate) factor: f64,
    pub(crate) extra: f64,
}

impl Center {
    /// Where the moments put x̂ = (x − μ)/√(σ² + ε).
    pub(crate) fn new(moments: &Moments, epsilon: f64) -> Self {
        let scale = moments.scale();
        let variance = moments.second_moment() / moments.count() as f64;
        let scaled = epsilon * scale * scale;
        let rstd = if scaled == f64::INFINITY {
            // Values below 2⁻⁴²⁰ under an ε from 2⁻¹⁷⁶ on: their variance is nothing beside it.
            1.0 / epsilon.sqrt() / scale
        } else {
            1.0 / (variance + scaled).sqrt()
        };
        Self { scale, shift: moments.shift() * scale, offset: moments.offset(), rstd }
    }
}

impl Slope {
    /// From the means of dy and dy·x̂ and the factor γ before r; the latter product is split in
    /// two where r alone leaves the normal range.
    pub(crate) fn new(center: &Center, gamma: f64, [mean_dy, mean_dy_x]: [f64; 2]) -> Self {
        let rstd = center.rstd * center.scale;
        let [factor, extra] = if rstd.is_normal() {
            [gamma * rstd, 1.0]
        } else {
            [gamma * center.rstd, center.scale]
        };
        Self { mean_dy, mean_dy_x, factor, extra }
    }
}

/// Coefficients of sixteen columns, plane by plane.
type Block = [[f64; STEP]; PLANES];
/// How many they are.
const BLOCK: usize = PLANES * STEP;

/// The coefficients of all columns; a channel may be spread over several columns.
pub struct Planes<'a> {
    memory: &'a mut [f64],
}

impl<'a> Planes<'a> {
    /// Planes for `channels` channels, each over `spread` columns.
    pub(crate) fn new(memory: &'a mut Vec<f64>, channels: usize, spread: usize) -> Self {
        let blocks = (channels * spread).div_ceil(STEP);
        Self { memory: at_least(memory, blocks * BLOCK) }
    }

    /// Sets the first `N` coefficients of every column for which there are some.
    pub(crate) fn fill_first<const N: usize>(
        &mut self,
        crew: Crew<'_>,
        coefficients: impl Fn(usize) -> Option<[f64; N]> + Sync,
    ) {
        fill(self.memory, crew, |block, lane, column| {
            if let Some(coefficients) = coefficients(column) {
                put(block, lane, SCALE, coefficients);
            }
        });
    }

    /// Sets the center of every column for which there is one.
    pub(crate) fn fill_centers(
        &mut self,
        crew: Crew<'_>,
        center: impl Fn(usize) -> Option<Center> + Sync,
    ) {
        fill(self.memory, crew, |block, lane, column| {
            if let Some(center) = center(column) {
                put_center(block, lane, center);
            }
        });
    }

    /// Sets the slope of every column for which there is one.
    pub(crate) fn fill_slopes(
        &mut self,
        crew: Crew<'_>,
        slope: impl Fn(usize) -> Option<Slope> + Sync,
    ) {
        fill(self.memory, crew, |block, lane, column| {
            if let Some(slope) = slope(column) {
                put_slope(block, lane, slope);
            }
        });
    }

    /// One coefficient: of column `column` in all lanes, or of the eight columns from there.
    #[inline(always)]
    pub(super) fn lanes<S: Simd>(
        &self,
        simd: S,
        plane: usize,
        column: usize,
        along: Along,
    ) -> f64x8<S> {
        let at = place(plane, column);
        match along {
            Along::Channel => f64x8::splat(simd, self.memory[at]),
            Along::Columns => f64x8::from_slice(simd, &self.memory[at..at + 8]),
        }
    }
}

/// Where a coefficient lies.
#[inline(always)]
fn place(plane: usize, column: usize) -> usize {
    column / STEP * BLOCK + plane * STEP + column % STEP
}

/// Writes coefficients of a column, from plane `first` on.
#[inline(always)]
fn put<const N: usize>(block: &mut Block, lane: usize, first: usize, values: [f64; N]) {
    for (plane, value) in block[first..first + N].iter_mut().zip(values) {
        plane[lane] = value;
    }
}

fn put_center(block: &mut Block, lane: usize, center: Center) {
    let Center { scale, shift, offset, rstd } = center;
    put(block, lane, SCALE, [scale, shift, offset, rstd]);
}

fn put_slope(block: &mut Block, lane: usize, slope: Slope) {
    let Slope { mean_dy, mean_dy_x, factor, extra } = slope;
    put(block, lane, MEAN_DY, [mean_dy, mean_dy_x, factor, extra]);
}

/// Blocks that a thread fills at a time.
const TOGETHER: usize = 4;

/// Calls `set(block, lane, column)` for every column.
fn fill(memory: &mut [f64], crew: Crew<'_>, set: impl Fn(&mut Block, usize, usize) + Sync) {
    let (columns, _) = memory.as_chunks_mut::<STEP>();
    let (blocks, _) = columns.as_chunks_mut::<PLANES>();
    crew.each_chunk(blocks, TOGETHER, |chunk, blocks| {
        for (k, block) in blocks.iter_mut().enumerate() {
            for lane in 0..STEP {
                set(block, lane, (chunk * TOGETHER + k) * STEP + lane);
            }
        }
    });
}
