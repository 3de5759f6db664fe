//! One input to every function of an augmentation, and how it is called.

use std::fmt;

use super::planned::{self, decoded};
use super::text::{self, TextJob};
use super::{
    Augmentation, Axis, Blur, Choice, Crop, Erasure, ImageShape, Images, Noise, Operation,
    Rectangle, Rotation, Shift,
};
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
}
