//! Batch normalisation: the reference, the kernels and a plain copy.
//!
//! ```text
//! forward    reads x, writes y            2 tensors of bytes
//! backward   reads x and dy, writes dx    3 tensors of bytes
//! copy       reads x, writes y            2 tensors of bytes
//! ```
//!
//! Parameters and statistics are a sliver of that and not counted. In training the statistics
//! need all of x before the first y can be written: where a channel does not stay in cache, x
//! comes from memory twice and 2/3 of the copy's rate is the limit; for backward it is 3/5.

use criterion::{Criterion, criterion_group, criterion_main};
use evenkeel_benches::{config, normalization};
use evenkeel_fast::{Element, batch_norm as fast};
use evenkeel_reference::batch_norm as reference;

const NAME: &str = "batch_norm";

fn reference_lines(criterion: &mut Criterion) {
    normalization::reference(criterion, NAME, reference::forward, reference::backward);
}

fn kernels<T: Element + From<f32>>(criterion: &mut Criterion) {
    let technique = normalization::Technique::<T> {
        name: NAME,
        statistics: |shape| shape.channels,
        forward: fast::forward,
        backward: fast::backward,
    };
    technique.measure(criterion);
}

criterion_group! {
    name = batch_norm;
    config = config();
    targets = reference_lines, kernels::<f32>, kernels::<f64>
}
criterion_main!(batch_norm);
