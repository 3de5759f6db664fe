//! Xavier and He initialisation against values worked out by hand, and what they refuse.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use evenkeel_reference::Error;
use evenkeel_reference::initialization::*;
use evenkeel_reference::random::{HALF_MASS, Stream, Words, truncated_quantile};
use nalgebra::dvector;

/// The unit roundoff of `f64`.
const U: f64 = f64::EPSILON / 2.0;

#[track_caller]
fn assert_close(found: f64, expected: f64, bound: f64) {
    let error = (found - expected).abs();
    assert!(error <= bound, "{found} is {error:e} from {expected}, allowed is {bound:e}");
}

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

fn convolution(inputs: usize, outputs: usize, kernel: usize, groups: usize) -> Layer {
    Layer::Convolution { inputs, outputs, kernel, groups }
}

// ---- fans --------------------------------------------------------------------------------------

#[test]
fn fans_of_dense_layers() {
    for (inputs, outputs) in [(1, 1), (3, 5), (784, 100), (1, 1000)] {
        let layer = Layer::Dense { inputs, outputs };
        assert_eq!(fans(&layer).unwrap(), Fans { fan_in: inputs, fan_out: outputs });
        assert_eq!(weight_count(&layer).unwrap(), inputs * outputs);
    }
}

#[test]
fn fans_of_convolutions_count_kernel_and_groups() {
    // inputs, outputs, kernel, groups: fan_in, fan_out, weights.
    let cases = [
        (3, 64, 9, 1, 27, 576, 1728),
        (64, 3, 9, 1, 576, 27, 1728),
        (8, 16, 9, 4, 18, 36, 288),
        (32, 32, 25, 32, 25, 25, 800),
        (6, 4, 1, 2, 3, 2, 12),
    ];
    for (inputs, outputs, kernel, groups, fan_in, fan_out, weights) in cases {
        let layer = convolution(inputs, outputs, kernel, groups);
        assert_eq!(fans(&layer).unwrap(), Fans { fan_in, fan_out });
        assert_eq!(weight_count(&layer).unwrap(), weights);
    }
    let dense = Layer::Dense { inputs: 7, outputs: 11 };
    assert_eq!(fans(&convolution(7, 11, 1, 1)).unwrap(), fans(&dense).unwrap());
}

#[test]
fn a_fan_is_counted_on_the_layer_itself() {
    // Output o of a convolution in groups sees input c if both are in one group.
    let (inputs, outputs, kernel, groups) = (12, 8, 3, 4);
    let connected = |o: usize, c: usize| o / (outputs / groups) == c / (inputs / groups);
    let fan_in = (0..inputs).filter(|&c| connected(5, c)).count() * kernel;
    let fan_out = (0..outputs).filter(|&o| connected(o, 5)).count() * kernel;
    let found = fans(&convolution(inputs, outputs, kernel, groups)).unwrap();
    assert_eq!(found, Fans { fan_in, fan_out });
}

// ---- spreads -----------------------------------------------------------------------------------

#[test]
fn xavier_by_hand() {
    // Exact.
    let fans = |fan_in, fan_out| Fans { fan_in, fan_out };
    assert_eq!(xavier_uniform_bound(fans(16, 8), 1.0).unwrap(), 0.5);
    assert_eq!(xavier_uniform_bound(fans(8, 16), 3.0).unwrap(), 1.5);
    assert_eq!(xavier_normal_deviation(fans(5, 3), 1.0).unwrap(), 0.5);
    assert_eq!(xavier_normal_deviation(fans(3, 5), 0.5).unwrap(), 0.25);
    // √(3/200) and √(1/200), by hand to ten decimals.
    assert_close(xavier_uniform_bound(fans(300, 100), 1.0).unwrap(), 0.122_474_487_1, 5.1e-11);
    assert_close(xavier_normal_deviation(fans(300, 100), 1.0).unwrap(), 0.070_710_678_1, 5.1e-11);
}

#[test]
fn he_by_hand() {
    // Exact.
    assert_eq!(he_uniform_bound(24, 0.0).unwrap(), 0.5);
    assert_eq!(he_normal_deviation(8, 0.0).unwrap(), 0.5);
    assert_eq!(he_normal_deviation(1, 1.0).unwrap(), 1.0);
    assert_eq!(he_uniform_bound(12, -1.0).unwrap(), 0.5);
    // 1 + slope² = 1 + 7: √(2/(8·4)) = ¼, with two roundings under the root.
    assert_close(he_normal_deviation(4, 7.0_f64.sqrt()).unwrap(), 0.25, 8.0 * U * 0.25);
    // √(1/50) and √(1/150), by hand to ten decimals.
    assert_close(he_uniform_bound(300, 0.0).unwrap(), 0.141_421_356_2, 5.1e-11);
    assert_close(he_normal_deviation(300, 0.0).unwrap(), 0.081_649_658_1, 5.1e-11);
}

#[test]
fn a_bound_is_root_three_deviations() {
    for (fan_in, fan_out) in [(1, 1), (3, 7), (1000, 10), (123_456, 789)] {
        let fans = Fans { fan_in, fan_out };
        let pairs = [
            (xavier_uniform_bound(fans, 1.7), xavier_normal_deviation(fans, 1.7)),
            (he_uniform_bound(fan_in, 0.01), he_normal_deviation(fan_in, 0.01)),
        ];
        for (bound, deviation) in pairs {
            let expected = 3.0_f64.sqrt() * deviation.unwrap();
            // Both are within 8u of the exact one, and the root and the product here are.
            assert_close(bound.unwrap(), expected, 18.0 * U * expected);
        }
    }
}

#[test]
fn a_slope_counts_by_its_square() {
    let at = |slope| he_normal_deviation(50, slope).unwrap();
    assert_eq!(at(0.3), at(-0.3));
    assert_eq!((at(0.0), at(-0.0)), (0.2, 0.2));
    assert_close(at(3.0), 0.2 / 10.0_f64.sqrt(), 16.0 * U * 0.1);
    // As far as the plain formula goes: no panic, and 0 where slope² is infinite.
    assert_eq!(at(1e200), 0.0);
}

#[test]
fn the_deviation_after_the_cut() {
    let density = (-2.0_f64).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let expected = (1.0 - 2.0 * density / HALF_MASS).sqrt();
    // 1 − 0.226: the exponential, the root, two products and quotients below u each, the difference.
    assert_close(TRUNCATED_DEVIATION, expected, 8.0 * U);
    assert_eq!(truncated_deviation(0.0), 0.0);
    assert_close(truncated_deviation(1.0), 1.136_847_234_3, 5.1e-11);
}

#[test]
fn the_mean_square_of_the_truncated_quantile_is_that_deviation() {
    // The midpoint rule on v with 2·10⁴ points. f = z² has f″ ≤ 2·(h/φ(2))²·(1 + 4) < 800 with
    // h/φ(2) = 8.9, so the error is at most f″·step²/24·2, halved by the mean.
    let (n, half_step) = (20_000, 1.0 / 20_000.0);
    let z = |i| truncated_quantile((2.0 * f64::from(i) + 1.0) * half_step - 1.0);
    let mean_square = (0..n).map(|i| z(i) * z(i)).sum::<f64>() / f64::from(n);
    let bound = 800.0 * (2.0 * half_step) * (2.0 * half_step) / 24.0;
    assert_close(mean_square, TRUNCATED_DEVIATION * TRUNCATED_DEVIATION, bound);
}

// ---- weights -----------------------------------------------------------------------------------

#[test]
fn weights_are_spread_times_draw() {
    let draws = dvector![1.0, -0.5, 0.0, f64::INFINITY];
    assert_eq!(scaled(&draws, 0.25), dvector![0.25, -0.125, 0.0, f64::INFINITY]);
    let weights = scaled(&dvector![f64::NAN, 3.0], 2.0);
    assert!(weights[0].is_nan() && weights[1] == 6.0);
    assert_eq!(scaled(&dvector![], 1.0).len(), 0);
}

#[test]
fn sampled_weights_have_their_spread() {
    let n = 1 << 14;
    let mut words = Words::new(Stream::default());
    let flat = sample_uniform_weights(&mut words, n, 3.0_f64.sqrt()).unwrap();
    let bell = sample_normal_weights(&mut words, n, 1.0).unwrap();
    assert!(flat.amax() <= 3.0_f64.sqrt());
    for (weights, fourth_moment) in [(flat, 9.0 / 5.0), (bell, 3.0)] {
        let mean_square = weights.norm_squared() / n as f64;
        // Eight deviations of the mean square of n draws: √((E w⁴ − 1)/n) each.
        let allowed = 8.0 * ((fourth_moment - 1.0) / n as f64).sqrt();
        assert_close(mean_square, 1.0, allowed);
        assert_close(weights.mean(), 0.0, 8.0 / (n as f64).sqrt());
    }
}

// ---- refusals ----------------------------------------------------------------------------------

#[test]
fn a_refusal_names_argument_value_and_allowed() {
    let error = fans(&Layer::Dense { inputs: 0, outputs: 5 }).unwrap_err();
    assert_eq!(error.to_string(), "inputs is 0, allowed is at least 1");
    let error = fans(&convolution(8, 6, 9, 4)).unwrap_err();
    let allowed = "at least 1, dividing 8 inputs and 6 outputs";
    assert_eq!(error.to_string(), format!("groups is 4, allowed is {allowed}"));
    let error = he_normal_deviation(3, f64::NAN).unwrap_err();
    assert_eq!(error.to_string(), "slope is NaN, allowed is finite");
}

#[test]
fn layers_are_refused() {
    let cases = [
        (Layer::Dense { inputs: 0, outputs: 0 }, "inputs"),
        (Layer::Dense { inputs: 1, outputs: 0 }, "outputs"),
        (Layer::Dense { inputs: usize::MAX, outputs: 2 }, "shape"),
        (Layer::Dense { inputs: isize::MAX as usize / 8 + 1, outputs: 1 }, "shape"),
        (convolution(0, 1, 0, 0), "inputs"),
        (convolution(1, 0, 0, 0), "outputs"),
        (convolution(1, 1, 0, 0), "kernel"),
        (convolution(1, 1, 1, 0), "groups"),
        (convolution(4, 6, 1, 4), "groups"),
        (convolution(6, 4, 1, 4), "groups"),
        (convolution(1, 1, 1, 2), "groups"),
        (convolution(usize::MAX, usize::MAX, usize::MAX, 1), "shape"),
        (convolution(usize::MAX, usize::MAX, 2, usize::MAX), "shape"),
    ];
    for (layer, argument) in cases {
        assert_refused(fans(&layer), argument);
        assert_refused(weight_count(&layer), argument);
    }
    assert!(fans(&Layer::Dense { inputs: isize::MAX as usize / 8, outputs: 1 }).is_ok());
}

#[test]
fn gains_slopes_and_fans_are_refused() {
    let fans = |fan_in, fan_out| Fans { fan_in, fan_out };
    for gain in [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_refused(xavier_uniform_bound(fans(1, 1), gain), "gain");
        assert_refused(xavier_normal_deviation(fans(1, 1), gain), "gain");
    }
    for slope in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_refused(he_uniform_bound(1, slope), "slope");
        assert_refused(he_normal_deviation(1, slope), "slope");
    }
    assert_refused(xavier_uniform_bound(fans(0, 1), 1.0), "fan_in");
    assert_refused(xavier_normal_deviation(fans(1, 0), 1.0), "fan_out");
    assert_refused(he_uniform_bound(0, 0.0), "fan");
    assert_refused(he_normal_deviation(0, 0.0), "fan");
    // No overflow on the way to the sum.
    assert!(xavier_uniform_bound(fans(usize::MAX, usize::MAX), 1.0).unwrap() > 0.0);
}

#[test]
fn sampling_is_refused() {
    let mut words = Words::new(Stream::default());
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        // Even where there is nothing to draw.
        for count in [0, 3] {
            assert_refused(sample_uniform_weights(&mut words, count, bad), "bound");
            assert_refused(sample_normal_weights(&mut words, count, bad), "deviation");
        }
    }
    assert_eq!(words, Words::new(Stream::default()));
}
