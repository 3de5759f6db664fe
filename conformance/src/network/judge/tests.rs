//! The judge against itself in 320 bits: its value is within its own error, and back-propagation is the slope.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Mode, Near, Number, forward, gradients, loss};
use crate::Real;
use crate::activation::Curve;
use crate::exact::Exact;
use crate::network::differences::{along_one, slope};
use crate::network::{Case, inputs};

/// So many whole networks, always the same.
fn networks<T: Real>(count: usize) -> Vec<Case<T>> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = inputs::whole::<T>();
    let mut one = || strategy.new_tree(&mut runner).expect("nothing is rejected").current();
    (0..count).map(|_| one()).collect()
}

fn numbers<N: Number, T: Real>(values: &[T]) -> Vec<N> {
    values.iter().map(|value| N::datum(value.to_f64())).collect()
}

/// Whether the exact number is where the near one says.
fn is_within<T: Real>(near: &Near<T>, exact: &Exact) -> bool {
    let off = (Exact::from_f64(near.value) - exact).abs().to_f64();
    off <= near.error || !near.size().is_finite()
}

fn values_are_within_their_errors<T: Real>() {
    for case in networks::<T>(300) {
        for mode in [Mode::Training, Mode::Inference] {
            let near =
                forward::<T, Near<T>>(&case, &numbers(&case.parameters), &numbers(&case.x), mode);
            // 0/0 of a normalisation without ε is no number of 320 bits.
            if near.values.iter().flatten().any(|v| !v.size().is_finite()) {
                continue;
            }
            let exact: super::Pass<Exact> =
                forward(&case, &numbers(&case.parameters), &numbers(&case.x), mode);
            for (near, exact) in near.values.iter().flatten().zip(exact.values.iter().flatten()) {
                assert!(is_within(near, exact), "{near:?} {:e}\n{case:?}", exact.to_f64());
            }
            let losses = (loss(&case, near.output()), loss(&case, exact.output()));
            assert!(is_within(&losses.0, &losses.1), "{losses:?}\n{case:?}");
        }
    }
}

#[test]
fn forward_is_within_its_error() {
    values_are_within_their_errors::<f32>();
    values_are_within_their_errors::<f64>();
}

/// Every element by x and by the parameters, on the networks where no kink is in the way.
#[test]
fn back_propagation_is_the_slope() {
    let mut compared = 0;
    for case in networks::<f64>(60) {
        let theta = numbers(&case.parameters);
        let pass = forward(&case, &theta, &numbers(&case.x), Mode::Training);
        let slopes = gradients(&case, &theta, &pass);
        let all = [slopes.dx, slopes.dparameters].concat();
        for (i, near) in all.iter().enumerate().step_by(3).filter(|(_, near)| near.size() < 1e6) {
            if let Some((exact, off)) = slope(&case, &along_one(&case, i)) {
                let near = near.and_error(off);
                assert!(is_within(&near, &exact), "{near:?} {:e}\n{case:?}", exact.to_f64());
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared} slopes");
}

/// x·x − 2 at √2 of `f32`, and what each rule adds.
#[test]
fn errors_add_up_as_the_page_says() {
    type Single = Near<f32>;
    let (u, root) = (Single::UNIT, f64::from(2.0_f32.sqrt()));
    let x = Single::datum(root);
    let square = x.times(&x);
    assert!((square.error / (u * 2.0) - 1.0).abs() < 1e-6, "{square:?}");
    let left = square.minus(&Single::datum(2.0));
    assert!((left.error / (u * 2.0) - 1.0).abs() < 1e-6, "nothing is lost where terms cancel");
    let many = Single::sum(&[x; 10]);
    assert!((many.error / (10.0 * u * 10.0 * root) - 1.0).abs() < 1e-5, "{many:?}");
    assert_eq!(Single::setting(0.5).error, 0.0);
    assert!(Single::setting(0.1).error > 0.0);
    assert!(left.over(&Single::datum(0.0)).error.is_infinite());
}

/// 0/0 is not hidden by what comes after: neither by a ReLU nor by a gradient that is 0.
#[test]
fn nothing_is_known_behind_0_over_0() {
    let zero = Near::<f32>::datum(0.0);
    let unknown = zero.over(&zero);
    for curve in [Curve::Relu, Curve::LeakyRelu { slope: 0.1 }, Curve::Tanh, Curve::Sigmoid] {
        for hidden in [unknown.curve(curve), zero.times(&unknown.slope(curve))] {
            assert!(hidden.expected(1.0).is_none(), "{curve:?}: {hidden:?}");
        }
    }
}

/// On either side a ReLU has its slope without an error, and either slope in between.
#[test]
fn a_kink_within_the_error_can_be_either() {
    let at = |value: f64, error: f64| Near::<f32>::datum(value).and_error(error).slope(Curve::Relu);
    assert_eq!((at(1.0, 0.5).value, at(1.0, 0.5).error), (1.0, 0.0));
    assert_eq!((at(-1.0, 0.5).value, at(-1.0, 0.5).error), (0.0, 0.0));
    assert_eq!((at(0.0, 0.0).value, at(0.0, 0.0).error), (0.0, 0.0));
    let unknown = at(0.25, 0.5);
    assert!(unknown.value - unknown.error <= 0.0 && unknown.value + unknown.error >= 1.0);
}
