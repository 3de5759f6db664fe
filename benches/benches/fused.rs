//! Two techniques in one pass over memory beside the same two one after the other.
//!
//! ```text
//! fused    reads x, writes the result                                    2 tensors of bytes, backward 3
//! apart    reads x, writes and reads what is between, writes the result  4 tensors of bytes, backward 5
//! ```
//!
//! Both count what has to be moved, and a copy stands beside. Apart, the way back of batch norm and ReLU has
//! y from the way there. Clipping with the step that follows is in `clipping`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::{Group, kernel, traffic};
use evenkeel_benches::{PLACES, config, copy, values};
use evenkeel_fast::activation::{self, Curve};
use evenkeel_fast::dropout::{self, Drawn};
use evenkeel_fast::random::Stream;
use evenkeel_fast::{Moments, Policy, Shape, Workspace, batch_norm, layer_norm};

const STREAM: Stream = Stream { seed: 1, number: 2, step: 3 };
const DRAWN: Drawn = Drawn { stream: STREAM, first: 0, drop_probability: 0.1 };
const RELU: Curve = Curve::Relu;
/// Of a ReLU that does not leak.
const SLOPE: f64 = 0.0;
const CHANNELS: usize = 1024;
const EPSILON: f64 = 1e-5;
const VALID: &str = "valid arguments";

/// Tensors of one place.
struct Tensors {
    shape: Shape,
    x: Vec<f32>,
    dy: Vec<f32>,
    gamma: Vec<f32>,
    beta: Vec<f32>,
    between: Vec<f32>,
    y: Vec<f32>,
    dgamma: Vec<f32>,
    dbeta: Vec<f32>,
}

impl Tensors {
    fn new(bytes: usize) -> Self {
        let shape = Shape::new(bytes / size_of::<f32>() / CHANNELS, CHANNELS, 1);
        let [x, dy, between, y] = [1, 2, 3, 4].map(|seed| values(shape.len(), seed));
        let [gamma, beta, dgamma, dbeta] = [5, 6, 7, 8].map(|seed| values(CHANNELS, seed));
        Self { shape, x, dy, gamma, beta, between, y, dgamma, dbeta }
    }
}

/// A group with its copy, and the tensors of its place.
fn each_place(
    criterion: &mut Criterion,
    name: &str,
    moved: u64,
    lines: impl Fn(&mut Group<'_>, Tensors),
) {
    for (place, bytes) in PLACES {
        let mut tensors = Tensors::new(bytes);
        let name = format!("fused/{name}/f32/{place}");
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(2 * bytes as u64));
        traffic(&mut group, "copy", || copy(&tensors.x, &mut tensors.y));
        group.throughput(Throughput::Bytes(moved * bytes as u64));
        lines(&mut group, tensors);
    }
}

fn batch_norm_relu(criterion: &mut Criterion) {
    each_place(criterion, "batch_norm relu forward", 2, |group, tensors| {
        let Tensors { shape, x, gamma, beta, mut between, mut y, .. } = tensors;
        let mut moments = vec![Moments::default(); CHANNELS];
        kernel(group, "fused", |workspace, policy| {
            batch_norm::forward_relu(
                shape,
                &x,
                &gamma,
                &beta,
                EPSILON,
                SLOPE,
                &mut y,
                &mut moments,
                workspace,
                policy,
            )
            .expect(VALID);
        });
        kernel(group, "apart", |workspace, policy| {
            batch_norm::forward(
                shape,
                &x,
                &gamma,
                &beta,
                EPSILON,
                &mut between,
                &mut moments,
                workspace,
                policy,
            )
            .expect(VALID);
            activation::forward(RELU, &between, &mut y, workspace, policy).expect(VALID);
        });
    });
}

fn batch_norm_relu_backward(criterion: &mut Criterion) {
    each_place(criterion, "batch_norm relu backward", 3, |group, tensors| {
        let Tensors { shape, x, dy, gamma, beta, mut between, mut y, mut dgamma, mut dbeta } =
            tensors;
        let (mut dx, mut moments) = (x.clone(), vec![Moments::default(); CHANNELS]);
        let (workspace, policy) = (&mut Workspace::new(), &Policy::default());
        batch_norm::forward(
            shape,
            &x,
            &gamma,
            &beta,
            EPSILON,
            &mut y,
            &mut moments,
            workspace,
            policy,
        )
        .expect(VALID);
        kernel(group, "fused", |workspace, policy| {
            batch_norm::backward_relu(
                shape,
                &x,
                &gamma,
                &beta,
                EPSILON,
                SLOPE,
                &moments,
                &dy,
                &mut dx,
                &mut dgamma,
                &mut dbeta,
                workspace,
                policy,
            )
            .expect(VALID);
        });
        kernel(group, "apart", |workspace, policy| {
            activation::backward(RELU, &y, &dy, &mut between, workspace, policy).expect(VALID);
            batch_norm::backward(
                shape,
                &x,
                &gamma,
                EPSILON,
                &moments,
                &between,
                &mut dx,
                &mut dgamma,
                &mut dbeta,
                workspace,
                policy,
            )
            .expect(VALID);
        });
    });
}

fn layer_norm_dropout(criterion: &mut Criterion) {
    each_place(criterion, "layer_norm dropout forward", 2, |group, tensors| {
        let Tensors { shape, x, gamma, beta, mut between, mut y, .. } = tensors;
        let mut moments = vec![Moments::default(); shape.outer];
        kernel(group, "fused", |workspace, policy| {
            layer_norm::forward_with_dropout(
                shape,
                &x,
                &gamma,
                &beta,
                EPSILON,
                DRAWN,
                &mut y,
                &mut moments,
                workspace,
                policy,
            )
            .expect(VALID);
        });
        kernel(group, "apart", |workspace, policy| {
            layer_norm::forward(
                shape,
                &x,
                &gamma,
                &beta,
                EPSILON,
                &mut between,
                &mut moments,
                workspace,
                policy,
            )
            .expect(VALID);
            let Drawn { stream, first, drop_probability } = DRAWN;
            dropout::forward(stream, first, drop_probability, &between, &mut y, workspace, policy)
                .expect(VALID);
        });
    });
}

fn layer_norm_dropout_backward(criterion: &mut Criterion) {
    each_place(criterion, "layer_norm dropout backward", 3, |group, tensors| {
        let Tensors { shape, x, dy, gamma, beta, mut between, mut y, mut dgamma, mut dbeta } =
            tensors;
        let (workspace, policy) = (&mut Workspace::new(), &Policy::default());
        let mut moments = vec![Moments::default(); shape.outer];
        layer_norm::forward(
            shape,
            &x,
            &gamma,
            &beta,
            EPSILON,
            &mut y,
            &mut moments,
            workspace,
            policy,
        )
        .expect(VALID);
        let mut dx = y;
        kernel(group, "fused", |workspace, policy| {
            layer_norm::backward_with_dropout(
                shape,
                &x,
                &gamma,
                EPSILON,
                DRAWN,
                &moments,
                &dy,
                &mut dx,
                &mut dgamma,
                &mut dbeta,
                workspace,
                policy,
            )
            .expect(VALID);
        });
        kernel(group, "apart", |workspace, policy| {
            let Drawn { stream, first, drop_probability } = DRAWN;
            dropout::backward(
                stream,
                first,
                drop_probability,
                &dy,
                &mut between,
                workspace,
                policy,
            )
            .expect(VALID);
            layer_norm::backward(
                shape,
                &x,
                &gamma,
                EPSILON,
                &moments,
                &between,
                &mut dx,
                &mut dgamma,
                &mut dbeta,
                workspace,
                policy,
            )
            .expect(VALID);
        });
    });
}

criterion_group! {
    name = fused;
    config = config();
    targets = batch_norm_relu, batch_norm_relu_backward, layer_norm_dropout, layer_norm_dropout_backward
}
criterion_main!(fused);
