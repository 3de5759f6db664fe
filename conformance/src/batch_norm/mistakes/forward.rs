//! Forward in training, the running statistics, and inference, each with the fault in its place.

use super::Fault;
use super::base::{Given, Statistics, product, rounded};
use super::merge::merged;
use crate::Real;
use crate::batch_norm::{Forward, Inference, Running};

/// y = γ·x̂ + β with the batch's own statistics.
pub(super) fn forward<T: Real>(fault: Fault, slip: f64, input: &Forward<'_, T>, y: &mut [T]) {
    let epsilon = fault.epsilon(input.epsilon);
    normalize(fault, input, y, |group| {
        Statistics::of(&gathered(input.x, group), epsilon, fault, slip)
    });
}

/// As [`forward`], with statistics merged from those before and after position `split` of outer.
pub(super) fn forward_in_parts<T: Real>(
    fault: Fault,
    input: &Forward<'_, T>,
    split: usize,
    y: &mut [T],
) {
    let epsilon = fault.epsilon(input.epsilon);
    let sample = input.shape.channels * input.shape.inner;
    normalize(fault, input, y, |group| {
        let (first, rest) = group.split_at(group.partition_point(|i| i / sample < split));
        merged(&gathered(input.x, first), &gathered(input.x, rest), epsilon, fault)
    });
}

fn gathered<T: Copy>(x: &[T], group: &[usize]) -> Vec<T> {
    group.iter().map(|i| x[*i]).collect()
}

fn normalize<T: Real>(
    fault: Fault,
    input: &Forward<'_, T>,
    y: &mut [T],
    statistics_of: impl Fn(&[usize]) -> Statistics,
) {
    let shape = fault.layout(input.shape);
    for group in fault.groups(shape) {
        let statistics = statistics_of(&group);
        for i in group {
            let c = shape.channel_of(i);
            let x_hat = statistics.normalized(input.x[i].to_f64());
            let x_hat = rounded::<T>(fault == Fault::TwoRoundings, x_hat);
            let (gamma, beta) = parameters(input.gamma, input.beta, c);
            y[i] = T::from_f64(fault.scale_and_shift(x_hat, gamma, beta));
        }
    }
    if fault == Fault::NanSpreads && input.x.iter().any(|v| v.is_nan()) {
        y.fill(T::from_f64(f64::NAN));
    }
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
        forward(fault, slip, input, y);
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
        return forward(fault, 0.0, &batch, y);
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

/// γ and β of channel c. That one may be missing is what `bn-length-unchecked` does not see.
fn parameters<T: Real>(gamma: &[T], beta: &[T], c: usize) -> (f64, f64) {
    let or = |slice: &[T], default| slice.get(c).map_or(default, |v| v.to_f64());
    (or(gamma, 1.0), or(beta, 0.0))
}
