//! What every benchmark of this project shares: its data, its threads, its roofline and its time.
//!
//! A kernel that reads and writes every byte once cannot be faster than a copy of those bytes.
//! Each group therefore measures [`copy`] beside the kernels, and counts bytes alike: what must be
//! read plus what must be written, so that criterion's GB/s compare line by line.

#![forbid(unsafe_code)]

pub mod draws;
pub mod normalization;

use std::time::Duration;

use criterion::Criterion;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The thread counts that are measured.
pub const THREADS: [usize; 2] = [1, 2];

/// Bytes of a tensor that stays in the cache, and of one that does not.
pub const PLACES: [(&str, usize); 2] = [("cache", 256 << 10), ("memory", 128 << 20)];

/// Criterion's settings: some seconds a line, since a benchmark has dozens of lines.
#[must_use]
pub fn config() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .sample_size(20)
}

/// A pool of `threads` workers: a kernel uses the pool in which it is installed.
///
/// # Panics
/// Where the system has no thread to give: a benchmark cannot go on then.
#[must_use]
pub fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("threads for a benchmark")
}

/// `length` values in [−1, 1), none of them zero, the same on every run.
///
/// Non-zero, since zero pages need not be backed by memory and zeros multiply without rounding.
#[must_use]
pub fn values<T: From<f32>>(length: usize, seed: u32) -> Vec<T> {
    (0..length as u32).map(|i| T::from(value(i ^ seed.rotate_left(16)))).collect()
}

/// An odd multiple of 2⁻²³, from two rounds of a multiply-and-shift hash.
fn value(i: u32) -> f32 {
    let once = (i ^ (i >> 16)).wrapping_mul(0x7feb_352d);
    let twice = (once ^ (once >> 15)).wrapping_mul(0x846c_a68b);
    let odd = (twice >> 8) | 1;
    (odd as f32 - 8_388_608.0) / 8_388_608.0
}

/// The roofline: every thread of the pool copies its part of `from`.
///
/// # Panics
/// When the lengths differ.
pub fn copy<T: Copy + Send + Sync>(from: &[T], to: &mut [T]) {
    /// Long enough that the cost of a task is lost in it: 256 KiB of f32.
    const PART: usize = 1 << 16;
    assert_eq!(from.len(), to.len(), "a copy keeps its length");
    let parts = to.par_chunks_mut(PART).zip(from.par_chunks(PART));
    parts.for_each(|(to, from)| to.copy_from_slice(from));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_neither_zero_nor_alike() {
        let x: Vec<f32> = values(10_000, 1);
        assert!(x.iter().all(|&x| x != 0.0 && (-1.0..1.0).contains(&x)));
        let mean = x.iter().sum::<f32>() / 10_000.0;
        // Six standard deviations, √(1/3)/100 each, of the mean of independent values.
        assert!(mean.abs() < 0.035, "{mean}");
        assert_ne!(x, values::<f32>(10_000, 2));
    }

    #[test]
    fn a_copy_copies_all() {
        let x: Vec<f64> = values(200_001, 3);
        let mut y = vec![0.0; x.len()];
        pool(2).install(|| copy(&x, &mut y));
        assert_eq!(x, y);
    }
}
