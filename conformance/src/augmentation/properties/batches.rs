//! Images and labels of a batch.

use evenkeel_reference::random::normal;

use super::map::same_plan;
use super::{
    Augmentation, Case, Function, Images, Operation, ask, offered, outputs, plan, plan_of_map,
};
use crate::augmentation::reference::carry;
use crate::augmentation::truth;
use crate::augmentation::{Choice, ImageShape, Labels, Transform};
use crate::call::{guarded, unwritten};
use crate::compare::{Expected, compare, same_bits};
use crate::verdict::{Checked, Strength, Verdict, yields};
use crate::{Draw, Real, Refusal, Target};

/// AUG-21: the rest of a batch.
pub(super) fn part_of_a_plan<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut case = case.clone();
    case.shape.count += 2; // a plan needs no pixels
    let mut rest = case.clone();
    rest.shape.count -= 2;
    rest.draw.first += 2;
    let (whole, rest) = (plan(target, &case)?, plan(target, &rest)?);
    let behind = &whole[2 * case.choices.len()..];
    Ok(same_plan::<T>("plan from image 2 on", &rest, behind, "an image's number decides"))
}

/// AUG-21: every image alone.
pub(super) fn part_of_a_batch<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let whole = outputs(target, case, Function::Augment)?;
    let per_image = case.shape.per_image();
    let mut verdict = Verdict::HOLDS;
    for i in 0..case.shape.count {
        let alone = outputs(target, &case.part(i, 1), Function::Augment)?;
        let (why, name) = ("as in the batch", format!("image {i} alone, y"));
        let expected = &whole[0][i * per_image..(i + 1) * per_image];
        verdict = verdict
            .and(|| same_bits(&name, &alone[0], expected, why))
            .and(|| same_bits("its label", &alone[1], &whole[1][i..=i], why));
    }
    Ok(verdict)
}

/// One operation by its own function; `None` for noise, whose normal numbers are not data here.
fn by_its_own<T: Real>(
    target: &dyn Augmentation<T>,
    shape: ImageShape,
    operation: &Operation,
    x: &[T],
) -> Option<Result<Vec<T>, Refusal>> {
    let (images, mut y) = (&Images { shape, x }, unwritten(x.len()));
    let to = &mut y;
    let result = guarded(|| match *operation {
        Operation::Rotate(rotation) => target.rotate(images, rotation, to),
        Operation::Flip(axis) => target.flip(images, axis, to),
        Operation::Shift(shift) => target.shift(images, shift, to),
        Operation::Crop(crop) => target.crop(images, crop, to),
        Operation::Noise(..) => Ok(()),
        Operation::Blur(blur) => target.blur(images, blur, to),
        Operation::Erase(erasure) => target.erase(images, erasure, to),
    });
    let is_noise = matches!(operation, Operation::Noise(..));
    (!is_noise).then_some(result.map(|()| y))
}

/// AUG-22: images without noise.
pub(super) fn in_order<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (y, operations) = (ask(target, case, Function::Apply)?, case.operations());
    let augmentation = offered(target)?;
    let (per_image, choices) = (case.shape.per_image(), case.choices.len());
    let mut verdict = Verdict::CannotTell("noise in every image");
    'images: for (i, image) in case.x.chunks(per_image).enumerate() {
        let mut expected = image.to_vec();
        for operation in operations[i * choices..(i + 1) * choices].iter().flatten() {
            let shape = ImageShape { count: 1, ..case.shape };
            let Some(next) = by_its_own(augmentation, shape, operation, &expected) else {
                continue 'images;
            };
            expected = yields("an operation by itself", next)?;
        }
        let (name, got) = (format!("image {i}, y"), &y[i * per_image..(i + 1) * per_image]);
        let why = "the operations by their own functions, one after the other";
        verdict = verdict.and(|| same_bits(&name, got, &expected, why));
    }
    Ok(verdict)
}

/// What the labels leave of a plan, and the labels afterwards.
fn carried<T: Real>(
    case: &Case<T>,
    mut operations: Vec<Option<Operation>>,
) -> (Vec<Option<Operation>>, Vec<T>) {
    let (mut labels, choices) = (case.labels.clone(), &case.choices);
    for (n, operation) in operations.iter_mut().enumerate() {
        let choice = &choices[n % choices.len()];
        carry(&choice.labels, operation, &mut labels[n / choices.len()]);
    }
    (operations, labels.iter().map(|label| T::from_f64(f64::from(*label))).collect())
}

/// AUG-23: the target's own plan, applied by itself.
pub(super) fn planned<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (operations, _) = carried(case, plan(target, case)?);
    let (images, mut expected) =
        (Images { shape: case.shape, x: &case.x }, unwritten(case.x.len()));
    let augmentation = offered(target)?;
    yields("apply", guarded(|| augmentation.apply(&images, &operations, &mut expected)))?;
    let y = ask(target, case, Function::Augment)?;
    Ok(same_bits("y", &y, &expected, "what apply makes of the plan"))
}

/// AUG-23: noise alone, by the normal numbers of the map.
pub(super) fn noise<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let noise = case.noise;
    let choice =
        Choice { probability: 1.0, transform: Transform::Noise(noise), labels: Labels::Keep };
    let case = Case { choices: vec![choice], ..case.clone() };
    plan_of_map(target, &case)?;
    let y = ask(target, &case, Function::Augment)?;
    let Draw { mut stream, first } = case.draw;
    stream.number += 1;
    let first = first * case.shape.per_image() as u64;
    let z = |i: usize| normal(stream.of_reference(), first + i as u64, 1.0).unwrap_or(f64::NAN);
    Ok(compare("y", &y, |i| {
        // A normal number is within 10u·|z| + 4u·2π·9.5 + 2√u of the map's: a bound for all of them.
        let u = T::UNIT_ROUNDOFF;
        let off = 350.0 * u + 2.0 * u.sqrt();
        let one = truth::noisy(Strength::Must, noise, case.x[i], T::from_f64(z(i)));
        Some(Expected { bound: one.bound + noise.deviation * off, ..one })
    }))
}

/// AUG-24: the target's own plan decides what is applied.
pub(super) fn labels<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (operations, expected) = carried::<T>(case, plan(target, case)?);
    let got = outputs(target, case, Function::Augment)?;
    let verdict = same_bits("labels_out", &got[1], &expected, "carried through what was applied");
    // An image whose every operation is struck out stays.
    let (per_image, choices) = (case.shape.per_image(), case.choices.len());
    let spared = |i: &usize| operations[i * choices..(i + 1) * choices].iter().all(Option::is_none);
    Ok((0..case.shape.count).filter(spared).fold(verdict, |verdict, i| {
        let part = i * per_image..(i + 1) * per_image;
        let name = format!("image {i}, to which nothing is applied, y");
        verdict.and(|| same_bits(&name, &got[0][part.clone()], &case.x[part], "it stays"))
    }))
}
