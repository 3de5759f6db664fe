//! Randomness by the crates that everybody uses: a stream as their generator, and their
//! distributions from any generator.

use std::convert::Infallible;

use rand::rand_core::utils;
use rand::{Rng, RngExt, TryRng};
use rand_distr::StandardNormal;

use super::{Stream, word};
use crate::{Error, check};

/// W(0), W(1), W(2), …: the first words of a stream as a generator of the crate `rand`.
///
/// Clause RND-02. It is for trying other distributions on the same words; [`uniform`](super::uniform)
/// and [`normal`](super::normal) have a map of their own and do not draw one after the other. After
/// 2⁶⁴ words it begins again.
///
/// # Example
/// ```
/// use evenkeel_reference::random::{Stream, Words, word};
/// use rand::Rng;
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// let mut words = Words::new(stream);
/// assert_eq!(words.next_u32(), word(stream, 0));
/// assert_eq!(words.next_u32(), word(stream, 1));
/// // The low half first.
/// let (low, high) = (u64::from(word(stream, 2)), u64::from(word(stream, 3)));
/// assert_eq!(words.next_u64(), low + (high << 32));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    stream: Stream,
    next: u64,
}

impl Words {
    /// The generator that starts with word 0.
    #[must_use]
    pub fn new(stream: Stream) -> Self {
        Self { stream, next: 0 }
    }
}

impl TryRng for Words {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let word = word(self.stream, self.next);
        self.next = self.next.wrapping_add(1);
        Ok(word)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}

/// A number of the uniform distribution on [−a, a], drawn with the crate `rand`.
///
/// Clause RND-06: the same distribution as [`uniform`](super::uniform), by other code and other bits.
/// bound a: finite and ≥ 0. Never beyond a.
///
/// # Errors
/// `bound`: negative, NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::random::{Stream, Words, sample_uniform};
///
/// let mut generator = Words::new(Stream::default());
/// assert!(sample_uniform(&mut generator, 0.5)?.abs() <= 0.5);
/// assert_eq!(sample_uniform(&mut generator, 0.0)?, 0.0);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn sample_uniform<R: Rng + ?Sized>(generator: &mut R, bound: f64) -> Result<f64, Error> {
    check::not_negative("bound", bound)?;
    // Of [−1, 1] first: the length of [−a, a] may be beyond the range.
    Ok(bound * generator.random_range(-1.0..=1.0))
}

/// A number of the normal distribution with mean 0, drawn with the crate `rand_distr`.
///
/// Clause RND-08: the same distribution as [`normal`](super::normal), by other code and other bits.
/// deviation: finite, ≥ 0, at most MAX/16.
///
/// # Errors
/// `deviation`: negative, NaN or above MAX/16.
///
/// # Example
/// ```
/// use evenkeel_reference::random::{Stream, Words, sample_normal};
///
/// let mut generator = Words::new(Stream::default());
/// assert!(sample_normal(&mut generator, 2.0)?.is_finite());
/// assert_eq!(sample_normal(&mut generator, 0.0)?, 0.0);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn sample_normal<R: Rng + ?Sized>(generator: &mut R, deviation: f64) -> Result<f64, Error> {
    check::deviation(deviation)?;
    let z: f64 = generator.sample(StandardNormal);
    Ok(deviation * z)
}
