//! A step of gradient descent with clipped gradients that are never written.
//!
//! ```text
//! N = √Σ g²,   ĝ = g·min(1, τ/N),   w' = w − η·s·(ĝ + λ·w)  or  w − η·s·ĝ − η·λ·w  or  w − η·s·ĝ
//! ```
//!
//! Hazard: clipped where they stand, gradients are read twice and written for the norm's sake, and read a
//! third time by the step.
//!
//! Method: one read for the norm. Then a few hundred clipped elements at a time, rounded as
//! [`by_global_norm`](super::by_global_norm) rounds them, stay in the first cache until the step of
//! [`regularization`](crate::regularization) has taken them: the bits are those of both, one after the other.

use super::NonFinite;
use super::change::Change;
use super::lists::{Start, count, each_piece};
use super::norm::measure;
use crate::policy::Work;
use crate::regularization::{Decay, Step};
use crate::workspace::Crew;
use crate::{Element, Error, Level, Policy, Workspace, check};

/// Elements that are clipped before a step is taken with them: some KiB.
const PART: usize = 512;

/// How the weights of all tensors are moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// τ ≥ 0: the largest norm that the gradient of all tensors together may have; ∞ for any.
    pub threshold: f64,
    /// What becomes of a gradient that is not finite. [`NonFinite::Zero`]: weights still decay.
    pub non_finite: NonFinite,
    /// η ≥ 0.
    pub learning_rate: f64,
    /// λ ≥ 0.
    pub lambda: f64,
}

/// What one tensor of weights is moved by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope<'a, T> {
    /// Whether λ reaches these weights, and how.
    pub decay: Decay,
    /// g.
    pub gradient: &'a [T],
    /// s, what an optimiser scales each element of the clipped gradient with; 1 where there is none: then
    /// [`Decay::Coupled`] and [`Decay::Decoupled`] are the same.
    pub scale: Option<&'a [T]>,
}

impl<T> AsRef<[T]> for Slope<'_, T> {
    fn as_ref(&self) -> &[T] {
        self.gradient
    }
}

/// Clips all gradients by one factor to norm τ and takes the step with all weights; gives the norm before.
///
/// The bits are those of [`by_global_norm`](super::by_global_norm) and
/// [`penalized_step`](crate::regularization::penalized_step) or
/// [`decayed_step`](crate::regularization::decayed_step) after it, in two passes over the gradients and
/// one over the weights.
///
/// ```
/// use evenkeel_fast::clipping::{self, Descent, NonFinite, Slope};
/// use evenkeel_fast::{Policy, Workspace, regularization::Decay};
///
/// let (mut weights, mut biases) = ([8.0_f32, -8.0], [1.0_f32]);
/// let rule =
///     Descent { threshold: 5.0, non_finite: NonFinite::Refuse, learning_rate: 0.5, lambda: 0.25 };
/// let slope = |decay, gradient| Slope { decay, gradient, scale: None };
/// let slopes = [slope(Decay::Coupled, &[6.0, 0.0][..]), slope(Decay::None, &[-8.0])];
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// let before = clipping::descend(
///     &rule, &slopes, &mut [&mut weights, &mut biases], &mut workspace, &policy,
/// )?;
/// assert_eq!((before, weights, biases), (10.0, [5.5, -7.0], [3.0]));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `threshold` (negative or NaN), `learning_rate` or `lambda` (negative or not finite), `weights` (not
/// as many or not as long as the slopes), `scale` (wrong length) or, with [`NonFinite::Refuse`],
/// `gradient`. Nothing is written then.
pub fn descend<T: Element>(
    rule: &Descent,
    slopes: &[Slope<'_, T>],
    weights: &mut [&mut [T]],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<T, Error> {
    rule.check()?;
    check_slopes(slopes, weights)?;
    let total = measure(slopes, workspace, policy);
    let change = Change::new::<T>(&total, rule.threshold, rule.non_finite)?;
    let parallel = policy.parallel(count(slopes), Work::Light);
    each_piece(Crew::joined(parallel, &workspace.workers), weights, |start, weights| {
        step(rule, change, &slopes[start.tensor], start, weights, policy.level);
    });
    Ok(T::round(total.norm()))
}

impl Descent {
    fn check(&self) -> Result<(), Error> {
        check::threshold(self.threshold)?;
        check::not_negative("learning_rate", self.learning_rate)?;
        check::not_negative("lambda", self.lambda)
    }
}

fn check_slopes<T>(slopes: &[Slope<'_, T>], weights: &[&mut [T]]) -> Result<(), Error> {
    check::same_number("weights", weights.len(), slopes.len())?;
    slopes.iter().zip(weights).try_for_each(|(slope, weights)| {
        check::length("weights", weights, slope.gradient.len())?;
        slope.scale.map_or(Ok(()), |scale| check::length("scale", scale, weights.len()))
    })
}

/// The step with the weights of a piece.
fn step<T: Element>(
    rule: &Descent,
    change: Change,
    slope: &Slope<'_, T>,
    start: Start,
    weights: &mut [T],
    level: Level,
) {
    let (mut clipped, ones) = ([T::default(); PART], [T::round(1.0); PART]);
    for (k, weights) in weights.chunks_mut(PART).enumerate() {
        let (len, start) = (weights.len(), Start { at: start.at + k * PART, ..start });
        change.apply(start.of(slope.gradient, len), &mut clipped[..len], level);
        let scale = slope.scale.map_or(&ones[..len], |scale| start.of(scale, len));
        let Descent { learning_rate, lambda, .. } = *rule;
        let step = Step { learning_rate, lambda, scale, gradient: &clipped[..len] };
        T::step(level, slope.decay, &step, None, weights, false);
    }
}
