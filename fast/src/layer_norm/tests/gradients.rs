//! The promise of the backward pass, and its invariants.

use super::oracle::{Big, Slopes, Truth, absolute, big, small, ulp};
use super::*;

/// Many rows for dγ and dβ, long ones for dx, lying either way.
fn shapes() -> [Shape; 6] {
    [
        Shape::new(1100, 5, 1),
        Shape::new(3, 5000, 1),
        Shape::new(70, 37, 1),
        Shape::new(9, 21, 37),
        Shape::new(1, 5, 2100),
        Shape::new(130, 70, 2),
    ]
}

/// Truth of every row.
pub(super) struct Rows {
    truths: Vec<Truth>,
    dx: Vec<Vec<Big>>,
}

impl Rows {
    pub(super) fn new<T: Element>(case: &Case<T>) -> Self {
        let rows = 0..case.shape.per_channel();
        let truths: Vec<_> =
            rows.map(|row| Truth::new(&case.row(&case.x, row), case.epsilon)).collect();
        let slope = |(row, truth): (usize, &Truth)| {
            let dy = case.row(&case.dy, row);
            let terms = dy.iter().zip(&case.gamma).map(|(&dy, g)| big(dy) * big(g.to_f64()));
            Slopes::new(truth, 1.0, &terms.collect::<Vec<_>>()).dx
        };
        let dx = truths.iter().enumerate().map(slope).collect();
        Self { truths, dx }
    }

    /// x̂ of a feature, row by row.
    fn normalized(&self, feature: usize) -> impl Iterator<Item = &Big> {
        self.truths.iter().map(move |truth| &truth.normalized[feature])
    }
}

/// The largest ratio over hard rows, layouts and two ε.
fn worst<T: Element>(ratio: impl Fn(&Case<T>, &Rows, &Results<T>) -> f64) -> f64 {
    let mut worst = 0.0_f64;
    for (name, value) in families() {
        for shape in shapes() {
            for epsilon in [0.0, 1e-5] {
                // So that dx stays in the range of f32.
                if name == "subnormal" && epsilon == 0.0 {
                    continue;
                }
                let mut random = Random(43);
                let x = laid_out::<T>(shape, |_, c| value(&mut random, c));
                let case = Case::random(shape, &x, epsilon, 47);
                let ratio = ratio(&case, &Rows::new(&case), &case.run(&serial()));
                assert!(ratio <= 1.0, "{name} {shape:?} ε = {epsilon}: {ratio}");
                worst = worst.max(ratio);
            }
        }
    }
    worst
}

/// The largest |dy·γ| of a row.
fn largest<T: Element>(case: &Case<T>, row: usize) -> f64 {
    let dy = case.row(&case.dy, row);
    dy.iter().zip(&case.gamma).fold(0.0, |a: f64, (dy, gamma)| a.max((dy * gamma.to_f64()).abs()))
}

/// dx of a `f32` row against 0.501·ulp(dx) + 2⁻³⁶·r·max|dy·γ|, value by value.
pub(super) fn dx_ratios(
    case: &Case<f32>,
    rows: &Rows,
    results: &Results<f32>,
    row: usize,
) -> Vec<f64> {
    let slack = 2_f64.powi(-36) * small(&rows.truths[row].rstd) * largest(case, row);
    let ratio = |(dx, exact): (f64, &Big)| {
        absolute(big(dx) - exact) / (0.501 * ulp::<f32>(small(exact)) + slack)
    };
    case.row(&results.dx, row).into_iter().zip(&rows.dx[row]).map(ratio).collect()
}

/// The largest of all rows.
fn dx_f32(case: &Case<f32>, rows: &Rows, results: &Results<f32>) -> f64 {
    let ratios = (0..rows.dx.len()).flat_map(|row| dx_ratios(case, rows, results, row));
    ratios.fold(0.0, f64::max)
}

/// dγ and dβ of `f32` features: an ulp's half and some, and a sliver of their terms.
fn parameters_f32(case: &Case<f32>, rows: &Rows, results: &Results<f32>) -> f64 {
    let mut worst = 0.0_f64;
    for c in 0..case.shape.channels {
        let (mut dgamma, mut dbeta) = (big(0.0), big(0.0));
        let (mut products, mut total) = (0.0, 0.0);
        for (dy, xhat) in case.feature(&case.dy, c).into_iter().zip(rows.normalized(c)) {
            let product = big(dy) * xhat;
            products += absolute(product.clone());
            total += dy.abs();
            (dgamma, dbeta) = (dgamma + product, dbeta + big(dy));
        }
        let allowed = 0.501 * ulp::<f32>(small(&dgamma))
            + 2_f64.powi(-33) * products
            + 2_f64.powi(-36) * total;
        worst = worst.max(absolute(big(f64::from(results.dgamma[c])) - dgamma) / allowed);
        let allowed = 0.501 * ulp::<f32>(small(&dbeta)) + 2_f64.powi(-40) * total;
        worst = worst.max(absolute(big(f64::from(results.dbeta[c])) - dbeta) / allowed);
    }
    worst
}

#[test]
fn f32_gradients_are_rounded_once() {
    let worst = worst::<f32>(|case, rows, results| {
        dx_f32(case, rows, results).max(parameters_f32(case, rows, results))
    });
    println!("f32 gradients: {worst} of the bound");
    assert!(worst > 0.9, "an error near half an ulp must occur: {worst}");
}

/// The row for which dx is hardest: x̂ of the first feature is near √(d/2), so that each relative
/// error of x̂·mean(g·x̂) counts hundreds of times.
#[test]
fn f32_gradients_of_a_million_features() {
    let (features, mut random) = (1 << 20, Random(73));
    let far = f64::from(features).sqrt();
    let x = laid_out::<f32>(Shape::new(1, features as usize, 1), |_, c| {
        if c == 0 { far } else { random.normal() }
    });
    let mut case = Case::random(Shape::new(1, features as usize, 1), &x, 1e-5, 79);
    // Upstream along x̂, and as large as it gets everywhere.
    for (dy, (x, gamma)) in case.dy.iter_mut().zip(x.iter().zip(&case.gamma)) {
        *dy = (x * gamma).signum();
    }
    let ratio = dx_f32(&case, &Rows::new(&case), &case.run(&serial()));
    assert!(ratio <= 1.0, "{ratio} of the bound");
}

/// A first-order bound with h = 84 additions in a row: x̂, dy·γ and both means carry at most
/// (h + 16)·u, of terms no larger than r·max|dy·γ|·max(1, |x̂|²).
#[test]
fn f64_gradients_keep_a_bound() {
    let worst = worst::<f64>(|case, rows, results| {
        let mut worst = 0.0_f64;
        for (row, (truth, exact)) in rows.truths.iter().zip(&rows.dx).enumerate() {
            let far =
                truth.normalized.iter().map(small).fold(1.0, |a: f64, xhat| a.max(xhat.abs()));
            let scale = small(&truth.rstd) * largest(case, row);
            let allowed = 100.0 * 2_f64.powi(-53) * scale * far * far;
            for (dx, exact) in case.row(&results.dx, row).into_iter().zip(exact) {
                worst = worst.max(absolute(big(dx) - exact) / allowed);
            }
        }
        worst
    });
    println!("f64 gradients: {worst} of the bound");
    assert!(worst > 1e-4, "no bound is that slack: {worst}");
}

/// Σ dx = 0 and Σ dx·x̂ = r·Σ(g·x̂)·ε/(σ² + ε) per row. With ε = 0.5, σ ≈ 1, |x̂| ≤ 6, |dy| and
/// |γ| ≤ 6, each of the d terms has an error of at most 100·u·r·36·36.
#[test]
fn dx_is_orthogonal_to_what_the_statistics_remove() {
    for shape in [Shape::new(2, 900, 1), Shape::new(1, 900, 2)] {
        let mut random = Random(53);
        let x = laid_out::<f64>(shape, |_, _| random.normal());
        let case = Case::random(shape, &x, 0.5, 59);
        let results = case.run(&serial());
        for row in 0..2 {
            let truth = Truth::new(&case.row(&case.x, row), 0.5);
            let (dx, dy) = (case.row(&results.dx, row), case.row(&case.dy, row));
            let (r, xhat) = (small(&truth.rstd), truth.normalized.iter().map(small));
            let allowed = 900.0 * 100.0 * 2_f64.powi(-53) * r * 36.0 * 36.0;
            assert!(dx.iter().sum::<f64>().abs() <= allowed);
            let along: f64 = dx.iter().zip(xhat.clone()).map(|(dx, xhat)| dx * xhat).sum();
            let terms = dy.iter().zip(&case.gamma).zip(xhat).map(|((dy, g), xhat)| dy * g * xhat);
            let expected = r * terms.sum::<f64>() * 0.5 * r * r;
            assert!((along - expected).abs() <= allowed);
            assert!(expected.abs() > 1e3 * allowed, "the case can tell");
        }
    }
}
