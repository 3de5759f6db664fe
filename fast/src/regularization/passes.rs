//! The passes over a block or a piece of a tensor, compiled once for each precision.

use fearless_simd::{Simd, SimdBase, dispatch, f64x8};

use super::Step;
use crate::Level;
use crate::element::{Element, Pair, load, sealed::Lanes};
use crate::normalization::sums::{Factors, sum_block};

/// How the strength enters a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// In the gradient: it is scaled.
    Coupled,
    /// Beside the gradient: it is not.
    Decoupled,
    /// Not at all: such tensors do not decay.
    None,
}

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Σ|w·scale| and Σ(w·scale)² of a block; the scale is a power of two.
    fn magnitudes(level: Level, block: &[Self], scale: f64) -> [f64; 2];
    /// λ·sign(w).
    fn l1_gradient(level: Level, lambda: f64, w: &[Self], gradient: &mut [Self]);
    /// λ·w.
    fn l2_gradient(level: Level, lambda: f64, w: &[Self], gradient: &mut [Self]);
    /// Moves the weights of a piece towards 0 by the threshold.
    fn shrink(level: Level, threshold: f64, w: &mut [Self]);
    /// Steps with the weights of a piece.
    fn step(level: Level, decay: Decay, step: &Step<'_, Self>, w: &mut [Self]);
}

/// a = b = |w·scale|: the two sums of `sum_block` are those of L1 and L2.
#[derive(Clone, Copy)]
struct Magnitude<'a, T> {
    w: &'a [T],
    scale: f64,
}

impl<T: Element> Factors for Magnitude<'_, T> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: [usize; 2], count: usize) -> [Pair<S>; 2] {
        let scale = f64x8::splat(simd, self.scale);
        let w = load(simd, self.w, at, count);
        let a = [(w[0] * scale).abs(), (w[1] * scale).abs()];
        [a, a]
    }
}

/// Every NaN is written as the same NaN: which one arithmetic gives differs between levels.
#[inline(always)]
fn rounded<T: Lanes>(value: f64) -> T {
    T::round(if value.is_nan() { f64::NAN } else { value })
}

macro_rules! passes {
    ($($precision:ident)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn magnitudes(level: Level, block: &[Self], scale: f64) -> [f64; 2] {
                dispatch!(level.token(), simd => {
                    sum_block(simd, Magnitude { w: block, scale }, 0, block.len())
                })
            }

            #[inline(never)]
            fn l1_gradient(level: Level, lambda: f64, w: &[Self], gradient: &mut [Self]) {
                let size = lambda as $precision;
                dispatch!(level.token(), _simd => {
                    for (gradient, w) in gradient.iter_mut().zip(w) {
                        let signed = if *w < 0.0 { -size } else { size };
                        let of_number = if *w == 0.0 { 0.0 } else { signed };
                        *gradient = if w.is_nan() { $precision::NAN } else { of_number };
                    }
                });
            }

            #[inline(never)]
            fn l2_gradient(level: Level, lambda: f64, w: &[Self], gradient: &mut [Self]) {
                dispatch!(level.token(), _simd => {
                    for (gradient, w) in gradient.iter_mut().zip(w) {
                        *gradient = rounded(lambda * w.to_f64());
                    }
                });
            }

            #[inline(never)]
            fn shrink(level: Level, threshold: f64, w: &mut [Self]) {
                dispatch!(level.token(), _simd => {
                    for w in w {
                        let own = w.to_f64();
                        let left = own.abs() - threshold;
                        // NaN is not ≤ 0, and passes.
                        let kept = if left <= 0.0 { 0.0 } else { left.copysign(own) };
                        *w = rounded(kept);
                    }
                });
            }

            #[inline(never)]
            fn step(level: Level, decay: Decay, step: &Step<'_, Self>, w: &mut [Self]) {
                match decay {
                    Decay::Coupled => dispatch!(level.token(), _simd => {
                        each(step, w, |g, s, decay| s * (g + decay));
                    }),
                    Decay::Decoupled => dispatch!(level.token(), _simd => {
                        each(step, w, |g, s, decay| s * g + decay);
                    }),
                    Decay::None => dispatch!(level.token(), _simd => {
                        each(step, w, |g, s, _| s * g);
                    }),
                }
            }
        }
    )*};
}

passes! { f32 f64 }

/// w − η·change(g, s, λ·w), for each weight.
#[inline(always)]
fn each<T: Lanes>(step: &Step<'_, T>, w: &mut [T], change: impl Fn(f64, f64, f64) -> f64) {
    let (rate, lambda) = (step.learning_rate, step.lambda);
    for ((w, g), s) in w.iter_mut().zip(step.gradient).zip(step.scale) {
        let own = w.to_f64();
        *w = rounded(own - rate * change(g.to_f64(), s.to_f64(), lambda * own));
    }
}
