//! Operations on whole images, and what becomes of their labels.

use nalgebra::DMatrix;

use super::{Choice, Labels, Operation, add_noise, blur, crop, erase, flip, plan, rotate, shift};
use crate::random::{Stream, normal};
use crate::{Error, check};

/// One operation on every channel of an image.
///
/// Clause AUG-22. Source: each operation's own function. Noise takes element `first` + (channel·h + i)·w
/// + j of its stream. channels: any number, of one size.
///
/// # Errors
/// `x`: channels of different sizes. Else as the operation's own function.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{Axis, Operation, apply};
/// use nalgebra::dmatrix;
///
/// let image = [dmatrix![1.0, 2.0], dmatrix![3.0, 4.0]];
/// let flipped = apply(&image, &Operation::Flip(Axis::Horizontal))?;
/// assert_eq!(flipped, [dmatrix![2.0, 1.0], dmatrix![4.0, 3.0]]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn apply(image: &[DMatrix<f64>], operation: &Operation) -> Result<Vec<DMatrix<f64>>, Error> {
    for channel in image {
        check::same_size("x", channel, &image[0])?;
    }
    image.iter().enumerate().map(|(c, channel)| apply_to_channel(channel, c, operation)).collect()
}

fn apply_to_channel(
    x: &DMatrix<f64>,
    channel: usize,
    operation: &Operation,
) -> Result<DMatrix<f64>, Error> {
    match *operation {
        Operation::Rotate { degrees, interpolation, fill } => {
            rotate(x, degrees, interpolation, fill)
        }
        Operation::Flip(axis) => Ok(flip(x, axis)),
        Operation::Shift { down, right, fill } => shift(x, down, right, fill),
        Operation::Crop { padding, window, fill } => crop(x, padding, window, fill),
        Operation::Noise { deviation, clamp, stream, first } => {
            check::window(first, channel + 1, x.len())?;
            let first = first + (channel * x.len()) as u64;
            let element =
                |i: usize, j: usize| normal(stream, first + (i * x.ncols() + j) as u64, 1.0);
            // The deviation 1 is never refused.
            let normals =
                DMatrix::from_fn(x.nrows(), x.ncols(), |i, j| element(i, j).unwrap_or(0.0));
            add_noise(x, deviation, &normals, clamp)
        }
        Operation::Blur { deviation, radius, border } => blur(x, deviation, radius, border),
        Operation::Erase { rectangle, fill } => erase(x, rectangle, fill),
    }
}

/// The label after a transform was applied; none where it must not be.
///
/// Clause AUG-24. Source: the rule is that of this page.
///
/// # Errors
/// `labels`: not a class of the map.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::{Labels, label_after};
///
/// // Left and right hands; the third class must not be mirrored.
/// let mirrored = Labels::Map(vec![Some(1), Some(0), None]);
/// assert_eq!(label_after(&mirrored, 0)?, Some(1));
/// assert_eq!(label_after(&mirrored, 2)?, None);
/// assert_eq!(label_after(&Labels::Keep, 9)?, Some(9));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn label_after(labels: &Labels, label: u32) -> Result<Option<u32>, Error> {
    let Labels::Map(map) = labels else { return Ok(Some(label)) };
    let after = map.get(label as usize);
    after.copied().ok_or_else(|| Error::new("labels", label, format!("below {}", map.len())))
}

/// An image, its label, and what was done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Augmented {
    /// The channels afterwards.
    pub image: Vec<DMatrix<f64>>,
    /// The class afterwards.
    pub label: u32,
    /// The operations that were applied, in order.
    pub operations: Vec<Operation>,
}

/// Plans, strikes out what the label forbids, applies the rest, and carries the label along.
///
/// Clauses AUG-22 … AUG-24. Source: the order is that of this page. stream.step: the epoch; image: the
/// image's number in it.
///
/// # Errors
/// As [`plan`] and [`apply`]. `labels`: not a class of a map.
///
/// # Example
/// ```
/// use evenkeel_reference::augmentation::*;
/// use evenkeel_reference::random::Stream;
/// use nalgebra::dmatrix;
///
/// let transform = Transform::Flip(Axis::Horizontal);
/// let labels = Labels::Map(vec![Some(1), Some(0)]);
/// let choices = [Choice { probability: 1.0, transform, labels }];
/// let left = augment(&choices, Stream::default(), 0, &[dmatrix![1.0, 2.0]], 0)?;
/// assert_eq!((left.image, left.label), (vec![dmatrix![2.0, 1.0]], 1));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn augment(
    choices: &[Choice],
    stream: Stream,
    image: u64,
    x: &[DMatrix<f64>],
    label: u32,
) -> Result<Augmented, Error> {
    let [h, w] = x.first().map_or([0, 0], |channel| [channel.nrows(), channel.ncols()]);
    let planned = plan(choices, stream, image, [x.len(), h, w])?;
    let mut augmented = Augmented { image: x.to_vec(), label, operations: Vec::new() };
    for (choice, operation) in choices.iter().zip(planned) {
        let (Some(operation), Some(label)) =
            (operation, label_after(&choice.labels, augmented.label)?)
        else {
            continue;
        };
        augmented.image = apply(&augmented.image, &operation)?;
        augmented.label = label;
        augmented.operations.push(operation);
    }
    Ok(augmented)
}
