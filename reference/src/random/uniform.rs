//! From a word to a number between −1 and 1.

use super::{Stream, word};
use crate::{Error, check};

/// v(k) = (2k + 1)·2⁻³² − 1: the centred uniform of a word k.
///
/// Clause RND-05. Source: the grid is that of this page. An odd multiple of 2⁻³² in (−1, 1), exact;
/// 2³² − 1 − k gives −v(k), so there is no zero and no side is favoured.
///
/// # Example
/// ```
/// use evenkeel_reference::random::centered_uniform;
///
/// let step = 2.0_f64.powi(-32);
/// assert_eq!(centered_uniform(0), -1.0 + step);
/// assert_eq!(centered_uniform(u32::MAX), 1.0 - step);
/// assert_eq!(centered_uniform(1 << 31), step);
/// ```
#[must_use]
pub fn centered_uniform(word: u32) -> f64 {
    (2.0 * f64::from(word) + 1.0) * 2.0_f64.powi(-32) - 1.0
}

/// a·v(W(i)): element i of the uniform distribution on [−a, a].
///
/// Clauses RND-04 … RND-06. Source: as [`centered_uniform`]. i: any; bound a: finite and ≥ 0. One
/// rounding; never beyond a.
///
/// # Errors
/// `bound`: negative, NaN or infinite.
///
/// # Example
/// ```
/// use evenkeel_reference::random::{Stream, centered_uniform, uniform, word};
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// // A power of two scales exactly.
/// assert_eq!(uniform(stream, 9, 0.25)?, 0.25 * centered_uniform(word(stream, 9)));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn uniform(stream: Stream, i: u64, bound: f64) -> Result<f64, Error> {
    check::not_negative("bound", bound)?;
    Ok(bound * centered_uniform(word(stream, i)))
}
