//! L1 and L2 regularisation against values worked out by hand, and what it refuses.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use evenkeel_reference::Error;
use evenkeel_reference::regularization::*;
use nalgebra::{DMatrix, dmatrix};

/// The unit roundoff of `f64`.
const U: f64 = f64::EPSILON / 2.0;
const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

#[track_caller]
fn assert_same_bits(found: &DMatrix<f64>, expected: &DMatrix<f64>) {
    assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
}

fn tensor(role: Role, values: DMatrix<f64>) -> Parameter {
    Parameter { role, values }
}

// ---- penalties ---------------------------------------------------------------------------------

#[test]
fn penalties_by_hand() {
    // Exact: Σ|w| = 10, Σw² = 30.
    let w = dmatrix![1.0, -2.0; -3.0, 4.0];
    assert_eq!((l1(0.25, &w).unwrap(), l2(0.25, &w).unwrap()), (2.5, 3.75));
    assert_eq!((l1(0.0, &w).unwrap(), l2(-0.0, &w).unwrap()), (0.0, 0.0));
}

#[test]
fn a_penalty_is_no_mean() {
    let (once, twice) = (dmatrix![1.0, -2.0], dmatrix![1.0, -2.0; 1.0, -2.0]);
    assert_eq!(2.0 * l1(0.5, &once).unwrap(), l1(0.5, &twice).unwrap());
    assert_eq!(2.0 * l2(0.5, &once).unwrap(), l2(0.5, &twice).unwrap());
}

#[test]
fn a_network_is_penalised_for_its_weights() {
    let weights = [dmatrix![1.0, -2.0], dmatrix![-3.0; 4.0], DMatrix::zeros(0, 3)];
    let mut network: Vec<Parameter> =
        weights.into_iter().map(|values| tensor(Role::Weight, values)).collect();
    for role in [Role::Bias, Role::Scale, Role::Shift] {
        network.push(tensor(role, dmatrix![7.0, NAN]));
    }
    assert_eq!(network_penalty(Penalty::L1, 0.25, &network).unwrap(), 2.5);
    assert_eq!(network_penalty(Penalty::L2, 0.25, &network).unwrap(), 3.75);
    for penalty in [Penalty::L1, Penalty::L2] {
        let none = network_penalty(penalty, 0.25, &network[2..]).unwrap();
        assert_eq!(none.to_bits(), 0);
        assert_eq!(network_penalty(penalty, 0.25, &[]).unwrap().to_bits(), 0);
    }
}

#[test]
fn no_element_is_no_work() {
    for w in [DMatrix::zeros(0, 0), DMatrix::zeros(0, 5), DMatrix::zeros(5, 0)] {
        assert_eq!([l1(0.5, &w).unwrap(), l2(0.5, &w).unwrap()].map(f64::to_bits), [0, 0]);
        assert_eq!(l1_gradient(0.5, &w).unwrap(), w);
        assert_eq!(l2_gradient(0.5, &w).unwrap(), w);
        assert_eq!(l1_proximal(0.5, &w).unwrap(), w);
        assert_eq!(penalized_step(0.5, 0.5, &w, &w, &w).unwrap(), w);
        assert_eq!(decayed_step(0.5, 0.5, &w, &w, &w).unwrap(), w);
    }
}

// ---- gradients ---------------------------------------------------------------------------------

#[test]
fn gradients_by_hand() {
    let w = dmatrix![2.0, -8.0, 0.0, -0.0, 5e-324];
    assert_same_bits(&l1_gradient(0.25, &w).unwrap(), &dmatrix![0.25, -0.25, 0.0, 0.0, 0.25]);
    assert_eq!(l2_gradient(0.25, &w).unwrap(), dmatrix![0.5, -2.0, 0.0, 0.0, 0.0]);
}

/// L2 is a parabola and L1 a line where no weight crosses 0: central differences are exact but for
/// rounding, some 8u of the penalty in the numerator.
#[test]
fn gradients_are_differences_of_the_penalties() {
    let (lambda, step) = (0.3, 0.5);
    let w = dmatrix![1.7, -0.9, 2.3, -4.1];
    let (of_l1, of_l2) = (l1_gradient(lambda, &w).unwrap(), l2_gradient(lambda, &w).unwrap());
    for i in 0..4 {
        let (mut up, mut down) = (w.clone(), w.clone());
        up[i] += step;
        down[i] -= step;
        let slope = |penalty: fn(f64, &DMatrix<f64>) -> Result<f64, Error>| {
            let (high, low) = (penalty(lambda, &up).unwrap(), penalty(lambda, &down).unwrap());
            ((high - low) / (2.0 * step), 8.0 * U * (high + low) / (2.0 * step))
        };
        for ((slope, allowed), gradient) in [(slope(l1), of_l1[i]), (slope(l2), of_l2[i])] {
            assert!((slope - gradient).abs() <= allowed, "{slope} and {gradient} at {i}");
        }
    }
}

// ---- steps -------------------------------------------------------------------------------------

#[test]
fn the_proximal_step_stops_at_0() {
    let w = dmatrix![1.5, -1.5, 0.5, -0.5, 0.25, -0.25, 0.0, -0.0];
    let expected = dmatrix![1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    assert_same_bits(&l1_proximal(0.5, &w).unwrap(), &expected);
    assert_eq!(l1_proximal(0.0, &w).unwrap(), w);
}

#[test]
fn the_proximal_step_minimises() {
    let tau = 0.7;
    for w in [-2.0, -0.7, -0.3, 0.0, 0.1, 0.71, 5.0] {
        let z = l1_proximal(tau, &dmatrix![w]).unwrap()[0];
        let objective = |z: f64| 0.5 * (z - w) * (z - w) + tau * z.abs();
        for other in (-60..=60).map(|k| f64::from(k) / 10.0) {
            // Three roundings of a sum of at most 50.
            assert!(objective(z) <= objective(other) + 4.0 * U * 50.0, "{z} and {other} for {w}");
        }
    }
}

#[test]
fn both_steps_are_one_without_a_scale() {
    let (g, w) = (dmatrix![2.0, -4.0, 0.0], dmatrix![8.0, -16.0, 32.0]);
    let ones = DMatrix::from_element(1, 3, 1.0);
    // Exact: w − ½·(g + ¼·w).
    let expected = dmatrix![6.0, -12.0, 28.0];
    assert_eq!(penalized_step(0.5, 0.25, &ones, &g, &w).unwrap(), expected);
    assert_eq!(decayed_step(0.5, 0.25, &ones, &g, &w).unwrap(), expected);
}

#[test]
fn a_scale_reaches_the_penalty_and_not_the_decay() {
    let (g, w, s) = (dmatrix![2.0, 2.0], dmatrix![8.0, 8.0], dmatrix![4.0, 0.0]);
    let penalized = penalized_step(0.5, 0.25, &s, &g, &w).unwrap();
    let decayed = decayed_step(0.5, 0.25, &s, &g, &w).unwrap();
    // Exact: 8 − ½·s·4 and 8 − ½·s·2 − 1.
    assert_eq!((penalized.clone(), decayed.clone()), (dmatrix![0.0, 8.0], dmatrix![3.0, 7.0]));
    // η·λ·(s − 1)·w.
    assert_eq!(decayed - penalized, dmatrix![3.0, -1.0]);
}

// ---- values that are not finite, and refusals --------------------------------------------------

#[test]
fn what_is_not_finite_comes_out() {
    let w = dmatrix![NAN, INFINITY, -INFINITY, 1.0];
    assert!(l1(0.5, &w).unwrap().is_nan() && l2(0.5, &w).unwrap().is_nan());
    let infinite = dmatrix![1.0, -INFINITY];
    assert_eq!((l1(0.5, &infinite).unwrap(), l2(0.5, &infinite).unwrap()), (INFINITY, INFINITY));
    let first_nan = |result: DMatrix<f64>, rest: [f64; 3]| {
        assert!(result[0].is_nan());
        assert_eq!([result[1], result[2], result[3]], rest);
    };
    first_nan(l1_gradient(0.5, &w).unwrap(), [0.5, -0.5, 0.5]);
    first_nan(l2_gradient(0.5, &w).unwrap(), [INFINITY, -INFINITY, 0.5]);
    first_nan(l1_proximal(0.5, &w).unwrap(), [INFINITY, -INFINITY, 0.5]);
    let (ones, g) = (DMatrix::from_element(1, 4, 1.0), DMatrix::zeros(1, 4));
    for step in [penalized_step, decayed_step] {
        let result = step(0.5, 0.5, &ones, &g, &w).unwrap();
        assert!(result[0].is_nan() && !result[1].is_finite() && !result[2].is_finite());
        assert_eq!(result[3], 0.75);
    }
}

#[test]
fn strengths_and_rates_are_refused() {
    let w = dmatrix![1.0, 2.0];
    for bad in [-0.1, -5e-324, NAN, INFINITY, -INFINITY] {
        assert_refused(l1(bad, &w), "lambda");
        assert_refused(l2(bad, &w), "lambda");
        assert_refused(network_penalty(Penalty::L1, bad, &[]), "lambda");
        assert_refused(l1_gradient(bad, &w), "lambda");
        assert_refused(l2_gradient(bad, &w), "lambda");
        assert_refused(l1_proximal(bad, &w), "threshold");
        for step in [penalized_step, decayed_step] {
            assert_refused(step(bad, 0.5, &w, &w, &w), "learning_rate");
            assert_refused(step(0.5, bad, &w, &w, &w), "lambda");
        }
    }
}

#[test]
fn sizes_are_refused() {
    let (w, other) = (DMatrix::zeros(2, 3), DMatrix::zeros(3, 2));
    for step in [penalized_step, decayed_step] {
        assert_refused(step(0.5, 0.5, &other, &w, &w), "scale");
        assert_refused(step(0.5, 0.5, &w, &other, &w), "gradient");
    }
}
