//! The running statistics and inference, merged statistics, each with the fault in its place.

use super::merge::merged;
use crate::Real;
use crate::batch_norm::{Batch, Forward, Inference, Running, Variance};
use crate::normalization::mistakes::Fault;
use crate::normalization::mistakes::base::{Given, Statistics, product, rounded};
use crate::normalization::mistakes::forward::{forward, gathered, normalize, parameters};

/// y with statistics merged from those before and after position `split` of outer.
pub(super) fn forward_in_parts<T: Real>(
    fault: Fault,
    input: &Forward<'_, T>,
    split: usize,
    y: &mut [T],
) {
    let epsilon = fault.epsilon(input.epsilon);
    let sample = input.shape.channels * input.shape.inner;
    normalize::<T, Batch>(fault, &input.tensors(), y, |group| {
        let (first, rest) = group.split_at(group.partition_point(|i| i / sample < split));
        merged(&gathered(input.x, first), &gathered(input.x, rest), epsilon, fault)
    });
}

/// As [`forward`], and new = (1 − w)·old + w·batch for the running statistics.
pub(super) fn train_step<T: Real>(
    fault: Fault,
    slip: f64,
    input: &Forward<'_, T>,
    mut running: Running<'_, T>,
    y: &mut [T],
) {
    if fault == Fault::TrainUsesRunning {
        inference(fault, &as_inference(input, &running), y);
    } else {
        forward::<T, Batch>(fault, slip, &input.tensors(), y);
    }
    update(fault, slip, input, &mut running);
    if fault == Fault::UsesUpdatedRunning {
        inference(fault, &as_inference(input, &running), y);
    }
}

fn update<T: Real>(fault: Fault, slip: f64, input: &Forward<'_, T>, running: &mut Running<'_, T>) {
    let w = fault.weight_of_new(running.weight_of_new);
    let moved = |old: T, new: f64| T::from_f64((1.0 - w) * old.to_f64() + w * new);
    for c in 0..input.shape.channels {
        let values: Vec<T> = input.shape.channel(input.x, c).collect();
        let batch = Statistics::of(&values, input.epsilon, fault, slip);
        let variance = fault.running_variance(
            batch.variance(),
            values.len() as f64,
            running.convention,
            input.epsilon,
        );
        running.mean[c] = moved(running.mean[c], batch.mean());
        running.variance[c] = moved(running.variance[c], variance);
    }
}

fn as_inference<'a, T>(input: &Forward<'a, T>, running: &'a Running<'_, T>) -> Inference<'a, T> {
    Inference {
        shape: input.shape,
        x: input.x,
        gamma: input.gamma,
        beta: input.beta,
        mean: &*running.mean,
        variance: &*running.variance,
        epsilon: input.epsilon,
    }
}

/// y = γ·(x − mean)/√(variance + ε) + β.
pub(super) fn inference<T: Real>(fault: Fault, input: &Inference<'_, T>, y: &mut [T]) {
    let Inference { x, gamma, beta, epsilon, .. } = *input;
    if fault == Fault::EvalUsesBatch {
        let batch = Forward { shape: input.shape, x, gamma, beta, epsilon };
        return forward::<T, Batch>(fault, 0.0, &batch.tensors(), y);
    }
    let shape = fault.layout(input.shape);
    for i in 0..shape.len() {
        let c = shape.channel_of(i);
        let (mean, variance) = (input.mean[c].to_f64(), input.variance[c].to_f64());
        let given = Given::of(mean, variance, fault.epsilon(epsilon), fault);
        let (gamma, beta) = parameters(gamma, beta, c);
        y[i] = if fault == Fault::InferenceUncentred {
            folded(x[i], gamma * product(given.r()), mean, beta)
        } else {
            T::from_f64(given_output::<T>(fault, given.normalized(x[i].to_f64()), gamma, beta))
        };
    }
}

/// γ·x̂ + β, where x̂ is a product: multiplied out only as far as the fault needs.
fn given_output<T: Real>(fault: Fault, [d, h, r, s]: [f64; 4], gamma: f64, beta: f64) -> f64 {
    match fault {
        Fault::NoGamma | Fault::Swapped | Fault::BetaBeforeGamma => {
            fault.scale_and_shift(product([d, h, r, s]), gamma, beta)
        }
        Fault::InferenceTwoRoundings => gamma * rounded::<T>(true, product([d, h, r, s])) + beta,
        _ => fault.scale_and_shift(product([gamma, d, h, r, s]), 1.0, beta),
    }
}

/// x·a + b in the arithmetic of `T`, with b = β − mean·a: a large mean cancels after rounding.
fn folded<T: Real>(x: T, a: f64, mean: f64, beta: f64) -> T {
    x * T::from_f64(a) + T::from_f64(beta - mean * a)
}

/// The steps of the running statistics that a fault changes.
impl Fault {
    /// The weight of the new batch in the running statistics.
    fn weight_of_new(self, weight: f64) -> f64 {
        match self {
            Self::MomentumFlipped => 1.0 - weight,
            Self::NoUpdate => 0.0,
            Self::Replace => 1.0,
            _ => weight,
        }
    }

    /// What the running variance averages.
    fn running_variance(self, variance: f64, m: f64, asked: Variance, eps: f64) -> f64 {
        let unbiased = match self {
            Self::AlwaysUnbiased => m > 1.0,
            Self::AlwaysBiased => false,
            _ => asked == Variance::Unbiased,
        };
        let variance = if unbiased { variance * (m / (m - 1.0)) } else { variance };
        match self {
            Self::EpsLeaks => variance + eps,
            Self::RunningDeviation => variance.sqrt(),
            _ => variance,
        }
    }
}
