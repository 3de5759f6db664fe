//! What the network does itself with numbers, compiled once for each precision.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use fearless_simd::dispatch;

use crate::Level;
use crate::regularization::Penalty;

/// The kernels of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Kernels: Copy {
    /// c ← a·b, or c + a·b.
    #[doc(hidden)]
    fn product(a: MatRef<'_, Self>, b: MatRef<'_, Self>, accum: Accum, c: MatMut<'_, Self>);
    /// The sum of all rows, added in their order.
    fn sum_rows(level: Level, rows: &[Self], sums: &mut [f64]);
    /// g ← g + λ·w or g + λ·sign(w).
    fn add_slope(level: Level, penalty: Penalty, lambda: f64, w: &[Self], g: &mut [Self]);
}

macro_rules! kernels {
    ($($precision:ident)*) => { $(
        impl Kernels for $precision {
            fn product(a: MatRef<'_, Self>, b: MatRef<'_, Self>, accum: Accum, c: MatMut<'_, Self>) {
                matmul(c, accum, a, b, 1.0, Par::Seq);
            }

            #[inline(never)]
            fn sum_rows(level: Level, rows: &[Self], sums: &mut [f64]) {
                sums.fill(0.0);
                dispatch!(level.token(), _simd => {
                    for row in rows.chunks_exact(sums.len()) {
                        for (sum, value) in sums.iter_mut().zip(row) {
                            *sum += f64::from(*value);
                        }
                    }
                });
            }

            #[inline(never)]
            fn add_slope(level: Level, penalty: Penalty, lambda: f64, w: &[Self], g: &mut [Self]) {
                let sign = |w: f64| if w == 0.0 { 0.0 } else { w.signum() }; // signum() of 0 is 1
                dispatch!(level.token(), _simd => match penalty {
                    Penalty::L1 => add(g, w, |w| lambda * sign(w)),
                    Penalty::L2 => add(g, w, |w| lambda * w),
                });

                #[inline(always)]
                fn add(g: &mut [$precision], w: &[$precision], slope: impl Fn(f64) -> f64) {
                    for (g, w) in g.iter_mut().zip(w) {
                        *g = (f64::from(*g) + slope(f64::from(*w))) as $precision;
                    }
                }
            }
        }
    )* };
}
kernels!(f32 f64);
