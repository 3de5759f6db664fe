//! Activations: the kernels, a plain copy of the same bytes, and a plain loop over the library's functions.
//!
//! ```text
//! forward    reads x, writes y            2 tensors of bytes
//! backward   reads x and dy, writes dx    3 tensors of bytes
//! copy       reads x, writes y            2 tensors of bytes
//! ```

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::{PLACES, THREADS, config, copy, pool, values};
use evenkeel_fast::activation::{self, Curve};
use evenkeel_fast::{Element, Policy, Workspace};

const VALID: &str = "valid arguments";

const CURVES: [(&str, Curve); 4] = [
    ("sigmoid", Curve::Sigmoid),
    ("tanh", Curve::Tanh),
    ("relu", Curve::Relu),
    ("leaky_relu", Curve::LeakyRelu { slope: 0.01 }),
];

/// What a user would otherwise write, for one value.
type Plain<T> = fn(T) -> T;

fn measure<T: Element + From<f32>>(criterion: &mut Criterion, plain: [Plain<T>; 4]) {
    let precision = std::any::type_name::<T>();
    for (place, bytes) in PLACES {
        let length = bytes / size_of::<T>();
        let (x, dy) = (values::<T>(length, 1), values::<T>(length, 2));
        let mut out = vec![T::from(1.0); length];
        for ((name, curve), plain) in CURVES.into_iter().zip(plain) {
            let mut group =
                criterion.benchmark_group(format!("activation/{name}/{precision}/{place}"));
            group.throughput(Throughput::Bytes(2 * bytes as u64));
            for threads in THREADS {
                let (pool, mut workspace) = (pool(threads), Workspace::new());
                let policy = Policy { serial_below: 0, ..Policy::default() };
                group.bench_function(BenchmarkId::new("copy", threads), |bencher| {
                    pool.install(|| bencher.iter(|| copy(&x, &mut out)));
                });
                group.bench_function(BenchmarkId::new("forward", threads), |bencher| {
                    pool.install(|| {
                        bencher.iter(|| {
                            activation::forward(curve, &x, &mut out, &mut workspace, &policy)
                                .expect(VALID);
                        });
                    });
                });
                group.bench_function(BenchmarkId::new("backward", threads), |bencher| {
                    pool.install(|| {
                        bencher.iter(|| {
                            activation::backward(curve, &x, &dy, &mut out, &mut workspace, &policy)
                                .expect(VALID);
                        });
                    });
                });
            }
            group.bench_function(BenchmarkId::new("loop", 1), |bencher| {
                bencher.iter(|| out.iter_mut().zip(&x).for_each(|(y, x)| *y = plain(*x)));
            });
        }
    }
}

fn single(criterion: &mut Criterion) {
    let sigmoid: Plain<f32> = |x| 1.0 / (1.0 + (-x).exp());
    measure(
        criterion,
        [sigmoid, f32::tanh, |x| x.max(0.0), |x| if x > 0.0 { x } else { 0.01 * x }],
    );
}

fn double(criterion: &mut Criterion) {
    let sigmoid: Plain<f64> = |x| 1.0 / (1.0 + (-x).exp());
    measure(
        criterion,
        [sigmoid, f64::tanh, |x| x.max(0.0), |x| if x > 0.0 { x } else { 0.01 * x }],
    );
}

criterion_group! {
    name = all;
    config = config();
    targets = single, double
}
criterion_main!(all);
