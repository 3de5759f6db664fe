//! How the rows of a batch are shared out.

use super::types::ImageShape;
use crate::policy::Work;
use crate::workspace::Crew;
use crate::{Element, Policy, Workspace};

/// Elements that a thread takes at a time, or a row if that is longer.
pub(super) const PIECE: usize = 1 << 13;

/// Elements of channels that are worked on together: they share what is computed once for a row, and are in
/// the second cache when the next row comes.
const TOGETHER: usize = 1 << 18;

/// Threads share a batch by whole channels if that gives so many pieces, otherwise by rows. One thread takes
/// whole channels.
const PIECES: usize = 16;

/// A channel of a batch, counted over all images.
pub(super) fn plane<T>(shape: ImageShape, x: &[T], channel: usize) -> &[T] {
    &x[channel * shape.per_channel()..(channel + 1) * shape.per_channel()]
}

/// Hands out every row of y: its channel, counted over all images, and its number.
pub(super) fn rows<T: Element>(
    shape: ImageShape,
    y: &mut [T],
    workspace: &Workspace,
    policy: &Policy,
    row: impl Fn(usize, usize, &mut [T]) + Sync,
) {
    let ImageShape { height, width, .. } = shape;
    let crew = Crew::new(policy.parallel(y.len(), Work::Heavy), &workspace.workers);
    if y.is_empty() {
        return;
    }
    let share = (PIECE / width).max(1);
    crew.each_chunk(y, share * width, |k, piece| {
        for (r, y) in piece.chunks_exact_mut(width).enumerate() {
            let number = k * share + r;
            row(number / height, number % height, y);
        }
    });
}

/// How many channels are worked on together, at most.
pub(super) fn together(pixels: usize) -> usize {
    TOGETHER.checked_div(pixels).unwrap_or_default().max(1)
}

/// Hands out whole channels, a few at a time, or rows of one channel: the first channel, counted over all
/// images, and the first row.
pub(super) fn blocks<T: Element>(
    shape: ImageShape,
    y: &mut [T],
    workspace: &Workspace,
    policy: &Policy,
    block: impl Fn(usize, usize, &mut [T]) + Sync,
) {
    let ImageShape { height, width, .. } = shape;
    let crew = Crew::new(policy.parallel(y.len(), Work::Heavy), &workspace.workers);
    if y.is_empty() {
        return;
    }
    let (pixels, channels) = (shape.per_channel(), shape.count * shape.channels);
    let most = if crew.is_parallel() { channels / PIECES } else { channels };
    let together = together(pixels).min(most);
    if together > 0 {
        return crew.each_chunk(y, together * pixels, |k, y| block(k * together, 0, y));
    }
    let share = (PIECE / width).max(1);
    crew.each_chunk(y, share * width, |k, mut rest| {
        let mut number = k * share;
        while !rest.is_empty() {
            let (channel, i) = (number / height, number % height);
            let count = (height - i).min(rest.len() / width);
            let (y, behind) = rest.split_at_mut(count * width);
            block(channel, i, y);
            (number, rest) = (number + count, behind);
        }
    });
}
