//! What an augmentation must offer to be checked.

use super::choices::{Choice, check_labels, check_plan};
use super::operations::{Axis, Blur, Crop, Erasure, ImageShape, Noise, Operation, Rotation, Shift};
use super::text::{BackTranslated, TextJob};
use crate::refusal::check_length;
use crate::{Draw, Real, Refusal};

/// A batch of images.
#[derive(Debug, Clone, Copy)]
pub struct Images<'a, T> {
    /// n × c × h × w.
    pub shape: ImageShape,
    /// The elements, as many as the shape has.
    pub x: &'a [T],
}

impl<T: Real> Images<'_, T> {
    /// Refuses what is not of its shape, and a result that is not `expected` long.
    ///
    /// # Errors
    /// Names `shape`, `x` or `y`.
    pub fn check(&self, y: &[T], expected: usize) -> Result<(), Refusal> {
        self.shape.check()?;
        check_length("x", self.x, self.shape.len())?;
        check_length("y", y, expected)
    }

    /// Refuses what a function of one operation refuses.
    ///
    /// # Errors
    /// Names `shape`, `x`, `y`, or an argument of the operation.
    pub fn check_for(&self, operation: &Operation, y: &[T]) -> Result<(), Refusal> {
        self.shape.check()?;
        let crop = match operation {
            Operation::Crop(crop) => Some(crop),
            _ => None,
        };
        match crop {
            Some(crop) => crop.check::<T>(self.shape)?,
            None => operation.check::<T>(self.shape)?,
        }
        let size = crop.map_or([self.shape.height, self.shape.width], |crop| {
            [crop.window.height, crop.window.width]
        });
        let [height, width] = size;
        let after = ImageShape { height, width, ..self.shape };
        after.check()?;
        self.check(y, after.len())
    }

    /// Refuses what [`Augmentation::apply`] refuses.
    ///
    /// # Errors
    /// Names `shape`, `x`, `y`, `operations` or an argument of an operation.
    pub fn check_operations(
        &self,
        operations: &[Option<Operation>],
        y: &[T],
    ) -> Result<(), Refusal> {
        self.check(y, self.shape.len())?;
        let count = self.shape.count;
        if operations.len().checked_rem(count).unwrap_or(operations.len()) != 0 {
            let (value, allowed) = (operations.len(), format!("a multiple of {count}"));
            return Err(Refusal::invalid("operations", value, allowed));
        }
        operations.iter().flatten().try_for_each(|operation| operation.check::<T>(self.shape))
    }

    /// Refuses what [`Augmentation::augment`] refuses.
    ///
    /// # Errors
    /// Names `shape`, `x`, `labels`, `y`, `labels_out`, `number`, `first` or an argument of a choice.
    pub fn check_augment(
        &self,
        labels: &[u32],
        choices: &[Choice],
        draw: Draw,
        y: &[T],
        labels_out: &[u32],
    ) -> Result<(), Refusal> {
        check_plan::<T>(self.shape, choices, draw)?;
        self.check(y, self.shape.len())?;
        check_labels(self.shape, choices, labels)?;
        check_length("labels_out", labels_out, self.shape.count)
    }
}

/// Augmentation of images in precision `T`, over plain slices, and of sentences.
///
/// Offer what you have: an augmentation that draws with a generator of its own does not follow the
/// map, and its plans are checked as draws. Every function checks its arguments first and, when it
/// refuses, leaves its outputs as they were; the arguments have a `check` that a target may call.
pub trait Augmentation<T: Real>: Send + Sync {
    /// Whether a plan is the one that the clauses on the map give.
    fn follows_the_map(&self) -> bool {
        false
    }

    /// Turns counter-clockwise about the centre of the pixel grid.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn rotate(
        &self,
        images: &Images<'_, T>,
        rotation: Rotation,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (images, rotation, y);
        Err(Refusal::NotOffered)
    }

    /// Mirrors.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn flip(&self, images: &Images<'_, T>, axis: Axis, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (images, axis, y);
        Err(Refusal::NotOffered)
    }

    /// Moves by whole pixels.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn shift(&self, images: &Images<'_, T>, shift: Shift, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (images, shift, y);
        Err(Refusal::NotOffered)
    }

    /// Cuts a window out of the padded image; `y` has the window's height and width.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn crop(&self, images: &Images<'_, T>, crop: Crop, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (images, crop, y);
        Err(Refusal::NotOffered)
    }

    /// Adds deviation times `normals`, which are as many as x.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn add_noise(
        &self,
        images: &Images<'_, T>,
        noise: Noise,
        normals: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (images, noise, normals, y);
        Err(Refusal::NotOffered)
    }

    /// Takes the mean with normal weights along rows and columns.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn blur(&self, images: &Images<'_, T>, blur: Blur, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (images, blur, y);
        Err(Refusal::NotOffered)
    }

    /// Fills a rectangle.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn erase(&self, images: &Images<'_, T>, erasure: Erasure, y: &mut [T]) -> Result<(), Refusal> {
        let _ = (images, erasure, y);
        Err(Refusal::NotOffered)
    }

    /// Draws for each image what each choice does to it: the choices of an image stand together. The
    /// first image has the number `draw.first`; `operations` are n times as many as the choices.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn plan(
        &self,
        shape: ImageShape,
        choices: &[Choice],
        draw: Draw,
        operations: &mut [Option<Operation>],
    ) -> Result<(), Refusal> {
        let _ = (shape, choices, draw, operations);
        Err(Refusal::NotOffered)
    }

    /// Applies to each image its operations, one after the other.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn apply(
        &self,
        images: &Images<'_, T>,
        operations: &[Option<Operation>],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let _ = (images, operations, y);
        Err(Refusal::NotOffered)
    }

    /// Plans and applies, and carries the labels along.
    ///
    /// # Errors
    /// A [`Refusal`] that names the argument.
    fn augment(
        &self,
        images: &Images<'_, T>,
        labels: &[u32],
        choices: &[Choice],
        draw: Draw,
        y: &mut [T],
        labels_out: &mut [u32],
    ) -> Result<(), Refusal> {
        let _ = (images, labels, choices, draw, y, labels_out);
        Err(Refusal::NotOffered)
    }

    /// Makes new sentences by way of each pivot; the translators are the job's, and are asked one
    /// sentence at a time or in batches.
    ///
    /// # Errors
    /// A [`Refusal`] that names `max_length_ratio`. That a sentence has no translation is in the result.
    fn back_translate(&self, job: &TextJob) -> Result<BackTranslated, Refusal> {
        let _ = job;
        Err(Refusal::NotOffered)
    }
}
