//! Where inputs come from: shapes and values that every technique over a batch can use.
//!
//! Small inputs are made of proptest's own vectors, so that a failure shrinks to few and simple
//! numbers. Long ones are a formula of a seed, since shrinking 40,000 numbers one by one helps nobody.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use crate::{Real, Shape};

/// Sizes around every block and lane count in use: one less, the size, one more; and primes.
pub(crate) const EDGES: [usize; 22] =
    [2, 3, 4, 5, 7, 8, 9, 11, 13, 15, 16, 17, 23, 31, 32, 33, 47, 61, 63, 64, 65, 67];

/// The same around blocks of 1024, 2048 and 4096 values.
pub(crate) const LONG_EDGES: [usize; 14] =
    [127, 128, 1021, 1023, 1024, 1025, 2047, 2048, 2049, 2065, 4095, 4096, 4097, 8193];

/// Many channels, many blocks, runs that no block length divides: what is shared out in pieces.
const WIDE: [(usize, usize, usize); 8] = [
    (1, 3, 9000),
    (4, 70, 196),
    (33, 257, 1),
    (3, 530, 1),
    (70, 40, 7),
    (40, 2, 145),
    (3, 2, 3001),
    (1, 2, 12_289),
];

/// Shapes with 2 to 67 values per channel in all four layouts, up to 5 channels.
pub fn small_shape() -> BoxedStrategy<Shape> {
    let few = 2_usize..=9;
    prop_oneof![
        (few.clone(), 1..=5_usize).prop_map(|(m, d)| Shape::new(m, d, 1)),
        (proptest::sample::select(&EDGES[..]), 1..=3_usize).prop_map(|(m, d)| Shape::new(m, d, 1)),
        (proptest::sample::select(&EDGES[..]), 1..=3_usize).prop_map(|(m, d)| Shape::new(1, d, m)),
        (2..=5_usize, 1..=4_usize, 1..=13_usize).prop_map(|(n, c, hw)| Shape::new(n, c, hw)),
        // As wide as the widest lanes, and one more.
        (few, 7..=17_usize).prop_map(|(m, d)| Shape::new(m, d, 1)),
    ]
    .boxed()
}

/// Shapes with values of each channel around one block, in all layouts.
pub fn long_shape() -> BoxedStrategy<Shape> {
    (proptest::sample::select(&LONG_EDGES[..]), 1..=2_usize, 0..3_u8)
        .prop_map(|(m, channels, layout)| match layout {
            0 => Shape::new(m, channels, 1),
            1 => Shape::new(1, channels, m),
            _ => Shape::new(7, channels, m / 7 + 1),
        })
        .boxed()
}

/// Shapes of several thousand values that lie across every kind of piece.
pub fn wide_shape() -> BoxedStrategy<Shape> {
    proptest::sample::select(&WIDE[..]).prop_map(|(n, c, i)| Shape::new(n, c, i)).boxed()
}

/// Shapes of at least eight blocks per channel, and large enough that a second thread wakes up
/// before the first has done all the work.
pub fn parallel_shape() -> BoxedStrategy<Shape> {
    prop_oneof![
        Just(Shape::new(133_000, 3, 1)),
        Just(Shape::new(1, 2, 233_001)),
        Just(Shape::new(266, 3, 509)),
        Just(Shape::new(4_099, 17, 9)),
    ]
    .boxed()
}

/// `count` numbers between −2 and 2 with full significands.
pub fn units(count: usize) -> BoxedStrategy<Vec<f64>> {
    proptest::collection::vec(-2.0..2.0_f64, count).boxed()
}

/// The `i`-th of a stream of numbers between −2 and 2, a pure function of the seed.
pub fn unit_at(seed: u64, i: usize) -> f64 {
    let mut word = seed ^ (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        word = (word ^ (word >> 30)).wrapping_mul(factor);
    }
    ((word >> 11) as f64 / (1_u64 << 53) as f64) * 4.0 - 2.0
}

/// The next number away from zero.
pub fn next_up<T: Real>(value: f64) -> f64 {
    let rounded = T::from_f64(value).to_f64();
    T::from_f64(rounded + crate::ulp::<T>(rounded).copysign(rounded)).to_f64()
}

/// A way to make a group of values hard to normalise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hard {
    /// mean/std between 1e4 and 1e7 (f64: to 1e13).
    LargeMean,
    /// All the same value, of any size.
    Constant,
    /// All the same but for the last place of some.
    OneUlp,
    /// One value 1e6 times the rest, and it comes first: the one that a shift would take.
    OutlierFirst,
    /// Near the largest numbers of the type, of both signs.
    Largest,
    /// Squares overflow, or nearly: 1e18 to 1e30 in f32, 1e150 to 1e200 in f64.
    SquaresOverflow,
    /// Squares underflow, or nearly: the inverse of these.
    SquaresUnderflow,
    /// An outlier first among values whose squares overflow.
    OutlierHuge,
    /// An outlier first among values whose squares underflow.
    OutlierTiny,
    /// Subnormal numbers.
    Subnormal,
    /// Zeros of both signs.
    SignedZeros,
}

impl Hard {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::LargeMean,
        Self::Constant,
        Self::OneUlp,
        Self::OutlierFirst,
        Self::Largest,
        Self::SquaresOverflow,
        Self::SquaresUnderflow,
        Self::OutlierHuge,
        Self::OutlierTiny,
        Self::Subnormal,
        Self::SignedZeros,
    ];

    /// Value `k` of the group, from a number `z` in \[−2, 2\] and the group's own `knob` in \[0, 1\].
    pub fn value<T: Real>(self, k: usize, z: f64, knob: f64) -> f64 {
        let wide = T::DIGITS > 24;
        let power = |f32_decade: f64, f64_decade: f64| {
            10_f64.powf(if wide { f64_decade } else { f32_decade })
        };
        match self {
            Self::LargeMean => z + power(4.0 + 3.0 * knob, 4.0 + 9.0 * knob),
            Self::Constant => constant::<T>(knob),
            Self::OneUlp if z > 0.5 => next_up::<T>(constant::<T>(knob)),
            Self::OneUlp => constant::<T>(knob),
            Self::OutlierFirst => z * if k == 0 { 1e6 } else { 1.0 },
            Self::Largest => z / 2.0 * T::MAX,
            Self::SquaresOverflow => z * power(18.0 + 12.0 * knob, 150.0 + 50.0 * knob),
            Self::SquaresUnderflow => z * power(-18.0 - 12.0 * knob, -150.0 - 50.0 * knob),
            Self::OutlierHuge => Self::OutlierFirst.value::<T>(k, z, knob) * power(30.0, 200.0),
            Self::OutlierTiny => Self::OutlierFirst.value::<T>(k, z, knob) * power(-30.0, -200.0),
            Self::Subnormal => z / 4.0 * T::MIN_POSITIVE,
            Self::SignedZeros => 0.0_f64.copysign(z),
        }
    }
}

/// A constant of any size, the known offenders among them.
fn constant<T: Real>(knob: f64) -> f64 {
    const KNOWN: [f64; 6] = [1234.0, 0.1, 40_003.0, 3.1, 1e7 + 1.0, -2000.3];
    match KNOWN.get((knob * 8.0) as usize) {
        Some(value) => *value,
        None => 10_f64.powf((knob - 0.875) * 8.0 * (T::MAX.log10() - 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_values_are_finite_numbers_of_the_type() {
        for hard in Hard::ALL {
            for (k, z, knob) in [(0, -2.0, 0.0), (1, 1.99, 1.0), (2, 0.7, 0.5), (3, -0.1, 0.93)] {
                let value = f32::from_f64(hard.value::<f32>(k, z, knob));
                assert!(value.is_finite(), "{hard:?} in f32");
                assert!(hard.value::<f64>(k, z, knob).is_finite(), "{hard:?} in f64");
            }
        }
    }

    #[test]
    fn next_up_is_the_neighbour() {
        assert_eq!(next_up::<f32>(1234.0), f64::from(1234.0_f32.next_up()));
        assert_eq!(next_up::<f64>(-0.1), (-0.1_f64).next_down());
    }
}
