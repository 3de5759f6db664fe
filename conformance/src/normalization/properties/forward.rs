//! The forward pass: what must hold of either normalisation.

use super::forward;
use crate::arguments::names;
use crate::compare::{Expected, all_nan, compare, compare_one, same_bits};
use crate::exact::Wide;
use crate::normalization::truth::ForwardTruth;
use crate::normalization::{Along, Case, Kind, bounds};
use crate::technique::{Function, outputs_of};
use crate::verdict::{Checked, Strength, Verdict, yields};
use crate::{Real, Target};

/// The truth and the bound of every y of a case.
pub(crate) struct Judged {
    truth: ForwardTruth,
    bounds: bounds::ForwardBounds,
}

impl Judged {
    pub(crate) fn new<T: Real, K: Kind>(strength: Strength, case: &Case<T, K>) -> Self {
        let truth = ForwardTruth::for_strength(case, strength);
        let bounds = bounds::forward(strength, case, &truth);
        Self { truth, bounds }
    }

    /// What y\[i\] must be, where the bound applies.
    pub(crate) fn y<T: Real, K: Kind>(&self, case: &Case<T, K>, i: usize) -> Option<Expected> {
        let bound = self.bound(case, i)?;
        let scaled = (case.gamma_of(i) * self.truth.normalized[i]).abs();
        let largest = scaled.max(case.beta_of(i).abs());
        Some(Expected::new(self.truth.y[i], bound).of_terms(largest))
    }

    pub(crate) fn bound<T: Real, K: Kind>(&self, case: &Case<T, K>, i: usize) -> Option<f64> {
        let applies = self.bounds.applies[case.groups().of(i)];
        applies.then(|| self.bounds.y[i] + self.truth.uncertainty[i])
    }
}

/// y is the formula's, within the bound of that strength.
pub(crate) fn agrees<T: Real, K: Kind>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let y = forward(target, case)?;
    let judged = Judged::new(strength, case);
    Ok(compare("y", &y, |i| judged.y(case, i)))
}

/// Swapping the first and the last value of every group, with their γ and β, swaps their outputs and
/// no others.
///
/// In a channel the two belong to different images and different pixels, wherever there are any:
/// statistics of one image, or of one pixel over the images, would change.
pub(crate) fn permutes<T: Real, K: Kind>(target: &dyn Target<T>, case: &Case<T, K>) -> Checked {
    let mut swapped = case.clone();
    swapped.x = (0..case.x.len()).map(|i| case.x[origin(case, i)]).collect();
    if K::ALONG == Along::Rows {
        let last = case.shape.channels - 1;
        swapped.gamma.swap(0, last);
        swapped.beta.swap(0, last);
    }
    let (y, y_swapped) = (forward(target, case)?, forward(target, &swapped)?);
    let judged = Judged::new(Strength::Must, case);
    let with = if K::ALONG == Along::Rows { ", with their γ and β," } else { "" };
    let what = format!("first and last value of each {}{with} swapped: y", K::GROUP);
    Ok(compare(&what, &y_swapped, |i| {
        let origin = origin(case, i);
        let bound = 2.0 * judged.bound(case, origin)?;
        Some(Expected::new(Wide::exact(y[origin].to_f64()), bound))
    }))
}

/// Where the value comes from that stands at index `i` after the swap.
fn origin<T: Real, K: Kind>(case: &Case<T, K>, i: usize) -> usize {
    let groups = case.groups();
    let (k, last) = (groups.place_of(i), groups.size() - 1);
    let from = match k {
        0 => last,
        _ if k == last => 0,
        _ => k,
    };
    groups.index(from, groups.of(i))
}

/// Other values in the last group leave the outputs of the others as they were.
pub(crate) fn groups_stay_apart<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let groups = case.groups();
    let last = groups.count() - 1;
    if last == 0 {
        return Ok(Verdict::CannotTell("one group has no neighbour"));
    }
    let mut other = case.clone();
    for (k, i) in groups.indices(last).enumerate() {
        other.x[i] = T::from_f64(3.0 * other.x[i].to_f64() + 100.0 * (k % 3) as f64);
    }
    let (y, y_other) = (forward(target, case)?, forward(target, &other)?);
    let judged = Judged::new(Strength::Must, case);
    Ok(compare(&format!("after x of the last {} changed: y", K::GROUP), &y_other, |i| {
        let bound = 2.0 * judged.bound(case, i)?;
        let mine = groups.of(i) != last;
        mine.then(|| Expected::new(Wide::exact(y[i].to_f64()), bound))
    }))
}

/// With ε = 0, γ = 1, β = 0 the outputs have mean 0 and mean square 1.
pub(crate) fn standardises<T: Real, K: Kind>(target: &dyn Target<T>, case: &Case<T, K>) -> Checked {
    let case = plain(&Case { epsilon: 0.0, ..case.clone() });
    let y = forward(target, &case)?;
    let judged = Judged::new(Strength::Must, &case);
    let mut verdict = Verdict::CannotTell("every group is too ill-conditioned");
    for g in 0..case.groups().count() {
        verdict = verdict.and(|| moments_are_standard(&case, &y, &judged, g));
    }
    Ok(verdict)
}

/// |mean y| ≤ mean b and |mean y² − 1| ≤ mean (2|x̂|b + b²), b the bound of each y; the two means
/// themselves are rounded m times in f64.
fn moments_are_standard<T: Real, K: Kind>(
    case: &Case<T, K>,
    y: &[T],
    judged: &Judged,
    g: usize,
) -> Verdict {
    let m = case.groups().size() as f64;
    let (mut mean, mut square, mut mean_bound, mut square_bound) = (0.0, 0.0, 0.0, 0.0);
    for i in case.groups().indices(g) {
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
        let place = || format!("{name} of {} {g}, called with γ = 1, β = 0, ε = 0", K::GROUP);
        compare_one(&place, got, expected)
    };
    one("mean of y", mean, 0.0, mean_bound).and(|| one("mean of y²", square, 1.0, square_bound))
}

/// γ = 1 and β = 0.
fn plain<T: Real, K: Kind>(case: &Case<T, K>) -> Case<T, K> {
    let all = |value: f64| vec![T::from_f64(value); case.shape.channels];
    Case { gamma: all(1.0), beta: all(0.0), ..case.clone() }
}

/// With γ = 1 and β = 0, y = (x − μ)/√(σ² + ε) for an ε that matters.
pub(crate) fn divides_by_the_root<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let case = plain(case);
    let y = forward(target, &case)?;
    let judged = Judged::new(Strength::Must, &case);
    Ok(compare("called with γ = 1, β = 0: y", &y, |i| judged.y(&case, i)))
}

/// y(γ, β) = γ·y(1, 0) + β.
pub(crate) fn affine<T: Real, K: Kind>(target: &dyn Target<T>, case: &Case<T, K>) -> Checked {
    let bare = plain(case);
    let (y, normalized) = (forward(target, case)?, forward(target, &bare)?);
    let judged = Judged::new(Strength::Must, case);
    let judged_bare = Judged::new(Strength::Must, &bare);
    Ok(compare("y", &y, |i| {
        let (gamma, beta) = (case.gamma_of(i), case.beta_of(i));
        let expected = gamma * normalized[i].to_f64() + beta;
        // This f64 line rounds twice itself.
        let rounding = 2.0 * f64::UNIT_ROUNDOFF * (expected.abs() + beta.abs());
        let bound = judged.bound(case, i)? + gamma.abs() * judged_bare.bound(&bare, i)? + rounding;
        Some(Expected::new(Wide::exact(expected), bound))
    }))
}

/// Adding an exact constant, scaling by a power of two (ε by its square) and flipping the sign.
pub(crate) fn is_invariant<T: Real, K: Kind>(target: &dyn Target<T>, case: &Case<T, K>) -> Checked {
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

fn moved<T: Real, K: Kind>(case: &Case<T, K>, factor: f64, shift: f64) -> Case<T, K> {
    let x = case.x.iter().map(|x| T::from_f64(factor * x.to_f64() + shift)).collect();
    Case { x, epsilon: case.epsilon * factor * factor, ..case.clone() }
}

/// A constant group gives β, bit for bit.
pub(crate) fn constant_gives_beta<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let y = forward(target, case)?;
    let beta: Vec<T> = (0..y.len()).map(|i| case.beta[case.shape.channel_of(i)]).collect();
    let why = format!("β bitwise: a constant {} has x − μ = 0", K::GROUP);
    Ok(same_bits("y", &y, &beta, &why))
}

/// One value per group gives β within its bound, unless the dialect refuses it.
pub(crate) fn single_gives_beta<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    if K::refuses_single(target) {
        return Ok(names("shape", "forward of groups of one value", case.forward(target)));
    }
    agrees(Strength::Must, target, case)
}

/// A NaN or an infinity makes its own group NaN and no other.
pub(crate) fn non_finite_poisons<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let (judged, groups) = (Judged::new(Strength::Must, case), case.groups());
    let mut verdict = Verdict::HOLDS;
    for (n, poison) in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].into_iter().enumerate() {
        let g = n % groups.count();
        let i = groups.index((7 * n) % groups.size(), g);
        let mut poisoned = case.clone();
        poisoned.x[i] = T::from_f64(poison);
        let y = forward(target, &poisoned)?;
        let why = format!("every y of {} {g}, whose x[{i}] is {poison}", K::GROUP);
        let mut mine = groups.indices(g).map(|i| (i, y[i]));
        verdict = verdict.and(|| all_nan("y", &mut mine, &why)).and(|| {
            let what = format!("with x[{i}] = {poison}: y");
            compare(&what, &y, |i| judged.y(case, i).filter(|_| groups.of(i) != g))
        });
    }
    Ok(verdict)
}

/// 0/0 is NaN: neither hidden as 0 nor blown up.
pub(crate) fn zero_over_zero<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    let y = forward(target, case)?;
    let why = "σ² = 0 and ε = 0: the formula is 0/0";
    Ok(all_nan("y", &mut y.iter().copied().enumerate(), why))
}

/// Nothing to normalise: every function that is offered succeeds.
pub(crate) fn nothing_succeeds<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Checked {
    for function in K::Function::ALL.iter().filter(|function| K::concerns(**function, case)) {
        let result = outputs_of::<K, T>(*function, target, case);
        match yields(function.name(), result) {
            Ok(_) | Err(Verdict::NotOffered) => {}
            Err(verdict) => return Ok(verdict),
        }
    }
    Ok(Verdict::HOLDS)
}
