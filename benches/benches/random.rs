//! Random numbers: the reference, the kernels, a plain write of the same bytes, and `rand_distr` over
//! `rand`'s small generator.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use evenkeel_benches::{config, draws};
use evenkeel_fast::random::{self, Stream};
use evenkeel_reference::random as reference;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

const STREAM: Stream = Stream { seed: 1, number: 2, step: 3 };
const VALID: &str = "valid arguments";

/// A reference from a stream, an index and a scale.
type Draw = fn(reference::Stream, u64, f64) -> Result<f64, evenkeel_reference::Error>;

fn each(count: usize, draw: Draw) {
    let stream = reference::Stream { seed: 1, number: 2, step: 3 };
    (0..count as u64).for_each(|i| {
        black_box(draw(stream, i, 1.0).expect(VALID));
    });
}

macro_rules! lines {
    ($($name:ident $precision:ident)*) => {$(
        fn $name(criterion: &mut Criterion) {
            draws::measure::<$precision>(
                criterion,
                "random/uniform",
                &|out, workspace, policy| {
                    random::uniform(STREAM, 0, 1.0, out, workspace, policy).expect(VALID);
                },
                &|count| each(count, reference::uniform),
                &[("rand", &|out| {
                    let mut rng = SmallRng::seed_from_u64(1);
                    out.iter_mut().for_each(|v| *v = rng.random_range(-1.0..=1.0));
                })],
            );
            draws::measure::<$precision>(
                criterion,
                "random/normal",
                &|out, workspace, policy| {
                    random::normal(STREAM, 0, 1.0, out, workspace, policy).expect(VALID);
                },
                &|count| each(count, reference::normal),
                &[("rand_distr", &|out| {
                    let mut rng = SmallRng::seed_from_u64(1);
                    out.iter_mut().for_each(|v| *v = rng.sample(StandardNormal));
                })],
            );
            draws::measure::<$precision>(
                criterion,
                "random/truncated_normal",
                &|out, workspace, policy| {
                    random::truncated_normal(STREAM, 0, 1.0, out, workspace, policy).expect(VALID);
                },
                &|count| each(count, reference::truncated_normal),
                &[],
            );
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
