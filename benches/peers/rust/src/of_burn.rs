//! burn with its `flex` backend. An operation allocates its result, unless it is given a tensor that
//! nobody else holds: then it may work in place, and that variant is `out`. Backward goes through the
//! library's own differentiation, of the sum of dy·y, and a graph serves one call only: it is made
//! anew before each, outside of the timing.

use burn::module::Param;
use burn::nn::{BatchNormConfig, DropoutConfig, LayerNormConfig};
use burn::tensor::{Device, Distribution, Tensor, TensorData, activation, module};

use crate::Result;
use crate::data::{self, Case, Seed, Thresholds, spread, values};
use crate::protocol::{Magnitude, Variant, Work};

const EPSILON: f64 = 1e-5;
const LAMBDA: f64 = 0.01;

impl<const D: usize> Magnitude for Tensor<D> {
    fn magnitude(&self) -> f64 {
        self.to_data().as_slice::<f32>().expect("f32").magnitude()
    }
}

pub fn prepared(case: &Case) -> Result<Vec<Variant>> {
    match case.kernel.as_str() {
        "layer_norm_forward" => layer_norm(case),
        "layer_norm_backward" => layer_norm_backward(case),
        "batch_norm_forward" => batch_norm(case),
        "batch_norm_backward" => batch_norm_backward(case),
        "tanh_forward" => map(spread(case.size("n")?), activation::tanh),
        "sigmoid_forward" => map(spread(case.size("n")?), activation::sigmoid),
        "relu_forward" => map(spread(case.size("n")?), activation::relu),
        "tanh_backward_x" => activation_backward(case, activation::tanh),
        "sigmoid_backward_x" => activation_backward(case, activation::sigmoid),
        "relu_backward" => activation_backward(case, activation::relu),
        "l1_value" => total(case, |w| w.abs().sum().into_scalar()),
        "l2_value" => total(case, |w| w.square().sum().into_scalar::<f32>() * 0.5),
        "l1_gradient" => map(weights(case)?, |w| w.sign().mul_scalar(LAMBDA)),
        "l2_gradient" => map(weights(case)?, |w| w.mul_scalar(LAMBDA)),
        "clip_value" => clip_value(case),
        "clip_norm" => clip_norm(case),
        "dropout_forward" => dropout(case),
        "dropout_backward" => dropout_backward(case),
        "uniform_fill" => fill(case, Distribution::Uniform(-1.0, 1.0)),
        "normal_fill" => fill(case, Distribution::Normal(0.0, 1.0)),
        "noise" => noise(case),
        _ => Ok(Vec::new()),
    }
}

fn device() -> Device {
    Device::flex()
}

/// Where what is in training is computed.
fn training() -> Device {
    device().autodiff()
}

fn tensor<const D: usize>(data: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(data, shape), device)
}

fn vector(data: Vec<f32>, device: &Device) -> Tensor<1> {
    let n = data.len();
    tensor(data, [n], device)
}

fn weights(case: &Case) -> Result<Vec<f32>> {
    Ok(values(case.size("n")?, Seed::X))
}

fn gamma_and_beta(channels: usize, device: &Device) -> (Tensor<1>, Tensor<1>) {
    (vector(data::gamma(channels), device), vector(values(channels, Seed::Beta), device))
}

fn plain<R: Magnitude + 'static>(call: impl FnMut() -> R + 'static) -> Result<Vec<Variant>> {
    Ok(vec![Variant::fresh(call)])
}

fn random(variants: Result<Vec<Variant>>) -> Result<Vec<Variant>> {
    Ok(variants?.into_iter().map(Variant::random).collect())
}

/// dx of Σ dy·y.
struct Backward<F, const D: usize> {
    forward: F,
    x: Tensor<D>,
    dy: Tensor<D>,
    loss: Option<Tensor<1>>,
    dx: Option<Tensor<D>>,
}

impl<F: Fn(Tensor<D>) -> Tensor<D>, const D: usize> Work for Backward<F, D> {
    fn prepare(&mut self) -> bool {
        let y = (self.forward)(self.x.clone());
        self.loss = Some((y * self.dy.clone()).sum());
        true
    }
    fn call(&mut self) {
        self.dx = None;
        let gradients = self.loss.take().expect("prepared").backward();
        self.dx = self.x.grad(&gradients);
    }
    fn magnitude(&self) -> f64 {
        self.dx.as_ref().expect("called").magnitude()
    }
}

fn backward<const D: usize>(
    x: Tensor<D>,
    dy: Tensor<D>,
    forward: impl Fn(Tensor<D>) -> Tensor<D> + 'static,
) -> Result<Vec<Variant>> {
    let work = Backward { forward, x: x.require_grad(), dy, loss: None, dx: None };
    Ok(vec![Variant::new("plain", work)])
}

fn rows(case: &Case, seed: Seed, device: &Device) -> Result<Tensor<2>> {
    let [rows, channels] = case.rows()?;
    Ok(tensor(values(rows * channels, seed), [rows, channels], device))
}

fn layer_norm(case: &Case) -> Result<Vec<Variant>> {
    let x = rows(case, Seed::X, &device())?;
    let [_, channels] = x.dims();
    let mut norm = LayerNormConfig::new(channels).with_epsilon(EPSILON).init(&device());
    let (gamma, beta) = gamma_and_beta(channels, &device());
    (norm.gamma, norm.beta) = (Param::from_tensor(gamma), Some(Param::from_tensor(beta)));
    plain(move || norm.forward(x.clone()))
}

fn layer_norm_backward(case: &Case) -> Result<Vec<Variant>> {
    let x = rows(case, Seed::X, &training())?;
    let [_, channels] = x.dims();
    let (gamma, beta) = gamma_and_beta(channels, &training());
    let (gamma, beta) = (gamma.require_grad(), beta.require_grad());
    backward(x, rows(case, Seed::Dy, &training())?, move |x| {
        module::layer_norm(x, gamma.clone(), Some(beta.clone()), EPSILON)
    })
}

/// N × C is taken for images of one pixel.
fn images(case: &Case, seed: Seed, device: &Device) -> Result<Tensor<3>> {
    let [outer, channels, inner] = case.images()?;
    Ok(tensor(values(outer * channels * inner, seed), [outer, channels, inner], device))
}

/// The layer trains only where it could be differentiated and keeps running statistics; the function
/// below it does neither.
fn batch_norm(case: &Case) -> Result<Vec<Variant>> {
    let (x, in_training) = (images(case, Seed::X, &device())?, images(case, Seed::X, &training())?);
    let [_, channels, _] = x.dims();
    let mut norm = BatchNormConfig::new(channels).with_epsilon(EPSILON).init(&training());
    let (gamma, beta) = gamma_and_beta(channels, &training());
    (norm.gamma, norm.beta) = (Param::from_tensor(gamma), Param::from_tensor(beta));
    let layer = Variant::fresh(move || norm.forward(in_training.clone()).inner());

    let (gamma, beta) = gamma_and_beta(channels, &device());
    let function =
        move || module::batch_norm_train(x.clone(), gamma.clone(), beta.clone(), EPSILON).output;
    Ok(vec![layer, Variant::fresh(function).named("function")])
}

fn batch_norm_backward(case: &Case) -> Result<Vec<Variant>> {
    let x = images(case, Seed::X, &training())?;
    let (gamma, beta) = gamma_and_beta(x.dims()[1], &training());
    let (gamma, beta) = (gamma.require_grad(), beta.require_grad());
    backward(x, images(case, Seed::Dy, &training())?, move |x| {
        module::batch_norm_train(x, gamma.clone(), beta.clone(), EPSILON).output
    })
}

/// From x: the library forgets y and computes it again.
fn activation_backward(case: &Case, f: fn(Tensor<1>) -> Tensor<1>) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    backward(vector(spread(n), &training()), vector(values(n, Seed::Dy), &training()), f)
}

fn map(x: Vec<f32>, f: fn(Tensor<1>) -> Tensor<1>) -> Result<Vec<Variant>> {
    let x = vector(x, &device());
    plain(move || f(x.clone()))
}

fn total(case: &Case, sum: fn(Tensor<1>) -> f32) -> Result<Vec<Variant>> {
    let w = vector(weights(case)?, &device());
    plain(move || sum(w.clone()))
}

/// Takes tensors out of their place, gives them to `f`, and puts what comes back there.
fn in_place(
    w: Vec<Tensor<1>>,
    mut f: impl FnMut(Vec<Tensor<1>>) -> Vec<Tensor<1>> + 'static,
) -> Variant {
    Variant::kept(w, move |w| *w = f(std::mem::take(w)))
}

fn clip_value(case: &Case) -> Result<Vec<Variant>> {
    let w = vector(weights(case)?, &device());
    let clip = |w: Vec<Tensor<1>>| w.into_iter().map(|w| w.clamp(-0.5, 0.5)).collect();
    Ok(vec![in_place(vec![w], clip)])
}

/// The library clips each tensor by its own norm: the global one is written by hand.
fn clip_norm(case: &Case) -> Result<Vec<Variant>> {
    let w = weights(case)?;
    let mut thresholds = Thresholds::for_data(&w);
    let tensors = data::cut(&w, &case.tensors()?).into_iter().map(|w| vector(w, &device()));
    Ok(vec![in_place(tensors.collect(), move |tensors| {
        let square = |w: &Tensor<1>| w.clone().square().sum().into_scalar::<f32>();
        let norm = tensors.iter().map(square).sum::<f32>().sqrt();
        let factor = (thresholds.next().expect("endless") / norm).min(1.0);
        tensors.into_iter().map(|w| w.mul_scalar(factor)).collect()
    })])
}

fn dropout(case: &Case) -> Result<Vec<Variant>> {
    let x = vector(weights(case)?, &training());
    let dropout = DropoutConfig::new(f64::from(case.probability()?)).init();
    random(plain(move || dropout.forward(x.clone()).inner()))
}

fn dropout_backward(case: &Case) -> Result<Vec<Variant>> {
    let (n, keep) = (case.size("n")?, 1.0 - f64::from(case.probability()?));
    let dy = vector(values(n, Seed::Dy), &device());
    let mask = Tensor::random([n], Distribution::Bernoulli(keep), &device()).mul_scalar(1.0 / keep);
    random(plain(move || dy.clone() * mask.clone()))
}

fn fill(case: &Case, distribution: Distribution) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    random(plain(move || Tensor::<1>::random([n], distribution, &device())))
}

fn noise(case: &Case) -> Result<Vec<Variant>> {
    let x = vector(weights(case)?, &device());
    random(plain(move || x.clone() + x.random_like(Distribution::Normal(0.0, 0.1))))
}
