//! Dropout: in training a value is dropped with probability p, and what is kept is divided by 1 − p.
//!
//! ```text
//! y = x/(1 − p)  if kept,  +0  if dropped       dx = dy/(1 − p)  if kept,  +0  if dropped
//! dropped        if half·2³² + tie < p·2⁴⁸, rounded to a whole number
//! ```
//!
//! p is the probability to *drop*. `half` is 16 bits of the element's first word: elements 32q … 32q + 15
//! have the low halves of words 16q … 16q + 15, the next sixteen the high halves. `tie` is the second
//! word of the element. In inference nothing happens: [`inference`] copies.
//!
//! **Source.** N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, "Dropout", JMLR
//! 15 (2014), where p is the probability to keep and the weights are scaled after training; the division
//! in training is its section 10.
//!
//! **Hazard.** Multiplying by a mask lets a dropped NaN through and makes 0·∞ of p = 1; a mask of eight
//! bits has another p; a mask that is stored costs as much memory as the values.
//!
//! **Method.** A value takes 16 bits; only where they equal the threshold's, 1 in 65,536, is the second
//! word drawn, so that p is exact to 2⁻⁴⁹. The mask of [`backward`] is drawn again from the stream. A block
//! of 128 elements has its mask in 128 bits; three blocks are drawn at once. What is kept is multiplied by
//! 1/(1 − p) in `f64` and rounded once; what is dropped is selected.
//!
//! **Promises.** `f32`: within 0.501 ulp of x/(1 − p). `f64`: a relative error of 3·2⁻⁵³. The same bits on
//! any number of threads and at every level.

mod kept;
mod parts;
mod passes;
#[cfg(test)]
mod tests;

pub use parts::Drawn;
pub(crate) use parts::Dropping;
pub(crate) use passes::Passes;
use passes::Threshold;

use crate::policy::Work;
use crate::random::Stream;
use crate::workspace::pieces;
use crate::{Element, Error, Policy, Workspace, check};

/// Whether an element with this half of its first word and this second word is dropped.
///
/// # Errors
/// Names `drop_probability` (not from 0 to 1).
pub fn is_dropped(drop_probability: f64, half: u16, tie: u32) -> Result<bool, Error> {
    check::share("drop_probability", drop_probability)?;
    Ok(Threshold::new(drop_probability).drops(half, || tie))
}

/// Draws for each element, from `first` on, whether it is kept.
///
/// # Errors
/// Names `first` (the last element would be beyond the last index) or `drop_probability` (not from 0 to
/// 1). Nothing is written then.
pub fn mask(
    stream: Stream,
    first: u64,
    drop_probability: f64,
    keep: &mut [bool],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, keep.len())?;
    check::share("drop_probability", drop_probability)?;
    let threshold = Threshold::new(drop_probability);
    pieces(keep, Work::Heavy, workspace, policy, |at, piece| {
        passes::mask(policy.level, stream, first + at, threshold, piece);
    });
    Ok(())
}

/// Drops elements `first`, `first + 1`, … of a tensor, and divides what is kept by 1 − p.
///
/// ```
/// use evenkeel_fast::{Policy, Workspace, dropout, random::Stream};
///
/// let stream = Stream { seed: 7, number: 0, step: 0 };
/// let (x, mut y, mut dx) = ([3.0_f32; 1000], [0.0; 1000], [0.0; 1000]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// dropout::forward(stream, 0, 0.25, &x, &mut y, &mut workspace, &policy)?;
/// dropout::backward(stream, 0, 0.25, &[3.0; 1000], &mut dx, &mut workspace, &policy)?;
/// assert_eq!(y, dx); // the same mask
/// assert!(y.iter().all(|y| [0.0, 4.0].contains(y)));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `first`, `drop_probability` or `y` (wrong length). Nothing is written then.
pub fn forward<T: Element>(
    stream: Stream,
    first: u64,
    drop_probability: f64,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, x.len())?;
    check::share("drop_probability", drop_probability)?;
    check::length("y", y, x.len())?;
    draw(stream, first, drop_probability, Some(x), y, workspace, policy);
    Ok(())
}

/// [`forward`] with the result where the values were; the bits are the same.
///
/// # Errors
/// Names `first` or `drop_probability`. Nothing is written then.
pub fn forward_in_place<T: Element>(
    stream: Stream,
    first: u64,
    drop_probability: f64,
    x_to_y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, x_to_y.len())?;
    check::share("drop_probability", drop_probability)?;
    draw(stream, first, drop_probability, None, x_to_y, workspace, policy);
    Ok(())
}

/// The gradient of [`forward`] of the same stream: dropped and divided alike.
///
/// # Errors
/// Names `first`, `drop_probability` or `dx` (wrong length). Nothing is written then.
pub fn backward<T: Element>(
    stream: Stream,
    first: u64,
    drop_probability: f64,
    dy: &[T],
    dx: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::first(first, dy.len())?;
    check::share("drop_probability", drop_probability)?;
    check::length("dx", dx, dy.len())?;
    draw(stream, first, drop_probability, Some(dy), dx, workspace, policy);
    Ok(())
}

/// Both directions, their arguments checked; without `from` the values stand in `to`.
fn draw<T: Element>(
    stream: Stream,
    first: u64,
    drop_probability: f64,
    from: Option<&[T]>,
    to: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let threshold = Threshold::new(drop_probability);
    pieces(to, Work::Heavy, workspace, policy, |at, piece| {
        let start = at as usize;
        let from = from.map(|from| &from[start..start + piece.len()]);
        T::drop_drawn(policy.level, stream, first + at, threshold, from, piece, &[]);
    });
}

/// Forward with a mask that was drawn before: `keep` has one value per element.
///
/// # Errors
/// Names `keep` (wrong length), `drop_probability` or `y` (wrong length). Nothing is written then.
pub fn forward_given<T: Element>(
    keep: &[bool],
    drop_probability: f64,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::length("keep", keep, x.len())?;
    check::share("drop_probability", drop_probability)?;
    check::length("y", y, x.len())?;
    given(keep, drop_probability, x, y, workspace, policy);
    Ok(())
}

/// The gradient of [`forward_given`].
///
/// # Errors
/// Names `keep` (wrong length), `drop_probability` or `dx` (wrong length). Nothing is written then.
pub fn backward_given<T: Element>(
    keep: &[bool],
    drop_probability: f64,
    dy: &[T],
    dx: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::length("keep", keep, dy.len())?;
    check::share("drop_probability", drop_probability)?;
    check::length("dx", dx, dy.len())?;
    given(keep, drop_probability, dy, dx, workspace, policy);
    Ok(())
}

fn given<T: Element>(
    keep: &[bool],
    drop_probability: f64,
    from: &[T],
    to: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let threshold = Threshold::new(drop_probability);
    pieces(to, Work::Heavy, workspace, policy, |at, piece| {
        let part = at as usize..at as usize + piece.len();
        T::drop_given(policy.level, &keep[part.clone()], threshold, &from[part], piece);
    });
}

/// What dropout does after training: x, bit for bit.
///
/// # Errors
/// Names `y` (wrong length). Nothing is written then.
pub fn inference<T: Element>(
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::length("y", y, x.len())?;
    pieces(y, Work::Heavy, workspace, policy, |at, y| {
        let start = at as usize;
        y.copy_from_slice(&x[start..start + y.len()]);
    });
    Ok(())
}
