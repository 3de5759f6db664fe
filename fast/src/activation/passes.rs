//! The passes over a piece of a tensor, in place, compiled once for each precision.

use fearless_simd::dispatch;

use super::{Curve, curves};
use crate::Level;
use crate::element::sealed::Lanes;

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// x to y.
    fn activate(level: Level, curve: Curve, x_to_y: &mut [Self]);
    /// dy to dx, given x.
    fn activate_backward(level: Level, curve: Curve, x: &[Self], dy_to_dx: &mut [Self]);
    /// dy to dx, given y.
    fn activate_from_output(level: Level, curve: Curve, y: &[Self], dy_to_dx: &mut [Self]);
}

macro_rules! passes {
    ($precision:ident: $sigmoid:ident $tanh:ident
     $sigmoid_backward:ident $tanh_backward:ident
     $sigmoid_from_output:ident $tanh_from_output:ident) => {
        impl Passes for $precision {
            #[inline(never)]
            fn activate(level: Level, curve: Curve, x_to_y: &mut [Self]) {
                use curves::*;
                dispatch!(level.token(), _simd => match curve {
                    Curve::Sigmoid => map(x_to_y, $sigmoid),
                    Curve::Tanh => map(x_to_y, $tanh),
                    Curve::Relu => map(x_to_y, |x| rectified(x, None)),
                    Curve::LeakyRelu { slope } => map(x_to_y, |x| rectified(x, Some(slope))),
                });
            }

            #[inline(never)]
            fn activate_backward(level: Level, curve: Curve, x: &[Self], dy: &mut [Self]) {
                use curves::*;
                dispatch!(level.token(), _simd => match curve {
                    Curve::Sigmoid => zip(x, dy, $sigmoid_backward),
                    Curve::Tanh => zip(x, dy, $tanh_backward),
                    Curve::Relu => zip(x, dy, |x, dy| rectified_backward(x, dy, None)),
                    Curve::LeakyRelu { slope } => {
                        zip(x, dy, |x, dy| rectified_backward(x, dy, Some(slope)));
                    }
                });
            }

            #[inline(never)]
            fn activate_from_output(level: Level, curve: Curve, y: &[Self], dy: &mut [Self]) {
                use curves::*;
                dispatch!(level.token(), _simd => match curve {
                    Curve::Sigmoid => zip(y, dy, $sigmoid_from_output),
                    Curve::Tanh => zip(y, dy, $tanh_from_output),
                    // y has the sign of x: the slope is positive.
                    Curve::Relu => zip(y, dy, |y, dy| rectified_backward(y, dy, None)),
                    Curve::LeakyRelu { slope } => {
                        zip(y, dy, |y, dy| rectified_backward(y, dy, Some(slope)));
                    }
                });
            }
        }
    };
}

passes! { f32: sigmoid tanh sigmoid_backward tanh_backward sigmoid_from_output tanh_from_output }
passes! {
    f64: accurate_sigmoid accurate_tanh accurate_sigmoid_backward accurate_tanh_backward
    accurate_sigmoid_from_output accurate_tanh_from_output
}

/// Every value through a curve, and rounded once.
#[inline(always)]
fn map<T: Lanes>(values: &mut [T], curve: impl Fn(f64) -> f64) {
    for value in values {
        *value = T::round(curve(value.to_f64()));
    }
}

/// Every gradient with its value through a derivative, and rounded once.
///
/// Every NaN is written as the same NaN: which one arithmetic gives differs between levels.
#[inline(always)]
fn zip<T: Lanes>(values: &[T], gradients: &mut [T], derivative: impl Fn(f64, f64) -> f64) {
    for (gradient, value) in gradients.iter_mut().zip(values) {
        let result = derivative(value.to_f64(), gradient.to_f64());
        *gradient = T::round(if result.is_nan() { f64::NAN } else { result });
    }
}
