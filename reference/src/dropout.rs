// The first definition of a link counts: on the page itself these are files.
//! [random]: super::random
//! [random-symbols]: super::random#symbols-and-shapes
//! [random-tests]: super::random#distribution-tests
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/dropout.md")]
// Throughout: x is any matrix, keep is a mask of its size, p is the probability to drop, and an element
// of number i is dropped or kept by its number alone. Each function is one formula of the page above.

use nalgebra::DMatrix;
use rand::{Rng, RngExt};

use crate::random::{Stream, second_word, word};
use crate::{Error, check};

/// T = p·2⁴⁸, rounded to the nearest whole number, ties to even: how many of 2⁴⁸ numbers drop.
///
/// Clause DRP-11. Source: the map is that of this page. 0 ≤ p ≤ 1; −0.0 counts as 0. From 0 to 2⁴⁸.
///
/// # Errors
/// `drop_probability`: outside [0, 1] or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::threshold;
///
/// assert_eq!(threshold(0.5)?, 1 << 47);
/// assert_eq!((threshold(0.0)?, threshold(1.0)?), (0, 1 << 48));
/// // 0.1·2⁴⁸ = 28 147 497 671 065.6
/// assert_eq!(threshold(0.1)?, 28_147_497_671_066);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn threshold(drop_probability: f64) -> Result<u64, Error> {
    check::share("drop_probability", drop_probability)?;
    // A power of two scales exactly, so this rounds once.
    Ok((drop_probability * 2.0_f64.powi(48)).round_ties_even() as u64)
}

/// m·2³² + tie < T: whether the half m drops its element, with the tie word behind it.
///
/// Clauses DRP-10, DRP-11. Source: the map is that of this page. Any m and tie. The tie word decides
/// where m = T div 2³² only, once in 65536.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::{is_dropped, threshold};
///
/// let half = threshold(0.5)?;
/// assert!(is_dropped(half, 32767, u32::MAX) && !is_dropped(half, 32768, 0));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
#[must_use]
pub fn is_dropped(threshold: u64, half: u16, tie: u32) -> bool {
    (u64::from(half) << 32) + u64::from(tie) < threshold
}

/// The sixteen random bits m of element i.
///
/// Clause DRP-10. With i = 32·q + 16·h + k, h of {0, 1} and k < 16, they are the low (h = 0) or the
/// high (h = 1) half of W(16q + k). Source: the order is that of this page. i: any.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::half;
/// use evenkeel_reference::random::{Stream, word};
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// // 37 = 32 + 5 and 53 = 32 + 16 + 5: both of word 16 + 5.
/// let both = u32::from(half(stream, 37)) + (u32::from(half(stream, 53)) << 16);
/// assert_eq!(both, word(stream, 21));
/// ```
#[must_use]
pub fn half(stream: Stream, i: u64) -> u16 {
    let (q, h, k) = (i / 32, i % 32 / 16, i % 16);
    (word(stream, 16 * q + k) >> (16 * h)) as u16
}

/// Which elements are kept: true for kept, row by row, the first one of number `first`.
///
/// Clauses DRP-08 … DRP-12, DRP-19. Element (r, c) is number i = first + r·columns + c, and is dropped
/// if its half and V(i) are below T. Source: the map is that of this page.
///
/// # Errors
/// `drop_probability`: outside [0, 1] or NaN. `first`: the numbers would pass 2⁶⁴ − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::keep_mask;
/// use evenkeel_reference::random::Stream;
/// use nalgebra::dmatrix;
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// let (all, none) = (keep_mask(stream, 0, 1, 2, 0.0)?, keep_mask(stream, 0, 1, 2, 1.0)?);
/// assert_eq!((all, none), (dmatrix![true, true], dmatrix![false, false]));
/// // The second row is what starts at its first number.
/// let two = keep_mask(stream, 0, 2, 50, 0.3)?;
/// assert_eq!(keep_mask(stream, 50, 1, 50, 0.3)?, two.rows(1, 1));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn keep_mask(
    stream: Stream,
    first: u64,
    rows: usize,
    columns: usize,
    drop_probability: f64,
) -> Result<DMatrix<bool>, Error> {
    let threshold = threshold(drop_probability)?;
    check::window(first, rows, columns)?;
    Ok(DMatrix::from_fn(rows, columns, |r, c| {
        let i = first + (r * columns + c) as u64;
        !is_dropped(threshold, half(stream, i), second_word(stream, i))
    }))
}

/// y = x/(1 − p) where kept, +0 where dropped.
///
/// Clauses DRP-01 … DRP-04, DRP-06. Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov
/// 2014, "Dropout: a simple way to prevent neural networks from overfitting", section 4, scaled as in
/// its section 10 (its p is the probability to keep).
///
/// x: any values; a NaN or an infinity stays where it is kept and is gone where it is dropped.
/// p = 0 leaves what is kept as it is, bit for bit; p = 1 gives +0 everywhere, whatever the mask says.
///
/// # Errors
/// `keep`: not of the size of x. `drop_probability`: outside [0, 1] or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::forward;
/// use nalgebra::dmatrix;
///
/// let (x, keep) = (dmatrix![1.0, 2.0, f64::NAN], dmatrix![true, true, false]);
/// assert_eq!(forward(&x, &keep, 0.75)?, dmatrix![4.0, 8.0, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn forward(
    x: &DMatrix<f64>,
    keep: &DMatrix<bool>,
    drop_probability: f64,
) -> Result<DMatrix<f64>, Error> {
    check::same_size("keep", keep, x)?;
    check::share("drop_probability", drop_probability)?;
    Ok(x.zip_map(keep, |x, keep| select(x, keep, drop_probability)))
}

/// x/(1 − p) or +0: chosen, for 0·x would be NaN where x is infinite.
fn select(x: f64, keep: bool, drop_probability: f64) -> f64 {
    if !keep || drop_probability == 1.0 {
        return 0.0;
    }
    if drop_probability == 0.0 {
        return x;
    }
    x / (1.0 - drop_probability)
}

/// dx = dy/(1 − p) where kept, +0 where dropped.
///
/// Clauses DRP-02 … DRP-04, DRP-06 … DRP-08. Source: the derivative of [`forward`] by x: the same mask,
/// the same scale. x has no part in it. dy: any values.
///
/// # Errors
/// `keep`: not of the size of dy. `drop_probability`: outside [0, 1] or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::backward;
/// use nalgebra::dmatrix;
///
/// let (dy, keep) = (dmatrix![1.0, -3.0], dmatrix![false, true]);
/// assert_eq!(backward(&dy, &keep, 0.5)?, dmatrix![0.0, -6.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn backward(
    dy: &DMatrix<f64>,
    keep: &DMatrix<bool>,
    drop_probability: f64,
) -> Result<DMatrix<f64>, Error> {
    check::same_size("keep", keep, dy)?;
    check::share("drop_probability", drop_probability)?;
    Ok(dy.zip_map(keep, |dy, keep| select(dy, keep, drop_probability)))
}

/// y = x: in use nothing is dropped and nothing is scaled.
///
/// Clause DRP-05. Source: Srivastava et al. 2014, section 10, where the scale is applied in training.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::inference;
/// use nalgebra::dmatrix;
///
/// assert_eq!(inference(&dmatrix![1.0, -2.0]), dmatrix![1.0, -2.0]);
/// ```
#[must_use]
pub fn inference(x: &DMatrix<f64>) -> DMatrix<f64> {
    x.clone()
}

/// A mask drawn with the crate `rand`: each element is kept with probability 1 − p.
///
/// Clause DRP-09: the same distribution as [`keep_mask`], by other code and other bits.
///
/// # Errors
/// `drop_probability`: outside [0, 1] or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::dropout::sample_mask;
/// use evenkeel_reference::random::{Stream, Words};
///
/// let mut generator = Words::new(Stream::default());
/// assert!(sample_mask(&mut generator, 3, 4, 0.0)?.iter().all(|&keep| keep));
/// assert!(!sample_mask(&mut generator, 3, 4, 1.0)?.iter().any(|&keep| keep));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn sample_mask<R: Rng + ?Sized>(
    generator: &mut R,
    rows: usize,
    columns: usize,
    drop_probability: f64,
) -> Result<DMatrix<bool>, Error> {
    check::share("drop_probability", drop_probability)?;
    Ok(DMatrix::from_fn(rows, columns, |_, _| !generator.random_bool(drop_probability)))
}
