//! Lanes along a row: the features of a row stand together.
//!
//! 1. A row is summed, once as a rule, by the tree of [`row_sums`].
//! 2. Rows are then normalised while they are in the cache, four at a time: γ and β are loaded once for
//!    them. Two, where results are written past the caches.
//! 3. Backward the same with Σ dy·γ and Σ dy·γ·x̂; the pass that makes dx adds dy and dy·x̂ to the
//!    feature's sums, for at most 256 rows (64 of `f64`) one after the other. Those sums are one part.

use fearless_simd::dispatch;

use super::differentiate::{Differentiate, Gradient, Sloped};
use super::layout::{Layout, Memory};
use super::normalize::{Normalize, Standard};
use super::out::{Cached, Out, Streamed};
use super::statistics::{SURVEYED, survey};
use super::sums::row_sums;
use crate::dropout::Dropping;
use crate::element::{Element, are_finite};
use crate::normalization::planes::{Center, Slope};
use crate::normalization::sums::DEPTH;
use crate::normalization::{Inputs, Job, Source, rounded};
use crate::streaming::Streaming;
use crate::workspace::at_least;
use crate::{Level, Moments};

/// Elements that a thread takes at a time.
const PIECE: usize = 1 << 14;
/// The same where results go past the caches: there is a fence after each piece.
const STREAMED_PIECE: usize = 1 << 17;
/// Elements of the rows that are summed before they are normalised, up to [`SURVEYED`] rows: of
/// `f32` they and their results stay in the first-level cache …
const CLOSE: usize = 1 << 12;
/// … but no fewer rows than are normalised together …
const FORWARD: usize = 4;
/// … backward the same …
const BACKWARD: usize = 4;
/// … and where results go past the caches: more streams at once are slower.
const STREAMED: usize = 2;
/// But no more elements than this, which stay in the cache.
const CACHED: usize = 1 << 15;
/// Parts that a backward pass has about, if each has [`PIECE`] elements or more.
const PARTS: usize = 16;

/// The walk along rows.
pub struct Rows<'a> {
    pub(super) job: Job<'a>,
    /// Whether results go past the caches.
    pub(super) streams: bool,
}

impl<T: Element> Layout<T> for Rows<'_> {
    fn forward(
        &self,
        x: Source<'_, T>,
        affine: [&[T]; 2],
        epsilon: f64,
        dropping: Option<Dropping>,
        y: &mut [T],
        moments: &mut [Moments],
        _: Memory<'_>,
    ) {
        let width = self.job.shape.channels;
        // What is written where it was read is in the cache already; what is dropped must be.
        let streams = self.streams && matches!(x, Source::Slice(_)) && dropping.is_none();
        let least = if streams { STREAMED } else { FORWARD };
        let together = self.together((CLOSE / width / least * least).clamp(least, SURVEYED));
        let piece = if streams { STREAMED_PIECE } else { PIECE };
        let rows = (piece / width).max(1).next_multiple_of(together);
        let affine = Affine::new(self.job.level, affine);
        self.job.crew.each_pair([rows, rows * width], moments, y, |k, moments, y| {
            let streaming = streams.then(Streaming::begin);
            let groups = moments.chunks_mut(together).zip(y.chunks_mut(together * width));
            for (group, (moments, y)) in groups.enumerate() {
                let first = (k * rows + group * together) * width;
                let (x, next) = (x.part(first, y.len()), [x.after(first + y.len())]);
                match &streaming {
                    Some(streaming) => {
                        let out = Streamed { streaming, next };
                        self.normalize::<T, STREAMED>(x, affine, epsilon, y, moments, out);
                    }
                    None => self.normalize::<T, FORWARD>(x, affine, epsilon, y, moments, Cached),
                }
                if let Some(dropping) = dropping {
                    // What is drawn takes longer than the memory: time to fetch the next rows.
                    let next = if self.streams { &next[..] } else { &[] };
                    dropping.part(self.job.level, first, None, y, next);
                }
            }
        });
    }

    fn backward(
        &self,
        inputs: Inputs<'_, T>,
        epsilon: f64,
        dropping: Option<Dropping>,
        moments: &[Moments],
        dx: &mut [T],
        memory: Memory<'_>,
    ) -> usize {
        let (width, together) = (self.job.shape.channels, self.together(BACKWARD));
        let rows = self.part_rows::<T>();
        let parts = moments.len().div_ceil(rows);
        let slots = at_least(memory.slots, parts * 2 * width);
        self.job.crew.each_pair([2 * width, rows * width], slots, dx, |k, sums, dx| {
            let streaming = (self.streams && dropping.is_none()).then(Streaming::begin);
            sums.fill(0.0);
            for (group, dx) in dx.chunks_mut(together * width).enumerate() {
                let first = k * rows + group * together;
                let (start, end) = (first * width, first * width + dx.len());
                let next = [&inputs.x[end..], &inputs.dy[end..]];
                let (x, mut dy) = (&inputs.x[start..end], Source::Slice(&inputs.dy[start..end]));
                if let Some(dropping) = dropping {
                    let next = if self.streams { &next[..] } else { &[] };
                    dropping.part(self.job.level, start, Some(&inputs.dy[start..end]), dx, next);
                    dy = Source::InPlace;
                }
                let tensors = (x, inputs.gamma, dy);
                let moments = &moments[first..first + dx.len() / width];
                match &streaming {
                    Some(streaming) => {
                        let out = Streamed { streaming, next };
                        self.differentiate(tensors, epsilon, moments, dx, sums, out);
                    }
                    None => self.differentiate(tensors, epsilon, moments, dx, sums, Cached),
                }
            }
        });
        parts
    }

    fn places(&self, feature: usize) -> [usize; 2] {
        [feature, self.job.shape.channels + feature]
    }
}

impl Rows<'_> {
    /// Rows worked on together, at most `most`, which stay in the cache.
    fn together(&self, most: usize) -> usize {
        (CACHED / self.job.shape.channels).clamp(1, most)
    }

    /// Rows whose feature sums make one part: no fewer elements than a thread takes at a time.
    fn part_rows<T: Element>(&self) -> usize {
        let rows = self.job.shape.outer.div_ceil(PARTS).max(PIECE / self.job.shape.channels);
        // One after the other, 256 `f32` rows are off by no more than 2⁻⁴⁵ of Σ|dy|.
        let most = if T::SCALED { DEPTH } else { 4 * DEPTH };
        rows.next_multiple_of(BACKWARD).min(most)
    }

    /// A few rows forward.
    fn normalize<T: Element, const R: usize>(
        &self,
        x: Source<'_, T>,
        Affine { gamma, beta, finite }: Affine<'_, T>,
        epsilon: f64,
        y: &mut [T],
        moments: &mut [Moments],
        out: impl Out<T>,
    ) {
        let level = self.job.level;
        let mut standards = [Standard::default(); SURVEYED];
        survey(level, x.or(y), epsilon, out, moments, &mut standards);
        let standards = &standards[..moments.len()];
        let rows = Normalize { x, gamma, beta, standards };
        let out = out.after(y.len());
        dispatch!(level.token(), simd => rows.run::<_, _, R>(simd, y, out));
        if !(finite && standards.iter().all(Standard::is_finite)) {
            with_one_nan(y);
        }
    }

    /// A few rows backward.
    fn differentiate<T: Element>(
        &self,
        (x, gamma, dy): (&[T], &[T], Source<'_, T>),
        epsilon: f64,
        moments: &[Moments],
        dx: &mut [T],
        sums: &mut [f64],
        out: impl Out<T>,
    ) {
        let level = self.job.level;
        let (mut centers, mut standards) =
            ([Center::default(); BACKWARD], [Standard::default(); BACKWARD]);
        for (row, moments) in moments.iter().enumerate() {
            centers[row] = Center::new(moments, epsilon);
            standards[row] = Standard::new::<T>(&centers[row], moments);
        }
        let standards = &standards[..moments.len()];
        let mut means = [[0.0; 2]; BACKWARD];
        row_means(level, Inputs { x, gamma, dy: dy.or(dx) }, standards, out, &mut means);
        let mut coefficients = [(Standard::default(), Sloped::default()); BACKWARD];
        for (row, standard) in standards.iter().enumerate() {
            let slope = Slope::new(&centers[row], 1.0, means[row]);
            coefficients[row] = (*standard, Sloped::new(&slope));
        }
        let coefficients = &coefficients[..moments.len()];
        let rows = Differentiate { x, dy, gamma, coefficients };
        let out = out.after(dx.len());
        dispatch!(level.token(), simd => rows.run(simd, dx, sums, out));
        // A dy, or an x, that is not finite leaves no finite mean.
        if !coefficients.iter().all(|(standard, slope)| standard.is_finite() && slope.is_finite()) {
            with_one_nan(dx);
        }
    }
}

/// Every NaN as the same NaN: which one arithmetic gives differs between levels. `f32` rows without one,
/// nearly all, are spared the question.
#[cold]
fn with_one_nan<T: Element>(results: &mut [T]) {
    if !T::SCALED {
        results.iter_mut().for_each(|result| *result = rounded(result.to_f64()));
    }
}

/// γ and β.
#[derive(Clone, Copy)]
struct Affine<'a, T> {
    gamma: &'a [T],
    beta: &'a [T],
    /// Whether a finite x̂ gives a number.
    finite: bool,
}

impl<'a, T: Element> Affine<'a, T> {
    #[inline(never)]
    fn new(level: Level, [gamma, beta]: [&'a [T]; 2]) -> Self {
        let finite =
            dispatch!(level.token(), simd => are_finite(simd, gamma) && are_finite(simd, beta));
        Self { gamma, beta, finite }
    }
}

/// The means of dy·γ and dy·γ·x̂ over a few rows.
#[inline(never)]
fn row_means<T: Element>(
    level: Level,
    Inputs { x, gamma, dy }: Inputs<'_, T>,
    standards: &[Standard],
    out: impl Out<T>,
    means: &mut [[f64; 2]],
) {
    let width = gamma.len();
    dispatch!(level.token(), simd => {
        let rows = x.chunks_exact(width).zip(dy.chunks_exact(width)).zip(standards).zip(means);
        for (row, (((x, dy), &standard), means)) in rows.enumerate() {
            let out = out.after(row * width);
            let sums = if standard.is_folded::<T>() {
                row_sums(simd, Gradient::<_, _, true> { x, dy, gamma, standard, out }, width)
            } else {
                row_sums(simd, Gradient::<_, _, false> { x, dy, gamma, standard, out }, width)
            };
            *means = [sums[0] / width as f64, sums[1] / width as f64];
        }
    });
}
