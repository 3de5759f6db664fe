//! Parameters and running statistics as a safetensors file.
//!
//! Layer k has the tensors `k.weight` and `k.bias` (W and b, or γ and β), a batch norm also `k.running_mean`
//! and `k.running_var`: the names that a sequence of the same layers has in PyTorch. W is outputs × inputs,
//! row by row. `k.num_batches_tracked` of a batch norm is passed over. Numbers are in the precision of the network; a network
//! in `f64` reads `F32` too.

use std::collections::BTreeMap;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::Network;
use super::layer::{Layer, Place};
use crate::{Element, Error};

/// The numbers of one tensor: where they lie, and how.
struct Tensor {
    shape: Vec<usize>,
    /// Among the statistics, not among the parameters.
    is_statistic: bool,
    first: usize,
}

impl Tensor {
    fn len(&self) -> usize {
        self.shape.iter().product()
    }
}

impl<T: Element> Network<T> {
    /// All parameters and running statistics as the bytes of a safetensors file.
    ///
    /// # Errors
    /// Names `file` if safetensors refuses (more than 100 MB of names).
    pub fn save(&self) -> Result<Vec<u8>, Error> {
        let type_of = if size_of::<T>() == 4 { Dtype::F32 } else { Dtype::F64 };
        let tensors = self.tensors_in_file();
        let bytes = tensors.values().map(|tensor| self.bytes(tensor)).collect::<Vec<_>>();
        let named = tensors.iter().zip(&bytes);
        let views: Result<Vec<_>, _> = named
            .map(|((name, Tensor { shape, .. }), bytes)| {
                Ok((name, TensorView::new(type_of, shape.clone(), bytes)?))
            })
            .collect();
        let file = views.and_then(|views| safetensors::serialize(views, None));
        file.map_err(|error| refused(error.to_string(), "what safetensors can hold"))
    }

    /// Takes all parameters and running statistics from the bytes of a safetensors file.
    ///
    /// ```
    /// use evenkeel_fast::network::{Layer, Network, Scratch};
    ///
    /// let layers = [Layer::dense(3, 2), Layer::batch_norm(2)];
    /// let mut trained = Network::<f32>::new(&layers)?;
    /// trained.initialize(7, &mut Scratch::default())?;
    /// let mut other = Network::<f32>::new(&layers)?;
    /// other.load(&trained.save()?)?;
    /// assert_eq!(other, trained);
    /// assert_eq!(other.load(b"no such file").unwrap_err().argument(), "file");
    /// # Ok::<(), evenkeel_fast::Error>(())
    /// ```
    ///
    /// # Errors
    /// Names `file`: not a safetensors file; a tensor is missing, too many, of another shape, or of a
    /// type that the precision does not hold exactly. The network is as it was then.
    pub fn load(&mut self, file: &[u8]) -> Result<(), Error> {
        let file = SafeTensors::deserialize(file)
            .map_err(|error| refused(error.to_string(), "a safetensors file"))?;
        let tensors = self.tensors_in_file();
        let is_known = |name: &str| tensors.contains_key(name) || self.is_counter(name);
        if let Some(name) = file.names().into_iter().find(|name| !is_known(name)) {
            return Err(refused(format!("tensor {name}"), "tensors of these layers"));
        }
        let mut loaded = self.clone();
        for (name, tensor) in &tensors {
            let values = values(&file, name, tensor)?;
            let all =
                if tensor.is_statistic { &mut loaded.statistics } else { &mut loaded.parameters };
            all[tensor.first..][..values.len()].copy_from_slice(&values);
        }
        *self = loaded;
        Ok(())
    }

    /// Whether it is the name of what a batch norm here counts its batches in elsewhere.
    fn is_counter(&self, name: &str) -> bool {
        let k = name.strip_suffix(".num_batches_tracked").and_then(|k| k.parse::<usize>().ok());
        matches!(k.and_then(|k| self.layers.get(k)), Some(Layer::BatchNorm { .. }))
    }

    fn bytes(&self, tensor: &Tensor) -> Vec<u8> {
        let all = if tensor.is_statistic { &self.statistics } else { &self.parameters };
        let values = &all[tensor.first..][..tensor.len()];
        if size_of::<T>() == 4 {
            return values.iter().flat_map(|v| (v.to_f64() as f32).to_le_bytes()).collect();
        }
        values.iter().flat_map(|value| value.to_f64().to_le_bytes()).collect()
    }

    fn tensors_in_file(&self) -> BTreeMap<String, Tensor> {
        let layers = self.layers.iter().zip(&self.places).enumerate();
        layers.flat_map(|(k, (layer, place))| tensors_of(*layer, place, k)).collect()
    }
}

fn tensors_of(layer: Layer, place: &Place, k: usize) -> Vec<(String, Tensor)> {
    let tensor = |name, shape: &[usize], is_statistic, first| {
        (format!("{k}.{name}"), Tensor { shape: shape.to_vec(), is_statistic, first })
    };
    let Place { parameters: first, lengths, outputs: width, statistics, .. } = *place;
    let second = first + lengths[0];
    match layer {
        Layer::Dense { inputs, outputs } => vec![
            tensor("weight", &[outputs, inputs], false, first),
            tensor("bias", &[outputs], false, second),
        ],
        Layer::BatchNorm { .. } => vec![
            tensor("weight", &[width], false, first),
            tensor("bias", &[width], false, second),
            tensor("running_mean", &[width], true, statistics),
            tensor("running_var", &[width], true, statistics + width),
        ],
        Layer::LayerNorm { .. } => {
            vec![tensor("weight", &[width], false, first), tensor("bias", &[width], false, second)]
        }
        Layer::Activation(_) | Layer::Dropout { .. } => Vec::new(),
    }
}

/// The numbers of a tensor in a file, row by row.
fn values<T: Element>(
    file: &SafeTensors<'_>,
    name: &str,
    tensor: &Tensor,
) -> Result<Vec<T>, Error> {
    let missing = |_| refused(format!("no tensor {name}"), "all of these layers");
    let view = file.tensor(name).map_err(missing)?;
    if view.shape() != tensor.shape {
        return Err(refused(
            format!("{name} of {:?}", view.shape()),
            format!("{:?}", tensor.shape),
        ));
    }
    let single = |bytes: &[u8]| f64::from(f32::from_le_bytes(std::array::from_fn(|i| bytes[i])));
    let double = |bytes: &[u8]| f64::from_le_bytes(std::array::from_fn(|i| bytes[i]));
    match view.dtype() {
        Dtype::F32 => Ok(view.data().chunks_exact(4).map(|v| T::round(single(v))).collect()),
        Dtype::F64 if size_of::<T>() == 8 => {
            Ok(view.data().chunks_exact(8).map(|v| T::round(double(v))).collect())
        }
        other => {
            let allowed = if size_of::<T>() == 8 { "F32 or F64" } else { "F32" };
            Err(refused(format!("{name} of type {other:?}"), allowed))
        }
    }
}

fn refused(value: impl Into<String>, allowed: impl Into<String>) -> Error {
    Error::new("file", value, allowed)
}
