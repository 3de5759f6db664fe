use evenkeel_conformance::Refusal;
use evenkeel_conformance::layer_norm::{Forward, LayerNorm};
use ndarray::{ArrayView1, ArrayView3};
use ndarray_layer_norm::layer_norm;

struct Mine;

impl LayerNorm<f32> for Mine {
    fn forward(&self, input: &Forward<'_, f32>, y: &mut [f32]) -> Result<(), Refusal> {
        input.check(y)?;
        let Forward { shape, x, gamma, beta, epsilon } = *input;
        let (outer, channels, inner) = (shape.outer, shape.channels, shape.inner);
        let failed = |error: ndarray::ShapeError| Refusal::Failed(error.to_string());
        let x = ArrayView3::from_shape((outer, channels, inner), x).map_err(failed)?;
        // A row is what lies along the channels: they become the last axis.
        let x = x.permuted_axes([0, 2, 1]);
        let rows = x.to_shape((outer * inner, channels)).map_err(failed)?;
        let (gamma, beta) = (ArrayView1::from(gamma), ArrayView1::from(beta));
        let normalized = layer_norm(rows.view(), gamma, beta, epsilon as f32);
        for ((row, c), value) in normalized.indexed_iter() {
            y[shape.index(row, c)] = *value;
        }
        Ok(())
    }
}

evenkeel_conformance::layer_norm_suite!(Mine, f32, without: [backward = "autograd does it"]);
