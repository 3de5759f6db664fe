//! The augmentation of `evenkeel-reference` in the contract: a channel is a matrix.
//!
//! Every operation is computed in `f64` and rounded to `T` once, also between two operations.

use evenkeel_reference::augmentation as reference;
use evenkeel_reference::random::normal;
use nalgebra::DMatrix;

use super::planned::{self, axis_of, border_of, interpolation_of, rectangle_of};
use super::text::{BackTranslated, Dictionary, TextError, TextFailure, TextJob, TextVariant};
use super::{
    Augmentation, Axis, Blur, Choice, Crop, Erasure, ImageShape, Images, Labels, Noise, Operation,
    Rotation, Shift, check_plan,
};
use crate::reference::{Reference, refusal};
use crate::refusal::check_length;
use crate::{Draw, Real, Refusal};

type Channel = DMatrix<f64>;

/// Changes every channel; y is written when all went well.
fn each_channel<T: Real>(
    images: &Images<'_, T>,
    y: &mut [T],
    change: impl Fn(usize, &Channel) -> Result<Channel, evenkeel_reference::Error>,
) -> Result<(), Refusal> {
    let ImageShape { count, channels, height, width } = images.shape;
    let (size, mut all) = (height * width, Vec::with_capacity(y.len()));
    for k in 0..count * channels {
        let plane = images.x[k * size..(k + 1) * size].iter().map(|x| x.to_f64());
        let changed = change(k, &DMatrix::from_row_iterator(height, width, plane));
        // Row by row, as it stands in memory.
        all.extend(changed.map_err(refusal)?.transpose().iter().map(|y| T::from_f64(*y)));
    }
    y.copy_from_slice(&all);
    Ok(())
}

impl<T: Real> Augmentation<T> for Reference {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn rotate(
        &self,
        images: &Images<'_, T>,
        rotation: Rotation,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        images.check_for(&Operation::Rotate(rotation), y)?;
        let Rotation { degrees, interpolation, fill } = rotation;
        let interpolation = interpolation_of(interpolation);
        each_channel(images, y, |_, x| reference::rotate(x, degrees, interpolation, fill))
    }

    fn flip(&self, images: &Images<'_, T>, axis: Axis, y: &mut [T]) -> Result<(), Refusal> {
        images.check_for(&Operation::Flip(axis), y)?;
        each_channel(images, y, |_, x| Ok(reference::flip(x, axis_of(axis))))
    }

    fn shift(&self, images: &Images<'_, T>, shift: Shift, y: &mut [T]) -> Result<(), Refusal> {
        images.check_for(&Operation::Shift(shift), y)?;
        let Shift { down, right, fill } = shift;
        each_channel(images, y, |_, x| reference::shift(x, down, right, fill))
    }

    fn crop(&self, images: &Images<'_, T>, crop: Crop, y: &mut [T]) -> Result<(), Refusal> {
        images.check_for(&Operation::Crop(crop), y)?;
        let Crop { padding, window, fill } = crop;
        let window = rectangle_of(window);
        each_channel(images, y, |_, x| reference::crop(x, padding, window, fill))
    }

    fn add_noise(
        &self,
        images: &Images<'_, T>,
        noise: Noise,
        normals: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        images.check(y, images.shape.len())?;
        noise.check::<T>()?;
        check_length("normals", normals, images.x.len())?;
        let (w, size) = (images.shape.width, images.shape.per_channel());
        each_channel(images, y, |k, x| {
            let z = |i: usize, j: usize| normals[k * size + i * w + j].to_f64();
            let z = DMatrix::from_fn(x.nrows(), x.ncols(), z);
            reference::add_noise(x, noise.deviation, &z, noise.limits::<T>())
        })
    }

    fn blur(&self, images: &Images<'_, T>, blur: Blur, y: &mut [T]) -> Result<(), Refusal> {
        images.check_for(&Operation::Blur(blur), y)?;
        let Blur { deviation, radius, border } = blur;
        each_channel(images, y, |_, x| reference::blur(x, deviation, radius, border_of(border)))
    }

    fn erase(&self, images: &Images<'_, T>, erasure: Erasure, y: &mut [T]) -> Result<(), Refusal> {
        images.check_for(&Operation::Erase(erasure), y)?;
        let Erasure { rectangle, fill } = erasure;
        each_channel(images, y, |_, x| reference::erase(x, rectangle_of(rectangle), fill))
    }

    fn plan(
        &self,
        shape: ImageShape,
        choices: &[Choice],
        draw: Draw,
        operations: &mut [Option<Operation>],
    ) -> Result<(), Refusal> {
        check_plan::<T>(shape, choices, draw)?;
        check_length("operations", operations, shape.count * choices.len())?;
        operations.copy_from_slice(&planned::plan(shape, choices, draw));
        Ok(())
    }

    fn apply(
        &self,
        images: &Images<'_, T>,
        operations: &[Option<Operation>],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        images.check_operations(operations, y)?;
        let Images { shape, x } = *images;
        let per_image = operations.len().checked_div(shape.count).unwrap_or_default();
        y.copy_from_slice(x);
        for i in 0..shape.count {
            let part = i * shape.per_image()..(i + 1) * shape.per_image();
            for operation in operations[i * per_image..(i + 1) * per_image].iter().flatten() {
                apply_one(shape, operation, &mut y[part.clone()])?;
            }
        }
        Ok(())
    }

    fn augment(
        &self,
        images: &Images<'_, T>,
        labels: &[u32],
        choices: &[Choice],
        draw: Draw,
        y: &mut [T],
        labels_out: &mut [u32],
    ) -> Result<(), Refusal> {
        images.check_augment(labels, choices, draw, y, labels_out)?;
        let mut operations = planned::plan(images.shape, choices, draw);
        labels_out.copy_from_slice(labels);
        for (k, operation) in operations.iter_mut().enumerate() {
            let (label, choice) = (&mut labels_out[k / choices.len()], &choices[k % choices.len()]);
            carry(&choice.labels, operation, label);
        }
        Augmentation::<T>::apply(self, images, &operations, y)
    }

    fn back_translate(&self, job: &TextJob) -> Result<BackTranslated, Refusal> {
        let pivot = |pivot: &super::TextPivot| reference::Pivot {
            forward: said_by(pivot.forward),
            backward: said_by(pivot.backward),
        };
        let mut pivots: Vec<_> = job.pivots.iter().map(pivot).collect();
        let sentences: Vec<&str> = job.sentences.iter().map(|(text, _)| text.as_str()).collect();
        let outcomes = reference::back_translate(&sentences, &mut pivots, job.max_length_ratio);
        let mut all = BackTranslated::default();
        for (sentence, by_pivot) in outcomes.map_err(refusal)?.into_iter().enumerate() {
            let label = job.sentences[sentence].1;
            for (pivot, outcome) in by_pivot.into_iter().enumerate() {
                add(&mut all, TextVariant { sentence, pivot, label, text: String::new() }, outcome);
            }
        }
        Ok(all)
    }
}

/// A dictionary that is asked one sentence; its errors are told by their names.
fn said_by(dictionary: Dictionary) -> Box<reference::Translate<'static>> {
    Box::new(move |sentence| match dictionary.translate(&[sentence]).as_slice() {
        [Ok(text)] => Ok(text.clone()),
        [Err(error)] => Err(format!("{error:?}")),
        _ => Err(format!("{:?}", TextError::Miscounted)),
    })
}

/// An outcome in its place.
fn add(all: &mut BackTranslated, at: TextVariant, outcome: reference::Outcome) {
    use reference::{Outcome, Reason};
    match outcome {
        Outcome::Kept(text) => all.variants.push(TextVariant { text, ..at }),
        Outcome::Dropped(Reason::Empty) => all.dropped.empty += 1,
        Outcome::Dropped(Reason::RoundTrip) => all.dropped.round_trips += 1,
        Outcome::Dropped(Reason::LengthRatio) => all.dropped.length_ratio += 1,
        Outcome::Dropped(Reason::Duplicate) => all.dropped.duplicates += 1,
        Outcome::Failed(direction, failed) => {
            let error = match failed {
                reference::Failed::Empty => TextError::Empty,
                reference::Failed::Translator(name) => TextError::named(&name),
            };
            let is_backward = direction == reference::Direction::Backward;
            let TextVariant { sentence, pivot, .. } = at;
            all.failures.push(TextFailure { sentence, pivot, is_backward, error });
        }
    }
}

/// One operation on one image, where it stands.
fn apply_one<T: Real>(
    shape: ImageShape,
    operation: &Operation,
    image: &mut [T],
) -> Result<(), Refusal> {
    let x = image.to_vec();
    let images = &Images { shape: ImageShape { count: 1, ..shape }, x: &x };
    let target: &dyn Augmentation<T> = &Reference;
    match *operation {
        Operation::Rotate(rotation) => target.rotate(images, rotation, image),
        Operation::Flip(axis) => target.flip(images, axis, image),
        Operation::Shift(shift) => target.shift(images, shift, image),
        Operation::Crop(crop) => target.crop(images, crop, image),
        Operation::Noise(noise, draw) => {
            let normals = normals(draw, x.len())?;
            target.add_noise(images, noise, &normals, image)
        }
        Operation::Blur(blur) => target.blur(images, blur, image),
        Operation::Erase(erasure) => target.erase(images, erasure, image),
    }
}

/// The normal numbers of a stream, rounded to `T`.
fn normals<T: Real>(draw: Draw, count: usize) -> Result<Vec<T>, Refusal> {
    let stream = draw.stream.of_reference();
    let one = |i| normal(stream, draw.first + i, 1.0).map(T::from_f64).map_err(refusal);
    (0..count as u64).map(one).collect()
}

/// The label afterwards; an image that must not be changed is spared.
pub(super) fn carry(labels: &Labels, operation: &mut Option<Operation>, label: &mut u32) {
    let (Labels::Map(map), Some(_)) = (labels, &operation) else { return };
    match map[*label as usize] {
        Some(after) => *label = after,
        None => *operation = None,
    }
}
