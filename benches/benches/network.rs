//! Networks: dense layers beside another library's product, and a whole step beside the reference's.
//!
//! ```text
//! product/PRECISION/m x inputs -> outputs
//!   dense/THREADS    a network of one dense layer, in inference: bias and a copy of y among it
//!   nalgebra         x·W alone into room that is there, by `matrixmultiply`, on one thread
//! step/digits/PRECISION    64–128–64–10, 32 rows: batch norm, ReLU, dropout, L2 and clipping
//!   fast LEVEL       on one thread: threads do not pay for so few rows
//!   reference        in f64
//! step/wide/THREADS  784–1024–1024–10, 256 rows, ReLU, L2 and clipping, in f32
//! ```
//!
//! Criterion's elements are floating-point operations: 2·m·inputs·outputs of a product. A core with two
//! fused multiply-adds of 512 bits a cycle does 64 of `f32` a cycle, 32 of `f64`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::alone;
use evenkeel_benches::{THREADS, config, pool, values};
use evenkeel_fast::network::{Batch, Goal, Layer, Masks, Network, Rule, Scratch};
use evenkeel_fast::{Level, Policy, activation::Curve, regularization::Penalty};
use evenkeel_reference::network as reference;
use nalgebra::{DMatrix, DVector};

/// Rows, inputs, outputs.
const SHAPES: [[usize; 3]; 4] = [[32, 64, 128], [64, 128, 64], [64, 64, 10], [1024, 512, 512]];

const VALID: &str = "valid arguments";

macro_rules! products {
    ($($name:ident $precision:ident)*) => {$(
        fn $name(criterion: &mut Criterion) {
            for [m, inputs, outputs] in SHAPES {
                let group = format!(
                    "network/product/{}/{m} x {inputs} -> {outputs}", stringify!($precision),
                );
                let mut group = criterion.benchmark_group(group);
                group.throughput(Throughput::Elements((2 * m * inputs * outputs) as u64));
                let (x, w) = (values(m * inputs, 1), values(inputs * outputs, 2));
                let mut network = Network::<$precision>::new(&[Layer::dense(inputs, outputs)]).expect(VALID);
                network.parameters_mut()[..w.len()].copy_from_slice(&w);
                let mut y = vec![0.0; m * outputs];
                for threads in THREADS {
                    let (pool, mut scratch) = (pool(threads), Scratch::default());
                    group.bench_function(BenchmarkId::new("dense", threads), |bencher| {
                        pool.install(|| bencher.iter(|| {
                            network.inference(m, &x, &mut y, &mut scratch).expect(VALID);
                        }));
                    });
                }
                let (x, w) = (DMatrix::from_row_slice(m, inputs, &x), DMatrix::from_column_slice(inputs, outputs, &w));
                let mut y = DMatrix::<$precision>::zeros(m, outputs);
                group.bench_function("nalgebra", |bencher| bencher.iter(|| x.mul_to(&w, &mut y)));
            }
        }
    )*};
}
products!(products_f32 f32 products_f64 f64);

const ROWS: usize = 32;

fn layers() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (inputs, outputs) in [(64, 128), (128, 64)] {
        let norm = Layer::batch_norm(outputs);
        let relu = Layer::Activation(Curve::Relu);
        layers.extend([Layer::dense(inputs, outputs), norm, relu, Layer::dropout(0.2)]);
    }
    layers.push(Layer::dense(64, 10));
    layers
}

macro_rules! steps {
    ($($name:ident $precision:ident)*) => {$(
        fn $name(criterion: &mut Criterion) {
            let mut group =
                criterion.benchmark_group(concat!("network/step/digits/", stringify!($precision)));
            let (x, classes) = (values(ROWS * 64, 1), vec![3; ROWS]);
            let rule = Rule { learning_rate: 1e-3, penalty: Penalty::L2, lambda: 1e-3, threshold: 1.0 };
            for level in Level::available() {
                let mut network = Network::<$precision>::new(&layers()).expect(VALID);
                let mut scratch = Scratch::new(Policy { level, ..Policy::default() });
                network.initialize(1, &mut scratch).expect(VALID);
                let mut step = 0;
                alone(&mut group, &format!("fast {}", level.name()), || {
                    step += 1;
                    let (goal, masks) = (Goal::Classes(&classes), Masks::Drawn { seed: 1, step });
                    let batch = Batch { rows: ROWS, x: &x, goal, masks };
                    network.step(&batch, &rule, &mut scratch).expect(VALID)
                });
            }
        }
    )*};
}
steps!(steps_f32 f32 steps_f64 f64);

fn wide_steps(criterion: &mut Criterion) {
    const ROWS: usize = 256;
    let relu = Layer::Activation(Curve::Relu);
    let layers =
        [Layer::dense(784, 1024), relu, Layer::dense(1024, 1024), relu, Layer::dense(1024, 10)];
    let (x, classes) = (values(ROWS * 784, 1), vec![3; ROWS]);
    let rule = Rule { learning_rate: 1e-3, penalty: Penalty::L2, lambda: 1e-4, threshold: 1.0 };
    for threads in THREADS {
        let mut network = Network::<f32>::new(&layers).expect(VALID);
        let (pool, mut scratch) = (pool(threads), Scratch::default());
        network.initialize(1, &mut scratch).expect(VALID);
        let batch =
            Batch { rows: ROWS, x: &x, goal: Goal::Classes(&classes), masks: Masks::none() };
        criterion.bench_function(&format!("network/step/wide/{threads}"), |bencher| {
            pool.install(|| {
                bencher.iter(|| network.step(&batch, &rule, &mut scratch).expect(VALID));
            });
        });
    }
}

fn steps_of_reference(criterion: &mut Criterion) {
    let dense = |inputs: usize, outputs: usize, seed| reference::Layer::Dense {
        weights: DMatrix::from_row_slice(outputs, inputs, &values(inputs * outputs, seed)),
        biases: DVector::zeros(outputs),
    };
    let mut layers = Vec::new();
    for (inputs, outputs, seed) in [(64, 128, 1), (128, 64, 2)] {
        layers.push(dense(inputs, outputs, seed));
        layers.push(reference::Layer::batch_norm(outputs, 1e-5, 0.1));
        layers.push(reference::Layer::Activation(evenkeel_reference::activation::Curve::Relu));
        layers.push(reference::Layer::Dropout { drop_probability: 0.2 });
    }
    layers.push(dense(64, 10, 3));
    let keep = |width| DMatrix::from_fn(ROWS, width, |i, j| (i + j) % 5 != 0);
    let batch = reference::Batch {
        x: DMatrix::from_row_slice(ROWS, 64, &values(ROWS * 64, 1)),
        goal: reference::Goal::Classes(vec![3; ROWS]),
        keep: vec![keep(128), keep(64)],
    };
    let penalty = evenkeel_reference::regularization::Penalty::L2;
    let rule = reference::Rule { learning_rate: 1e-3, penalty, lambda: 1e-3, threshold: 1.0 };
    alone(&mut criterion.benchmark_group("network/step/digits/f64"), "reference", || {
        reference::step(&layers, &batch, &rule).expect(VALID)
    });
}

criterion_group! {
    name = benches;
    config = config();
    targets = products_f32, products_f64, steps_f32, steps_f64, wide_steps, steps_of_reference
}
criterion_main!(benches);
