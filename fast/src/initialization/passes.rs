//! Draws to weights, compiled once for each precision.

use fearless_simd::dispatch;

use crate::Level;

/// The pass of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Each draw times `factor`, rounded once.
    fn scaled_draws(level: Level, draws: &[f64], factor: f64, w: &mut [Self]);
}

macro_rules! passes {
    ($($precision:ident)*) => {$(
        impl Passes for $precision {
            #[inline(never)]
            fn scaled_draws(level: Level, draws: &[f64], factor: f64, w: &mut [Self]) {
                dispatch!(level.token(), _simd => {
                    for (w, draw) in w.iter_mut().zip(draws) {
                        let scaled = draw * factor;
                        // One NaN for all: which one arithmetic gives differs between levels.
                        *w = (if scaled.is_nan() { f64::NAN } else { scaled }) as $precision;
                    }
                });
            }
        }
    )*};
}

passes! { f32 f64 }
