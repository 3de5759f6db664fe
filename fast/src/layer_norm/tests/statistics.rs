//! How well one pass or two find the moments, and where the one passes on to the other.

use super::oracle::{Truth, absolute, big, small};
use super::*;

/// A row of noise whose first 64 values, by which the shift is chosen, are `away` up.
fn row(features: usize, away: f64) -> Vec<f32> {
    let mut random = Random(107);
    (0..features)
        .map(|c| random.normal() + if c < 64 { away } else { 0.0 })
        .map(|x| x as f32)
        .collect()
}

/// The errors of the mean, in deviations, and of Σ(x − μ)², of itself, in units of 2⁻⁵³; and D of the
/// shift.
fn errors(x: &[f32]) -> [f64; 3] {
    let values: Vec<f64> = x.iter().map(|&x| x.into()).collect();
    let truth = Truth::new(&values, 0.0);
    let moments = Case::plain(Shape::new(1, x.len(), 1), x, 0.0).run(&serial()).moments[0];
    let mean = big(moments.shift()) + big(moments.offset());
    let second = &truth.variance * big(x.len() as f64);
    let few = |power| values[..64].iter().map(|x| x.powi(power)).sum::<f64>() / 64.0;
    let [estimate, variance] = [few(1), few(2) - few(1) * few(1)];
    let is_near = estimate * estimate * (x.len() as f64).sqrt() <= 16.0 * variance;
    let shift = if is_near { 0.0 } else { estimate };
    let unit = 2_f64.powi(53);
    [
        absolute((mean - &truth.mean) * &truth.rstd) * unit,
        absolute((big(moments.second_moment()) - &second) / &second) * unit,
        small(&((big(shift) - &truth.mean) * &truth.rstd)),
    ]
}

/// The bounds of the module's head, for the D at hand as long as one pass is enough, and for D = 0
/// from there on.
#[test]
fn moments_keep_their_bounds_on_both_sides_of_the_limit() {
    let mut worst = [0.0_f64; 2];
    for features in [100, 1000, 5000, 1 << 16] {
        let h = 37.0 + (features as f64 / 1024.0).max(1.0).log2().ceil();
        let (mut near, mut far) = (0, 0);
        for away in [0.0, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0, 5.0, 9.0, 1e3, 1e6] {
            let [mean, second, d] = errors(&row(features, away));
            let enough = d * d * (features as f64).sqrt() <= 64.0 * (1.0 - 1e-9);
            if enough {
                near += 1
            } else {
                far += 1
            }
            let d = if enough { d } else { 0.0 };
            let ratios = [
                mean / ((h + 1.0) * (1.0 + d)),
                second / ((h + 2.0) * (1.0 + 2.0 * d + 3.0 * d * d)),
            ];
            assert!(ratios.iter().all(|&ratio| ratio <= 1.0), "{features}, {away}: {ratios:?}");
            worst = [worst[0].max(ratios[0]), worst[1].max(ratios[1])];
        }
        assert!(near > 0 && (far > 0 || features < 1000), "{features}: {near} near, {far} far");
    }
    println!("mean and second moment: {worst:.3?} of the bounds");
}
