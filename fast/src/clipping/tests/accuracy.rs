//! Norms, elements and resulting norms within what is promised.

use super::*;

const U: f64 = 1.0 / (1_u64 << 53) as f64;

/// h of the clause page, for one tensor.
fn additions(len: usize) -> f64 {
    let blocks = len.div_ceil(2048).max(1).next_power_of_two();
    len.div_ceil(32).min(64) as f64 + 5.0 + f64::from(blocks.ilog2())
}

fn lengths() -> [usize; 12] {
    [1, 2, 3, 15, 16, 17, 31, 33, 2047, 2049, 5000, 40_000]
}

/// Magnitudes whose squares are in the range, and out of it at both ends.
fn magnitudes<T: Element>() -> Vec<f64> {
    let hard: &[f64] = if T::SCALED {
        &[1e300, 1e200, 1e154, 1e-140, 1e-155, 1e-200, 1e-310]
    } else {
        &[5e37, 1e20, 1e-20, 1e-30, 1e-38, 1e-44]
    };
    [&[1.0, 1e3][..], hard].concat()
}

fn norms_and_elements<T: Element>() {
    let mut random = Random(5);
    for magnitude in magnitudes::<T>() {
        for len in lengths() {
            let g = draws::<T>(&mut random, len, magnitude);
            let truth = true_norm(&[&g]);
            let [norm, h] = [small(&truth), additions(len)];
            for threshold in [0.3 * norm, 1e-6 * norm] {
                let (results, before) = clipped(&[&g], threshold);
                let allowed = if T::SCALED {
                    (h / 2.0 + 2.0) * U * norm + f64::from_bits(1)
                } else {
                    0.5 * ulp::<T>(norm) + (h / 2.0 + 1.0) * U * norm
                };
                if norm <= T::LARGEST {
                    let off = small(&(big(before.to_f64()) - &truth)).abs();
                    assert!(off <= allowed, "{len} of {magnitude:e}: {off:e}");
                }

                let factor = big(threshold) / &truth;
                for (y, g) in results[0].iter().zip(&g) {
                    let exact = big(g.to_f64()) * &factor;
                    let size = small(&exact).abs();
                    let allowed = if T::SCALED {
                        1.001 * (h / 2.0 + 4.0) * U * size + f64::from_bits(1)
                    } else {
                        let subnormal = size < f64::from(f32::MIN_POSITIVE);
                        0.501 * ulp::<T>(size) + if subnormal { 0.5 * ulp::<T>(0.0) } else { 0.0 }
                    };
                    let off = small(&(big(y.to_f64()) - exact)).abs();
                    assert!(off <= allowed, "{len} of {magnitude:e}: {off:e} of {size:e}");
                }
            }
        }
    }
}

#[test]
fn norms_and_elements_keep_their_promise() {
    norms_and_elements::<f32>();
    norms_and_elements::<f64>();
}

/// The norm of a result, relative to the threshold less 1.
fn passes<T: Element>(g: &[T], threshold: f64) -> f64 {
    let (results, _) = clipped(&[g], threshold);
    small(&(true_norm(&[&results[0]]) / big(threshold) - big(1.0)))
}

/// Also where the threshold is a few of the smallest numbers, and elements are rounded to 0 or 1 of them.
#[test]
fn the_resulting_norm_does_not_pass_the_threshold() {
    let mut random = Random(6);
    for len in [1, 4, 100, 3000] {
        for exponent in (-149..100).step_by(3) {
            let threshold = 1.5 * 2_f64.powi(exponent);
            let g = draws::<f32>(&mut random, len, 1e37);
            let over = passes(&g, threshold);
            assert!(over <= 2_f64.powi(-23), "{len}, 2^{exponent}: {over:e}");
        }
        for threshold in [5e-324, 1e-322, 3e-310, 1e-300, 1.0, 1e300] {
            let g = draws::<f64>(&mut random, len, 1e307);
            let over = passes(&g, threshold);
            assert!(
                over <= 1.001 * (additions(len) / 2.0 + 4.0) * U,
                "{len}, {threshold:e}: {over:e}"
            );
        }
    }
}

/// How many of `count` norms are not the nearest `f32`: lengths 1 to 100, four sizes of magnitude.
fn misrounded(count: u64) -> u64 {
    let (mut w, policy) = workspace();
    let mut random = Random(7);
    let mut wrong = 0;
    for k in 0..count {
        let magnitude = [1.0, 1e-44, 1e30, 1e-25][(k % 4) as usize];
        let g = draws::<f32>(&mut random, 1 + (k % 100) as usize, magnitude);
        let truth = true_norm(&[&g]);
        let off = small(&(big(f64::from(norm(&[&g], &mut w, &policy))) - &truth)).abs();
        wrong += u64::from(off > 0.5 * ulp::<f32>(small(&truth)));
    }
    wrong
}

#[test]
fn norms_of_f32_are_correctly_rounded() {
    assert_eq!(misrounded(5_000), 0);
}

/// ```text
/// cargo test --release -p evenkeel-fast a_million_norms -- --ignored --nocapture
/// ```
#[test]
#[ignore = "ten seconds: cargo test --release -p evenkeel-fast a_million_norms -- --ignored --nocapture"]
fn a_million_norms_of_f32_are_correctly_rounded() {
    let count = 1_000_000;
    let wrong = misrounded(count);
    println!("{wrong} of {count} norms in f32 are not the nearest number");
    assert_eq!(wrong, 0);
}
