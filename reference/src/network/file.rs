//! Parameters and running statistics as a file.
//!
//! A safetensors file: a header in JSON, then the numbers. Layer k of the network (from 0, as in a
//! sequence of layers in PyTorch) has the tensors
//!
//! | layer | tensors |
//! | --- | --- |
//! | dense | `k.weight`, outputs × inputs; `k.bias` |
//! | batch norm | `k.weight` (γ), `k.bias` (β), `k.running_mean`, `k.running_var` |
//! | layer norm | `k.weight` (γ), `k.bias` (β) |
//!
//! and no others, save `k.num_batches_tracked` of a batch norm, which is passed over.

use nalgebra::{DMatrix, DVector};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::layer::{Layer, widths};
use crate::Error;

/// The parameters and the running statistics as the bytes of a safetensors file, in `F64`.
///
/// # Errors
/// As [`widths`].
///
/// # Example
/// ```
/// use evenkeel_reference::network::{Layer, load, save};
/// use nalgebra::{dmatrix, dvector};
///
/// let dense = Layer::Dense { weights: dmatrix![1.0, 2.0; 3.0, 4.0], biases: dvector![5.0, 6.0] };
/// let trained = [dense, Layer::batch_norm(2, 1e-5, 0.1)];
/// let bytes = save(&trained)?;
/// let empty = Layer::Dense { weights: dmatrix![0.0, 0.0; 0.0, 0.0], biases: dvector![0.0, 0.0] };
/// assert_eq!(load(&[empty, Layer::batch_norm(2, 1e-5, 0.1)], &bytes)?, trained);
/// assert_eq!(load(&trained, &bytes[1..]).unwrap_err().argument, "file");
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn save(layers: &[Layer]) -> Result<Vec<u8>, Error> {
    widths(layers)?;
    let tensors = tensors(layers);
    let views: Result<Vec<_>, _> = tensors
        .iter()
        .map(|Tensor { name, shape, bytes }| {
            Ok((name, TensorView::new(Dtype::F64, shape.clone(), bytes)?))
        })
        .collect();
    let bytes = views.and_then(|views| safetensors::serialize(views, None));
    bytes.map_err(|error| Error::new("file", error, "what safetensors can hold"))
}

/// The same layers with the parameters and statistics of a file.
///
/// # Errors
/// As [`widths`]. `file`: not a safetensors file; a tensor is missing, too many, of another shape, or of
/// a type that is neither `F64` nor `F32`.
pub fn load(layers: &[Layer], bytes: &[u8]) -> Result<Vec<Layer>, Error> {
    widths(layers)?;
    let refused = |error| Error::new("file", error, "a safetensors file");
    let file = SafeTensors::deserialize(bytes).map_err(refused)?;
    let expected = tensors(layers);
    for name in file.names() {
        let is_expected = expected.iter().any(|tensor| tensor.name == name);
        if !is_expected && !is_counter(layers, name) {
            return Err(Error::new("file", format!("tensor {name}"), "tensors of these layers"));
        }
    }
    layers.iter().enumerate().map(|(k, layer)| loaded(layer, k, &file)).collect()
}

/// Whether it is the name of what a batch norm here counts its batches in elsewhere.
fn is_counter(layers: &[Layer], name: &str) -> bool {
    let k = name.strip_suffix(".num_batches_tracked").and_then(|k| k.parse::<usize>().ok());
    matches!(k.and_then(|k| layers.get(k)), Some(Layer::BatchNorm { .. }))
}

/// Layer k with what the file has for it.
fn loaded(layer: &Layer, k: usize, file: &SafeTensors<'_>) -> Result<Layer, Error> {
    let vector = |name, old: &DVector<f64>| -> Result<DVector<f64>, Error> {
        Ok(DVector::from_vec(values(file, &format!("{k}.{name}"), &[old.len()])?))
    };
    let mut layer = layer.clone();
    match &mut layer {
        Layer::Dense { weights, biases } => {
            let (rows, columns) = weights.shape();
            let values = values(file, &format!("{k}.weight"), &[rows, columns])?;
            *weights = DMatrix::from_row_slice(rows, columns, &values);
            *biases = vector("bias", biases)?;
        }
        Layer::BatchNorm { gamma, beta, running_mean, running_variance, .. } => {
            *gamma = vector("weight", gamma)?;
            *beta = vector("bias", beta)?;
            *running_mean = vector("running_mean", running_mean)?;
            *running_variance = vector("running_var", running_variance)?;
        }
        Layer::LayerNorm { gamma, beta, .. } => {
            *gamma = vector("weight", gamma)?;
            *beta = vector("bias", beta)?;
        }
        Layer::Activation(_) | Layer::Dropout { .. } => {}
    }
    Ok(layer)
}

/// A tensor as the file has it.
struct Tensor {
    name: String,
    shape: Vec<usize>,
    /// Row by row, each number with its lowest byte first.
    bytes: Vec<u8>,
}

/// The tensors of all layers.
fn tensors(layers: &[Layer]) -> Vec<Tensor> {
    layers.iter().enumerate().flat_map(|(k, layer)| tensors_of(layer, k)).collect()
}

fn tensors_of(layer: &Layer, k: usize) -> Vec<Tensor> {
    let tensor = |name, shape, values: &[f64]| Tensor {
        name: format!("{k}.{name}"),
        shape,
        bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
    };
    let vector = |name, values: &DVector<f64>| tensor(name, vec![values.len()], values.as_slice());
    match layer {
        Layer::Dense { weights, biases } => {
            let shape = vec![weights.nrows(), weights.ncols()];
            // A matrix lies column by column.
            let rows = weights.transpose();
            vec![tensor("weight", shape, rows.as_slice()), vector("bias", biases)]
        }
        Layer::BatchNorm { gamma, beta, running_mean, running_variance, .. } => vec![
            vector("weight", gamma),
            vector("bias", beta),
            vector("running_mean", running_mean),
            vector("running_var", running_variance),
        ],
        Layer::LayerNorm { gamma, beta, .. } => vec![vector("weight", gamma), vector("bias", beta)],
        Layer::Activation(_) | Layer::Dropout { .. } => Vec::new(),
    }
}

/// The numbers of one tensor, row by row.
fn values(file: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f64>, Error> {
    let refused = |value: String, allowed: String| Error::new("file", value, allowed);
    let missing = |_| refused(format!("no tensor {name}"), "all of these layers".into());
    let view = file.tensor(name).map_err(missing)?;
    if view.shape() != shape {
        return Err(refused(format!("{name} of {:?}", view.shape()), format!("{shape:?}")));
    }
    let eight = |bytes: &[u8]| f64::from_le_bytes(std::array::from_fn(|i| bytes[i]));
    let four = |bytes: &[u8]| f64::from(f32::from_le_bytes(std::array::from_fn(|i| bytes[i])));
    match view.dtype() {
        Dtype::F64 => Ok(view.data().chunks_exact(8).map(eight).collect()),
        Dtype::F32 => Ok(view.data().chunks_exact(4).map(four).collect()),
        other => Err(refused(format!("{name} of type {other:?}"), "F64 or F32".into())),
    }
}
