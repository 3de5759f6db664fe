//! candle on the processor. Every operation allocates its result, so that all variants are `plain`.
//! Backward goes through the library's own differentiation, of the sum of dy·y: another way to hand
//! over dy there is none.

use candle_core::{Device::Cpu, Result as Computed, Shape, Tensor, Var};
use candle_nn::{BatchNorm, LayerNorm, Module, ops};

use crate::Result;
use crate::data::{self, Case, Seed, Thresholds, spread, values};
use crate::protocol::{Magnitude, Variant};

const EPSILON: f64 = 1e-5;
const LAMBDA: f64 = 0.01;

impl Magnitude for Tensor {
    fn magnitude(&self) -> f64 {
        let flat = self.flatten_all().and_then(|flat| flat.to_vec1::<f32>());
        flat.expect("f32").magnitude()
    }
}

pub fn prepared(case: &Case) -> Result<Vec<Variant>> {
    match case.kernel.as_str() {
        "layer_norm_forward" => layer_norm(case),
        "layer_norm_backward" => layer_norm_backward(case),
        "batch_norm_forward" => batch_norm(case),
        "batch_norm_backward" => batch_norm_backward(case),
        "tanh_forward" => activation(case, Tensor::tanh),
        "sigmoid_forward" => activation(case, ops::sigmoid),
        "relu_forward" => activation(case, Tensor::relu),
        "tanh_backward_y" => activation_backward(case, Tensor::tanh),
        "sigmoid_backward_y" => activation_backward(case, ops::sigmoid),
        "relu_backward" => activation_backward(case, Tensor::relu),
        "l1_value" => total(case, |w| w.abs()?.sum_all()?.to_scalar()),
        "l2_value" => total(case, |w| (w.sqr()?.sum_all()? * 0.5)?.to_scalar()),
        "l1_gradient" => map(case, |w| w.sign()? * LAMBDA),
        "l2_gradient" => map(case, |w| w * LAMBDA),
        "clip_value" => map(case, |w| w.clamp(-0.5f32, 0.5f32)),
        "clip_norm" => clip_norm(case),
        "dropout_forward" => dropout(case),
        "dropout_backward" => dropout_backward(case),
        "uniform_fill" => fill(case, |n| Tensor::rand(-1f32, 1f32, n, &Cpu)),
        "normal_fill" => fill(case, |n| Tensor::randn(0f32, 1f32, n, &Cpu)),
        "noise" => Ok(map(case, |x| x + x.randn_like(0.0, 0.1)?)?
            .into_iter()
            .map(Variant::random)
            .collect()),
        _ => Ok(Vec::new()),
    }
}

fn tensor(data: Vec<f32>, shape: impl Into<Shape>) -> Result<Tensor> {
    Ok(Tensor::from_vec(data, shape.into(), &Cpu)?)
}

fn plain<R: Magnitude + 'static>(call: impl Fn() -> Computed<R> + 'static) -> Vec<Variant> {
    vec![Variant::fresh(move || call().expect("candle computes"))]
}

/// γ and β as parameters, so that their gradients are made too.
fn weights(channels: usize) -> Result<(Var, Var)> {
    let gamma = tensor(data::gamma(channels), channels)?;
    let beta = tensor(values(channels, Seed::Beta), channels)?;
    Ok((Var::from_tensor(&gamma)?, Var::from_tensor(&beta)?))
}

/// dx of Σ dy·y.
fn backward(x: Var, y: &Tensor, dy: &Tensor) -> Result<Vec<Variant>> {
    let loss = (y * dy)?.sum_all()?;
    Ok(plain(move || Ok(loss.backward()?.get(&x).expect("x is a variable").clone())))
}

fn rows(case: &Case, seed: Seed) -> Result<Tensor> {
    let [rows, channels] = case.rows()?;
    tensor(values(rows * channels, seed), (rows, channels))
}

fn layer_norm(case: &Case) -> Result<Vec<Variant>> {
    let x = rows(case, Seed::X)?;
    let (gamma, beta) = weights(x.dims()[1])?;
    let norm = LayerNorm::new(gamma.as_detached_tensor(), beta.as_detached_tensor(), EPSILON);
    Ok(plain(move || norm.forward(&x)))
}

/// `LayerNorm` itself cannot be differentiated; the library keeps this form for that.
fn layer_norm_backward(case: &Case) -> Result<Vec<Variant>> {
    let x = Var::from_tensor(&rows(case, Seed::X)?)?;
    let (gamma, beta) = weights(x.dims()[1])?;
    let y = ops::layer_norm_slow(&x, &gamma, &beta, EPSILON as f32)?;
    backward(x, &y, &rows(case, Seed::Dy)?)
}

/// N × C, or images whose pixels are in a row.
fn images(case: &Case, seed: Seed) -> Result<Tensor> {
    let [outer, channels, inner] = case.images()?;
    let data = values(outer * channels * inner, seed);
    if inner == 1 {
        tensor(data, (outer, channels))
    } else {
        tensor(data, (outer, channels, inner))
    }
}

fn norm_of(x: &Tensor) -> Result<BatchNorm> {
    let channels = x.dims()[1];
    let (gamma, beta) = weights(channels)?;
    let (mean, variance) =
        (tensor(vec![0.0; channels], channels)?, tensor(vec![1.0; channels], channels)?);
    let (gamma, beta) = (gamma.as_tensor().clone(), beta.as_tensor().clone());
    Ok(BatchNorm::new(channels, mean, variance, gamma, beta, EPSILON)?)
}

fn batch_norm(case: &Case) -> Result<Vec<Variant>> {
    let x = images(case, Seed::X)?;
    let norm = norm_of(&x)?;
    Ok(plain(move || norm.forward_train(&x).map(|y| y.detach())))
}

fn batch_norm_backward(case: &Case) -> Result<Vec<Variant>> {
    let x = Var::from_tensor(&images(case, Seed::X)?)?;
    let y = norm_of(&x)?.forward_train(&x)?;
    backward(x, &y, &images(case, Seed::Dy)?)
}

fn activation(case: &Case, f: fn(&Tensor) -> Computed<Tensor>) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    let x = tensor(spread(n), n)?;
    Ok(plain(move || f(&x)))
}

fn activation_backward(case: &Case, f: fn(&Tensor) -> Computed<Tensor>) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    let x = Var::from_tensor(&tensor(spread(n), n)?)?;
    let y = f(&x)?;
    backward(x, &y, &tensor(values(n, Seed::Dy), n)?)
}

fn total(case: &Case, f: fn(&Tensor) -> Computed<f32>) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    let w = tensor(values(n, Seed::X), n)?;
    Ok(plain(move || f(&w)))
}

fn map(case: &Case, f: fn(&Tensor) -> Computed<Tensor>) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    let w = tensor(values(n, Seed::X), n)?;
    Ok(plain(move || f(&w)))
}

/// There is no function for it: written by hand, over new tensors.
fn clip_norm(case: &Case) -> Result<Vec<Variant>> {
    let w = values(case.size("n")?, Seed::X);
    let threshold = Thresholds::for_data(&w).next().expect("endless");
    let pieces = data::cut(&w, &case.tensors()?).into_iter();
    let tensors: Vec<_> = pieces.map(|w| tensor(w.clone(), w.len())).collect::<Result<_>>()?;
    Ok(plain(move || {
        let mut squares = 0f32;
        for w in &tensors {
            squares += w.sqr()?.sum_all()?.to_scalar::<f32>()?;
        }
        let factor = f64::from((threshold / squares.sqrt()).min(1.0));
        tensors.iter().map(|w| w * factor).collect::<Computed<Vec<_>>>()
    }))
}

fn dropout(case: &Case) -> Result<Vec<Variant>> {
    let (n, p) = (case.size("n")?, case.probability()?);
    let x = tensor(values(n, Seed::X), n)?;
    Ok(plain(move || ops::dropout(&x, p)).into_iter().map(Variant::random).collect())
}

fn dropout_backward(case: &Case) -> Result<Vec<Variant>> {
    let (n, p) = (case.size("n")?, case.probability()?);
    let dy = tensor(values(n, Seed::Dy), n)?;
    let mask = ops::dropout(&dy.ones_like()?, p)?;
    Ok(plain(move || &dy * &mask).into_iter().map(Variant::random).collect())
}

fn fill(case: &Case, f: fn(usize) -> Computed<Tensor>) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    Ok(plain(move || f(n)).into_iter().map(Variant::random).collect())
}
