//! `f64` data at both ends of the range, and the merging of moments.

use super::oracle::{Truth, absolute, allowed_f64, big, relative_f64, small};
use super::*;

const LARGEST: f64 = f64::MAX;
const SMALLEST: f64 = 5e-324;

/// Asserts y of a single channel against the truth, in both walks.
fn holds(x: &[f64], epsilon: f64) {
    let truth = Truth::new(x, epsilon);
    let relative = relative_f64(&truth, x, epsilon);
    for shape in [Shape::new(x.len(), 2, 1), Shape::new(1, 1, x.len())] {
        let both = laid_out::<f64>(shape, |_, i| x[i]);
        let case = Case::random(shape, &both, epsilon, 31);
        let y = case.run(&serial()).y;
        for c in 0..shape.channels {
            let (gamma, beta) = (case.gamma[c], case.beta[c]);
            for (i, &y) in case.channel(&y, c).iter().enumerate() {
                let exact = truth.y(i, gamma, beta);
                let xhat = small(&truth.normalized[i]);
                let allowed = allowed_f64(relative, small(&exact), gamma, xhat);
                let error = absolute(big(y) - &exact);
                assert!(error <= allowed, "{:?} ε = {epsilon} at {i}: {y}", &x[..2]);
            }
        }
    }
}

#[test]
fn f64_at_both_ends_of_the_range() {
    let mut random = Random(37);
    let shapes: Vec<Vec<f64>> = vec![
        vec![LARGEST, -LARGEST],
        vec![-LARGEST, LARGEST, LARGEST, LARGEST],
        vec![SMALLEST, 0.0],
        vec![SMALLEST, 2.0 * SMALLEST, 0.0, 7.0 * SMALLEST],
        vec![1e-200, -1e-200],
        vec![1e-170, 2e-170, 4e-170],
        vec![1e160, 3e160, -1e150],
        vec![LARGEST, LARGEST * (1.0 - f64::EPSILON)],
        vec![1e-130 * (1.0 + f64::EPSILON), 1e-130],
        vec![1e-300, 1.0, 1e300],
        (0..200).map(|_| 1e300 * random.normal()).collect(),
        (0..200).map(|_| 1e-310 * random.normal()).collect(),
        (0..200).map(|_| 1e-160 * random.normal()).collect(),
        (0..200).map(|_| 1e153 * random.normal()).collect(),
    ];
    for x in shapes {
        for epsilon in [0.0, 5e-324, 1e-300, 1e-60, 1e-5, 1e300] {
            holds(&x, epsilon);
        }
    }
}

#[test]
fn the_mean_and_variance_of_the_largest_numbers() {
    let x = [-LARGEST, LARGEST, LARGEST, LARGEST];
    let moments = Case::plain(Shape::new(4, 1, 1), &x, 0.0).run(&serial()).moments[0];
    assert_eq!(moments.exponent(), 600);
    // The offset, 1.5 times the largest number, is rounded: one ulp of the mean.
    assert!((moments.mean() / (LARGEST / 2.0) - 1.0).abs() <= f64::EPSILON);
    assert_eq!(moments.variance(), f64::INFINITY);
}

fn moments_of(x: &[f64]) -> Moments {
    let mut moments = [Moments::default()];
    let shape = Shape::new(x.len(), 1, 1);
    statistics(shape, x, &mut moments, &mut Workspace::new(), &serial()).unwrap();
    moments[0]
}

/// Merged parts against the truth of the whole. Each merge rounds a mean and a second moment a
/// few times; with parts of at most 256 values the sums have at most 14 additions in a row: 32
/// roundings of the deviation and of the variance are enough for all.
fn merges(x: &[f64], cut: usize) {
    let merged = moments_of(&x[..cut]).merge(&moments_of(&x[cut..]));
    let truth = Truth::new(x, 0.0);
    let unit = big(merged.scale());
    let mean = (big(merged.shift()) * &unit + big(merged.offset())) / &unit;
    let variance = big(merged.second_moment()) / &unit / &unit / big(x.len() as f64);
    let far = x.iter().fold(0.0, |far: f64, &x| far.max(absolute(big(x) - &truth.mean)));
    let rounding = 32.0 * 2_f64.powi(-53);
    assert!(absolute(mean - &truth.mean) <= rounding * far + SMALLEST, "mean of {:?}", &x[..2]);
    let error = absolute((variance - &truth.variance) / &truth.variance);
    assert!(error <= rounding, "variance of {:?}: {error}", &x[..2]);
    assert_eq!((merged.count(), merged.shift()), (x.len() as u64, x[0]));
}

#[test]
fn parts_merge_to_the_whole() {
    let mut random = Random(41);
    for centre in [0.0, 1e7, 1e15] {
        let x: Vec<f64> = (0..256).map(|_| centre + random.normal()).collect();
        for cut in [1, 2, 100, 255] {
            merges(&x, cut);
        }
    }
}

#[test]
fn parts_of_different_exponents_merge() {
    // Constant, ordinary, huge and tiny parts, both ways round.
    let parts: [&[f64]; 7] = [
        &[3.0, 3.0],
        &[1.0, 2.0, 4.0],
        &[1e300, -1e300, 1e299],
        &[1e-300, 3e-300],
        &[SMALLEST, 0.0],
        &[LARGEST, LARGEST],
        &[-LARGEST, 1.0],
    ];
    for a in parts {
        for b in parts {
            let x = [a, b].concat();
            if x.iter().any(|&value| value != x[0]) {
                merges(&x, a.len());
            }
        }
    }
}

#[test]
fn an_empty_part_changes_nothing() {
    let part = moments_of(&[1.0, 5.0]);
    assert_eq!(part.merge(&Moments::default()), part);
    assert_eq!(Moments::default().merge(&part), part);
    let constant = moments_of(&[LARGEST; 3]).merge(&moments_of(&[LARGEST; 2]));
    assert_eq!((constant.count(), constant.offset(), constant.variance()), (5, 0.0, 0.0));
}

#[test]
fn parts_are_checked() {
    let refused = |second, exponent| {
        let error = Moments::from_parts(1, 0.0, 0.0, second, exponent).unwrap_err();
        error.argument().to_string()
    };
    assert_eq!(refused(-1.0, 0), "second_moment");
    assert_eq!(refused(1.0, 7), "exponent");
    let part = moments_of(&[1e300, 2e300]);
    let again = Moments::from_parts(
        part.count(),
        part.shift(),
        part.offset(),
        part.second_moment(),
        part.exponent(),
    );
    assert_eq!(again, Ok(part));
}
