//! Plans against those of the map.

use evenkeel_reference::augmentation as reference;

use super::{Case, plan_of_map};
use crate::augmentation::{Operation, Transform};
use crate::compare::same_bits;
use crate::verdict::{Checked, Finding, Measure, Verdict};
use crate::{Real, Target};

/// What is planned, what the map plans, and the image and the choice of which.
type Planned = (Option<Operation>, Option<Operation>, usize, usize);

/// The plan beside that of the map.
fn both<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Vec<Planned>, Verdict> {
    let (got, expected) = (plan_of_map(target, case)?, case.operations());
    let pairs = got.into_iter().zip(expected).enumerate();
    let choices = case.choices.len();
    Ok(pairs.map(|(n, (got, expected))| (got, expected, n / choices, n % choices)).collect())
}

fn differs(
    image: usize,
    choice: usize,
    got: Option<Operation>,
    expected: Option<Operation>,
    why: &str,
) -> Verdict {
    let say = |operation: Option<Operation>| match operation {
        Some(operation) => format!("{operation:?}"),
        None => "nothing".to_string(),
    };
    let place = format!("choice {choice} of image {image} of the batch");
    Finding::fail(place, say(got), say(expected), why)
}

const TOLD: Verdict = Verdict::Pass(Measure { ratio: 0.0, ulps: 0.0, compared: 1 });

/// AUG-15: also where the word itself is the threshold.
pub(super) fn applied<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::CannotTell("whether something fits is another clause");
    let stream = case.draw.stream.of_reference();
    let Ok(words) = reference::words(stream, case.draw.first, 0) else { return Ok(verdict) };
    let flip = Transform::Flip(case.axis);
    let mut cases = vec![case.clone()];
    for threshold in [f64::from(words[0]), f64::from(words[0]) + 1.0] {
        let mut at = case.clone();
        at.choices[0].probability = threshold / 4_294_967_296.0;
        at.choices[0].transform = flip;
        cases.push(at);
    }
    for case in cases {
        for (got, expected, image, k) in both(target, &case)? {
            if matches!(case.choices[k].transform, Transform::Erase { .. }) {
                continue;
            }
            let why = "applied where w₀ < round(p·2³²)";
            verdict = verdict.and(|| match got.is_some() == expected.is_some() {
                true => TOLD,
                false => differs(image, k, got, expected, why),
            });
        }
    }
    Ok(verdict)
}

/// The choice always applied.
fn always<T: Real>(case: &Case<T>) -> Case<T> {
    let mut case = case.clone();
    case.choices.iter_mut().for_each(|choice| choice.probability = 1.0);
    case
}

/// AUG-16, and what is handed on as it is.
pub(super) fn parameters<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::CannotTell("nothing but rectangles");
    for (got, expected, image, k) in both(target, &always(case))? {
        if matches!(expected, None | Some(Operation::Erase(_))) {
            continue;
        }
        let why = "the parameters of the map, bit for bit";
        verdict = verdict.and(|| match got == expected {
            true => TOLD,
            false => differs(image, k, got, expected, why),
        });
    }
    Ok(verdict)
}

/// AUG-17: the transform of the case if it is one, and a fixed one.
pub(super) fn rectangles<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut case = always(case);
    let transform =
        Transform::Erase { share: [0.05, 0.9], aspect: [0.3, 3.0], attempts: 3, fill: 0.5 };
    case.choices[0].transform = transform;
    case.shape.height += 10;
    case.shape.width += 7;
    let mut verdict = Verdict::CannotTell("the next half is too near");
    for (got, expected, image, k) in both(target, &case)? {
        if let Transform::Erase { .. } = case.choices[k].transform {
            if is_near_a_half(&case, image, k) {
                continue;
            }
            let why = "the rectangle of the first attempt that fits";
            verdict = verdict.and(|| match got == expected {
                true => TOLD,
                false => differs(image, k, got, expected, why),
            });
        }
    }
    Ok(verdict)
}

/// Whether a side of any attempt is so near the next half that rounding decides.
fn is_near_a_half<T: Real>(case: &Case<T>, image: usize, k: usize) -> bool {
    let Transform::Erase { share, aspect, attempts, .. } = case.choices[k].transform else {
        return false;
    };
    let stream = case.draw.stream.of_reference();
    let Ok(words) = reference::words(stream, case.draw.first + image as u64, k) else {
        return true;
    };
    let area = case.shape.per_channel() as f64;
    let near = |side: f64| ((side + 0.5) - (side + 0.5).round()).abs() < 1e-9 * (1.0 + side);
    (0..attempts as usize).any(|a| {
        let area = area * reference::even(share, words[1 + 4 * a]);
        let ratio = reference::even(aspect.map(f64::ln), words[2 + 4 * a]).exp();
        near((area * ratio).sqrt()) || near((area / ratio).sqrt())
    })
}

/// A plan as bits to be compared elsewhere.
pub(super) fn same_plan<T: Real>(
    name: &str,
    got: &[Option<Operation>],
    expected: &[Option<Operation>],
    why: &str,
) -> Verdict {
    for (n, (got, expected)) in got.iter().zip(expected).enumerate() {
        if got != expected {
            let (got, expected) = (format!("{got:?}"), format!("{expected:?}"));
            return Finding::fail(format!("{name}[{n}]"), got, expected, why);
        }
    }
    same_bits::<T>(name, &[], &[], why).and(|| TOLD)
}
