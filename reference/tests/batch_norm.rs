//! Batch normalisation against values worked out by hand, its own derivative, and what it refuses.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use evenkeel_reference::Error;
use evenkeel_reference::batch_norm::*;
use nalgebra::{DMatrix, DVector, dmatrix, dvector};

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

/// Five samples of three channels without any pattern: different means, spreads and signs.
fn batch() -> DMatrix<f64> {
    dmatrix![
        0.5, -3.0, 10.25;
        -1.25, 2.5, 10.5;
        2.0, 0.75, 9.0;
        0.125, -1.5, 11.75;
        -0.5, 4.0, 10.0
    ]
}

/// An upstream gradient that is neither constant nor along x̂.
fn upstream() -> DMatrix<f64> {
    dmatrix![
        1.0, -0.5, 0.25;
        0.5, 2.0, -1.0;
        -2.0, 0.25, 0.75;
        0.25, 1.5, -0.125;
        1.5, -1.0, 3.0
    ]
}

fn gamma() -> DVector<f64> {
    dvector![1.5, -0.75, 2.0]
}

fn beta() -> DVector<f64> {
    dvector![0.5, 1.0, -3.0]
}

// ---- forward -----------------------------------------------------------------------------------

#[test]
fn the_four_steps_by_hand() {
    // Exact: the channels are (1, 3) and (−4, 4), ε = 9 gives roots √10 and 5. Only the first rounds.
    let x = dmatrix![1.0, -4.0; 3.0, 4.0];
    let step = forward(&x, &dvector![1.0, 10.0], &dvector![0.0, 0.5], 9.0).unwrap();
    assert_eq!(step.mean, dvector![2.0, 0.0]);
    assert_eq!(step.variance, dvector![1.0, 16.0]);
    assert_eq!(step.normalized.column(1).as_slice(), [-4.0 / 5.0, 4.0 / 5.0]);
    // 10·(4/5) + ½: 4/5 is rounded once, and so are the product and the sum: 3 roundings of at most 8.5.
    assert_close(step.output[(1, 1)], 8.5, 3.0 * U * 8.5);
    // The root and the quotient here, the root and the quotient there.
    assert_close(step.normalized[(1, 0)], 1.0 / 10.0_f64.sqrt(), 4.0 * U);
}

#[test]
fn the_variance_is_the_biased_one() {
    // Exact: μ = 0, σ² = 1 for (−1, 1). The unbiased variance, 2, would give ∓0.707.
    let step = forward(&dmatrix![-1.0; 1.0], &dvector![1.0], &dvector![0.0], 0.0).unwrap();
    assert_eq!(step.output, dmatrix![-1.0; 1.0]);
}

#[test]
fn epsilon_stands_inside_the_root() {
    // Exact: √(1 + 3) = 2. Outside the root it would be 1 + 3 = 4.
    let step = forward(&dmatrix![-1.0; 1.0], &dvector![1.0], &dvector![0.0], 3.0).unwrap();
    assert_eq!(step.output, dmatrix![-0.5; 0.5]);
}

#[test]
fn outputs_have_mean_zero_and_mean_square_one() {
    let normalized =
        forward(&batch(), &dvector![1., 1., 1.], &dvector![0., 0., 0.], 0.0).unwrap().normalized;
    let mean = mini_batch_mean(&normalized).unwrap();
    let mean_square = mini_batch_variance(&normalized, &dvector![0., 0., 0.]).unwrap();
    for c in 0..3 {
        // Per channel X/σ < 14 and m = 5: the mean is off by at most ((m + 1)/2 + 2)·u·14 in units of
        // σ, x̂ by as much and by ((m + 5)/2 + 4)·u of itself; |x̂| < 2 and the sums add m·u·2. Below 200u.
        assert_close(mean[c], 0.0, 200.0 * U);
        assert_close(mean_square[c], 1.0, 400.0 * U);
    }
}

#[test]
fn channels_do_not_see_each_other() {
    let before = forward(&batch(), &gamma(), &beta(), 1e-5).unwrap().output;
    let mut x = batch();
    x[(2, 1)] = 1e6;
    let after = forward(&x, &gamma(), &beta(), 1e-5).unwrap().output;
    assert_eq!((before.column(0), before.column(2)), (after.column(0), after.column(2)));
    assert_ne!(before.column(1), after.column(1));
}

#[test]
fn a_constant_channel_gives_beta() {
    // Exact: 6.5 is a short binary number, so its mean is 6.5 and x̂ is 0.
    let x = DMatrix::from_element(7, 1, 6.5);
    let y = forward(&x, &dvector![1e10], &dvector![0.1], 1e-5).unwrap().output;
    assert!(y.iter().all(|&y| y == 0.1), "{y}");
}

#[test]
fn one_value_gives_beta_and_no_gradient() {
    let (x, gamma, beta) = (dmatrix![0.1, -1e30], dvector![3.0, 4.0], dvector![0.7, -0.2]);
    let step = forward(&x, &gamma, &beta, 1e-5).unwrap();
    assert_eq!(step.output, dmatrix![0.7, -0.2]);
    let gradients = backward(&x, &gamma, 1e-5, &dmatrix![5.0, 6.0]).unwrap();
    assert_eq!(gradients.dx, dmatrix![0.0, 0.0]);
    assert_eq!((gradients.dgamma, gradients.dbeta), (dvector![0.0, 0.0], dvector![5.0, 6.0]));
}

#[test]
fn nan_and_infinity_spoil_their_own_channel_only() {
    let clean = forward(&batch(), &gamma(), &beta(), 1e-5).unwrap().output;
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut x = batch();
        x[(3, 1)] = bad;
        let y = forward(&x, &dvector![1.5, 0.0, 2.0], &beta(), 1e-5).unwrap().output;
        assert!(y.column(1).iter().all(|y| y.is_nan()), "{bad} gives {y}");
        assert_eq!((y.column(0), y.column(2)), (clean.column(0), clean.column(2)));
    }
}

#[test]
fn zero_over_zero_is_not_hidden() {
    let y = forward(&dmatrix![2.0; 2.0], &dvector![1.0], &dvector![0.0], 0.0).unwrap().output;
    assert!(y.iter().all(|y| y.is_nan()));
}

#[test]
fn no_channel_is_no_work() {
    let (x, none) = (DMatrix::zeros(4, 0), DVector::zeros(0));
    assert_eq!(forward(&x, &none, &none, 1e-5).unwrap().output.shape(), (4, 0));
    assert_eq!(backward(&x, &none, 1e-5, &x).unwrap().dx.shape(), (4, 0));
}

// ---- inference and running statistics ----------------------------------------------------------

#[test]
fn inference_with_the_statistics_of_the_batch_is_forward() {
    let step = forward(&batch(), &gamma(), &beta(), 1e-5).unwrap();
    let y = inference(&batch(), &gamma(), &beta(), &step.mean, &step.variance, 1e-5).unwrap();
    assert_eq!(y, step.output);
}

#[test]
fn a_negative_variance_is_data_and_gives_nan() {
    let one = dvector![1.0];
    let y = inference(&dmatrix![3.0], &one, &one, &one, &dvector![-2.0], 1.0).unwrap();
    assert!(y[0].is_nan());
}

#[test]
fn running_statistics_weigh_the_new_batch() {
    // Exact, with w = ¼: ¾·8 + ¼·4 = 7.
    assert_eq!(running_mean(&dvector![8.0], &dvector![4.0], 0.25).unwrap(), dvector![7.0]);
    let keep = running_mean(&dvector![0.1], &dvector![4.0], 0.0).unwrap();
    let take = running_mean(&dvector![0.1], &dvector![4.0], 1.0).unwrap();
    assert_eq!((keep[0], take[0]), (0.1, 4.0));
}

#[test]
fn the_running_variance_has_two_conventions() {
    // The batch 1, 2, 3, 4: σ² = 1.25, and 1.25·4/3. Exact with w = ½ but for the factor 4/3.
    let x = dmatrix![1.0; 2.0; 3.0; 4.0];
    let variance = mini_batch_variance(&x, &mini_batch_mean(&x).unwrap()).unwrap();
    let new = |convention| running_variance(&dvector![1.0], &variance, 4, 0.5, convention).unwrap();
    assert_eq!(new(RunningVariance::Biased), dvector![1.125]);
    // 4/3, the product by it, the half and the sum: four roundings of numbers below 2.
    assert_close(new(RunningVariance::Unbiased)[0], 4.0 / 3.0, 4.0 * U * 2.0);
}

// ---- backward ----------------------------------------------------------------------------------

/// The loss Σ dy·y that has dy as its derivative by y.
fn loss(x: &DMatrix<f64>, gamma: &DVector<f64>, beta: &DVector<f64>, epsilon: f64) -> f64 {
    forward(x, gamma, beta, epsilon).unwrap().output.zip_map(&upstream(), |y, dy| y * dy).sum()
}

/// Compares `derivative` with central differences of `loss` of a step along one coordinate.
///
/// The difference quotient q(h) is off by t(h) = h²·f‴/6 + O(h⁴), so q(2h) − q(h) is 3·t(h) + O(h⁴):
/// three times the error it stands for. Each loss is a sum of 15 products |dy·y| < 15, each of
/// which is off by less than 40u of 15 (forward, m = 5, X/σ < 14) and 15u more by the sum: below 2¹⁴·u.
#[track_caller]
fn assert_derivative(derivative: f64, loss: impl Fn(f64) -> f64) {
    let h = 2.0_f64.powi(-13);
    let quotient = |h: f64| (loss(h) - loss(-h)) / (2.0 * h);
    let truncation = (quotient(2.0 * h) - quotient(h)).abs();
    let rounding = 2.0_f64.powi(14) * U / h;
    assert_close(derivative, quotient(h), truncation + rounding);
    assert!(truncation + rounding < 1e-6, "the difference could not tell: {truncation:e}");
}

#[test]
fn backward_is_the_derivative_of_forward() {
    for epsilon in [0.0, 1e-5, 0.5] {
        let gradients = backward(&batch(), &gamma(), epsilon, &upstream()).unwrap();
        for (i, c) in (0..5).flat_map(|i| (0..3).map(move |c| (i, c))) {
            assert_derivative(gradients.dx[(i, c)], |h| {
                let mut x = batch();
                x[(i, c)] += h;
                loss(&x, &gamma(), &beta(), epsilon)
            });
        }
        for c in 0..3 {
            let e_c = DVector::from_fn(3, |k, _| if k == c { 1.0 } else { 0.0 });
            let by_gamma = |h| loss(&batch(), &(gamma() + e_c.scale(h)), &beta(), epsilon);
            let by_beta = |h| loss(&batch(), &gamma(), &(beta() + e_c.scale(h)), epsilon);
            assert_derivative(gradients.dgamma[c], by_gamma);
            assert_derivative(gradients.dbeta[c], by_beta);
        }
    }
}

/// The equations of the paper's section 3, one by one, for one channel.
fn paper_gradient(x: &[f64], dy: &[f64], gamma: f64, epsilon: f64) -> Vec<f64> {
    let m = x.len() as f64;
    let mean = x.iter().sum::<f64>() / m;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / m;
    let r = 1.0 / (variance + epsilon).sqrt();
    let dnormalized: Vec<f64> = dy.iter().map(|dy| dy * gamma).collect();
    let pairs = || x.iter().zip(&dnormalized);
    let dvariance: f64 = pairs().map(|(x, d)| d * (x - mean) * -0.5 * r.powi(3)).sum();
    let dmean = dnormalized.iter().map(|d| -d * r).sum::<f64>()
        + dvariance * x.iter().map(|x| -2.0 * (x - mean)).sum::<f64>() / m;
    pairs().map(|(x, d)| d * r + dvariance * 2.0 * (x - mean) / m + dmean / m).collect()
}

#[test]
fn the_closed_form_is_the_chain_rule_of_the_paper() {
    let (x, dy) = (batch(), upstream());
    let dx = backward(&x, &gamma(), 0.25, &dy).unwrap().dx;
    for c in 0..3 {
        let (x, dy) = (x.column(c), dy.column(c));
        let expected = paper_gradient(x.as_slice(), dy.as_slice(), gamma()[c], 0.25);
        for i in 0..5 {
            // γ·r < 3, dy ≤ 3, |x̂| < 2, X/σ < 14: each term is below 36 and the mean, off by 5·14·u in
            // units of σ, enters each of them; some 20 roundings more. Both sides: 2·(70 + 20)·36·u.
            assert_close(dx[(i, c)], expected[i], 6480.0 * U);
        }
    }
}

#[test]
fn the_gradient_of_the_input_knows_its_two_constraints() {
    let epsilon = 0.5;
    let step = forward(&batch(), &gamma(), &beta(), epsilon).unwrap();
    let Gradients { dx, dgamma, .. } = backward(&batch(), &gamma(), epsilon, &upstream()).unwrap();
    for c in 0..3 {
        let along_normalized = dx.column(c).dot(&step.normalized.column(c));
        let total = step.variance[c] + epsilon;
        let expected = gamma()[c] / total.sqrt() * dgamma[c] * epsilon / total;
        // Five terms below 36·2, each off by at most 90u of itself as above.
        assert_close(dx.column(c).sum(), 0.0, 5.0 * 36.0 * 90.0 * U);
        assert_close(along_normalized, expected, 5.0 * 72.0 * 90.0 * U);
    }
}

#[test]
fn nan_in_backward() {
    let gradients_with = |x_bad: f64, dy_bad: f64| {
        let (mut x, mut dy) = (batch(), upstream());
        (x[(3, 1)], dy[(3, 1)]) = (x_bad, dy_bad);
        backward(&x, &gamma(), 1e-5, &dy).unwrap()
    };
    let clean = gradients_with(-1.5, 1.5);
    for (x_bad, dy_bad) in [(f64::NAN, 1.5), (f64::INFINITY, 1.5), (-1.5, f64::NAN)] {
        let gradients = gradients_with(x_bad, dy_bad);
        assert!(gradients.dx.column(1).iter().all(|dx| dx.is_nan()));
        assert!(gradients.dgamma[1].is_nan());
        assert_eq!(gradients.dbeta[1].is_nan(), dy_bad.is_nan());
        assert_eq!(gradients.dx.column(0), clean.dx.column(0));
        assert_eq!(gradients.dgamma[2], clean.dgamma[2]);
    }
    let infinite = gradients_with(-1.5, f64::INFINITY);
    assert!(!infinite.dx.column(1).iter().any(|dx| dx.is_finite()));
    assert!(!infinite.dgamma[1].is_finite() && !infinite.dbeta[1].is_finite());
}

#[test]
fn in_inference_nothing_flows_through_the_statistics() {
    // Exact: √(3 + 1) = 2, x̂ = (1, −1).
    let (mean, variance) = (dvector![5.0], dvector![3.0]);
    let (x, dy) = (dmatrix![7.0; 3.0], dmatrix![6.0; 2.0]);
    let found = inference_backward(&x, &dvector![10.0], &mean, &variance, 1.0, &dy).unwrap();
    assert_eq!(found.dx, dmatrix![30.0; 10.0]);
    assert_eq!((found.dgamma[0], found.dbeta[0]), (4.0, 8.0));
}

// ---- refusals ----------------------------------------------------------------------------------

#[test]
fn a_refusal_names_argument_value_and_allowed() {
    let error = forward(&batch(), &gamma(), &beta(), -1.0).unwrap_err();
    assert_eq!(error.to_string(), "epsilon is -1, allowed is finite and ≥ 0");
    let error = forward(&batch(), &dvector![1.0], &beta(), 0.0).unwrap_err();
    assert_eq!(error.to_string(), "gamma is 1 long, allowed is 3 long");
    let error = mini_batch_mean(&DMatrix::zeros(0, 3)).unwrap_err();
    assert_eq!(error.to_string(), "shape is 0 × 3, allowed is at least one row");
    let error = backward(&batch(), &gamma(), 0.0, &DMatrix::zeros(5, 2)).unwrap_err();
    assert_eq!(error.to_string(), "dy is 5 × 2, allowed is 5 × 3");
}

#[test]
fn forward_refuses() {
    let (x, short) = (batch(), dvector![1.0]);
    for epsilon in [-1e-300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_refused(forward(&x, &gamma(), &beta(), epsilon), "epsilon");
    }
    assert_refused(forward(&x, &short, &beta(), 0.0), "gamma");
    assert_refused(forward(&x, &gamma(), &short, 0.0), "beta");
    assert_refused(forward(&DMatrix::zeros(0, 3), &gamma(), &beta(), 0.0), "shape");
    assert_refused(mini_batch_variance(&x, &short), "mean");
    assert!(forward(&x, &gamma(), &beta(), -0.0).is_ok());
}

#[test]
fn inference_refuses() {
    let (x, short, three) = (batch(), dvector![1.0], dvector![1.0, 1.0, 1.0]);
    assert_refused(inference(&x, &short, &beta(), &three, &three, 0.0), "gamma");
    assert_refused(inference(&x, &gamma(), &short, &three, &three, 0.0), "beta");
    assert_refused(inference(&x, &gamma(), &beta(), &short, &three, 0.0), "mean");
    assert_refused(inference(&x, &gamma(), &beta(), &three, &short, 0.0), "variance");
    assert_refused(inference(&x, &gamma(), &beta(), &three, &three, f64::NAN), "epsilon");
    let empty = DMatrix::zeros(0, 3);
    assert_refused(inference(&empty, &gamma(), &beta(), &three, &three, 0.0), "shape");
}

#[test]
fn running_statistics_refuse() {
    let (one, two) = (dvector![1.0], dvector![1.0, 2.0]);
    assert_refused(running_mean(&one, &two, 0.5), "mean");
    for weight in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_refused(running_mean(&one, &one, weight), "weight_of_new");
        let refused = running_variance(&one, &one, 2, weight, RunningVariance::Biased);
        assert_refused(refused, "weight_of_new");
    }
    let with = |count, convention| running_variance(&one, &one, count, 0.5, convention);
    assert_refused(running_variance(&one, &two, 2, 0.5, RunningVariance::Biased), "variance");
    assert_refused(with(1, RunningVariance::Unbiased), "shape");
    assert_refused(with(0, RunningVariance::Biased), "shape");
    assert!(with(1, RunningVariance::Biased).is_ok());
}

#[test]
fn backward_refuses() {
    let (x, short, three) = (batch(), dvector![1.0], dvector![1.0, 1.0, 1.0]);
    let wrong = DMatrix::zeros(4, 3);
    assert_refused(backward(&x, &short, 0.0, &upstream()), "gamma");
    assert_refused(backward(&x, &gamma(), f64::NAN, &upstream()), "epsilon");
    assert_refused(backward(&x, &gamma(), 0.0, &wrong), "dy");
    let empty = DMatrix::zeros(0, 3);
    assert_refused(backward(&empty, &gamma(), 0.0, &empty), "shape");

    assert_refused(gradient_of_gamma(&wrong, &x), "dy");
    assert_refused(gradient_of_input(&x, &x, &short, &three, 0.0), "variance");
}

#[test]
fn inference_backward_refuses() {
    let (x, dy, short, three) = (batch(), upstream(), dvector![1.0], dvector![1.0, 1.0, 1.0]);
    let with = |gamma, mean, variance, epsilon, dy| {
        inference_backward(&x, gamma, mean, variance, epsilon, dy)
    };
    assert_refused(with(&short, &three, &three, 0.0, &dy), "gamma");
    assert_refused(with(&three, &short, &three, 0.0, &dy), "mean");
    assert_refused(with(&three, &three, &short, 0.0, &dy), "variance");
    assert_refused(with(&three, &three, &three, -1.0, &dy), "epsilon");
    assert_refused(with(&three, &three, &three, 0.0, &DMatrix::zeros(4, 3)), "dy");
    let empty = DMatrix::zeros(0, 3);
    assert_refused(inference_backward(&empty, &three, &three, &three, 0.0, &empty), "shape");
}
