//! What chance decides, drawn once by the maps of the reference.

use evenkeel_conformance::network::Layer;
use evenkeel_reference::initialization::{Fans, he_normal_deviation, xavier_normal_deviation};
use evenkeel_reference::random::{Stream, normal, word};
use evenkeel_reference::{Error, dropout};

use super::{LAYERS, ROWS, TRAIN};

/// The stream of the order; those of the layers are their own numbers.
const ORDER: u32 = 1000;

/// Steps of an epoch: rows that fill none are left for the next order.
pub(super) const STEPS: usize = TRAIN.end / ROWS;

/// The rows of training in the order of an epoch.
pub(super) fn order(seed: u64, epoch: u32) -> Vec<usize> {
    let stream = Stream { seed, number: ORDER, step: epoch };
    let mut rows: Vec<usize> = TRAIN.collect();
    rows.sort_by_cached_key(|&i| word(stream, i as u64));
    rows
}

/// The rows of each of the first steps.
pub(super) fn batches(seed: u64, steps: usize) -> Vec<Vec<usize>> {
    let epochs = 0..steps.div_ceil(STEPS) as u32;
    let rows = epochs.flat_map(|epoch| {
        let order = order(seed, epoch);
        order.chunks_exact(ROWS).map(<[usize]>::to_vec).collect::<Vec<_>>()
    });
    rows.take(steps).collect()
}

/// The flags of all dropout layers in a step.
pub(super) fn masks(seed: u64, step: u32) -> Result<Vec<bool>, Error> {
    let mut width = 0;
    let mut keep = Vec::new();
    for (k, layer) in LAYERS.iter().enumerate() {
        width = layer.gives(width);
        if let Layer::Dropout { drop_probability } = *layer {
            let stream = Stream { seed, number: k as u32, step };
            let mask = dropout::keep_mask(stream, 0, ROWS, width, drop_probability)?;
            keep.extend(mask.transpose().iter());
        }
    }
    Ok(keep)
}

/// The parameters at the start: He's weights before ReLU, Xavier's at the end, rounded to `f32` so that
/// both precisions start alike.
pub(super) fn start(seed: u64) -> Result<Vec<f64>, Error> {
    let mut parameters = Vec::new();
    for (k, layer) in LAYERS.iter().enumerate() {
        match *layer {
            Layer::Dense { inputs, outputs } => {
                let deviation = if k + 1 < LAYERS.len() {
                    he_normal_deviation(inputs, 0.0)?
                } else {
                    xavier_normal_deviation(Fans { fan_in: inputs, fan_out: outputs }, 1.0)?
                };
                let stream = Stream { seed, number: k as u32, step: 0 };
                let weight = |i| Ok(f64::from(normal(stream, i, deviation)? as f32));
                let weights: Result<Vec<f64>, Error> =
                    (0..(inputs * outputs) as u64).map(weight).collect();
                parameters.extend(weights?);
                parameters.extend(vec![0.0; outputs]);
            }
            Layer::BatchNorm { width, .. } | Layer::LayerNorm { width, .. } => {
                parameters.extend(vec![1.0; width]);
                parameters.extend(vec![0.0; width]);
            }
            Layer::Activation(_) | Layer::Dropout { .. } => {}
        }
    }
    Ok(parameters)
}

/// Running means and variances at the start.
pub(super) fn statistics() -> Vec<f64> {
    let of = |layer: &Layer| match layer {
        Layer::BatchNorm { width, .. } => [vec![0.0; *width], vec![1.0; *width]].concat(),
        _ => Vec::new(),
    };
    LAYERS.iter().flat_map(of).collect()
}
