//! Layer normalisation: the reference, the kernels and a plain copy.
//!
//! ```text
//! forward    reads x, writes y            2 tensors of bytes
//! backward   reads x and dy, writes dx    3 tensors of bytes
//! copy       reads x, writes y            2 tensors of bytes
//! ```
//!
//! Parameters and statistics are a sliver of that and not counted. A row is read more than once,
//! but where rows stand together (`NxC`, a row is N's) it stays in cache meanwhile: the bytes come
//! from memory once, and the copy's rate is the limit, forward and backward. Of images (`NCHW`, a
//! row is a pixel's channels) the kernels take each pass over the whole tensor: from memory x comes
//! twice and 2/3 of the copy's rate is their limit; for backward, with x and dy three times, it is
//! 3/7.

use criterion::{Criterion, criterion_group, criterion_main};
use evenkeel_benches::{config, normalization};
use evenkeel_fast::{Element, layer_norm as fast};
use evenkeel_reference::layer_norm as reference;

const NAME: &str = "layer_norm";

fn reference_lines(criterion: &mut Criterion) {
    normalization::reference(criterion, NAME, reference::forward, reference::backward);
}

fn kernels<T: Element + From<f32>>(criterion: &mut Criterion) {
    let technique = normalization::Technique::<T> {
        name: NAME,
        statistics: |shape| shape.per_channel(),
        forward: fast::forward,
        backward: fast::backward,
    };
    technique.measure(criterion);
}

criterion_group! {
    name = layer_norm;
    config = config();
    targets = reference_lines, kernels::<f32>, kernels::<f64>
}
criterion_main!(layer_norm);
