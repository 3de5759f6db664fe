//! What the machine can do at most: the plain traffic that a kernel is held against.
//!
//! ```text
//! copy   y = x                reads 1, writes 1 (and fetches what it writes, before)
//!        streaming            the same past the caches: fetches nothing else
//! read   the bits of x        reads 1
//! write  y = a constant       writes 1
//! triad  y = b + ½·x          reads 2, writes 1
//! ```
//!
//! Each on all threads of the pool that it is called in, and at the machine's best instruction set.

use std::ops::BitXor;
use std::sync::LazyLock;

use evenkeel_fast::{Element, Policy, streaming};
use fearless_simd::{Level, dispatch};
use rayon::prelude::*;

/// Elements of a task: long enough that its cost is lost in it, 256 KiB of `f32`.
const PART: usize = 1 << 16;

static LEVEL: LazyLock<Level> = LazyLock::new(Level::new);

/// A number that can be read without arithmetic.
pub trait Number: Copy + Send + Sync {
    /// Its bits.
    type Bits: BitXor<Output = Self::Bits> + Default + Send;
    /// Its bits.
    fn bits(self) -> Self::Bits;
}

impl Number for f32 {
    type Bits = u32;

    #[inline(always)]
    fn bits(self) -> u32 {
        self.to_bits()
    }
}

impl Number for f64 {
    type Bits = u64;

    #[inline(always)]
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

/// y = x.
///
/// # Panics
/// When the lengths differ.
pub fn copy<T: Copy + Send + Sync>(x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "a copy keeps its length");
    let parts = y.par_chunks_mut(PART).zip(x.par_chunks(PART));
    parts.for_each(|(y, x)| y.copy_from_slice(x));
}

/// y = x past the caches.
///
/// # Panics
/// When the lengths differ.
pub fn copy_streaming<T: Element>(x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "a copy keeps its length");
    let level = Policy::default().level;
    let parts = y.par_chunks_mut(PART).zip(x.par_chunks(PART));
    parts.for_each(|(y, x)| streaming::copy(level, x, y));
}

/// What comes of the bits of all elements: nothing can be left out.
#[must_use]
pub fn read<T: Number>(x: &[T]) -> T::Bits {
    let own = |part: &[T]| {
        dispatch!(*LEVEL, _simd => {
            part.iter().fold(T::Bits::default(), |all, x| all ^ x.bits())
        })
    };
    x.par_chunks(PART).map(own).reduce(T::Bits::default, |a, b| a ^ b)
}

/// y = value.
pub fn write<T: Copy + Send + Sync>(value: T, y: &mut [T]) {
    y.par_chunks_mut(PART).for_each(|part| dispatch!(*LEVEL, _simd => part.fill(value)));
}

/// y = b + ½·x.
///
/// # Panics
/// When the lengths differ.
pub fn triad(x: &[f32], b: &[f32], y: &mut [f32]) {
    assert!(x.len() == y.len() && b.len() == y.len(), "a triad keeps its length");
    let parts = y.par_chunks_mut(PART).zip(x.par_chunks(PART)).zip(b.par_chunks(PART));
    parts.for_each(|((y, x), b)| {
        dispatch!(*LEVEL, _simd => {
            for ((y, x), b) in y.iter_mut().zip(x).zip(b) {
                *y = b + 0.5 * x;
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{data::values, pool};

    #[test]
    fn each_touches_every_element() {
        let (x, b): (Vec<f32>, Vec<f32>) = (values(200_001, 3), values(200_001, 4));
        let mut y = vec![0.0; x.len()];
        pool(2).install(|| {
            copy(&x, &mut y);
            assert_eq!(x, y);
            y.fill(0.0);
            copy_streaming(&x, &mut y);
            assert_eq!(x, y);
            let all = x.iter().fold(0, |all, x| all ^ x.to_bits());
            assert_eq!(read(&x), all);
            triad(&x, &b, &mut y);
            assert!((0..x.len()).all(|i| y[i] == b[i] + 0.5 * x[i]));
            write(0.5, &mut y);
            assert!(y.iter().all(|&y| y == 0.5));
        });
    }
}
