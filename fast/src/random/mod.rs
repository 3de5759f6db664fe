//! Random numbers that do not depend on who draws them: Philox streams, uniforms and normals.
//!
//! ```text
//! word n      g = n div 64, j = n mod 64: word j div 16 of block 16·g + j mod 16
//! uniform i   a·((2k + 1)·2⁻³² − 1), k = word i, a rounded towards zero to the type
//! normal i    √(−2 ln u₁)·cos 2πu₂ or ·sin 2πu₂: Box–Muller on the words of a pair
//! truncated i Φ⁻¹(½ + v·(Φ(2) − ½)), v the centred uniform of word i
//! ```
//!
//! A [`Stream`] is a seed, the number of a tensor and a step; element i of it is a pure function of
//! these and i. Any slicing, any number of threads and any instruction set give the same bits.
//!
//! **Source.** J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as
//! 1, 2, 3", SC 2011 (Philox4x32-10); G. E. P. Box, M. E. Muller, 1958; M. J. Wichura, "Algorithm AS
//! 241", 1988 (PPND16).
//!
//! **Hazard.** A generator that counts what it gave makes every draw depend on the draws before it, and
//! so on threads and slices. One 32-bit word carries a normal no further than 6.7 deviations; a bound
//! that is rounded up is passed.
//!
//! **Method.** Sixteen blocks stand in lanes and give 64 words in the order of the map, without a
//! transposition; three such groups are made at once. Everything from there on is `f64`, eight numbers
//! abreast, and rounded once. A second word is drawn only where
//! the first is below 2¹⁶: once in 65,536 pairs. For `f32` nothing is fused, so that every level rounds
//! alike without being asked to; for `f64` each step carries what its rounding left over, by explicit
//! fused multiply-adds.
//!
//! **Promises.** Words and uniforms: the bits of the map. Normals: `f32` within 0.501 ulp of the exact
//! value, `f64` within 1 ulp.

mod accurate;
mod lanes;
mod logarithm;
mod normal;
pub(crate) mod passes;
mod philox;
mod single;
#[cfg(test)]
mod tests;
mod truncated;
mod words;

pub(crate) use passes::{Passes, SPAN};
pub use philox::philox4x32;
pub(crate) use philox::{AT_ONCE, GROUP, Plane, blocks, group, in_order, word};
pub use words::Words;

use crate::policy::Work;
use crate::workspace::pieces;
use crate::{Element, Error, Policy, Workspace, check};

/// What the words of a tensor depend on, besides the place of the element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Stream {
    /// The seed of the whole run.
    pub seed: u64,
    /// Which tensor of the network.
    pub number: u32,
    /// Which step of the training.
    pub step: u32,
}

/// Words `first`, `first + 1`, … of a stream.
///
/// # Errors
/// Names `first` if the last word would be beyond the last index. Nothing is written then.
pub fn words(
    stream: Stream,
    first: u64,
    out: &mut [u32],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    fill(stream, Plane::First, first, out, workspace, policy)
}

/// Second words: those that decide where the first cannot.
///
/// # Errors
/// As [`words`].
pub fn second_words(
    stream: Stream,
    first: u64,
    out: &mut [u32],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    fill(stream, Plane::Second, first, out, workspace, policy)
}

fn fill(
    stream: Stream,
    plane: Plane,
    first: u64,
    out: &mut [u32],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, out.len())?;
    pieces(out, Work::Heavy, workspace, policy, |at, piece| {
        passes::words(policy.level, stream, plane, first + at, piece);
    });
    Ok(())
}

/// Even draws on \[−bound, bound\], from element `first` of the stream on.
///
/// ```
/// use evenkeel_fast::{Policy, Workspace, random::{self, Stream}};
///
/// let stream = Stream { seed: 7, number: 0, step: 0 };
/// let (mut all, mut part) = ([0.0_f32; 100], [0.0; 30]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// random::uniform(stream, 0, 0.1, &mut all, &mut workspace, &policy)?;
/// random::uniform(stream, 70, 0.1, &mut part, &mut workspace, &policy)?;
/// assert_eq!(part, all[70..]);
/// assert!(all.iter().all(|v| f64::from(v.abs()) <= 0.1));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `first` (the last element would be beyond the last index) or `bound` (negative, not finite or
/// beyond the type). Nothing is written then.
pub fn uniform<T: Element>(
    stream: Stream,
    first: u64,
    bound: f64,
    out: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, out.len())?;
    check::size("bound", bound, T::LARGEST)?;
    let bound = T::towards_zero(bound);
    pieces(out, Work::Heavy, workspace, policy, |at, piece| {
        T::uniforms(policy.level, stream, first + at, bound, piece);
    });
    Ok(())
}

/// Normal draws of mean 0, from element `first` of the stream on.
///
/// Accuracy, against the exact value of the map: `f32` 0.501 ulp, `f64` 1 ulp. |z| reaches 9.49
/// deviations.
///
/// # Errors
/// Names `first` or `deviation` (negative, not finite or above a sixteenth of the largest number).
/// Nothing is written then.
pub fn normal<T: Element>(
    stream: Stream,
    first: u64,
    deviation: f64,
    out: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, out.len())?;
    check::size("deviation", deviation, T::LARGEST / 16.0)?;
    pieces(out, Work::Heavy, workspace, policy, |at, piece| {
        T::normals(policy.level, stream, first + at, deviation, piece);
    });
    Ok(())
}

/// Normal draws of mean 0 that are cut at two deviations; `deviation` is that before the cut.
///
/// The standard deviation of the draws is 0.8796 times that. They differ from the exact value of the map
/// by at most 16·2⁻⁵³ of it, and in `f32` by one rounding.
///
/// # Errors
/// As [`normal`].
pub fn truncated_normal<T: Element>(
    stream: Stream,
    first: u64,
    deviation: f64,
    out: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, out.len())?;
    check::size("deviation", deviation, T::LARGEST / 16.0)?;
    pieces(out, Work::Heavy, workspace, policy, |at, piece| {
        T::truncated_normals(policy.level, stream, first + at, deviation, piece);
    });
    Ok(())
}
