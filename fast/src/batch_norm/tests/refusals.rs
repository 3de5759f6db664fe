//! Every invalid argument is named, and nothing is written.

use super::*;

const SHAPE: Shape = Shape::new(2, 3, 4);

/// Lengths of all arguments, right but for what a test changes.
#[derive(Clone)]
struct Arguments {
    shape: Shape,
    tensor: [usize; 2],
    channels: [usize; 4],
    out: [usize; 4],
    epsilon: f64,
}

const RIGHT: Arguments =
    Arguments { shape: SHAPE, tensor: [24; 2], channels: [3; 4], out: [24, 3, 3, 3], epsilon: 0.1 };

fn ones(len: usize) -> Vec<f32> {
    vec![1.0; len]
}

fn refused(result: Result<(), Error>, name: &str, outputs: &[&[f32]]) {
    let error = result.expect_err(name);
    assert_eq!(error.argument(), name, "{error}");
    assert!(outputs.concat().iter().all(|&value| value == 1.0), "{name}: written to");
}

fn forward_refuses(a: &Arguments, name: &str) {
    let (mut y, mut moments) = (ones(a.out[0]), vec![Moments::default(); a.out[1]]);
    let [x, gamma, beta] = [a.tensor[0], a.channels[0], a.channels[1]].map(ones);
    let (mut workspace, policy) = (Workspace::new(), Policy::default());
    let m = &mut moments;
    let result = forward(a.shape, &x, &gamma, &beta, a.epsilon, &mut y, m, &mut workspace, &policy);
    assert!(moments.iter().all(|&moments| moments == Moments::default()));
    refused(result, name, &[&y]);
}

#[test]
fn by_forward() {
    forward_refuses(&Arguments { shape: Shape::new(0, 3, 4), ..RIGHT }, "shape");
    forward_refuses(&Arguments { shape: Shape::new(usize::MAX, 3, 4), ..RIGHT }, "x");
    forward_refuses(&Arguments { tensor: [23, 24], ..RIGHT }, "x");
    forward_refuses(&Arguments { channels: [2, 3, 3, 3], ..RIGHT }, "gamma");
    forward_refuses(&Arguments { channels: [3, 4, 3, 3], ..RIGHT }, "beta");
    forward_refuses(&Arguments { out: [25, 3, 3, 3], ..RIGHT }, "y");
    forward_refuses(&Arguments { out: [24, 2, 3, 3], ..RIGHT }, "moments");
    for epsilon in [-1e-300, f64::NAN, f64::INFINITY] {
        forward_refuses(&Arguments { epsilon, ..RIGHT }, "epsilon");
    }
}

fn backward_refuses(a: &Arguments, count: u64, name: &str) {
    let moments = vec![Moments::from_parts(count, 0.0, 0.0, 1.0, 0).unwrap(); a.channels[1]];
    let [x, dy] = a.tensor.map(ones);
    let gamma = ones(a.channels[0]);
    let [mut dx, mut dgamma, mut dbeta] = [a.out[0], a.out[1], a.out[2]].map(ones);
    let result = backward(
        a.shape,
        &x,
        &gamma,
        a.epsilon,
        &moments,
        &dy,
        &mut dx,
        &mut dgamma,
        &mut dbeta,
        &mut Workspace::new(),
        &Policy::default(),
    );
    refused(result, name, &[&dx, &dgamma, &dbeta]);
}

#[test]
fn by_backward() {
    backward_refuses(&Arguments { shape: Shape::new(2, 3, 0), ..RIGHT }, 8, "shape");
    backward_refuses(&Arguments { tensor: [25, 24], ..RIGHT }, 8, "x");
    backward_refuses(&Arguments { channels: [2, 3, 3, 3], ..RIGHT }, 8, "gamma");
    backward_refuses(&Arguments { epsilon: -1.0, ..RIGHT }, 8, "epsilon");
    backward_refuses(&Arguments { channels: [3, 4, 3, 3], ..RIGHT }, 8, "moments");
    backward_refuses(&RIGHT, 7, "moments");
    backward_refuses(&Arguments { tensor: [24, 0], ..RIGHT }, 8, "dy");
    backward_refuses(&Arguments { out: [23, 3, 3, 3], ..RIGHT }, 8, "dx");
    backward_refuses(&Arguments { out: [24, 4, 3, 3], ..RIGHT }, 8, "dgamma");
    backward_refuses(&Arguments { out: [24, 3, 1, 3], ..RIGHT }, 8, "dbeta");
}

fn inference_refuses(a: &Arguments, name: &str) {
    let mut y = ones(a.out[0]);
    let (x, parameters) = (ones(a.tensor[0]), a.channels.map(ones));
    let [gamma, beta, mean, variance] = &parameters;
    let result = inference(
        a.shape,
        &x,
        gamma,
        beta,
        mean,
        variance,
        a.epsilon,
        &mut y,
        &mut Workspace::new(),
        &Policy::default(),
    );
    refused(result, name, &[&y]);
}

#[test]
fn by_inference() {
    inference_refuses(&Arguments { channels: [3, 3, 2, 3], ..RIGHT }, "mean");
    inference_refuses(&Arguments { channels: [3, 3, 3, 2], ..RIGHT }, "variance");
    inference_refuses(&Arguments { out: [0, 3, 3, 3], ..RIGHT }, "y");
}

fn inference_backward_refuses(a: &Arguments, name: &str) {
    let ([x, dy], parameters) = (a.tensor.map(ones), a.channels.map(ones));
    let [gamma, mean, variance, _] = &parameters;
    let [mut dx, mut dgamma, mut dbeta] = [a.out[0], a.out[1], a.out[2]].map(ones);
    let result = inference_backward(
        a.shape,
        &x,
        gamma,
        mean,
        variance,
        a.epsilon,
        &dy,
        &mut dx,
        &mut dgamma,
        &mut dbeta,
        &mut Workspace::new(),
        &Policy::default(),
    );
    refused(result, name, &[&dx, &dgamma, &dbeta]);
}

#[test]
fn by_inference_backward() {
    inference_backward_refuses(&Arguments { channels: [3, 1, 3, 3], ..RIGHT }, "mean");
    inference_backward_refuses(&Arguments { channels: [3, 3, 1, 3], ..RIGHT }, "variance");
    inference_backward_refuses(&Arguments { tensor: [24, 23], ..RIGHT }, "dy");
    inference_backward_refuses(&Arguments { out: [24, 3, 2, 3], ..RIGHT }, "dbeta");
}

#[test]
fn by_running_statistics() {
    let refuses = |count: u64, lengths: [usize; 2], weight: f64, convention, name: &str| {
        let moments = [Moments::from_parts(count, 0.0, 0.0, 0.0, 0).unwrap()];
        let [mut mean, mut variance] = lengths.map(ones);
        let result = update_running(&moments, &mut mean, &mut variance, weight, convention);
        refused(result, name, &[&mean, &variance]);
    };
    let (biased, unbiased) = (RunningVariance::Biased, RunningVariance::Unbiased);
    refuses(8, [2, 1], 0.1, biased, "mean");
    refuses(8, [1, 0], 0.1, biased, "variance");
    for weight in [-0.1, 1.1, f64::NAN] {
        refuses(8, [1, 1], weight, biased, "weight_of_new");
    }
    refuses(1, [1, 1], 0.1, unbiased, "shape");
    refuses(0, [1, 1], 0.1, biased, "shape");
}
