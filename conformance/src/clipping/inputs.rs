//! Where the inputs of the properties come from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::{Case, NonFinite};
use crate::Real;
use crate::inputs::{EDGES, LONG_EDGES, unit_at};

/// What a threshold is, beside the gradient.
#[derive(Debug, Clone, Copy)]
enum Threshold {
    /// A share of the norm.
    OfNorm(f64),
    /// A share of the largest magnitude.
    OfLargest(f64),
    /// Itself.
    Is(f64),
}

fn thresholds() -> BoxedStrategy<Threshold> {
    prop_oneof![
        4 => (0.01..1.5_f64).prop_map(Threshold::OfNorm),
        4 => (0.05..1.2_f64).prop_map(Threshold::OfLargest),
        // With the reciprocal 1/c in f32, c·(1/c) is not 1 for three of these.
        2 => prop::sample::select(&[1.0, 0.5, 5.0, 0.1, 41.0, 47.0, 55.0][..]).prop_map(Threshold::Is),
    ]
    .boxed()
}

impl Threshold {
    fn of<T: Real>(self, tensors: &[Vec<T>]) -> f64 {
        let values = || tensors.iter().flatten().map(|g| g.to_f64());
        let largest = values().fold(0.0_f64, |m, g| m.max(g.abs()));
        let share = |g: f64| if largest > 0.0 { g / largest } else { 0.0 };
        match self {
            Self::OfNorm(s) => s * values().map(|g| share(g).powi(2)).sum::<f64>().sqrt() * largest,
            Self::OfLargest(s) => s * largest,
            Self::Is(threshold) => threshold,
        }
    }
}

fn policies() -> BoxedStrategy<NonFinite> {
    prop::sample::select(&[NonFinite::Refuse, NonFinite::Propagate, NonFinite::Zero][..]).boxed()
}

fn cases<T: Real>(
    tensors: impl Strategy<Value = Vec<Vec<T>>> + 'static,
    thresholds: impl Strategy<Value = Threshold> + 'static,
) -> BoxedStrategy<Case<T>> {
    (tensors, thresholds, policies())
        .prop_map(|(tensors, threshold, non_finite)| {
            let threshold = match threshold.of(&tensors).min(f64::MAX) {
                0.0 => 1.0,
                threshold => threshold,
            };
            Case { threshold, non_finite, tensors, withheld: 0 }
        })
        .boxed()
}

/// Numbers with full significands, and zeros of both signs.
fn numbers() -> BoxedStrategy<f64> {
    prop_oneof![
        8 => -2.0..2.0_f64,
        1 => prop::sample::select(&[0.0, -0.0, 1.0, -3.0][..]),
    ]
    .boxed()
}

/// A list of tensors of these lengths, one to five, some of them empty.
fn lists() -> BoxedStrategy<Vec<Vec<f64>>> {
    let length = || {
        prop_oneof![
            6 => 1..=9_usize,
            2 => prop::sample::select(&EDGES[..]),
            1 => Just(0_usize),
        ]
    };
    let first = prop_oneof![1..=9_usize, prop::sample::select(&EDGES[..])];
    let tensor = |length: usize| vec(numbers(), length);
    (first.prop_flat_map(tensor), vec(length().prop_flat_map(tensor), 0..=4))
        .prop_map(|(first, others)| {
            let mut list = others;
            list.push(first);
            list
        })
        .boxed()
}

fn scaled<T: Real>(list: &[Vec<f64>], magnitude: f64) -> Vec<Vec<T>> {
    list.iter().map(|t| t.iter().map(|g| finite(g * magnitude)).collect()).collect()
}

/// The nearest number of `T`, the largest one included.
fn finite<T: Real>(value: f64) -> T {
    T::from_f64(value.clamp(-T::MAX, T::MAX))
}

/// Small lists in a range where every sound implementation works.
pub(super) fn ordinary<T: Real>() -> BoxedStrategy<Case<T>> {
    let exponents = prop_oneof![2 => Just(0), 3 => -8..=8_i32];
    let tensors = (lists(), exponents).prop_map(|(l, exponent)| scaled(&l, 10_f64.powi(exponent)));
    cases(tensors, thresholds())
}

/// Values from a formula: the i-th of a list of tensors of these lengths.
fn formula<T: Real>(seed: u64, lengths: &[usize], magnitude: f64) -> Vec<Vec<T>> {
    let value = |k: usize, i| T::from_f64(magnitude * unit_at(seed ^ ((k as u64) << 48), i));
    let tensor = |(k, length): (usize, &usize)| (0..*length).map(|i| value(k, i)).collect();
    lengths.iter().enumerate().map(tensor).collect()
}

/// Lists with tensors around one block and four.
pub(super) fn long<T: Real>() -> BoxedStrategy<Case<T>> {
    let lengths = prop_oneof![
        prop::sample::select(&LONG_EDGES[..]).prop_map(|length| vec![length]),
        prop::sample::select(&LONG_EDGES[..]).prop_map(|length| vec![3, length, 0, 130, 70]),
    ];
    let tensors = (any::<u64>(), lengths).prop_map(|(seed, l)| formula(seed, &l, 1.0));
    cases(tensors, thresholds())
}

/// Elements whose squares, their sum and its root are numbers of a few bits; the largest is a power
/// of two, or alone.
const CLEAN: [(&[f64], f64); 9] = [
    (&[3.0, 4.0], 5.0),
    (&[1.0, 4.0, 8.0], 9.0),
    (&[1.0, 2.0, 2.0], 3.0),
    (&[12.0, 16.0], 20.0),
    (&[1.0; 16], 4.0),
    // (g/41)·41 is not g for 32, 8 and 23 in one precision or the other.
    (&[32.0, 8.0, 8.0, 23.0], 41.0),
    (&[41.0], 41.0),
    (&[47.0], 47.0),
    (&[55.0], 55.0),
];

/// Gradients whose norm is the threshold, and is found without any rounding: all in one tensor, for who
/// takes the norm of the norms, and zeros around.
pub(super) fn at_the_threshold<T: Real>() -> BoxedStrategy<Case<T>> {
    let places = (prop::sample::select(&CLEAN[..]), 0..40_usize, 0..40_usize, -10..=10_i32);
    (places, any::<u32>(), policies())
        .prop_map(|(((elements, norm), before, between, exponent), signs, non_finite)| {
            let unit = 2_f64.powi(exponent);
            let zeros = |count: usize| vec![T::from_f64(-0.0); count];
            let mut tensor = zeros(before);
            for (k, element) in elements.iter().enumerate() {
                let sign = if signs >> k & 1 == 1 { -unit } else { unit };
                tensor.push(T::from_f64(element * sign));
                tensor.extend(zeros(between / (k + 1)));
            }
            let tensors = match signs >> 30 {
                0 => vec![tensor],
                1 => vec![tensor, zeros(between)],
                _ => vec![zeros(before), Vec::new(), tensor],
            };
            Case { threshold: norm * unit, non_finite, tensors, withheld: 0 }
        })
        .boxed()
}

/// Gradients at both ends of the range, of one or of all magnitudes, with thresholds of any.
pub(super) fn hard<T: Real>() -> BoxedStrategy<Case<T>> {
    let known =
        prop::sample::select(known::<T>().into_iter().map(|(_, case)| case).collect::<Vec<_>>());
    prop_oneof![1 => known, 3 => of_any_size(), 2 => of_one_size()].boxed()
}

/// The decades in which `T` has numbers.
fn decades<T: Real>() -> BoxedStrategy<f64> {
    let (least, most) = (T::MIN_SUBNORMAL.log10(), T::MAX.log10());
    prop_oneof![
        2 => least..most,
        1 => most - 2.0..most,
        1 => least..least + 4.0,
    ]
    .boxed()
}

fn power(decade: f64) -> f64 {
    10_f64.powf(decade)
}

/// All elements of about one size.
fn of_one_size<T: Real>() -> BoxedStrategy<Case<T>> {
    let tensors = (lists(), decades::<T>()).prop_map(|(l, decade)| scaled(&l, power(decade) / 2.0));
    let far = decades::<T>().prop_map(|decade| Threshold::Is(power(decade)));
    cases(tensors, prop_oneof![2 => thresholds(), 1 => far])
}

/// Every element of its own size.
fn of_any_size<T: Real>() -> BoxedStrategy<Case<T>> {
    let element = (decades::<T>(), any::<bool>()).prop_map(|(decade, is_negative)| {
        finite(if is_negative { -power(decade) } else { power(decade) })
    });
    let tensors = vec(vec(element, 0..=7_usize), 1..=3_usize);
    let far = decades::<T>().prop_map(|decade| Threshold::Is(power(decade)));
    cases(tensors, prop_oneof![2 => thresholds(), 1 => far])
}

/// Inputs that implementations are known to get wrong, by name: of `f32` as people met them, of `f64`
/// as far out in its own range.
#[must_use]
pub fn known<T: Real>() -> Vec<(&'static str, Case<T>)> {
    let wide = T::DIGITS > 24;
    let (length, pick) = (1024, |single: f64, double: f64| if wide { double } else { single });
    let alike = |magnitude: f64, threshold: f64| {
        let sign = |i: usize| if i.is_multiple_of(3) { -1.0 } else { 1.0 };
        let one: Vec<T> = (0..length).map(|i| T::from_f64(sign(i) * magnitude)).collect();
        Case {
            threshold,
            non_finite: NonFinite::Refuse,
            tensors: vec![one[..700].to_vec(), one[700..].to_vec()],
            withheld: 0,
        }
    };
    let few = |values: &[f64], threshold: f64| {
        let tensors = values.iter().map(|v| vec![T::from_f64(*v)]).collect();
        Case { threshold, non_finite: NonFinite::Refuse, tensors, withheld: 0 }
    };
    vec![
        // Squares overflow: PyTorch #46849, #53843, TensorFlow #21363, #27733, Keras #14075.
        ("squares overflow", alike(pick(1e20, 1e200), 1.0)),
        ("the norm overflows", alike(pick(3e38, 1.7e308), 1.0)),
        ("squares underflow", alike(pick(1e-30, 1e-200), pick(1e-30, 1e-200))),
        ("subnormal squares", alike(pick(1e-22, 1e-161), pick(1e-22, 1e-161))),
        ("subnormal elements", alike(pick(1e-44, 1e-322), pick(1e-43, 1e-321))),
        ("subnormal results", alike(1.0, pick(1e-44, 1e-322))),
        // A number in the divisor: PyTorch's 10⁻⁶.
        ("norm 10⁻⁷ to 10⁻⁸", few(&[6e-8, -8e-8], 1e-8)),
        // c·(1/c) is not 1: TensorFlow's formula.
        ("norm = threshold = 41", few(&[41.0, 0.0], 41.0)),
        ("norm = threshold = 55", few(&[0.0, -55.0], 55.0)),
        // 0/0: Optax #1752.
        ("norm = threshold = 0", few(&[0.0, -0.0], 0.0)),
        ("threshold 0", few(&[3.0, -4.0], 0.0)),
        ("one huge element", few(&[pick(1e38, 1e308), 1.0, pick(1e-38, 1e-308)], 1.0)),
    ]
}

/// No element: no tensor, or empty ones.
pub(super) fn none<T: Real>() -> BoxedStrategy<Case<T>> {
    let tensors = (0..4_usize).prop_map(|count| vec![Vec::new(); count]);
    let fixed = prop::sample::select(&[0.0, 1.0, f64::INFINITY][..]);
    (tensors, fixed, policies())
        .prop_map(|(tensors, threshold, non_finite)| Case {
            threshold,
            non_finite,
            tensors,
            withheld: 0,
        })
        .boxed()
}

/// So many that threads take part, in one tensor or in many.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    let lengths = prop_oneof![
        Just(vec![400_003_usize]),
        Just(vec![7, 300_003, 0, 165_537, 2048]),
        Just(vec![1021; 400]),
    ];
    let tensors = (any::<u64>(), lengths).prop_map(|(seed, l)| formula(seed, &l, 1.0));
    cases(tensors, (0.05..0.9_f64).prop_map(Threshold::OfNorm))
}

/// The case that diagnosis takes to see rounding, threads and levels.
pub(super) fn many<T: Real>(seed: u64, threshold: f64) -> Case<T> {
    let tensors = formula(seed, &[1300, 0, 2701], 1.0);
    Case { threshold, non_finite: NonFinite::Propagate, tensors, withheld: 0 }
}
