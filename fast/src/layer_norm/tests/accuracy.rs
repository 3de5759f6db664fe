//! The promise of the forward pass on hard rows.

use super::oracle::{Truth, absolute, allowed_f32, allowed_f64, big, relative_f64, small};
use super::*;

/// Rows of one block, of several, and with a tail, lying either way.
fn shapes() -> [Shape; 6] {
    [
        Shape::new(3, 1100, 1),
        Shape::new(1, 9000, 1),
        Shape::new(5, 7, 1),
        Shape::new(2, 130, 17),
        Shape::new(1, 4200, 2),
        Shape::new(1, 70, 37),
    ]
}

/// The largest error/bound over all families, layouts and two ε.
fn worst<T: Element>(check: impl Fn(&Case<T>) -> f64) -> f64 {
    let mut worst = 0.0_f64;
    for (name, value) in families() {
        for shape in shapes() {
            for epsilon in [0.0, 1e-5] {
                let mut random = Random(7);
                let x = laid_out::<T>(shape, |_, c| value(&mut random, c));
                let ratio = check(&Case::random(shape, &x, epsilon, 11));
                assert!(ratio <= 1.0, "{name} {shape:?} ε = {epsilon}: {ratio} of the bound");
                worst = worst.max(ratio);
            }
        }
    }
    worst
}

/// The largest error/bound of one case; `allowed(truth, x)` makes the bound for y, γ, x̂.
pub(super) fn ratio<T: Element, F: Fn(f64, f64, f64) -> f64>(
    case: &Case<T>,
    allowed: impl Fn(&Truth, &[f64]) -> F,
) -> f64 {
    let y = case.run(&serial()).y;
    let mut worst = 0.0_f64;
    for row in 0..case.shape.per_channel() {
        let (x, y) = (case.row(&case.x, row), case.row(&y, row));
        let truth = Truth::new(&x, case.epsilon);
        let bound = allowed(&truth, &x);
        for c in 0..x.len() {
            let (gamma, beta) = (case.gamma[c].to_f64(), case.beta[c].to_f64());
            let exact = truth.y(c, gamma, beta);
            let error = absolute(big(y[c]) - &exact);
            worst = worst.max(error / bound(small(&exact), gamma, small(&truth.normalized[c])));
        }
    }
    worst
}

#[test]
fn f32_is_rounded_once() {
    let worst = worst::<f32>(|case| ratio(case, |_, _| allowed_f32));
    println!("f32: {worst} of the bound");
    assert!(worst > 0.9, "an error near half an ulp must occur: {worst}");
}

#[test]
fn f64_keeps_the_bound_of_pairwise_sums() {
    let worst = worst::<f64>(|case| {
        ratio(case, |truth, x| {
            let relative = relative_f64(truth, x, case.epsilon);
            move |y, gamma, xhat| allowed_f64(relative, y, gamma, xhat)
        })
    });
    println!("f64: {worst} of the bound");
    assert!(worst > 0.01, "no bound is that slack: {worst}");
}

/// γ that multiplies every error of x̂ by 10¹⁰, as pytorch/pytorch#98075 has it.
#[test]
fn a_large_gamma() {
    for shape in [Shape::new(2, 300, 1), Shape::new(1, 300, 2)] {
        let mut random = Random(13);
        let x = laid_out::<f32>(shape, |_, _| 1234.0 + random.normal());
        let case = Case { gamma: vec![1e10; 300], ..Case::random(shape, &x, 1e-5, 17) };
        let ratio = ratio(&case, |_, _| allowed_f32);
        assert!(ratio <= 1.0, "{shape:?}: {ratio} of the bound");
    }
}

/// A million features, the first far away: the most that is promised for `f32`.
#[test]
fn f32_with_a_million_features() {
    let features = 1 << 20;
    let row = |shape| {
        let mut random = Random(67);
        let value = |_, c| if c == 0 { 1e12 } else { random.normal() };
        Case::random(shape, &laid_out::<f32>(shape, value), 1e-5, 71)
    };
    let along = row(Shape::new(1, features, 1));
    let ratio = ratio(&along, |_, _| allowed_f32);
    assert!(ratio <= 1.0, "{ratio} of the bound");
    // The same row as one of two columns: both results are within the promise of the truth.
    let two = |tensor: &[f32]| tensor.iter().flat_map(|&value| [value, value]).collect::<Vec<_>>();
    let (x, dy) = (two(&along.x), two(&along.dy));
    let across = Case { shape: Shape::new(1, features, 2), x, dy, ..along.clone() };
    let (expected, results) = (along.run(&serial()).y, across.run(&serial()).y);
    for c in 0..features {
        let (a, b, gamma) = (expected[c], results[2 * c + 1], f64::from(along.gamma[c]));
        let (a, b) = (f64::from(a), f64::from(b));
        let xhat = (b - f64::from(along.beta[c])) / gamma;
        assert!((a - b).abs() <= 2.0 * allowed_f32(b, gamma, xhat), "feature {c}: {a} and {b}");
    }
}
