//! Dropout: the reference, the kernels, a plain write of as many bytes, and a mask by `rand_distr`'s
//! Bernoulli.
//!
//! A kernel reads x and writes y: twice the bytes of the write that stands beside it.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use evenkeel_benches::{config, draws, values};
use evenkeel_fast::dropout;
use evenkeel_fast::random::Stream;
use evenkeel_reference::dropout as reference;
use nalgebra::DMatrix;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand_distr::{Bernoulli, Distribution};

const STREAM: Stream = Stream { seed: 1, number: 2, step: 3 };
const VALID: &str = "valid arguments";

macro_rules! lines {
    ($($name:ident $precision:ident)*) => {$(
        fn $name(criterion: &mut Criterion) {
            let x = values::<$precision>((128 << 20) / size_of::<$precision>(), 1);
            for p in [0.5, 0.1] {
                draws::measure::<$precision>(
                    criterion,
                    &format!("dropout/forward p={p}"),
                    &|y, workspace, policy| {
                        let x = &x[..y.len()];
                        dropout::forward(STREAM, 0, p, x, y, workspace, policy).expect(VALID);
                    },
                    &|count| {
                        let stream = evenkeel_reference::random::Stream { seed: 1, number: 2, step: 3 };
                        let x = DMatrix::from_row_slice(1, count, &values::<f64>(count, 1));
                        let keep = reference::keep_mask(stream, 0, 1, count, p).expect(VALID);
                        black_box(reference::forward(&x, &keep, p).expect(VALID));
                    },
                    &[("rand_distr", &|y| {
                        let mut rng = SmallRng::seed_from_u64(1);
                        let kept = Bernoulli::new(1.0 - p).expect("a probability");
                        let scale = (1.0 / (1.0 - p)) as $precision;
                        for (y, x) in y.iter_mut().zip(&x) {
                            *y = if kept.sample(&mut rng) { x * scale } else { 0.0 };
                        }
                    })],
                );
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
