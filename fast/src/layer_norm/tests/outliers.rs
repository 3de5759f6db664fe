//! One value far out in a long row: x̂ reaches √d there, and multiplies what the sums are off.

use super::accuracy;
use super::gradients::{Rows, dx_ratios};
use super::oracle::{allowed_f64, relative_f64};
use super::*;

/// Normal noise with a value `far` out at `place`.
fn noise(random: &mut Random, features: usize, (far, place): Outlier) -> impl Iterator<Item = f64> {
    (0..features).map(move |c| random.normal() + if c == place { far } else { 0.0 })
}

/// How far out, and where.
type Outlier = (f64, usize);

/// First, in the middle and last. All are just above a power of two, where a number is rounded the
/// most; 1.1e3 deviations are near √(d/2) for the longest rows, where x̂ and the terms of mean(g·x̂)
/// are large together.
fn outliers(features: usize) -> impl Iterator<Item = Outlier> {
    let places = [0, features / 2, features - 1];
    [1.1e3, 1.1e6, 1.1e12].into_iter().flat_map(move |far| places.map(|place| (far, place)))
}

/// Rows one after the other, with other upstreams: random; along x·γ, which makes mean(g·x̂) as large
/// as it gets; and γ's inverse, so that g is all 1, and so is its mean.
const ROWS: usize = 3;

fn along(features: usize, outlier: Outlier) -> Case<f32> {
    let mut random = Random(89);
    let rows = [(); ROWS].map(|()| noise(&mut random, features, outlier).collect::<Vec<_>>());
    let x: Vec<f32> = rows.concat().into_iter().map(|x| x as f32).collect();
    let mut case = Case::random(Shape::new(ROWS, features, 1), &x, 1e-5, 97);
    for (c, gamma) in case.gamma.iter().enumerate() {
        case.dy[features + c] = (x[features + c] * gamma).signum();
        case.dy[2 * features + c] = 1.0 / gamma;
    }
    case
}

/// The same rows side by side.
fn across(along: &Case<f32>) -> Case<f32> {
    let shape = Shape::new(1, along.shape.channels, ROWS);
    let turned = |tensor: &[f32]| laid_out(shape, |row, c| tensor[row * shape.channels + c].into());
    Case { shape, x: turned(&along.x), dy: turned(&along.dy), ..along.clone() }
}

/// Asserts that dx keeps the bound, both ways to lie. Of the largest error/bound half an ulp is
/// always the greater part, so what is said of the outlier tells more.
fn holds(features: usize, (far, place): Outlier) {
    let along = along(features, (far, place));
    let (rows, across) = (Rows::new(&along), across(&along));
    for case in [along, across] {
        let results = case.run(&serial());
        let ratios = [0, 1, 2].map(|row| dx_ratios(&case, &rows, &results, row));
        let worst = ratios.iter().flatten().copied().fold(0.0, f64::max);
        let at = ratios.map(|row| row[place]);
        println!(
            "{:?}, {far:e} at {place}: {at:.3?} of the bound there, {worst:.3} of all",
            case.shape
        );
        assert!(worst <= 1.0, "{:?}, {far:e} at {place}: {worst} of the bound", case.shape);
    }
}

#[test]
fn f32_gradients_beside_an_outlier() {
    outliers(1 << 13).for_each(|outlier| holds(1 << 13, outlier));
    // Where first value + offset made an error of twice the bound.
    holds(1 << 18, (1.1e12, 0));
}

#[test]
#[ignore = "a quarter of an hour: cargo test --release -p evenkeel-fast outlier -- --ignored --nocapture"]
fn f32_gradients_beside_an_outlier_of_long_rows() {
    for features in [1 << 16, 1 << 18, 1 << 20] {
        outliers(features).for_each(|outlier| holds(features, outlier));
    }
}

/// Half of a row lies below its mean and half above, so that σ² is the square of their distance. A
/// first value √(d/2) deviations away from both must not cost that distance its last digits: it did,
/// and y was off by five times the bound, when both means were measured from there.
#[test]
fn f64_halves_beside_an_outlier() {
    let features = 1 << 20;
    for size in [0.6, 0.9] {
        let far = size * (features as f64 / 2.0).sqrt();
        let value = |_, c| [far, size, -size][(c > 0) as usize + (c >= features / 2) as usize];
        let shape = Shape::new(1, features, 1);
        let case = Case::random(shape, &laid_out::<f64>(shape, value), 0.0, 103);
        let ratio = accuracy::ratio(&case, |truth, x| {
            let relative = relative_f64(truth, x, 0.0);
            move |y, gamma, xhat| allowed_f64(relative, y, gamma, xhat)
        });
        println!("{size}: {ratio} of the bound");
        assert!(ratio <= 1.0, "{size}: {ratio} of the bound");
    }
}
