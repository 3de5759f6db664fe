//! One input to every function of an augmentation, and how it is called.

use std::fmt;

use super::planned::{self, decoded};
use super::text::{self, TextJob};
use super::{
    Augmentation, Axis, Blur, Border, Choice, Crop, Erasure, ImageShape, Images, Interpolation,
    Labels, Noise, Operation, Rectangle, Rotation, Shift, Transform,
};
use crate::arguments::{Spoiler, Spoilt, shorten};
use crate::brief::Brief;
use crate::call::{guarded, unwritten};
use crate::technique;
use crate::{Draw, Real, Refusal, Target};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// n × c × h × w.
    pub shape: ImageShape,
    /// The images.
    pub x: Vec<T>,
    /// Normal numbers, as many as x.
    pub normals: Vec<T>,
    /// One for each image.
    pub labels: Vec<u32>,
    /// Of the rotation.
    pub rotation: Rotation,
    /// Of the flip.
    pub axis: Axis,
    /// Of the shift.
    pub shift: Shift,
    /// Of the crop.
    pub crop: Crop,
    /// Of the noise.
    pub noise: Noise,
    /// Of the blur.
    pub blur: Blur,
    /// Of the erasing.
    pub erasure: Erasure,
    /// Of plan, apply and augment.
    pub choices: Vec<Choice>,
    /// Of plan, apply and augment.
    pub draw: Draw,
    /// Of back_translate.
    pub text: TextJob,
    /// So many operations are not handed over: 0, but where that is to be refused.
    pub withheld: usize,
}

impl<T: fmt::Debug> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.text.sentences.is_empty() && self.choices.is_empty() {
            return write!(f, "{:?}", self.text);
        }
        let ImageShape { count, channels, height, width } = self.shape;
        let Draw { stream, first } = self.draw;
        writeln!(f, "{count} × {channels} × {height} × {width}, image {first} on, {stream}")?;
        writeln!(f, "x = {}", Brief(&self.x))?;
        writeln!(f, "normals = {}", Brief(&self.normals))?;
        writeln!(f, "labels = {}", Brief(&self.labels))?;
        writeln!(f, "{:?}, flip {:?}", self.rotation, self.axis)?;
        writeln!(f, "{:?}, {:?}", self.shift, self.crop)?;
        writeln!(f, "{:?}, {:?}", self.noise, self.blur)?;
        write!(f, "{:?}", self.erasure)?;
        self.choices.iter().try_for_each(|choice| write!(f, "\n{choice:?}"))
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Augmentation::rotate`].
    Rotate,
    /// [`Augmentation::flip`].
    Flip,
    /// [`Augmentation::shift`].
    Shift,
    /// [`Augmentation::crop`].
    Crop,
    /// [`Augmentation::add_noise`].
    AddNoise,
    /// [`Augmentation::blur`].
    Blur,
    /// [`Augmentation::erase`].
    Erase,
    /// [`Augmentation::plan`].
    Plan,
    /// [`Augmentation::apply`], with the plan of the map.
    Apply,
    /// [`Augmentation::augment`].
    Augment,
    /// [`Augmentation::back_translate`].
    BackTranslate,
}

/// What a choice can be refused for.
const OF_CHOICES: [&str; 13] = [
    "probability",
    "degrees",
    "fill",
    "padding",
    "down",
    "right",
    "deviation",
    "clamp",
    "radius",
    "share",
    "aspect",
    "attempts",
    "number",
];

impl technique::Function for Function {
    const ALL: &'static [Self] = &[
        Self::Rotate,
        Self::Flip,
        Self::Shift,
        Self::Crop,
        Self::AddNoise,
        Self::Blur,
        Self::Erase,
        Self::Plan,
        Self::Apply,
        Self::Augment,
        Self::BackTranslate,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Rotate => "rotate",
            Self::Flip => "flip",
            Self::Shift => "shift",
            Self::Crop => "crop",
            Self::AddNoise => "add_noise",
            Self::Blur => "blur",
            Self::Erase => "erase",
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Augment => "augment",
            Self::BackTranslate => "back_translate",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        const PLAN: [&str; 15] = with(["shape", "first"]);
        const AUGMENT: [&str; 19] = with(["shape", "first", "x", "labels", "y", "labels_out"]);
        match self {
            Self::Rotate => &["shape", "x", "degrees", "fill", "y"],
            Self::Flip => &["shape", "x", "y"],
            Self::Shift => &["shape", "x", "fill", "y"],
            Self::Crop => &["shape", "x", "padding", "window", "fill", "y"],
            Self::AddNoise => &["shape", "x", "deviation", "clamp", "normals", "y"],
            Self::Blur => &["shape", "x", "deviation", "radius", "y"],
            Self::Erase => &["shape", "x", "rectangle", "fill", "y"],
            Self::Plan => &PLAN,
            Self::Apply => &["shape", "x", "operations", "y"],
            Self::Augment => &AUGMENT,
            Self::BackTranslate => &["max_length_ratio"],
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::Plan => &["plan"],
            Self::Augment => &["y", "labels_out"],
            Self::BackTranslate => &["outcomes", "dropped"],
            _ => &["y"],
        }
    }
}

/// These arguments and those of choices.
const fn with<const N: usize, const M: usize>(others: [&'static str; N]) -> [&'static str; M] {
    let mut all = [""; M];
    let mut i = 0;
    while i < M {
        all[i] = if i < N { others[i] } else { OF_CHOICES[i - N] };
        i += 1;
    }
    all
}

/// What nobody would write as a label.
const UNWRITTEN_LABEL: u32 = 0xa5c3_96e1;

impl Function {
    /// The outputs before the call: a plan stands there in numbers, labels as numbers.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        let shape = case.shape;
        match self {
            Self::Plan => vec![unwritten(planned::SLOT * shape.count * case.choices.len())],
            Self::Augment => vec![unwritten(shape.len()), unwritten(shape.count)],
            Self::BackTranslate => {
                let pairs = case.text.sentences.len() * case.text.pivots.len();
                vec![unwritten(text::SLOT * pairs), unwritten(4)]
            }
            Self::Crop => {
                let Rectangle { height, width, .. } = case.crop.window;
                vec![unwritten(ImageShape { height, width, ..shape }.len().min(1 << 20))]
            }
            _ => vec![unwritten(shape.len())],
        }
    }

    /// Whether what it gives depends on draws.
    pub(super) fn draws(self) -> bool {
        matches!(self, Self::Plan | Self::Apply | Self::Augment)
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        augmentation: &dyn Augmentation<T>,
        case: &Case<T>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal> {
        let images = &Images { shape: case.shape, x: &case.x };
        let y = &mut to[0];
        match self {
            Self::Rotate => augmentation.rotate(images, case.rotation, y),
            Self::Flip => augmentation.flip(images, case.axis, y),
            Self::Shift => augmentation.shift(images, case.shift, y),
            Self::Crop => augmentation.crop(images, case.crop, y),
            Self::AddNoise => augmentation.add_noise(images, case.noise, &case.normals, y),
            Self::Blur => augmentation.blur(images, case.blur, y),
            Self::Erase => augmentation.erase(images, case.erasure, y),
            Self::Plan => planned(augmentation, case, y),
            Self::Apply => augmentation.apply(images, &case.operations(), y),
            Self::Augment => augmented(augmentation, case, to),
            Self::BackTranslate => back_translated(augmentation, case, to),
        }
    }
}

/// A plan as numbers. If the call is refused, what it wrote nevertheless is written.
fn planned<T: Real>(
    augmentation: &dyn Augmentation<T>,
    case: &Case<T>,
    to: &mut [T],
) -> Result<(), Refusal> {
    let before = vec![planned::unwritten(); to.len() / planned::SLOT];
    let mut plan = before.clone();
    let result = augmentation.plan(case.shape, &case.choices, case.draw, &mut plan);
    if result.is_ok() || plan != before {
        plan.iter().zip(to.chunks_exact_mut(planned::SLOT)).for_each(|(o, to)| decoded(*o, to));
    }
    result
}

/// Images and labels. If the call is refused, the labels that it wrote nevertheless are written.
fn augmented<T: Real>(
    augmentation: &dyn Augmentation<T>,
    case: &Case<T>,
    to: &mut [Vec<T>],
) -> Result<(), Refusal> {
    let images = &Images { shape: case.shape, x: &case.x };
    let mut labels = vec![UNWRITTEN_LABEL; to[1].len()];
    let (choices, draw) = (&case.choices, case.draw);
    let result = augmentation.augment(images, &case.labels, choices, draw, &mut to[0], &mut labels);
    if result.is_ok() || labels.iter().any(|label| *label != UNWRITTEN_LABEL) {
        to[1].iter_mut().zip(labels).for_each(|(to, label)| *to = T::from_f64(f64::from(label)));
    }
    result
}

/// What became of every sentence, as numbers; what was dropped stands in the counts alone.
fn back_translated<T: Real>(
    augmentation: &dyn Augmentation<T>,
    case: &Case<T>,
    to: &mut [Vec<T>],
) -> Result<(), Refusal> {
    let all = augmentation.back_translate(&case.text)?;
    let (slots, dropped) = text::as_numbers(&all, case.text.pivots.len());
    let (slots_out, dropped_out) = to.split_at_mut(1);
    slots_out[0].fill(T::from_f64(0.0));
    for (slot, numbers) in slots {
        let room = slots_out[0].chunks_exact_mut(text::SLOT).nth(slot).into_iter().flatten();
        room.zip(numbers).for_each(|(to, number)| *to = T::from_f64(number));
    }
    dropped_out[0].iter_mut().zip(dropped).for_each(|(to, count)| *to = T::from_f64(count));
    Ok(())
}

impl<T: Real> Case<T> {
    /// The outputs of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<Vec<T>>, Refusal> {
        let augmentation = target.augmentation().ok_or(Refusal::NotOffered)?;
        let mut to = function.room(self);
        guarded(|| function.call(augmentation, self, &mut to))?;
        Ok(to)
    }

    /// The plan of the map, which `apply` is handed.
    pub(super) fn operations(&self) -> Vec<Option<Operation>> {
        let mut operations = planned::plan(self.shape, &self.choices, self.draw);
        operations.truncate(operations.len().saturating_sub(self.withheld));
        operations
    }

    /// The images alone, from `first` on.
    pub(super) fn part(&self, first: usize, count: usize) -> Self {
        let (per_image, mut part) = (self.shape.per_image(), self.clone());
        part.shape.count = count;
        part.draw.first += first as u64;
        part.x = self.x[first * per_image..(first + count) * per_image].to_vec();
        part.normals = self.normals[first * per_image..(first + count) * per_image].to_vec();
        part.labels = self.labels[first..first + count].to_vec();
        part
    }

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
