//! What the benchmarks of the techniques that draw share: places, and lines beside a plain write.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use evenkeel_fast::{Policy, Workspace};

use crate::PLACES;
use crate::lines::{alone, kernel, traffic};
use crate::roofline::write;

/// A kernel that writes `out`.
pub type Write<'a, T> = &'a (dyn Fn(&mut [T], &mut Workspace, &Policy) + Sync);

/// A plain generator that writes `out`, alone.
pub type Alone<'a, T> = &'a dyn Fn(&mut [T]);

/// One group a place: a plain write of the same bytes, the kernel on every level and number of threads,
/// what a user would otherwise take, and in cache the reference, which makes so many values in `f64`.
pub fn measure<T>(
    criterion: &mut Criterion,
    name: &str,
    own: Write<'_, T>,
    reference: &dyn Fn(usize),
    others: &[(&str, Alone<'_, T>)],
) where
    T: Copy + Default + Send + Sync + From<f32>,
{
    for (place, bytes) in PLACES {
        let mut out = vec![T::from(1.0); bytes / size_of::<T>()];
        let mut group =
            criterion.benchmark_group(format!("{name}/{}/{place}", std::any::type_name::<T>()));
        group.throughput(Throughput::Bytes(bytes as u64));
        traffic(&mut group, "write", || write(black_box(T::from(0.5)), &mut out));
        kernel(&mut group, "fast", |workspace, policy| own(&mut out, workspace, policy));
        for (other, run) in others {
            alone(&mut group, other, || run(&mut out));
        }
        if place == "cache" {
            alone(&mut group, "reference", || reference(out.len()));
        }
    }
}
