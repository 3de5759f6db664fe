//! Activations against values worked out by hand, their symmetries, and what is refused.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use approx::assert_relative_eq;
use evenkeel_reference::Error;
use evenkeel_reference::activation::*;
use nalgebra::{DMatrix, dmatrix};

/// The unit roundoff of `f64`.
const U: f64 = f64::EPSILON / 2.0;
const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;
const ALL: [Curve; 4] =
    [Curve::Sigmoid, Curve::Tanh, Curve::Relu, Curve::LeakyRelu { slope: 0.25 }];

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

/// x = ln 3: e⁻ˣ = ⅓, so σ = ¾, σ′ = 3/16, tanh = (3 − ⅓)/(3 + ⅓) = ⅘, tanh′ = 9/25. The bounds are the
/// page's, and ln 3 is itself off by u·ln 3.
#[test]
fn values_at_the_logarithm_of_3() {
    let x = 3.0_f64.ln();
    assert_relative_eq!(sigmoid(x), 0.75, max_relative = 8.0 * U);
    assert_relative_eq!(sigmoid(-x), 0.25, max_relative = 8.0 * U);
    assert_relative_eq!(sigmoid_derivative(x), 0.1875, max_relative = 12.0 * U);
    assert_relative_eq!(tanh(x), 0.8, max_relative = 12.0 * U);
    assert_relative_eq!(tanh_derivative(-x), 0.36, max_relative = 14.0 * U);
}

#[test]
fn both_tails_have_their_digits() {
    // e⁻⁷⁰⁰ by its square root, which is a normal number with a normal square.
    let t = (-350.0_f64).exp();
    assert_relative_eq!(sigmoid(-700.0), t * t, max_relative = 16.0 * U);
    assert_relative_eq!(sigmoid_derivative(700.0), t * t, max_relative = 16.0 * U);
    assert_relative_eq!(tanh_derivative(350.0), 4.0 * t * t, max_relative = 16.0 * U);
    // Exact: the next term of the series is x³/3.
    assert_eq!([tanh(1e-9), tanh(-5e-324)], [1e-9, -5e-324]);
}

#[test]
fn zeros_ends_and_nan() {
    let ends = [-INFINITY, -0.0, 0.0, INFINITY];
    assert_eq!(ends.map(sigmoid), [0.0, 0.5, 0.5, 1.0]);
    assert_eq!(ends.map(tanh), [-1.0, 0.0, 0.0, 1.0]);
    assert_eq!(ends.map(relu), [0.0, 0.0, 0.0, INFINITY]);
    assert_eq!(ends.map(|x| leaky_relu(x, 0.25)), ends);
    assert_eq!(ends.map(sigmoid_derivative), [0.0, 0.25, 0.25, 0.0]);
    assert_eq!(ends.map(tanh_derivative), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(ends.map(relu_derivative), [0.0, 0.0, 0.0, 1.0]);
    assert!(tanh(-0.0).is_sign_negative() && leaky_relu(-0.0, 0.25).is_sign_negative());
    assert!(relu(-0.0).is_sign_positive() && relu(-1.0).is_sign_positive());
    for curve in ALL {
        let (x, one) = (dmatrix![NAN, 1.0], dmatrix![1.0, 1.0]);
        let (y, dx) = (forward(curve, &x).unwrap(), backward(curve, &x, &one).unwrap());
        assert!(y[0].is_nan() && dx[0].is_nan() && !y[1].is_nan() && !dx[1].is_nan(), "{curve:?}");
    }
}

/// Exact: tanh is odd, the derivatives are even, by their formulas.
#[test]
fn symmetries() {
    for x in [1e-5, 0.3, 1.7, 8.0, 30.0] {
        assert_eq!(tanh(-x), -tanh(x));
        assert_eq!(tanh_derivative(-x), tanh_derivative(x));
        assert_eq!(sigmoid_derivative(-x), sigmoid_derivative(x));
    }
}

/// (f(x + h) − f(x − h))/2h with h = 2⁻¹⁷: off by h²/6·|f‴|, |f‴| ≤ 2, and by 10u·|y|/h.
#[test]
fn derivatives_are_the_slopes() {
    let h = 2.0_f64.powi(-17);
    let bound = h * h / 3.0 + 10.0 * U * 4.0 / h;
    for curve in ALL {
        let x = dmatrix![-4.0, -1.5, -0.25, 0.125, 0.75, 2.0];
        let of = |x: &DMatrix<f64>| forward(curve, x).unwrap();
        let slope = (of(&x.add_scalar(h)) - of(&x.add_scalar(-h))) / (2.0 * h);
        let dx = backward(curve, &x, &x.map(|_| 1.0)).unwrap();
        assert_relative_eq!(dx, slope, epsilon = bound, max_relative = 0.0);
    }
}

#[test]
fn the_output_tells_the_derivative() {
    // Exact.
    let (y, dy) = (dmatrix![0.25, 0.5, 1.0], dmatrix![16.0, -4.0, 3.0]);
    let of = |curve| backward_from_output(curve, &y, &dy).unwrap();
    assert_eq!(of(Curve::Sigmoid), dmatrix![3.0, -1.0, 0.0]);
    assert_eq!(of(Curve::Tanh), dmatrix![15.0, -3.0, 0.0]);
    assert_eq!(of(Curve::Relu), dy);
    let y = dmatrix![-0.5, 0.0, 2.0];
    let dx = backward_from_output(Curve::LeakyRelu { slope: 0.25 }, &y, &dy).unwrap();
    assert_eq!(dx, dmatrix![4.0, -1.0, 3.0]);
}

#[test]
fn what_is_refused() {
    let (x, short) = (dmatrix![1.0, 2.0], dmatrix![1.0]);
    for slope in [NAN, INFINITY, -INFINITY] {
        let curve = Curve::LeakyRelu { slope };
        assert_refused(forward(curve, &x), "slope");
        assert_refused(backward(curve, &x, &x), "slope");
        assert_refused(backward_from_output(curve, &x, &x), "slope");
    }
    for slope in [0.0, -0.25] {
        let curve = Curve::LeakyRelu { slope };
        assert!(forward(curve, &x).is_ok() && backward(curve, &x, &x).is_ok());
        assert_refused(backward_from_output(curve, &x, &x), "slope");
    }
    assert_refused(backward(Curve::Tanh, &x, &short), "dy");
    assert_refused(backward_from_output(Curve::Tanh, &x, &short), "dy");
    let none = DMatrix::zeros(0, 3);
    assert_eq!(forward(Curve::Sigmoid, &none).unwrap(), none);
}
