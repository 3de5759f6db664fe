//! Both ends of 64 bits, the root that is one off, and gaps in both precisions.

use super::*;

fn refused<R: std::fmt::Debug>(result: Result<R, Error>) -> String {
    result.expect_err("this must be refused").argument().to_owned()
}

fn row(outputs: usize) -> Layer {
    Layer::Dense { inputs: 1, outputs, has_biases: false }
}

#[test]
fn counts_up_to_the_last() {
    assert_eq!(parameter_count(&[]).unwrap(), 0);
    assert_eq!(parameter_count(&[row(usize::MAX)]).unwrap(), u64::MAX);
    assert_eq!(refused(parameter_count(&[row(usize::MAX), row(1)])), "layers");
    let cube = Layer::Convolution {
        inputs: 1 << 50,
        outputs: 1 << 50,
        kernel: 1 << 50,
        groups: 1,
        has_biases: true,
    };
    assert_eq!(refused(parameter_count(&[cube])), "layers");
}

#[test]
fn shapes_of_each_kind() {
    let grouped =
        Layer::Convolution { inputs: 6, outputs: 4, kernel: 9, groups: 2, has_biases: true };
    let layers = [grouped, Layer::Normalization { width: 4 }, Layer::Fixed, row(3)];
    let shapes = parameter_shapes(&layers).unwrap();
    assert_eq!(shapes, [vec![4, 3, 9], vec![4], vec![4], vec![4], vec![3, 1]]);
    let elements: usize = shapes.iter().map(|axes| axes.iter().product::<usize>()).sum();
    assert_eq!(elements as u64, parameter_count(&layers).unwrap());
}

/// The width of every budget that is just met, and of one less, where the root has most to lose.
#[test]
fn the_root_is_put_right() {
    for (depth, has_norm) in [(1, false), (2, true), (3, false), (1 << 20, true)] {
        let most = widest(3, 2, depth, has_norm, u64::MAX).unwrap();
        for width in (most - 40..=most).chain(2..40) {
            let budget = uniform_parameters(3, 2, depth, has_norm, width).unwrap();
            assert_eq!(widest(3, 2, depth, has_norm, budget).unwrap(), width);
            assert_eq!(widest(3, 2, depth, has_norm, budget - 1).unwrap(), width - 1);
        }
    }
}

/// By how much the root may be off before it is put right: the page says by one at most.
#[test]
fn the_root_is_at_most_one_off() {
    let mut off = 0;
    for depth in [2, 3, 7, 1 << 16, 1 << 40] {
        for (inputs, outputs) in [(1, 1), (1 << 31, 9), (9, 1 << 40), (1 << 62, 1 << 50)] {
            for k in 0..64 {
                let budget = u64::MAX - (k << 57) - k;
                let Ok(width) = widest(inputs, outputs, depth, true, budget) else { continue };
                let quadratic = perceptron::Quadratic::new(inputs, outputs, depth, true).unwrap();
                off = off.max(quadratic.root(budget).abs_diff(width as u64));
            }
        }
    }
    assert!(off <= 1, "{off}");
}

#[test]
fn what_no_budget_is_enough_for() {
    let huge = usize::MAX;
    for [inputs, outputs, depth] in [[huge, 1, 1], [1, huge, 1], [1, 1, huge], [huge; 3]] {
        assert_eq!(refused(widest(inputs, outputs, depth, true, u64::MAX)), "budget");
    }
    assert_eq!(refused(widest(64, 10, 2, false, 86)), "budget");
    assert_eq!(widest(64, 10, 2, false, 87).unwrap(), 1);
}

#[test]
fn gaps_are_rounded_once_and_pass_on_what_diverged() {
    assert_eq!(loss_gap(0.1_f32, 0.3), 0.3_f32 - 0.1);
    assert_eq!(loss_gap(0.1_f64, 0.3), 0.3 - 0.1);
    assert_eq!(loss_gap(1.0_f32, f32::INFINITY), f32::INFINITY);
    assert_eq!(loss_gap(f32::MAX, -f32::MAX), f32::NEG_INFINITY);
    assert!(loss_gap(f64::INFINITY, f64::INFINITY).is_nan());
    assert_eq!(refused(accuracy_gap(93.0_f32, 0.5)), "train");
    assert_eq!(refused(accuracy_gap(0.5_f64, f64::NAN)), "validation");
}
