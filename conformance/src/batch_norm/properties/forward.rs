//! Clauses BN-01 to BN-12 and BN-31: the forward pass in training.

use super::{Case, Checked, forward, in_parts, normalizer, yields};
use crate::batch_norm::bounds;
use crate::batch_norm::truth::ForwardTruth;
use crate::compare::{Expected, all_nan, compare, compare_one, same_bits};
use crate::exact::Wide;
use crate::verdict::{Strength, Verdict};
use crate::{Real, Target};

/// The truth and the bound of every y of a case.
pub(super) struct Judged {
    truth: ForwardTruth,
    bounds: bounds::ForwardBounds,
}

impl Judged {
    pub(super) fn new<T: Real>(strength: Strength, case: &Case<T>) -> Self {
        let truth = ForwardTruth::for_strength(case, strength);
        let bounds = bounds::forward(strength, case, &truth);
        Self { truth, bounds }
    }

    /// What y\[i\] must be, where the bound applies.
    pub(super) fn y<T: Real>(&self, case: &Case<T>, i: usize) -> Option<Expected> {
        let bound = self.bound(case, i)?;
        let c = case.shape.channel_of(i);
        let scaled = (case.gamma[c].to_f64() * self.truth.normalized[i]).abs();
        let largest = scaled.max(case.beta[c].to_f64().abs());
        Some(Expected::new(self.truth.y[i], bound).of_terms(largest))
    }

    fn bound<T: Real>(&self, case: &Case<T>, i: usize) -> Option<f64> {
        let applies = self.bounds.applies[case.shape.channel_of(i)];
        applies.then(|| self.bounds.y[i] + self.truth.uncertainty[i])
    }
}

/// y is the formula's, within the bound of that strength.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let y = forward(target, case)?;
    let judged = Judged::new(strength, case);
    Ok(compare("y", &y, |i| judged.y(case, i)))
}

/// y from the merged statistics of two parts is the formula's too.
pub(super) fn parts_agree<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let judged = Judged::new(strength, case);
    let mut verdict = Verdict::CannotTell("one sample has no two parts");
    for split in [1, case.shape.outer / 2, case.shape.outer.saturating_sub(1)] {
        if (1..case.shape.outer).contains(&split) {
            let y = in_parts(target, case, split)?;
            verdict = verdict.and(|| compare("y", &y, |i| judged.y(case, i)));
        }
    }
    Ok(verdict)
}

/// Swapping the first and the last value of every channel swaps their outputs and no others.
///
/// The two belong to different images and different pixels, wherever there are any: statistics of one
/// image, or of one pixel over the images, would change.
pub(super) fn permutes<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let x = (0..case.x.len()).map(|i| case.x[swapped(case, i)]).collect();
    let y = forward(target, case)?;
    let y_swapped = forward(target, &Case { x, ..case.clone() })?;
    let judged = Judged::new(Strength::Must, case);
    Ok(compare("first and last value of each channel swapped: y", &y_swapped, |i| {
        let origin = swapped(case, i);
        let bound = 2.0 * judged.bound(case, origin)?;
        Some(Expected::new(Wide::exact(y[origin].to_f64()), bound))
    }))
}

/// Where the value comes from that stands at index `i` after the swap.
fn swapped<T: Real>(case: &Case<T>, i: usize) -> usize {
    let shape = case.shape;
    let (row, c) = (i / (shape.channels * shape.inner), shape.channel_of(i));
    let (k, last) = (row * shape.inner + i % shape.inner, shape.per_channel() - 1);
    match k {
        0 => shape.index(last, c),
        _ if k == last => shape.index(0, c),
        _ => i,
    }
}

/// Other values in the last channel leave the outputs of the others as they were.
pub(super) fn channels_stay_apart<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let last = case.shape.channels - 1;
    if last == 0 {
        return Ok(Verdict::CannotTell("one channel has no neighbour"));
    }
    let mut other = case.clone();
    for k in 0..case.shape.per_channel() {
        let i = case.shape.index(k, last);
        other.x[i] = T::from_f64(3.0 * other.x[i].to_f64() + 100.0 * (k % 3) as f64);
    }
    let (y, y_other) = (forward(target, case)?, forward(target, &other)?);
    let judged = Judged::new(Strength::Must, case);
    Ok(compare("after x of the last channel changed: y", &y_other, |i| {
        let bound = 2.0 * judged.bound(case, i)?;
        let mine = case.shape.channel_of(i) != last;
        mine.then(|| Expected::new(Wide::exact(y[i].to_f64()), bound))
    }))
}

/// With ε = 0, γ = 1, β = 0 the outputs have mean 0 and mean square 1.
pub(super) fn standardises<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = plain(&Case { epsilon: 0.0, ..case.clone() });
    let y = forward(target, &case)?;
    let judged = Judged::new(Strength::Must, &case);
    let mut verdict = Verdict::CannotTell("every channel is too ill-conditioned");
    for c in 0..case.shape.channels {
        verdict = verdict.and(|| moments_are_standard(&case, &y, &judged, c));
    }
    Ok(verdict)
}

/// |mean y| ≤ mean b and |mean y² − 1| ≤ mean (2|x̂|b + b²), b the bound of each y; the two means
/// themselves are rounded m times in f64.
fn moments_are_standard<T: Real>(case: &Case<T>, y: &[T], judged: &Judged, c: usize) -> Verdict {
    let m = case.shape.per_channel() as f64;
    let (mut mean, mut square, mut mean_bound, mut square_bound) = (0.0, 0.0, 0.0, 0.0);
    for k in 0..case.shape.per_channel() {
        let i = case.shape.index(k, c);
        let Some(bound) = judged.bound(case, i) else {
            return Verdict::CannotTell("too ill-conditioned for a bound");
        };
        let value = y[i].to_f64();
        mean += value / m;
        square += value * value / m;
        mean_bound += bound / m;
        square_bound += (2.0 * judged.truth.normalized[i].abs() + bound) * bound / m;
    }
    let rounding = (m + 2.0) * f64::UNIT_ROUNDOFF;
    let one = |name: &str, got: f64, truth: f64, bound: f64| {
        let expected = Expected::new(Wide::exact(truth), bound + rounding);
        compare_one(
            &|| format!("{name} of channel {c}, called with γ = 1, β = 0, ε = 0"),
            got,
            expected,
        )
    };
    one("mean of y", mean, 0.0, mean_bound).and(|| one("mean of y²", square, 1.0, square_bound))
}

/// γ = 1 and β = 0.
fn plain<T: Real>(case: &Case<T>) -> Case<T> {
    let all = |value: f64| vec![T::from_f64(value); case.shape.channels];
    Case { gamma: all(1.0), beta: all(0.0), ..case.clone() }
}

/// With γ = 1 and β = 0, y = (x − μ)/√(σ² + ε) for an ε that matters.
pub(super) fn divides_by_the_root<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = plain(case);
    let y = forward(target, &case)?;
    let judged = Judged::new(Strength::Must, &case);
    Ok(compare("called with γ = 1, β = 0: y", &y, |i| judged.y(&case, i)))
}

/// y(γ, β) = γ·y(1, 0) + β.
pub(super) fn affine<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let bare = plain(case);
    let (y, normalized) = (forward(target, case)?, forward(target, &bare)?);
    let judged = Judged::new(Strength::Must, case);
    let judged_bare = Judged::new(Strength::Must, &bare);
    Ok(compare("y", &y, |i| {
        let c = case.shape.channel_of(i);
        let (gamma, beta) = (case.gamma[c].to_f64(), case.beta[c].to_f64());
        let expected = gamma * normalized[i].to_f64() + beta;
        // This f64 line rounds twice itself.
        let rounding = 2.0 * f64::UNIT_ROUNDOFF * (expected.abs() + beta.abs());
        let bound = judged.bound(case, i)? + gamma.abs() * judged_bare.bound(&bare, i)? + rounding;
        Some(Expected::new(Wide::exact(expected), bound))
    }))
}

/// Adding an exact constant, scaling by a power of two (ε by its square) and flipping the sign.
pub(super) fn is_invariant<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let judged = Judged::new(Strength::Must, case);
    let mut verdict = Verdict::HOLDS;
    for (factor, shift) in [(1.0, 3.0), (8.0, 0.0), (0.25, -1.0)] {
        let y = forward(target, &moved(case, factor, shift))?;
        let moved_bound = Judged::new(Strength::Must, &moved(case, factor, shift));
        verdict = verdict.and(|| {
            compare(&format!("y of {factor}·x + {shift}, "), &y, |i| {
                let one = judged.y(case, i)?;
                Some(Expected { bound: one.bound + moved_bound.bound(case, i)?, ..one })
            })
        });
    }
    let flipped = moved(&plain(case), -1.0, 0.0);
    let y = forward(target, &flipped)?;
    let judged = Judged::new(Strength::Must, &plain(case));
    Ok(verdict.and(|| {
        compare("y of −x, ", &y, |i| {
            let one = judged.y(case, i)?;
            Some(Expected { truth: one.truth.negated(), ..one })
        })
    }))
}

fn moved<T: Real>(case: &Case<T>, factor: f64, shift: f64) -> Case<T> {
    let x = case.x.iter().map(|x| T::from_f64(factor * x.to_f64() + shift)).collect();
    Case { x, epsilon: case.epsilon * factor * factor, ..case.clone() }
}

/// A constant channel gives β, bit for bit.
pub(super) fn constant_gives_beta<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let y = forward(target, case)?;
    let beta: Vec<T> = (0..y.len()).map(|i| case.beta[case.shape.channel_of(i)]).collect();
    Ok(same_bits("y", &y, &beta, "β bitwise: a constant channel has x − μ = 0"))
}

/// One value per channel gives β within its bound, unless the dialect refuses it.
pub(super) fn single_gives_beta<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let batch_norm = normalizer(target)?;
    if batch_norm.dialect().refuses_single_value {
        return Ok(super::arguments::names(
            "shape",
            "forward with m = 1",
            case.forward(batch_norm),
        ));
    }
    agrees(Strength::Must, target, case)
}

/// A NaN or an infinity makes its own channel NaN and no other.
pub(super) fn non_finite_poisons<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let judged = Judged::new(Strength::Must, case);
    let mut verdict = Verdict::HOLDS;
    for (n, poison) in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].into_iter().enumerate() {
        let c = n % case.shape.channels;
        let k = (7 * n) % case.shape.per_channel();
        let mut poisoned = case.clone();
        poisoned.x[case.shape.index(k, c)] = T::from_f64(poison);
        let y = forward(target, &poisoned)?;
        let why =
            format!("every y of channel {c}, whose x[{}] is {poison}", case.shape.index(k, c));
        let mine = y.iter().copied().enumerate().filter(|(i, _)| case.shape.channel_of(*i) == c);
        verdict = verdict.and(|| all_nan("y", &mut mine.into_iter(), &why)).and(|| {
            compare("y", &y, |i| judged.y(case, i).filter(|_| case.shape.channel_of(i) != c))
        });
    }
    Ok(verdict)
}

/// 0/0 is NaN: neither hidden as 0 nor blown up.
pub(super) fn zero_over_zero<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let y = forward(target, case)?;
    let why = "σ² = 0 and ε = 0: the formula is 0/0";
    Ok(all_nan("y", &mut y.iter().copied().enumerate(), why))
}

/// No channel: every function that is offered succeeds.
pub(super) fn no_channel_succeeds<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let batch_norm = normalizer(target)?;
    let calls = [
        ("forward", case.forward(batch_norm).map(drop)),
        ("train_step", case.train_step(batch_norm).map(drop)),
        ("inference", case.inference(batch_norm).map(drop)),
        ("backward", case.backward(batch_norm).map(drop)),
        ("inference_backward", case.inference_backward(batch_norm).map(drop)),
    ];
    for (call, result) in calls {
        match yields(call, result) {
            Ok(()) | Err(Verdict::NotOffered) => {}
            Err(verdict) => return Ok(verdict),
        }
    }
    Ok(Verdict::HOLDS)
}
