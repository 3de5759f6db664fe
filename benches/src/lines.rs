//! The lines of criterion's groups: a kernel on every level and number of threads, and what stands beside.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId};
use evenkeel_fast::{Level, Policy, Workspace};

use crate::{THREADS, pool};

/// A group of lines.
pub type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// `NAME LEVEL/THREADS` for every level of this machine and every number of threads.
///
/// Inside a pool threads pay from small tensors on; the other lines show what one gives.
pub fn kernel(
    group: &mut Group<'_>,
    name: &str,
    mut run: impl FnMut(&mut Workspace, &Policy) + Send,
) {
    let always = Policy { serial_below: 0, ..Policy::default() };
    for (level, threads) in Level::available().into_iter().flat_map(|l| THREADS.map(|t| (l, t))) {
        let policy = Policy { level, ..always };
        let (pool, mut workspace) = (pool(threads), Workspace::new());
        let name = format!("{name} {}", level.name());
        group.bench_function(BenchmarkId::new(name, threads), |bencher| {
            pool.install(|| bencher.iter(|| run(&mut workspace, &policy)));
        });
    }
}

/// `NAME/THREADS` of plain traffic on every number of threads.
pub fn traffic(group: &mut Group<'_>, name: &str, mut run: impl FnMut() + Send) {
    for threads in THREADS {
        let pool = pool(threads);
        group.bench_function(BenchmarkId::new(name, threads), |bencher| {
            pool.install(|| bencher.iter(&mut run));
        });
    }
}

/// `NAME/1` of what has one thread: the reference, in `f64`, or what a user would write.
pub fn alone<O>(group: &mut Group<'_>, name: &str, run: impl FnMut() -> O) {
    let mut run = run;
    group.bench_function(BenchmarkId::new(name, 1), |bencher| bencher.iter(&mut run));
}
