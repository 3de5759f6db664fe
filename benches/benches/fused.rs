//! Two techniques in one pass over memory beside the same two one after the other, forward.
//!
//! ```text
//! fused    reads x, writes the result                                   2 tensors of bytes
//! apart    reads x, writes and reads what is between, writes the result 4 tensors of bytes
//! ```
//!
//! Both count the two tensors that have to be moved, and the copy of as many stands beside. Clipping with
//! the step that follows is in `clipping`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::{kernel, traffic};
use evenkeel_benches::{PLACES, config, copy, values};
use evenkeel_fast::activation::{self, Curve};
use evenkeel_fast::dropout::{self, Drawn};
use evenkeel_fast::random::Stream;
use evenkeel_fast::{Element, Moments, Shape, batch_norm, layer_norm};

const STREAM: Stream = Stream { seed: 1, number: 2, step: 3 };
const DRAWN: Drawn = Drawn { stream: STREAM, first: 0, drop_probability: 0.1 };
const CHANNELS: usize = 1024;
const EPSILON: f64 = 1e-5;
const VALID: &str = "valid arguments";

/// Tensors of one place.
struct Tensors<T> {
    shape: Shape,
    x: Vec<T>,
    gamma: Vec<T>,
    beta: Vec<T>,
    between: Vec<T>,
    y: Vec<T>,
}

impl<T: Element + From<f32>> Tensors<T> {
    fn new(bytes: usize) -> Self {
        let shape = Shape::new(bytes / size_of::<T>() / CHANNELS, CHANNELS, 1);
        let [x, between, y] = [1, 2, 3].map(|seed| values(shape.len(), seed));
        let [gamma, beta] = [4, 5].map(|seed| values(CHANNELS, seed));
        Self { shape, x, gamma, beta, between, y }
    }
}

fn batch_norm_relu<T: Element + From<f32>>(criterion: &mut Criterion) {
    for (place, bytes) in PLACES {
        let Tensors { shape, x, gamma, beta, mut between, mut y } = Tensors::<T>::new(bytes);
        let mut moments = vec![Moments::default(); CHANNELS];
        let name = format!("fused/batch_norm relu/{}/{place}", std::any::type_name::<T>());
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(2 * bytes as u64));
        traffic(&mut group, "copy", || copy(&x, &mut y));
        kernel(&mut group, "fused", |workspace, policy| {
            batch_norm::forward_relu(
                shape,
                &x,
                &gamma,
                &beta,
                EPSILON,
                0.0,
                &mut y,
                &mut moments,
                workspace,
                policy,
            )
            .expect(VALID);
        });
        kernel(&mut group, "apart", |workspace, policy| {
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
            activation::forward(Curve::Relu, &between, &mut y, workspace, policy).expect(VALID);
        });
    }
}

fn layer_norm_dropout<T: Element + From<f32>>(criterion: &mut Criterion) {
    for (place, bytes) in PLACES {
        let Tensors { shape, x, gamma, beta, mut between, mut y } = Tensors::<T>::new(bytes);
        let mut moments = vec![Moments::default(); shape.outer];
        let name = format!("fused/layer_norm dropout/{}/{place}", std::any::type_name::<T>());
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(2 * bytes as u64));
        traffic(&mut group, "copy", || copy(&x, &mut y));
        kernel(&mut group, "fused", |workspace, policy| {
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
        kernel(&mut group, "apart", |workspace, policy| {
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
    }
}

criterion_group! {
    name = fused;
    config = config();
    targets =
        batch_norm_relu::<f32>, batch_norm_relu::<f64>,
        layer_norm_dropout::<f32>, layer_norm_dropout::<f64>
}
criterion_main!(fused);
