//! L1 and L2 regularisation as one first writes them, one weight at a time.

/// λ Σ|w|.
pub fn l1(lambda: f64, w: &[f64]) -> f64 {
    lambda * w.iter().fold(0.0, |sum, w| sum + w.abs())
}

/// ½λ Σw².
pub fn l2(lambda: f64, w: &[f64]) -> f64 {
    0.5 * lambda * w.iter().fold(0.0, |sum, w| sum + w * w)
}

/// ∂L1/∂w; `signum` alone would be 1 at 0.
pub fn l1_gradient(lambda: f64, w: f64) -> f64 {
    if w == 0.0 { 0.0 } else { lambda * w.signum() }
}

/// ∂L2/∂w.
pub fn l2_gradient(lambda: f64, w: f64) -> f64 {
    lambda * w
}

/// A weight after the gradient step moves towards 0 by τ, and stops there.
pub fn soft_threshold(tau: f64, w: f64) -> f64 {
    let left = w.abs() - tau;
    if left <= 0.0 { 0.0 } else { left.copysign(w) }
}

/// The penalty in the gradient: scaled by the optimiser with it.
pub fn penalized_step(rate: f64, lambda: f64, [s, g, w]: [f64; 3]) -> f64 {
    w - rate * s * (g + l2_gradient(lambda, w))
}

/// Weight decay beside the gradient.
pub fn decayed_step(rate: f64, lambda: f64, [s, g, w]: [f64; 3]) -> f64 {
    w - rate * s * g - rate * lambda * w
}
