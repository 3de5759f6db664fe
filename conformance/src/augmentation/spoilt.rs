//! A case with each argument spoilt, in every way there is.

use super::{
    Axis, Border, Case, Choice, Crop, ImageShape, Interpolation, Labels, Noise, Rectangle,
    Transform,
};
use crate::Real;
use crate::arguments::{Spoiler, Spoilt, shorten};

impl<T: Real> Case<T> {
    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut valid = self.clone();
        // An empty result cannot be too short.
        let Rectangle { height, width, .. } = &mut valid.crop.window;
        if *height * *width == 0 {
            valid.crop.window = Rectangle { top: 0, left: 0, height: 1, width: 1 };
        }
        let mut spoiler = Spoiler::new(&valid);
        spoiler.spoil_beyond_memory("shape", |case| case.shape.count = usize::MAX / 2);
        spoiler.spoil_beyond_memory("shape", |case| {
            case.shape = ImageShape::new(1 << 20, 1 << 20, 1 << 20, 1 << 20);
        });
        spoiler.spoil("x", "too short", |case| shorten(&mut case.x));
        spoiler.spoil("normals", "too short", |case| shorten(&mut case.normals));
        if self.shape.count >= 2 {
            // Of one image any number is a whole number of choices.
            spoiler.spoil("operations", "too few", |case| {
                only(case, Transform::Flip(Axis::Horizontal));
                case.withheld = 1;
            });
        }
        spoil_values(&mut spoiler);
        spoil_choices(&mut spoiler);
        spoiler.spoil("labels", "too short", |case| shorten(&mut case.labels));
        spoiler.spoil("labels", "beyond a map", |case| {
            let most = case.labels.iter().max().copied().unwrap_or_default();
            only(case, Transform::Flip(Axis::Horizontal));
            case.choices[0].labels = Labels::Map(vec![None; most as usize]);
        });
        spoiler.spoil("number", "beyond the last", |case| {
            only(case, Transform::Flip(Axis::Vertical));
            case.draw.stream.number = u32::MAX;
        });
        spoiler.spoil("first", "beyond the last", |case| case.draw.first = u64::MAX / 64);
        spoiler.spoil("first", "beyond all numbers", |case| case.draw.first = u64::MAX);
        for (how, bad) in [("below 1", 0.99), ("negative", -2.0), ("NaN", f64::NAN)] {
            spoiler.spoil("max_length_ratio", how, |case| case.text.max_length_ratio = bad);
        }
        spoiler.shorten(&["y", "labels_out"]);
        spoiler.done()
    }
}

/// One choice alone, always applied.
fn only<T>(case: &mut Case<T>, transform: Transform) {
    case.choices = vec![Choice { probability: 1.0, transform, labels: Labels::Keep }];
}

/// What is spoilt in a function of its own, and in the choice that draws it.
fn spoil_values<T: Real>(spoiler: &mut Spoiler<Case<T>>) {
    let (border, interpolation) = (Border::Replicate, Interpolation::Nearest);
    for (how, bad) in [("NaN", f64::NAN), ("∞", f64::INFINITY), ("−∞", f64::NEG_INFINITY)] {
        spoiler.spoil("degrees", how, |case| {
            case.rotation.degrees = bad;
            only(case, Transform::Rotate { degrees: [bad, bad], interpolation, fill: 0.0 });
        });
        spoiler.spoil("fill", how, |case| {
            case.rotation.fill = bad;
            case.shift.fill = bad;
            case.crop.fill = bad;
            case.erasure.fill = bad;
            only(case, Transform::Crop { padding: 1, fill: bad });
        });
    }
    for (how, bad) in [("negative", -1.0), ("NaN", f64::NAN), ("∞", f64::INFINITY)] {
        spoiler.spoil("deviation", how, |case| {
            case.noise.deviation = bad;
            case.blur.deviation = bad;
            only(case, Transform::Noise(Noise { deviation: bad, clamp: None }));
        });
    }
    for (how, clamp) in [("in the wrong order", [1.0, 0.0]), ("NaN", [0.0, f64::NAN])] {
        spoiler.spoil("clamp", how, |case| {
            case.noise.clamp = Some(clamp);
            only(case, Transform::Noise(Noise { deviation: 1.0, clamp: Some(clamp) }));
        });
    }
    spoiler.spoil("radius", "1025", |case| {
        case.blur.radius = 1025;
        only(case, Transform::Blur { deviation: [1.0, 1.0], radius: 1025, border });
    });
    spoiler.spoil("padding", "beyond 2³⁰", |case| {
        case.crop.padding = (1 << 30) + 1;
        only(case, Transform::Crop { padding: (1 << 30) + 1, fill: 0.0 });
    });
    spoiler.spoil("window", "one row below the padded image", |case| {
        let Crop { padding, window, .. } = &mut case.crop;
        window.top = case.shape.height + 2 * *padding - window.height + 1;
    });
    spoiler.spoil("window", "far to the right", |case| case.crop.window.left = usize::MAX);
    spoiler.spoil("rectangle", "one column too wide", |case| {
        let Rectangle { left, width, .. } = &mut case.erasure.rectangle;
        *width = case.shape.width - *left + 1;
    });
    spoiler.spoil("rectangle", "far below", |case| case.erasure.rectangle.top = usize::MAX);
}

/// What is spoilt in choices alone.
fn spoil_choices<T: Real>(spoiler: &mut Spoiler<Case<T>>) {
    for (how, bad) in [("negative", -0.1), ("above 1", 1.1), ("NaN", f64::NAN)] {
        spoiler.spoil("probability", how, |case| {
            only(case, Transform::Flip(Axis::Horizontal));
            case.choices[0].probability = bad;
        });
    }
    let far = (1 << 30) + 1;
    let shift = |down, right| Transform::Shift { down, right, fill: 0.0 };
    spoiler.spoil("down", "beyond 2³⁰", |case| only(case, shift(far, 0)));
    spoiler.spoil("right", "beyond 2³⁰", |case| only(case, shift(0, far)));
    let erase = |share, aspect, attempts| Transform::Erase { share, aspect, attempts, fill: 0.0 };
    let (fair, square) = ([0.1, 0.2], [0.5, 2.0]);
    for (how, share) in [("reversed", [0.2, 0.1]), ("above 1", [0.5, 1.5]), ("NaN", [f64::NAN; 2])]
    {
        spoiler.spoil("share", how, |case| only(case, erase(share, square, 10)));
    }
    for (how, aspect) in [("reversed", [2.0, 0.5]), ("0", [0.0, 1.0]), ("NaN", [f64::NAN; 2])] {
        spoiler.spoil("aspect", how, |case| only(case, erase(fair, aspect, 10)));
    }
    for (how, attempts) in [("none", 0), ("more than there are words", 16)] {
        spoiler.spoil("attempts", how, |case| only(case, erase(fair, square, attempts)));
    }
}
