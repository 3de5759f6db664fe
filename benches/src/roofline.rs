//! What the machine can do at most: the plain traffic that a kernel is held against.
//!
//! ```text
//! copy   y = x                reads 1, writes 1 (and fetches what it writes, before)
//! read   the bits of x        reads 1
//! write  y = a constant       writes 1
//! triad  y = b + ½·x          reads 2, writes 1
//! ```
//!
//! Each on all threads of the pool that it is called in, and at the machine's best instruction set.

use fearless_simd::{Level, dispatch};
use rayon::prelude::*;

/// Elements of a task: long enough that its cost is lost in it, 256 KiB of `f32`.
const PART: usize = 1 << 16;

/// y = x.
///
/// # Panics
/// When the lengths differ.
pub fn copy<T: Copy + Send + Sync>(x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "a copy keeps its length");
    let parts = y.par_chunks_mut(PART).zip(x.par_chunks(PART));
    parts.for_each(|(y, x)| y.copy_from_slice(x));
}

/// What comes of the bits of all elements: nothing can be left out.
#[must_use]
pub fn read(level: Level, x: &[f32]) -> u32 {
    x.par_chunks(PART).map(|part| bits(level, part)).reduce(|| 0, |a, b| a ^ b)
}

#[inline(never)]
fn bits(level: Level, x: &[f32]) -> u32 {
    dispatch!(level, _simd => x.iter().fold(0, |all, x| all ^ x.to_bits()))
}

/// y = value.
pub fn write(level: Level, value: f32, y: &mut [f32]) {
    y.par_chunks_mut(PART).for_each(|part| fill(level, value, part));
}

#[inline(never)]
fn fill(level: Level, value: f32, y: &mut [f32]) {
    dispatch!(level, _simd => y.fill(value));
}

/// y = b + ½·x.
///
/// # Panics
/// When the lengths differ.
pub fn triad(level: Level, x: &[f32], b: &[f32], y: &mut [f32]) {
    assert!(x.len() == y.len() && b.len() == y.len(), "a triad keeps its length");
    let parts = y.par_chunks_mut(PART).zip(x.par_chunks(PART)).zip(b.par_chunks(PART));
    parts.for_each(|((y, x), b)| add(level, x, b, y));
}

#[inline(never)]
fn add(level: Level, x: &[f32], b: &[f32], y: &mut [f32]) {
    dispatch!(level, _simd => {
        for ((y, x), b) in y.iter_mut().zip(x).zip(b) {
            *y = b + 0.5 * x;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{data::values, pool};

    #[test]
    fn each_touches_every_element() {
        let (x, b): (Vec<f32>, Vec<f32>) = (values(200_001, 3), values(200_001, 4));
        let (mut y, level) = (vec![0.0; x.len()], Level::new());
        pool(2).install(|| {
            copy(&x, &mut y);
            assert_eq!(x, y);
            let all = x.iter().fold(0, |all, x| all ^ x.to_bits());
            assert_eq!(read(level, &x), all);
            triad(level, &x, &b, &mut y);
            assert!((0..x.len()).all(|i| y[i] == b[i] + 0.5 * x[i]));
            write(level, 0.5, &mut y);
            assert!(y.iter().all(|&y| y == 0.5));
        });
    }
}
