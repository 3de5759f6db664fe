//! Gradient clipping in place: the reference, the kernels, a plain read and a plain copy, and the loop one
//! would write.
//!
//! ```text
//! read         reads g                              1 of its bytes
//! norm         reads g                              1
//! copy         reads g, writes another              2
//! by_value     reads g, writes it                   2: what is not finite is passed on
//! refusing     reads g twice, writes it             3: once to see whether all is finite
//! by_norm      reads g twice, writes it             3
//! descend      by_norm and the step with weights    4: reads g twice, reads and writes w
//! plain        as by_norm, by two plain loops       3, on one thread
//! ```
//!
//! Criterion's GB/s count the bytes of g once in every line. Of tensors beyond the cache the read is the
//! limit of the norm, and 2/3 of the copy about that of clipping. One tensor; 161 of sizes as in a
//! residual network, 14 million elements; a thousand of 256.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::{Group, alone, kernel, traffic};
use evenkeel_benches::{config, copy, roofline::read, values};
use evenkeel_fast::clipping::{self, Descent, NonFinite, Slope};
use evenkeel_fast::regularization::Decay;
use evenkeel_reference::clipping as reference;
use nalgebra::DMatrix;

/// Sizes that come 23 times each.
const MIXED: [usize; 7] = [64, 256, 512, 36_864, 65_536, 147_456, 351_232];

const VALID: &str = "valid arguments";

/// So much less than the norm is the threshold each time: every call scales, and a million calls leave
/// a good part of the gradient.
const LESS: f64 = 1.0 - 1.0 / (1 << 20) as f64;

fn lists() -> [(&'static str, Vec<usize>); 4] {
    [
        ("one, cache", vec![1 << 16]),
        ("one, memory", vec![1 << 25]),
        ("161", MIXED.repeat(23)),
        ("1000x256", vec![256; 1000]),
    ]
}

macro_rules! lines {
    ($($name:ident $precision:ident $fast:ident $plain:ident)*) => {$(
        fn $name(criterion: &mut Criterion) {
            for (list, sizes) in lists() {
                let group = format!("clipping/{}/{list}", stringify!($precision));
                let mut group = criterion.benchmark_group(group);
                let elements: usize = sizes.iter().sum();
                let bytes = elements * size_of::<$precision>();
                group.throughput(Throughput::Bytes(bytes as u64));
                let mut all = values::<$precision>(elements, 1);
                $fast(&mut group, &sizes, &mut all);
                $plain(&mut group, &sizes, &mut all);
                if elements < 1 << 20 {
                    reference_lines(&mut group, &sizes);
                }
            }
        }

        fn $fast(group: &mut Group<'_>, sizes: &[usize], all: &mut [$precision]) {
            let mut other = all.to_vec();
            traffic(group, "read", || {
                black_box(read(all));
            });
            traffic(group, "copy", || copy(all, &mut other));
            let mut tensors = split(all, sizes);
            let shared: Vec<&[$precision]> = tensors.iter().map(|tensor| &**tensor).collect();
            kernel(group, "norm", |workspace, policy| {
                black_box(clipping::norm(&shared, workspace, policy));
            });
            let mut norm = 1e-3;
            kernel(group, "by_norm", |workspace, policy| {
                norm = f64::from(clipping::by_global_norm_in_place(
                    norm * LESS, NonFinite::Refuse, &mut tensors, workspace, policy,
                ).expect(VALID));
            });
            if let [tensor] = &mut tensors[..] {
                for (name, non_finite) in
                    [("by_value", NonFinite::Propagate), ("refusing", NonFinite::Refuse)]
                {
                    // A threshold that goes down: there is something to clip every time.
                    let mut threshold = 0.5;
                    kernel(group, name, |workspace, policy| {
                        threshold *= LESS;
                        clipping::by_value_in_place(
                            threshold, non_finite, tensor, workspace, policy,
                        ).expect(VALID);
                    });
                }
            }
            let mut weights = split(&mut other, sizes);
            let slope = |gradient| Slope { decay: Decay::Coupled, gradient, scale: None };
            let slopes: Vec<_> = tensors.iter().map(|tensor| slope(&**tensor)).collect();
            let rule = Descent {
                threshold: 1e-3, non_finite: NonFinite::Refuse, learning_rate: 1e-6, lambda: 1e-3,
            };
            kernel(group, "descend", |workspace, policy| {
                clipping::descend(black_box(&rule), &slopes, &mut weights, workspace, policy)
                    .expect(VALID);
            });
        }

        /// Squares added in the order of the elements, then a product each.
        fn $plain(
            group: &mut Group<'_>,
            sizes: &[usize],
            all: &mut [$precision],
        ) {
            let mut tensors = split(all, sizes);
            let mut limit = 1e-3;
            alone(group, "plain", || {
                let square = |g: &$precision| g * g;
                let norm = tensors.iter().flat_map(|t| t.iter()).map(square).sum::<$precision>().sqrt();
                if norm > limit {
                    let factor = limit / norm;
                    tensors.iter_mut().for_each(|t| t.iter_mut().for_each(|g| *g *= factor));
                }
                limit = norm * LESS as $precision;
            });
        }
    )*};
}

/// The same gradients in `f64`, of lists that stay in the cache.
fn reference_lines(group: &mut Group<'_>, sizes: &[usize]) {
    let matrix = |size: &usize| DMatrix::from_row_slice(1, *size, &values::<f64>(*size, 1));
    let gradients: Vec<DMatrix<f64>> = sizes.iter().map(matrix).collect();
    let refuse = reference::NonFinite::Refuse;
    alone(group, "reference norm", || reference::norm(&gradients));
    alone(group, "reference by_norm", || {
        reference::by_global_norm(&gradients, black_box(1e-3), refuse).expect(VALID)
    });
    if let [gradient] = &gradients[..] {
        alone(group, "reference by_value", || {
            reference::by_value(gradient, black_box(0.5), refuse).expect(VALID)
        });
    }
}

/// The tensors of a gradient, one after the other.
fn split<'a, T>(mut all: &'a mut [T], sizes: &[usize]) -> Vec<&'a mut [T]> {
    let mut tensors = Vec::new();
    for size in sizes {
        let (tensor, rest) = all.split_at_mut(*size);
        tensors.push(tensor);
        all = rest;
    }
    tensors
}

lines! {
    single f32 fast_single plain_single
    double f64 fast_double plain_double
}

criterion_group! {
    name = all;
    config = config();
    targets = single, double
}
criterion_main!(all);
