//! The passes over a piece of a tensor, compiled once for each precision.

use fearless_simd::{dispatch, f32x16};

use super::rectifier::{leaky, leaky_backward, rectified, rectified_backward};
use super::{Curve, double, quick, single};
use crate::Level;
use crate::elementwise::{map, map_wide, zip, zip_wide};

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes). Results are written
/// past the caches if they stream and do not stand where they came from.
pub trait Passes: Sized {
    /// x to y; without x it stands in y.
    fn activate(level: Level, curve: Curve, x: Option<&[Self]>, y: &mut [Self], streams: bool);
    /// [`activate`](Passes::activate) within 1 ulp.
    fn activate_quickly(
        level: Level,
        curve: Curve,
        x: Option<&[Self]>,
        y: &mut [Self],
        streams: bool,
    );
    /// dy to dx, given x; without dy it stands in dx.
    fn activate_backward(
        level: Level,
        curve: Curve,
        x: &[Self],
        dy: Option<&[Self]>,
        dx: &mut [Self],
        streams: bool,
    );
    /// dy to dx, given y; without dy it stands in dx.
    fn activate_from_output(
        level: Level,
        curve: Curve,
        y: &[Self],
        dy: Option<&[Self]>,
        dx: &mut [Self],
        streams: bool,
    );
}

impl Passes for f32 {
    #[inline(never)]
    fn activate(level: Level, curve: Curve, x: Option<&[f32]>, y: &mut [f32], streams: bool) {
        dispatch!(level.token(), simd => match curve {
            Curve::Sigmoid => {
                map(simd, x, y, streams, #[inline(always)] |x| single::sigmoid(simd, x));
            }
            Curve::Tanh => {
                map(simd, x, y, streams, #[inline(always)] |x| single::tanh(simd, x));
            }
            Curve::Relu => {
                map(simd, x, y, streams, #[inline(always)] |x: f32x16<_>| rectified(simd, x));
            }
            Curve::LeakyRelu { slope } => {
                map_wide(simd, x, y, streams, #[inline(always)] |x| leaky(simd, x, slope));
            }
        });
    }

    #[inline(never)]
    fn activate_quickly(
        level: Level,
        curve: Curve,
        x: Option<&[f32]>,
        y: &mut [f32],
        streams: bool,
    ) {
        match curve {
            Curve::Tanh => dispatch!(level.token(), simd => {
                map(simd, x, y, streams, #[inline(always)] |x| quick::tanh(simd, x));
            }),
            choice => Self::activate(level, choice, x, y, streams),
        }
    }

    #[inline(never)]
    fn activate_backward(
        level: Level,
        curve: Curve,
        x: &[f32],
        dy: Option<&[f32]>,
        dx: &mut [f32],
        streams: bool,
    ) {
        dispatch!(level.token(), simd => match curve {
            Curve::Sigmoid => zip(
                simd, x, dy, dx, streams,
                #[inline(always)] |x, dy| single::sigmoid_backward(simd, x, dy),
            ),
            Curve::Tanh => zip(
                simd, x, dy, dx, streams,
                #[inline(always)] |x, dy| single::tanh_backward(simd, x, dy),
            ),
            Curve::Relu => zip(
                simd, x, dy, dx, streams,
                #[inline(always)] |x: f32x16<_>, dy| rectified_backward(simd, x, dy),
            ),
            Curve::LeakyRelu { slope } => zip_wide(
                simd, x, dy, dx, streams,
                #[inline(always)] |x, dy| leaky_backward(simd, x, dy, slope),
            ),
        });
    }

    #[inline(never)]
    fn activate_from_output(
        level: Level,
        curve: Curve,
        y: &[f32],
        dy: Option<&[f32]>,
        dx: &mut [f32],
        streams: bool,
    ) {
        match curve {
            Curve::Sigmoid => dispatch!(level.token(), simd => zip_wide(
                simd, y, dy, dx, streams,
                #[inline(always)] |y, dy| single::sigmoid_from_output(simd, y, dy),
            )),
            Curve::Tanh => dispatch!(level.token(), simd => zip_wide(
                simd, y, dy, dx, streams,
                #[inline(always)] |y, dy| single::tanh_from_output(simd, y, dy),
            )),
            // y has the sign of x: the slope is positive.
            side => Self::activate_backward(level, side, y, dy, dx, streams),
        }
    }
}

/// Sigmoid and tanh take so long that streaming gains nothing.
impl Passes for f64 {
    #[inline(never)]
    fn activate(level: Level, curve: Curve, x: Option<&[f64]>, y: &mut [f64], streams: bool) {
        dispatch!(level.token(), simd => match curve {
            Curve::Sigmoid => each(x, y, double::sigmoid),
            Curve::Tanh => each(x, y, double::tanh),
            Curve::Relu => {
                map_wide(simd, x, y, streams, #[inline(always)] |x| rectified(simd, x));
            }
            Curve::LeakyRelu { slope } => {
                map_wide(simd, x, y, streams, #[inline(always)] |x| leaky(simd, x, slope));
            }
        });
    }

    fn activate_quickly(
        level: Level,
        curve: Curve,
        x: Option<&[f64]>,
        y: &mut [f64],
        streams: bool,
    ) {
        Self::activate(level, curve, x, y, streams);
    }

    #[inline(never)]
    fn activate_backward(
        level: Level,
        curve: Curve,
        x: &[f64],
        dy: Option<&[f64]>,
        dx: &mut [f64],
        streams: bool,
    ) {
        dispatch!(level.token(), simd => match curve {
            Curve::Sigmoid => each_gradient(x, dy, dx, double::sigmoid_backward),
            Curve::Tanh => each_gradient(x, dy, dx, double::tanh_backward),
            Curve::Relu => zip_wide(
                simd, x, dy, dx, streams,
                #[inline(always)] |x, dy| rectified_backward(simd, x, dy),
            ),
            Curve::LeakyRelu { slope } => zip_wide(
                simd, x, dy, dx, streams,
                #[inline(always)] |x, dy| leaky_backward(simd, x, dy, slope),
            ),
        });
    }

    #[inline(never)]
    fn activate_from_output(
        level: Level,
        curve: Curve,
        y: &[f64],
        dy: Option<&[f64]>,
        dx: &mut [f64],
        streams: bool,
    ) {
        match curve {
            Curve::Sigmoid => dispatch!(level.token(), _simd => {
                each_gradient(y, dy, dx, double::sigmoid_from_output);
            }),
            Curve::Tanh => dispatch!(level.token(), _simd => {
                each_gradient(y, dy, dx, double::tanh_from_output);
            }),
            side => Self::activate_backward(level, side, y, dy, dx, streams),
        }
    }
}

/// Values that are copied and then worked on while they are in the first cache.
const PART: usize = 1 << 11;

/// Every value through a curve.
#[inline(always)]
fn each(x: Option<&[f64]>, y: &mut [f64], curve: impl Fn(f64) -> f64) {
    for (k, y) in y.chunks_mut(PART).enumerate() {
        copy_part(x, k, y);
        for y in y {
            *y = curve(*y);
        }
    }
}

/// Every gradient with its value through a derivative.
///
/// Every NaN is written as the same NaN: which one arithmetic gives differs between levels.
#[inline(always)]
fn each_gradient(
    x: &[f64],
    dy: Option<&[f64]>,
    dx: &mut [f64],
    derivative: impl Fn(f64, f64) -> f64,
) {
    for (k, (dx, x)) in dx.chunks_mut(PART).zip(x.chunks(PART)).enumerate() {
        copy_part(dy, k, dx);
        for (dx, x) in dx.iter_mut().zip(x) {
            let result = derivative(*x, *dx);
            *dx = if result.is_nan() { f64::NAN } else { result };
        }
    }
}

/// Copies the k-th part of `from`, if it does not stand in `to` already.
#[inline(always)]
fn copy_part(from: Option<&[f64]>, k: usize, to: &mut [f64]) {
    if let Some(from) = from {
        to.copy_from_slice(&from[k * PART..][..to.len()]);
    }
}
