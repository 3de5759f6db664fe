//! L1/L2 regularisation: the kernels, a plain read or copy of the same bytes, and a plain loop.
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

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use evenkeel_benches::{THREADS, config, copy, pool, values};
use evenkeel_fast::regularization::{self as fast, Step};
use evenkeel_fast::{Policy, Workspace};
use rayon::prelude::*;

const VALID: &str = "valid arguments";
const LAMBDA: f64 = 1e-4;

/// Bytes of a tensor that stays in the cache with its companions, and of one that does not.
const PLACES: [(&str, usize); 2] = [("cache", 128 << 10), ("memory", 128 << 20)];

/// What one line does, given the scratch memory.
type Run<'a> = &'a mut (dyn FnMut(&mut Workspace, &Policy) + Send);

/// A line on every number of threads.
fn line(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, run: Run<'_>) {
    for threads in THREADS {
        let (pool, mut workspace) = (pool(threads), Workspace::new());
        let policy = Policy { serial_below: 0, ..Policy::default() };
        group.bench_function(BenchmarkId::new(name, threads), |bencher| {
            pool.install(|| bencher.iter(|| run(&mut workspace, &policy)));
        });
    }
}

fn group(
    criterion: &mut Criterion,
    (name, bytes): (String, Throughput),
) -> BenchmarkGroup<'_, WallTime> {
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
                line(&mut l2, "read", &mut |_, _| {
                    let bits = |part: &[$precision]| part.iter().fold(0, |all, w| all ^ w.to_bits());
                    std::hint::black_box(w.par_chunks(1 << 16).map(bits).reduce(|| 0, |a, b| a ^ b));
                });
                line(&mut l2, "fast", &mut |workspace, policy| {
                    std::hint::black_box(fast::l2(LAMBDA, &w, workspace, policy).expect(VALID));
                });
                l2.bench_function(BenchmarkId::new("loop", 1), |bencher| {
                    bencher.iter(|| std::hint::black_box(w.iter().map(|w| w * w).sum::<$precision>()));
                });
                drop(l2);

                let mut gradient = group(criterion, named("l2_gradient", 2));
                line(&mut gradient, "copy", &mut |_, _| copy(&w, &mut out));
                line(&mut gradient, "fast", &mut |workspace, policy| {
                    fast::l2_gradient(LAMBDA, &w, &mut out, workspace, policy).expect(VALID);
                });
                drop(gradient);

                let mut proximal = group(criterion, named("l1_proximal", 2));
                line(&mut proximal, "copy", &mut |_, _| copy(&w, &mut out));
                line(&mut proximal, "fast", &mut |workspace, policy| {
                    fast::l1_proximal_in_place(1e-9, &mut w, workspace, policy).expect(VALID);
                });
                drop(proximal);

                let mut steps = group(criterion, named("decayed_step", 4));
                let mut other = tensor(5);
                line(&mut steps, "copy", &mut |_, _| {
                    copy(&g, &mut out);
                    copy(&s, &mut other);
                });
                let step = Step { learning_rate: 1e-6, lambda: LAMBDA, scale: &s, gradient: &g };
                line(&mut steps, "fast", &mut |workspace, policy| {
                    fast::decayed_step_in_place(&step, &mut w, workspace, policy).expect(VALID);
                });
                steps.bench_function(BenchmarkId::new("loop", 1), |bencher| {
                    bencher.iter(|| {
                        for ((w, g), s) in w.iter_mut().zip(&g).zip(&s) {
                            *w -= 1e-6 * (s * g) + 1e-10 * *w;
                        }
                    });
                });
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
