//! Plans as draws, whatever they are drawn from.

use super::{Case, plan};
use crate::augmentation::Blur;
use crate::augmentation::{
    Axis, Border, Choice, Crop, Erasure, ImageShape, Interpolation, Labels, Operation, Rectangle,
    Rotation, Shift, Transform,
};
use crate::distribution::{are_unrelated, pairs_are_independent, places_are_alike, share};
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Draw, Real, Target};

/// So many images.
const IMAGES: usize = 1 << 13;

/// The case with these choices alone, for many images of `side` × `side`.
fn with<T: Real>(case: &Case<T>, side: usize, choices: &[(f64, Transform)]) -> Case<T> {
    let choice = |(probability, transform): &(f64, Transform)| Choice {
        probability: *probability,
        transform: *transform,
        labels: Labels::Keep,
    };
    let shape = ImageShape::new(IMAGES, 1, side, side);
    Case { shape, choices: choices.iter().map(choice).collect(), ..case.clone() }
}

/// What choice `k` does to each image.
fn of_choice(
    plan: &[Option<Operation>],
    choices: usize,
    k: usize,
) -> impl Iterator<Item = Option<Operation>> {
    plan.iter().copied().skip(k).step_by(choices)
}

/// AUG-18.
pub(super) fn shares<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (down, right, padding) = (2, 3, 2);
    let choices = [
        (
            0.5,
            Transform::Rotate {
                degrees: [-10.0, 30.0],
                interpolation: Interpolation::Nearest,
                fill: 0.0,
            },
        ),
        (0.7, Transform::Shift { down, right, fill: 0.0 }),
        (1.0, Transform::Crop { padding, fill: 0.0 }),
        (0.25, Transform::Blur { deviation: [0.5, 2.0], radius: 2, border: Border::Reflect }),
        (0.1, Transform::Flip(Axis::Horizontal)),
    ];
    let plan = plan(target, &with(case, 8, &choices))?;
    let mut verdict = Verdict::HOLDS;
    for (k, (p, transform)) in choices.iter().enumerate() {
        let applied: Vec<Operation> = of_choice(&plan, choices.len(), k).flatten().collect();
        let name = format!("images to which {transform:?} is applied");
        verdict = verdict.and(|| share(&name, applied.len(), IMAGES, *p));
        verdict = verdict.and(|| parameters(*transform, &applied));
    }
    Ok(verdict)
}

/// Which of a list of offsets hit each of the values that have to be hit.
fn offsets(name: &str, drawn: &[i64], lowest: i64, highest: i64) -> Verdict {
    let p = 1.0 / (highest - lowest + 1) as f64;
    let mut verdict = Verdict::HOLDS;
    for value in lowest..=highest {
        let hits = drawn.iter().filter(|offset| **offset == value).count();
        verdict = verdict.and(|| share(&format!("{name} of {value}"), hits, drawn.len(), p));
    }
    verdict
}

/// Numbers of a range: none outside, and half of them in its lower half.
fn spread(name: &str, drawn: &[f64], [low, high]: [f64; 2]) -> Verdict {
    if let Some(outside) = drawn.iter().find(|value| !(low..=high).contains(*value)) {
        let expected = format!("from {low} to {high}");
        return Finding::fail(name, outside.to_string(), expected, "the range of the choice");
    }
    let below = |at: f64| drawn.iter().filter(|value| **value < low + at * (high - low)).count();
    let place = format!("{name} in the lower half of the range");
    share(&place, below(0.5), drawn.len(), 0.5)
        .and(|| share(&format!("{name} in the lowest quarter"), below(0.25), drawn.len(), 0.25))
}

fn parameters(transform: Transform, applied: &[Operation]) -> Verdict {
    let whole = |of: &dyn Fn(&Operation) -> Option<i64>| applied.iter().filter_map(of).collect();
    let real = |of: &dyn Fn(&Operation) -> Option<f64>| applied.iter().filter_map(of).collect();
    match transform {
        Transform::Rotate { degrees, .. } => {
            let drawn: Vec<f64> = real(&|operation| match operation {
                Operation::Rotate(Rotation { degrees, .. }) => Some(*degrees),
                _ => None,
            });
            spread("degrees", &drawn, degrees)
        }
        Transform::Blur { deviation, .. } => {
            let drawn: Vec<f64> = real(&|operation| match operation {
                Operation::Blur(Blur { deviation, .. }) => Some(*deviation),
                _ => None,
            });
            spread("deviations", &drawn, deviation)
        }
        Transform::Shift { down, right, .. } => {
            let shift = |operation: &Operation| match operation {
                Operation::Shift(Shift { down, right, .. }) => Some([*down, *right]),
                _ => None,
            };
            let rows: Vec<i64> = whole(&|operation| shift(operation).map(|[down, _]| down));
            let columns: Vec<i64> = whole(&|operation| shift(operation).map(|[_, right]| right));
            offsets("shifts down", &rows, -(down as i64), down as i64)
                .and(|| offsets("shifts to the right", &columns, -(right as i64), right as i64))
        }
        Transform::Crop { padding, .. } => {
            let corner = |operation: &Operation| match operation {
                Operation::Crop(Crop { window, .. }) => Some([window.top, window.left]),
                _ => None,
            };
            let rows: Vec<i64> = whole(&|operation| corner(operation).map(|[top, _]| top as i64));
            let columns: Vec<i64> = whole(&|operation| corner(operation).map(|[_, l]| l as i64));
            offsets("crops with a top", &rows, 0, 2 * padding as i64)
                .and(|| offsets("crops with a left", &columns, 0, 2 * padding as i64))
        }
        _ => Verdict::HOLDS,
    }
}

/// The rectangles of choice `k`.
fn drawn_rectangles(plan: &[Option<Operation>], choices: usize, k: usize) -> Vec<Rectangle> {
    let one = |operation: Operation| match operation {
        Operation::Erase(Erasure { rectangle, .. }) => Some(rectangle),
        _ => None,
    };
    of_choice(plan, choices, k).flatten().filter_map(one).collect()
}

/// AUG-19: sizes of a wide range in a large image, places of one size in a small one.
pub(super) fn rectangles<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let erase = |share, aspect| (1.0, Transform::Erase { share, aspect, attempts: 15, fill: 0.0 });
    let wide = plan(target, &with(case, 64, &[erase([0.1, 0.2], [0.25, 4.0])]))?;
    let small = plan(target, &with(case, 6, &[erase([0.25, 0.25], [1.0, 1.0])]))?;
    let verdict = sizes(&drawn_rectangles(&wide, 1, 0));
    Ok(verdict.and(|| places(&drawn_rectangles(&small, 1, 0))))
}

/// Within rounding of a tenth to a fifth of 64 × 64, with an aspect from ¼ to 4.
fn sizes(drawn: &[Rectangle]) -> Verdict {
    let area = 64.0 * 64.0;
    for Rectangle { height, width, .. } in drawn {
        let [h, w] = [*height as f64, *width as f64];
        let [least, most] = [(h - 0.5) * (w - 0.5), (h + 0.5) * (w + 0.5)];
        let [flattest, tallest] = [(h - 0.5) / (w + 0.5), (h + 0.5) / (w - 0.5)];
        let fits = least <= 0.2 * area && most >= 0.1 * area && flattest <= 4.0 && tallest >= 0.25;
        if !fits {
            let expected = "a tenth to a fifth of 64 × 64, aspect ¼ to 4";
            let why = "sizes are those of the area and the aspect, within rounding";
            return Finding::fail("a rectangle", format!("{h} × {w}"), expected, why);
        }
    }
    let tall = drawn.iter().filter(|rectangle| rectangle.height > rectangle.width).count();
    let flat = drawn.iter().filter(|rectangle| rectangle.height < rectangle.width).count();
    let not_square = tall + flat;
    // Squares are rare: of some 24 pixels, an aspect within a twelfth of 1.
    if not_square * 5 < drawn.len() * 4 {
        let (got, expected) = (format!("{not_square} of {}", drawn.len()), "at least four fifths");
        return Finding::fail("rectangles that are no squares", got, expected, "aspect ¼ to 4");
    }
    share("rectangles that fit", drawn.len(), IMAGES, 1.0)
        .and(|| share("tall rectangles among those that are no squares", tall, not_square, 0.5))
}

/// 3 × 3 in 6 × 6: four offsets, each as often as the others.
fn places(drawn: &[Rectangle]) -> Verdict {
    let tops: Vec<i64> = drawn.iter().map(|rectangle| rectangle.top as i64).collect();
    let lefts: Vec<i64> = drawn.iter().map(|rectangle| rectangle.left as i64).collect();
    offsets("rectangles with a top", &tops, 0, 3)
        .and(|| offsets("rectangles with a left", &lefts, 0, 3))
}

/// For each image whether the choice is applied, and whether a second one draws from its lower half.
fn hits(plan: &[Option<Operation>], k: usize) -> Vec<bool> {
    of_choice(plan, 4, k)
        .map(|operation| match operation {
            Some(Operation::Rotate(Rotation { degrees, .. })) => degrees < 0.0,
            other => other.is_some(),
        })
        .collect()
}

/// AUG-20: two flips that are applied to a half, two rotations always.
pub(super) fn unrelated<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let rotate = Transform::Rotate {
        degrees: [-10.0, 10.0],
        interpolation: Interpolation::Nearest,
        fill: 0.0,
    };
    let flip = Transform::Flip(Axis::Horizontal);
    let case = with(case, 1, &[(0.5, flip), (0.5, flip), (1.0, rotate), (1.0, rotate)]);
    let (first, again) = (plan(target, &case)?, plan(target, &case)?);
    if first != again {
        let (got, expected) = ("another plan", "the same plan");
        return Ok(Finding::fail("the same call again", got, expected, "the same draws"));
    }
    let mut verdict = Verdict::HOLDS;
    for k in 0..4 {
        let own = hits(&first, k);
        let name = format!("hits of choice {k}");
        verdict = verdict
            .and(|| pairs_are_independent(&name, &own, 0.5))
            .and(|| places_are_alike(&name, &own, 0.5));
        for other in 0..k {
            let name = format!("choices {other} and {k}");
            verdict = verdict.and(|| are_unrelated(&name, &own, &hits(&first, other), 0.5));
        }
    }
    for (how, stream) in case.draw.stream.others() {
        let other = Case { draw: Draw { stream, ..case.draw }, ..case.clone() };
        let other = plan(target, &other)?;
        for k in 0..4 {
            let name = format!("choice {k} and the one of {how}");
            verdict = verdict.and(|| are_unrelated(&name, &hits(&first, k), &hits(&other, k), 0.5));
        }
    }
    Ok(verdict)
}
