//! Augmentations with one fault each, and a label.
//!
//! All stand on plain `f64` loops (`pixels`) and on the map (`draws`); the catalogue has the labels and
//! the sentences.

mod catalogue;
mod draws;
mod pixels;
mod text;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::text::{BackTranslated, TextJob};
use super::{
    Augmentation, Axis, Blur, Choice, Crop, Erasure, ImageShape, Images, Labels, Noise, Operation,
    Rotation, Shift, check_plan,
};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::refusal::check_length;
use crate::{Draw, Real, Refusal};

/// An augmentation with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// Clockwise.
    RotationSign,
    /// About (h/2, w/2).
    HalfPixel,
    /// About ((w − 1)/2, (h − 1)/2).
    SidesSwapped,
    /// f and g in each other's place.
    FractionsSwapped,
    /// Degrees are taken for radians.
    Radians,
    /// The nearest pixel is the one above and to the left.
    NearestFloor,
    /// π has seven digits.
    QuarterInexact,
    /// Outside stands the edge.
    FillIgnored,
    /// Outside stands 0.
    FillZero,
    /// The edge is mixed with fill.
    EdgeBlended,
    /// Interpolated in the arithmetic of `T`.
    SingleRotation,
    /// The other axis.
    FlipAxis,
    /// What leaves comes back on the other side.
    ShiftWraps,
    /// Up and to the left.
    ShiftSign,
    /// Offsets are counted in the image without padding.
    CropUnpadded,
    /// σ² in place of σ.
    NoiseVariance,
    /// Clamped when it is not asked for.
    ClampsUnasked,
    /// Not clamped when it is.
    NeverClamps,
    /// Added in the arithmetic of `T`.
    SingleNoise,
    /// Weights do not sum to 1.
    BlurUnnormalized,
    /// σ in place of σ².
    BlurVariance,
    /// Along the rows only.
    BlurOneWay,
    /// Beyond the edge stands 0.
    BlurZeroBorder,
    /// Rounded to `T` between the two directions.
    SingleBlur,
    /// Summed from the end in `T`; no mistake by itself.
    Backwards,
    /// One row and one column more.
    EraseInclusive,
    /// Of the first channel only.
    EraseOneChannel,
    /// Applied with probability 1 − p.
    ProbabilityInverted,
    /// Applied always.
    AlwaysApplied,
    /// The last offset is never drawn.
    LastOffset,
    /// Angles are whole degrees.
    WholeDegrees,
    /// The aspect itself is even.
    LinearAspect,
    /// The aspect is width over height.
    AspectInverted,
    /// It is tried until something fits.
    NeverGivesUp,
    /// Squares only.
    Squares,
    /// All images have the draws of image 0.
    SameStream,
    /// The step is ignored.
    SameEpoch,
    /// All choices have the draws of choice 0.
    SharedStream,
    /// The number of an image is its place in the batch.
    PlaceInBatch,
    /// The last choice first.
    OrderReversed,
    /// All images have the noise of image 0.
    NoiseRepeats,
    /// Labels stay.
    LabelLost,
    /// What a label forbids is done all the same.
    SparedChanged,
    /// Labels change also where nothing was applied.
    LabelUnplanned,
    /// Large batches are changed where they stand.
    MutatesSource,
    /// Probabilities are not checked.
    ProbabilityUnchecked,
    /// Degrees are not checked.
    DegreesUnchecked,
    /// Lengths of normal numbers are not checked.
    NormalsUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// Outputs are cleared before the check.
    PartialWrite,
    /// No element is refused.
    EmptyRefused,
    /// Sentences one after the other by a pivot, then by the next.
    TextOrder,
    /// Labels in the order of the variants.
    TextLabelLost,
    /// The last of several pivots is left out.
    TextPivotSkipped,
    /// What stands in the pivot language is the variant.
    TextOneWay,
    /// Sentences are sent as they are.
    TextRaw,
    /// Empty sentences are passed over in silence.
    TextEmptyUncounted,
    /// A variant that is the sentence is kept.
    TextRoundTripKept,
    /// No length is asked.
    TextRatioIgnored,
    /// Short variants pass.
    TextRatioOneSided,
    /// Bytes are counted.
    TextLengthInBytes,
    /// A variant is kept as often as it comes.
    TextDuplicatesKept,
    /// One failure is that of the whole batch.
    TextFailureLosesOthers,
    /// Failures are not told.
    TextFailureSilent,
    /// An empty translation is sent back.
    TextEmptyAccepted,
    /// A variant is dropped that another sentence has.
    TextDuplicatesAcross,
    /// Answers are taken in turn, however many there are.
    TextMisaligned,
    /// What is too long or too short is not counted.
    TextUncounted,
    /// The ratio is not checked.
    TextRatioUnchecked,
    /// Each thread has a step of its own.
    Threads,
    /// Another level sums in another order.
    LevelBits,
}

/// Every mistake.
#[must_use]
pub fn all() -> &'static [Mistake] {
    catalogue::ALL
}

pub(super) const BASE: Mistake = Faulty::planted(Fault::None, "base", "", "nothing", "nothing");

/// From so many elements on a batch is changed where it stands: more than diagnosis asks for numbers.
const LARGE: usize = 2048;

impl Fault {
    /// Whether a refusal of this argument is not made.
    fn overlooks(self, argument: &str) -> bool {
        match self {
            Self::ProbabilityUnchecked => argument == "probability",
            Self::DegreesUnchecked => argument == "degrees",
            Self::NormalsUnchecked => argument == "normals",
            Self::TextRatioUnchecked => argument == "max_length_ratio",
            _ => false,
        }
    }
}

impl Faulty<Fault> {
    /// Lets through what the fault lets through, and writes what it writes nevertheless.
    fn admit<T: Real>(
        self,
        checked: Result<(), Refusal>,
        images: &Images<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let admitted = match (self.fault, checked) {
            (Fault::EmptyRefused, Ok(())) if images.shape.is_empty() => {
                Err(Refusal::invalid("shape", "without an element", "at least one element"))
            }
            (fault, checked) => {
                admitted(checked, |name| fault.overlooks(name), fault == Fault::Misnamed)
            }
        };
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            y.fill(T::from_f64(0.0));
        }
        admitted
    }

    /// Checks and applies one operation to all images.
    fn one<T: Real>(
        self,
        images: &Images<'_, T>,
        operation: Operation,
        normals: Option<&[T]>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let checked = images.check_for(&operation, y).and_then(|()| match normals {
            Some(normals) => check_length("normals", normals, images.x.len()),
            None => Ok(()),
        });
        self.admit(checked, images, y)?;
        let changed = self.changed(images.shape, images.x, &operation, normals.unwrap_or(&[]));
        y.iter_mut().zip(changed).for_each(|(y, changed)| *y = changed);
        Ok(())
    }

    /// Applies a plan: what was struck out is `None`.
    fn applied<T: Real>(
        self,
        shape: ImageShape,
        x: &[T],
        operations: &[Option<Operation>],
    ) -> Vec<T> {
        let per_image = operations.len().checked_div(shape.count).unwrap_or_default();
        let one = ImageShape { count: 1, ..shape };
        let mut y = Vec::with_capacity(x.len());
        for i in 0..shape.count {
            let mut image = x[i * shape.per_image()..(i + 1) * shape.per_image()].to_vec();
            let mut own = operations[i * per_image..(i + 1) * per_image].to_vec();
            if self.fault == Fault::OrderReversed {
                own.reverse();
            }
            for operation in own.iter().flatten() {
                let normals = self.normals_for(operation, image.len());
                image = self.changed(one, &image, operation, &normals);
            }
            y.extend(image);
        }
        y
    }

    /// Strikes out what labels forbid, and carries them along.
    fn carry(self, choices: &[Choice], operations: &mut [Option<Operation>], labels: &mut [u32]) {
        for (n, operation) in operations.iter_mut().enumerate() {
            let (label, choice) = (&mut labels[n / choices.len()], &choices[n % choices.len()]);
            let Labels::Map(map) = &choice.labels else { continue };
            if operation.is_none() && self.fault != Fault::LabelUnplanned {
                continue;
            }
            match map[*label as usize] {
                Some(_) if self.fault == Fault::LabelLost => {}
                Some(after) => *label = after,
                None if self.fault == Fault::SparedChanged => {}
                None => *operation = None,
            }
        }
    }
}

impl<T: Real> Augmentation<T> for Mistake {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn rotate(
        &self,
        images: &Images<'_, T>,
        rotation: Rotation,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.one(images, Operation::Rotate(rotation), None, y)
    }

    fn flip(&self, images: &Images<'_, T>, axis: Axis, y: &mut [T]) -> Result<(), Refusal> {
        self.one(images, Operation::Flip(axis), None, y)
    }

    fn shift(&self, images: &Images<'_, T>, shift: Shift, y: &mut [T]) -> Result<(), Refusal> {
        self.one(images, Operation::Shift(shift), None, y)
    }

    fn crop(&self, images: &Images<'_, T>, crop: Crop, y: &mut [T]) -> Result<(), Refusal> {
        self.one(images, Operation::Crop(crop), None, y)
    }

    fn add_noise(
        &self,
        images: &Images<'_, T>,
        noise: Noise,
        normals: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.one(images, Operation::Noise(noise, Draw::default()), Some(normals), y)
    }

    fn blur(&self, images: &Images<'_, T>, blur: Blur, y: &mut [T]) -> Result<(), Refusal> {
        self.one(images, Operation::Blur(blur), None, y)
    }

    fn erase(&self, images: &Images<'_, T>, erasure: Erasure, y: &mut [T]) -> Result<(), Refusal> {
        self.one(images, Operation::Erase(erasure), None, y)
    }

    fn plan(
        &self,
        shape: ImageShape,
        choices: &[Choice],
        draw: Draw,
        operations: &mut [Option<Operation>],
    ) -> Result<(), Refusal> {
        let checked = check_plan::<T>(shape, choices, draw);
        let admitted = self.admit::<T>(checked, &Images { shape, x: &[] }, &mut []);
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            operations.fill(None);
        }
        admitted?;
        operations.copy_from_slice(&self.planned(shape, choices, draw));
        Ok(())
    }

    fn apply(
        &self,
        images: &Images<'_, T>,
        operations: &[Option<Operation>],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(images.check_operations(operations, y), images, y)?;
        y.copy_from_slice(&self.applied(images.shape, images.x, operations));
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
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let checked = images.check_augment(labels, choices, draw, y, labels_out);
        self.admit(checked, images, y)?;
        let mut operations = self.planned(images.shape, choices, draw);
        labels_out.copy_from_slice(labels);
        self.carry(choices, &mut operations, labels_out);
        let mut changed = self.applied(images.shape, images.x, &operations);
        if self.fault == Fault::MutatesSource && images.x.len() > LARGE {
            // What it was given is the result of the call before.
            if CALLS.fetch_add(1, Relaxed) % 2 == 1 {
                changed = self.applied(images.shape, &changed, &operations);
            }
        }
        y.copy_from_slice(&changed);
        Ok(())
    }

    fn back_translate(&self, job: &TextJob) -> Result<BackTranslated, Refusal> {
        admitted(job.check(), |name| self.fault.overlooks(name), self.fault == Fault::Misnamed)?;
        Ok(self.back_translated(job))
    }
}

faulty_targets!(augmentation, Augmentation, Fault::LevelBits => Fault::Backwards);
