//! What a source of random numbers must offer to be checked.

use crate::{Draw, Real, Refusal};

/// Which words of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plane {
    /// The first words: W(n).
    First,
    /// The second words, drawn where the first cannot decide: V(n).
    Second,
}

/// Random numbers in precision `T`, over plain slices.
///
/// Offer what you have: a source with a generator of its own has no Philox and does not follow the
/// map, and its `uniform` and `normal` are checked as distributions. Every function checks its
/// arguments first and, when it refuses, leaves its output as it was.
pub trait Random<T: Real>: Send + Sync {
    /// Whether element i of a stream is the one that the clauses on the map give.
    fn follows_the_map(&self) -> bool {
        false
    }

    /// One block of Philox4x32-10.
    ///
    /// # Errors
    /// [`Refusal::NotOffered`]: every argument is allowed.
    fn philox4x32(&self, counter: [u32; 4], key: [u32; 2]) -> Result<[u32; 4], Refusal> {
        let _ = (counter, key);
        Err(Refusal::NotOffered)
    }

    /// Words `first`, `first + 1`, … of a stream.
    ///
    /// # Errors
    /// A [`Refusal`] that names `first`.
    fn words(&self, draw: Draw, plane: Plane, out: &mut [u32]) -> Result<(), Refusal> {
        let _ = (draw, plane, out);
        Err(Refusal::NotOffered)
    }

    /// Even draws on \[−bound, bound\].
    ///
    /// # Errors
    /// A [`Refusal`] that names `first` or `bound`.
    fn uniform(&self, draw: Draw, bound: f64, out: &mut [T]) -> Result<(), Refusal> {
        let _ = (draw, bound, out);
        Err(Refusal::NotOffered)
    }

    /// Normal draws of mean 0.
    ///
    /// # Errors
    /// A [`Refusal`] that names `first` or `deviation`.
    fn normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        let _ = (draw, deviation, out);
        Err(Refusal::NotOffered)
    }

    /// Normal draws of mean 0, cut at two deviations; `deviation` is that of the normal before the cut.
    ///
    /// # Errors
    /// A [`Refusal`] that names `first` or `deviation`.
    fn truncated_normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        let _ = (draw, deviation, out);
        Err(Refusal::NotOffered)
    }
}

/// Refuses a bound that is negative, not finite or beyond the largest number of `T`.
///
/// # Errors
/// [`Refusal::Invalid`] naming `bound`.
pub fn check_bound<T: Real>(bound: f64) -> Result<(), Refusal> {
    check_size("bound", bound, T::MAX)
}

/// Refuses a deviation that is negative, not finite or above a sixteenth of the largest number of `T`:
/// a draw may be nine deviations large.
///
/// # Errors
/// [`Refusal::Invalid`] naming `deviation`.
pub fn check_deviation<T: Real>(deviation: f64) -> Result<(), Refusal> {
    check_size("deviation", deviation, T::MAX / 16.0)
}

fn check_size(argument: &'static str, value: f64, most: f64) -> Result<(), Refusal> {
    if (0.0..=most).contains(&value) {
        return Ok(());
    }
    Err(Refusal::invalid(argument, value, format!("from 0 to {most:e}")))
}
