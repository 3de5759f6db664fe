//! The curves and their derivatives, with the step that a fault changes.

use super::Fault;
use crate::Real;
use crate::activation::Curve;

/// y.
pub(super) fn forward<T: Real>(fault: Fault, curve: Curve, x: f64) -> f64 {
    if x.is_nan() {
        return if fault == Fault::NanCleaned { 0.0 } else { x };
    }
    match curve {
        Curve::Sigmoid => sigmoid::<T>(fault, x),
        Curve::Tanh => tanh::<T>(fault, x),
        Curve::Relu => relu(fault, x),
        Curve::LeakyRelu { slope } => leaky(fault, x, slope),
    }
}

fn sigmoid<T: Real>(fault: Fault, x: f64) -> f64 {
    let single = |value: f64| T::from_f64(value).to_f64();
    match fault {
        Fault::SigmoidSign => right_sigmoid(-x),
        Fault::HardSigmoid => (0.2 * x + 0.5).clamp(0.0, 1.0),
        Fault::FastExponential => 1.0 / (1.0 + fast_exponential(-x)),
        Fault::Clipped => right_sigmoid(x).clamp(1e-7, 1.0 - 1e-7),
        Fault::Overflows => {
            let e = single(x.exp());
            e / (e + 1.0)
        }
        Fault::TailLost => 1.0 / (1.0 + single((-x).exp())),
        Fault::Seam if x.abs() < 0.5 => 0.5 + 0.5 * series(0.5 * x),
        Fault::SingleForward => {
            let t = single((-x.abs()).exp());
            single(if x < 0.0 { t } else { 1.0 }) / single(1.0 + t)
        }
        _ => right_sigmoid(x),
    }
}

fn right_sigmoid(x: f64) -> f64 {
    let t = (-x.abs()).exp();
    if x < 0.0 { t / (1.0 + t) } else { 1.0 / (1.0 + t) }
}

fn tanh<T: Real>(fault: Fault, x: f64) -> f64 {
    let single = |value: f64| T::from_f64(value).to_f64();
    match fault {
        Fault::TanhHalf => 2.0 * right_sigmoid(x) - 1.0,
        Fault::TanhCancels if x.abs() < 20.0 => {
            let (up, down) = (single(x.exp()), single((-x).exp()));
            single(up - down) / single(up + down)
        }
        Fault::TanhOverflows => {
            let e = single((2.0 * x).exp());
            (e - 1.0) / (e + 1.0)
        }
        Fault::Clipped => x.tanh().clamp(-1.0 + 1e-7, 1.0 - 1e-7),
        Fault::ZeroUnsigned if x == 0.0 => 0.0,
        Fault::Seam if x.abs() < 0.5 => series(x),
        Fault::NotOdd if x < 0.0 => single(2.0 / single(1.0 + single((-2.0 * x).exp()))) - 1.0,
        Fault::SingleForward => {
            let m = single((-2.0 * x.abs()).exp_m1());
            single(-m / single(2.0 + m)).copysign(x)
        }
        _ => x.tanh(),
    }
}

/// x − x³/3 + 2x⁵/15: above the curve.
fn series(x: f64) -> f64 {
    x - x.powi(3) / 3.0 + 2.0 * x.powi(5) / 15.0
}

/// Straight lines between the powers of two, by Schraudolph's constant.
fn fast_exponential(x: f64) -> f64 {
    let scaled = (x / std::f64::consts::LN_2).clamp(-1000.0, 1000.0) - 0.0579 + 1023.0;
    f64::from_bits((scaled * 2.0_f64.powi(52)) as u64)
}

fn relu(fault: Fault, x: f64) -> f64 {
    match fault {
        Fault::Capped => x.clamp(0.0, 6.0),
        Fault::Absolute => x.abs(),
        Fault::NegativeZero if x <= 0.0 => -0.0,
        _ if x > 0.0 => x,
        _ => 0.0,
    }
}

fn leaky(fault: Fault, x: f64, slope: f64) -> f64 {
    match fault {
        Fault::SlopeOnRight => {
            if x > 0.0 {
                slope * x
            } else {
                x
            }
        }
        Fault::SlopeConstant if x <= 0.0 => 0.01 * x,
        Fault::SlopeIgnored if x <= 0.0 => 0.0,
        Fault::LargerOfBoth => x.max(slope * x),
        Fault::ZeroUnsigned if x == 0.0 => 0.0,
        _ if x > 0.0 => x,
        _ => slope * x,
    }
}

/// dx.
pub(super) fn backward<T: Real>(fault: Fault, curve: Curve, x: f64, dy: f64) -> f64 {
    if x.is_nan() {
        return if fault == Fault::NanCleaned { 0.0 } else { x };
    }
    let dy = if fault == Fault::NoUpstream { 1.0 } else { dy };
    match curve {
        Curve::Sigmoid => dy * sigmoid_slope::<T>(fault, x),
        Curve::Tanh => dy * tanh_slope::<T>(fault, x),
        Curve::Relu => {
            if is_right(fault, x, x, dy) {
                dy
            } else {
                left(fault, x, dy, 0.0)
            }
        }
        Curve::LeakyRelu { slope } => {
            let slope = match fault {
                Fault::BackwardSlopeMissing | Fault::SlopeIgnored => 0.0,
                Fault::BackwardSlopeConstant | Fault::SlopeConstant => 0.01,
                _ => slope,
            };
            let y = if x > 0.0 { x } else { slope * x };
            if is_right(fault, x, y, dy) { dy } else { left(fault, x, dy, slope) }
        }
    }
}

/// Whether dy passes whole.
fn is_right(fault: Fault, x: f64, y: f64, dy: f64) -> bool {
    match fault {
        Fault::MaskByGradient => dy > 0.0,
        Fault::Guided => x > 0.0 && dy > 0.0,
        Fault::SideFromOutput => y > 0.0,
        Fault::RightAtZero => x >= 0.0,
        Fault::SlopeOnRight => x <= 0.0,
        _ => x > 0.0,
    }
}

/// What passes on the left, or in the middle.
fn left(fault: Fault, x: f64, dy: f64, slope: f64) -> f64 {
    let slope = if fault == Fault::HalfAtZero && x == 0.0 { 0.5 * (1.0 + slope) } else { slope };
    // A choice and not a product: 0 where dy is infinite.
    if slope == 0.0 { 0.0 } else { slope * dy }
}

fn sigmoid_slope<T: Real>(fault: Fault, x: f64) -> f64 {
    let t = (-x.abs()).exp();
    let single = |value: f64| T::from_f64(value).to_f64();
    match fault {
        Fault::DerivativeOfOutput => sigmoid_slope::<T>(Fault::None, right_sigmoid(x)),
        Fault::DerivativeFromOutput => {
            let y = single(right_sigmoid(x));
            y * (1.0 - y)
        }
        Fault::Overflows => {
            let e = single(x.exp());
            single(e / single((1.0 + e) * (1.0 + e)))
        }
        Fault::SingleBackward => {
            let (t, s) = (single(t), single(1.0 + single(t)));
            single(t / single(s * s))
        }
        _ => t / ((1.0 + t) * (1.0 + t)),
    }
}

fn tanh_slope<T: Real>(fault: Fault, x: f64) -> f64 {
    let t = (-2.0 * x.abs()).exp();
    let single = |value: f64| T::from_f64(value).to_f64();
    match fault {
        Fault::DerivativeOfOutput => tanh_slope::<T>(Fault::None, x.tanh()),
        Fault::TanhNoSquare => 1.0 - x.tanh(),
        Fault::TanhForDerivative => x.tanh(),
        Fault::DerivativeFromOutput => {
            let y = single(x.tanh());
            (1.0 - y) * (1.0 + y)
        }
        Fault::NotOdd if x < 0.0 => single(4.0 * single(t) / single((1.0 + t) * (1.0 + t))),
        Fault::SingleBackward => {
            let (t, s) = (single(t), single(1.0 + single(t)));
            single(4.0 * t / single(s * s))
        }
        _ => 4.0 * t / ((1.0 + t) * (1.0 + t)),
    }
}

/// dx from y.
pub(super) fn from_output(fault: Fault, curve: Curve, y: f64, dy: f64) -> f64 {
    if fault == Fault::OutputTakenForInput {
        return backward::<f64>(Fault::None, curve, y, dy);
    }
    if y.is_nan() {
        return y;
    }
    match curve {
        Curve::Sigmoid => dy * (y * (1.0 - y)),
        Curve::Tanh => dy * ((1.0 - y) * (1.0 + y)),
        Curve::Relu => {
            if y > 0.0 {
                dy
            } else {
                0.0
            }
        }
        Curve::LeakyRelu { slope } => {
            if y > 0.0 {
                dy
            } else {
                slope * dy
            }
        }
    }
}
