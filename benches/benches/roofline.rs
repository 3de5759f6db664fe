//! The roofline: what plain traffic reaches, by size.
//!
//! ```text
//! read     reads x                        1 tensor of bytes
//! write    writes y                       1
//! copy     reads x, writes y              2 (`copy, streaming`: past the caches)
//! triad    reads x and b, writes y        3
//! ```
//!
//! One group a size of the tensor, from the first cache to memory; criterion's GB/s count each line's own
//! bytes. An ordinary store fetches its cache line before: the ordinary copy and the triad from memory move
//! one tensor more than is counted.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::{Group, traffic};
use evenkeel_benches::roofline::{copy, copy_streaming, read, triad, write};
use evenkeel_benches::{config, values};

/// Bytes of a tensor.
const SIZES: [(&str, usize); 5] = [
    ("8 KiB", 8 << 10),
    ("256 KiB", 256 << 10),
    ("4 MiB", 4 << 20),
    ("32 MiB", 32 << 20),
    ("128 MiB", 128 << 20),
];

fn lines(criterion: &mut Criterion) {
    for (size, bytes) in SIZES {
        let tensor = |seed| values::<f32>(bytes / size_of::<f32>(), seed);
        let (x, b, mut y) = (tensor(1), tensor(2), tensor(3));
        let mut group = criterion.benchmark_group(format!("roofline/f32/{size}"));
        let counted = |group: &mut Group<'_>, tensors: usize| {
            group.throughput(Throughput::Bytes((tensors * bytes) as u64));
        };
        counted(&mut group, 1);
        traffic(&mut group, "read", || {
            black_box(read(&x));
        });
        traffic(&mut group, "write", || write(black_box(0.5), &mut y));
        counted(&mut group, 2);
        traffic(&mut group, "copy", || copy(&x, &mut y));
        traffic(&mut group, "copy, streaming", || copy_streaming(&x, &mut y));
        counted(&mut group, 3);
        traffic(&mut group, "triad", || triad(&x, &b, &mut y));
    }
}

criterion_group! {
    name = all;
    config = config();
    targets = lines
}
criterion_main!(all);
