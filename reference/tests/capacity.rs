//! Counts against networks that are counted by hand or are well known, at both ends of 64 bits, and
//! what is refused.

use evenkeel_reference::Error;
use evenkeel_reference::capacity::*;

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
    assert!(!error.value.is_empty() && !error.allowed.is_empty(), "{error}");
}

fn dense(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense { inputs, outputs, has_biases: true }
}

fn convolution(inputs: usize, outputs: usize, kernel: usize, groups: usize) -> Layer {
    Layer::Convolution { inputs, outputs, kernel, groups, has_biases: true }
}

fn perceptron(inputs: usize, hidden: &[usize], outputs: usize, has_norm: bool) -> Perceptron {
    Perceptron { inputs, hidden: hidden.to_vec(), outputs, has_norm }
}

// ---- counting ----------------------------------------------------------------------------------

#[test]
fn layers_by_hand() {
    assert_eq!(dense_parameters(3, 5, true).unwrap(), 20);
    assert_eq!(dense_parameters(5, 3, true).unwrap(), 18); // biases go with the outputs
    assert_eq!(dense_parameters(3, 5, false).unwrap(), 15);
    assert_eq!(convolution_parameters(3, 64, 9, 1, true).unwrap(), 1792);
    assert_eq!(convolution_parameters(3, 64, 9, 1, false).unwrap(), 1728);
    // Depthwise: one kernel for each channel.
    assert_eq!(convolution_parameters(64, 64, 9, 64, true).unwrap(), 640);
    assert_eq!(convolution_parameters(6, 4, 1, 2, false).unwrap(), 12);
    assert_eq!(normalization_parameters(64).unwrap(), 128);
    assert_eq!(layer_parameters(&Layer::Fixed).unwrap(), 0);
}

/// LeNet-5 with plain convolutions, as it is usually taught, has 61,706 parameters.
#[test]
fn a_known_network() {
    let layers = [
        convolution(1, 6, 25, 1),
        Layer::Fixed,
        convolution(6, 16, 25, 1),
        Layer::Fixed,
        dense(400, 120),
        dense(120, 84),
        dense(84, 10),
    ];
    assert_eq!(parameter_count(&layers).unwrap(), 61_706);
}

/// VGG-16: 138,357,544 parameters.
#[test]
fn a_large_known_network() {
    let channels = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];
    let mut layers: Vec<Layer> =
        channels.windows(2).map(|pair| convolution(pair[0], pair[1], 9, 1)).collect();
    layers.extend([dense(512 * 7 * 7, 4096), dense(4096, 4096), dense(4096, 1000)]);
    assert_eq!(parameter_count(&layers).unwrap(), 138_357_544);
}

#[test]
fn the_same_layer_twice_is_two_and_none_is_none() {
    let one = dense(7, 9);
    assert_eq!(parameter_count(&[one, Layer::Fixed, one]).unwrap(), 2 * (63 + 9));
    assert_eq!(parameter_count(&[]).unwrap(), 0);
}

/// 2⁵³ + 1 is no number of `f64`; 2⁶⁴ − 1 = 3·5·17·257·641·65537·6700417 is the last that is counted.
#[test]
fn counts_are_exact_up_to_the_last() {
    let wide = |outputs| Layer::Dense { inputs: 1, outputs, has_biases: false };
    assert_eq!(parameter_count(&[wide(1 << 53), wide(1)]).unwrap(), (1 << 53) + 1);
    let all = Layer::Dense { inputs: 641 * 6_700_417, outputs: 4_294_967_295, has_biases: false };
    assert_eq!(parameter_count(&[all]).unwrap(), u64::MAX);
    assert_refused(parameter_count(&[all, wide(1)]), "layers");
    let square = |width| Layer::Dense { inputs: width, outputs: width, has_biases: false };
    assert_refused(parameter_count(&[square(1 << 32)]), "layers");
    assert_refused(dense_parameters(641 * 6_700_417, 4_294_967_295, true), "layers");
    assert_refused(normalization_parameters(1 << 63), "layers");
    assert_refused(parameter_count(&[convolution(1 << 22, 1 << 22, 1 << 22, 1)]), "layers");
    // Each group alone is small enough.
    let grouped = convolution(1 << 40, 1 << 40, 9, 1 << 40);
    assert_eq!(parameter_count(&[grouped]).unwrap(), 10 << 40);
}

#[test]
fn shapes_hold_as_many_as_are_counted() {
    let layers = [
        convolution(6, 4, 9, 2),
        Layer::Normalization { width: 4 },
        Layer::Fixed,
        Layer::Dense { inputs: 4, outputs: 3, has_biases: false },
    ];
    let shapes = parameter_shapes(&layers).unwrap();
    assert_eq!(shapes, [vec![4, 3, 9], vec![4], vec![4], vec![4], vec![3, 4]]);
    let elements: usize = shapes.iter().map(|axes| axes.iter().product::<usize>()).sum();
    assert_eq!(elements as u64, parameter_count(&layers).unwrap());
    assert_refused(parameter_shapes(&[dense(3, 0)]), "outputs");
}

#[test]
fn layers_of_nothing_are_refused() {
    assert_refused(parameter_count(&[dense(0, 3)]), "inputs");
    assert_refused(parameter_count(&[Layer::Fixed, dense(3, 0)]), "outputs");
    assert_refused(parameter_count(&[convolution(0, 3, 9, 1)]), "inputs");
    assert_refused(parameter_count(&[convolution(3, 0, 9, 1)]), "outputs");
    assert_refused(parameter_count(&[convolution(3, 3, 0, 1)]), "kernel");
    for groups in [0, 2, 7] {
        assert_refused(parameter_count(&[convolution(6, 9, 3, groups)]), "groups");
    }
    assert_refused(parameter_count(&[convolution(9, 6, 3, 2)]), "groups");
    assert_refused(parameter_count(&[Layer::Normalization { width: 0 }]), "width");
}

// ---- hidden layers -----------------------------------------------------------------------------

#[test]
fn perceptrons_by_hand() {
    let with_norm = perceptron(64, &[128, 64], 10, true);
    assert_eq!(perceptron_parameters(&with_norm).unwrap(), 17_610);
    let plain = Perceptron { has_norm: false, ..with_norm };
    assert_eq!(perceptron_parameters(&plain).unwrap(), 17_610 - 2 * (128 + 64));
    assert_eq!(perceptron_parameters(&perceptron(64, &[], 10, true)).unwrap(), 650);
    assert_refused(perceptron_parameters(&perceptron(0, &[3], 2, false)), "inputs");
    assert_refused(perceptron_parameters(&perceptron(3, &[3], 0, false)), "outputs");
    assert_refused(perceptron_parameters(&perceptron(3, &[3, 0], 2, false)), "hidden");
    assert_refused(perceptron_parameters(&perceptron(1, &[1 << 33, 1 << 33], 1, false)), "layers");
}

#[test]
fn a_layer_goes_and_its_neighbours_meet() {
    let deep = perceptron(5, &[7, 11, 13], 3, true);
    for (index, hidden) in [[11, 13], [7, 13], [7, 11]].iter().enumerate() {
        let smaller = without_hidden_layer(&deep, index).unwrap();
        assert_eq!(smaller, perceptron(5, hidden, 3, true));
    }
    for index in [3, usize::MAX] {
        assert_refused(without_hidden_layer(&deep, index), "index");
    }
    assert_refused(without_hidden_layer(&perceptron(5, &[], 3, true), 0), "index");
    // The part that is wrong would go; the network is wrong all the same.
    assert_refused(without_hidden_layer(&perceptron(5, &[0], 3, true), 0), "hidden");
}

#[test]
fn widths_are_rounded_down_once() {
    let wide = perceptron(5, &[1, 2, 3, 10, 1001], 3, true);
    let narrower = |n, d| narrowed(&wide, n, d).unwrap();
    assert_eq!(narrower(1, 2), perceptron(5, &[1, 1, 1, 5, 500], 3, true));
    assert_eq!(narrower(7, 10), perceptron(5, &[1, 1, 2, 7, 700], 3, true));
    assert_eq!(narrower(1, u64::MAX), perceptron(5, &[1; 5], 3, true));
    assert_eq!(narrower(u64::MAX, u64::MAX), wide);
    // (2⁶⁴ − 2)/(2⁶⁴ − 1) of a width is just less than all of it.
    assert_eq!(narrower(u64::MAX - 1, u64::MAX).hidden, [1, 1, 2, 9, 1000]);
    let without = perceptron(5, &[], 3, true);
    assert_eq!(narrowed(&without, 1, 2).unwrap(), without);
}

#[test]
fn a_width_of_60_bits_loses_none() {
    let width = (1 << 60) - 1;
    let wide = perceptron(1, &[width], 1, false);
    assert_eq!(narrowed(&wide, 2, 3).unwrap().hidden, [width / 3 * 2]); // 3 divides it
    assert_eq!(narrowed(&wide, u64::MAX - 1, u64::MAX).unwrap().hidden, [width - 1]);
}

#[test]
fn shares_that_are_none_are_refused() {
    let wide = perceptron(5, &[4], 3, false);
    assert_refused(narrowed(&wide, 0, 4), "numerator");
    assert_refused(narrowed(&wide, 5, 4), "numerator");
    assert_refused(narrowed(&wide, 1, 0), "denominator");
    assert_refused(narrowed(&perceptron(5, &[0], 3, false), 1, 2), "hidden");
}

#[test]
fn narrower_is_never_more() {
    for hidden in [vec![9, 2, 30], vec![1, 1], vec![64]] {
        let wide = perceptron(6, &hidden, 4, true);
        let before = perceptron_parameters(&wide).unwrap();
        for n in 1..=12 {
            let narrower = narrowed(&wide, n, 12).unwrap();
            let after = perceptron_parameters(&narrower).unwrap();
            assert_eq!(after < before, narrower != wide, "{n}/12 of {hidden:?}");
            assert!(after <= before);
        }
    }
}

// ---- a budget ----------------------------------------------------------------------------------

#[test]
fn the_formula_of_equal_widths_is_the_sum_of_the_layers() {
    for (depth, width) in [(1, 1), (1, 9), (2, 1), (2, 30), (7, 13)] {
        for has_norm in [false, true] {
            let equal = perceptron(5, &vec![width; depth], 3, has_norm);
            let count = uniform_parameters(5, 3, depth, has_norm, width).unwrap();
            assert_eq!(count, perceptron_parameters(&equal).unwrap());
        }
    }
    assert_refused(uniform_parameters(5, 3, 2, true, 0), "width");
    assert_refused(uniform_parameters(5, 3, 2, true, 1 << 32), "layers");
}

/// Every budget from the least on: the width rises by one just where P does.
#[test]
fn every_small_budget() {
    for (depth, has_norm) in [(1, false), (1, true), (2, false), (3, true)] {
        let count = |width| uniform_parameters(4, 3, depth, has_norm, width).unwrap();
        for budget in count(1)..2000 {
            let width = widest(4, 3, depth, has_norm, budget).unwrap();
            assert!(count(width) <= budget && budget < count(width + 1), "{budget}");
        }
        assert_refused(widest(4, 3, depth, has_norm, count(1) - 1), "budget");
        assert_refused(widest(4, 3, depth, has_norm, 0), "budget");
    }
}

#[test]
fn the_largest_budgets() {
    // One input, one output, one layer: 3h + 1.
    assert_eq!(widest(1, 1, 1, false, u64::MAX).unwrap() as u64, (u64::MAX - 1) / 3);
    // h² + 4h + 1 ≤ 2⁶⁴ − 1, or (h + 2)² ≤ 2⁶⁴ + 2.
    assert_eq!(widest(1, 1, 2, false, u64::MAX).unwrap(), (1 << 32) - 2);
    assert_eq!(uniform_parameters(1, 1, 2, false, (1 << 32) - 2).unwrap(), u64::MAX - 2);
    assert_eq!(widest(1, 1, 2, false, u64::MAX - 2).unwrap(), (1 << 32) - 2);
    assert_eq!(widest(1, 1, 2, false, u64::MAX - 3).unwrap(), (1 << 32) - 3);
    let huge = usize::MAX;
    for [inputs, outputs, depth] in [[huge, 1, 1], [1, huge, 1], [1, 1, huge], [huge; 3]] {
        assert_refused(widest(inputs, outputs, depth, true, u64::MAX), "budget");
    }
    assert_refused(widest(0, 1, 1, false, 9), "inputs");
    assert_refused(widest(1, 0, 1, false, 9), "outputs");
    assert_refused(widest(1, 1, 0, false, 9), "depth");
}

// ---- the gap -----------------------------------------------------------------------------------

#[test]
fn gaps_are_positive_for_what_overfits() {
    assert_eq!(loss_gap(0.5, 2.0), 1.5);
    assert_eq!(loss_gap(2.0, 0.5), -1.5);
    assert_eq!(accuracy_gap(1.0, 0.75).unwrap(), 0.25);
    assert_eq!(accuracy_gap(0.0, 1.0).unwrap(), -1.0);
}

#[test]
fn a_loss_that_diverged_is_passed_on_and_no_accuracy_is() {
    let infinite = f64::INFINITY;
    assert_eq!(loss_gap(1.0, infinite), infinite);
    assert_eq!(loss_gap(infinite, 1.0), -infinite);
    assert!(loss_gap(infinite, infinite).is_nan() && loss_gap(f64::NAN, 1.0).is_nan());
    for bad in [-0.1, 1.0 + f64::EPSILON, 93.0, f64::NAN, infinite] {
        assert_refused(accuracy_gap(bad, 0.5), "train");
        assert_refused(accuracy_gap(0.5, bad), "validation");
    }
}
