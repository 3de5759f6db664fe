//! Initialisation: the reference, the kernels, a plain write of the same bytes, and `rand_distr`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use evenkeel_benches::{config, draws};
use evenkeel_fast::initialization::{self, Family, Fan, Layer, Plan, Scheme};
use evenkeel_fast::random::Stream;
use evenkeel_reference as reference;
use nalgebra::DVector;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

const STREAM: Stream = Stream { seed: 1, number: 2, step: 0 };

/// He normal, for a dense layer of as many weights.
fn he(weights: usize) -> Plan {
    let layer = Layer::Dense { inputs: weights / 1024, outputs: 1024 };
    Plan { layer, scheme: Scheme::He { fan: Fan::In, slope: 0.0 }, family: Family::Normal }
}

fn lines(criterion: &mut Criterion) {
    draws::measure::<f32>(
        criterion,
        "initialization/he_normal",
        &|w, workspace, policy| {
            initialization::weights(he(w.len()), STREAM, w, workspace, policy)
                .expect("a valid plan");
        },
        &|count| {
            let stream = reference::random::Stream { seed: 1, number: 2, step: 0 };
            let deviation = reference::initialization::he_normal_deviation(count / 1024, 0.0);
            let deviation = deviation.expect("a valid fan");
            let draw = |i: usize, _| reference::random::normal(stream, i as u64, 1.0);
            let draws = DVector::from_fn(count, |i, j| draw(i, j).expect("a valid deviation"));
            black_box(reference::initialization::scaled(&draws, deviation));
        },
        &[("rand_distr", &|w| {
            let deviation = (2.0 / (w.len() / 1024) as f32).sqrt();
            let mut rng = SmallRng::seed_from_u64(1);
            w.iter_mut().for_each(|w| *w = deviation * rng.sample::<f32, _>(StandardNormal));
        })],
    );
}

criterion_group! {
    name = all;
    config = config();
    targets = lines
}
criterion_main!(all);
