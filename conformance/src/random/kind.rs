//! Random numbers as the shared machinery knows them.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use super::mistakes::{self, Fault, Mistake};
use super::{Case, Function, properties};
use crate::diagnosis::{Probes, Symptom, bits_that_differ, probes_of};
use crate::technique::{Planted, Technique, of_its_module};
use crate::{Draw, Real, Stream, Target, ulp};

/// Random numbers, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source;

impl Technique for Source {
    const NAME: &'static str = "random";
    const PREFIX: &'static str = "RND";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["RND-13", "RND-14"];

    of_its_module!(random, |to| &mut to[0]);

    fn probes<T: Real>() -> Probes<Self, T> {
        let plain = ordinary(Stream { seed: 1, number: 2, step: 3 }, 5, 90);
        let spoilt = plain.spoilt().into_iter().map(|spoilt| spoilt.case).collect();
        Probes { valid: probes_of(valid(plain), false), invalid: probes_of(spoilt, true) }
    }

    /// A draw is what it is of at any size, but near the ends of the range rounding is another.
    fn is_telling<T: Real>(case: &Case<T>) -> bool {
        let fits = |size: f64| size == 0.0 || (1e-30..1e30).contains(&size);
        fits(case.bound) && fits(case.deviation)
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.length
    }

    /// Sizes move by 4u; angle and logarithm by as much as their arguments may be rounded.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let sign = if trial.is_multiple_of(2) { 1.0 } else { -1.0 };
        let by = 1.0 + sign * 4.0 * T::UNIT_ROUNDOFF;
        let moved = Case { bound: case.bound * by, deviation: case.deviation * by, ..case.clone() };
        (Mistake { slip: sign * 4.0 * T::UNIT_ROUNDOFF, ..mistake }, moved)
    }

    /// With a generator of its own a target's draws are its own.
    fn by_choice<T: Real>(target: &dyn Target<T>, function: Function, _: &Case<T>) -> bool {
        let follows = target.random().is_some_and(|random| random.follows_the_map());
        !follows && !function.gives_words()
    }

    /// `beyond the bound`, `rounding` (more than half a unit), threads and levels.
    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        let stream = Stream { seed: 11, number: 0, step: 1 };
        let long = ordinary(stream, 0, 4001);
        let mut seen = BTreeSet::new();
        if is_beyond(target, &long) {
            seen.insert(Symptom("beyond the bound", "uniform"));
        }
        if half_units && T::DIGITS == 24 && errs(target, &long) {
            seen.insert(Symptom("rounding", "normal"));
        }
        seen.extend(bits_that_differ::<Self, T>(target, &long));
        seen
    }
}

fn ordinary<T: Real>(stream: Stream, first: u64, length: usize) -> Case<T> {
    Case {
        counter: [1, 2, 3, 4],
        key: [5, 6],
        draw: Draw { stream, first },
        length,
        bound: 0.3,
        deviation: 0.7,
        precision: PhantomData,
    }
}

/// Streams that differ in every bit that counts, parts from anywhere, no element.
fn valid<T: Real>(plain: Case<T>) -> Vec<Case<T>> {
    let stream = Stream { seed: (9 << 32) + 4, number: 7, step: 1 << 20 };
    // Where the first word of a radius is below 2¹⁶.
    let far = Stream { seed: 0, number: 0, step: 0 };
    vec![
        plain.part(0, 70),
        ordinary(stream, 64, 65),
        ordinary(stream, (1 << 36) + 3, 40),
        ordinary(far, mistakes::far_element(far), 1),
        plain.part(0, 0),
        plain,
    ]
}

/// Whether an even draw is beyond its bound, which `f32` has to round.
fn is_beyond<T: Real>(target: &dyn Target<T>, long: &Case<T>) -> bool {
    let largest = |bound: f64| {
        let case = Case { bound, ..long.clone() };
        let draws = case.ask(Function::Uniform, target).unwrap_or_default();
        draws.iter().fold(0.0_f64, |most, draw| most.max(draw.to_f64().abs()))
    };
    // Of 4001 draws the largest is within 1/4000 of the bound: only where numbers are coarse does it
    // round to more.
    let bound = 1.6 * T::MIN_SUBNORMAL;
    largest(bound) > bound
}

/// Whether a normal draw is off by more than half a unit from the base's in `f64`.
fn errs<T: Real>(target: &dyn Target<T>, long: &Case<T>) -> bool {
    let wide: Case<f64> = ordinary(long.draw.stream, long.draw.first, long.length);
    let base = Mistake { fault: Fault::None, ..mistakes::BASE };
    let truth = wide.ask(Function::Normal, &*base.target::<f64>()).unwrap_or_default();
    let got = long.ask(Function::Normal, target).unwrap_or_default();
    let off = |(got, truth): (&T, &f64)| (got.to_f64() - truth).abs() > 0.502 * ulp::<T>(*truth);
    got.iter().zip(&truth).any(off)
}
