//! Gradient clipping: by value, and by the norm of a list of tensors.

/// Each element between −threshold and threshold.
pub fn clip_by_value(gradient: &[f64], threshold: f64, result: &mut [f64]) {
    for (y, g) in result.iter_mut().zip(gradient) {
        *y = g.clamp(-threshold, threshold);
    }
}

/// The root of the sum of all squares.
pub fn norm(tensors: &[&[f64]]) -> f64 {
    let all = tensors.iter().flat_map(|tensor| tensor.iter());
    all.fold(0.0, |sum, g| sum + g * g).sqrt()
}

/// All tensors by one factor, if their norm is above the threshold; gives the norm.
pub fn clip_by_norm(tensors: &[&[f64]], threshold: f64, results: &mut [&mut [f64]]) -> f64 {
    let norm = norm(tensors);
    for (result, tensor) in results.iter_mut().zip(tensors) {
        for (y, g) in result.iter_mut().zip(*tensor) {
            *y = if norm > threshold { g * (threshold / norm) } else { *g };
        }
    }
    norm
}
