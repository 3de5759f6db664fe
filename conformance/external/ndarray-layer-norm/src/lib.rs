//! Layer normalisation of the rows of an `ndarray` matrix, in `f32`.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

/// y = γ·(x − μ)/√(σ² + ε) + β, where μ and σ² are those of each row.
///
/// x: n × d; gamma, beta: d values.
pub fn layer_norm(
    x: ArrayView2<'_, f32>,
    gamma: ArrayView1<'_, f32>,
    beta: ArrayView1<'_, f32>,
    epsilon: f32,
) -> Array2<f32> {
    let mut y = x.to_owned();
    for mut row in y.axis_iter_mut(Axis(0)) {
        let d = row.len() as f32;
        let mean = row.sum() / d;
        row -= mean;
        let variance = row.dot(&row) / d;
        row /= (variance + epsilon).sqrt();
        row *= &gamma;
        row += &beta;
    }
    y
}
