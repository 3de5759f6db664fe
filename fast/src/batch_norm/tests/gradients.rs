//! The promise of the backward pass, and its invariants.

use super::oracle::{Slopes, Truth, absolute, big, small, ulp};
use super::*;

fn shapes() -> [Shape; 4] {
    [Shape::new(1100, 3, 1), Shape::new(1, 3, 4200), Shape::new(60, 3, 37), Shape::new(130, 3, 3)]
}

fn data(name: &str, random: &mut Random, i: usize) -> f64 {
    match name {
        "standard" => random.normal(),
        "mean 1e7" => 1e7 + random.normal(),
        "outlier first" if i == 0 => 1e9,
        "1e30" => 1e30 * random.normal(),
        "1e-30" => 1e-30 * random.normal(),
        _ => 3.0 + random.normal(),
    }
}

const NAMES: [&str; 5] = ["standard", "mean 1e7", "outlier first", "1e30", "1e-30"];

fn worst<T: Element>(ratio: impl Fn(&Case<T>, usize, &Results<T>) -> f64) -> f64 {
    let mut worst = 0.0_f64;
    for name in NAMES {
        for shape in shapes() {
            for epsilon in [0.0, 1e-5] {
                let mut random = Random(43);
                let x = laid_out::<T>(shape, |_, i| data(name, &mut random, i));
                let case = Case::random(shape, &x, epsilon, 47);
                let results = case.run(&serial());
                for c in 0..shape.channels {
                    let ratio = ratio(&case, c, &results);
                    assert!(ratio <= 1.0, "{name} {shape:?} ε = {epsilon}: {ratio}");
                    worst = worst.max(ratio);
                }
            }
        }
    }
    worst
}

/// Truth of a channel: (x̂ and r, gradients, dy).
fn truth<T: Element>(case: &Case<T>, c: usize) -> (Truth, Slopes, Vec<f64>) {
    let truth = Truth::new(&case.channel(&case.x, c), case.epsilon);
    let dy = case.channel(&case.dy, c);
    let exact: Vec<_> = dy.iter().map(|&dy| big(dy)).collect();
    let slopes = Slopes::new(&truth, case.gamma[c].to_f64(), &exact);
    (truth, slopes, dy)
}

#[test]
fn f32_gradients_are_rounded_once() {
    let worst = worst::<f32>(|case, c, results| {
        let (truth, slopes, dy) = truth(case, c);
        let xhat: Vec<f64> = truth.normalized.iter().map(small).collect();
        let (gamma, r) = (f64::from(case.gamma[c]), small(&truth.rstd));
        let largest = dy.iter().fold(0.0, |a: f64, dy| a.max((dy * gamma).abs()));
        let mean = small(&slopes.dgamma) / dy.len() as f64;
        let mut worst = 0.0_f64;
        for (i, &dx) in case.channel(&results.dx, c).iter().enumerate() {
            let allowed = 0.501 * ulp::<f32>(small(&slopes.dx[i]))
                + 2_f64.powi(-36) * r * largest
                + 2_f64.powi(-33) * (gamma * r * xhat[i] * mean).abs();
            worst = worst.max(absolute(big(dx) - &slopes.dx[i]) / allowed);
        }
        let total: f64 = dy.iter().map(|dy| dy.abs()).sum();
        let product: f64 = dy.iter().zip(&xhat).map(|(dy, xhat)| (dy * xhat).abs()).sum();
        let (dgamma, dbeta) = (f64::from(results.dgamma[c]), f64::from(results.dbeta[c]));
        let allowed = 0.501 * ulp::<f32>(small(&slopes.dgamma))
            + 2_f64.powi(-33) * product
            + 2_f64.powi(-36) * total;
        worst = worst.max(absolute(big(dgamma) - &slopes.dgamma) / allowed);
        let allowed = 0.501 * ulp::<f32>(small(&slopes.dbeta)) + 2_f64.powi(-40) * total;
        worst.max(absolute(big(dbeta) - &slopes.dbeta) / allowed)
    });
    println!("f32 gradients: {worst} of the bound");
    assert!(worst > 0.9, "an error near half an ulp must occur: {worst}");
}

/// A first-order bound with h = 84 additions in a row: x̂ and both means carry at most (h + 16)·u,
/// of terms no larger than r·max|dy·γ|·max(1, |x̂|²).
#[test]
fn f64_gradients_keep_a_bound() {
    let worst = worst::<f64>(|case, c, results| {
        let (truth, slopes, dy) = truth(case, c);
        let far = truth.normalized.iter().map(small).fold(1.0, |a: f64, xhat| a.max(xhat.abs()));
        let largest = dy.iter().fold(0.0, |a: f64, dy| a.max(dy.abs()));
        let scale = small(&truth.rstd) * largest * case.gamma[c].abs();
        let allowed = 100.0 * 2_f64.powi(-53) * scale * far * far;
        let dx = case.channel(&results.dx, c);
        let errors = dx.iter().zip(&slopes.dx).map(|(&dx, exact)| absolute(big(dx) - exact));
        errors.fold(0.0, |worst: f64, error| worst.max(error / allowed))
    });
    println!("f64 gradients: {worst} of the bound");
    assert!(worst > 1e-4, "no bound is that slack: {worst}");
}

/// Σ dx = 0 and Σ dx·x̂ = γ·r·dγ·ε/(σ² + ε). With ε = 0.5, σ ≈ 1 and |x̂| ≤ 6, each of the m terms
/// has an error of at most 100·u·|γ|·r·max|dy|·36.
#[test]
fn dx_is_orthogonal_to_what_the_statistics_remove() {
    let shape = Shape::new(900, 2, 1);
    let mut random = Random(53);
    let x = laid_out::<f64>(shape, |_, _| random.normal());
    let case = Case::random(shape, &x, 0.5, 59);
    let results = case.run(&serial());
    for c in 0..2 {
        let truth = Truth::new(&case.channel(&case.x, c), 0.5);
        let dx = case.channel(&results.dx, c);
        let (gamma, r) = (case.gamma[c], small(&truth.rstd));
        let allowed = 900.0 * 100.0 * 2_f64.powi(-53) * gamma.abs() * r * 6.0 * 36.0;
        assert!(dx.iter().sum::<f64>().abs() <= allowed);
        let along = dx.iter().zip(&truth.normalized).map(|(dx, xhat)| dx * small(xhat));
        let expected = gamma * r * results.dgamma[c] * 0.5 * r * r;
        assert!((along.sum::<f64>() - expected).abs() <= allowed);
        assert!(expected.abs() > 1e3 * allowed, "the case can tell");
    }
}

#[test]
fn f64_gradients_at_both_ends_of_the_range() {
    // r is up to 10³¹⁸ here: no number. dy is kept so small that dx is one.
    for scale in [1e-318, 1e-300, 1e-200, 1.0, 1e200, 1e300] {
        let x: Vec<f64> = [1.0, 2.0, 4.0, -3.0].iter().map(|x| x * scale).collect();
        let case = Case::plain(Shape::new(4, 1, 1), &x, 0.0);
        let case =
            Case { dy: case.dy.iter().map(|dy| dy * scale.clamp(1e-300, 1.0)).collect(), ..case };
        let (results, (_, slopes, _)) = (case.run(&serial()), truth(&case, 0));
        for (dx, exact) in results.dx.iter().zip(&slopes.dx) {
            // A handful of roundings of terms that are at most |dx| in size here.
            let allowed = 64.0 * 2_f64.powi(-53) * small(exact).abs() + 5e-324;
            assert!(absolute(big(*dx) - exact) <= allowed, "{scale}: {dx} for {}", small(exact));
        }
    }
}
