//! Layer normalisation against values worked out by hand, its own derivative, and what it refuses.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use evenkeel_reference::layer_norm::*;
use evenkeel_reference::{Error, batch_norm, layout};
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

/// Three samples of five features without any pattern: different means, spreads and signs.
fn samples() -> DMatrix<f64> {
    dmatrix![
        0.5, -1.25, 2.0, 0.125, -0.5;
        -3.0, 2.5, 0.75, -1.5, 4.0;
        10.25, 10.5, 9.0, 11.75, 10.0
    ]
}

/// An upstream gradient that, times γ, is neither constant along a row nor along x̂.
fn upstream() -> DMatrix<f64> {
    dmatrix![
        1.0, 0.5, -2.0, 0.25, 1.5;
        -0.5, 2.0, 0.25, 1.5, -1.0;
        0.25, -1.0, 0.75, -0.125, 3.0
    ]
}

fn gamma() -> DVector<f64> {
    dvector![1.5, -0.75, 2.0, 0.5, 1.0]
}

fn beta() -> DVector<f64> {
    dvector![0.5, 1.0, -3.0, 0.0, 0.25]
}

// ---- forward -----------------------------------------------------------------------------------

#[test]
fn the_four_steps_by_hand() {
    // Exact: the rows are (1, 3) and (−4, 4), ε = 9 gives roots √10 and 5. Only the first rounds.
    let x = dmatrix![1.0, 3.0; -4.0, 4.0];
    let step = forward(&x, &dvector![1.0, 10.0], &dvector![0.0, 0.5], 9.0).unwrap();
    assert_eq!(step.mean, dvector![2.0, 0.0]);
    assert_eq!(step.variance, dvector![1.0, 16.0]);
    assert_eq!(step.normalized.row(1), dmatrix![-4.0 / 5.0, 4.0 / 5.0]);
    // 10·(4/5) + ½: 4/5 is rounded once, and so are the product and the sum: 3 roundings of at most 8.5.
    assert_close(step.output[(1, 1)], 8.5, 3.0 * U * 8.5);
    // The root and the quotient here, the root and the quotient there.
    assert_close(step.normalized[(0, 1)], 1.0 / 10.0_f64.sqrt(), 4.0 * U);
}

#[test]
fn the_variance_is_the_biased_one() {
    // Exact: μ = 0, σ² = 1 for (−1, 1). The unbiased variance, 2, would give ∓0.707.
    let step = forward(&dmatrix![-1.0, 1.0], &dvector![1., 1.], &dvector![0., 0.], 0.0).unwrap();
    assert_eq!(step.output, dmatrix![-1.0, 1.0]);
}

#[test]
fn epsilon_stands_inside_the_root() {
    // Exact: √(1 + 3) = 2. Outside the root it would be 1 + 3 = 4.
    let step = forward(&dmatrix![-1.0, 1.0], &dvector![1., 1.], &dvector![0., 0.], 3.0).unwrap();
    assert_eq!(step.output, dmatrix![-0.5, 0.5]);
}

#[test]
fn gamma_and_beta_belong_to_features() {
    // Exact: x̂ = (−½, ½) for both rows, as above.
    let x = dmatrix![-1.0, 1.0; 4.0, 6.0];
    let y = forward(&x, &dvector![2.0, 8.0], &dvector![10.0, 20.0], 3.0).unwrap().output;
    assert_eq!(y, dmatrix![9.0, 24.0; 9.0, 24.0]);
}

#[test]
fn outputs_have_mean_zero_and_mean_square_one() {
    let (ones, zeros) = (DVector::from_element(5, 1.0), DVector::zeros(5));
    let normalized = forward(&samples(), &ones, &zeros, 0.0).unwrap().normalized;
    let mean_of_row = mean(&normalized).unwrap();
    let mean_square = variance(&normalized, &DVector::zeros(3)).unwrap();
    for row in 0..3 {
        // Per row X/σ < 14 and d = 5: the mean is off by at most ((d + 1)/2 + 2)·u·14 in units of σ, x̂
        // by as much and by ((d + 5)/2 + 4)·u of itself; |x̂| < 2 and the sums add d·u·2. Below 200u.
        assert_close(mean_of_row[row], 0.0, 200.0 * U);
        assert_close(mean_square[row], 1.0, 400.0 * U);
    }
}

#[test]
fn rows_do_not_see_each_other() {
    let together = forward(&samples(), &gamma(), &beta(), 1e-5).unwrap().output;
    for row in 0..3 {
        let alone = DMatrix::from_fn(1, 5, |_, c| samples()[(row, c)]);
        let y = forward(&alone, &gamma(), &beta(), 1e-5).unwrap().output;
        assert_eq!(y.row(0), together.row(row));
    }
}

#[test]
fn a_row_is_what_a_channel_of_the_transposed_batch_is() {
    // The same operations in the same order, so the same bits.
    let step = forward(&samples(), &gamma(), &beta(), 1e-5).unwrap();
    let (ones, zeros) = (DVector::from_element(3, 1.0), DVector::zeros(3));
    let batch = batch_norm::forward(&samples().transpose(), &ones, &zeros, 1e-5).unwrap();
    assert_eq!((step.mean, step.variance), (batch.mean, batch.variance));
    assert_eq!(step.normalized, batch.normalized.transpose());
}

#[test]
fn a_pixel_of_an_image_is_a_row() {
    // Exact, ε = 3: two channels of two pixels, (0, 2) and (5, 7), channel by channel in memory.
    let x = layout::channels_to_columns(&[0.0, 5.0, 2.0, 7.0], 1, 2, 2).unwrap();
    let y = forward(&x, &dvector![1.0, 1.0], &dvector![0.0, 0.0], 3.0).unwrap().output;
    assert_eq!(layout::columns_to_channels(&y, 2).unwrap(), [-0.5, -0.5, 0.5, 0.5]);
}

#[test]
fn shifting_and_scaling_a_row_changes_nothing() {
    // The entries are multiples of 2⁻³ below 2⁴, so that adding 64 and doubling are exact. By doubling
    // every operation is exactly doubled, by 64 the mean is off by ((5 + 1)/2 + 2)·u·X with X < 76, in
    // units of √(σ² + ε) > 0.86 below 450u; |x̂| < 2 and |γ| ≤ 2 bring that to y, with 5·14·u as above.
    let y = forward(&samples(), &gamma(), &beta(), 0.25).unwrap().output;
    let shifted = forward(&samples().add_scalar(64.0), &gamma(), &beta(), 0.25).unwrap().output;
    let doubled = forward(&samples().scale(2.0), &gamma(), &beta(), 1.0).unwrap().output;
    assert_eq!(y, doubled);
    for (shifted, y) in shifted.iter().zip(&y) {
        assert_close(*shifted, *y, 2.0 * 520.0 * U);
    }
}

#[test]
fn scaling_one_feature_alone_changes_the_others() {
    let mut x = samples();
    x.column_mut(1).scale_mut(2.0);
    let before = forward(&samples(), &gamma(), &beta(), 0.0).unwrap().output;
    let after = forward(&x, &gamma(), &beta(), 0.0).unwrap().output;
    assert!((before[(0, 0)] - after[(0, 0)]).abs() > 0.1);
}

#[test]
fn a_constant_row_gives_beta() {
    // Exact: 1234 has a short binary form, so its mean is 1234 and x̂ is 0.
    let (x, gamma) = (DMatrix::from_element(1, 7, 1234.0), DVector::from_element(7, 1e10));
    let beta = DVector::from_fn(7, |c, _| 0.1 * c as f64);
    let y = forward(&x, &gamma, &beta, 1e-5).unwrap().output;
    assert_eq!(y.row(0), beta.transpose());
}

#[test]
fn one_feature_gives_beta_and_no_gradient() {
    let (x, gamma, beta) = (dmatrix![0.1; -1e30], dvector![3.0], dvector![0.7]);
    let step = forward(&x, &gamma, &beta, 1e-5).unwrap();
    assert_eq!(step.output, dmatrix![0.7; 0.7]);
    let gradients = backward(&x, &gamma, 1e-5, &dmatrix![5.0; 6.0]).unwrap();
    assert_eq!(gradients.dx, dmatrix![0.0; 0.0]);
    assert_eq!((gradients.dgamma, gradients.dbeta), (dvector![0.0], dvector![11.0]));
}

#[test]
fn nan_and_infinity_spoil_their_own_row_only() {
    let clean = forward(&samples(), &gamma(), &beta(), 1e-5).unwrap().output;
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut x = samples();
        x[(1, 3)] = bad;
        let gamma_with_zero = dvector![1.5, -0.75, 2.0, 0.0, 1.0];
        let y = forward(&x, &gamma_with_zero, &beta(), 1e-5).unwrap().output;
        assert!(y.row(1).iter().all(|y| y.is_nan()), "{bad} gives {y}");
        assert_eq!(y.view((0, 0), (1, 3)), clean.view((0, 0), (1, 3)));
        assert_eq!(y.view((2, 0), (1, 3)), clean.view((2, 0), (1, 3)));
    }
}

#[test]
fn zero_over_zero_is_not_hidden() {
    let y = forward(&dmatrix![2.0, 2.0], &dvector![1., 1.], &dvector![0., 0.], 0.0).unwrap().output;
    assert!(y.iter().all(|y| y.is_nan()));
}

#[test]
fn no_row_is_no_work_and_no_gradient() {
    let none = DMatrix::zeros(0, 5);
    assert_eq!(forward(&none, &gamma(), &beta(), 1e-5).unwrap().output.shape(), (0, 5));
    let gradients = backward(&none, &gamma(), 1e-5, &none).unwrap();
    assert_eq!(gradients.dx.shape(), (0, 5));
    let zeros = DVector::zeros(5);
    assert_eq!((&gradients.dgamma, &gradients.dbeta), (&zeros, &zeros));
    assert!(gradients.dgamma.iter().chain(&gradients.dbeta).all(|zero| zero.is_sign_positive()));
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
/// which is off by less than 40u of 15 (forward, d = 5, X/σ < 14) and 15u more by the sum: below 2¹⁴·u.
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
        let gradients = backward(&samples(), &gamma(), epsilon, &upstream()).unwrap();
        for (row, c) in (0..3).flat_map(|row| (0..5).map(move |c| (row, c))) {
            assert_derivative(gradients.dx[(row, c)], |h| {
                let mut x = samples();
                x[(row, c)] += h;
                loss(&x, &gamma(), &beta(), epsilon)
            });
        }
        for c in 0..5 {
            let e_c = DVector::from_fn(5, |k, _| if k == c { 1.0 } else { 0.0 });
            let by_gamma = |h| loss(&samples(), &(gamma() + e_c.scale(h)), &beta(), epsilon);
            let by_beta = |h| loss(&samples(), &gamma(), &(beta() + e_c.scale(h)), epsilon);
            assert_derivative(gradients.dgamma[c], by_gamma);
            assert_derivative(gradients.dbeta[c], by_beta);
        }
    }
}

/// The chain rule of the page, equation by equation, for one row.
fn staged_gradient(x: &[f64], dy: &[f64], gamma: &[f64], epsilon: f64) -> Vec<f64> {
    let d = x.len() as f64;
    let mean = x.iter().sum::<f64>() / d;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / d;
    let r = 1.0 / (variance + epsilon).sqrt();
    let g: Vec<f64> = dy.iter().zip(gamma).map(|(dy, gamma)| dy * gamma).collect();
    let pairs = || x.iter().zip(&g);
    let dvariance: f64 = pairs().map(|(x, g)| g * (x - mean) * -0.5 * r.powi(3)).sum();
    let dmean = g.iter().map(|g| -g * r).sum::<f64>()
        + dvariance * x.iter().map(|x| -2.0 * (x - mean)).sum::<f64>() / d;
    pairs().map(|(x, g)| g * r + dvariance * 2.0 * (x - mean) / d + dmean / d).collect()
}

#[test]
fn the_closed_form_is_the_chain_rule_in_steps() {
    let values = |matrix: DMatrix<f64>, row| matrix.row(row).iter().copied().collect::<Vec<_>>();
    let dx = backward(&samples(), &gamma(), 0.25, &upstream()).unwrap().dx;
    for row in 0..3 {
        let (x, dy) = (values(samples(), row), values(upstream(), row));
        let expected = staged_gradient(&x, &dy, gamma().as_slice(), 0.25);
        for c in 0..5 {
            // |γ|·r < 3, dy ≤ 3, |x̂| < 2, X/σ < 14: each term is below 36 and the mean, off by 5·14·u in
            // units of σ, enters each of them; some 20 roundings more. Both sides: 2·(70 + 20)·36·u.
            assert_close(dx[(row, c)], expected[c], 6480.0 * U);
        }
    }
}

#[test]
fn the_gradient_of_the_input_knows_its_two_constraints() {
    let epsilon = 0.5;
    let step = forward(&samples(), &gamma(), &beta(), epsilon).unwrap();
    let dx = backward(&samples(), &gamma(), epsilon, &upstream()).unwrap().dx;
    let g = gradient_of_normalized(&upstream(), &gamma()).unwrap();
    for row in 0..3 {
        let along_normalized = dx.row(row).dot(&step.normalized.row(row));
        let total = step.variance[row] + epsilon;
        let expected = g.row(row).dot(&step.normalized.row(row)) / total.sqrt() * epsilon / total;
        // Five terms below 36·2, each off by at most 90u of itself as above.
        assert_close(dx.row(row).sum(), 0.0, 5.0 * 36.0 * 90.0 * U);
        assert_close(along_normalized, expected, 5.0 * 72.0 * 90.0 * U);
    }
}

#[test]
fn nan_in_x_spoils_its_row_and_every_gamma() {
    let clean = backward(&samples(), &gamma(), 1e-5, &upstream()).unwrap();
    for bad in [f64::NAN, f64::INFINITY] {
        let mut x = samples();
        x[(1, 3)] = bad;
        let gradients = backward(&x, &gamma(), 1e-5, &upstream()).unwrap();
        assert!(gradients.dx.row(1).iter().all(|dx| dx.is_nan()));
        assert!(gradients.dgamma.iter().all(|dgamma| dgamma.is_nan()));
        assert_eq!(gradients.dbeta, clean.dbeta);
        assert_eq!(gradients.dx.row(0), clean.dx.row(0));
        assert_eq!(gradients.dx.row(2), clean.dx.row(2));
    }
}

#[test]
fn nan_in_dy_spoils_its_row_and_its_feature() {
    let clean = backward(&samples(), &gamma(), 1e-5, &upstream()).unwrap();
    let mut dy = upstream();
    dy[(1, 3)] = f64::NAN;
    let gradients = backward(&samples(), &gamma(), 1e-5, &dy).unwrap();
    assert!(gradients.dx.row(1).iter().all(|dx| dx.is_nan()));
    assert_eq!(gradients.dx.row(0), clean.dx.row(0));
    for c in 0..5 {
        assert_eq!((gradients.dgamma[c].is_nan(), gradients.dbeta[c].is_nan()), (c == 3, c == 3));
    }
    dy[(1, 3)] = f64::INFINITY;
    let gradients = backward(&samples(), &gamma(), 1e-5, &dy).unwrap();
    assert!(!gradients.dx.row(1).iter().any(|dx| dx.is_finite()));
    assert!(!gradients.dgamma[3].is_finite() && !gradients.dbeta[3].is_finite());
    assert_eq!(gradients.dgamma[0], clean.dgamma[0]);
}

// ---- refusals ----------------------------------------------------------------------------------

#[test]
fn a_refusal_names_argument_value_and_allowed() {
    let error = forward(&samples(), &dvector![1.0], &beta(), 0.0).unwrap_err();
    assert_eq!(error.to_string(), "gamma is 1 long, allowed is 5 long");
    let error = mean(&DMatrix::zeros(3, 0)).unwrap_err();
    assert_eq!(error.to_string(), "shape is 3 × 0, allowed is at least one column");
    let error = variance(&samples(), &dvector![1.0]).unwrap_err();
    assert_eq!(error.to_string(), "mean is 1 long, allowed is 3 long");
}

#[test]
fn forward_refuses() {
    let (x, short, three) = (samples(), dvector![1.0], dvector![1.0, 1.0, 1.0]);
    for epsilon in [-1e-300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_refused(forward(&x, &gamma(), &beta(), epsilon), "epsilon");
    }
    // One value per row is not one per feature, and the other way round.
    assert_refused(forward(&x, &three, &beta(), 0.0), "gamma");
    assert_refused(forward(&x, &gamma(), &three, 0.0), "beta");
    assert_refused(normalize(&x, &gamma(), &three, 0.0), "mean");
    assert_refused(normalize(&x, &three, &short, 0.0), "variance");
    let none = DVector::zeros(0);
    for rows in [0, 4] {
        assert_refused(forward(&DMatrix::zeros(rows, 0), &none, &none, 0.0), "shape");
    }
    assert!(forward(&x, &gamma(), &beta(), -0.0).is_ok());
}

#[test]
fn backward_refuses() {
    let (x, short, wrong) = (samples(), dvector![1.0], DMatrix::zeros(4, 5));
    assert_refused(backward(&x, &short, 0.0, &upstream()), "gamma");
    assert_refused(backward(&x, &gamma(), f64::NAN, &upstream()), "epsilon");
    assert_refused(backward(&x, &gamma(), 0.0, &wrong), "dy");
    let (empty, none) = (DMatrix::zeros(4, 0), DVector::zeros(0));
    assert_refused(backward(&empty, &none, 0.0, &empty), "shape");

    assert_refused(gradient_of_gamma(&wrong, &x), "dy");
    assert_refused(gradient_of_normalized(&x, &short), "gamma");
    assert_refused(gradient_of_input(&wrong, &x, &dvector![1.0, 1.0, 1.0], 0.0), "g");
    assert_refused(gradient_of_input(&x, &x, &short, 0.0), "variance");
}
