//! Augmentation as the shared machinery knows it.

use std::collections::BTreeSet;

use super::mistakes::{self, Mistake};
use super::truth::{self, Origin, channels, origins, place_error, size_of};
use super::{Case, Function, Interpolation, Rotation, Transform, inputs, properties};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probes, Symptom, bits_that_differ, probes_of};
use crate::exact::Wide;
use crate::inputs::unit_at;
use crate::technique::{Technique, of_its_module};
use crate::verdict::Strength;
use crate::{Draw, Real, Stream, Target};

use super::{Axis, Blur, Border, Crop, Erasure, ImageShape, Noise, Rectangle, Shift};

/// Augmentation, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Augment;

impl Technique for Augment {
    const NAME: &'static str = "augmentation";
    const PREFIX: &'static str = "AUG";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["AUG-27", "AUG-28"];

    of_its_module!(augmentation, |to| to);

    fn probes<T: Real>() -> Probes<Self, T> {
        let plain = ordinary::<T>(ImageShape::new(3, 2, 4, 5), 17.0);
        let spoilt = plain.spoilt().into_iter().filter(Spoilt::is_of_the_case);
        let invalid = probes_of(spoilt.map(|spoilt| spoilt.case).collect(), true);
        Probes { valid: probes_of(valid(), false), invalid }
    }

    /// Moved pixels may be anything; what is computed with stays in the range of `f32`.
    fn is_telling<T: Real>(case: &Case<T>) -> bool {
        let fits =
            |v: &T| !v.is_finite() || v.to_f64() == 0.0 || (1e-9..1e9).contains(&v.to_f64().abs());
        case.x.iter().chain(&case.normals).all(fits)
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.shape.len() * (1 + case.choices.len())
    }

    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let sign = if trial.is_multiple_of(2) { 1.0 } else { -1.0 };
        (Mistake { slip: sign * T::UNIT_ROUNDOFF, ..mistake }, case.clone())
    }

    /// With a generator of its own a target's plans are its own.
    fn by_choice<T: Real>(target: &dyn Target<T>, function: Function, _: &Case<T>) -> bool {
        let follows = target.augmentation().is_some_and(|own| own.follows_the_map());
        !follows && function.draws()
    }

    /// `rounding` (more than half a unit), another result of the same call, threads and levels.
    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        let long = ordinary::<T>(ImageShape::new(5, 2, 16, 17), 17.0);
        let mut seen = BTreeSet::new();
        if half_units && T::DIGITS == 24 {
            seen.extend(roundings(target, &long));
        }
        if long.ask(Function::Augment, target) != long.ask(Function::Augment, target) {
            seen.insert(Symptom("again", "augment"));
        }
        if properties::guesses_answers(target, &long) {
            seen.insert(Symptom("miscounted", "back_translate"));
        }
        seen.extend(bits_that_differ::<Self, T>(target, &long));
        seen
    }
}

/// Images of numbers that are no simple fractions, with one choice of every kind.
fn ordinary<T: Real>(shape: ImageShape, degrees: f64) -> Case<T> {
    let all = |seed| (0..shape.len()).map(|i| T::from_f64(unit_at(seed, i))).collect();
    let window = Rectangle { top: 1, left: 2, height: 3, width: 2 };
    Case {
        shape,
        x: all(1),
        normals: all(2),
        labels: (0..shape.count as u32).map(|i| i % 3).collect(),
        rotation: Rotation { degrees, interpolation: Interpolation::Bilinear, fill: 0.5 },
        axis: Axis::Horizontal,
        shift: Shift { down: 1, right: -2, fill: 0.25 },
        crop: Crop { padding: 2, window, fill: -0.5 },
        noise: Noise { deviation: 0.3, clamp: None },
        blur: Blur { deviation: 0.8, radius: 2, border: Border::Replicate },
        erasure: Erasure {
            rectangle: Rectangle { top: 1, left: 1, height: 2, width: 2 },
            fill: 0.7,
        },
        choices: inputs::of_every_kind(),
        draw: Draw { stream: Stream { seed: (9 << 32) + 4, number: 7, step: 3 }, first: 5 },
        text: inputs::of_every_fate(),
        withheld: 0,
    }
}

/// The nearest pixel, quarter turns past NaN, clamps and other borders, rectangles that do not fit, one
/// label at a time, and no element.
fn valid<T: Real>() -> Vec<Case<T>> {
    let plain = ordinary::<T>(ImageShape::new(3, 2, 4, 5), 17.0);
    let mut cases = vec![plain.clone()];
    let mut nearest = ordinary::<T>(ImageShape::new(2, 1, 6, 7), -33.0);
    nearest.rotation.interpolation = Interpolation::Nearest;
    nearest.noise.clamp = Some([-0.25, 0.75]);
    nearest.blur.border = Border::Reflect;
    nearest.axis = Axis::Vertical;
    cases.push(nearest);
    for degrees in [90.0, 180.0, -90.0] {
        let mut quarter = ordinary::<T>(ImageShape::new(1, 1, 4, 4), degrees);
        quarter.x[5] = T::from_f64(f64::NAN);
        quarter.x[10] = T::from_f64(f64::INFINITY);
        quarter.choices.clear();
        cases.push(quarter);
    }
    let mut flat = ordinary::<T>(ImageShape::new(20, 1, 2, 9), 75.0);
    flat.choices.retain(|choice| matches!(choice.transform, Transform::Erase { .. }));
    flat.choices[0].transform =
        Transform::Erase { share: [0.3, 0.9], aspect: [0.2, 3.0], attempts: 2, fill: 0.7 };
    cases.push(flat);
    cases.push(ordinary(ImageShape::new(0, 2, 4, 5), 17.0));
    cases
}

/// Whether any number is farther from the truth than the promise allows.
fn is_off<T: Real>(got: &[T], expected: impl Fn(usize) -> Option<(Wide, f64)>) -> bool {
    got.iter().enumerate().any(|(i, got)| {
        expected(i).is_some_and(|(truth, bound)| truth.distance(got.to_f64()) > bound)
    })
}

/// The symptoms of the last bits of `f32`.
fn roundings<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> impl Iterator<Item = Symptom> {
    let promise = Strength::Promise;
    let ask =
        |function| case.ask(function, target).map(|mut y| y.swap_remove(0)).unwrap_or_default();
    let size = size_of(case.shape);
    let origins = origins(size, case.rotation.degrees, place_error::<T>(promise, size));
    let mut seen = Vec::new();
    let rotated = ask(Function::Rotate);
    let rotation_is_off = channels(case).any(|(start, channel)| {
        let got = rotated.get(start..start + channel.len()).unwrap_or_default();
        is_off(got, |k| match &origins[k] {
            Origin::Inside(place) => {
                let one = truth::bilinear(promise, channel, size, place);
                Some((one.truth, one.bound))
            }
            _ => None,
        })
    });
    if rotation_is_off {
        seen.push(Symptom("rounding", "rotate"));
    }
    if is_off(&ask(Function::AddNoise), |i| {
        let one = truth::noisy(promise, case.noise, case.x[i], case.normals[i]);
        Some((one.truth, one.bound))
    }) {
        seen.push(Symptom("rounding", "add_noise"));
    }
    let blurred = ask(Function::Blur);
    let blur_is_off = channels(case).any(|(start, channel)| {
        let expected = truth::blurred(promise, case.blur, channel, size);
        let got = blurred.get(start..start + channel.len()).unwrap_or_default();
        is_off(got, |k| Some((expected[k].truth, expected[k].bound)))
    });
    if blur_is_off {
        seen.push(Symptom("rounding", "blur"));
    }
    seen.into_iter()
}
