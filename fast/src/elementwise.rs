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
//! lanes. Between them no index is checked: that the slices are equally long is known before the loop. A pass
//! over the third-level cache is as fast as the steps that fit into the processor's window while it waits.

use fearless_simd::{Simd, SimdBase, f32x16, f64x8};

use crate::element::{Element, Pair, STEP, unrolled};
use crate::streaming::{Streaming, head};

/// From so many elements on, stores begin with a line of the cache: one that reaches into two lines costs two.
const SPLIT: usize = 16 * STEP;

/// Sixteen lanes for values of `T`.
pub(crate) trait Sixteen<S: Simd, T>: Copy {
    fn load(simd: S, from: &[T; STEP]) -> Self;
    fn store(self, to: &mut [T; STEP]);
    /// Writes past the caches.
    fn stream(self, simd: S, streaming: &Streaming, to: &mut [T; STEP]);
}

/// `f64` lanes: rounded once, every NaN as the same NaN.
impl<S: Simd, T: Element> Sixteen<S, T> for Pair<S> {
    #[inline(always)]
    fn load(simd: S, from: &[T; STEP]) -> Self {
        T::widen(simd, from)
    }

    #[inline(always)]
    fn store(self, to: &mut [T; STEP]) {
        T::narrow_canonical(self, to);
    }

    #[inline(always)]
    fn stream(self, simd: S, streaming: &Streaming, to: &mut [T; STEP]) {
        streaming.store(simd, self, to);
    }
}

/// Lanes of the precision itself: every value as it is.
impl<S: Simd> Sixteen<S, f32> for f32x16<S> {
    #[inline(always)]
    fn load(simd: S, from: &[f32; STEP]) -> Self {
        Self::from_slice(simd, from)
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; STEP]) {
        self.store_slice(to);
    }

    #[inline(always)]
    fn stream(self, simd: S, streaming: &Streaming, to: &mut [f32; STEP]) {
        streaming.store_f32(simd, self, to);
    }
}

/// Writes every element of `to`, past the caches if it `streams`: `of` those of the slices `from`, which
/// are as long, and the one that it replaces.
#[inline(always)]
pub(crate) fn write<S: Simd, T: Element, L: Sixteen<S, T>, const N: usize>(
    simd: S,
    from: [&[T]; N],
    to: &mut [T],
    streams: bool,
    of: impl Fn([L; N], L) -> L + Copy,
) {
    let first = if streams || to.len() >= SPLIT { head(to) } else { 0 };
    let (start, rest) = to.split_at_mut(first);
    let (lines, end) = rest.as_chunks_mut::<STEP>();
    let last = first + lines.len() * STEP;
    part(simd, from.map(|x| &x[..first]), start, of);
    let sixteens = from.map(|x| &x[first..last].as_chunks::<STEP>().0[..lines.len()]);
    if streams {
        let streaming = Streaming::begin();
        for (k, line) in lines.iter_mut().enumerate() {
            sixteen(simd, sixteens, k, line, of).stream(simd, &streaming, line);
        }
    } else {
        for (k, line) in lines.iter_mut().enumerate() {
            sixteen(simd, sixteens, k, line, of).store(line);
        }
    }
    part(simd, from.map(|x| &x[last..]), end, of);
}

/// Fewer than sixteen elements, through padded lanes.
#[inline(always)]
fn part<S: Simd, T: Element, L: Sixteen<S, T>, const N: usize>(
    simd: S,
    from: [&[T]; N],
    to: &mut [T],
    of: impl Fn([L; N], L) -> L + Copy,
) {
    if to.is_empty() {
        return;
    }
    let padded = |values: &[T]| {
        let mut padded = [T::default(); STEP];
        padded[..values.len()].copy_from_slice(values);
        padded
    };
    let (from, mut own) = (from.map(padded), padded(to));
    sixteen(simd, from.each_ref().map(std::slice::from_ref), 0, &own, of).store(&mut own);
    to.copy_from_slice(&own[..to.len()]);
}

/// `of` the sixteens number `k`, and their own.
#[inline(always)]
fn sixteen<S: Simd, T, L: Sixteen<S, T>, const N: usize>(
    simd: S,
    from: [&[[T; STEP]]; N],
    k: usize,
    own: &[T; STEP],
    of: impl Fn([L; N], L) -> L + Copy,
) -> L {
    let own = L::load(simd, own);
    let mut lanes = [own; N];
    unrolled::<N>(
        #[inline(always)]
        |n| lanes[n] = L::load(simd, &from[n][k]),
    );
    of(lanes, own)
}

/// Every value through `f`; without `from` the values stand in `to`.
#[inline(always)]
pub(crate) fn map<S: Simd, T: Element, L: Sixteen<S, T>>(
    simd: S,
    from: Option<&[T]>,
    to: &mut [T],
    streams: bool,
    f: impl Fn(L) -> L,
) {
    match from {
        Some(from) => write(
            simd,
            [from],
            to,
            streams,
            #[inline(always)]
            |[x], _| f(x),
        ),
        None => write(
            simd,
            [],
            to,
            false,
            #[inline(always)]
            |[], own| f(own),
        ),
    }
}

/// `f` of every value of `a` and of `b`; without `b` its values stand in `to`.
#[inline(always)]
pub(crate) fn zip<S: Simd, T: Element, L: Sixteen<S, T>>(
    simd: S,
    a: &[T],
    b: Option<&[T]>,
    to: &mut [T],
    streams: bool,
    f: impl Fn(L, L) -> L,
) {
    match b {
        Some(b) => write(
            simd,
            [a, b],
            to,
            streams,
            #[inline(always)]
            |[a, b], _| f(a, b),
        ),
        None => write(
            simd,
            [a],
            to,
            false,
            #[inline(always)]
            |[a], own| f(a, own),
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
                [],
                to,
                streams,
                #[inline(always)]
                |[], own: f32x16<_>| own + f32x16::splat(simd, 1.0),
            ));
            assert!(to.iter().all(|value| *value == 2.0), "{to:?}");
        });
    }
}
