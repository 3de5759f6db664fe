//! The promise of the forward pass on hard inputs.

use super::oracle::{Truth, absolute, allowed_f32, allowed_f64, big, relative_f64, small};
use super::*;

/// A name and the i-th value.
type Family = (&'static str, fn(&mut Random, usize) -> f64);

/// Families of hard data.
fn families() -> Vec<Family> {
    vec![
        ("standard", |r, _| r.normal()),
        ("mean 1e4", |r, _| 1e4 + r.normal()),
        ("mean 1e7", |r, _| 1e7 + r.normal()),
        ("one ulp", |r, _| if r.uniform() < 0.5 { 16777214.0 } else { 16777215.0 }),
        ("outlier first", |r, i| if i == 0 { 1e12 } else { r.normal() }),
        ("outlier last", |r, i| if i == 1000 { -1e12 } else { 5.0 + r.normal() }),
        ("1e30", |r, _| 1e30 * r.normal()),
        ("3e38", |r, _| 3e38 * (2.0 * r.uniform() - 1.0)),
        ("subnormal", |r, _| 1e-42 * r.normal()),
        ("wide", |r, _| (160.0 * r.uniform() - 80.0).exp() * r.normal()),
        ("drift", |r, i| i as f64 * 1e3 + r.normal()),
    ]
}

/// Layouts of three channels with some hundred or thousand values each.
fn shapes() -> [Shape; 5] {
    [
        Shape::new(1100, 3, 1),
        Shape::new(1, 3, 4200),
        Shape::new(60, 3, 37),
        Shape::new(130, 3, 3),
        Shape::new(7, 3, 1),
    ]
}

/// The largest error/bound over all families, layouts and two ε.
fn worst<T: Element>(check: impl Fn(&Case<T>) -> f64) -> f64 {
    let mut worst = 0.0_f64;
    for (name, value) in families() {
        for shape in shapes() {
            for epsilon in [0.0, 1e-5] {
                let mut random = Random(7);
                let x = laid_out::<T>(shape, |_, i| value(&mut random, i));
                let ratio = check(&Case::random(shape, &x, epsilon, 11));
                assert!(ratio <= 1.0, "{name} {shape:?} ε = {epsilon}: {ratio} of the bound");
                worst = worst.max(ratio);
            }
        }
    }
    worst
}

/// The largest error/bound of one case; `allowed(truth, x, ε)` makes the bound for y, γ, x̂.
fn ratio<T: Element, F: Fn(f64, f64, f64) -> f64>(
    case: &Case<T>,
    allowed: impl Fn(&Truth, &[f64]) -> F,
) -> f64 {
    let y = case.run(&serial()).y;
    let mut worst = 0.0_f64;
    for c in 0..case.shape.channels {
        let (x, y) = (case.channel(&case.x, c), case.channel(&y, c));
        let truth = Truth::new(&x, case.epsilon);
        let (gamma, beta) = (case.gamma[c].to_f64(), case.beta[c].to_f64());
        let bound = allowed(&truth, &x);
        for i in 0..x.len() {
            let exact = truth.y(i, gamma, beta);
            let error = absolute(big(y[i]) - &exact);
            worst = worst.max(error / bound(small(&exact), gamma, small(&truth.normalized[i])));
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

/// The variance of `f32` data is good to 2⁻³², whatever the data.
#[test]
fn f32_variance() {
    let worst = worst::<f32>(|case| {
        let moments = case.run(&serial()).moments;
        (0..case.shape.channels).fold(0.0, |worst: f64, c| {
            let truth = Truth::new(&case.channel(&case.x, c), case.epsilon).variance;
            let error = absolute(big(moments[c].variance()) - &truth);
            worst.max(error / small(&truth) / 2_f64.powi(-32))
        })
    });
    assert!(worst > 0.0, "nothing was compared");
    println!("f32 variance: {worst} of 2⁻³²");
}

/// A million values per channel, the first far away: the most that is promised for `f32`.
#[test]
fn f32_with_a_million_values() {
    for shape in [Shape::new(1, 1, 1 << 20), Shape::new(1 << 20, 2, 1)] {
        let mut random = Random(67);
        let x = laid_out::<f32>(shape, |_, i| if i == 0 { 1e12 } else { random.normal() });
        let ratio = ratio(&Case::random(shape, &x, 1e-5, 71), |_, _| allowed_f32);
        assert!(ratio <= 1.0, "{shape:?}: {ratio} of the bound");
    }
}
