//! From words to operations.
//!
//! ```text
//! words of choice k, image m   W(64m) … W(64m + 63) of (seed, number + 2k, step): one group of Philox
//! applied                      w₀ < round(p·2³²)
//! even(a, b, w)                a + (b − a)·(w + ½)·2⁻³²        whole(K, w)  ⌊K·w/2³²⌋
//! ```

use super::types::{
    Blur, Choice, Crop, Erasure, ImageShape, Labels, Operation, Rectangle, Rotation, Shift,
    Transform,
};
use crate::Level;
use crate::random::{GROUP, Plane, Stream, group};

/// Where a plan draws from: checked, so that nothing overflows.
#[derive(Clone, Copy)]
pub(super) struct Source {
    pub(super) level: Level,
    pub(super) shape: ImageShape,
    pub(super) stream: Stream,
    pub(super) first: u64,
}

/// The words of one image for one choice.
struct Words([u32; GROUP]);

impl Words {
    fn even(&self, j: usize, [low, high]: [f64; 2]) -> f64 {
        low + (high - low) * ((f64::from(self.0[j]) + 0.5) * (1.0 / 4_294_967_296.0))
    }

    /// One of `count` whole numbers, at most 2³² of them.
    fn whole(&self, j: usize, count: usize) -> usize {
        ((count as u64 * u64::from(self.0[j])) >> 32) as usize
    }

    fn offset(&self, j: usize, most: usize) -> i64 {
        self.whole(j, 2 * most + 1) as i64 - most as i64
    }
}

impl Source {
    /// What choice `k` does to image `i` of the batch.
    pub(super) fn operation(&self, i: usize, k: usize, choice: &Choice<'_>) -> Option<Operation> {
        let stream = numbered(self.stream, 2 * k);
        let image = self.first + i as u64;
        let words = Words(group(self.level, stream, Plane::First, image));
        let threshold = (choice.probability * 4_294_967_296.0).round_ties_even() as u64;
        if u64::from(words.0[0]) >= threshold {
            return None;
        }
        self.drawn(&choice.transform, &words, stream, image)
    }

    fn drawn(
        &self,
        transform: &Transform,
        words: &Words,
        stream: Stream,
        image: u64,
    ) -> Option<Operation> {
        let ImageShape { height, width, .. } = self.shape;
        Some(match *transform {
            Transform::Rotate { degrees, interpolation, fill } => {
                let degrees = words.even(1, degrees);
                Operation::Rotate(Rotation { degrees, interpolation, fill })
            }
            Transform::Flip(axis) => Operation::Flip(axis),
            Transform::Shift { down, right, fill } => {
                let (down, right) = (words.offset(1, down), words.offset(2, right));
                Operation::Shift(Shift { down, right, fill })
            }
            Transform::Crop { padding, fill } => {
                let [top, left] = [1, 2].map(|j| words.whole(j, 2 * padding + 1));
                let window = Rectangle { top, left, height, width };
                Operation::Crop(Crop { padding, window, fill })
            }
            Transform::Noise(noise) => {
                let first = image * self.shape.per_image() as u64;
                Operation::Noise(noise, numbered(stream, 1), first)
            }
            Transform::Blur { deviation, radius, border } => {
                Operation::Blur(Blur { deviation: words.even(1, deviation), radius, border })
            }
            Transform::Erase { share, aspect, attempts, fill } => {
                let attempt = |a| rectangle([height, width], share, aspect, words, 1 + 4 * a);
                let rectangle = (0..attempts as usize).find_map(attempt)?;
                Operation::Erase(Erasure { rectangle, fill })
            }
        })
    }

    /// Hands every operation that the label allows to `apply`, in order; the label afterwards.
    pub(super) fn carry(
        &self,
        i: usize,
        choices: &[Choice<'_>],
        mut label: u32,
        mut apply: impl FnMut(&Operation),
    ) -> u32 {
        for (k, choice) in choices.iter().enumerate() {
            let Some(operation) = self.operation(i, k, choice) else { continue };
            let after = match choice.labels {
                Labels::Keep => Some(label),
                Labels::Map(map) => map[label as usize],
            };
            if let Some(after) = after {
                label = after;
                apply(&operation);
            }
        }
        label
    }
}

/// The stream whose number is `by` more.
fn numbered(stream: Stream, by: usize) -> Stream {
    Stream { number: stream.number + by as u32, ..stream }
}

/// The rectangle of an attempt whose words begin at `at`, if it fits.
fn rectangle(
    [h, w]: [usize; 2],
    share: [f64; 2],
    aspect: [f64; 2],
    words: &Words,
    at: usize,
) -> Option<Rectangle> {
    let area = h as f64 * w as f64 * words.even(at, share);
    let ratio = words.even(at + 1, aspect.map(f64::ln)).exp();
    let [rows, columns] = [(area * ratio).sqrt().round(), (area / ratio).sqrt().round()];
    let fits = |length: f64, size: usize| 1.0 <= length && length <= size as f64;
    if !(fits(rows, h) && fits(columns, w)) {
        return None;
    }
    let (height, width) = (rows as usize, columns as usize);
    let (top, left) = (words.whole(at + 2, h - height + 1), words.whole(at + 3, w - width + 1));
    Some(Rectangle { top, left, height, width })
}
