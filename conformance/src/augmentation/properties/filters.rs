//! Noise that is handed over, and blurs.

use super::{Case, Function, Strength, ask};
use crate::augmentation::truth::{self, channels, size_of};
use crate::augmentation::{Blur, Noise};
use crate::compare::{compare, compare_one, same_bits};
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Real, Target};

/// AUG-09, AUG-11: without a clamp, or with one.
pub(super) fn noise<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    clamped: bool,
) -> Checked {
    let clamp = clamped.then(|| case.noise.clamp.unwrap_or([-0.5, 0.9]));
    let noise = Noise { clamp, ..case.noise };
    let y = ask(target, &Case { noise, ..case.clone() }, Function::AddNoise)?;
    Ok(compare("y", &y, |i| Some(truth::noisy(strength, noise, case.x[i], case.normals[i]))))
}

/// AUG-10: with a clamp, and without one.
pub(super) fn clamped<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let verdict = noise(Strength::Must, target, case, true)?;
    let without = noise(Strength::Must, target, case, false)?;
    Ok(verdict.and(|| without))
}

/// AUG-09: nothing is added, nothing changes.
pub(super) fn no_noise<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let noise = Noise { deviation: 0.0, clamp: None };
    let y = ask(target, &Case { noise, ..case.clone() }, Function::AddNoise)?;
    Ok(same_bits("y", &y, &case.x, "without deviation and clamp all stays, bit for bit"))
}

/// AUG-10: in every range nothing passes an end, as the `f64` that it is; NaN stays NaN.
pub(super) fn in_range<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::HOLDS;
    for [low, high] in [[0.0, 1.0], [0.1, 0.7], [-0.3, -0.1], [f64::NEG_INFINITY, 0.9]] {
        let noise = Noise { clamp: Some([low, high]), ..case.noise };
        let mut normals = case.normals.clone();
        normals.iter_mut().filter(|z| !z.is_finite()).for_each(|z| *z = T::from_f64(0.5));
        let y = ask(target, &Case { noise, normals, ..case.clone() }, Function::AddNoise)?;
        for (i, (y, x)) in y.iter().zip(&case.x).enumerate() {
            let inside = (low..=high).contains(&y.to_f64());
            let is_right = if x.is_nan() { y.is_nan() } else { inside };
            verdict = verdict.and(|| match is_right {
                true => Verdict::HOLDS,
                false => {
                    let expected = if x.is_nan() { "NaN" } else { "a number in the range" };
                    let why = format!("from {low} to {high}");
                    Finding::fail(format!("y[{i}]"), format!("{y:?}"), expected, why)
                }
            });
        }
    }
    Ok(verdict)
}

/// AUG-12, AUG-13.
pub(super) fn blur<T: Real>(strength: Strength, target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let y = ask(target, case, Function::Blur)?;
    if case.blur.deviation == 0.0 {
        return Ok(same_bits("y", &y, &case.x, "without deviation all stays"));
    }
    let mut verdict = Verdict::CannotTell("no pixel");
    for (start, channel) in channels(case) {
        let expected = truth::blurred(strength, case.blur, channel, size_of(case.shape));
        for (k, one) in expected.into_iter().enumerate() {
            let place = start + k;
            verdict = verdict.and(|| compare_one::<T>(&|| format!("y[{place}]"), y[place], one));
        }
    }
    Ok(verdict)
}

/// AUG-12: σ = 0, or r = 0.
pub(super) fn no_blur<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::HOLDS;
    for (deviation, radius) in [(0.0, case.blur.radius), (1.0, 0)] {
        let blur = Blur { deviation, radius, ..case.blur };
        let y = ask(target, &Case { blur, ..case.clone() }, Function::Blur)?;
        verdict = verdict.and(|| same_bits("y", &y, &case.x, "nothing to blur: bit for bit"));
    }
    Ok(verdict)
}
