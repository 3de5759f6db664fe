//! Rows whose neighbours are all there, in lanes.
//!
//! ```text
//! y = above + f·(below − above)        above = a + g·(b − a),  below = c + g·(d − c)
//! ```
//!
//! **Hazard.** Lanes that are loaded right after their parts were stored one by one wait for all of them;
//! compilers make slow gathers of loops over arrays of places.
//!
//! **Method.** A piece of a row at a time. Offsets and weights are the same for every channel and are computed
//! once; then the pairs of pixels, above and below, are copied for the whole piece, and then mixed, sixteen at
//! a time. Where no weight is 0 nothing is selected. The last step of a piece overlaps the one before.

use fearless_simd::{Simd, f64x8, prelude::*};

use super::super::types::Interpolation;
use super::{Line, Turn};
use crate::element::{STEP, sealed::Lanes};

/// Columns of a row at a time: a multiple of [`STEP`].
const PIECE: usize = 256;

/// 2⁵²: with it added, a whole number below stands in the low bits.
const WHOLE: f64 = (1_u64 << 52) as f64;

/// Where the pixels of a piece come from.
struct Sources {
    /// Offset of the pixel above left, or of the nearest, plus 2⁵².
    at: [f64; PIECE],
    /// Weights of the row below and of the column to the right.
    weights: [[f64; PIECE]; 2],
    /// Whether a weight is 0.
    has_zero: bool,
}

/// Neighbours side by side, of a piece.
struct Taps<T> {
    above: [[T; 2]; PIECE],
    below: [[T; 2]; PIECE],
}

impl Turn {
    /// Rows of turned channels, from row `first` on, as many of each channel in `x`.
    #[inline(always)]
    pub(in super::super) fn rows<S: Simd, T: Lanes>(
        &self,
        simd: S,
        x: &[T],
        first: usize,
        y: &mut [T],
    ) {
        let (pixels, width) = (self.pixels(), self.size[1]);
        let share = y.len() / (x.len() / pixels);
        if share == pixels {
            touch(x);
        }
        let mut sources = Sources { at: [0.0; PIECE], weights: [[0.0; PIECE]; 2], has_zero: false };
        let pair = [T::default(); 2];
        let mut taps = Taps { above: [pair; PIECE], below: [pair; PIECE] };
        for r in 0..share / width {
            let line = self.line(first + r);
            let [inside, within] = self.spans(&line);
            let row = r * width..(r + 1) * width;
            for (x, y) in x.chunks_exact(pixels).zip(y.chunks_exact_mut(share)) {
                let y = &mut y[row.clone()];
                y[..inside.start].fill(T::round(self.fill));
                y[inside.end..].fill(T::round(self.fill));
                for j in (inside.start..within.start).chain(within.end..inside.end) {
                    y[j] = self.pixel(x, line.place(j));
                }
            }
            for from in within.clone().step_by(PIECE) {
                let piece = from..within.end.min(from + PIECE);
                let part = row.start + piece.start..row.start + piece.end;
                self.aim(simd, &line, piece, &mut sources);
                for (x, y) in x.chunks_exact(pixels).zip(y.chunks_exact_mut(share)) {
                    self.piece(simd, &sources, &mut taps, x, &mut y[part.clone()]);
                }
            }
        }
    }

    /// The columns that come from the image, and those of them that need no care at an edge.
    #[inline(always)]
    fn spans(&self, line: &Line) -> [std::ops::Range<usize>; 2] {
        let [h, w] = self.size.map(|size| size as f64);
        let inside = line.columns(self.size[1], [[-0.5, h - 0.5], [-0.5, w - 0.5]]);
        if self.pixels() > u32::MAX as usize {
            return [inside.clone(), inside.end..inside.end];
        }
        if self.interpolation == Interpolation::Nearest {
            return [inside.clone(), inside];
        }
        // Below the last row and column, so that there is another behind.
        let bounds = [[0.0, (h - 1.0).next_down()], [0.0, (w - 1.0).next_down()]];
        let within = line.columns(self.size[1], bounds);
        let end = within.end.clamp(inside.start, inside.end);
        [inside.clone(), within.start.clamp(inside.start, end)..end]
    }

    /// Offsets and weights of some columns, and of some behind them that nobody looks at.
    #[inline(always)]
    fn aim<S: Simd>(
        &self,
        simd: S,
        line: &Line,
        columns: std::ops::Range<usize>,
        sources: &mut Sources,
    ) {
        let all = |value: f64| f64x8::splat(simd, value);
        let index = f64x8::from_slice(simd, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        let (width, [last_row, last_column]) =
            (self.size[1] as f64, self.size.map(|n| n as f64 - 1.0));
        let mut least = all(1.0);
        for k in (0..columns.len()).step_by(8) {
            let u = index + all((columns.start + k) as f64) - all(line.center);
            let s = all(line.middle) + (u * all(line.sin) + all(line.v_cos));
            let t = all(line.center) + (u * all(line.cos) - all(line.v_sin));
            let (row, column);
            if self.interpolation == Interpolation::Nearest {
                row = floor(simd, s + all(0.5)).min(all(last_row));
                column = floor(simd, t + all(0.5)).min(all(last_column));
            } else {
                (row, column) = (floor(simd, s), floor(simd, t));
                let (f, g) = (s - row, t - column);
                f.store_slice(&mut sources.weights[0][k..k + 8]);
                g.store_slice(&mut sources.weights[1][k..k + 8]);
                least = least.min(f).min(g);
            }
            let at = row * all(width) + column + all(WHOLE);
            at.store_slice(&mut sources.at[k..k + 8]);
        }
        sources.has_zero = least.simd_eq(all(0.0)).any_true();
    }

    /// A piece of a row of one channel.
    #[inline(always)]
    fn piece<S: Simd, T: Lanes>(
        &self,
        simd: S,
        sources: &Sources,
        taps: &mut Taps<T>,
        x: &[T],
        y: &mut [T],
    ) {
        if self.interpolation == Interpolation::Nearest {
            for (y, at) in y.iter_mut().zip(&sources.at) {
                *y = x[offset(*at)];
            }
            return;
        }
        taps.gather(x, self.size[1], &sources.at[..y.len()]);
        if sources.has_zero {
            mix::<S, T, true>(simd, &sources.weights, taps, y);
        } else {
            mix::<S, T, false>(simd, &sources.weights, taps, y);
        }
    }
}

/// Reads a number of every line of the cache, in order: the memory is faster so than along a slope.
#[inline(always)]
fn touch<T: Lanes>(x: &[T]) {
    for line in x.chunks(64 / size_of::<T>()) {
        std::hint::black_box(line[0]);
    }
}

impl<T: Lanes> Taps<T> {
    #[inline(always)]
    fn gather(&mut self, x: &[T], width: usize, at: &[f64]) {
        let lower = &x[width..];
        for ((at, above), below) in at.iter().zip(&mut self.above).zip(&mut self.below) {
            let at = offset(*at);
            // First the lower: what is in there is in x too, so that one check does for both.
            below.copy_from_slice(&lower[at..at + 2]);
            above.copy_from_slice(&x[at..at + 2]);
        }
    }
}

/// Mixes a piece.
#[inline(always)]
fn mix<S: Simd, T: Lanes, const HAS_ZERO: bool>(
    simd: S,
    weights: &[[f64; PIECE]; 2],
    taps: &Taps<T>,
    y: &mut [T],
) {
    let count = y.len();
    if count < STEP {
        let mut padded = [T::default(); STEP];
        sixteen::<S, T, HAS_ZERO>(simd, weights, taps, 0, &mut padded);
        y.copy_from_slice(&padded[..count]);
        return;
    }
    for k in (0..count).step_by(STEP) {
        let k = k.min(count - STEP);
        sixteen::<S, T, HAS_ZERO>(simd, weights, taps, k, &mut y[k..k + STEP]);
    }
}

#[inline(always)]
fn sixteen<S: Simd, T: Lanes, const HAS_ZERO: bool>(
    simd: S,
    weights: &[[f64; PIECE]; 2],
    taps: &Taps<T>,
    k: usize,
    y: &mut [T],
) {
    let part = k..k + STEP;
    let f = f64::widen(simd, &weights[0][part.clone()]);
    let g = f64::widen(simd, &weights[1][part.clone()]);
    let [a, b] = T::unzip(simd, &taps.above[part.clone()]);
    let [c, d] = T::unzip(simd, &taps.below[part]);
    let above = [
        mixed::<S, HAS_ZERO>(simd, g[0], a[0], b[0]),
        mixed::<S, HAS_ZERO>(simd, g[1], a[1], b[1]),
    ];
    let below = [
        mixed::<S, HAS_ZERO>(simd, g[0], c[0], d[0]),
        mixed::<S, HAS_ZERO>(simd, g[1], c[1], d[1]),
    ];
    let low = mixed::<S, HAS_ZERO>(simd, f[0], above[0], below[0]);
    let high = mixed::<S, HAS_ZERO>(simd, f[1], above[1], below[1]);
    if HAS_ZERO { T::narrow([low, high], y) } else { T::narrow_canonical([low, high], y) }
}

/// a + f·(b − a); a where f is 0, whatever b is. What is mixed to NaN is the same one at every level; without
/// a weight of 0 the store sees to that.
#[inline(always)]
fn mixed<S: Simd, const HAS_ZERO: bool>(
    simd: S,
    f: f64x8<S>,
    a: f64x8<S>,
    b: f64x8<S>,
) -> f64x8<S> {
    let between = a + f * (b - a);
    if !HAS_ZERO {
        return between;
    }
    let one_nan = between.simd_eq(between).select(between, f64x8::splat(simd, f64::NAN));
    f.simd_eq(f64x8::splat(simd, 0.0)).select(a, one_nan)
}

/// The whole number below, of a magnitude under 2⁵¹: the baseline has no instruction for it.
#[inline(always)]
fn floor<S: Simd>(simd: S, value: f64x8<S>) -> f64x8<S> {
    let whole = f64x8::splat(simd, WHOLE);
    let nearest = (value + whole) - whole;
    nearest.simd_gt(value).select(nearest - f64x8::splat(simd, 1.0), nearest)
}

/// Of 32 bits, so that there is nothing to mask, and no sum that could wrap.
#[inline(always)]
fn offset(at: f64) -> usize {
    at.to_bits() as u32 as usize
}
