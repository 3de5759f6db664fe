//! Streaming stores and prefetches: the only module with unsafe code.
//!
//! A store usually reads its cache line first, and what it writes pushes other lines out. A streaming
//! store of a whole line does neither: a copy from memory moves 2 bytes for each byte instead of 3. Where
//! the result is small enough to be still in the cache when it is read, that is a loss: the caller
//! compares with [`Policy::stream_from`](crate::Policy::stream_from).
//!
//! Hazard: streaming stores are not ordered with the stores that follow them, not even with those of the
//! same thread that tell another one that all is written. A fence orders them.
//!
//! Method: one `Streaming` for each task of a thread. It alone stores, and fences when it is dropped, so
//! before the task can tell anybody that it is done; this holds when a panic ends the task, too. The bits
//! are those of an ordinary store, which is what happens where a line is not aligned, or where the
//! machine has no streaming stores that a stable compiler offers.

#![allow(unsafe_code, reason = "no stable safe function stores past the caches or prefetches")]

use fearless_simd::{Level as Token, Simd, SimdBase, dispatch, f32x16};

use crate::Level;
use crate::element::{Element, Pair, STEP};

/// Bytes of a cache line, and of the largest vector.
pub(crate) const LINE: usize = 64;

/// Elements before what a prefetch asks for: far enough that it is there when its turn comes.
pub(crate) const AHEAD: usize = 4096 / size_of::<f32>();

/// Sixteen values that can be moved by whole lines.
#[repr(align(64))]
struct Lines<T>([T; STEP]);

/// The right to store past the caches; the fence when it is dropped.
#[derive(Debug)]
pub(crate) struct Streaming(());

impl Streaming {
    /// For one task of one thread.
    #[inline(always)]
    pub(crate) fn begin() -> Self {
        Self(())
    }

    /// Sixteen results, each rounded once, past the caches if `to` starts on a line; an ordinary store
    /// otherwise. Every NaN is written as the same NaN.
    #[inline(always)]
    pub(crate) fn store<S: Simd, T: Element>(&self, simd: S, pair: Pair<S>, to: &mut [T]) {
        let mut lines = Lines([T::default(); STEP]);
        T::narrow_canonical(pair, &mut lines.0);
        write(simd, &lines, to);
    }

    /// [`Streaming::store`] with every NaN as it is.
    #[inline(always)]
    pub(crate) fn store_as_is<S: Simd, T: Element>(&self, simd: S, pair: Pair<S>, to: &mut [T]) {
        let mut lines = Lines([T::default(); STEP]);
        T::narrow(pair, &mut lines.0);
        write(simd, &lines, to);
    }

    /// Sixteen `f32` lanes as they are.
    #[inline(always)]
    pub(crate) fn store_f32<S: Simd>(&self, simd: S, lanes: f32x16<S>, to: &mut [f32]) {
        let mut lines = Lines([0.0; STEP]);
        lanes.store_slice(&mut lines.0);
        write(simd, &lines, to);
    }
}

impl Drop for Streaming {
    #[inline(always)]
    fn drop(&mut self) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a fence has no precondition; SSE is part of x86-64.
        unsafe {
            std::arch::x86_64::_mm_sfence();
        }
    }
}

/// How many elements come before the first that starts a line; all of them, if none does.
#[inline(always)]
pub(crate) fn head<T>(y: &[T]) -> usize {
    let bytes = y.as_ptr().addr().wrapping_neg() % LINE;
    // A slice of elements that are not aligned to their own size cannot be.
    (bytes / size_of::<T>()).min(y.len())
}

/// Asks for the line of `x[at]` in the second-level cache; beyond the end of x for that of something else, which
/// costs its time and nothing more: to look where the end is takes longer.
#[inline(always)]
pub(crate) fn prefetch<T>(x: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    ask::<T, { std::arch::x86_64::_MM_HINT_T1 }>(x, at);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (x, at);
}

/// The same in the first-level cache, which has room for what is needed within a few thousand elements.
#[inline(always)]
pub(crate) fn prefetch_close<T>(x: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    ask::<T, { std::arch::x86_64::_MM_HINT_T0 }>(x, at);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (x, at);
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn ask<T, const HINT: i32>(x: &[T], at: usize) {
    // SAFETY: a prefetch reads nothing that could be seen and cannot fault, whatever the address is; SSE is
    // part of x86-64.
    unsafe { std::arch::x86_64::_mm_prefetch::<HINT>(x.as_ptr().wrapping_add(at).cast()) };
}

/// Copies `x` to `y` past the caches: what a kernel from memory to memory is measured by.
///
/// # Panics
/// When the lengths differ.
pub fn copy<T: Element>(level: Level, x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "a copy keeps its length");
    let (head, whole) = (head(y), |from: usize| from + (y.len() - from) / STEP * STEP);
    let end = whole(head);
    y[..head].copy_from_slice(&x[..head]);
    y[end..].copy_from_slice(&x[end..]);
    let lines = x[head..end].chunks_exact(STEP).zip(y[head..end].chunks_exact_mut(STEP));
    dispatch!(level.token(), simd => {
        let _streaming = Streaming::begin();
        for (k, (from, to)) in lines.enumerate() {
            prefetch(x, head + k * STEP + AHEAD);
            let mut copied = Lines([T::default(); STEP]);
            copied.0.copy_from_slice(from);
            write(simd, &copied, to);
        }
    });
}

/// Moves sixteen values to `to`.
#[inline(always)]
fn write<S: Simd, T: Copy>(simd: S, lines: &Lines<T>, to: &mut [T]) {
    let to = &mut to[..STEP];
    if to.as_ptr().addr().is_multiple_of(LINE) && size_of::<Lines<T>>() == size_of_val(to) {
        for at in (0..size_of_val(to)).step_by(LINE) {
            // SAFETY: both are as long as each other, a multiple of LINE, so that LINE bytes from `at` on
            // lie in them; `to` was just found to start on a line, and `lines` does by its type.
            unsafe {
                let from = std::ptr::from_ref(lines).cast::<u8>().add(at);
                write_line(simd.level(), from, to.as_mut_ptr().cast::<u8>().add(at));
            }
        }
    } else {
        to.copy_from_slice(&lines.0);
    }
}

/// Moves one line past the caches.
///
/// # Safety
/// - `from` and `to` are multiples of [`LINE`];
/// - LINE bytes can be read from `from` and written to `to`, and they do not overlap;
/// - nobody else reads or writes those of `to` before a fence of this thread.
#[inline(always)]
unsafe fn write_line(token: Token, from: *const u8, to: *mut u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{
            _mm_load_ps, _mm_stream_ps, _mm256_load_ps, _mm256_stream_ps, _mm512_load_ps,
            _mm512_stream_ps,
        };
        let (from, to) = (from.cast::<f32>(), to.cast::<f32>());
        // SAFETY: the level is the proof that the machine has the instructions (SSE is part of x86-64);
        // every address is a multiple of its vector's size, since LINE is, and lies in the line.
        unsafe {
            match token {
                Token::Avx512(_) => _mm512_stream_ps(to, _mm512_load_ps(from)),
                Token::Avx2(_) => {
                    for at in [0, 8] {
                        _mm256_stream_ps(to.add(at), _mm256_load_ps(from.add(at)));
                    }
                }
                _ => {
                    for at in [0, 4, 8, 12] {
                        _mm_stream_ps(to.add(at), _mm_load_ps(from.add(at)));
                    }
                }
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = token;
        // SAFETY: the caller's.
        unsafe { std::ptr::copy_nonoverlapping(from, to, LINE) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::load;

    const CANARY: f32 = -777.25;

    /// Calls `store` at every alignment, between canaries.
    fn between_canaries<T: Element + From<f32>>(store: impl Fn(Level, &[T], &mut [T])) {
        let x: Vec<T> = (0..STEP as u16).map(|i| T::from(f32::from(i) + 0.5)).collect();
        for level in Level::available() {
            for start in 1..=2 * STEP {
                let mut y = [T::from(CANARY); 4 * STEP];
                store(level, &x, &mut y[start..start + STEP]);
                assert_eq!(y[start..start + STEP], x, "{level:?}, from {start} on");
                let outside = y[..start].iter().chain(&y[start + STEP..]);
                assert!(outside.eq(&[T::from(CANARY); 3 * STEP]), "{level:?}, from {start} on");
            }
        }
    }

    fn rounded_store<T: Element>(level: Level, x: &[T], y: &mut [T]) {
        dispatch!(level.token(), simd => {
            Streaming::begin().store(simd, load(simd, x, 0, STEP), y);
        });
    }

    #[test]
    fn a_store_writes_its_sixteen_values_and_no_other() {
        between_canaries::<f32>(rounded_store);
        between_canaries::<f64>(rounded_store);
        between_canaries::<f32>(|level, x, y| {
            dispatch!(level.token(), simd => {
                Streaming::begin().store_f32(simd, f32x16::from_slice(simd, x), y);
            });
        });
    }

    #[test]
    fn every_nan_is_the_same() {
        let strange = f64::from_bits(0xfff8_0000_dead_beef);
        let (x, mut y) = ([strange; STEP], [0.0; STEP]);
        for level in Level::available() {
            rounded_store(level, &x, &mut y);
            assert!(y.iter().all(|y| y.to_bits() == f64::NAN.to_bits()), "{level:?}");
        }
    }

    #[test]
    fn the_head_ends_where_a_line_starts() {
        let x = [0.0_f32; 64];
        for start in 0..32 {
            let head = head(&x[start..]);
            assert!(head < STEP && x[start + head..].as_ptr().addr() % LINE == 0);
        }
        assert_eq!(head(&x[..0]), 0);
        let short = (0..16).map(|start| head(&x[start..start + 1])).sum::<usize>();
        assert_eq!(short, 15, "one of sixteen single elements starts a line");
    }

    #[test]
    fn a_copy_copies_at_every_alignment_and_length() {
        let x: Vec<f32> = (0..300_u16).map(f32::from).collect();
        for level in Level::available() {
            for (start, len) in (0..17).flat_map(|start| (0..70).map(move |len| (start, len))) {
                let mut y = vec![CANARY; 120];
                copy(level, &x[3..3 + len], &mut y[start..start + len]);
                assert_eq!(y[start..start + len], x[3..3 + len], "{level:?}, {start}, {len}");
                let outside = y[..start].iter().chain(&y[start + len..]);
                assert!(outside.eq(&vec![CANARY; 120 - len]), "{level:?}, {start}, {len}");
            }
        }
    }

    #[test]
    fn a_prefetch_may_ask_for_anything() {
        let x = [1.0; 4];
        for at in [0, 3, 4, usize::MAX] {
            prefetch(&x, at);
            prefetch_close(&x, at);
        }
    }
}
