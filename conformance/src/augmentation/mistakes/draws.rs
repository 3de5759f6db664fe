//! The map in plain `f64`, with the step that a fault changes: it shares no code with the reference.

use super::{Fault, Mistake};
use crate::augmentation::{
    Blur, Choice, Crop, Erasure, ImageShape, Operation, Rectangle, Rotation, Shift, Transform,
};
use crate::random::Plane;
use crate::random::mistakes::draws;
use crate::{Draw, Real, Stream};

/// The words of one image for one choice.
#[derive(Clone, Copy)]
struct Words {
    fault: Fault,
    stream: Stream,
    first: u64,
}

impl Words {
    fn at(self, j: u64) -> u32 {
        draws::word(self.stream, Plane::First, self.first + j)
    }

    /// Between two ends.
    fn even(self, j: u64, [low, high]: [f64; 2]) -> f64 {
        low + (high - low) * ((f64::from(self.at(j)) + 0.5) / 4_294_967_296.0)
    }

    /// One of 0 … count − 1.
    fn whole(self, j: u64, count: u64) -> u64 {
        let count = if self.fault == Fault::LastOffset { (count - 1).max(1) } else { count };
        count * u64::from(self.at(j)) / (1 << 32)
    }

    /// From −most to most.
    fn offset(self, j: u64, most: usize) -> i64 {
        self.whole(j, 2 * most as u64 + 1) as i64 - most as i64
    }
}

impl Mistake {
    /// The plan of a batch, the choices of an image together.
    pub(super) fn planned(
        self,
        shape: ImageShape,
        choices: &[Choice],
        draw: Draw,
    ) -> Vec<Option<Operation>> {
        let share = shape.count.div_ceil(rayon::current_num_threads());
        let one = |i: usize| {
            let mut stream = draw.stream;
            if self.fault == Fault::Threads {
                stream.step = stream.step.wrapping_add((i / share) as u32);
            }
            let image = match self.fault {
                Fault::SameStream => 0,
                Fault::PlaceInBatch => i as u64,
                _ => draw.first.wrapping_add(i as u64),
            };
            let choice = move |(k, choice)| self.chosen(shape, choice, k, stream, image);
            choices.iter().enumerate().map(choice)
        };
        (0..shape.count).flat_map(one).collect()
    }

    fn chosen(
        self,
        shape: ImageShape,
        choice: &Choice,
        k: usize,
        stream: Stream,
        image: u64,
    ) -> Option<Operation> {
        let step = if self.fault == Fault::SameEpoch { 0 } else { stream.step };
        let by = if self.fault == Fault::SharedStream { 0 } else { 2 * k as u32 };
        let stream = Stream { step, number: stream.number.wrapping_add(by), ..stream };
        let words = Words { fault: self.fault, stream, first: image.wrapping_mul(64) };
        let p = match self.fault {
            Fault::ProbabilityInverted => 1.0 - choice.probability,
            Fault::AlwaysApplied => 1.0,
            _ => choice.probability,
        };
        let is_applied = f64::from(words.at(0)) < (p * 4_294_967_296.0).round_ties_even();
        if is_applied { self.drawn(shape, choice.transform, words, image) } else { None }
    }

    fn drawn(
        self,
        shape: ImageShape,
        transform: Transform,
        words: Words,
        image: u64,
    ) -> Option<Operation> {
        let operation = match transform {
            Transform::Rotate { degrees, interpolation, fill } => {
                let drawn = words.even(1, degrees);
                let degrees = if self.fault == Fault::WholeDegrees { drawn.round() } else { drawn };
                Operation::Rotate(Rotation { degrees, interpolation, fill })
            }
            Transform::Flip(axis) => Operation::Flip(axis),
            Transform::Shift { down, right, fill } => {
                let (down, right) = (words.offset(1, down), words.offset(2, right));
                Operation::Shift(Shift { down, right, fill })
            }
            Transform::Crop { padding, fill } => {
                let at = |j| words.whole(j, 2 * padding as u64 + 1) as usize;
                let (height, width) = (shape.height, shape.width);
                let window = Rectangle { top: at(1), left: at(2), height, width };
                Operation::Crop(Crop { padding, window, fill })
            }
            Transform::Noise(noise) => {
                let stream = Stream { number: words.stream.number.wrapping_add(1), ..words.stream };
                let first = image.wrapping_mul(shape.per_image() as u64);
                Operation::Noise(noise, Draw { stream, first })
            }
            Transform::Blur { deviation, radius, border } => {
                Operation::Blur(Blur { deviation: words.even(1, deviation), radius, border })
            }
            Transform::Erase { share, aspect, attempts, fill } => {
                let attempts = if self.fault == Fault::NeverGivesUp { 500 } else { attempts };
                let one = |a| self.rectangle(shape, share, aspect, words, 4 * a);
                let rectangle = (0..u64::from(attempts)).find_map(one)?;
                Operation::Erase(Erasure { rectangle, fill })
            }
        };
        Some(operation)
    }

    fn rectangle(
        self,
        shape: ImageShape,
        share: [f64; 2],
        [flat, tall]: [f64; 2],
        words: Words,
        at: u64,
    ) -> Option<Rectangle> {
        let (h, w) = (shape.height as f64, shape.width as f64);
        let area = h * w * words.even(1 + at, share);
        let ratio = match self.fault {
            Fault::LinearAspect => words.even(2 + at, [flat, tall]),
            Fault::Squares => 1.0,
            _ => words.even(2 + at, [flat.ln(), tall.ln()]).exp(),
        };
        let ratio = if self.fault == Fault::AspectInverted { 1.0 / ratio } else { ratio };
        let (rows, columns) = ((area * ratio).sqrt().round(), (area / ratio).sqrt().round());
        if rows < 1.0 || columns < 1.0 || rows > h || columns > w {
            return None;
        }
        let (height, width) = (rows as usize, columns as usize);
        let corner = |j, free: usize| words.whole(j, free as u64 + 1) as usize;
        let (top, left) =
            (corner(3 + at, shape.height - height), corner(4 + at, shape.width - width));
        Some(Rectangle { top, left, height, width })
    }

    /// The normal numbers of an operation that adds noise.
    pub(super) fn normals_for<T: Real>(self, operation: &Operation, count: usize) -> Vec<T> {
        let Operation::Noise(_, Draw { stream, first }) = *operation else { return Vec::new() };
        let first = if self.fault == Fault::NoiseRepeats { 0 } else { first };
        (0..count as u64).map(|i| draws::normal(self.slip, stream, first + i, 1.0)).collect()
    }
}
