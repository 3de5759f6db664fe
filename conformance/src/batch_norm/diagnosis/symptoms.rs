//! Mistakes that show only where the data are hard, or only in the last bits.
//!
//! Their numbers are junk that nobody else gets digit by digit, so what is compared is *where* a
//! target is wrong: on constant channels, far from zero, at the ends of the range, by more than half
//! a unit in the last place, between thread counts. Each mistake is put through the same and has a
//! set of such symptoms; a target with the same set has that mistake. A target with more symptoms
//! than one mistake explains has several, if together they explain all.

use std::collections::BTreeSet;

use super::answer::{Answer, Part, agrees, ask};
use super::probe::case;
use crate::batch_norm::Case;
use crate::batch_norm::mistakes::{Mistake, all};
use crate::mistake::{MistakeInfo, Trace};
use crate::{Real, Shape, Target, ulp};

/// Where a target is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Symptom {
    /// A constant channel does not give β.
    Constant,
    /// Junk where the mean is 2^(⅔ digits) standard deviations.
    FarFromZero(Part),
    /// Junk where x is in range, but not its square.
    Range(Part),
    /// More than half a unit in the last place where nothing is hard.
    Rounding(Part),
    /// Other bits on another number of threads.
    Threads,
    /// Other bits at another instruction-set level.
    Levels,
}

/// The mistakes that have the target's symptoms, best first.
pub(super) fn find<T: Real>(target: &dyn Target<T>) -> (Vec<&'static MistakeInfo>, usize) {
    let seen = symptoms(target, target.promises());
    if seen.is_empty() {
        return (Vec::new(), 0);
    }
    let known: Vec<_> = all()
        .iter()
        .filter(|mistake| [Trace::Rounding, Trace::Bits].contains(&mistake.info.trace))
        .filter(|mistake| mistake.info.bites_in(T::NAME))
        .map(|mistake| (&mistake.info, symptoms::<T>(mistake, target.promises())))
        .collect();
    (cover(&seen, known), seen.len())
}

/// The one mistake that has just these symptoms, else up to three that have all of them together.
fn cover(
    seen: &BTreeSet<Symptom>,
    mut known: Vec<(&'static MistakeInfo, BTreeSet<Symptom>)>,
) -> Vec<&'static MistakeInfo> {
    known.retain(|(info, own)| !own.is_empty() && required(info, own).is_subset(seen));
    let mut left = seen.clone();
    let mut found = Vec::new();
    while found.len() < 3 && !left.is_empty() {
        let news = |own: &BTreeSet<Symptom>| own.intersection(&left).count();
        let beyond = |own: &BTreeSet<Symptom>| own.difference(seen).count();
        let Some((info, own)) =
            known.iter().max_by_key(|(_, own)| (news(own), usize::MAX - beyond(own)))
        else {
            break;
        };
        if news(own) == 0 {
            break;
        }
        found.push(*info);
        left = left.difference(own).copied().collect();
    }
    if left.is_empty() { found } else { Vec::new() }
}

/// The symptoms that a target with this mistake must have. Bits that change may come without junk.
fn required(info: &MistakeInfo, own: &BTreeSet<Symptom>) -> BTreeSet<Symptom> {
    let bits = [Symptom::Threads, Symptom::Levels];
    own.iter().copied().filter(|s| info.trace != Trace::Bits || bits.contains(s)).collect()
}

/// The symptoms of a target. Half units are asked of those that promise them, where one rounding can keep them.
fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
    let mut seen = BTreeSet::new();
    let mut note = |symptom, is_seen: bool| {
        if is_seen {
            seen.insert(symptom);
        }
    };
    let shape = Shape::new(7, 6, 1);
    note(Symptom::Constant, errs(target, &constant(), Part::Forward, &|_, _| 0.0));
    let far = case(shape, f64::from(T::DIGITS * 2 / 3).exp2(), 1.0, 1e-6);
    let plain = case(Shape::new(11, 9, 1), 0.7, 1.0, 1e-3);
    let half = |truth: f64, size: f64| 0.502 * ulp::<T>(truth) + 2_f64.powi(-32) * size;
    let junk = |_: f64, size: f64| 64.0 * 7.0 * T::UNIT_ROUNDOFF * size;
    for part in [Part::Forward, Part::Inference, Part::Backward, Part::InferenceBackward] {
        note(Symptom::FarFromZero(part), errs(target, &far, part, &junk));
        if half_units && T::DIGITS == 24 {
            note(Symptom::Rounding(part), errs(target, &plain, part, &half));
        }
    }
    for part in [Part::Forward, Part::Backward] {
        let edge = |power: f64| case::<T>(shape, 0.0, power, 0.0);
        let beyond = [T::MAX.powf(0.8), T::MIN_POSITIVE.powf(0.8)];
        let wrong = beyond.into_iter().any(|power| errs(target, &edge(power), part, &junk));
        note(Symptom::Range(part), wrong);
    }
    note(Symptom::Threads, differs_by_threads(target));
    note(Symptom::Levels, differs_by_levels(target));
    seen
}

/// Constant channels whose sums in order do not divide back to the constant.
fn constant<T: Real>() -> Case<T> {
    let plain = case(Shape::new(7, 6, 1), 1.0, 1.0, 1e-9);
    let x = |i: usize| T::from_f64(0.1 + 3.7 * plain.shape.channel_of(i) as f64);
    Case { x: (0..plain.shape.len()).map(x).collect(), ..plain }
}

/// Whether a first output of the target is further from the base, computed in `f64`, than `allowed`.
///
/// `allowed` is told the true value and the size of the terms it is made of.
fn errs<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    part: Part,
    allowed: &dyn Fn(f64, f64) -> f64,
) -> bool {
    let Some(batch_norm) = target.batch_norm() else { return false };
    let wide = ask::<f64>(&Mistake::BASE, &widened(case), part);
    let (Answer::Given(got), Answer::Given(truth)) = (ask(batch_norm, case, part), wide) else {
        return false;
    };
    let largest = |values: &[f64]| values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let shifts = matches!(part, Part::Forward | Part::Inference);
    let beta = case.beta.iter().fold(0.0_f64, |most, v| most.max(v.to_f64().abs()));
    let size = largest(&truth[0]) + if shifts { beta } else { 0.0 };
    let wrong = |(got, truth): (&f64, &f64)| !agrees(*got, (*truth, allowed(*truth, size)));
    got[0].iter().zip(&truth[0]).any(wrong)
}

fn widened<T: Real>(case: &Case<T>) -> Case<f64> {
    let wide = |values: &[T]| values.iter().map(|v| v.to_f64()).collect();
    Case {
        shape: case.shape,
        x: wide(&case.x),
        gamma: wide(&case.gamma),
        beta: wide(&case.beta),
        epsilon: case.epsilon,
        dy: wide(&case.dy),
        mean: wide(&case.mean),
        variance: wide(&case.variance),
        weight_of_new: case.weight_of_new,
        convention: case.convention,
    }
}

/// Every answer of a target to an input that is long enough to be split.
fn answers<T: Real>(target: &dyn Target<T>) -> Vec<Answer> {
    let long = case::<T>(Shape::new(4001, 2, 1), 3.0, 1.0, 1e-5);
    let asked = |batch_norm| Part::ALL.map(|part| ask(batch_norm, &long, part)).to_vec();
    target.batch_norm().map_or_else(Vec::new, asked)
}

fn differs_by_threads<T: Real>(target: &dyn Target<T>) -> bool {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok()?;
        Some(pool.install(|| answers(target)))
    };
    matches!((on(1), on(3)), (Some(one), Some(three)) if one != three)
}

fn differs_by_levels<T: Real>(target: &dyn Target<T>) -> bool {
    let variants = target.variants();
    let own = if variants.is_empty() { Vec::new() } else { answers(target) };
    variants.iter().any(|(_, variant)| answers(&**variant) != own)
}
