//! The sum of the squares of a whole list of tensors, in one pass.
//!
//! Each tensor is cut into blocks of 2048 elements; the sums of all blocks of all tensors are added by
//! one tree. Blocks and tree depend on the lengths alone, whoever takes which block.

use super::passes::BLOCK;
use crate::moments::exp2;
use crate::workspace::{Crew, at_least, pairwise};
use crate::{Element, Level, SquaredNorm};

/// Pieces of work for all threads together: enough to even out, few enough that each may look for the
/// tensor that it begins in.
const SHARES: usize = 64;

/// The least number of blocks that are worth a task.
const LEAST: usize = 8;

fn blocks(len: usize) -> usize {
    len.div_ceil(BLOCK)
}

/// The elements of all tensors.
pub(super) fn count<T, G: AsRef<[T]>>(tensors: &[G]) -> usize {
    tensors.iter().map(|tensor| tensor.as_ref().len()).sum()
}

/// Σ g² of all tensors; `f64` data is added again in another unit where squares leave the range.
pub(super) fn total<T: Element, G: AsRef<[T]> + Sync>(
    tensors: &[G],
    memory: &mut Vec<f64>,
    crew: Crew<'_>,
    level: Level,
) -> SquaredNorm {
    let count = count(tensors) as u64;
    let slots = at_least(memory, tensors.iter().map(|tensor| blocks(tensor.as_ref().len())).sum());
    let sum_at = |exponent: i32| sum(tensors, exp2(-exponent), slots, crew, level);
    if T::SCALED { SquaredNorm::settle(count, sum_at) } else { unscaled(count, sum_at) }
}

/// No square of `f32` data leaves the range.
fn unscaled(count: u64, sum_at: impl FnOnce(i32) -> f64) -> SquaredNorm {
    SquaredNorm::plain(count, sum_at(0))
}

/// Σ (g·scale)², with a slot for each block.
fn sum<T: Element, G: AsRef<[T]> + Sync>(
    tensors: &[G],
    scale: f64,
    slots: &mut [f64],
    crew: Crew<'_>,
    level: Level,
) -> f64 {
    if slots.is_empty() {
        return 0.0;
    }
    let share = crew.share(slots.len(), LEAST, SHARES);
    crew.each_chunk(slots, share, |k, sums| some(tensors, scale, k * share, sums, level));
    pairwise(0..slots.len(), &|k| slots[k], &|a, b| a + b)
}

/// The sums of the blocks from number `first` on, counted over all tensors.
fn some<T: Element, G: AsRef<[T]>>(
    tensors: &[G],
    scale: f64,
    mut first: usize,
    mut sums: &mut [f64],
    level: Level,
) {
    for tensor in tensors.iter().map(AsRef::as_ref) {
        let there = blocks(tensor.len());
        if first >= there {
            first -= there;
            continue;
        }
        let (mine, others) = sums.split_at_mut(sums.len().min(there - first));
        let end = tensor.len().min((first + mine.len()) * BLOCK);
        T::sum_squares(level, &tensor[first * BLOCK..end], scale, mine);
        if others.is_empty() {
            return;
        }
        (sums, first) = (others, 0);
    }
}
