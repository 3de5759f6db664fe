//! The two sums along a row, Σ a and Σ a·b.
//!
//! Hazard: the bound on a sum grows with the number of additions one after the other, and a row has
//! up to 2²⁰ terms, whose sum is multiplied by an x̂ of up to 1024 in dx. Method: at most 32 sequential
//! additions into each of 32 lanes, which are folded by a fixed tree; the sums of 1024 values then by
//! the tree of [`pairwise`](crate::workspace::pairwise). A term of d goes through
//! h(d) ≤ min(d, 37) + ⌈log₂ max(1, d/1024)⌉ additions.

use std::ops::Range;

use fearless_simd::{Simd, SimdBase, f64x8};

use crate::element::{Element, STEP, load};
use crate::normalization::sums::{Factors, add, masked};

/// Lanes of a run; each value of it goes to lane (index mod 32).
const LANES: usize = 2 * STEP;
/// Values of a run: 32 for each lane.
const RUN: usize = 32 * LANES;
/// Values from which a mean is estimated.
const FEW: usize = 64;

/// Mean and variance of the first 64 values, or of all. Of `f32` values that are equal, the mean is exact.
#[inline(always)]
pub(super) fn estimate<S: Simd, T: Element>(simd: S, row: &[T]) -> [f64; 2] {
    let few = &row[..row.len().min(FEW)];
    let mut lanes = [f64x8::splat(simd, 0.0); 4];
    let mut steps = few.chunks_exact(STEP);
    for values in steps.by_ref() {
        let values = load(simd, values, 0, STEP);
        add(&mut lanes, [values, values]);
    }
    if !steps.remainder().is_empty() {
        let values = load(simd, steps.remainder(), 0, steps.remainder().len());
        add(&mut lanes, [values, values]);
    }
    let mean = |sum| simd.reduce_sum_f64x8(sum) / few.len() as f64;
    let [first, second] = [mean(lanes[0] + lanes[1]), mean(lanes[2] + lanes[3])];
    [first, second - first * first]
}

/// [Σ a, Σ a·b] over the `len` elements of a row.
#[inline(always)]
pub(super) fn row_sums<S: Simd, F: Factors>(simd: S, factors: F, len: usize) -> [f64; 2] {
    if len <= RUN {
        return run_sums(simd, factors, 0..len);
    }
    let mut tree = Tree::default();
    let mut start = 0;
    while start + RUN < len {
        tree.push(run_sums(simd, factors, start..start + RUN));
        start += RUN;
    }
    tree.joined(run_sums(simd, factors, start..len))
}

/// The same over at most [`RUN`] elements.
#[inline(always)]
fn run_sums<S: Simd, F: Factors>(simd: S, factors: F, run: Range<usize>) -> [f64; 2] {
    let zero = f64x8::splat(simd, 0.0);
    let (mut low, mut high) = ([zero; 4], [zero; 4]);
    let mut at = run.start;
    while at + LANES <= run.end {
        add(&mut low, factors.at(simd, at, [0, 0], STEP));
        add(&mut high, factors.at(simd, at + STEP, [0, 0], STEP));
        at += LANES;
    }
    if at + STEP <= run.end {
        add(&mut low, factors.at(simd, at, [0, 0], STEP));
        at += STEP;
        (low, high) = (high, low);
    }
    if at < run.end {
        let count = run.end - at;
        add(&mut low, masked(simd, factors.at(simd, at, [0, 0], count), count));
    }
    let a = (low[0] + high[0]) + (low[1] + high[1]);
    let ab = (low[2] + high[2]) + (low[3] + high[3]);
    [simd.reduce_sum_f64x8(a), simd.reduce_sum_f64x8(ab)]
}

/// Sums of runs, joined as soon as two of equal size stand side by side: the tree of
/// [`pairwise`](crate::workspace::pairwise), whose left half is the largest power of two.
#[derive(Default)]
struct Tree {
    /// Sums of 1, 2, 4, … runs; those in use are the ones of `count`.
    sums: [[f64; 2]; Self::LEVELS],
    count: usize,
}

impl Tree {
    /// Enough for any slice.
    const LEVELS: usize = 32;

    /// One more run.
    #[inline(always)]
    fn push(&mut self, mut sum: [f64; 2]) {
        let level = self.count.trailing_ones() as usize;
        for left in &self.sums[..level] {
            sum = plus(*left, sum);
        }
        self.sums[level] = sum;
        self.count += 1;
    }

    /// All, with the last run.
    #[inline(always)]
    fn joined(&self, mut sum: [f64; 2]) -> [f64; 2] {
        let mut rest = self.count;
        while rest > 0 {
            sum = plus(self.sums[rest.trailing_zeros() as usize], sum);
            rest &= rest - 1;
        }
        sum
    }
}

#[inline(always)]
fn plus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::pairwise;

    #[test]
    fn runs_are_folded_by_the_tree_of_pairwise() {
        let sum = |k: usize| [0.1 + k as f64 * 1e-3, 1.0 / (k + 1) as f64];
        for count in 1..70 {
            let mut tree = Tree::default();
            (0..count - 1).for_each(|k| tree.push(sum(k)));
            assert_eq!(
                tree.joined(sum(count - 1)),
                pairwise(0..count, &sum, &plus),
                "{count} runs"
            );
        }
    }
}
