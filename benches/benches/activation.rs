//! Activations: the reference, the kernels, a plain copy of the same bytes, and a plain loop over the
//! library's functions.
//!
//! ```text
//! forward    reads x, writes y            2 tensors of bytes
//! backward   reads x and dy, writes dx    3 tensors of bytes
//! copy       reads x, writes y            2 tensors of bytes
//! ```

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::{Group, alone, kernel, traffic};
use evenkeel_benches::{PLACES, config, copy, values};
use evenkeel_fast::Element;
use evenkeel_fast::activation::{self, Curve};
use evenkeel_reference::activation as reference;
use nalgebra::DMatrix;

const VALID: &str = "valid arguments";

const CURVES: [(&str, Curve, reference::Curve); 4] = [
    ("sigmoid", Curve::Sigmoid, reference::Curve::Sigmoid),
    ("tanh", Curve::Tanh, reference::Curve::Tanh),
    ("relu", Curve::Relu, reference::Curve::Relu),
    ("leaky_relu", Curve::LeakyRelu { slope: 0.01 }, reference::Curve::LeakyRelu { slope: 0.01 }),
];

/// What a user would otherwise write, for one value.
type Plain<T> = fn(T) -> T;

fn measure<T: Element + From<f32>>(criterion: &mut Criterion, plain: [Plain<T>; 4]) {
    let precision = std::any::type_name::<T>();
    for (place, bytes) in PLACES {
        let length = bytes / size_of::<T>();
        let (x, dy) = (values::<T>(length, 1), values::<T>(length, 2));
        let mut out = vec![T::from(1.0); length];
        for ((name, curve, formula), plain) in CURVES.into_iter().zip(plain) {
            let mut group =
                criterion.benchmark_group(format!("activation/{name}/{precision}/{place}"));
            group.throughput(Throughput::Bytes(2 * bytes as u64));
            traffic(&mut group, "copy", || copy(&x, &mut out));
            kernel(&mut group, "forward", |workspace, policy| {
                activation::forward(curve, &x, &mut out, workspace, policy).expect(VALID);
            });
            kernel(&mut group, "backward", |workspace, policy| {
                activation::backward(curve, &x, &dy, &mut out, workspace, policy).expect(VALID);
            });
            alone(&mut group, "loop", || {
                out.iter_mut().zip(&x).for_each(|(y, x)| *y = plain(*x));
            });
            if place == "cache" {
                reference_lines(&mut group, length, formula);
            }
        }
    }
}

/// As many elements, in `f64`.
fn reference_lines(group: &mut Group<'_>, length: usize, curve: reference::Curve) {
    let matrix = |seed| DMatrix::from_row_slice(1, length, &values::<f64>(length, seed));
    let (x, dy) = (matrix(1), matrix(2));
    alone(group, "reference forward", || reference::forward(curve, &x).expect(VALID));
    alone(group, "reference backward", || reference::backward(curve, &x, &dy).expect(VALID));
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
