//! What the benchmarks of the techniques that draw share: places, and lines beside a plain write.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use evenkeel_fast::{Policy, Workspace};
use rayon::prelude::*;

use crate::{PLACES, THREADS, pool};

/// A kernel that writes `out`.
pub type Write<'a, T> = &'a (dyn Fn(&mut [T], &mut Workspace, &Policy) + Sync);

/// A plain generator that writes `out`, alone.
pub type Alone<'a, T> = &'a dyn Fn(&mut [T]);

/// One group a place: a plain write of the same bytes, the kernel on every number of threads, and what
/// a user would otherwise take, on one thread.
pub fn measure<T>(
    criterion: &mut Criterion,
    name: &str,
    kernel: Write<'_, T>,
    others: &[(&str, Alone<'_, T>)],
) where
    T: Copy + Default + Send + Sync + From<f32>,
{
    for (place, bytes) in PLACES {
        let mut out = vec![T::from(1.0); bytes / size_of::<T>()];
        let mut group =
            criterion.benchmark_group(format!("{name}/{}/{place}", std::any::type_name::<T>()));
        group.throughput(Throughput::Bytes(bytes as u64));
        for threads in THREADS {
            lines(&mut group, threads, kernel, &mut out);
        }
        for (other, run) in others {
            group.bench_function(BenchmarkId::new(*other, 1), |bencher| {
                bencher.iter(|| run(&mut out))
            });
        }
    }
}

fn lines<T>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    threads: usize,
    kernel: Write<'_, T>,
    out: &mut [T],
) where
    T: Copy + Send + Sync + From<f32>,
{
    const PART: usize = 1 << 16;
    let (pool, mut workspace) = (pool(threads), Workspace::new());
    let policy = Policy { serial_below: 0, ..Policy::default() };
    group.bench_function(BenchmarkId::new("write", threads), |bencher| {
        pool.install(|| {
            bencher.iter(|| {
                let value = std::hint::black_box(T::from(0.5));
                out.par_chunks_mut(PART).for_each(|part| part.fill(value));
            })
        });
    });
    group.bench_function(BenchmarkId::new("fast", threads), |bencher| {
        pool.install(|| bencher.iter(|| kernel(out, &mut workspace, &policy)));
    });
}
