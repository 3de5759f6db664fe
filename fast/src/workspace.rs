//! Scratch memory, lent by the caller, and the work shared out over the threads.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;

use crate::batch_norm::Channel;
use crate::policy::{Policy, Work};

/// Scratch memory for any of this crate's functions.
///
/// It grows when a call needs more and is never given back before it is dropped: from the second
/// call with the same shape on, nothing is allocated.
#[derive(Debug, Default)]
pub struct Workspace {
    pub(crate) slots: Vec<f64>,
    pub(crate) planes: Vec<f64>,
    pub(crate) singles: Vec<f32>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) workers: Workers,
}

impl Workspace {
    /// An empty workspace: it holds no memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many threads took part in the last call (up to 64 are told apart).
    ///
    /// A test that finds equal bits learns from it that more than one worker was at work.
    pub fn workers_seen(&self) -> usize {
        self.workers.0.load(Relaxed).count_ones() as usize
    }
}

/// At least `len` numbers of `memory`, whatever they are.
pub(crate) fn at_least<T: Copy + Default>(memory: &mut Vec<T>, len: usize) -> &mut [T] {
    if memory.len() < len {
        memory.resize(len, T::default());
    }
    &mut memory[..len]
}

/// One bit for every thread seen.
#[derive(Debug, Default)]
pub(crate) struct Workers(AtomicU64);

impl Workers {
    fn check_in(&self) {
        let bit = 1 << (rayon::current_thread_index().unwrap_or(63) % 64);
        if self.0.load(Relaxed) & bit == 0 {
            self.0.fetch_or(bit, Relaxed);
        }
    }
}

/// Hands out blocks of work, to this thread or to all of rayon's.
#[derive(Clone, Copy)]
pub(crate) struct Crew<'a> {
    parallel: bool,
    workers: &'a Workers,
}

impl<'a> Crew<'a> {
    pub(crate) fn new(parallel: bool, workers: &'a Workers) -> Self {
        workers.0.store(0, Relaxed);
        Self { parallel, workers }
    }

    /// For the second pass of one call: who was seen in the first stays seen.
    pub(crate) fn joined(parallel: bool, workers: &'a Workers) -> Self {
        Self { parallel, workers }
    }

    /// Whether rayon's threads take part.
    pub(crate) fn is_parallel(&self) -> bool {
        self.parallel
    }

    /// Both tasks, on two threads if there are any.
    pub(crate) fn both(&self, a: impl FnOnce() + Send, b: impl FnOnce() + Send) {
        if self.parallel {
            rayon::join(a, b);
        } else {
            a();
            b();
        }
    }

    /// For a task that was handed out in another way than by this crew.
    pub(crate) fn check_in(&self) {
        self.workers.check_in();
    }

    /// How many of `len` items to hand out at a time: all, to one thread alone; otherwise such that
    /// there are at most `shares`, of at least `least` items each.
    pub(crate) fn share(&self, len: usize, least: usize, shares: usize) -> usize {
        if self.parallel { len.div_ceil(shares).max(least) } else { len }
    }

    /// Calls `task(k, chunk)` for the k-th chunk of `size` elements of `data`.
    pub(crate) fn each_chunk<U: Send>(
        &self,
        data: &mut [U],
        size: usize,
        task: impl Fn(usize, &mut [U]) + Sync,
    ) {
        let recorded = |(k, chunk): (usize, &mut [U])| {
            self.workers.check_in();
            task(k, chunk);
        };
        // A single chunk wakes nobody.
        if self.parallel && data.len() > size {
            data.par_chunks_mut(size).enumerate().for_each(recorded);
        } else {
            data.chunks_mut(size).enumerate().for_each(recorded);
        }
    }

    /// Calls `task(k, a, b)` for the k-th chunks of two slices that have as many chunks each.
    pub(crate) fn each_pair<U: Send, V: Send>(
        &self,
        [a_size, b_size]: [usize; 2],
        a: &mut [U],
        b: &mut [V],
        task: impl Fn(usize, &mut [U], &mut [V]) + Sync,
    ) {
        let recorded = |(k, (a, b)): (usize, (&mut [U], &mut [V]))| {
            self.workers.check_in();
            task(k, a, b);
        };
        if self.parallel && a.len() > a_size {
            let pairs = a.par_chunks_mut(a_size).zip(b.par_chunks_mut(b_size));
            pairs.enumerate().for_each(recorded);
        } else {
            a.chunks_mut(a_size).zip(b.chunks_mut(b_size)).enumerate().for_each(recorded);
        }
    }

    /// Calls `task(k, a, b, c)` for the k-th chunks of three slices that have as many chunks each.
    pub(crate) fn each_trio<U: Send, V: Send, W: Send>(
        &self,
        [a_size, b_size, c_size]: [usize; 3],
        a: &mut [U],
        b: &mut [V],
        c: &mut [W],
        task: impl Fn(usize, &mut [U], &mut [V], &mut [W]) + Sync,
    ) {
        let recorded = |k: usize, a: &mut [U], b: &mut [V], c: &mut [W]| {
            self.workers.check_in();
            task(k, a, b, c);
        };
        if self.parallel && a.len() > a_size {
            let pairs = a.par_chunks_mut(a_size).zip(b.par_chunks_mut(b_size));
            let trios = pairs.zip(c.par_chunks_mut(c_size)).enumerate();
            trios.for_each(|(k, ((a, b), c))| recorded(k, a, b, c));
        } else {
            let pairs = a.chunks_mut(a_size).zip(b.chunks_mut(b_size));
            let trios = pairs.zip(c.chunks_mut(c_size)).enumerate();
            trios.for_each(|(k, ((a, b), c))| recorded(k, a, b, c));
        }
    }
}

/// Elements that a thread takes at a time of a tensor without rows.
pub(crate) const PIECE: usize = 1 << 14;

/// Hands out pieces of `out` with their offset.
pub(crate) fn pieces<U: Send>(
    out: &mut [U],
    work: Work,
    workspace: &mut Workspace,
    policy: &Policy,
    task: impl Fn(u64, &mut [U]) + Sync,
) {
    let crew = Crew::new(policy.parallel(out.len(), work), &workspace.workers);
    crew.each_chunk(out, PIECE, |k, piece| task((k * PIECE) as u64, piece));
}

/// `length` elements from `at` on: those that belong to a piece.
pub(crate) fn part<T>(values: &[T], at: u64, length: usize) -> &[T] {
    &values[at as usize..][..length]
}

/// Adds up the vectors of `width` numbers that stand in `memory`, into the first, by the tree of
/// [`pairwise`].
pub(crate) fn fold(crew: Crew<'_>, memory: &mut [f64], width: usize) {
    let mut half = width;
    while half < memory.len() {
        crew.each_chunk(memory, 2 * half, |_, pair| {
            let (left, right) = pair.split_at_mut(half.min(pair.len()));
            for (sum, term) in left[..width].iter_mut().zip(right) {
                *sum += *term;
            }
        });
        half *= 2;
    }
}

/// Folds `leaf(first), …, leaf(last − 1)` by a tree that the range alone determines: the left
/// half is the largest power of two that leaves something to the right.
#[inline]
pub(crate) fn pairwise<P>(
    range: std::ops::Range<usize>,
    leaf: &impl Fn(usize) -> P,
    join: &impl Fn(P, P) -> P,
) -> P {
    // A single leaf, of many a channel all there is, is no call.
    if range.len() > 1 { halves(range, leaf, join) } else { leaf(range.start) }
}

/// [`pairwise`] of at least two.
fn halves<P>(
    range: std::ops::Range<usize>,
    leaf: &impl Fn(usize) -> P,
    join: &impl Fn(P, P) -> P,
) -> P {
    let middle = range.start + left_half(range.len());
    join(pairwise(range.start..middle, leaf, join), pairwise(middle..range.end, leaf, join))
}

/// Adds up `terms` by the tree of [`pairwise`], level by level and over themselves; +0 for none.
pub(crate) fn tree(terms: &mut [f64]) -> f64 {
    let mut len = terms.len();
    while len > 1 {
        for k in 0..len / 2 {
            terms[k] = terms[2 * k] + terms[2 * k + 1];
        }
        if len % 2 == 1 {
            terms[len / 2] = terms[len - 1];
        }
        len = len.div_ceil(2);
    }
    terms.first().copied().unwrap_or(0.0)
}

/// The largest power of two below `len`, for `len` ≥ 2.
pub(crate) fn left_half(len: usize) -> usize {
    len.next_power_of_two() / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_depends_on_the_length_alone() {
        let shape = |n| {
            pairwise(0..n, &|i: usize| i.to_string(), &|a: String, b: String| format!("({a}{b})"))
        };
        assert_eq!(shape(1), "0");
        assert_eq!(shape(5), "(((01)(23))4)");
        assert_eq!(shape(8), "(((01)(23))((45)(67)))");
    }

    #[test]
    fn level_by_level_is_the_same_tree() {
        for count in 1..100_usize {
            let mut terms: Vec<f64> = (0..count).map(|k| 0.1 + (k as f64).sqrt()).collect();
            let expected = pairwise(0..count, &|k: usize| terms[k], &|a, b| a + b);
            assert_eq!(tree(&mut terms), expected, "{count} terms");
        }
        assert_eq!(tree(&mut []).to_bits(), 0);
    }

    #[test]
    fn vectors_are_folded_by_the_same_tree() {
        let workers = Workers::default();
        for parallel in [false, true] {
            for count in [1_usize, 2, 5, 8, 13] {
                let values: Vec<f64> = (0..3 * count).map(|k| 0.1 + k as f64 * 1e-3).collect();
                let mut folded = values.clone();
                fold(Crew::new(parallel, &workers), &mut folded, 3);
                for k in 0..3 {
                    let tree = pairwise(0..count, &|i: usize| values[3 * i + k], &|a, b| a + b);
                    assert_eq!(folded[k], tree, "{count} vectors");
                }
            }
        }
    }
}
