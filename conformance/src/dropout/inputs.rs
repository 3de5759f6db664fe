//! Where the inputs of the properties come from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::Case;
use crate::inputs::unit_at;
use crate::stream::{firsts, lengths, streams};
use crate::{Draw, Real, Stream};

/// Probabilities: the ends, usual ones, any, and those that 48 bits hardly tell from an end.
fn probabilities() -> BoxedStrategy<f64> {
    prop_oneof![
        4 => prop::sample::select(&[0.1, 0.2, 0.25, 0.5, 0.75, 0.9, 1.0 / 3.0][..]),
        1 => prop::sample::select(&[0.0, 1.0, 1e-15, 1e-20, 1.0 - f64::EPSILON][..]),
        3 => 0.0..1.0_f64,
    ]
    .boxed()
}

/// Values of any magnitude of which a tenth, when divided by 1 − p, is in range.
fn values<T: Real>(length: usize) -> BoxedStrategy<Vec<T>> {
    let power = T::MAX.log10() - 2.0;
    let value = prop_oneof![
        4 => -2.0..2.0_f64,
        1 => (-power..power, any::<bool>())
            .prop_map(|(exponent, sign)| 10_f64.powf(exponent) * if sign { 1.0 } else { -1.0 }),
        1 => prop::sample::select(&[0.0, -0.0, 1.0, -3.0][..]),
    ];
    vec(value.prop_map(T::from_f64), length).boxed()
}

fn cases<T: Real>(
    firsts: BoxedStrategy<u64>,
    lengths: BoxedStrategy<usize>,
) -> BoxedStrategy<Case<T>> {
    let tensors =
        lengths.prop_flat_map(|n| (values::<T>(n), values::<T>(n), vec(any::<bool>(), n))).boxed();
    let words = (any::<u16>(), any::<u32>());
    (streams(), firsts, probabilities(), tensors, words)
        .prop_map(|(stream, first, drop_probability, (x, dy, keep), (half, tie))| Case {
            draw: Draw { stream, first },
            drop_probability,
            x,
            dy,
            keep,
            half,
            tie,
        })
        .boxed()
}

/// Small tensors from anywhere in a stream.
pub(super) fn anywhere<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(firsts(), lengths())
}

/// Small tensors near the beginning, which a generator that counts can reach too.
pub(super) fn near<T: Real>() -> BoxedStrategy<Case<T>> {
    cases((0..300_u64).boxed(), lengths())
}

/// No element.
pub(super) fn none<T: Real>() -> BoxedStrategy<Case<T>> {
    cases((0..300_u64).boxed(), Just(0).boxed())
}

/// So many values that threads take part, from a formula.
pub(super) fn long<T: Real>(stream: Stream, first: u64, p: f64, length: usize) -> Case<T> {
    let value = |which: u64, i: usize| T::from_f64(unit_at(stream.seed ^ (which << 60), i) + 3.0);
    Case {
        draw: Draw { stream, first },
        drop_probability: p,
        x: (0..length).map(|i| value(1, i)).collect(),
        dy: (0..length).map(|i| value(2, i)).collect(),
        keep: (0..length).map(|i| unit_at(stream.seed, i) > 0.0).collect(),
        half: 0,
        tie: 0,
    }
}

/// As many elements as a distribution takes; p where a wrong share shows.
pub(super) fn many<T: Real>() -> BoxedStrategy<Case<T>> {
    let telling = prop::sample::select(&[0.1, 0.2, 1.0 / 3.0, 0.6, 0.75, 0.9][..]);
    (streams(), telling)
        .prop_map(|(stream, p)| long(stream, 0, p, crate::distribution::SAMPLE))
        .boxed()
}

/// So many that threads take part.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    let lengths = prop::sample::select(&[100_003_usize, 65_537, 131_072][..]);
    (streams(), 0..300_u64, 0.1..0.9_f64, lengths)
        .prop_map(|(stream, first, p, length)| long(stream, first, p, length))
        .boxed()
}
