//! `f64` rows at both ends of the range.

use super::oracle::{Truth, absolute, allowed_f64, big, relative_f64, small};
use super::*;

const LARGEST: f64 = f64::MAX;
const SMALLEST: f64 = 5e-324;

/// Asserts y of a single row against the truth, in both walks.
fn holds(x: &[f64], epsilon: f64) {
    let truth = Truth::new(x, epsilon);
    let relative = relative_f64(&truth, x, epsilon);
    for shape in [Shape::new(2, x.len(), 1), Shape::new(1, x.len(), 3)] {
        let all = laid_out::<f64>(shape, |_, c| x[c]);
        let case = Case::random(shape, &all, epsilon, 31);
        let y = case.run(&serial()).y;
        for row in 0..shape.per_channel() {
            for (c, &y) in case.row(&y, row).iter().enumerate() {
                let (gamma, xhat) = (case.gamma[c], small(&truth.normalized[c]));
                let exact = truth.y(c, gamma, case.beta[c]);
                let allowed = allowed_f64(relative, small(&exact), gamma, xhat);
                let error = absolute(big(y) - &exact);
                assert!(error <= allowed, "{:?} ε = {epsilon} at {c}: {y}", &x[..2]);
            }
        }
    }
}

#[test]
fn f64_at_both_ends_of_the_range() {
    let mut random = Random(37);
    let rows: Vec<Vec<f64>> = vec![
        vec![LARGEST, -LARGEST],
        vec![-LARGEST, LARGEST, LARGEST, LARGEST],
        vec![SMALLEST, 0.0],
        vec![SMALLEST, 2.0 * SMALLEST, 0.0, 7.0 * SMALLEST],
        vec![1e-170, 2e-170, 4e-170],
        vec![1e160, 3e160, -1e150],
        vec![LARGEST, LARGEST * (1.0 - f64::EPSILON)],
        vec![1e-130 * (1.0 + f64::EPSILON), 1e-130],
        vec![1e-300, 1.0, 1e300],
        (0..5000).map(|_| 1e300 * random.normal()).collect(),
        (0..200).map(|_| 1e-310 * random.normal()).collect(),
        (0..200).map(|_| 1e-160 * random.normal()).collect(),
    ];
    for x in rows {
        for epsilon in [0.0, 5e-324, 1e-60, 1e-5, 1e300] {
            holds(&x, epsilon);
        }
    }
}

#[test]
fn the_moments_of_the_largest_numbers() {
    let x = [-LARGEST, LARGEST, LARGEST, LARGEST];
    let moments = Case::plain(Shape::new(1, 4, 1), &x, 0.0).run(&serial()).moments[0];
    assert_eq!(moments.exponent(), 600);
    assert_eq!(moments.variance(), f64::INFINITY);
}
