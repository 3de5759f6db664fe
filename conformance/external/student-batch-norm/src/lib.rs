//! Batch normalisation as one writes it for a course, one channel at a time.

/// The mean and the variance of a channel, in two passes.
pub fn statistics(x: &[f64]) -> (f64, f64) {
    let m = x.len() as f64;
    let mean = x.iter().sum::<f64>() / m;
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / m;
    (mean, variance)
}

/// x̂ = (x − μ)/√(σ² + ε).
pub fn normalize(x: f64, (mean, variance): (f64, f64), epsilon: f64) -> f64 {
    (x - mean) / (variance + epsilon).sqrt()
}

/// dx, dγ and dβ of y = γ·x̂ + β for a channel whose μ and σ² depend on x.
pub fn backward(x: &[f64], gamma: f64, epsilon: f64, dy: &[f64]) -> (Vec<f64>, f64, f64) {
    let (m, at) = (x.len(), statistics(x));
    let x_hat: Vec<f64> = x.iter().map(|&x| normalize(x, at, epsilon)).collect();
    let dgamma = (0..m).map(|k| dy[k] * x_hat[k]).sum::<f64>();
    let dbeta = dy.iter().sum::<f64>();
    let scale = gamma / (at.1 + epsilon).sqrt();
    let dx = |k| scale * (dy[k] - dbeta / m as f64 - x_hat[k] * dgamma / m as f64);
    ((0..m).map(dx).collect(), dgamma, dbeta)
}
