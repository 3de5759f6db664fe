//! Where the inputs of the properties come from.

use std::marker::PhantomData;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::{Case, Family, Fan, Layer, Plan, Scheme};
use crate::Real;
use crate::stream::streams;

/// Layers that are not square, one unit among them; convolutions of any number of groups.
fn layers() -> BoxedStrategy<Layer> {
    let dense =
        (1..40_usize, 1..40_usize).prop_map(|(inputs, outputs)| Layer::Dense { inputs, outputs });
    let kernel = prop::sample::select(&[1_usize, 2, 9, 25][..]);
    let convolution =
        (1..4_usize, 1..5_usize, 1..5_usize, kernel).prop_map(|(groups, i, o, kernel)| {
            Layer::Convolution { inputs: groups * i, outputs: groups * o, kernel, groups }
        });
    prop_oneof![dense, convolution].boxed()
}

fn schemes() -> BoxedStrategy<Scheme> {
    let gain = prop_oneof![Just(1.0), Just(5.0 / 3.0), 0.01..100.0_f64];
    let fan = prop::sample::select(&[Fan::In, Fan::Out][..]);
    let slope = prop_oneof![Just(0.0), Just(0.01), Just(0.3), -3.0..3.0_f64];
    prop_oneof![
        gain.prop_map(|gain| Scheme::Xavier { gain }),
        (fan, slope).prop_map(|(fan, slope)| Scheme::He { fan, slope }),
    ]
    .boxed()
}

fn families() -> BoxedStrategy<Family> {
    let all = [Family::Uniform, Family::Normal, Family::TruncatedNormal];
    prop::sample::select(all.to_vec()).boxed()
}

fn plans(layers: BoxedStrategy<Layer>) -> BoxedStrategy<Plan> {
    (layers, schemes(), families())
        .prop_map(|(layer, scheme, family)| Plan { layer, scheme, family })
        .boxed()
}

/// Small layers of every kind, with draws that a standard distribution could give.
pub(super) fn small<T: Real>() -> BoxedStrategy<Case<T>> {
    let draw = prop_oneof![4 => -1.0..=1.0_f64, 1 => prop::sample::select(&[1.0, -1.0, 0.0][..])];
    (plans(layers()), streams(), vec(draw, 1..60))
        .prop_map(|(plan, stream, draws)| {
            let case = Case { plan, stream, draws, precision: PhantomData };
            case.with(plan)
        })
        .boxed()
}

/// Layers of 2¹⁶ weights, as many as a distribution takes.
pub(super) fn many<T: Real>() -> BoxedStrategy<Case<T>> {
    let layers = [
        Layer::Dense { inputs: 64, outputs: 1024 },
        Layer::Dense { inputs: 512, outputs: 128 },
        Layer::Convolution { inputs: 32, outputs: 64, kernel: 64, groups: 2 },
    ];
    of_layers(&layers)
}

/// Layers so large that threads take part.
pub(super) fn parallel<T: Real>() -> BoxedStrategy<Case<T>> {
    let layers = [
        Layer::Dense { inputs: 523, outputs: 197 },
        Layer::Convolution { inputs: 32, outputs: 330, kernel: 9, groups: 1 },
    ];
    of_layers(&layers)
}

fn of_layers<T: Real>(layers: &[Layer]) -> BoxedStrategy<Case<T>> {
    let layers = prop::sample::select(layers.to_vec()).boxed();
    (plans(layers), streams())
        .prop_map(|(plan, stream)| {
            let draws = vec![0.5; plan.layer.weights().unwrap_or(0)];
            Case { plan, stream, draws, precision: PhantomData }
        })
        .boxed()
}
