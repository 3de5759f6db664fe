//! The passes over a piece of a tensor, compiled once for each precision.
//!
//! A piece may begin and end anywhere: what it takes of a span of two or three groups is copied from the
//! whole span.

use fearless_simd::{Simd, dispatch};

use super::lanes::centred;
use super::philox::{AT_ONCE, Blocks, GROUP, Plane, blocks, group};
use super::{Stream, accurate, single, truncated};
use crate::Level;
use crate::element::{STEP, both, sealed::Lanes};

/// Elements of the groups that are made at once.
pub(crate) const SPAN: usize = AT_ONCE * GROUP;

/// Groups of even draws that are made at once: the bound and what centres a word take the registers of a
/// third.
const FOR_UNIFORMS: usize = 2;

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Even draws, from element `first` on; the bound is a number of the precision.
    fn uniforms(level: Level, stream: Stream, first: u64, bound: f64, out: &mut [Self]);
    /// Normal draws.
    fn normals(level: Level, stream: Stream, first: u64, deviation: f64, out: &mut [Self]);
    /// Cut normal draws.
    fn truncated_normals(
        level: Level,
        stream: Stream,
        first: u64,
        deviation: f64,
        out: &mut [Self],
    );
}

macro_rules! passes {
    ($($precision:ident: $pairs:path;)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn uniforms(level: Level, stream: Stream, first: u64, bound: f64, out: &mut [Self]) {
                dispatch!(level.token(), simd => each_span::<FOR_UNIFORMS, _>(first, out, #[inline(always)] |g, out| {
                    each_group::<FOR_UNIFORMS, _, _>(simd, stream, g, out, #[inline(always)] |words, _, out| {
                        for k in 0..words.len() {
                            let [a, b] = words[k];
                            let pair = [bound * centred(a), bound * centred(b)];
                            Self::narrow(pair, &mut out[k * STEP..][..STEP]);
                        }
                    });
                }));
            }

            #[inline(never)]
            fn normals(level: Level, stream: Stream, first: u64, deviation: f64, out: &mut [Self]) {
                dispatch!(level.token(), simd => each_span::<AT_ONCE, _>(first, out, #[inline(always)] |g, out| {
                    each_group::<AT_ONCE, _, _>(simd, stream, g, out, #[inline(always)] |words, n, out| {
                        for k in [0, 2] {
                            let (pair, n) = ([words[k], words[k + 1]], n + 16 * k as u64);
                            let [cosines, sines] = $pairs(simd, pair, stream, n, deviation);
                            Self::narrow(cosines, &mut out[k * STEP..][..STEP]);
                            Self::narrow(sines, &mut out[(k + 1) * STEP..][..STEP]);
                        }
                    });
                }));
            }

            #[inline(never)]
            fn truncated_normals(
                level: Level,
                stream: Stream,
                first: u64,
                deviation: f64,
                out: &mut [Self],
            ) {
                dispatch!(level.token(), simd => each_span::<AT_ONCE, _>(first, out, #[inline(always)] |g, out| {
                    each_group::<AT_ONCE, _, _>(simd, stream, g, out, #[inline(always)] |words, _, out| {
                        for k in 0..words.len() {
                            let z = both(words[k], #[inline(always)] |words| {
                                deviation * truncated::quantiles(simd, words)
                            });
                            Self::narrow(z, &mut out[k * STEP..][..STEP]);
                        }
                    });
                }));
            }
        }
    )*};
}

passes! { f32: single::pairs; f64: accurate::pairs; }

/// Words of a plane, from word `first` on.
#[inline(never)]
pub(crate) fn words(level: Level, stream: Stream, plane: Plane, first: u64, out: &mut [u32]) {
    let (mut g, mut skip) = (first / GROUP as u64, (first % GROUP as u64) as usize);
    let mut rest = out;
    while !rest.is_empty() {
        let (part, others) = rest.split_at_mut(rest.len().min(GROUP - skip));
        part.copy_from_slice(&group(level, stream, plane, g)[skip..][..part.len()]);
        (rest, g, skip) = (others, g.wrapping_add(1), 0);
    }
}

/// Lets `make` write the spans of `N` groups that begin with the groups it is told, to `out`, whose first
/// element is number `first`.
#[inline(always)]
fn each_span<const N: usize, T: Lanes>(first: u64, out: &mut [T], make: impl Fn(u64, &mut [T])) {
    let (mut g, mut skip) = (first / GROUP as u64, (first % GROUP as u64) as usize);
    let (mut rest, mut span) = (out, [[T::default(); GROUP]; N]);
    let span = span.as_flattened_mut();
    // One call of `make`: it is inlined, and large.
    while !rest.is_empty() {
        let (part, others) = rest.split_at_mut(rest.len().min(span.len() - skip));
        let is_whole = part.len() == span.len();
        make(g, if is_whole { &mut *part } else { &mut *span });
        if !is_whole {
            part.copy_from_slice(&span[skip..][..part.len()]);
        }
        (rest, g, skip) = (others, g.wrapping_add(N as u64), 0);
    }
}

/// Gives `make` the words of each group of a span, the number of the first of them, and where they belong.
#[inline(always)]
fn each_group<const N: usize, S: Simd, T>(
    simd: S,
    stream: Stream,
    g: u64,
    span: &mut [T],
    make: impl Fn(Blocks<S>, u64, &mut [T]),
) {
    let made = blocks::<S, N>(simd, stream, Plane::First, g);
    for k in 0..N {
        let n = g.wrapping_add(k as u64).wrapping_mul(GROUP as u64);
        make(made[k], n, &mut span[k * GROUP..][..GROUP]);
    }
}
