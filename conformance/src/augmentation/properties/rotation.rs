//! Rotations: by 320 bits, at quarter turns bit for bit.

use super::{Case, Function, Must, Strength, ask};
use crate::augmentation::truth::{self, Origin, channels, origins, place_error, size_of};
use crate::augmentation::{ImageShape, Interpolation, Rotation};
use crate::compare::{compare_one, same_bits};
use crate::verdict::{Checked, Verdict};
use crate::{Real, Target};

const NOTHING_INSIDE: Verdict = Verdict::CannotTell("no pixel is told from its neighbours");

/// The case with another rotation.
fn turned<T: Real>(case: &Case<T>, degrees: f64, interpolation: Interpolation) -> Case<T> {
    let rotation = Rotation { degrees, interpolation, ..case.rotation };
    Case { rotation, ..case.clone() }
}

/// AUG-01, AUG-05.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let case = turned(case, case.rotation.degrees, Interpolation::Bilinear);
    let (y, size) = (ask(target, &case, Function::Rotate)?, size_of(case.shape));
    let origins = origins(size, case.rotation.degrees, place_error::<T>(strength, size));
    let mut verdict = NOTHING_INSIDE;
    for (start, channel) in channels(&case) {
        for (k, origin) in origins.iter().enumerate() {
            let Origin::Inside(place) = origin else { continue };
            let one = truth::bilinear(strength, channel, size, place);
            verdict = verdict
                .and(|| compare_one::<T>(&|| format!("y[{}]", start + k), y[start + k], one));
        }
    }
    Ok(verdict)
}

/// AUG-02.
pub(super) fn nearest<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = turned(case, case.rotation.degrees, Interpolation::Nearest);
    let (y, size) = (ask(target, &case, Function::Rotate)?, size_of(case.shape));
    let origins = origins(size, case.rotation.degrees, place_error::<T>(Must, size));
    let mut verdict = NOTHING_INSIDE;
    for (start, channel) in channels(&case) {
        for (k, origin) in origins.iter().enumerate() {
            let Origin::Inside(place) = origin else { continue };
            let Some([row, column]) = place.nearest else { continue };
            let (place, expected) = (start + k, channel[row * size[1] + column]);
            let why = format!("row {row}, column {column}, bit for bit");
            let name = format!("element {place} of y");
            verdict = verdict.and(|| same_bits(&name, &y[place..=place], &[expected], &why));
        }
    }
    Ok(verdict)
}

/// AUG-03: every quarter turn whose source is whole pixels.
pub(super) fn quarters<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let size = size_of(case.shape);
    let is_even = (size[0] + size[1]).is_multiple_of(2);
    let mut verdict = Verdict::HOLDS;
    for degrees in [0.0_f64, 90.0, 180.0, 270.0, -90.0, -180.0, 450.0, 36_090.0, -36_180.0] {
        if !is_even && (degrees / 90.0).rem_euclid(2.0) == 1.0 {
            continue;
        }
        let origins = origins(size, degrees, 0.0);
        for interpolation in [Interpolation::Bilinear, Interpolation::Nearest] {
            let case = turned(case, degrees, interpolation);
            let y = ask(target, &case, Function::Rotate)?;
            let mut expected = vec![T::from_f64(case.rotation.fill); y.len()];
            for (start, channel) in channels(&case) {
                for (k, origin) in origins.iter().enumerate() {
                    let Origin::Inside(place) = origin else { continue };
                    let Some([row, column]) = place.nearest else { continue };
                    expected[start + k] = channel[row * size[1] + column];
                }
            }
            let name = format!("{interpolation:?} by {degrees} degrees, y");
            let why = "quarter turns move pixels, bit for bit";
            verdict = verdict.and(|| same_bits(&name, &y, &expected, why));
        }
    }
    Ok(verdict)
}

/// AUG-03: of a square, or a square that is cut out of the image.
pub(super) fn four_quarters<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let ImageShape { count, channels: c, height, width } = case.shape;
    let side = height.min(width);
    let shape = ImageShape::new(count, c, side, side);
    let x = case.x[..shape.len()].to_vec();
    let mut turned = Case { shape, ..turned(case, 90.0, case.rotation.interpolation) };
    turned.x.clone_from(&x);
    for _ in 0..4 {
        turned.x = ask(target, &turned, Function::Rotate)?;
    }
    Ok(same_bits("x after four quarter turns, element ", &turned.x, &x, "the identity"))
}

/// AUG-04: inside the constant, outside fill, nothing in between.
pub(super) fn constant<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let size = size_of(case.shape);
    let value = case.x.first().copied().unwrap_or(T::from_f64(0.1));
    let fill = T::from_f64(case.rotation.fill);
    let mut constant = case.clone();
    constant.x.fill(value);
    let y = ask(target, &constant, Function::Rotate)?;
    let origins = origins(size, case.rotation.degrees, place_error::<T>(Must, size));
    let mut verdict = NOTHING_INSIDE;
    for (start, _) in channels(&constant) {
        for (k, origin) in origins.iter().enumerate() {
            let (expected, why) = match origin {
                Origin::Inside(_) => (value, "a constant image stays constant"),
                Origin::Outside => (fill, "outside of the image is fill"),
                Origin::Edge => continue,
            };
            let place = start + k;
            let name = format!("element {place} of y");
            verdict = verdict.and(|| same_bits(&name, &y[place..=place], &[expected], why));
        }
    }
    Ok(verdict)
}
