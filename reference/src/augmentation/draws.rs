//! From words to operations: nothing here looks at a pixel.

use super::{Choice, Operation, Rectangle, Transform};
use crate::random::{Stream, word};
use crate::{Error, check};

/// How many words a choice has for an image.
const WORDS: u64 = 64;

/// The 64 words of image m for choice k: W(64·m) … W(64·m + 63) of the stream (seed, number + 2k, step).
///
/// Clauses AUG-15 … AUG-17, AUG-20. Source: the map is that of this page.
///
/// # Errors
/// `first`: m is 2⁵⁸ − 1 or more. `number`: number + 2k passes 2³² − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::words;
/// use evenkeel_reference::random::{Stream, word};
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// assert_eq!(words(stream, 5, 0)?[2], word(stream, 322));
/// assert_eq!(words(stream, 5, 1)?[2], word(Stream { number: 4, ..stream }, 322));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn words(stream: Stream, image: u64, choice: usize) -> Result<[u32; 64], Error> {
    if image >= u64::MAX / WORDS {
        return Err(Error::new("first", image, "below 2⁵⁸ − 1"));
    }
    let stream = numbered(stream, 2 * choice as u64)?;
    Ok(std::array::from_fn(|j| word(stream, WORDS * image + j as u64)))
}

/// The stream whose number is `by` more.
fn numbered(stream: Stream, by: u64) -> Result<Stream, Error> {
    let number = u32::try_from(u64::from(stream.number) + by)
        .map_err(|_| Error::new("number", stream.number, "number + 2·choices ≤ 2³²"))?;
    Ok(Stream { number, ..stream })
}

/// u = (w + ½)·2⁻³²: exact, from 2⁻³³ to 1 − 2⁻³³.
///
/// Clauses AUG-16, AUG-17. Source: as [`random::angle_uniform`](crate::random::angle_uniform).
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::unit;
///
/// assert_eq!(unit(1 << 31), 0.5 + 2.0_f64.powi(-33));
/// ```
#[must_use]
pub fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) * 2.0_f64.powi(-32)
}

/// a + (b − a)·u, each step rounded: from a to b.
///
/// Clauses AUG-16, AUG-17. Source: the map is that of this page. a ≤ b, finite.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::even;
///
/// assert_eq!(even([-10.0, 10.0], 0), -10.0 + 20.0 * 2.0_f64.powi(-33));
/// assert_eq!(even([3.0, 3.0], 77), 3.0);
/// ```
#[must_use]
pub fn even([low, high]: [f64; 2], word: u32) -> f64 {
    low + (high - low) * unit(word)
}

/// ⌊K·w/2³²⌋: one of K whole numbers, each with a probability within 2⁻³² of 1/K.
///
/// Clauses AUG-16, AUG-17. Source: the map is that of this page. 1 ≤ K ≤ 2³².
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::whole;
///
/// assert_eq!((whole(3, 0), whole(3, 1 << 31), whole(3, u32::MAX)), (0, 1, 2));
/// ```
#[must_use]
pub fn whole(count: u64, word: u32) -> u64 {
    (count * u64::from(word)) >> 32
}

/// w < round(p·2³²), ties to even.
///
/// Clause AUG-15. Source: the map is that of this page.
///
/// # Errors
/// `probability`: outside [0, 1] or NaN.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::is_applied;
///
/// assert!(!is_applied(0.0, 0)? && is_applied(1.0, u32::MAX)?);
/// assert!(is_applied(0.5, (1 << 31) - 1)? && !is_applied(0.5, 1 << 31)?);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn is_applied(probability: f64, word: u32) -> Result<bool, Error> {
    check::share("probability", probability)?;
    // A power of two scales exactly, so this rounds once.
    Ok(u64::from(word) < (probability * 2.0_f64.powi(32)).round_ties_even() as u64)
}

/// The rectangle of the first attempt that fits into h × w; none after the last.
///
/// Clause AUG-17. Attempt a takes the words 1 + 4a … 4 + 4a. Source: Zhong, Zheng, Kang, Li & Yang 2020,
/// algorithm 1, with the aspect even in its logarithm and a bounded number of attempts.
///
/// # Errors
/// `share`: not 0 ≤ s₀ ≤ s₁ ≤ 1. `aspect`: not 0 < r₀ ≤ r₁ < ∞. `attempts`: not from 1 to 15.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{Rectangle, rectangle};
///
/// // A quarter of 8 × 8 with aspect 1 is 4 × 4; the last offset is 4.
/// let words = [u32::MAX; 64];
/// let last = Rectangle { top: 4, left: 4, height: 4, width: 4 };
/// assert_eq!(rectangle([8, 8], [0.25, 0.25], [1.0, 1.0], 10, &words)?, Some(last));
/// // No square is as large as a flat image.
/// assert_eq!(rectangle([2, 32], [1.0, 1.0], [1.0, 1.0], 10, &words)?, None);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn rectangle(
    [h, w]: [usize; 2],
    share: [f64; 2],
    aspect: [f64; 2],
    attempts: u32,
    words: &[u32; 64],
) -> Result<Option<Rectangle>, Error> {
    check::range("share", share, [0.0, 1.0])?;
    check::range("aspect", aspect, [f64::from_bits(1), f64::MAX])?;
    if !(1..=15).contains(&attempts) {
        return Err(Error::new("attempts", attempts, "from 1 to 15"));
    }
    let attempt = |a| tried([h, w], share, aspect, &words[1 + 4 * a..5 + 4 * a]);
    Ok((0..attempts as usize).find_map(attempt))
}

/// H = round(√(S·ρ)), W = round(√(S/ρ)) and a corner, if that fits.
fn tried(
    [h, w]: [usize; 2],
    share: [f64; 2],
    aspect: [f64; 2],
    words: &[u32],
) -> Option<Rectangle> {
    let area = h as f64 * w as f64 * even(share, words[0]);
    let ratio = even(aspect.map(f64::ln), words[1]).exp();
    let (rows, columns) = ((area * ratio).sqrt().round(), (area / ratio).sqrt().round());
    let fits = |length: f64, size: usize| 1.0 <= length && length <= size as f64;
    if !fits(rows, h) || !fits(columns, w) {
        return None;
    }
    let (height, width) = (rows as usize, columns as usize);
    let offset = |free: usize, word| whole(free as u64 + 1, word) as usize;
    let (top, left) = (offset(h - height, words[2]), offset(w - width, words[3]));
    Some(Rectangle { top, left, height, width })
}

/// What choice k does to image m of c channels of h × w: nothing, or this.
///
/// Clauses AUG-15 … AUG-21. Source: the map is that of this page.
///
/// # Errors
/// `first`, `number`: no such words. Else the argument of the choice: `probability`, `degrees`, `down`,
/// `right`, `padding`, `deviation`, `share`, `aspect`, `attempts`.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::*;
/// use evenkeel_reference::random::Stream;
///
/// let stream = Stream { seed: 1, number: 2, step: 3 };
/// let transform = Transform::Shift { down: 2, right: 0, fill: 0.0 };
/// let choice = Choice { probability: 1.0, transform, labels: Labels::Keep };
/// let down = whole(5, words(stream, 7, 0)?[1]) as i64 - 2;
/// let expected = Operation::Shift { down, right: 0, fill: 0.0 };
/// assert_eq!(operation(&choice, 0, stream, 7, [1, 28, 28])?, Some(expected));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn operation(
    choice: &Choice,
    k: usize,
    stream: Stream,
    image: u64,
    [c, h, w]: [usize; 3],
) -> Result<Option<Operation>, Error> {
    let words = words(stream, image, k)?;
    let is_applied = is_applied(choice.probability, words[0])?;
    let drawn = match choice.transform {
        Transform::Rotate { degrees, interpolation, fill } => {
            let degrees = even_in("degrees", degrees, f64::MIN / 16.0, words[1])?;
            Some(Operation::Rotate { degrees, interpolation, fill })
        }
        Transform::Flip(axis) => Some(Operation::Flip(axis)),
        Transform::Shift { down, right, fill } => {
            let (down, right) =
                (offset("down", down, words[1])?, offset("right", right, words[2])?);
            Some(Operation::Shift { down, right, fill })
        }
        Transform::Crop { padding, fill } => {
            let corner =
                |word| offset("padding", padding, word).map(|at| (at + padding as i64) as usize);
            let (top, left) = (corner(words[1])?, corner(words[2])?);
            let window = Rectangle { top, left, height: h, width: w };
            Some(Operation::Crop { padding, window, fill })
        }
        Transform::Noise { deviation, clamp } => {
            let stream = numbered(stream, 2 * k as u64 + 1)?;
            let first = image.checked_mul(check::product_fits(&[c, h, w])? as u64);
            let first = first.ok_or_else(|| Error::new("first", image, "image·c·h·w < 2⁶⁴"))?;
            Some(Operation::Noise { deviation, clamp, stream, first })
        }
        Transform::Blur { deviation, radius, border } => {
            let deviation = even_in("deviation", deviation, 0.0, words[1])?;
            Some(Operation::Blur { deviation, radius, border })
        }
        Transform::Erase { share, aspect, attempts, fill } => {
            let rectangle = rectangle([h, w], share, aspect, attempts, &words)?;
            rectangle.map(|rectangle| Operation::Erase { rectangle, fill })
        }
    };
    Ok(drawn.filter(|_| is_applied))
}

/// A parameter from a range, checked.
fn even_in(argument: &'static str, range: [f64; 2], least: f64, word: u32) -> Result<f64, Error> {
    check::range(argument, range, [least, f64::MAX / 16.0])?;
    Ok(even(range, word))
}

/// A whole number from −`most` to `most`.
fn offset(argument: &'static str, most: usize, word: u32) -> Result<i64, Error> {
    check::at_most(argument, most, 1 << 30)?;
    Ok(whole(2 * most as u64 + 1, word) as i64 - most as i64)
}

/// What each choice does to image m.
///
/// Clauses AUG-15 … AUG-21. Source: the map is that of this page.
///
/// # Errors
/// As [`operation`].
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::*;
/// use evenkeel_reference::random::Stream;
///
/// let flip = |probability| {
///     let transform = Transform::Flip(Axis::Horizontal);
///     Choice { probability, transform, labels: Labels::Keep }
/// };
/// let planned = plan(&[flip(0.0), flip(1.0)], Stream::default(), 0, [1, 2, 2])?;
/// assert_eq!(planned, [None, Some(Operation::Flip(Axis::Horizontal))]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn plan(
    choices: &[Choice],
    stream: Stream,
    image: u64,
    size: [usize; 3],
) -> Result<Vec<Option<Operation>>, Error> {
    let one = |(k, choice)| operation(choice, k, stream, image, size);
    choices.iter().enumerate().map(one).collect()
}
