//! Where the inputs of the properties come from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::{Case, Layer, Perceptron, Uniform, truth};
use crate::Real;

fn dense_layer() -> BoxedStrategy<Layer> {
    (1..40_usize, 1..40_usize, any::<bool>())
        .prop_map(|(inputs, outputs, has_biases)| Layer::Dense { inputs, outputs, has_biases })
        .boxed()
}

fn convolution_layer() -> BoxedStrategy<Layer> {
    (1..=5_usize, 1..=6_usize, 1..=6_usize, 1..=25_usize, any::<bool>())
        .prop_map(|(groups, i, o, kernel, has_biases)| {
            let (inputs, outputs) = (groups * i, groups * o);
            Layer::Convolution { inputs, outputs, kernel, groups, has_biases }
        })
        .boxed()
}

fn normalization_layer() -> BoxedStrategy<Layer> {
    (1..70_usize).prop_map(|width| Layer::Normalization { width }).boxed()
}

fn any_layer() -> BoxedStrategy<Layer> {
    prop_oneof![dense_layer(), convolution_layer(), normalization_layer(), Just(Layer::Fixed)]
        .boxed()
}

/// A power of two and its neighbours.
fn near_power(exponents: std::ops::RangeInclusive<u32>) -> BoxedStrategy<usize> {
    (exponents, 0..3_usize).prop_map(|(exponent, k)| (1 << exponent) - 1 + k).boxed()
}

/// Exponents of a product, cut in two: of any size, or beyond 2⁵³.
fn exponents() -> BoxedStrategy<[u32; 2]> {
    prop_oneof![8..=59_u32, 53..=59_u32]
        .prop_flat_map(|total| (1..total).prop_map(move |first| [first, total - first]))
        .boxed()
}

/// Layers of up to 2⁶⁰ parameters: three of them are below 2⁶³.
fn large_layer() -> BoxedStrategy<Layer> {
    let dense = (exponents(), any::<bool>()).prop_flat_map(|([first, second], has_biases)| {
        (near_power(first..=first), near_power(second..=second))
            .prop_map(move |(inputs, outputs)| Layer::Dense { inputs, outputs, has_biases })
    });
    let kernels = (near_power(1..=19), near_power(1..=19), near_power(1..=19), any::<bool>())
        .prop_map(|(inputs, outputs, kernel, has_biases)| Layer::Convolution {
            inputs,
            outputs,
            kernel,
            groups: 1,
            has_biases,
        });
    let norms = near_power(1..=58).prop_map(|width| Layer::Normalization { width });
    prop_oneof![4 => dense, 2 => kernels, 1 => norms].boxed()
}

/// Layers that have 2⁶⁴ − 1 parameters together, or a few more, or very many more.
fn layers_at_the_end() -> BoxedStrategy<Vec<Layer>> {
    let row = |outputs| Layer::Dense { inputs: 1, outputs, has_biases: false };
    let exactly = (1..u64::MAX - 1)
        .prop_map(move |part| vec![row(part as usize), row((u64::MAX - part) as usize)]);
    let more = any_layer().prop_filter("one that counts", |layer| *layer != Layer::Fixed);
    let beyond = (exactly.clone(), more, any::<bool>()).prop_map(|(mut layers, more, first)| {
        layers.insert(if first { 0 } else { layers.len() }, more);
        layers
    });
    let product = (near_power(33..=50), near_power(33..=50))
        .prop_map(|(inputs, outputs)| vec![Layer::Dense { inputs, outputs, has_biases: true }]);
    let kernel = (near_power(22..=40), near_power(22..=40), near_power(22..=40)).prop_map(
        |(inputs, outputs, kernel)| {
            vec![Layer::Convolution { inputs, outputs, kernel, groups: 1, has_biases: false }]
        },
    );
    prop_oneof![2 => exactly, 2 => beyond, 1 => product, 1 => kernel].boxed()
}

fn perceptrons() -> BoxedStrategy<Perceptron> {
    (1..40_usize, vec(1..40_usize, 1..=4), 1..12_usize, any::<bool>())
        .prop_map(|(inputs, hidden, outputs, has_norm)| Perceptron {
            inputs,
            hidden,
            outputs,
            has_norm,
        })
        .boxed()
}

/// One layer as wide as can be, or several: below 2⁶³ parameters.
fn large_perceptrons() -> BoxedStrategy<Perceptron> {
    let one = (1..=4_usize, vec(near_power(40..=58), 1), 1..=4_usize);
    let several = (near_power(1..=29), vec(near_power(1..=29), 1..=4), near_power(1..=29));
    (prop_oneof![one, several], any::<bool>())
        .prop_map(|((inputs, hidden, outputs), has_norm)| Perceptron {
            inputs,
            hidden,
            outputs,
            has_norm,
        })
        .boxed()
}

/// n/d with d up to `most`.
fn fractions(most: u64) -> BoxedStrategy<[u64; 2]> {
    let any = (1..=most).prop_flat_map(|d| (1..=d, Just(d)));
    let nearly = (2..=most).prop_map(|d| (d - 1, d));
    prop_oneof![3 => any, 1 => nearly].prop_map(|(n, d)| [n, d]).boxed()
}

/// A budget that a width just meets, just misses or has some left of.
fn budget(uniform: &Uniform, width: usize, place: u8, left: u64) -> u64 {
    let count = |width| truth::uniform(uniform, width).unwrap_or(u128::MAX);
    let (least, next) = (count(width), count(width + 1));
    let budget = match place {
        0 => least,
        1 => next - 1,
        _ => least + u128::from(left) % (next - least),
    };
    u64::try_from(budget).unwrap_or(u64::MAX)
}

fn uniforms(
    sizes: BoxedStrategy<(usize, usize, usize)>,
    widths: BoxedStrategy<usize>,
) -> BoxedStrategy<(Uniform, u64)> {
    (sizes, widths, any::<bool>(), 0..4_u8, any::<u64>())
        .prop_map(|((inputs, outputs, depth), width, has_norm, place, left)| {
            let uniform = Uniform { inputs, outputs, depth, has_norm };
            (uniform, budget(&uniform, width, place, left))
        })
        .boxed()
}

/// Sizes of a class exercise.
fn small_uniforms() -> BoxedStrategy<(Uniform, u64)> {
    uniforms((1..40_usize, 1..12_usize, 1..=6_usize).boxed(), (1..60_usize).boxed())
}

/// Budgets up to 2⁶⁴ − 1, of one layer and of a million.
fn large_uniforms() -> BoxedStrategy<(Uniform, u64)> {
    let wide = (near_power(1..=40), near_power(1..=40), 1..=2_usize);
    let deep = (1..=9_usize, 1..=9_usize, near_power(1..=20));
    let sizes = prop_oneof![wide, deep].boxed();
    let widths = prop_oneof![near_power(1..=20), near_power(20..=31)].boxed();
    let flat =
        uniforms((1..=9_usize, 1..=9_usize, Just(1)).boxed(), (1 << 50..1_usize << 59).boxed());
    let all = (small_uniforms(), 0..3_u64).prop_map(|((uniform, _), k)| (uniform, u64::MAX - k));
    prop_oneof![4 => uniforms(sizes, widths), 2 => flat, 1 => all].boxed()
}

/// Losses of ordinary size, equal ones, and any that there are.
fn losses<T: Real>() -> BoxedStrategy<[T; 2]> {
    let decades = (T::MIN_SUBNORMAL.log10(), T::MAX.log10() - 0.01);
    let any = || (decades.0..decades.1).prop_map(|decade| 10_f64.powf(decade));
    prop_oneof![
        4 => (0.0..4.0_f64, 0.0..4.0_f64),
        1 => (0.0..4.0_f64).prop_map(|loss| (loss, loss)),
        2 => (any(), any()),
        1 => (-1.0..1.0_f64, -1.0..1.0_f64).prop_map(|(a, b)| (a * T::MAX, b * T::MAX)),
    ]
    .prop_map(|(train, validation)| [T::from_f64(train), T::from_f64(validation)])
    .boxed()
}

fn accuracies<T: Real>() -> BoxedStrategy<[T; 2]> {
    let share = || prop_oneof![4 => 0.0..1.0_f64, 1 => Just(0.0), 1 => Just(1.0)];
    (share(), share()).prop_map(|(a, b)| [T::from_f64(a), T::from_f64(b)]).boxed()
}

fn cases<T: Real>(
    layers: impl Strategy<Value = Vec<Layer>> + 'static,
    perceptrons: BoxedStrategy<Perceptron>,
    fractions: BoxedStrategy<[u64; 2]>,
    uniforms: BoxedStrategy<(Uniform, u64)>,
) -> BoxedStrategy<Case<T>> {
    let sizes = (layers, perceptrons, any::<prop::sample::Index>(), fractions, uniforms);
    (sizes, losses(), accuracies())
        .prop_map(|((layers, perceptron, index, fraction, uniform), losses, accuracies)| {
            let index = index.index(perceptron.hidden.len());
            let (uniform, budget) = uniform;
            Case { layers, perceptron, index, fraction, uniform, budget, losses, accuracies }
        })
        .boxed()
}

fn of_layers<T: Real>(
    layers: impl Strategy<Value = Vec<Layer>> + 'static,
) -> BoxedStrategy<Case<T>> {
    cases(layers, perceptrons(), fractions(20), small_uniforms())
}

/// Dense layers alone.
pub(super) fn dense<T: Real>() -> BoxedStrategy<Case<T>> {
    of_layers(vec(dense_layer(), 1..=3))
}

/// Convolutions alone.
pub(super) fn convolutions<T: Real>() -> BoxedStrategy<Case<T>> {
    of_layers(vec(convolution_layer(), 1..=3))
}

/// Normalisations alone.
pub(super) fn normalizations<T: Real>() -> BoxedStrategy<Case<T>> {
    of_layers(vec(normalization_layer(), 1..=3))
}

/// Layers of every kind, and sizes that can be counted by hand.
pub(super) fn ordinary<T: Real>() -> BoxedStrategy<Case<T>> {
    of_layers(vec(any_layer(), 1..=6))
}

/// Sizes beyond 2³² and counts beyond 2⁵³.
pub(super) fn large<T: Real>() -> BoxedStrategy<Case<T>> {
    cases(vec(large_layer(), 1..=3), large_perceptrons(), fractions(u64::MAX), large_uniforms())
}

/// Counts at 2⁶⁴ − 1 and beyond.
pub(super) fn at_the_end<T: Real>() -> BoxedStrategy<Case<T>> {
    let wide = (near_power(30..=34), vec(near_power(30..=34), 1..=3), near_power(30..=34));
    let perceptrons = (wide, any::<bool>()).prop_map(|((inputs, hidden, outputs), has_norm)| {
        Perceptron { inputs, hidden, outputs, has_norm }
    });
    cases(layers_at_the_end(), perceptrons.boxed(), fractions(20), large_uniforms())
}
