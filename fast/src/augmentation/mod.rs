//! Augmentation of images: rotation, flips, shifts, crops, noise, blur, erasing; and policies that draw them.
//!
//! ```text
//! rotate   y(i, j) = x(s, t), bilinear or nearest      s = (h − 1)/2 + u·sin d + v·cos d
//!          v = i − (h − 1)/2,  u = j − (w − 1)/2       t = (w − 1)/2 + u·cos d − v·sin d
//! shift    y(i, j) = x(i − down, j − right)            crop  y(i, j) = x(i + top − P, j + left − P)
//! noise    y = x + σ·z                                 blur  y = Σ_k Σ_l w_k·w_l·x(i + k, j + l)
//! plan     words W(64m) … W(64m + 63) of (seed, number + 2k, step) for image m and choice k
//! ```
//!
//! Images are n × c × h × w ([`ImageShape`]), rows downwards; positive degrees turn counter-clockwise as
//! seen. The input is never changed. A policy is a list of [`Choice`]s; the step of its stream is the
//! epoch, `first` the number of the first image of the batch in it. Choice k draws from the numbers
//! `number + 2k` (what) and `number + 2k + 1` (noise): leave room for them.
//!
//! **Source.** P. Y. Simard, D. Steinkraus, J. C. Platt, ICDAR 2003 (rotation by an inverse map);
//! Z. Zhong et al., "Random erasing data augmentation", AAAI 2020; the map from words is ours.
//!
//! **Hazard.** A centre that is half a pixel off; quarter turns that interpolate; a batch or an epoch
//! whose images all draw the same; a label that stays when its image becomes another class.
//!
//! **Method.** Each image is a task of its own: its words are one group of Philox a choice, its
//! operations follow each other between two buffers. Places, mixing and sums are `f64` and rounded once
//! an operation, nothing is fused. Rows of flips, shifts, crops and erasing are copied.
//! Rotations go by in lanes, channels of one size together.
//!
//! **Promises.** Half a unit in the last place beside the error of the arithmetic in `f64`; what only
//! moves is copied bit for bit, quarter turns too. The same bits on any number of threads, in any split
//! of a data set into batches, and at every level. A blur is shared out by channels, everything else by
//! rows or images.
//!
//! Sentences are augmented in [`text`].

mod checks;
mod filters;
mod images;
mod passes;
mod pixels;
mod plan;
mod rotation;
mod rows;
#[cfg(test)]
mod tests;
pub mod text;
mod types;

use filters::Mean;
use images::{SHARES, images, scratch_of, scratch_of_choices};
pub(crate) use passes::Passes;
use plan::Source;
use rotation::Turn;
use rows::{PIECE, blocks, plane, rows};
pub use types::{
    Axis, Blur, Border, Choice, Crop, Erasure, ImageShape, Interpolation, Labels, Noise, Operation,
    Rectangle, Rotation, Shift, Transform,
};

use crate::policy::Work;
use crate::random::Stream;
use crate::workspace::{Crew, at_least};
use crate::{Element, Error, Policy, Workspace, check};

/// Turns every image counter-clockwise about the centre of its pixel grid, ((h − 1)/2, (w − 1)/2).
///
/// Beyond half a pixel from the outermost centres stands `fill`. Multiples of 90 degrees move pixels bit
/// for bit where h − w is even, of 180 always; the canvas stays h × w.
///
/// ```
/// use evenkeel_fast::augmentation::{self, ImageShape, Interpolation, Rotation};
/// use evenkeel_fast::{Policy, Workspace};
///
/// let shape = ImageShape::new(1, 1, 2, 2);
/// let rotation = Rotation { degrees: 90.0, interpolation: Interpolation::Bilinear, fill: 0.0 };
/// let (x, mut y) = ([1.0_f32, 2.0, 3.0, 4.0], [0.0; 4]);
/// augmentation::rotate(shape, rotation, &x, &mut y, &mut Workspace::new(), &Policy::default())?;
/// assert_eq!(y, [2.0, 4.0, 1.0, 3.0]);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `shape` (too large), `x`, `y` (wrong length), `degrees` or `fill` (not finite). Nothing is
/// written then.
pub fn rotate<T: Element>(
    shape: ImageShape,
    rotation: Rotation,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::images(shape, x, y, shape)?;
    checks::rotation::<T>(&rotation)?;
    let turn = Turn::new(size(shape), &rotation);
    blocks(shape, y, workspace, policy, |channel, i, y| {
        let pixels = shape.per_channel();
        let x = &x[channel * pixels..][..y.len().next_multiple_of(pixels)];
        T::turned_rows(policy.level, &turn, x, i, y);
    });
    Ok(())
}

/// Mirrors every image.
///
/// # Errors
/// Names `shape`, `x` or `y`. Nothing is written then.
pub fn flip<T: Element>(
    shape: ImageShape,
    axis: Axis,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::images(shape, x, y, shape)?;
    rows(shape, y, workspace, policy, |channel, i, row| {
        pixels::flipped_row(plane(shape, x, channel), size(shape), axis, i, row);
    });
    Ok(())
}

/// Moves every image by whole pixels; nothing wraps.
///
/// # Errors
/// Names `shape`, `x`, `y` or `fill`. Nothing is written then.
pub fn shift<T: Element>(
    shape: ImageShape,
    shift: Shift,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::images(shape, x, y, shape)?;
    checks::fill::<T>(shift.fill)?;
    let (by, fill) = (from_shift(&shift), T::round(shift.fill));
    rows(shape, y, workspace, policy, |channel, i, row| {
        pixels::moved_row(plane(shape, x, channel), size(shape), by, fill, i, row);
    });
    Ok(())
}

/// Cuts a window out of every image with `padding` pixels around it; `y` has the window's size.
///
/// # Errors
/// Names `shape`, `x`, `y`, `padding`, `window` (not inside the padded image) or `fill`. Nothing is
/// written then.
pub fn crop<T: Element>(
    shape: ImageShape,
    crop: Crop,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::crop::<T>(shape, &crop)?;
    let after = shape.of_size(crop.window.height, crop.window.width);
    checks::images(shape, x, y, after)?;
    let (by, fill) = (from_crop(&crop), T::round(crop.fill));
    rows(after, y, workspace, policy, |channel, i, row| {
        pixels::moved_row(plane(shape, x, channel), size(shape), by, fill, i, row);
    });
    Ok(())
}

/// Adds `deviation` times `normals`, and limits the result if that is asked for; NaN stays NaN.
///
/// # Errors
/// Names `shape`, `x`, `y`, `normals` (wrong length), `deviation` or `clamp` (no number of the precision
/// is in it). Nothing is written then.
pub fn add_noise<T: Element>(
    shape: ImageShape,
    noise: Noise,
    normals: &[T],
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::images(shape, x, y, shape)?;
    check::length("normals", normals, x.len())?;
    checks::noise::<T>(&noise)?;
    let limits = checks::limits::<T>(&noise);
    let crew = Crew::new(policy.parallel(y.len(), Work::Heavy), &workspace.workers);
    crew.each_chunk(y, PIECE, |k, y| {
        let part = k * PIECE..k * PIECE + y.len();
        let (z, x) = (&normals[part.clone()], &x[part]);
        T::with_noise(policy.level, noise.deviation, limits, z, x, y);
    });
    Ok(())
}

/// Takes the mean with the weights of a normal distribution, along rows and then along columns.
///
/// # Errors
/// Names `shape`, `x`, `y`, `deviation` or `radius`. Nothing is written then.
pub fn blur<T: Element>(
    shape: ImageShape,
    blur: Blur,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::images(shape, x, y, shape)?;
    checks::blur::<T>(&blur)?;
    let mean = Mean::new(size(shape), &blur);
    let Workspace { slots, workers, .. } = workspace;
    let crew = Crew::new(policy.parallel(y.len(), Work::Heavy), workers);
    if y.is_empty() || mean.is_nothing() {
        y.copy_from_slice(x);
        return Ok(());
    }
    let (pixels, channels) = (shape.per_channel(), shape.count * shape.channels);
    let (share, scratch) = (crew.share(channels, 1, SHARES), mean.scratch());
    let slots = at_least(slots, channels.div_ceil(share) * scratch);
    crew.each_pair([share * pixels, scratch], y, slots, |k, y, scratch| {
        let x = &x[k * share * pixels..][..y.len()];
        for (x, y) in x.chunks_exact(pixels).zip(y.chunks_exact_mut(pixels)) {
            T::blurred(policy.level, &mean, x, y, scratch);
        }
    });
    Ok(())
}

/// Fills a rectangle of every image, in every channel.
///
/// # Errors
/// Names `shape`, `x`, `y`, `rectangle` (not inside the image) or `fill`. Nothing is written then.
pub fn erase<T: Element>(
    shape: ImageShape,
    erasure: Erasure,
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::images(shape, x, y, shape)?;
    checks::erasure::<T>(shape, &erasure)?;
    let Erasure { rectangle, fill } = erasure;
    rows(shape, y, workspace, policy, |channel, i, row| {
        let x = plane(shape, x, channel);
        pixels::erased_row(x, shape.width, &rectangle, T::round(fill), i, row);
    });
    Ok(())
}

/// Draws what each choice does to each image, the choices of an image together.
///
/// `operations` are count times as many as `choices`. T is the precision of the images: what it has no
/// number for is refused.
///
/// # Errors
/// Names `shape`, an argument of a choice, `number` (no room for 2 numbers a choice), `first` (no words
/// for the last image) or `operations` (wrong length). Nothing is written then.
pub fn plan<T: Element>(
    shape: ImageShape,
    choices: &[Choice<'_>],
    stream: Stream,
    first: u64,
    operations: &mut [Option<Operation>],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::plan::<T>(shape, choices, stream, first)?;
    check::length("operations", operations, shape.count.saturating_mul(choices.len()))?;
    let source = Source { level: policy.level, shape, stream, first };
    let crew = Crew::new(policy.parallel(shape.len(), Work::Heavy), &workspace.workers);
    crew.each_chunk(operations, choices.len().max(1), |i, own| {
        for (k, (choice, operation)) in choices.iter().zip(own).enumerate() {
            *operation = source.operation(i, k, choice);
        }
    });
    Ok(())
}

/// Applies to each image its operations, one after the other, rounded in between.
///
/// # Errors
/// Names `shape`, `x`, `y`, `operations` (not as many for every image) or what an operation's own function
/// refuses. Nothing is written then.
pub fn apply<T: Element>(
    shape: ImageShape,
    operations: &[Option<Operation>],
    x: &[T],
    y: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::images(shape, x, y, shape)?;
    if operations.len().checked_rem(shape.count).unwrap_or(operations.len()) != 0 {
        let allowed = format!("a multiple of {}", shape.count);
        return Err(Error::new("operations", format!("{} values", operations.len()), allowed));
    }
    operations.iter().flatten().try_for_each(|o| checks::operation::<T>(shape, o))?;
    let each = operations.len().checked_div(shape.count).unwrap_or_default();
    let own = |i: usize| operations[i * each..(i + 1) * each].iter().flatten();
    let numbers = scratch_of(shape, operations.iter().flatten());
    images(shape, x, y, numbers, workspace, policy, |i, image| {
        own(i).for_each(|operation| image.apply(operation));
    });
    Ok(())
}

/// Draws and applies, and carries the labels along: the plan of [`plan`] without what labels strike out.
///
/// A batch is a part of an epoch: `stream.step` is the epoch, `first` the number of its first image. What
/// happens to an image depends on its number alone, not on the batch that it is in.
///
/// ```
/// use evenkeel_fast::augmentation::{self, Axis, Choice, ImageShape, Labels, Transform};
/// use evenkeel_fast::{Policy, Workspace, random::Stream};
///
/// // Left hands (0) become right hands (1) in the mirror; text (2) must not be mirrored.
/// let labels = Labels::Map(&[Some(1), Some(0), None]);
/// let transform = Transform::Flip(Axis::Horizontal);
/// let choices = [Choice { probability: 1.0, transform, labels }];
/// let shape = ImageShape::new(2, 1, 1, 2);
/// let (x, mut y, mut after) = ([1.0_f32, 2.0, 3.0, 4.0], [0.0; 4], [9; 2]);
/// let stream = Stream { seed: 7, number: 0, step: 0 };
/// let (mut workspace, policy) = (Workspace::new(), Policy::default());
/// augmentation::augment(
///     shape, &choices, stream, 0, &x, &[0, 2], &mut y, &mut after, &mut workspace, &policy,
/// )?;
/// assert_eq!((y, after), ([2.0, 1.0, 3.0, 4.0], [1, 2]));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// As [`plan`]; names `x`, `y`, `labels` (not one an image, or not in a map) or `labels_out` too. Nothing is
/// written then.
#[allow(clippy::too_many_arguments, reason = "images and labels, before and after")]
pub fn augment<T: Element>(
    shape: ImageShape,
    choices: &[Choice<'_>],
    stream: Stream,
    first: u64,
    x: &[T],
    labels: &[u32],
    y: &mut [T],
    labels_out: &mut [u32],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    checks::plan::<T>(shape, choices, stream, first)?;
    checks::images(shape, x, y, shape)?;
    checks::labels(shape, choices, labels)?;
    check::length("labels_out", labels_out, shape.count)?;
    let source = Source { level: policy.level, shape, stream, first };
    labels_out.copy_from_slice(labels);
    if choices.iter().any(|choice| choice.labels != Labels::Keep) {
        let crew = Crew::new(policy.parallel(shape.len(), Work::Heavy), &workspace.workers);
        crew.each_chunk(labels_out, 1, |i, label| {
            label[0] = source.carry(i, choices, label[0], |_| {});
        });
    }
    let numbers = scratch_of_choices(shape, choices);
    images(shape, x, y, numbers, workspace, policy, |i, image| {
        source.carry(i, choices, labels[i], |operation| image.apply(operation));
    });
    Ok(())
}

fn size(shape: ImageShape) -> [usize; 2] {
    [shape.height, shape.width]
}

/// What is added to row and column of y to come to those of x.
fn from_shift(shift: &Shift) -> [i128; 2] {
    [-i128::from(shift.down), -i128::from(shift.right)]
}

fn from_crop(crop: &Crop) -> [i128; 2] {
    let Rectangle { top, left, .. } = crop.window;
    [top, left].map(|first| first as i128 - crop.padding as i128)
}
