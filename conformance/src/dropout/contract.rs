//! What a dropout must offer to be checked.

use crate::refusal::{check_length, check_share};
use crate::{Draw, Real, Refusal};

/// Arguments of [`Dropout::forward`] and, with dy in place of x, of [`Dropout::backward`].
#[derive(Debug, Clone, Copy)]
pub struct Seeded<'a, T> {
    /// The stream, and the index of the first value in its tensor.
    pub draw: Draw,
    /// p, the probability with which a value is dropped.
    pub drop_probability: f64,
    /// The values, as many as there are results: x forward, dy backward.
    pub values: &'a [T],
}

/// Arguments of [`Dropout::forward_given`] and, with dy in place of x, of [`Dropout::backward_given`].
#[derive(Debug, Clone, Copy)]
pub struct Given<'a, T> {
    /// For each value whether it is kept.
    pub keep: &'a [bool],
    /// p, the probability with which a value was dropped.
    pub drop_probability: f64,
    /// The values, as many as there are results: x forward, dy backward.
    pub values: &'a [T],
}

impl<T> Seeded<'_, T> {
    /// Refuses what the clauses do not allow; the names are those of the direction.
    ///
    /// # Errors
    /// Names `first`, `drop_probability` or the result.
    pub fn check(&self, [_, result]: [&'static str; 2], out: &[T]) -> Result<(), Refusal> {
        self.draw.check(self.values.len())?;
        check_probability(self.drop_probability)?;
        check_length(result, out, self.values.len())
    }
}

impl<T> Given<'_, T> {
    /// Refuses what the clauses do not allow; the names are those of the direction.
    ///
    /// # Errors
    /// Names `keep`, `drop_probability` or the result.
    pub fn check(&self, [_, result]: [&'static str; 2], out: &[T]) -> Result<(), Refusal> {
        check_length("keep", self.keep, self.values.len())?;
        check_probability(self.drop_probability)?;
        check_length(result, out, self.values.len())
    }
}

/// What the values and the results are called forward.
pub const FORWARD: [&str; 2] = ["x", "y"];

/// What the values and the results are called backward.
pub const BACKWARD: [&str; 2] = ["dy", "dx"];

/// Refuses a probability outside 0 to 1.
///
/// # Errors
/// [`Refusal::Invalid`] naming `drop_probability`.
pub fn check_probability(drop_probability: f64) -> Result<(), Refusal> {
    check_share("drop_probability", drop_probability)
}

/// Dropout in precision `T`, over plain slices.
///
/// Offer what you have: a dropout that draws with a generator of its own does not follow the map, and
/// its masks are checked as draws. Every function checks its arguments first and, when it refuses,
/// leaves its output as it was; the arguments have a `check` that a target may call. p is the
/// probability to *drop*, `f64` in both precisions.
pub trait Dropout<T: Real>: Send + Sync {
    /// Whether element i of a stream is dropped as the clauses on the map have it.
    fn follows_the_map(&self) -> bool {
        false
    }

    /// Whether the map drops an element with this half of its first word and this second word.
    ///
    /// # Errors
    /// A [`Refusal`] that names `drop_probability`.
    fn is_dropped(&self, drop_probability: f64, half: u16, tie: u32) -> Result<bool, Refusal> {
        let _ = (drop_probability, half, tie);
        Err(Refusal::NotOffered)
    }

    /// Draws for each element whether it is kept.
    ///
    /// # Errors
    /// A [`Refusal`] that names `first` or `drop_probability`.
    fn mask(&self, draw: Draw, drop_probability: f64, keep: &mut [bool]) -> Result<(), Refusal> {
        let _ = (draw, drop_probability, keep);
        Err(Refusal::NotOffered)
    }

    /// Drops, and divides what is kept by 1 − p.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn forward(&self, input: &Seeded<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, y);
        Err(Refusal::NotOffered)
    }

    /// The gradient of [`forward`](Self::forward) of the same draw.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn backward(&self, input: &Seeded<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, dx);
        Err(Refusal::NotOffered)
    }

    /// The same forward with a mask that was drawn before.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn forward_given(&self, input: &Given<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, y);
        Err(Refusal::NotOffered)
    }

    /// The gradient of [`forward_given`](Self::forward_given).
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn backward_given(&self, input: &Given<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let _ = (input, dx);
        Err(Refusal::NotOffered)
    }

    /// What dropout does after training: nothing.
    ///
    /// # Errors
    /// A [`Refusal`] that names `y`.
    fn inference(&self, x: &[T], y: &mut [T]) -> Result<(), Refusal> {
        let _ = (x, y);
        Err(Refusal::NotOffered)
    }
}
