//! Clipping element by element.
//!
//! Method: unless what is not finite may pass, all is read before anything is written, and the largest
//! magnitude of each piece kept. A piece of small elements is then not touched again where it stands.

use super::NonFinite;
use crate::policy::Work;
use crate::workspace::{Crew, at_least};
use crate::{Element, Error, Policy, Workspace, check};

/// Elements that are handed out, looked at and left alone together.
const PIECE: usize = 1 << 16;

/// Clips each element to \[−τ, τ\], with τ rounded towards zero to `T`: no element passes it.
///
/// [`NonFinite::Propagate`] is the fastest: with the others all is read once before.
///
/// ```
/// use evenkeel_fast::clipping::{self, NonFinite};
/// use evenkeel_fast::{Policy, Workspace};
///
/// let (gradient, mut result) = ([3.0_f32, -0.5, -7.0], [0.0; 3]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// clipping::by_value(1.0, NonFinite::Refuse, &gradient, &mut result, &mut workspace, &policy)?;
/// assert_eq!(result, [1.0, -0.5, -1.0]);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `threshold` (negative or NaN), `result` (wrong length) or, with [`NonFinite::Refuse`],
/// `gradient`. Nothing is written then.
pub fn by_value<T: Element>(
    threshold: f64,
    non_finite: NonFinite,
    gradient: &[T],
    result: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::threshold(threshold)?;
    check::length("result", result, gradient.len())?;
    if takes_all(non_finite, gradient, workspace, policy)? {
        clamp(T::towards_zero(threshold), Some(gradient), result, workspace, policy);
    } else {
        zero(result, workspace, policy);
    }
    Ok(())
}

/// [`by_value`] with the result where the gradient was; the bits are the same.
///
/// # Errors
/// Names `threshold` or `gradient`. Nothing is written then.
pub fn by_value_in_place<T: Element>(
    threshold: f64,
    non_finite: NonFinite,
    gradient: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    check::threshold(threshold)?;
    if takes_all(non_finite, gradient, workspace, policy)? {
        clamp(T::towards_zero(threshold), None, gradient, workspace, policy);
    } else {
        zero(gradient, workspace, policy);
    }
    Ok(())
}

/// Whether the elements are to be clipped; otherwise all become 0. The largest magnitude of each piece is
/// left in the slots, ∞ where nobody had to look.
fn takes_all<T: Element>(
    non_finite: NonFinite,
    gradient: &[T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<bool, Error> {
    let crew = Crew::new(policy.parallel(gradient.len(), Work::Light), &workspace.workers);
    let sizes = at_least(&mut workspace.slots, gradient.len().div_ceil(PIECE));
    if non_finite == NonFinite::Propagate {
        sizes.fill(f64::INFINITY);
        return Ok(true);
    }
    crew.each_chunk(sizes, 1, |k, size| {
        let end = gradient.len().min((k + 1) * PIECE);
        size[0] = T::largest(policy.level, &gradient[k * PIECE..end]);
    });
    let all_finite = sizes.iter().all(|size| size.is_finite());
    if all_finite || non_finite == NonFinite::Zero {
        return Ok(all_finite);
    }
    let found = gradient.iter().map(|g| g.to_f64()).find(|g| !g.is_finite());
    Err(Error::new("gradient", found.unwrap_or(f64::NAN).to_string(), "finite"))
}

/// Clips, with the largest magnitudes in the slots; without `from` the values stand in `to`.
fn clamp<T: Element>(
    bound: f64,
    from: Option<&[T]>,
    to: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let crew = Crew::joined(policy.parallel(to.len(), Work::Light), &workspace.workers);
    let far = policy.streams::<T>(to.len());
    let sizes = at_least(&mut workspace.slots, to.len().div_ceil(PIECE));
    crew.each_pair([PIECE, 1], to, sizes, |k, piece, size| match from {
        None if size[0] <= bound => {}
        None => T::clamp_in_place(policy.level, far, bound, piece),
        Some(from) => {
            T::clamp(policy.level, bound, &from[k * PIECE..k * PIECE + piece.len()], piece);
        }
    });
}

fn zero<T: Element>(to: &mut [T], workspace: &Workspace, policy: &Policy) {
    let crew = Crew::joined(policy.parallel(to.len(), Work::Light), &workspace.workers);
    crew.each_chunk(to, PIECE, |_, piece| piece.fill(T::default()));
}
