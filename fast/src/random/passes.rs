//! The passes over a piece of a tensor, compiled once for each precision.
//!
//! A piece may begin and end anywhere: what it takes of a group of 64 elements is copied from the
//! whole group.

use fearless_simd::dispatch;

use super::philox::{GROUP, Group, Plane, group};
use super::{Stream, accurate, normal, truncated};
use crate::Level;
use crate::element::sealed::Lanes;

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
    ($($precision:ident: $normals:path;)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn uniforms(level: Level, stream: Stream, first: u64, bound: f64, out: &mut [Self]) {
                dispatch!(level.token(), _simd => each_group(first, out, |g| {
                    scaled(centred(&group(level, stream, Plane::First, g)), bound)
                }));
            }

            #[inline(never)]
            fn normals(level: Level, stream: Stream, first: u64, deviation: f64, out: &mut [Self]) {
                dispatch!(level.token(), _simd => each_group(first, out, |g| {
                    let words = group(level, stream, Plane::First, g);
                    rounded($normals(&words, stream, g, deviation))
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
                dispatch!(level.token(), _simd => each_group(first, out, |g| {
                    scaled(truncated::group(&group(level, stream, Plane::First, g)), deviation)
                }));
            }
        }
    )*};
}

passes! { f32: normal::group; f64: accurate::group; }

/// Words of a plane, from word `first` on.
#[inline(never)]
pub(crate) fn words(level: Level, stream: Stream, plane: Plane, first: u64, out: &mut [u32]) {
    each_group(first, out, |g| group(level, stream, plane, g));
}

/// Writes what `make` gives for each group to `out`, whose first element is number `first`.
#[inline(always)]
pub(crate) fn each_group<U: Copy>(first: u64, out: &mut [U], make: impl Fn(u64) -> [U; GROUP]) {
    let (mut g, mut skip) = (first / GROUP as u64, (first % GROUP as u64) as usize);
    let mut rest = out;
    // One call of `make`: it is inlined, and large.
    while !rest.is_empty() {
        let (part, others) = rest.split_at_mut(rest.len().min(GROUP - skip));
        part.copy_from_slice(&make(g)[skip..skip + part.len()]);
        (rest, g, skip) = (others, g.wrapping_add(1), 0);
    }
}

/// (2k + 1)·2⁻³² − 1 of each word: exact.
#[inline(always)]
pub(super) fn centred(words: &Group) -> [f64; GROUP] {
    let mut centred = [0.0; GROUP];
    for k in 0..GROUP {
        centred[k] = f64::from(words[k]) * (1.0 / 2_147_483_648.0) + (1.0 / 4_294_967_296.0 - 1.0);
    }
    centred
}

/// Each number times `by`, rounded to the precision.
#[inline(always)]
fn scaled<T: Lanes>(numbers: [f64; GROUP], by: f64) -> [T; GROUP] {
    rounded(numbers.map(|number| by * number))
}

/// Each number, rounded to the precision.
#[inline(always)]
fn rounded<T: Lanes>(numbers: [f64; GROUP]) -> [T; GROUP] {
    let mut rounded = [T::default(); GROUP];
    for k in 0..GROUP {
        rounded[k] = T::round(numbers[k]);
    }
    rounded
}
