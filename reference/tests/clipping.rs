//! Gradient clipping against values worked out by hand, at both ends of the range, and what it refuses.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use evenkeel_reference::Error;
use evenkeel_reference::clipping::*;
use nalgebra::{DMatrix, dmatrix};

/// The unit roundoff of `f64`.
const U: f64 = f64::EPSILON / 2.0;
const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;

use NonFinite::{Propagate, Refuse, Zero};

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

#[track_caller]
fn assert_same_bits(found: &DMatrix<f64>, expected: &DMatrix<f64>) {
    assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
}

/// The bound that the page gives for the reference, (n/2 + K/2 + 8)·u.
#[track_caller]
fn assert_near(found: f64, expected: f64, [n, k]: [usize; 2]) {
    let bound = (n as f64 / 2.0 + k as f64 / 2.0 + 8.0) * U * expected.abs();
    assert!((found - expected).abs() <= bound, "{found:e} is not {expected:e} ± {bound:e}");
}

// ---- by value ----------------------------------------------------------------------------------

#[test]
fn both_sides_are_clipped_and_the_rest_stays() {
    let gradient = dmatrix![3.0, -3.0, 2.0; -2.0, -0.0, 5e-324];
    let clipped = by_value(&gradient, 2.0, Refuse).unwrap();
    assert_same_bits(&clipped, &dmatrix![2.0, -2.0, 2.0; -2.0, -0.0, 5e-324]);
    assert_same_bits(&by_value(&gradient, INFINITY, Refuse).unwrap(), &gradient);
    // −0 for 0, and the zeros that come out may have either sign.
    for threshold in [0.0, -0.0] {
        let zeros = by_value(&gradient, threshold, Refuse).unwrap();
        assert!(zeros.iter().all(|&zero| zero == 0.0), "{zeros}");
    }
}

// ---- the norm ----------------------------------------------------------------------------------

#[test]
fn norms_by_hand() {
    // Exact: 1 + 16 + 64 = 81, 9 + 16 = 25, 4ᵏ ones.
    assert_eq!(norm(&[dmatrix![1.0, -4.0; 0.0, 8.0]]), 9.0);
    assert_eq!(norm(&[dmatrix![3.0], DMatrix::zeros(0, 7), dmatrix![-4.0]]), 5.0);
    assert_eq!(norm(&[DMatrix::from_element(32, 32, -0.5)]), 16.0);
    assert_near(norm(&[dmatrix![1.0, 2.0, 3.0]]), 14.0_f64.sqrt(), [3, 1]);
    assert_near(norm(&[dmatrix![0.1, 0.1]]), 0.1 * 2.0_f64.sqrt(), [2, 1]);
}

#[test]
fn nothing_has_norm_0() {
    for nothing in [vec![], vec![DMatrix::zeros(0, 3)], vec![dmatrix![0.0, -0.0]]] {
        assert_eq!(norm(&nothing).to_bits(), 0.0_f64.to_bits());
    }
}

#[test]
fn the_norm_of_the_norms_is_the_norm() {
    let parts = [dmatrix![1.0, -2.5, 0.3], dmatrix![7.0], dmatrix![0.01, 4.0]];
    let norms = parts.each_ref().map(|part| norm(std::slice::from_ref(part)));
    assert_near(norm_of_parts(&norms), norm(&parts), [12, 3]);
    assert_eq!(norm_of_parts(&[]), 0.0);
}

/// 1024 equal elements have 32 times the norm of one.
#[test]
fn squares_may_leave_the_range() {
    for magnitude in [1e300, 1e-300, 5e-324, 1e-310, 1e154, 1e-162] {
        let tensor = DMatrix::from_element(32, 32, -magnitude);
        assert_near(norm(&[tensor]), 32.0 * magnitude, [1024, 1]);
    }
    assert_eq!(norm(&[DMatrix::from_element(32, 32, 1e307)]), INFINITY);
}

#[test]
fn the_norm_of_what_is_not_finite() {
    assert_eq!(norm(&[dmatrix![1.0, f64::NEG_INFINITY]]), INFINITY);
    for (a, b) in [(NAN, 1.0), (1.0, NAN), (NAN, INFINITY), (INFINITY, NAN)] {
        assert!(norm(&[dmatrix![a], dmatrix![b]]).is_nan());
    }
}

// ---- by norm -----------------------------------------------------------------------------------

#[test]
fn one_factor_for_all_tensors() {
    // Exact: 8² + 6² = 10², and τ is a quarter of it.
    let gradients = [dmatrix![8.0, 0.0], dmatrix![-6.0; -0.0]];
    let Clipped { gradients: clipped, norm } = by_global_norm(&gradients, 2.5, Refuse).unwrap();
    assert_eq!(norm, 10.0);
    assert_same_bits(&clipped[0], &dmatrix![2.0, 0.0]);
    assert_same_bits(&clipped[1], &dmatrix![-1.5; -0.0]);
}

#[test]
fn up_to_the_threshold_nothing_changes() {
    for (gradient, norm) in [
        (dmatrix![3.0, -4.0], 5.0),
        (dmatrix![41.0], 41.0),
        (dmatrix![47.0, 0.0], 47.0),
        (dmatrix![0.0, -0.0], 0.0),
        (dmatrix![5e-324], 5e-324),
    ] {
        for threshold in [norm, 2.0 * norm, INFINITY] {
            let (same, before) = by_norm(&gradient, threshold, Refuse).unwrap();
            assert_same_bits(&same, &gradient);
            assert_eq!(before, norm);
        }
    }
}

#[test]
fn threshold_0_gives_zeros() {
    for threshold in [0.0, -0.0] {
        let (zeros, norm) = by_norm(&dmatrix![3.0, -4.0, 0.0], threshold, Refuse).unwrap();
        assert!(zeros.iter().all(|&zero| zero == 0.0), "{zeros}");
        assert_eq!(norm, 5.0);
    }
}

/// Nothing is added to a small norm: with 10⁻⁶ in the divisor it would be 11 times too small.
#[test]
fn small_norms_are_divided_by_themselves() {
    let (clipped, norm) = by_norm(&dmatrix![6e-8, 8e-8], 1e-8, Refuse).unwrap();
    assert_near(norm, 1e-7, [2, 1]);
    assert_near(clipped[0], 6e-9, [2, 1]);
    assert_near(clipped[1], 8e-9, [2, 1]);
}

/// 1024 equal elements become τ/32 each, also where their norm is beyond the range.
#[test]
fn both_ends_of_the_range_are_clipped() {
    let cases = [(1e308, 1.0), (1e200, 1e-200), (1e-300, 1e-301), (f64::MAX, 5e-300)];
    for (magnitude, threshold) in cases {
        let gradient = DMatrix::from_element(32, 32, magnitude);
        let (clipped, _) = by_norm(&gradient, threshold, Refuse).unwrap();
        for y in &clipped {
            assert_near(*y, threshold / 32.0, [1024, 1]);
        }
    }
}

// ---- what is not finite ------------------------------------------------------------------------

#[test]
fn what_is_not_finite_follows_the_policy() {
    for bad in [NAN, INFINITY, f64::NEG_INFINITY] {
        let gradients = [dmatrix![1.0, 5.0], dmatrix![bad, -0.5]];
        for threshold in [0.0, 2.0, INFINITY] {
            assert_refused(by_global_norm(&gradients, threshold, Refuse), "gradient");
            assert_refused(by_value(&gradients[1], threshold, Refuse), "gradient");

            let spread = by_global_norm(&gradients, threshold, Propagate).unwrap();
            assert!(spread.gradients.iter().flatten().all(|y| y.is_nan()));
            let zeros = by_global_norm(&gradients, threshold, Zero).unwrap();
            assert!(zeros.gradients.iter().flatten().all(|y| y.to_bits() == 0));
            for norm in [spread.norm, zeros.norm] {
                assert!(if bad.is_nan() { norm.is_nan() } else { norm == INFINITY });
            }
            let zeros = by_value(&gradients[1], threshold, Zero).unwrap();
            assert_same_bits(&zeros, &dmatrix![0.0, 0.0]);
        }
    }
    let clipped = by_value(&dmatrix![NAN, INFINITY, -INFINITY, 3.0, -0.5], 2.0, Propagate).unwrap();
    assert!(clipped[0].is_nan());
    assert_eq!(clipped.as_slice()[1..], [2.0, -2.0, 2.0, -0.5]);
}

// ---- arguments ---------------------------------------------------------------------------------

#[test]
fn thresholds_that_are_refused() {
    let gradient = dmatrix![1.0];
    for threshold in [-1.0, -5e-324, f64::NEG_INFINITY, NAN] {
        assert_refused(by_value(&gradient, threshold, Refuse), "threshold");
        assert_refused(by_norm(&gradient, threshold, Refuse), "threshold");
        assert_refused(by_global_norm(&[], threshold, Zero), "threshold");
    }
}

#[test]
fn no_element_is_no_work() {
    let nothing = DMatrix::zeros(0, 3);
    assert_eq!(by_value(&nothing, 1.0, Refuse).unwrap(), nothing);
    assert_eq!(by_norm(&nothing, 0.0, Refuse).unwrap(), (nothing, 0.0));
    assert!(by_global_norm(&[], 1.0, Refuse).unwrap().gradients.is_empty());
}
