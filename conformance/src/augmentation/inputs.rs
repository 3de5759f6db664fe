//! Where the inputs of the properties come from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::text::{Dictionary, TextJob, TextPivot};
use super::{
    Axis, Blur, Border, Case, Choice, Crop, Erasure, ImageShape, Interpolation, Labels, Noise,
    Rectangle, Rotation, Shift, Transform,
};
use crate::inputs::unit_at;
use crate::{Draw, Real, Stream};

/// Classes of the labels.
const CLASSES: u32 = 4;

fn shapes() -> BoxedStrategy<ImageShape> {
    (1..=3_usize, 1..=2_usize, 1..=8_usize, 1..=8_usize)
        .prop_map(|(n, c, h, w)| ImageShape::new(n, c, h, w))
        .boxed()
}

fn interpolations() -> BoxedStrategy<Interpolation> {
    prop::sample::select(&[Interpolation::Nearest, Interpolation::Bilinear][..]).boxed()
}

fn axes() -> BoxedStrategy<Axis> {
    prop::sample::select(&[Axis::Horizontal, Axis::Vertical][..]).boxed()
}

fn borders() -> BoxedStrategy<Border> {
    prop::sample::select(&[Border::Replicate, Border::Reflect][..]).boxed()
}

fn fills() -> BoxedStrategy<f64> {
    prop::sample::select(&[0.0, 0.5, -3.25, 0.1][..]).boxed()
}

/// Angles of every quarter, small ones, and those of which sine and cosine are short.
fn degrees() -> BoxedStrategy<f64> {
    prop_oneof![
        4 => -360.0..360.0_f64,
        2 => -10.0..10.0_f64,
        1 => (-12..=12_i32).prop_map(|k| 15.0 * f64::from(k)),
        1 => prop::sample::select(&[1e-9, -1e-30, 359.999, 17.0][..]),
    ]
    .boxed()
}

fn deviations() -> BoxedStrategy<f64> {
    prop_oneof![4 => 0.2..3.0_f64, 1 => prop::sample::select(&[0.0, 0.5, 1.0, 50.0][..])].boxed()
}

fn clamps() -> BoxedStrategy<Option<[f64; 2]>> {
    prop::sample::select(
        &[None, Some([0.0, 1.0]), Some([-0.3, 0.7]), Some([0.1, f64::INFINITY])][..],
    )
    .boxed()
}

/// A rectangle inside `size`, as two shares of each side.
fn within(size: usize, first: usize, length: usize) -> [usize; 2] {
    let length = length % (size + 1);
    [first % (size - length + 1), length]
}

/// What is done to an image of a shape.
type Done = (Rotation, Axis, Shift, Crop, Noise, Blur, Erasure);

fn done(shape: ImageShape) -> BoxedStrategy<Done> {
    let rotation = (degrees(), interpolations(), fills())
        .prop_map(|(degrees, interpolation, fill)| Rotation { degrees, interpolation, fill });
    let offset = || prop_oneof![6 => -9..=9_i64, 1 => any::<i64>()];
    let shift =
        (offset(), offset(), fills()).prop_map(|(down, right, fill)| Shift { down, right, fill });
    let rectangle = move |padding: usize, [a, b, c, d]: [usize; 4]| {
        let [top, height] = within(shape.height + 2 * padding, a, b);
        let [left, width] = within(shape.width + 2 * padding, c, d);
        Rectangle { top, left, height, width }
    };
    let corners = || [0..40_usize, 0..40, 0..40, 0..40];
    let crop = (0..=3_usize, corners(), fills()).prop_map(move |(padding, corners, fill)| Crop {
        padding,
        window: rectangle(padding, corners),
        fill,
    });
    let noise = (deviations(), clamps()).prop_map(|(deviation, clamp)| Noise { deviation, clamp });
    let blur = (deviations(), 0..=4_usize, borders())
        .prop_map(|(deviation, radius, border)| Blur { deviation, radius, border });
    let erasure = (corners(), fills())
        .prop_map(move |(corners, fill)| Erasure { rectangle: rectangle(0, corners), fill });
    (rotation, axes(), shift, crop, noise, blur, erasure).boxed()
}

fn transforms() -> BoxedStrategy<Transform> {
    let range = |low: f64, width: f64| [low, low + width];
    prop_oneof![
        2 => (-90.0..0.0_f64, 0.0..180.0_f64, interpolations(), fills()).prop_map(
            move |(low, width, interpolation, fill)| {
                Transform::Rotate { degrees: range(low, width), interpolation, fill }
            }
        ),
        2 => axes().prop_map(Transform::Flip),
        2 => (0..=3_usize, 0..=5_usize, fills())
            .prop_map(|(down, right, fill)| Transform::Shift { down, right, fill }),
        2 => (0..=3_usize, fills()).prop_map(|(padding, fill)| Transform::Crop { padding, fill }),
        1 => (deviations(), clamps())
            .prop_map(|(deviation, clamp)| Transform::Noise(Noise { deviation, clamp })),
        1 => (0.0..1.0_f64, 0.0..2.0_f64, 0..=3_usize, borders()).prop_map(
            move |(low, width, radius, border)| {
                Transform::Blur { deviation: range(low, width), radius, border }
            }
        ),
        3 => (0.0..0.5_f64, 0.0..0.5_f64, 0.1..1.0_f64, 1.0..9.0_f64, 1..=15_u32, fills())
            .prop_map(move |(low, width, aspect, times, attempts, fill)| Transform::Erase {
                share: range(low, width),
                aspect: [aspect, aspect * times],
                attempts,
                fill,
            }),
    ]
    .boxed()
}

fn probabilities() -> BoxedStrategy<f64> {
    prop_oneof![
        3 => Just(1.0),
        3 => 0.05..0.95_f64,
        1 => prop::sample::select(&[0.0, 0.5, 1e-12][..]),
    ]
    .boxed()
}

fn rules() -> BoxedStrategy<Labels> {
    let entry = prop_oneof![2 => (0..CLASSES).prop_map(Some), 1 => Just(None)];
    let map = vec(entry, CLASSES as usize).prop_map(Labels::Map);
    prop_oneof![1 => Just(Labels::Keep), 2 => map].boxed()
}

fn choices() -> BoxedStrategy<Vec<Choice>> {
    let choice = (probabilities(), transforms(), rules())
        .prop_map(|(probability, transform, labels)| Choice { probability, transform, labels });
    vec(choice, 0..=4).boxed()
}

/// Streams that leave room for the numbers of the choices, and for their neighbours.
fn streams() -> BoxedStrategy<Stream> {
    let word = || prop_oneof![0..4_u32, 0..1_u32 << 28];
    (any::<u64>(), word(), word())
        .prop_map(|(seed, number, step)| Stream { seed, number, step })
        .boxed()
}

fn firsts() -> BoxedStrategy<u64> {
    prop_oneof![3 => 0..50_u64, 1 => (0..50_u64).prop_map(|k| (1 << 40) + k)].boxed()
}

/// A case of a shape; values from a formula, so that a failure shrinks by its shape.
fn of_shape<T: Real>(
    shape: ImageShape,
    value: fn(u64, usize) -> f64,
    choices: BoxedStrategy<Vec<Choice>>,
) -> BoxedStrategy<Case<T>> {
    let drawn = (choices, streams(), firsts(), any::<u64>());
    (done(shape), drawn)
        .prop_map(move |(done, (choices, stream, first, seed))| {
            let (rotation, axis, shift, crop, noise, blur, erasure) = done;
            let all = |seed, value: fn(u64, usize) -> f64| {
                (0..shape.len()).map(|i| T::from_f64(value(seed, i))).collect()
            };
            let labels = (0..shape.count).map(|i| (unit_at(seed, i).abs() * 2.0) as u32 % CLASSES);
            Case {
                shape,
                x: all(seed, value),
                normals: all(!seed, unit_at),
                labels: labels.collect(),
                rotation,
                axis,
                shift,
                crop,
                noise,
                blur,
                erasure,
                choices,
                draw: Draw { stream, first },
                text: no_text(),
                withheld: 0,
            }
        })
        .boxed()
}

/// Small images of numbers with full significands.
pub(super) fn ordinary<T: Real>() -> BoxedStrategy<Case<T>> {
    shapes().prop_flat_map(|shape| of_shape(shape, unit_at, choices())).boxed()
}

/// Values that a copy keeps and arithmetic does not: NaN, infinities, −0, both ends of the range.
fn odd(seed: u64, i: usize) -> f64 {
    let v = unit_at(seed, i);
    match (v.to_bits() >> 20) % 9 {
        0 => f64::NAN,
        1 => f64::INFINITY,
        2 => -0.0,
        3 => v * 1e38,
        4 => v * 1e-44,
        _ => v,
    }
}

/// The same with numbers that are to be moved and not to be computed with.
pub(super) fn moved<T: Real>() -> BoxedStrategy<Case<T>> {
    shapes().prop_flat_map(|shape| of_shape(shape, odd, choices())).boxed()
}

/// Small images and at least one choice.
pub(super) fn chosen<T: Real>() -> BoxedStrategy<Case<T>> {
    ordinary()
        .prop_map(|mut case: Case<T>| {
            if case.choices.is_empty() {
                let transform = Transform::Flip(Axis::Horizontal);
                case.choices.push(Choice { probability: 0.5, transform, labels: Labels::Keep });
            }
            case
        })
        .boxed()
}

/// One image of one pixel, many times: a plan needs no pixels.
pub(super) fn many<T: Real>() -> BoxedStrategy<Case<T>> {
    of_shape(ImageShape::new(1, 1, 1, 1), unit_at, Just(Vec::new()).boxed())
}

/// Many images, large ones, and many small ones.
const LARGE: [ImageShape; 3] = [
    ImageShape::new(40, 3, 32, 32),
    ImageShape::new(3, 2, 150, 131),
    ImageShape::new(97, 1, 28, 28),
];

/// So many images that threads take part, with choices of every kind.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    let shape = prop::sample::select(&LARGE[..]);
    shape.prop_flat_map(|shape| of_shape(shape, unit_at, Just(of_every_kind()).boxed())).boxed()
}

/// One choice of every kind; half a turn makes another class.
pub(super) fn of_every_kind() -> Vec<Choice> {
    let keep = |probability, transform| Choice { probability, transform, labels: Labels::Keep };
    let (bilinear, nearest) = (Interpolation::Bilinear, Interpolation::Nearest);
    let turned = Labels::Map(vec![Some(1), Some(0), None, Some(3)]);
    let flip = Transform::Flip(Axis::Horizontal);
    vec![
        keep(0.7, Transform::Crop { padding: 2, fill: 0.25 }),
        Choice { probability: 0.6, transform: flip, labels: turned },
        keep(0.8, Transform::Rotate { degrees: [-20.0, 30.0], interpolation: bilinear, fill: 0.5 }),
        keep(0.5, Transform::Rotate { degrees: [-9.0, 9.0], interpolation: nearest, fill: 0.0 }),
        keep(0.7, Transform::Shift { down: 1, right: 2, fill: -1.0 }),
        keep(0.4, Transform::Blur { deviation: [0.3, 1.5], radius: 2, border: Border::Reflect }),
        keep(0.6, Transform::Noise(Noise { deviation: 0.2, clamp: Some([-1.5, 1.5]) })),
        keep(
            0.7,
            Transform::Erase { share: [0.02, 0.3], aspect: [0.3, 3.3], attempts: 10, fill: 0.0 },
        ),
    ]
}

/// Shapes that have no element.
const EMPTY: [[usize; 4]; 5] =
    [[0, 1, 3, 4], [2, 0, 3, 4], [2, 1, 0, 4], [2, 1, 3, 0], [0, 0, 0, 0]];

/// No image, no channel, no row or no column; or no choice.
pub(super) fn none<T: Real>() -> BoxedStrategy<Case<T>> {
    (prop::sample::select(&EMPTY[..]), choices())
        .prop_flat_map(|([n, c, h, w], choices)| {
            of_shape(ImageShape::new(n, c, h, w), unit_at, Just(choices).boxed())
        })
        .boxed()
}

/// What no sentence has.
const NOTHING: &str = "\0";

/// A dictionary that loses nothing.
const fn dictionary(
    words: &'static [(&'static str, &'static str)],
    unsayable: &'static str,
) -> Dictionary {
    Dictionary { words, unsayable, lost: NOTHING }
}

const SPANISH: Dictionary = dictionary(
    &[("big", "grande"), ("house", "casa"), ("red", "roja"), ("dumb", "mudo"), ("ends", "")],
    "mute",
);
const FRENCH: Dictionary =
    dictionary(&[("big", "grand"), ("house", "maison"), ("red", "rouge"), ("ends", "fin")], "old");

/// Pivots whose variants agree and differ; one that changes nothing; shorter and longer ones.
const PIVOTS: [TextPivot; 4] = [
    TextPivot {
        forward: SPANISH,
        backward: dictionary(&[("grande", "large"), ("casa", "home"), ("roja", "red")], "mudo"),
    },
    TextPivot {
        forward: SPANISH,
        backward: dictionary(
            &[("grande", "large"), ("casa", "home"), ("écru", "ecru"), ("roja", "r")],
            "mudo",
        ),
    },
    TextPivot {
        forward: FRENCH,
        backward: dictionary(
            &[("grand", "great"), ("maison", "house"), ("rouge", "deep  red indeed"), ("fin", "")],
            "écru",
        ),
    },
    TextPivot { forward: dictionary(&[], "dumb"), backward: dictionary(&[], NOTHING) },
];

const WORDS: [&str; 9] = ["the", "big", "house", "red", "mute", "dumb", "ends", "écru", "old"];

fn no_text() -> TextJob {
    TextJob { sentences: Vec::new(), pivots: Vec::new(), max_length_ratio: 2.0 }
}

/// Sentences of every fate, for diagnosis.
pub(super) fn of_every_fate() -> TextJob {
    let texts = [
        "the big house",
        "red",
        "  mute \n one",
        "dumb",
        " \t",
        "the  big\thouse",
        "écru",
        "ends",
        "the red",
        "old big house",
        "the house",
        "é",
        "big écru big écru",
    ];
    let label = |(i, text): (usize, &&str)| ((*text).to_owned(), i as u32 % 3);
    TextJob {
        sentences: texts.iter().enumerate().map(label).collect(),
        pivots: PIVOTS.to_vec(),
        max_length_ratio: 1.5,
    }
}

/// A few words, with white space where none or one would be enough.
fn texts() -> BoxedStrategy<String> {
    let word = prop::sample::select(&WORDS[..]);
    let space = prop::sample::select(&[" ", " ", " ", "  ", "\t", "\u{a0}\n"][..]);
    let end = prop::sample::select(&["", "", "", " ", "\r\n"][..]);
    (end, vec((word, space), 0..=4))
        .prop_map(|(end, words)| {
            let mut text = end.to_owned();
            for (k, (word, space)) in words.iter().enumerate() {
                text += if k > 0 { space } else { "" };
                text += word;
            }
            text + end
        })
        .boxed()
}

/// Sentences by some of the pivots; the first of either may be there twice.
pub(super) fn sentences<T: Real>() -> BoxedStrategy<Case<T>> {
    let ratio = prop::sample::select(&[1.0, 1.25, 1.5, 2.0, f64::INFINITY][..]);
    let pivots = vec(prop::sample::select(&PIVOTS[..]), 1..=4);
    let twice = || any::<bool>();
    let text = (vec((texts(), 0..5_u32), 1..=6), pivots, ratio, twice(), twice()).prop_map(
        |(mut sentences, mut pivots, max_length_ratio, one_sentence, one_pivot)| {
            if one_sentence {
                sentences.extend(sentences.first().cloned());
            }
            if one_pivot {
                pivots.extend(pivots.first().copied());
            }
            TextJob { sentences, pivots, max_length_ratio }
        },
    );
    (many(), text).prop_map(|(case, text)| Case { text, ..case }).boxed()
}
