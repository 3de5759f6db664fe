//! Clipping by the norm of one tensor or of all tensors together.

use super::NonFinite;
use super::change::Change;
use super::lists::{count, each_piece};
use super::total::total;
use crate::policy::Work;
use crate::workspace::Crew;
use crate::{Element, Error, Policy, SquaredNorm, Workspace, check};

/// The sum of the squares of all tensors, as it is merged with those of other machines.
///
/// Nothing is refused: a NaN or an infinity shows in the sum.
pub fn squared_norm<T: Element>(
    tensors: &[&[T]],
    workspace: &mut Workspace,
    policy: &Policy,
) -> SquaredNorm {
    measure(tensors, workspace, policy)
}

/// √Σ g² of all tensors; ∞ only if it is beyond the range of `T`, or one of the elements is.
///
/// ```
/// use evenkeel_fast::{Policy, Workspace, clipping};
///
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// let tensors: [&[f32]; 2] = [&[3e30], &[0.0, -4e30]];
/// assert_eq!(clipping::norm(&tensors, &mut workspace, &policy), 5e30);
/// ```
pub fn norm<T: Element>(tensors: &[&[T]], workspace: &mut Workspace, policy: &Policy) -> T {
    T::round(squared_norm(tensors, workspace, policy).norm())
}

pub(super) fn measure<T: Element, G: AsRef<[T]> + Sync>(
    tensors: &[G],
    workspace: &mut Workspace,
    policy: &Policy,
) -> SquaredNorm {
    let crew = Crew::new(policy.parallel(count(tensors), Work::Light), &workspace.workers);
    total(tensors, &mut workspace.slots, crew, policy)
}

/// Scales a gradient to norm τ if its norm is above; gives the norm before.
///
/// The norm that is given is rounded to `T`, and ∞ beyond its range; the gradient is clipped as well.
///
/// # Errors
/// Names `threshold` (negative or NaN), `result` (wrong length) or, with [`NonFinite::Refuse`],
/// `gradient`. Nothing is written then.
pub fn by_norm<T: Element>(
    threshold: f64,
    non_finite: NonFinite,
    gradient: &[T],
    result: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    check::threshold(threshold)?;
    check::length("result", result, gradient.len())?;
    let total = measure(&[gradient], workspace, policy);
    let change = Change::new::<T>(&total, threshold, non_finite)?;
    apply(change, Some(&[gradient]), &mut [result], workspace, policy);
    Ok(T::round(total.norm()))
}

/// [`by_norm`] with the result where the gradient was; the bits are the same.
///
/// # Errors
/// Names `threshold` or `gradient`. Nothing is written then.
pub fn by_norm_in_place<T: Element>(
    threshold: f64,
    non_finite: NonFinite,
    gradient: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    by_global_norm_in_place(threshold, non_finite, &mut [gradient], workspace, policy)
}

/// Scales all tensors by one factor to norm τ, if the norm of all is above; gives the norm before.
///
/// ```
/// use evenkeel_fast::clipping::{self, NonFinite};
/// use evenkeel_fast::{Policy, Workspace};
///
/// let (mut a, mut b) = ([6.0_f32, 0.0], [-8.0]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// let before = clipping::by_global_norm_in_place(
///     5.0, NonFinite::Refuse, &mut [&mut a, &mut b], &mut workspace, &policy,
/// )?;
/// assert_eq!((before, a, b), (10.0, [3.0, 0.0], [-4.0]));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `threshold` (negative or NaN), `results` (not as many or not as long as the tensors) or, with
/// [`NonFinite::Refuse`], `gradient`. Nothing is written then.
pub fn by_global_norm<T: Element>(
    threshold: f64,
    non_finite: NonFinite,
    tensors: &[&[T]],
    results: &mut [&mut [T]],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    check::threshold(threshold)?;
    check::tensors("results", results, tensors)?;
    let total = measure(tensors, workspace, policy);
    let change = Change::new::<T>(&total, threshold, non_finite)?;
    apply(change, Some(tensors), results, workspace, policy);
    Ok(T::round(total.norm()))
}

/// [`by_global_norm`] with the results where the tensors were; the bits are the same.
///
/// # Errors
/// Names `threshold` or `gradient`. Nothing is written then.
pub fn by_global_norm_in_place<T: Element>(
    threshold: f64,
    non_finite: NonFinite,
    tensors: &mut [&mut [T]],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    check::threshold(threshold)?;
    let total = measure(tensors, workspace, policy);
    by_merged_norm_in_place(&total, threshold, non_finite, tensors, workspace, policy)
}

/// The second half of [`by_global_norm_in_place`], where other machines hold other tensors: `total` is
/// the sum of squares of all of them, merged ([`SquaredNorm::merge`]) from those of [`squared_norm`].
///
/// ```
/// use evenkeel_fast::clipping::{self, NonFinite};
/// use evenkeel_fast::{Policy, Workspace};
///
/// let (mut here, there) = ([6.0_f32, 0.0], [-8.0_f32]);
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// let mine = clipping::squared_norm(&[&here], &mut workspace, &policy);
/// let total = mine.merge(&clipping::squared_norm(&[&there], &mut workspace, &policy));
/// let before = clipping::by_merged_norm_in_place(
///     &total, 5.0, NonFinite::Refuse, &mut [&mut here], &mut workspace, &policy,
/// )?;
/// assert_eq!((before, here), (10.0, [3.0, 0.0]));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `threshold` or `gradient`. Nothing is written then.
pub fn by_merged_norm_in_place<T: Element>(
    total: &SquaredNorm,
    threshold: f64,
    non_finite: NonFinite,
    tensors: &mut [&mut [T]],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    check::threshold(threshold)?;
    let change = Change::new::<T>(total, threshold, non_finite)?;
    apply(change, None, tensors, workspace, policy);
    Ok(T::round(total.norm()))
}

/// Changes every element of every tensor; without `from` the values stand in `to`.
fn apply<T: Element>(
    change: Change,
    from: Option<&[&[T]]>,
    to: &mut [&mut [T]],
    workspace: &Workspace,
    policy: &Policy,
) {
    if let (Change::Nothing, None) = (change, from) {
        return;
    }
    let elements = count::<T, _>(to);
    let (far, level) = (policy.streams::<T>(elements), policy.level);
    let crew = Crew::joined(policy.parallel(elements, Work::Light), &workspace.workers);
    each_piece(crew, to, |start, piece| match from {
        Some(from) => change.apply(start.of(from[start.tensor], piece.len()), piece, level),
        None => change.apply_in_place(far, piece, level),
    });
}
