//! Random streams against known answers, the map spelled out once more, and what they refuse.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use std::f64::consts::{PI, SQRT_2};

use evenkeel_reference::Error;
use evenkeel_reference::random::*;
use rand::Rng;

/// The unit roundoff of `f64`.
const U: f64 = f64::EPSILON / 2.0;
const STREAM: Stream = Stream { seed: 0x0123_4567_89ab_cdef, number: 7, step: 11 };
const LAST: u64 = u64::MAX;

#[track_caller]
fn assert_close(found: f64, expected: f64, bound: f64) {
    let error = (found - expected).abs();
    assert!(error <= bound, "{found} is {error:e} from {expected}, allowed is {bound:e}");
}

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

// ---- words -------------------------------------------------------------------------------------

#[test]
fn philox_gives_the_answers_of_its_authors() {
    let ones = philox4x32([u32::MAX; 4], [u32::MAX; 2]);
    let pi = philox4x32(
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xa409_3822, 0x299f_31d0],
    );
    assert_eq!(philox4x32([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    assert_eq!(pi, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
}

#[test]
fn words_are_those_of_another_program() {
    // n, W(n), V(n): from a few lines of another language that spell out the page.
    let words = [
        (0, 0x33db_bfb2, 0xf79b_ca66),
        (1, 0xc597_38ac, 0xe2e0_c2f0),
        (15, 0x2917_0d50, 0x8189_49ac),
        (16, 0x84bd_9aca, 0xab09_c64d),
        (63, 0xa0bd_ad88, 0x007f_b7ae),
        (64, 0xbdd7_b084, 0x23e9_ba80),
        (1000, 0xa128_2110, 0x7321_0948),
        ((1 << 34) + 5, 0xbda8_7bc5, 0x4da5_50b5),
        (LAST, 0x527e_d05e, 0x53f4_2443),
    ];
    for (n, first, second) in words {
        assert_eq!((word(STREAM, n), second_word(STREAM, n)), (first, second), "word {n}");
    }
}

#[test]
fn a_group_of_words_is_sixteen_blocks_side_by_side() {
    let key = [0x89ab_cdef, 0x0123_4567];
    for group in [0_u64, 1, 77, (1 << 28) + 3, (1 << 58) - 1] {
        for block in 0..16 {
            let number = 16 * group + block;
            let (low, high) = (number as u32, (number >> 32) as u32);
            for plane in 0..2 {
                let words = philox4x32([low, high + plane * 0x8000_0000, 7, 11], key);
                for (place, expected) in words.into_iter().enumerate() {
                    let n = 64 * group + 16 * place as u64 + block;
                    let found = [word, second_word][plane as usize](STREAM, n);
                    assert_eq!(found, expected, "group {group}, block {block}, plane {plane}");
                }
            }
        }
    }
}

#[test]
fn every_part_of_a_stream_counts() {
    let words = |stream: Stream| -> Vec<u32> { (0..64).map(|n| word(stream, n)).collect() };
    let others = [
        Stream { seed: STREAM.seed ^ 1, ..STREAM },
        Stream { seed: STREAM.seed ^ (1 << 63), ..STREAM },
        Stream { number: 8, ..STREAM },
        Stream { step: 12, ..STREAM },
        Stream { number: 11, step: 7, ..STREAM },
    ];
    for other in others {
        assert_ne!(words(STREAM), words(other), "{other:?}");
    }
    assert_eq!(words(STREAM), words(STREAM));
}

#[test]
fn a_generator_gives_the_first_words_in_turn() {
    let mut words = Words::new(STREAM);
    for n in 0..130 {
        assert_eq!(words.next_u32(), word(STREAM, n));
    }
    let (low, high) = (u64::from(word(STREAM, 130)), u64::from(word(STREAM, 131)));
    assert_eq!(words.next_u64(), low | (high << 32));
    let mut bytes = [0; 6];
    words.fill_bytes(&mut bytes);
    assert_eq!(bytes[..4], word(STREAM, 132).to_le_bytes());
    assert_eq!(bytes[4..], word(STREAM, 133).to_le_bytes()[..2]);
}

// ---- uniform -----------------------------------------------------------------------------------

#[test]
fn centred_uniforms_are_odd_multiples_of_a_step() {
    // Exact.
    let step = 2.0_f64.powi(-32);
    for word in [0, 1, 2, 12345, (1 << 31) - 1, 1 << 31, u32::MAX - 1, u32::MAX] {
        let v = centered_uniform(word);
        assert_eq!(v / step, (2 * i64::from(word) + 1 - (1 << 32)) as f64);
        assert_eq!(centered_uniform(u32::MAX - word), -v);
        assert!(v.abs() < 1.0 && v != 0.0);
    }
}

#[test]
fn a_uniform_is_one_product() {
    for i in [0, 1, 16, 63, 64, 1000, LAST] {
        let v = (2.0 * f64::from(word(STREAM, i)) + 1.0) / 2.0_f64.powi(32) - 1.0;
        for bound in [0.0, -0.0, 1e-310, 0.1, 3.0, f64::MAX] {
            let value = uniform(STREAM, i, bound).unwrap();
            assert_eq!(value, bound * v);
            assert!(value.abs() <= bound);
        }
    }
}

// ---- normal ------------------------------------------------------------------------------------

#[test]
fn the_two_uniforms_of_a_normal_number() {
    // Exact.
    let p = |j| 2.0_f64.powi(j);
    assert_eq!(radius_uniform(0, 0), p(-65));
    assert_eq!(radius_uniform(0, u32::MAX), p(-32) - p(-65));
    assert_eq!(radius_uniform(65535, u32::MAX), p(-16) - p(-65));
    assert_eq!(radius_uniform(65536, u32::MAX), p(-16) + p(-33));
    assert_eq!(radius_uniform(65536, 0), radius_uniform(65536, 1));
    assert_eq!(radius_uniform(u32::MAX, 0), 1.0 - p(-33));
    assert_eq!((angle_uniform(0), angle_uniform(u32::MAX)), (p(-33), 1.0 - p(-33)));
}

#[test]
fn the_largest_normal_number_is_the_root_of_130_ln_2() {
    let [cosine, sine] = box_muller(radius_uniform(0, 0), angle_uniform(0));
    // 10u of z and 4u·θ·|z′| with a tiny θ, and the same for the root here.
    assert_close(cosine, (130.0 * 2.0_f64.ln()).sqrt(), 20.0 * U * 9.5);
    assert!(sine > 0.0 && sine < 1e-8);
    assert_eq!(box_muller(1.0, 0.3), [0.0, 0.0]);
}

#[test]
fn quarter_turns_by_hand() {
    // u₁ = ½: r = √(2 ln 2). Each angle is off by 4u·θ at most, which is the error of what is 0.
    let r = (2.0 * 2.0_f64.ln()).sqrt();
    for (quarters, expected) in
        [(0.0, [r, 0.0]), (1.0, [0.0, r]), (2.0, [-r, 0.0]), (3.0, [0.0, -r])]
    {
        let bound = 10.0 * U * r + 4.0 * U * (quarters * PI / 2.0) * r;
        let [cosine, sine] = box_muller(0.5, quarters / 4.0);
        assert_close(cosine, expected[0], bound);
        assert_close(sine, expected[1], bound);
    }
}

/// r and θ of element i, and the other number of its pair, from the page.
fn pair(i: u64) -> (f64, f64, f64) {
    let radius = i / 32 * 32 + i % 16;
    let (a, b) = (word(STREAM, radius), word(STREAM, radius + 16));
    let u1 = match a {
        0..65536 => {
            let long = (u64::from(a) << 32) + u64::from(second_word(STREAM, radius));
            (long as f64 + 0.5) / 2.0_f64.powi(64)
        }
        _ => (f64::from(a) + 0.5) / 2.0_f64.powi(32),
    };
    let (r, theta) =
        ((-2.0 * u1.ln()).sqrt(), 2.0 * PI * ((f64::from(b) + 0.5) / 2.0_f64.powi(32)));
    let other = if i & 16 == 0 { r * theta.sin() } else { r * theta.cos() };
    (r, theta, other)
}

#[test]
fn normal_numbers_are_those_of_another_program() {
    // With 40 digits. 3106 and 204748 have a first word below 2¹⁶ and need a second one.
    let values: [(u64, f64); 9] = [
        (0, -1.774_904_178_282_190_2),
        (1, 0.027_949_028_785_613_613),
        (16, -0.207_452_236_933_589_8),
        (17, -0.719_151_038_108_199_7),
        (40, 0.833_970_823_748_384_4),
        (63, -1.191_077_722_743_686_4),
        (1 << 40, -0.174_308_377_441_427_46),
        (3106, 1.655_328_046_803_966_3),
        (204_748, -2.843_010_809_458_769_2),
    ];
    for (i, z) in values {
        // `sound` of the page, without the min: u₁ is exact in f64.
        let (_, theta, other) = pair(i);
        let bound = 10.0 * U * z.abs() + 4.0 * U * theta * other.abs();
        assert_close(normal(STREAM, i, 1.0).unwrap(), z, bound);
        // A power of two scales exactly.
        assert_eq!(normal(STREAM, i, 0.25).unwrap(), 0.25 * normal(STREAM, i, 1.0).unwrap());
    }
}

#[test]
fn normal_numbers_stand_in_pairs_sixteen_apart() {
    for i in (0..100).chain(LAST - 40..=LAST) {
        let (r, _, other) = pair(i);
        let z = normal(STREAM, i, 1.0).unwrap();
        assert_eq!(normal(STREAM, i ^ 16, 1.0).unwrap(), other);
        // Two squares, a sum, and r by 3u of itself, each number by 10u and an angle of up to 8πu.
        assert_close(z * z + other * other, r * r, 80.0 * U * r * r);
    }
}

#[test]
fn the_largest_deviation_stays_finite() {
    let largest = f64::MAX / 16.0;
    assert!((0..1000).all(|i| normal(STREAM, i, largest).unwrap().is_finite()));
    assert_eq!(normal(STREAM, 5, 0.0).unwrap(), 0.0);
    assert_eq!(normal(STREAM, 5, -0.0).unwrap(), 0.0);
}

// ---- truncated ---------------------------------------------------------------------------------

/// φ(z), the density.
fn density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * PI).sqrt()
}

/// Φ(z) − ½ = φ(z)·(z + z³/3 + z⁵/(3·5) + …): positive terms only, for z of moderate size.
fn distribution(z: f64) -> f64 {
    let (mut term, mut sum) = (z, 0.0);
    for k in 1..200 {
        sum += term;
        term *= z * z / f64::from(2 * k + 1);
    }
    density(z) * sum
}

/// What the page allows a quantile of q, for an error of q of `spare` units besides.
fn quantile_bound(z: f64, spare: f64) -> f64 {
    24.0 * U * z.abs() + U * ((0.5 + 4.0 * z.abs().min(0.5)) + spare) / density(z)
}

#[test]
fn known_quantiles() {
    // From 40 digits, for q as the f64 that the literal is: q is off by u/2 at most.
    let known = [
        (0.001, 0.002_506_630_899_571_764),
        (0.1, 0.253_347_103_135_799_8),
        (0.3, 0.841_621_233_572_914_2),
        (0.4, 1.281_551_565_544_600_6),
        (0.42, 1.405_071_560_309_632_5),
        (0.43, 1.475_791_028_179_170_7),
        (0.475, 1.959_963_984_540_054_2),
        (0.49, 2.326_347_874_040_841),
        (0.4999, 3.719_016_485_455_708_4),
    ];
    for (q, z) in known {
        assert_close(normal_quantile(q), z, quantile_bound(z, 0.5));
        assert_eq!(normal_quantile(-q), -normal_quantile(q));
    }
    assert_close(normal_quantile(HALF_MASS), 2.0, quantile_bound(2.0, 0.5));
    // ½ − 2⁻⁵³ and ½ − 2⁻⁵⁴ are the last ones: r = √(53 ln 2) = 6.06, the third pair of polynomials.
    assert_close(normal_quantile(0.5 - U), 8.209_536_151_601_387, 24.0 * U * 8.3);
}

#[test]
fn the_quantile_undoes_the_distribution() {
    for step in 1..=300 {
        let z = f64::from(step) / 100.0;
        // The series: below 60 terms that count for z ≤ 3, three roundings and an addition each, and
        // the density by 6u.
        assert_close(normal_quantile(distribution(z)), z, quantile_bound(z, 250.0 * 0.5));
    }
    assert_close(distribution(2.0), HALF_MASS, 250.0 * U * 0.5);
    assert_close(distribution(SQRT_2) * 2.0, 0.842_700_792_949_714_9, 250.0 * U); // erf 1
}

#[test]
fn the_ends_of_the_quantile() {
    assert_eq!((normal_quantile(0.5), normal_quantile(-0.5)), (f64::INFINITY, f64::NEG_INFINITY));
    for q in [0.6, -0.6, f64::INFINITY, f64::NAN] {
        assert!(normal_quantile(q).is_nan(), "{q}");
    }
    assert!(truncated_quantile(f64::NAN).is_nan());
    // Nothing jumps where one pair of polynomials follows the other.
    let (below, above) = (normal_quantile(0.425), normal_quantile(0.425 + U));
    assert_close(below, above, 2.0 * quantile_bound(below, 2.0));
}

#[test]
fn truncated_numbers_are_those_of_another_program() {
    let values = [
        (0, -0.785_415_799_581_947_5),
        (1, 0.704_598_623_616_072_1),
        (16, 0.044_320_557_217_107_96),
        (17, 0.657_362_007_349_364_2),
        (40, -0.405_553_873_823_430_9),
        (63, 0.310_935_132_306_931),
        (1 << 40, -1.245_881_385_773_199_5),
    ];
    for (i, z) in values {
        assert_close(truncated_normal(STREAM, i, 1.0).unwrap(), z, quantile_bound(z, 0.0));
    }
}

#[test]
fn the_cut_is_at_two() {
    for v in [1.0, -1.0, centered_uniform(0), centered_uniform(u32::MAX)] {
        let z = truncated_quantile(v);
        // dz/dv = h/φ(2) = 8.9, and v is 2⁻³² from the end.
        assert!(z.abs() <= 2.0);
        assert_close(z, 2.0_f64.copysign(v), 9.0 * 2.0_f64.powi(-32));
    }
}

// ---- distributions -----------------------------------------------------------------------------

/// The distance of Kolmogorov between draws and a distribution.
fn distance(mut draws: Vec<f64>, distribution: impl Fn(f64) -> f64) -> f64 {
    draws.sort_by(f64::total_cmp);
    let n = draws.len() as f64;
    let gap = |(i, &t): (usize, &f64)| {
        let (i, expected) = (i as f64, distribution(t));
        (expected - i / n).max((i + 1.0) / n - expected)
    };
    draws.iter().enumerate().map(gap).fold(0.0, f64::max)
}

/// What the page allows: α = 10⁻¹⁴, d_T = 16u + 2⁻³⁰.
fn allowed(n: usize) -> f64 {
    ((2.0_f64 / 1e-14).ln() / (2.0 * n as f64)).sqrt() + 16.0 * U + 2.0_f64.powi(-30)
}

const N: usize = 1 << 14;

#[test]
fn draws_have_their_distribution() {
    let flat = |t: f64| (t + 0.5) / 1.0;
    let bell = |t: f64| 0.5 + distribution(t.abs() / 2.0).copysign(t);
    let cut = |t: f64| 0.5 + distribution(t.abs() / 2.0).copysign(t) / (2.0 * HALF_MASS);
    let draws = |draw: fn(Stream, u64, f64) -> Result<f64, Error>, size: f64| -> Vec<f64> {
        (0..N as u64).map(|i| draw(STREAM, i, size).unwrap()).collect()
    };
    assert!(distance(draws(uniform, 0.5), flat) <= allowed(N));
    assert!(distance(draws(normal, 2.0), bell) <= allowed(N));
    assert!(distance(draws(truncated_normal, 2.0), cut) <= allowed(N));
    // It can fail: normal numbers are not flat.
    assert!(distance(draws(normal, 0.5), flat) > allowed(N));

    let mut words = Words::new(STREAM);
    let sampled = (0..N).map(|_| sample_uniform(&mut words, 0.5).unwrap()).collect();
    assert!(distance(sampled, flat) <= allowed(N));
    let sampled = (0..N).map(|_| sample_normal(&mut words, 2.0).unwrap()).collect();
    assert!(distance(sampled, bell) <= allowed(N));
}

// ---- refusals ----------------------------------------------------------------------------------

#[test]
fn a_refusal_names_argument_value_and_allowed() {
    let error = uniform(STREAM, 0, -1.0).unwrap_err();
    assert_eq!(error.to_string(), "bound is -1, allowed is finite and ≥ 0");
    let error = normal(STREAM, 0, f64::NAN).unwrap_err();
    assert_eq!(error.to_string(), "deviation is NaN, allowed is from 0 to MAX/16");
}

#[test]
fn bounds_and_deviations_are_refused() {
    let mut words = Words::new(STREAM);
    for bad in [-1e-300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_refused(uniform(STREAM, 0, bad), "bound");
        assert_refused(sample_uniform(&mut words, bad), "bound");
    }
    for bad in [-1e-300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX / 15.0] {
        assert_refused(normal(STREAM, 0, bad), "deviation");
        assert_refused(truncated_normal(STREAM, 0, bad), "deviation");
        assert_refused(sample_normal(&mut words, bad), "deviation");
    }
    // A refused call has drawn nothing.
    assert_eq!(words, Words::new(STREAM));
    assert!(sample_uniform(&mut words, f64::MAX).unwrap().is_finite());
}
