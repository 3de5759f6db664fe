//! Where results go, and what is fetched meanwhile.
//!
//! Results written past the caches keep the memory busy in the pass that makes them and leave it idle in
//! the one before. So what the next rows will read is asked for by halves, one in each pass: lines that
//! follow each other, as the memory likes them.

use fearless_simd::Simd;

use crate::element::{Element, Pair, STEP, store, store_as_is};
use crate::streaming::{LINE, Streaming, head, prefetch, prefetch_close};

/// A way to store the results of some rows.
pub(super) trait Out<T: Element>: Copy {
    /// Columns before those that are taken sixteen at a time.
    fn head(&self, y: &[T]) -> usize;

    /// The same for a pass that begins after `done` elements of this one and others.
    fn after(self, done: usize) -> Self;

    /// The elements from index `at` on are worked on, sixteen as a rule.
    fn ask(&self, at: usize);

    /// Stores up to sixteen results: of `f32` every NaN as it is, of `f64` as the same NaN.
    fn store<S: Simd>(&self, simd: S, result: Pair<S>, y: &mut [T], at: usize, count: usize);
}

/// To the cache.
#[derive(Clone, Copy)]
pub(super) struct Cached;

impl<T: Element> Out<T> for Cached {
    #[inline(always)]
    fn head(&self, _: &[T]) -> usize {
        0
    }

    #[inline(always)]
    fn after(self, _: usize) -> Self {
        self
    }

    #[inline(always)]
    fn ask(&self, _: usize) {}

    #[inline(always)]
    fn store<S: Simd>(&self, simd: S, result: Pair<S>, y: &mut [T], at: usize, count: usize) {
        if T::SCALED {
            store(simd, result, y, at, count);
        } else {
            store_as_is(result, y, at, count);
        }
    }
}

/// Past the caches, while the tensors that the next rows will read are asked for.
#[derive(Clone, Copy)]
pub(super) struct Streamed<'a, T, const N: usize> {
    /// Fences when the task is done.
    pub(super) streaming: &'a Streaming,
    /// Each from the next row on.
    pub(super) next: [&'a [T]; N],
}

impl<T: Element, const N: usize> Out<T> for Streamed<'_, T, N> {
    #[inline(always)]
    fn head(&self, y: &[T]) -> usize {
        head(y)
    }

    #[inline(always)]
    fn after(self, done: usize) -> Self {
        Self { next: self.next.map(|next| &next[next.len().min(done / 2)..]), ..self }
    }

    #[inline(always)]
    fn ask(&self, at: usize) {
        // Half as many as are worked on: a line for two.
        if at % (2 * LINE / size_of::<T>()) < STEP {
            for next in self.next {
                // Of two tensors the first cache would lose the rows that are worked on.
                if N == 1 { prefetch_close(next, at / 2) } else { prefetch(next, at / 2) }
            }
        }
    }

    #[inline(always)]
    fn store<S: Simd>(&self, simd: S, result: Pair<S>, y: &mut [T], at: usize, count: usize) {
        if count < STEP {
            return Cached.store(simd, result, y, at, count);
        }
        let line = &mut y[at..at + STEP];
        if T::SCALED {
            self.streaming.store(simd, result, line);
        } else {
            self.streaming.store_as_is(simd, result, line);
        }
        self.ask(at);
    }
}
