//! One pass over memory: sixteen elements at a time are loaded, changed and stored.
//!
//! ```text
//! to[i] = f(a[i], b[i], …)          a, b: other slices, or `to` itself
//! ```
//!
//! Hazard: from memory a pass is as fast as its bytes. An ordinary store reads the line it writes: a copy
//! moves 3 bytes for each byte of the result, a streaming store 2. Within the caches streaming is a loss.
//!
//! Method: lanes of the precision where nothing is rounded (a choice between values, a sign), pairs of
//! `f64` lanes where something is. Long results begin with a line of the cache, streamed or not. Each element
//! meets the same steps wherever it stands: what is left over at either end of the lines goes through padded
//! lanes.

use fearless_simd::{Simd, SimdBase, f32x16, f64x8};

use crate::element::{Element, Pair, STEP, load, store};
use crate::streaming::{Streaming, head};

/// From so many elements on, stores begin with a line of the cache: one that reaches into two lines costs two.
const SPLIT: usize = 16 * STEP;

/// Sixteen lanes for values of `T`.
pub(crate) trait Sixteen<S: Simd, T>: Copy {
    /// Up to sixteen values from index `at` on, zeros behind them.
    fn load(simd: S, from: &[T], at: usize, count: usize) -> Self;
    /// Writes up to sixteen values to index `at` on.
    fn store(self, simd: S, to: &mut [T], at: usize, count: usize);
    /// Writes sixteen values past the caches.
    fn stream(self, simd: S, streaming: &Streaming, to: &mut [T]);
}

/// `f64` lanes: rounded once, every NaN as the same NaN.
impl<S: Simd, T: Element> Sixteen<S, T> for Pair<S> {
    #[inline(always)]
    fn load(simd: S, from: &[T], at: usize, count: usize) -> Self {
        load(simd, from, at, count)
    }

    #[inline(always)]
    fn store(self, simd: S, to: &mut [T], at: usize, count: usize) {
        store(simd, self, to, at, count);
    }

    #[inline(always)]
    fn stream(self, simd: S, streaming: &Streaming, to: &mut [T]) {
        streaming.store(simd, self, to);
    }
}

/// Lanes of the precision itself: every value as it is.
impl<S: Simd> Sixteen<S, f32> for f32x16<S> {
    #[inline(always)]
    fn load(simd: S, from: &[f32], at: usize, count: usize) -> Self {
        if count == STEP {
            return Self::from_slice(simd, &from[at..at + STEP]);
        }
        let mut padded = [0.0; STEP];
        padded[..count].copy_from_slice(&from[at..at + count]);
        Self::from_slice(simd, &padded)
    }

    #[inline(always)]
    fn store(self, _: S, to: &mut [f32], at: usize, count: usize) {
        if count == STEP {
            return self.store_slice(&mut to[at..at + STEP]);
        }
        let mut padded = [0.0; STEP];
        self.store_slice(&mut padded);
        to[at..at + count].copy_from_slice(&padded[..count]);
    }

    #[inline(always)]
    fn stream(self, simd: S, streaming: &Streaming, to: &mut [f32]) {
        streaming.store_f32(simd, self, to);
    }
}

/// Writes every element of `to`, past the caches if it `streams`; `of(to, at, count)` gives those from
/// index `at` on, and may read them first.
#[inline(always)]
pub(crate) fn write<S: Simd, T, L: Sixteen<S, T>>(
    simd: S,
    to: &mut [T],
    streams: bool,
    of: impl Fn(&[T], usize, usize) -> L,
) {
    let mut at = 0;
    if streams || to.len() >= SPLIT {
        at = head(to);
        of(to, 0, at).store(simd, to, 0, at);
    }
    if streams {
        let streaming = Streaming::begin();
        while at + STEP <= to.len() {
            let lanes = of(to, at, STEP);
            lanes.stream(simd, &streaming, &mut to[at..at + STEP]);
            at += STEP;
        }
    }
    while at + STEP <= to.len() {
        of(to, at, STEP).store(simd, to, at, STEP);
        at += STEP;
    }
    let left = to.len() - at;
    if left > 0 {
        of(to, at, left).store(simd, to, at, left);
    }
}

/// Every value through `f`; without `from` the values stand in `to`.
#[inline(always)]
pub(crate) fn map<S: Simd, T, L: Sixteen<S, T>>(
    simd: S,
    from: Option<&[T]>,
    to: &mut [T],
    streams: bool,
    f: impl Fn(L) -> L,
) {
    match from {
        Some(from) => {
            let from = &from[..to.len()];
            write(
                simd,
                to,
                streams,
                #[inline(always)]
                |_, at, count| f(L::load(simd, from, at, count)),
            );
        }
        None => write(
            simd,
            to,
            false,
            #[inline(always)]
            |own, at, count| f(L::load(simd, own, at, count)),
        ),
    }
}

/// `f` of every value of `a` and of `b`; without `b` its values stand in `to`.
#[inline(always)]
pub(crate) fn zip<S: Simd, T, L: Sixteen<S, T>>(
    simd: S,
    a: &[T],
    b: Option<&[T]>,
    to: &mut [T],
    streams: bool,
    f: impl Fn(L, L) -> L,
) {
    let a = &a[..to.len()];
    match b {
        Some(b) => {
            let b = &b[..to.len()];
            write(
                simd,
                to,
                streams,
                #[inline(always)]
                |_, at, count| f(L::load(simd, a, at, count), L::load(simd, b, at, count)),
            );
        }
        None => write(
            simd,
            to,
            false,
            #[inline(always)]
            |own, at, count| f(L::load(simd, a, at, count), L::load(simd, own, at, count)),
        ),
    }
}

/// [`map`] in `f64` lanes.
#[inline(always)]
pub(crate) fn map_wide<S: Simd, T: Element>(
    simd: S,
    from: Option<&[T]>,
    to: &mut [T],
    streams: bool,
    f: impl Fn(f64x8<S>) -> f64x8<S>,
) {
    map(
        simd,
        from,
        to,
        streams,
        #[inline(always)]
        |x: Pair<S>| [f(x[0]), f(x[1])],
    );
}

/// [`zip`] in `f64` lanes.
#[inline(always)]
pub(crate) fn zip_wide<S: Simd, T: Element>(
    simd: S,
    a: &[T],
    b: Option<&[T]>,
    to: &mut [T],
    streams: bool,
    f: impl Fn(f64x8<S>, f64x8<S>) -> f64x8<S>,
) {
    zip(
        simd,
        a,
        b,
        to,
        streams,
        #[inline(always)]
        |a: Pair<S>, b: Pair<S>| [f(a[0], b[0]), f(a[1], b[1])],
    );
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Level, Policy};

    const CANARY: f32 = -777.25;

    /// Runs `task(policy, len, out)` for results of 0 to 70 elements, at every place in two lines, at every
    /// level: streamed and not the bits are the same, and what stands beside the result stays.
    pub(crate) fn streamed_is_the_same<T: Element + From<f32>>(
        task: impl Fn(&Policy, usize, &mut [T]),
    ) {
        let bits = |x: &[T]| x.iter().map(|x| x.to_f64().to_bits()).collect::<Vec<_>>();
        for level in Level::available() {
            for len in 0..=70 {
                let mut plain = vec![T::from(CANARY); len];
                let policy = Policy { level, stream_from: usize::MAX, ..Policy::default() };
                task(&policy, len, &mut plain);
                for start in 1..=16 {
                    let mut out = vec![T::from(CANARY); len + 32];
                    let policy = Policy { stream_from: 0, ..policy };
                    task(&policy, len, &mut out[start..start + len]);
                    let found = bits(&out[start..start + len]);
                    assert_eq!(found, bits(&plain), "{level:?}, {len} from {start} on");
                    let outside = out[..start].iter().chain(&out[start + len..]);
                    assert!(outside.eq(&vec![T::from(CANARY); 32]), "{level:?}, {len}, {start}");
                }
            }
        }
    }

    /// Each element is written once: a step that adds would show a second visit.
    #[test]
    fn every_element_is_visited_once() {
        streamed_is_the_same::<f32>(|policy, _, to| {
            let streams = policy.streams::<f32>(to.len());
            to.fill(1.0);
            fearless_simd::dispatch!(policy.level.token(), simd => write(
                simd,
                to,
                streams,
                #[inline(always)]
                |own, at, count| f32x16::load(simd, own, at, count) + f32x16::splat(simd, 1.0),
            ));
            assert!(to.iter().all(|value| *value == 2.0), "{to:?}");
        });
    }
}
