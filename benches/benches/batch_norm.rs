//! Batch normalisation: the reference, the kernels and a plain copy.
//!
//! ```text
//! forward    reads x, writes y        2 tensors of bytes
//! backward   reads x and dy, writes dx    3 tensors of bytes
//! copy       reads x, writes y        2 tensors of bytes
//! ```
//!
//! Parameters and statistics are a sliver of that and not counted. In training the statistics
//! need all of x before the first y can be written: where a channel does not stay in cache, x
//! comes from memory twice and 2/3 of the copy's rate is the limit; for backward it is 3/5.
//! All buffers are made once and touched before they are measured.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use evenkeel_benches::{THREADS, copy, pool, values};
use evenkeel_fast::{Element, Moments, Policy, Shape, Workspace, batch_norm as fast};
use evenkeel_reference::batch_norm as reference;
use nalgebra::{DMatrix, DVector};

const EPSILON: f64 = 1e-5;
/// One tensor of the larger size: three of them are beyond most last-level caches.
const LARGE: usize = 128 << 20;

/// How large a tensor is, and so where it lies between two passes.
struct Place {
    name: &'static str,
    rows: usize,
    channels: usize,
    pixels: usize,
}

impl Place {
    const CACHE: Self = Self { name: "cache", rows: 1024, channels: 64, pixels: 64 };

    const fn memory<T>() -> Self {
        let rows = LARGE / 1024 / size_of::<T>();
        Self { name: "memory", rows, channels: 1024, pixels: 1024 }
    }

    /// The same values as rows of features and as images.
    fn layouts(&self) -> [(&'static str, Shape); 2] {
        let images = self.rows / self.pixels;
        [
            ("fast NxC", Shape::new(self.rows, self.channels, 1)),
            ("fast NCHW", Shape::new(images, self.channels, self.pixels)),
        ]
    }
}

/// Every buffer that a training step needs, kept between calls. `out` is y, or dx.
struct Step<T> {
    x: Vec<T>,
    dy: Vec<T>,
    out: Vec<T>,
    gamma: Vec<T>,
    beta: Vec<T>,
    dgamma: Vec<T>,
    dbeta: Vec<T>,
    moments: Vec<Moments>,
    workspace: Workspace,
}

impl<T: Element + From<f32>> Step<T> {
    fn new(place: &Place) -> Self {
        let length = place.rows * place.channels;
        Self {
            x: values(length, 1),
            dy: values(length, 2),
            out: values(length, 3),
            gamma: values(place.channels, 4),
            beta: values(place.channels, 5),
            dgamma: values(place.channels, 6),
            dbeta: values(place.channels, 7),
            moments: vec![Moments::default(); place.channels],
            workspace: Workspace::new(),
        }
    }

    fn forward(&mut self, shape: Shape, policy: &Policy) {
        let Self { x, gamma, beta, out, moments, workspace, .. } = self;
        fast::forward(shape, x, gamma, beta, EPSILON, out, moments, workspace, policy)
            .expect("valid arguments");
    }

    fn backward(&mut self, shape: Shape, policy: &Policy) {
        let Self { x, dy, out, gamma, dgamma, dbeta, moments, workspace, .. } = self;
        fast::backward(
            shape, x, gamma, EPSILON, moments, dy, out, dgamma, dbeta, workspace, policy,
        )
        .expect("valid arguments");
    }
}

type Run<T> = fn(&mut Step<T>, Shape, &Policy);

/// One group: `run` in both layouts and the copy, on every number of threads.
fn measure<T: Element + From<f32>>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    place: &Place,
    tensors: usize,
    run: Run<T>,
) {
    let mut step = Step::<T>::new(place);
    let tensor = size_of_val(&step.x[..]) as u64;
    for threads in THREADS {
        let pool = pool(threads);
        // Inside a pool threads pay from small tensors on; the other lines show what one gives.
        let policy = Policy { serial_below: 0, ..Policy::default() };
        group.throughput(Throughput::Bytes(2 * tensor));
        group.bench_function(BenchmarkId::new("copy", threads), |bencher| {
            pool.install(|| bencher.iter(|| copy(&step.x, &mut step.out)));
        });
        group.throughput(Throughput::Bytes(tensors as u64 * tensor));
        for (name, shape) in place.layouts() {
            pool.install(|| step.forward(shape, &policy)); // the moments that backward reads
            group.bench_function(BenchmarkId::new(name, threads), |bencher| {
                pool.install(|| bencher.iter(|| run(&mut step, shape, &policy)));
            });
        }
    }
}

/// The specification's own speed, for the record. It knows rows of `f64` only.
fn reference_lines(criterion: &mut Criterion) {
    let Place { rows, channels, .. } = Place::CACHE;
    let matrix = |seed| DMatrix::from_vec(rows, channels, values::<f64>(rows * channels, seed));
    let vector = |seed| DVector::from_vec(values::<f64>(channels, seed));
    let (x, dy, gamma, beta) = (matrix(1), matrix(2), vector(4), vector(5));
    let bytes = |tensors: u64| Throughput::Bytes(tensors * 8 * (rows * channels) as u64);

    let mut group = criterion.benchmark_group("batch_norm/reference/f64/cache");
    group.throughput(bytes(2)).bench_function("forward", |bencher| {
        bencher.iter(|| reference::forward(&x, &gamma, &beta, EPSILON));
    });
    group.throughput(bytes(3)).bench_function("backward", |bencher| {
        bencher.iter(|| reference::backward(&x, &gamma, EPSILON, &dy));
    });
}

/// Forward and backward of one precision, in cache and from memory.
fn kernels<T: Element + From<f32>>(criterion: &mut Criterion) {
    let precision = std::any::type_name::<T>();
    let directions: [(_, _, Run<T>); 2] =
        [("forward", 2, Step::forward), ("backward", 3, Step::backward)];
    for (direction, tensors, run) in directions {
        for place in [Place::CACHE, Place::memory::<T>()] {
            let name = format!("batch_norm/{direction}/{precision}/{}", place.name);
            measure(&mut criterion.benchmark_group(name), &place, tensors, run);
        }
    }
}

criterion_group! {
    name = batch_norm;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .sample_size(20);
    targets = reference_lines, kernels::<f32>, kernels::<f64>
}
criterion_main!(batch_norm);
