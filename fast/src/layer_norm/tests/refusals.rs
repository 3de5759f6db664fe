//! Every invalid argument is named, and nothing is written.

use super::*;

const SHAPE: Shape = Shape::new(2, 3, 4);

/// Lengths of all arguments, right but for what a test changes.
#[derive(Clone)]
struct Arguments {
    shape: Shape,
    tensor: [usize; 2],
    channels: [usize; 2],
    rows: usize,
    out: [usize; 3],
    epsilon: f64,
}

const RIGHT: Arguments = Arguments {
    shape: SHAPE,
    tensor: [24; 2],
    channels: [3; 2],
    rows: 8,
    out: [24, 3, 3],
    epsilon: 0.1,
};

fn ones(len: usize) -> Vec<f32> {
    vec![1.0; len]
}

fn refused(result: Result<(), Error>, name: &str, outputs: &[&[f32]]) {
    let error = result.expect_err(name);
    assert_eq!(error.argument(), name, "{error}");
    assert!(outputs.concat().iter().all(|&value| value == 1.0), "{name}: written to");
}

fn forward_refuses(a: &Arguments, name: &str) {
    let (mut y, mut moments) = (ones(a.out[0]), vec![Moments::default(); a.rows]);
    let [x, gamma, beta] = [a.tensor[0], a.channels[0], a.channels[1]].map(ones);
    let (mut workspace, policy) = (Workspace::new(), Policy::default());
    let (w, m) = (&mut workspace, &mut moments);
    let result = forward(a.shape, &x, &gamma, &beta, a.epsilon, &mut y, m, w, &policy);
    refused(result, name, &[&y]);
    if name != "y" {
        y = x;
        let result = forward_in_place(a.shape, &mut y, &gamma, &beta, a.epsilon, m, w, &policy);
        refused(result, name, &[&y]);
    }
    assert!(moments.iter().all(|&moments| moments == Moments::default()));
}

#[test]
fn by_forward() {
    forward_refuses(&Arguments { shape: Shape::new(2, 0, 4), ..RIGHT }, "shape");
    forward_refuses(&Arguments { shape: Shape::new(0, 0, 4), ..RIGHT }, "shape");
    forward_refuses(&Arguments { shape: Shape::new(usize::MAX, 3, 4), ..RIGHT }, "x");
    forward_refuses(&Arguments { tensor: [23, 24], ..RIGHT }, "x");
    forward_refuses(&Arguments { channels: [2, 3], ..RIGHT }, "gamma");
    forward_refuses(&Arguments { channels: [3, 4], ..RIGHT }, "beta");
    forward_refuses(&Arguments { out: [25, 3, 3], ..RIGHT }, "y");
    forward_refuses(&Arguments { rows: 3, ..RIGHT }, "moments");
    for epsilon in [-1e-300, f64::NAN, f64::INFINITY] {
        forward_refuses(&Arguments { epsilon, ..RIGHT }, "epsilon");
    }
}

fn backward_refuses(a: &Arguments, count: u64, name: &str) {
    let moments = vec![Moments::from_parts(count, 0.0, 0.0, 1.0, 0).unwrap(); a.rows];
    let [x, dy] = a.tensor.map(ones);
    let gamma = ones(a.channels[0]);
    let [mut dx, mut dgamma, mut dbeta] = a.out.map(ones);
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
    backward_refuses(&Arguments { shape: Shape::new(2, 0, 4), ..RIGHT }, 3, "shape");
    backward_refuses(&Arguments { tensor: [25, 24], ..RIGHT }, 3, "x");
    backward_refuses(&Arguments { channels: [2, 3], ..RIGHT }, 3, "gamma");
    backward_refuses(&Arguments { epsilon: -1.0, ..RIGHT }, 3, "epsilon");
    backward_refuses(&Arguments { rows: 7, ..RIGHT }, 3, "moments");
    backward_refuses(&RIGHT, 8, "moments");
    backward_refuses(&Arguments { tensor: [24, 0], ..RIGHT }, 3, "dy");
    backward_refuses(&Arguments { out: [23, 3, 3], ..RIGHT }, 3, "dx");
    backward_refuses(&Arguments { out: [24, 4, 3], ..RIGHT }, 3, "dgamma");
    backward_refuses(&Arguments { out: [24, 3, 1], ..RIGHT }, 3, "dbeta");
}
