//! What every benchmark of this project shares: its data, its threads, its roofline and its time.
//!
//! A kernel that reads and writes every byte once cannot be faster than a copy of those bytes.
//! Each group therefore measures [`copy`] beside the kernels, and counts bytes alike: what must be
//! read plus what must be written, so that criterion's GB/s compare line by line.

#![forbid(unsafe_code)]

pub mod case;
pub mod compare;
pub mod data;
pub mod draws;
pub mod lines;
pub mod normalization;
pub mod ours;
pub mod protocol;
pub mod report;
pub mod roofline;

use std::time::Duration;

use criterion::Criterion;
pub use data::values;
use rayon::{ThreadPool, ThreadPoolBuilder};
pub use roofline::copy;

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
