//! Where the inputs of the properties come from.

use std::marker::PhantomData;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::Case;
use crate::stream::{firsts, lengths, streams};
use crate::{Draw, Real};

/// Sizes of any magnitude in which `T` has room for nine times as much.
fn sizes<T: Real>() -> BoxedStrategy<f64> {
    let power = T::MAX.log10() - 3.0;
    prop_oneof![
        2 => prop::sample::select(&[1.0, 0.1, 0.25, 3.0, 0.0, 1e-3][..]),
        3 => 0.01..10.0_f64,
        1 => (-power..power).prop_map(|exponent| 10_f64.powf(exponent)),
    ]
    .boxed()
}

fn cases<T: Real>(
    firsts: BoxedStrategy<u64>,
    lengths: BoxedStrategy<usize>,
) -> BoxedStrategy<Case<T>> {
    let blocks = (any::<[u32; 4]>(), any::<[u32; 2]>());
    let draws = (streams(), firsts, lengths);
    (blocks, draws, sizes::<T>(), sizes::<T>())
        .prop_map(|((counter, key), (stream, first, length), bound, deviation)| Case {
            counter,
            key,
            draw: Draw { stream, first },
            length,
            bound,
            deviation,
            precision: PhantomData,
        })
        .boxed()
}

/// Small parts from anywhere.
pub(super) fn anywhere<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(firsts(), lengths())
}

/// Parts near the beginning, which a generator that counts can reach too.
pub(super) fn near<T: Real>() -> BoxedStrategy<Case<T>> {
    cases((0..300_u64).boxed(), lengths())
}

/// As many elements as a distribution takes.
pub(super) fn many<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(Just(0).boxed(), Just(crate::distribution::SAMPLE).boxed())
}

/// So many that threads take part.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    let lengths = prop::sample::select(&[100_003_usize, 65_537, 131_072][..]);
    cases((0..300_u64).boxed(), lengths.boxed())
}

/// No element.
pub(super) fn none<T: Real>() -> BoxedStrategy<Case<T>> {
    cases((0..300_u64).boxed(), Just(0).boxed())
}
