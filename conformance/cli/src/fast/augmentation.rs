//! The augmentation of the kernels.

use evenkeel_conformance::augmentation as contract;
use evenkeel_conformance::augmentation::{
    Augmentation, BackTranslated, Dictionary, Images, TextDropped, TextError, TextFailure, TextJob,
    TextVariant,
};
use evenkeel_conformance::{Draw, Real, Refusal};
use evenkeel_fast::augmentation::text::{
    self, BackTranslation, Direction, Pivot, Reason, TranslationError, Translator,
};
use evenkeel_fast::random::Stream;
use evenkeel_fast::{Element, augmentation};

use super::{Fast, refusal, stream};

impl<T: Real + Element> Augmentation<T> for Fast {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn rotate(
        &self,
        images: &Images<'_, T>,
        rotation: contract::Rotation,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (shape, rotation) = (shape(images.shape), rotation_of(rotation));
        self.run(|workspace, policy| {
            augmentation::rotate(shape, rotation, images.x, y, workspace, policy)
        })
    }

    fn flip(
        &self,
        images: &Images<'_, T>,
        axis: contract::Axis,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (shape, axis) = (shape(images.shape), axis_of(axis));
        self.run(|workspace, policy| {
            augmentation::flip(shape, axis, images.x, y, workspace, policy)
        })
    }

    fn shift(
        &self,
        images: &Images<'_, T>,
        shift: contract::Shift,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (shape, shift) = (shape(images.shape), shift_of(shift));
        self.run(|workspace, policy| {
            augmentation::shift(shape, shift, images.x, y, workspace, policy)
        })
    }

    fn crop(
        &self,
        images: &Images<'_, T>,
        crop: contract::Crop,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (shape, crop) = (shape(images.shape), crop_of(crop));
        self.run(|workspace, policy| {
            augmentation::crop(shape, crop, images.x, y, workspace, policy)
        })
    }

    fn add_noise(
        &self,
        images: &Images<'_, T>,
        noise: contract::Noise,
        normals: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (shape, noise) = (shape(images.shape), noise_of(noise));
        self.run(|workspace, policy| {
            augmentation::add_noise(shape, noise, normals, images.x, y, workspace, policy)
        })
    }

    fn blur(
        &self,
        images: &Images<'_, T>,
        blur: contract::Blur,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (shape, blur) = (shape(images.shape), blur_of(blur));
        self.run(|workspace, policy| {
            augmentation::blur(shape, blur, images.x, y, workspace, policy)
        })
    }

    fn erase(
        &self,
        images: &Images<'_, T>,
        erasure: contract::Erasure,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (shape, erasure) = (shape(images.shape), erasure_of(erasure));
        self.run(|workspace, policy| {
            augmentation::erase(shape, erasure, images.x, y, workspace, policy)
        })
    }

    fn plan(
        &self,
        shape_of_images: contract::ImageShape,
        choices: &[contract::Choice],
        draw: Draw,
        operations: &mut [Option<contract::Operation>],
    ) -> Result<(), Refusal> {
        let (shape, choices) = (shape(shape_of_images), choices_of(choices));
        let mut planned = vec![None; operations.len()];
        let (stream, first) = (stream(draw), draw.first);
        self.run(|workspace, policy| {
            let to = &mut planned;
            augmentation::plan::<T>(shape, &choices, stream, first, to, workspace, policy)
        })?;
        for (operation, planned) in operations.iter_mut().zip(planned) {
            *operation = planned.map(told);
        }
        Ok(())
    }

    fn apply(
        &self,
        images: &Images<'_, T>,
        operations: &[Option<contract::Operation>],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let shape = shape(images.shape);
        let operations: Vec<_> = operations.iter().map(|o| o.map(operation_of)).collect();
        self.run(|workspace, policy| {
            augmentation::apply(shape, &operations, images.x, y, workspace, policy)
        })
    }

    fn augment(
        &self,
        images: &Images<'_, T>,
        labels: &[u32],
        choices: &[contract::Choice],
        draw: Draw,
        y: &mut [T],
        labels_out: &mut [u32],
    ) -> Result<(), Refusal> {
        let (shape, choices, x) = (shape(images.shape), choices_of(choices), images.x);
        let (stream, first) = (stream(draw), draw.first);
        self.run(|workspace, policy| {
            augmentation::augment(
                shape, &choices, stream, first, x, labels, y, labels_out, workspace, policy,
            )
        })
    }

    fn back_translate(&self, job: &TextJob) -> Result<BackTranslated, Refusal> {
        let pivot =
            |pivot: &contract::TextPivot| Pivot::new("", Said(pivot.forward), Said(pivot.backward));
        let (sentences, labels): (Vec<_>, Vec<_>) = job.sentences.iter().cloned().unzip();
        let all = job.pivots.iter().map(pivot).fold(BackTranslation::new(), BackTranslation::pivot);
        let made = all.max_length_ratio(job.max_length_ratio).back_translate(&sentences, &labels);
        made.map(outcome).map_err(|error| refusal(&error))
    }
}

/// A dictionary of the suite as a translator.
struct Said(Dictionary);

impl Translator for Said {
    fn translate(&mut self, sentences: &[&str]) -> Vec<Result<String, TranslationError>> {
        let name = |error| TranslationError::other(format!("{error:?}"));
        self.0.translate(sentences).into_iter().map(|answer| answer.map_err(name)).collect()
    }
}

/// What became of the sentences, as the contract has it.
fn outcome(made: text::BackTranslated<u32>) -> BackTranslated {
    let error = |error| match error {
        TranslationError::Empty => TextError::Empty,
        TranslationError::Count { .. } => TextError::Miscounted,
        other => TextError::named(&other.to_string()),
    };
    let failure = |f: &text::Failure| TextFailure {
        sentence: f.sentence,
        pivot: f.pivot,
        is_backward: f.direction == Direction::Backward,
        error: error(f.error.clone()),
    };
    let dropped = TextDropped {
        empty: made.count(Reason::Empty),
        round_trips: made.count(Reason::RoundTrip),
        length_ratio: made.count(Reason::LengthRatio),
        duplicates: made.count(Reason::Duplicate),
    };
    let failures = made.failures.iter().map(failure).collect();
    let variant = |v: text::Variant<u32>| {
        let text::Variant { sentence, pivot, label, text, .. } = v;
        TextVariant { sentence, pivot, label, text }
    };
    BackTranslated { variants: made.variants.into_iter().map(variant).collect(), failures, dropped }
}

fn shape(shape: contract::ImageShape) -> augmentation::ImageShape {
    let contract::ImageShape { count, channels, height, width } = shape;
    augmentation::ImageShape { count, channels, height, width }
}

fn interpolation_of(interpolation: contract::Interpolation) -> augmentation::Interpolation {
    match interpolation {
        contract::Interpolation::Nearest => augmentation::Interpolation::Nearest,
        contract::Interpolation::Bilinear => augmentation::Interpolation::Bilinear,
    }
}

fn axis_of(axis: contract::Axis) -> augmentation::Axis {
    match axis {
        contract::Axis::Horizontal => augmentation::Axis::Horizontal,
        contract::Axis::Vertical => augmentation::Axis::Vertical,
    }
}

fn border_of(border: contract::Border) -> augmentation::Border {
    match border {
        contract::Border::Replicate => augmentation::Border::Replicate,
        contract::Border::Reflect => augmentation::Border::Reflect,
    }
}

fn rectangle_of(rectangle: contract::Rectangle) -> augmentation::Rectangle {
    let contract::Rectangle { top, left, height, width } = rectangle;
    augmentation::Rectangle { top, left, height, width }
}

fn rotation_of(rotation: contract::Rotation) -> augmentation::Rotation {
    let contract::Rotation { degrees, interpolation, fill } = rotation;
    let interpolation = interpolation_of(interpolation);
    augmentation::Rotation { degrees, interpolation, fill }
}

fn shift_of(contract::Shift { down, right, fill }: contract::Shift) -> augmentation::Shift {
    augmentation::Shift { down, right, fill }
}

fn crop_of(contract::Crop { padding, window, fill }: contract::Crop) -> augmentation::Crop {
    augmentation::Crop { padding, window: rectangle_of(window), fill }
}

fn noise_of(contract::Noise { deviation, clamp }: contract::Noise) -> augmentation::Noise {
    augmentation::Noise { deviation, clamp }
}

fn blur_of(contract::Blur { deviation, radius, border }: contract::Blur) -> augmentation::Blur {
    augmentation::Blur { deviation, radius, border: border_of(border) }
}

fn erasure_of(contract::Erasure { rectangle, fill }: contract::Erasure) -> augmentation::Erasure {
    augmentation::Erasure { rectangle: rectangle_of(rectangle), fill }
}

/// An operation of the contract, for the kernels.
fn operation_of(operation: contract::Operation) -> augmentation::Operation {
    use augmentation::Operation;
    match operation {
        contract::Operation::Rotate(rotation) => Operation::Rotate(rotation_of(rotation)),
        contract::Operation::Flip(axis) => Operation::Flip(axis_of(axis)),
        contract::Operation::Shift(shift) => Operation::Shift(shift_of(shift)),
        contract::Operation::Crop(crop) => Operation::Crop(crop_of(crop)),
        contract::Operation::Noise(noise, draw) => {
            Operation::Noise(noise_of(noise), stream(draw), draw.first)
        }
        contract::Operation::Blur(blur) => Operation::Blur(blur_of(blur)),
        contract::Operation::Erase(erasure) => Operation::Erase(erasure_of(erasure)),
    }
}

/// Choices of the contract, for the kernels.
fn choices_of<'a>(choices: &'a [contract::Choice]) -> Vec<augmentation::Choice<'a>> {
    let one = |choice: &'a contract::Choice| {
        let labels = match &choice.labels {
            contract::Labels::Keep => augmentation::Labels::Keep,
            contract::Labels::Map(map) => augmentation::Labels::Map(map),
        };
        let (probability, transform) = (choice.probability, transform_of(choice.transform));
        augmentation::Choice { probability, transform, labels }
    };
    choices.iter().map(one).collect()
}

fn transform_of(transform: contract::Transform) -> augmentation::Transform {
    use augmentation::Transform;
    match transform {
        contract::Transform::Rotate { degrees, interpolation, fill } => {
            Transform::Rotate { degrees, interpolation: interpolation_of(interpolation), fill }
        }
        contract::Transform::Flip(axis) => Transform::Flip(axis_of(axis)),
        contract::Transform::Shift { down, right, fill } => Transform::Shift { down, right, fill },
        contract::Transform::Crop { padding, fill } => Transform::Crop { padding, fill },
        contract::Transform::Noise(noise) => Transform::Noise(noise_of(noise)),
        contract::Transform::Blur { deviation, radius, border } => {
            Transform::Blur { deviation, radius, border: border_of(border) }
        }
        contract::Transform::Erase { share, aspect, attempts, fill } => {
            Transform::Erase { share, aspect, attempts, fill }
        }
    }
}

/// An operation of the kernels, in the contract.
fn told(operation: augmentation::Operation) -> contract::Operation {
    use augmentation::{Axis, Border, Interpolation, Operation};
    let rectangle = |augmentation::Rectangle { top, left, height, width }| contract::Rectangle {
        top,
        left,
        height,
        width,
    };
    match operation {
        Operation::Rotate(augmentation::Rotation { degrees, interpolation, fill }) => {
            let interpolation = match interpolation {
                Interpolation::Nearest => contract::Interpolation::Nearest,
                Interpolation::Bilinear => contract::Interpolation::Bilinear,
            };
            contract::Operation::Rotate(contract::Rotation { degrees, interpolation, fill })
        }
        Operation::Flip(Axis::Horizontal) => contract::Operation::Flip(contract::Axis::Horizontal),
        Operation::Flip(Axis::Vertical) => contract::Operation::Flip(contract::Axis::Vertical),
        Operation::Shift(augmentation::Shift { down, right, fill }) => {
            contract::Operation::Shift(contract::Shift { down, right, fill })
        }
        Operation::Crop(augmentation::Crop { padding, window, fill }) => {
            let window = rectangle(window);
            contract::Operation::Crop(contract::Crop { padding, window, fill })
        }
        Operation::Noise(noise, Stream { seed, number, step }, first) => {
            let augmentation::Noise { deviation, clamp } = noise;
            let stream = evenkeel_conformance::Stream { seed, number, step };
            let noise = contract::Noise { deviation, clamp };
            contract::Operation::Noise(noise, Draw { stream, first })
        }
        Operation::Blur(augmentation::Blur { deviation, radius, border }) => {
            let border = match border {
                Border::Replicate => contract::Border::Replicate,
                Border::Reflect => contract::Border::Reflect,
            };
            contract::Operation::Blur(contract::Blur { deviation, radius, border })
        }
        Operation::Erase(augmentation::Erasure { rectangle: area, fill }) => {
            let rectangle = rectangle(area);
            contract::Operation::Erase(contract::Erasure { rectangle, fill })
        }
    }
}
