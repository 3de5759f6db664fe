//! Gradient clipping: element by element, or a whole list of tensors by one factor.
//!
//! ```text
//! y = min(max(g, −τ), τ)                     by value
//! N = √Σ g²     y = g·τ/N if N > τ, else g   by norm
//! ```
//!
//! τ is the threshold, N the norm of all tensors together. Up to the threshold nothing is written but
//! what stood there, bit for bit; τ = ∞ never clips, and τ = 0 leaves zeros.
//!
//! **Source.** R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
//! networks", ICML 2013, algorithm 1; I. Goodfellow, Y. Bengio, A. Courville, *Deep learning*, 2016,
//! section 10.11.1.
//!
//! **Hazard.** Gradients that explode have squares that overflow, and τ/∞ is 0: the step is lost
//! without a word. A number in the divisor against 0/0 changes small gradients. One NaN makes all NaN.
//!
//! **Method.** Squares are added in `f64`: those of `f32` are exact there and stay in the range; for
//! `f64` data the sum is taken again in another unit where it left it ([`SquaredNorm`]). Then one product
//! an element, rounded once. Blocks of 2048 elements of all tensors are added by one tree. What is not
//! finite shows in the sum: [`NonFinite`] says what happens then.
//!
//! **Promises.** The norm: `f32` ½ ulp and (h/2 + 1)·2⁻⁵³ of it, `f64` (h/2 + 2)·2⁻⁵³, with h = 69 and the
//! logarithm of the number of blocks. Elements: 0.501 ulp in `f32`, (h/2 + 4)·2⁻⁵³ in `f64`. The norm of
//! the result is at most τ·(1 + 2⁻²³) in `f32`, for any gradient. The same bits on any number of threads
//! and at every level.

mod factor;
mod passes;
#[cfg(test)]
mod tests;
mod total;

pub(crate) use passes::Passes;

use crate::policy::Work;
use crate::workspace::{Crew, at_least};
use crate::{Element, Error, Level, Policy, SquaredNorm, Workspace, check};
use factor::Factor;

/// Elements that a thread takes at a time.
const PIECE: usize = 1 << 14;

/// What becomes of a gradient in which an element is NaN or infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NonFinite {
    /// An error that names `gradient`; nothing is written.
    #[default]
    Refuse,
    /// By value NaN stays and ±∞ becomes ±τ; by norm every element becomes NaN.
    Propagate,
    /// Every element of every tensor becomes +0, so that the step is skipped.
    Zero,
}

/// What is done to every element.
#[derive(Debug, Clone, Copy)]
enum Change {
    Nothing,
    Fill(f64),
    Scale(Factor),
}

/// Clips each element to \[−τ, τ\], with τ rounded towards zero to `T`: no element passes it.
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
    let change = change_by_value(non_finite, gradient, workspace, policy)?;
    clamp(threshold, change, Some(gradient), result, workspace, policy);
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
    let change = change_by_value(non_finite, gradient, workspace, policy)?;
    clamp(threshold, change, None, gradient, workspace, policy);
    Ok(())
}

/// Whether the gradient has to be replaced: it is looked at only if that matters.
fn change_by_value<T: Element>(
    non_finite: NonFinite,
    gradient: &[T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<Change, Error> {
    if non_finite == NonFinite::Propagate || all_finite(gradient, workspace, policy) {
        return Ok(Change::Nothing);
    }
    if non_finite == NonFinite::Zero {
        return Ok(Change::Fill(0.0));
    }
    let found = gradient.iter().map(|g| g.to_f64()).find(|g| !g.is_finite());
    Err(Error::new("gradient", found.unwrap_or(f64::NAN).to_string(), "finite"))
}

fn all_finite<T: Element>(gradient: &[T], workspace: &mut Workspace, policy: &Policy) -> bool {
    let crew = Crew::new(policy.parallel(gradient.len(), Work::Light), &workspace.workers);
    let flags = at_least(&mut workspace.slots, gradient.len().div_ceil(PIECE));
    crew.each_chunk(flags, 1, |k, flag| {
        let piece = &gradient[k * PIECE..gradient.len().min((k + 1) * PIECE)];
        flag[0] = f64::from(u8::from(T::all_finite(policy.level, piece)));
    });
    flags.iter().all(|flag| *flag == 1.0)
}

/// Clips, or fills; without `from` the values stand in `to`.
fn clamp<T: Element>(
    threshold: f64,
    change: Change,
    from: Option<&[T]>,
    to: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let crew = Crew::new(policy.parallel(to.len(), Work::Light), &workspace.workers);
    let bound = T::towards_zero(threshold);
    crew.each_chunk(to, PIECE, |k, piece| match change {
        Change::Fill(value) => piece.fill(T::round(value)),
        _ => T::clamp(policy.level, bound, part(from, k, piece.len()), piece),
    });
}

/// Of the k-th piece.
fn part<T>(from: Option<&[T]>, k: usize, len: usize) -> Option<&[T]> {
    from.map(|from| &from[k * PIECE..k * PIECE + len])
}

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

fn measure<T: Element, G: AsRef<[T]> + Sync>(
    tensors: &[G],
    workspace: &mut Workspace,
    policy: &Policy,
) -> SquaredNorm {
    let crew = Crew::new(policy.parallel(total::count(tensors), Work::Light), &workspace.workers);
    total::total(tensors, &mut workspace.slots, crew, policy.level)
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
    let change = change_by_norm::<T>(&total, threshold, non_finite)?;
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
    let change = change_by_norm::<T>(&total, threshold, non_finite)?;
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
    let change = change_by_norm::<T>(total, threshold, non_finite)?;
    apply(change, None, tensors, workspace, policy);
    Ok(T::round(total.norm()))
}

fn change_by_norm<T: Element>(
    total: &SquaredNorm,
    threshold: f64,
    non_finite: NonFinite,
) -> Result<Change, Error> {
    if total.is_finite() {
        return Ok(Factor::new::<T>(total, threshold).map_or(Change::Nothing, Change::Scale));
    }
    match non_finite {
        NonFinite::Refuse => {
            Err(Error::new("gradient", format!("of norm {}", total.norm()), "finite"))
        }
        NonFinite::Propagate => Ok(Change::Fill(f64::NAN)),
        NonFinite::Zero => Ok(Change::Fill(0.0)),
    }
}

/// Changes every element of every tensor; without `from` the values stand in `to`.
fn apply<T: Element>(
    change: Change,
    from: Option<&[&[T]]>,
    to: &mut [&mut [T]],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let count = total::count::<T, _>(to);
    let crew = Crew::joined(policy.parallel(count, Work::Light), &workspace.workers);
    crew.each_chunk(to, 1, |t, tensor| {
        let from = from.map(|from| from[t]);
        crew.each_chunk(&mut *tensor[0], PIECE, |k, piece| {
            change_piece(change, part(from, k, piece.len()), piece, policy.level);
        });
    });
}

fn change_piece<T: Element>(change: Change, from: Option<&[T]>, to: &mut [T], level: Level) {
    match (change, from) {
        (Change::Fill(value), _) => to.fill(T::round(value)),
        (Change::Nothing, None) => {}
        (Change::Nothing, Some(from)) => to.copy_from_slice(from),
        (Change::Scale(factor), from) => match factor.plain() {
            Some(factor) => T::scale(level, factor, from, to),
            None => {
                if let Some(from) = from {
                    to.copy_from_slice(from);
                }
                to.iter_mut().for_each(|g| *g = factor.times(*g));
            }
        },
    }
}
