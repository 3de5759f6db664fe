//! The shapes of layer normalisation, and the rows that real software has got wrong.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::Case;
use crate::inputs::{EDGES, LONG_EDGES, unit_at};
use crate::normalization::Shapes;
use crate::{Real, Shape};

/// Many rows, many features, rows that no block length divides: what is shared out in pieces.
const WIDE: [(usize, usize, usize); 9] = [
    (3, 9000, 1),
    (70, 196, 1),
    (257, 33, 1),
    (530, 3, 1),
    (4, 70, 40),
    (2, 145, 40),
    (1, 3, 3001),
    (1, 12_289, 2),
    (2, 4099, 3),
];

pub(super) fn shapes() -> Shapes {
    let parallel = [
        Shape::new(3000, 133, 1),
        Shape::new(12, 33_001, 1),
        Shape::new(1, 130, 3001),
        Shape::new(266, 50, 31),
    ];
    let few = prop_oneof![
        (1..=2_usize, 3..=9_usize).prop_map(|(n, d)| Shape::new(n, d, 1)),
        (1..=2_usize, 3..=9_usize, 1..=2_usize).prop_map(|(n, d, i)| Shape::new(n, d, i)),
    ];
    Shapes {
        small: small(),
        long: long(),
        wide: select(&WIDE[..]).prop_map(|(n, d, i)| Shape::new(n, d, i)).boxed(),
        parallel: select(parallel.to_vec()).boxed(),
        few: few.boxed(),
        single: (1..=6_usize, 1..=3_usize).prop_map(|(n, i)| Shape::new(n, 1, i)).boxed(),
        none: none(),
    }
}

/// No row, since outer is 0 or since inner is.
fn none() -> BoxedStrategy<Shape> {
    prop_oneof![
        (1..=5_usize, 1..=2_usize).prop_map(|(d, inner)| Shape::new(0, d, inner)),
        (1..=3_usize, 1..=5_usize).prop_map(|(outer, d)| Shape::new(outer, d, 0)),
    ]
    .boxed()
}

/// Rows of 2 to 67 features in all layouts, few of them or as many as the widest lanes.
fn small() -> BoxedStrategy<Shape> {
    let few = 2_usize..=9;
    prop_oneof![
        (1..=5_usize, few.clone()).prop_map(|(n, d)| Shape::new(n, d, 1)),
        (1..=3_usize, select(&EDGES[..])).prop_map(|(n, d)| Shape::new(n, d, 1)),
        (1..=3_usize, select(&EDGES[..])).prop_map(|(n, d)| Shape::new(1, d, n)),
        (2..=3_usize, 2..=13_usize, 2..=5_usize).prop_map(|(n, d, i)| Shape::new(n, d, i)),
        (7..=17_usize, few.clone()).prop_map(|(n, d)| Shape::new(n, d, 1)),
        (7..=17_usize, few).prop_map(|(n, d)| Shape::new(1, d, n)),
    ]
    .boxed()
}

/// Rows around one block, standing together or side by side.
fn long() -> BoxedStrategy<Shape> {
    (select(&LONG_EDGES[..]), 1..=2_usize, any::<bool>())
        .prop_map(|(d, rows, along)| match along {
            true => Shape::new(rows, d, 1),
            false => Shape::new(1, d, rows),
        })
        .boxed()
}

/// A value of a row from its place and a number in \[−2, 2\].
type Value = fn(usize, f64) -> f64;

/// Rows on which released software gave NaN, noise or nothing: their names, their values, and what
/// to multiply γ by.
const KNOWN: [(&str, Value, f64); 7] = [
    ("40000 … 40003", |k, _| 40_000.0 + (k % 4) as f64, 1.0),
    ("constant 1234.0", |_, _| 1234.0, 1.0),
    ("constant, γ near 10¹⁰", |_, _| 1234.0, 1e10),
    ("γ near 10¹⁰", |_, z| 1234.0 + z, 1e10),
    ("magnitude 10³⁰", |_, z| 1e30 * z, 1.0),
    ("magnitude 3·10³⁸", |_, z| 1.5e38 * z, 1.0),
    ("mean 2000, deviation 1", |_, z| 2000.0 + z, 1.0),
];

/// The named rows, `rows` of `features` each; γ, β and dy are arbitrary numbers of size 1.
pub fn known<T: Real>(rows: usize, features: usize) -> Vec<(&'static str, Case<T>)> {
    KNOWN
        .iter()
        .map(|(name, value, gamma)| (*name, named(Shape::new(rows, features, 1), *value, *gamma)))
        .collect()
}

fn named<T: Real>(shape: Shape, value: Value, gamma: f64) -> Case<T> {
    let each = |count: usize, number: &dyn Fn(usize) -> f64| -> Vec<T> {
        (0..count).map(|i| T::from_f64(number(i))).collect()
    };
    Case {
        shape,
        x: each(shape.len(), &|i| value(shape.channel_of(i), unit_at(1, i))),
        gamma: each(shape.channels, &|c| gamma * (0.5 + unit_at(3, c).abs())),
        beta: each(shape.channels, &|c| unit_at(4, c)),
        epsilon: 1e-5,
        dy: each(shape.len(), &|i| unit_at(5, i)),
        own: (),
    }
}

/// One of the named rows, of few features or many.
pub(super) fn known_rows<T: Real>() -> BoxedStrategy<Case<T>> {
    (0..KNOWN.len(), select(&EDGES[..]))
        .prop_map(|(which, features)| {
            let (_, value, gamma) = KNOWN[which];
            named(Shape::new(2, features, 1), value, gamma)
        })
        .boxed()
}
