//! The sum of the squares of a whole list of tensors, in one pass.
//!
//! Each tensor is cut into blocks of 2048 elements; the sums of all blocks of all tensors are added by
//! one tree. Blocks and tree depend on the lengths alone, whoever takes which block.

use super::lists::count;
use super::passes::BLOCK;
use crate::moments::exp2;
use crate::workspace::{Crew, at_least, tree};
use crate::{Element, Level, Policy, SquaredNorm};

/// Blocks that are not shared out further.
const SHARE: usize = 32;

fn blocks(len: usize) -> usize {
    len.div_ceil(BLOCK)
}

/// How all blocks are read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    crew: Crew<'a>,
    level: Level,
    /// From beyond the caches.
    far: bool,
    scale: f64,
}

/// Σ g² of all tensors; `f64` data is added again in another unit where squares leave the range.
pub(super) fn total<T: Element, G: AsRef<[T]> + Sync>(
    tensors: &[G],
    memory: &mut Vec<f64>,
    crew: Crew<'_>,
    policy: &Policy,
) -> SquaredNorm {
    let count = count(tensors);
    let slots = at_least(memory, tensors.iter().map(|tensor| blocks(tensor.as_ref().len())).sum());
    let (level, far) = (policy.level, policy.streams::<T>(count));
    let sum_at = |exponent: i32| {
        share(tensors, 0, slots, Reading { crew, level, far, scale: exp2(-exponent) });
        tree(slots)
    };
    let count = count as u64;
    if T::SCALED { SquaredNorm::settle(count, sum_at) } else { unscaled(count, sum_at) }
}

/// No square of `f32` data leaves the range.
fn unscaled(count: u64, mut sum_at: impl FnMut(i32) -> f64) -> SquaredNorm {
    SquaredNorm::plain(count, sum_at(0))
}

/// The sums of the blocks of some tensors but for the first few, halved until a share is small.
fn share<T: Element, G: AsRef<[T]> + Sync>(
    tensors: &[G],
    skipped: usize,
    sums: &mut [f64],
    how: Reading<'_>,
) {
    if !how.crew.is_parallel() || sums.len() <= SHARE {
        how.crew.check_in();
        return some(tensors, skipped, sums, how);
    }
    let (left, right) = sums.split_at_mut(sums.len() / 2);
    let (first, rest) = find(tensors, skipped + left.len());
    how.crew
        .both(|| share(tensors, skipped, left, how), || share(&tensors[first..], rest, right, how));
}

/// The tensor of a block, and how many of its own blocks stand before it.
fn find<T, G: AsRef<[T]>>(tensors: &[G], mut block: usize) -> (usize, usize) {
    let first = tensors.iter().position(|tensor| {
        let there = blocks(tensor.as_ref().len());
        let is_here = block < there;
        block -= if is_here { 0 } else { there };
        is_here
    });
    (first.unwrap_or(tensors.len()), block)
}

/// The sums of as many blocks as there is room for.
fn some<T: Element, G: AsRef<[T]>>(
    tensors: &[G],
    mut skipped: usize,
    mut sums: &mut [f64],
    how: Reading<'_>,
) {
    for tensor in tensors.iter().map(AsRef::as_ref) {
        let (mine, others) = sums.split_at_mut(sums.len().min(blocks(tensor.len()) - skipped));
        let end = tensor.len().min((skipped + mine.len()) * BLOCK);
        T::sum_squares(how.level, how.far, &tensor[skipped * BLOCK..end], how.scale, mine);
        if others.is_empty() {
            return;
        }
        (sums, skipped) = (others, 0);
    }
}
