//! Dropout as the shared machinery knows it.

use std::collections::BTreeSet;

use super::mistakes::{self, Mistake};
use super::{Case, Function, inputs, properties};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probes, Symptom, bits_that_differ, probes_of};
use crate::technique::{Technique, of_its_module};
use crate::{Real, Stream, Target, ulp};

/// Dropout, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drop;

impl Technique for Drop {
    const NAME: &'static str = "dropout";
    const PREFIX: &'static str = "DRP";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["DRP-14", "DRP-15"];

    of_its_module!(dropout, |to| &mut to[0]);

    fn probes<T: Real>() -> Probes<Self, T> {
        let plain = ordinary::<T>(5, 0.3, 90);
        let spoilt = plain.spoilt().into_iter().filter(Spoilt::is_of_the_case);
        let invalid = probes_of(spoilt.map(|spoilt| spoilt.case).collect(), true);
        Probes { valid: probes_of(valid(), false), invalid }
    }

    fn is_telling<T: Real>(case: &Case<T>) -> bool {
        let fits =
            |v: &T| v.is_nan() || v.to_f64() == 0.0 || (1e-30..1e30).contains(&v.to_f64().abs());
        let p = case.drop_probability;
        (p == 1.0 || 1.0 - p > 1e-3) && case.x.iter().chain(&case.dy).all(fits)
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.x.len()
    }

    /// Values move by 4u, and by as much more as 1 − p may be off where p is rounded to `T`.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let sign = if trial.is_multiple_of(2) { 1.0 } else { -1.0 };
        let p = case.drop_probability;
        let condition = if p < 1.0 { p / (1.0 - p) } else { 0.0 };
        let slip = sign * (4.0 + condition) * T::UNIT_ROUNDOFF;
        (Mistake { slip, ..mistake }, case.clone())
    }

    /// With a generator of its own a target drops what it drops.
    fn by_choice<T: Real>(target: &dyn Target<T>, function: Function, case: &Case<T>) -> bool {
        let follows = target.dropout().is_some_and(|dropout| dropout.follows_the_map());
        let certain = [0.0, 1.0].contains(&case.drop_probability);
        !follows && function.draws() && !certain
    }

    /// `rounding` (more than half a unit), threads and levels.
    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        let long = ordinary::<T>(0, 0.3, 4001);
        let mut seen = BTreeSet::new();
        if half_units && T::DIGITS == 24 && errs(target, &long) {
            seen.insert(Symptom("rounding", "forward"));
        }
        seen.extend(bits_that_differ::<Self, T>(target, &long));
        seen
    }
}

/// Values from −1 to 3 that are no simple fractions, half of them kept.
fn ordinary<T: Real>(first: u64, p: f64, length: usize) -> Case<T> {
    let stream = Stream { seed: (9 << 32) + 4, number: 7, step: 1 << 20 };
    let mut case = inputs::long(stream, first, p, length);
    case.x.iter_mut().step_by(3).for_each(|x: &mut T| *x = -*x);
    case
}

/// Probabilities on both sides of ½, the ends, ties, kept and dropped NaN, no element.
fn valid<T: Real>() -> Vec<Case<T>> {
    let mut cases = vec![ordinary(0, 0.3, 70), ordinary(40, 0.8, 65), ordinary(3, 0.5, 33)];
    for p in [0.0, 1.0] {
        let whole = ordinary::<T>(0, p, 20);
        cases.push(Case { keep: vec![p == 0.0; 20], ..whole });
    }
    // Ten bits of p are its own: sixteen, eight and 48 decide differently.
    let p = 0.3;
    let threshold = (p * 2_f64.powi(48)) as u64;
    let (half, tie) = ((threshold >> 32) as u16, threshold as u32);
    for (half, tie) in [
        (half, tie),
        (half, tie - 1),
        (half, u32::MAX),
        (half, 0),
        (half - 1, u32::MAX),
        (half + 1, 0),
    ] {
        cases.push(Case { half, tie, ..ordinary(0, p, 1) });
    }
    // The same for a share that is a multiple of 1/256: only the threshold itself tells.
    cases.push(Case { half: 0x4000, tie: 0, ..ordinary(0, 0.25, 1) });
    let mut nan = ordinary(0, 0.3, 12);
    let kept = nan.keep.iter().position(|keep| *keep).unwrap_or_default();
    let dropped = nan.keep.iter().position(|keep| !keep).unwrap_or_default();
    nan.x[kept] = T::from_f64(f64::NAN);
    nan.x[dropped] = T::from_f64(f64::INFINITY);
    nan.dy[dropped] = T::from_f64(f64::NAN);
    cases.push(nan);
    cases.push(ordinary(0, 0.3, 0));
    cases
}

/// Whether a kept value is off by more than half a unit in the last place.
fn errs<T: Real>(target: &dyn Target<T>, long: &Case<T>) -> bool {
    let got = long.ask(Function::ForwardGiven, target).unwrap_or_default();
    let off = |((got, x), keep): ((&T, &T), &bool)| {
        let truth = x.to_f64() / (1.0 - long.drop_probability);
        *keep && (got.to_f64() - truth).abs() > 0.502 * ulp::<T>(truth)
    };
    got.iter().zip(&long.x).zip(&long.keep).any(off)
}
