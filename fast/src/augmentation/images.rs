//! Images on their way through their operations, each with scratch of its own.

use super::filters::Mean;
use super::rotation::Turn;
use super::rows::together;
use super::types::{Blur, Choice, Erasure, ImageShape, Noise, Operation, Transform};
use super::{checks, from_crop, from_shift, pixels, size};
use crate::policy::Work;
use crate::random::{SPAN, Stream};
use crate::workspace::{Crew, at_least};
use crate::{Element, Level, Policy, Workspace};

/// At most so many pieces have scratch of their own.
pub(super) const SHARES: usize = 64;

/// One image on its way through its operations: what it is now stands in `from` at first, then in `y` or in
/// `other`.
pub(super) struct Image<'a, T> {
    level: Level,
    shape: ImageShape,
    from: Option<&'a [T]>,
    y: &'a mut [T],
    other: &'a mut [T],
    numbers: &'a mut [f64],
    /// Whether it stands in `y`.
    in_y: bool,
}

impl<T: Element> Image<'_, T> {
    pub(super) fn apply(&mut self, operation: &Operation) {
        let (level, shape) = (self.level, self.shape);
        match self.from.take() {
            Some(x) => one(level, shape, operation, x, self.y, self.numbers),
            None if self.in_y => one(level, shape, operation, self.y, self.other, self.numbers),
            None => one(level, shape, operation, self.other, self.y, self.numbers),
        }
        self.in_y = !self.in_y;
    }

    /// Whatever was done, the result stands in `y`.
    fn finish(self) {
        match self.from {
            Some(x) => self.y.copy_from_slice(x),
            None if self.in_y => {}
            None => self.y.copy_from_slice(self.other),
        }
    }
}

/// Numbers of scratch that any of these operations takes.
pub(super) fn scratch_of<'a>(
    shape: ImageShape,
    operations: impl Iterator<Item = &'a Operation>,
) -> usize {
    let one = |operation: &Operation| match operation {
        Operation::Blur(blur) => Mean::new(size(shape), blur).scratch(),
        _ => 0,
    };
    operations.map(one).max().unwrap_or_default()
}

pub(super) fn scratch_of_choices(shape: ImageShape, choices: &[Choice<'_>]) -> usize {
    let one = |choice: &Choice<'_>| match choice.transform {
        Transform::Blur { deviation: [_, deviation], radius, border } => {
            Mean::new(size(shape), &Blur { deviation, radius, border }).scratch()
        }
        _ => 0,
    };
    choices.iter().map(one).max().unwrap_or_default()
}

/// Hands out every image with scratch of its own.
pub(super) fn images<T: Element>(
    shape: ImageShape,
    x: &[T],
    y: &mut [T],
    numbers: usize,
    workspace: &mut Workspace,
    policy: &Policy,
    task: impl Fn(usize, &mut Image<'_, T>) + Sync,
) {
    if y.is_empty() {
        return;
    }
    let (pixels, parallel) = (shape.per_image(), policy.parallel(y.len(), Work::Heavy));
    let mut others = std::mem::take(T::images(workspace));
    let mut slots = std::mem::take(&mut workspace.slots);
    let crew = Crew::new(parallel, &workspace.workers);
    let share = crew.share(shape.count, 1, SHARES);
    let shares = shape.count.div_ceil(share);
    let sizes = [share * pixels, pixels, numbers.max(1)];
    let (other, number) =
        (at_least(&mut others, shares * pixels), at_least(&mut slots, shares * sizes[2]));
    crew.each_trio(sizes, y, other, number, |k, y, other, numbers| {
        for (i, y) in y.chunks_exact_mut(pixels).enumerate() {
            let i = k * share + i;
            let from = Some(&x[i * pixels..(i + 1) * pixels]);
            let level = policy.level;
            let mut image = Image { level, shape, from, y, other, numbers, in_y: false };
            task(i, &mut image);
            image.finish();
        }
    });
    *T::images(workspace) = others;
    workspace.slots = slots;
}

/// One operation on one image.
fn one<T: Element>(
    level: Level,
    shape: ImageShape,
    operation: &Operation,
    x: &[T],
    y: &mut [T],
    numbers: &mut [f64],
) {
    let (pixels, width) = (shape.per_channel(), shape.width);
    if let Operation::Noise(noise, stream, first) = operation {
        return noisy(level, noise, *stream, *first, x, y);
    }
    if let Operation::Rotate(rotation) = operation {
        let (turn, share) = (Turn::new(size(shape), rotation), together(pixels) * pixels);
        let shares = x.chunks(share).zip(y.chunks_mut(share));
        return shares.for_each(|(x, y)| T::turned_rows(level, &turn, x, 0, y));
    }
    for (x, y) in x.chunks_exact(pixels).zip(y.chunks_exact_mut(pixels)) {
        let each = y.chunks_exact_mut(width).enumerate();
        match operation {
            Operation::Flip(axis) => {
                each.for_each(|(i, y)| pixels::flipped_row(x, size(shape), *axis, i, y));
            }
            Operation::Shift(shift) => {
                let (by, fill) = (from_shift(shift), T::round(shift.fill));
                each.for_each(|(i, y)| pixels::moved_row(x, size(shape), by, fill, i, y));
            }
            Operation::Crop(crop) => {
                let (by, fill) = (from_crop(crop), T::round(crop.fill));
                each.for_each(|(i, y)| pixels::moved_row(x, size(shape), by, fill, i, y));
            }
            Operation::Rotate(_) | Operation::Noise(..) => {}
            Operation::Blur(blur) => {
                let mean = Mean::new(size(shape), blur);
                match mean.is_nothing() {
                    true => y.copy_from_slice(x),
                    false => T::blurred(level, &mean, x, y, numbers),
                }
            }
            Operation::Erase(Erasure { rectangle, fill }) => {
                let fill = T::round(*fill);
                each.for_each(|(i, y)| pixels::erased_row(x, width, rectangle, fill, i, y));
            }
        }
    }
}

/// Noise from a stream, whose normal numbers are drawn a few spans at a time.
fn noisy<T: Element>(
    level: Level,
    noise: &Noise,
    stream: Stream,
    first: u64,
    x: &[T],
    y: &mut [T],
) {
    const DRAWN: usize = 6 * SPAN;
    let (mut normals, limits) = ([T::default(); DRAWN], checks::limits::<T>(noise));
    for (k, (x, y)) in x.chunks(DRAWN).zip(y.chunks_mut(DRAWN)).enumerate() {
        let z = &mut normals[..x.len()];
        T::normals(level, stream, first + (k * DRAWN) as u64, 1.0, z);
        T::with_noise(level, noise.deviation, limits, z, x, y);
    }
}
