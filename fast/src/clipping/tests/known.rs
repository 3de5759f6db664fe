//! Gradients on which released libraries lose the step, by name.

use super::*;

/// 1024 elements of one magnitude and both signs: the norm is 32 times it.
fn alike<T: Element>(magnitude: f64) -> Vec<T> {
    (0..1024).map(|i| T::round(if i % 3 == 0 { -magnitude } else { magnitude })).collect()
}

/// Clipped to `threshold`, each is a 32nd of it: in `f32` to a unit in the last place, in `f64` to
/// (h/2 + 4)·u with h = 37, and a unit of the subnormal numbers.
fn each_is_a_32nd<T: Element>(magnitude: f64, threshold: f64) {
    let g = alike::<T>(magnitude);
    let (results, _) = clipped(&[&g[..700], &g[700..]], threshold);
    for (y, g) in results.concat().iter().zip(&g) {
        let off = (y.to_f64().abs() - threshold / 32.0).abs();
        let units = if T::SCALED { 23.0 } else { 1.0 };
        assert!(off <= units * ulp::<T>(threshold / 32.0), "{magnitude:e}: {y:?}");
        assert_eq!(y.to_f64() < 0.0, g.to_f64() < 0.0);
    }
}

/// pytorch/pytorch#46849, #53843; tensorflow/tensorflow#21363, #27733; keras-team/keras#14075.
#[test]
fn squares_that_overflow_do_not_lose_the_step() {
    each_is_a_32nd::<f32>(1e20, 1.0);
    each_is_a_32nd::<f32>(3e38, 1.0); // the norm is 9.6·10³⁹
    each_is_a_32nd::<f64>(1e200, 1.0);
    each_is_a_32nd::<f64>(1.7e308, 1.0);
    let (mut w, policy) = workspace();
    assert_eq!(norm(&[&alike::<f32>(3e38)], &mut w, &policy), f32::INFINITY);
    assert_eq!(norm(&[&alike::<f32>(1e37)], &mut w, &policy), 32.0 * 1e37);
}

/// At 10⁻³⁰ the norm of frameworks is 0, at 10⁻²² 1 % off.
#[test]
fn squares_that_underflow_have_a_norm() {
    let (mut w, policy) = workspace();
    for magnitude in [1e-22_f32, 1e-30, 1e-40, 1e-44] {
        assert_eq!(norm(&[&alike::<f32>(f64::from(magnitude))], &mut w, &policy), 32.0 * magnitude);
    }
    for magnitude in [1e-161, 1e-200, 1e-310, 5e-324] {
        let off = norm(&[&alike::<f64>(magnitude)], &mut w, &policy) - 32.0 * magnitude;
        // (h/2 + 2)·u with h = 37.
        assert!(off.abs() <= 20.5 * 2_f64.powi(-53) * 32.0 * magnitude, "{magnitude:e}: {off:e}");
    }
    each_is_a_32nd::<f32>(1e-30, 1e-30);
    each_is_a_32nd::<f64>(1e-200, 1e-200);
    each_is_a_32nd::<f64>(1e-310, 32e-320);
}

/// PyTorch's 10⁻⁶ in the divisor makes this 11 times too small.
#[test]
fn a_small_norm_is_divided_by_itself() {
    let (results, norm) = clipped::<f64>(&[&[6e-8, -8e-8]], 1e-8);
    assert!((norm - 1e-7).abs() <= 1e-22);
    assert!((results[0][0] - 6e-9).abs() <= 1e-23 && (results[0][1] + 8e-9).abs() <= 1e-23);
}

/// c·(1/c) is not 1 for one `f32` c in seven, 41, 47 and 55 among them.
#[test]
fn a_norm_that_equals_the_threshold_changes_nothing() {
    for c in 1..=200_u16 {
        for g in [vec![f32::from(c)], vec![0.0, -f32::from(c)]] {
            let (results, norm) = clipped(&[&g], f64::from(c));
            assert_eq!((&results[0], norm), (&g, f32::from(c)));
        }
        let g = [3.0 * f64::from(c), -4.0 * f64::from(c)];
        assert_eq!(clipped(&[&g], 5.0 * f64::from(c)).0[0], g);
    }
}

/// 0/0: google-deepmind/optax#1752. And 0 is not *no clipping*.
#[test]
fn threshold_0_gives_zeros() {
    for threshold in [0.0, -0.0] {
        assert_eq!(clipped::<f32>(&[&[0.0, -0.0]], threshold), (vec![vec![0.0, -0.0]], 0.0));
        assert_eq!(clipped::<f64>(&[&[3.0, -4.0]], threshold), (vec![vec![0.0, 0.0]], 5.0));
    }
}

#[test]
fn an_infinite_threshold_changes_nothing() {
    let g = alike::<f64>(1.7e308);
    let (results, norm) = clipped(&[&g], f64::INFINITY);
    assert_eq!((&results[0], norm), (&g, f64::INFINITY));
}

/// Four elements of ¾ of the smallest number, rounded to nearest, would be of norm 2 and not 1.5.
#[test]
fn subnormal_results_are_rounded_towards_zero() {
    let tiny = f64::from(f32::from_bits(1));
    assert_eq!(clipped::<f32>(&[&[1.0, -1.0, 1.0, 1.0]], 1.5 * tiny).0[0], [0.0; 4]);
    let (results, _) = clipped::<f32>(&[&[3.0, -4.0]], 5.0 * tiny);
    assert_eq!(results[0], [3.0 * tiny as f32, -4.0 * tiny as f32]);
    let (results, _) = clipped::<f64>(&[&[3e300, -4e300]], 25e-324);
    assert_eq!(results[0], [15e-324, -20e-324]);
}
