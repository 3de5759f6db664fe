//! Lanes along a row: the features of a row stand together.
//!
//! 1. A row is summed twice, the second time around its mean: in blocks of 4096, each in 2 × 64
//!    steps of 32 lanes, which are folded by a fixed tree.
//! 2. Up to four rows are then normalised together, while they are in the cache: γ and β are
//!    loaded once for all.
//! 3. Backward the same with Σ dy·γ and Σ dy·γ·x̂; the pass that makes dx adds dy and dy·x̂ to the
//!    feature's sums, for at most 64 rows one after the other. Those sums are one part.

use fearless_simd::dispatch;

use super::layout::{Layout, Memory};
use super::maps::{DifferentiateRows, NormalizeRows};
use super::statistics::row_moments;
use crate::Moments;
use crate::element::Element;
use crate::normalization::maps::map_rows;
use crate::normalization::planes::{Center, Slope};
use crate::normalization::sums::{BLOCK, DEPTH, RowGradient, sum_block};
use crate::normalization::{Inputs, Job, Source};
use crate::workspace::{at_least, pairwise};

/// Elements that a thread takes at a time, forward.
const PIECE: usize = 1 << 14;
/// Rows worked on together …
const TOGETHER: usize = 4;
/// … if they have no more elements than this, which stay in the cache.
const CACHED: usize = 1 << 15;
/// Parts that a backward pass has about, if each has [`TOGETHER`] rows or more.
const PARTS: usize = 16;

/// The walk along rows.
pub struct Rows<'a>(pub(super) Job<'a>);

impl<T: Element> Layout<T> for Rows<'_> {
    fn forward(
        &self,
        x: Source<'_, T>,
        affine: [&[T]; 2],
        epsilon: f64,
        y: &mut [T],
        moments: &mut [Moments],
        _: Memory<'_>,
    ) {
        let (width, together) = (self.0.shape.channels, self.together());
        let rows = (PIECE / width).max(1).next_multiple_of(together);
        self.0.crew.each_pair([rows, rows * width], moments, y, |k, moments, y| {
            let groups = moments.chunks_mut(together).zip(y.chunks_mut(together * width));
            for (group, (moments, y)) in groups.enumerate() {
                let x = x.part((k * rows + group * together) * width, y.len());
                self.normalize(x, affine, epsilon, y, moments);
            }
        });
    }

    fn backward(
        &self,
        inputs: Inputs<'_, T>,
        epsilon: f64,
        moments: &[Moments],
        dx: &mut [T],
        memory: Memory<'_>,
    ) -> usize {
        let (width, together, rows) = (self.0.shape.channels, self.together(), self.part_rows());
        let parts = moments.len().div_ceil(rows);
        let slots = at_least(memory.slots, parts * 2 * width);
        self.0.crew.each_pair([2 * width, rows * width], slots, dx, |k, sums, dx| {
            sums.fill(0.0);
            for (group, dx) in dx.chunks_mut(together * width).enumerate() {
                let first = k * rows + group * together;
                let part = first * width..first * width + dx.len();
                let inputs = Inputs { x: &inputs.x[part.clone()], dy: &inputs.dy[part], ..inputs };
                self.differentiate(inputs, epsilon, &moments[first..], dx, sums);
            }
        });
        parts
    }

    fn places(&self, feature: usize) -> [usize; 2] {
        [feature, self.0.shape.channels + feature]
    }
}

impl Rows<'_> {
    /// Rows worked on together: γ and β are shared, and the rows stay in the cache.
    fn together(&self) -> usize {
        (CACHED / self.0.shape.channels).clamp(1, TOGETHER)
    }

    /// Rows whose feature sums make one part.
    fn part_rows(&self) -> usize {
        self.0.shape.outer.div_ceil(PARTS).next_multiple_of(TOGETHER).min(DEPTH)
    }

    /// A few rows forward.
    fn normalize<T: Element>(
        &self,
        x: Source<'_, T>,
        [gamma, beta]: [&[T]; 2],
        epsilon: f64,
        y: &mut [T],
        moments: &mut [Moments],
    ) {
        let (width, level) = (self.0.shape.channels, self.0.level.token());
        let mut centers = [Center::default(); TOGETHER];
        for (row, x) in x.or(y).chunks_exact(width).enumerate() {
            moments[row] = row_moments(self.0.level, x);
            centers[row] = Center::new(&moments[row], epsilon);
        }
        let map = NormalizeRows { x, gamma, beta, centers: &centers };
        dispatch!(level, simd => map_rows(simd, map, width, y));
    }

    /// A few rows backward.
    fn differentiate<T: Element>(
        &self,
        Inputs { x, gamma, dy }: Inputs<'_, T>,
        epsilon: f64,
        moments: &[Moments],
        dx: &mut [T],
        sums: &mut [f64],
    ) {
        let (width, level) = (gamma.len(), self.0.level.token());
        let mut coefficients = [(Center::default(), Slope::default()); TOGETHER];
        for (row, (x, dy)) in x.chunks_exact(width).zip(dy.chunks_exact(width)).enumerate() {
            let center = Center::new(&moments[row], epsilon);
            coefficients[row] = (center, self.slope(Inputs { x, gamma, dy }, &center));
        }
        let coefficients = &coefficients[..dx.len() / width];
        let map = DifferentiateRows { x, dy, gamma, coefficients };
        dispatch!(level, simd => map.run(simd, dx, sums));
    }

    /// What dx of a row needs beyond x̂: the means of dy·γ and dy·γ·x̂, and r.
    fn slope<T: Element>(&self, row: Inputs<'_, T>, center: &Center) -> Slope {
        let (len, level) = (row.x.len(), self.0.level.token());
        let leaf = |block: usize| {
            let part = block * BLOCK..len.min((block + 1) * BLOCK);
            let [x, dy, gamma] = [row.x, row.dy, row.gamma].map(|all| &all[part.clone()]);
            let gradient = RowGradient { x, dy, gamma, center };
            dispatch!(level, simd => sum_block(simd, gradient, 0, x.len()))
        };
        let add = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
        let sums = pairwise(0..len.div_ceil(BLOCK), &leaf, &add);
        Slope::new(center, 1.0, sums.map(|sum| sum / len as f64))
    }
}
