//! L1/L2 regularisation: the reference, the kernels, a plain read or copy of the same bytes, a plain loop.
//!
//! ```text
//! l2             reads w                             1 tensor of bytes, beside a read of it
//! l2_gradient    reads w, writes the gradient        2 tensors, beside a copy
//! l1_proximal    reads and writes w                  2 tensors, beside a copy
//! decayed_step   reads g, s and w, writes w          4 tensors, beside two copies
//! ```
//!
//! L1 takes the time of L2: both sums come from one pass. The loop is what one writes at first: for the
//! sum in the type itself, one term after the other, since floating-point sums are not reordered.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::{Group, alone, kernel, traffic};
use evenkeel_benches::{config, copy, roofline::read, values};
use evenkeel_fast::regularization::{self as fast, Step};
use evenkeel_reference::regularization as reference;
use nalgebra::DMatrix;

const VALID: &str = "valid arguments";
const LAMBDA: f64 = 1e-4;

/// Bytes of a tensor that stays in the cache with its companions, and of one that does not.
const PLACES: [(&str, usize); 2] = [("cache", 128 << 10), ("memory", 128 << 20)];

/// The weights in `f64`, for the reference.
fn matrix(length: usize) -> DMatrix<f64> {
    DMatrix::from_row_slice(1, length, &values::<f64>(length, 1))
}

fn group(criterion: &mut Criterion, (name, bytes): (String, Throughput)) -> Group<'_> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(bytes);
    group
}

macro_rules! lines {
    ($($name:ident $precision:ident)*) => {$(
        fn $name(criterion: &mut Criterion) {
            for (place, bytes) in PLACES {
                let length = bytes / size_of::<$precision>();
                let tensor = |seed| values::<$precision>(length, seed);
                let (mut w, g, s, mut out) = (tensor(1), tensor(2), tensor(3), tensor(4));
                let precision = stringify!($precision);
                let named = |name: &str, tensors: usize| {
                    let name = format!("regularization/{name}/{precision}/{place}");
                    (name, Throughput::Bytes((tensors * bytes) as u64))
                };

                let mut l2 = group(criterion, named("l2", 1));
                traffic(&mut l2, "read", || {
                    black_box(read(&w));
                });
                kernel(&mut l2, "fast", |workspace, policy| {
                    black_box(fast::l2(LAMBDA, &w, workspace, policy).expect(VALID));
                });
                alone(&mut l2, "loop", || w.iter().map(|w| w * w).sum::<$precision>());
                let cached = place == "cache";
                let same = matrix(if cached { length } else { 0 });
                if cached {
                    alone(&mut l2, "reference", || reference::l2(LAMBDA, &same).expect(VALID));
                }
                drop(l2);

                let mut gradient = group(criterion, named("l2_gradient", 2));
                traffic(&mut gradient, "copy", || copy(&w, &mut out));
                kernel(&mut gradient, "fast", |workspace, policy| {
                    fast::l2_gradient(LAMBDA, &w, &mut out, workspace, policy).expect(VALID);
                });
                if cached {
                    alone(&mut gradient, "reference", || {
                        reference::l2_gradient(LAMBDA, &same).expect(VALID)
                    });
                }
                drop(gradient);

                let mut proximal = group(criterion, named("l1_proximal", 2));
                traffic(&mut proximal, "copy", || copy(&w, &mut out));
                kernel(&mut proximal, "fast", |workspace, policy| {
                    fast::l1_proximal_in_place(1e-9, &mut w, workspace, policy).expect(VALID);
                });
                if cached {
                    alone(&mut proximal, "reference", || {
                        reference::l1_proximal(1e-9, &same).expect(VALID)
                    });
                }
                drop(proximal);

                let mut steps = group(criterion, named("decayed_step", 4));
                let mut other = tensor(5);
                traffic(&mut steps, "copy", || {
                    copy(&g, &mut out);
                    copy(&s, &mut other);
                });
                let step = Step { learning_rate: 1e-6, lambda: LAMBDA, scale: &s, gradient: &g };
                kernel(&mut steps, "fast", |workspace, policy| {
                    fast::decayed_step_in_place(&step, &mut w, workspace, policy).expect(VALID);
                });
                alone(&mut steps, "loop", || {
                    for ((w, g), s) in w.iter_mut().zip(&g).zip(&s) {
                        *w -= 1e-6 * (s * g) + 1e-10 * *w;
                    }
                });
                if cached {
                    alone(&mut steps, "reference", || {
                        reference::decayed_step(1e-6, LAMBDA, &same, &same, &same).expect(VALID)
                    });
                }
            }
        }
    )*};
}

lines! { single f32 double f64 }

criterion_group! {
    name = all;
    config = config();
    targets = single, double
}
criterion_main!(all);
