//! Known answers, the map spelled out, windows, and the tail of four billion normals.

use super::*;
use crate::Level;

const STREAM: Stream = Stream { seed: 0x1234_5678_9abc_def0, number: 7, step: 11 };

fn run<U: Copy + Default>(
    len: usize,
    kernel: impl Fn(&mut [U], &mut Workspace, &Policy) -> Result<(), Error>,
    policy: &Policy,
) -> Vec<U> {
    let mut out = vec![U::default(); len];
    kernel(&mut out, &mut Workspace::new(), policy).expect("valid arguments");
    out
}

#[test]
fn philox_has_its_published_answers() {
    let ones = [u32::MAX; 4];
    assert_eq!(
        philox4x32(ones, [u32::MAX; 2]),
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    );
    let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
    let block = [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1];
    assert_eq!(philox4x32(pi, [0xa409_3822, 0x299f_31d0]), block);
}

/// Word n by one block at a time, from anywhere, in either plane.
#[test]
fn words_lie_where_the_map_says() {
    for first in [0, 1, 63, 64, 1000, (1 << 34) - 50, u64::MAX - 200] {
        let words = run(150, |out, w, p| words(STREAM, first, out, w, p), &Policy::default());
        let second =
            run(150, |out, w, p| second_words(STREAM, first, out, w, p), &Policy::default());
        for k in 0..150 {
            let n = first + k as u64;
            let b = n / 64 * 16 + n % 16;
            let (low, high) = (b as u32, (b >> 32) as u32);
            let key = [0x9abc_def0, 0x1234_5678];
            let place = (n % 64 / 16) as usize;
            assert_eq!(words[k], philox4x32([low, high, 7, 11], key)[place], "word {n}");
            let other = philox4x32([low, high + (1 << 31), 7, 11], key)[place];
            assert_eq!(second[k], other, "second word {n}");
        }
    }
}

#[test]
fn every_level_and_window_gives_the_same() {
    let all = run(40_000, |out, w, p| normal::<f64>(STREAM, 5, 2.0, out, w, p), &Policy::default());
    for level in Level::available() {
        let policy = Policy { level, serial_below: 0, ..Policy::default() };
        let part = run(777, |out, w, p| normal::<f64>(STREAM, 5 + 30_001, 2.0, out, w, p), &policy);
        assert_eq!(part, all[30_001..30_778], "{level:?}");
        let single = run(40_000, |out, w, p| normal::<f32>(STREAM, 5, 2.0, out, w, p), &policy);
        assert!(single.iter().zip(&all).all(|(a, b)| is_promised(*a, *b)));
    }
}

/// Whether a normal of `f32` is within 0.501 units in its last place of one of `f64`, which is within one of
/// its own.
fn is_promised(single: f32, double: f64) -> bool {
    let ulp = 2.0_f64.powi(double.abs().log2().floor() as i32 - 23);
    (f64::from(single) - double).abs() <= 0.501 * ulp
}

/// Where the logarithm vanishes, where its parts change, where the angle's quarters do and where a cosine or
/// a sine is smallest.
#[test]
fn short_polynomials_keep_the_promise_at_every_end() {
    use fearless_simd::{SimdBase, dispatch, u64x8};
    let half = 0xb504_f333_u32; // √½
    let firsts =
        [0, 1, 0xffff, 0x1_0000, half / 2, half - 1, half, half + 1, u32::MAX - 1, u32::MAX];
    let seconds = (0..=8_u32)
        .flat_map(|eighth| [0, 1, 2, u32::MAX].map(|by| (eighth << 29).wrapping_add(by)));
    for (level, second) in
        Level::available().into_iter().flat_map(|l| seconds.clone().map(move |b| (l, b)))
    {
        for first in firsts {
            dispatch!(level.token(), simd => {
                let words = [first, second].map(|word| [u64x8::splat(simd, word.into()); 2]);
                let singles = single::pairs(simd, words, STREAM, 0, 1.0);
                let doubles = accurate::pairs(simd, words, STREAM, 0, 1.0);
                for (single, double) in singles.into_iter().zip(doubles) {
                    let (single, double) = (single[1][7], double[1][7]);
                    let error = (single - double).abs();
                    assert!(error <= 2.0_f64.powi(-40) * double.abs(), "{first:x}, {second:x}, {level:?}");
                }
            });
        }
    }
}

/// A window of any length from any element on, at any place in memory, on any threads: the same bits, and
/// nothing beside it.
fn windows_agree<T: Element + From<f32>>(draw: impl Fn(u64, &mut [T], &Policy)) {
    const CANARY: f32 = -777.25;
    let mut all = vec![T::default(); 34_000];
    draw(1 << 40, &mut all, &Policy::default());
    for (level, serial_below) in Level::available().into_iter().zip([0, usize::MAX, 0]) {
        let policy = Policy { level, serial_below, ..Policy::default() };
        for (at, len) in [
            (0, 34_000),
            (1, 191),
            (63, 193),
            (64, 192),
            (200, 385),
            (130, 1),
            (5, 0),
            (77, 20_000),
        ] {
            let start = 1 + (at + len) % 17;
            let mut out = vec![T::from(CANARY); len + 18];
            draw((1 << 40) + at as u64, &mut out[start..start + len], &policy);
            assert!(out[start..start + len] == all[at..at + len], "{level:?}, {len} from {at} on");
            let outside = out[..start].iter().chain(&out[start + len..]);
            assert!(outside.eq(&vec![T::from(CANARY); 18]), "{level:?}, {len} from {at} on");
        }
    }
}

#[test]
fn every_window_at_every_level_has_the_same_bits() {
    fn all<T: Element + From<f32>>() {
        let w = Workspace::new;
        windows_agree::<T>(|first, out, p| uniform(STREAM, first, 0.1, out, &mut w(), p).unwrap());
        windows_agree::<T>(|first, out, p| normal(STREAM, first, 2.0, out, &mut w(), p).unwrap());
        windows_agree::<T>(|first, out, p| {
            truncated_normal(STREAM, first, 2.0, out, &mut w(), p).unwrap();
        });
    }
    all::<f32>();
    all::<f64>();
}

/// The uniform map, bit for bit.
#[test]
fn uniforms_are_those_of_the_words() {
    use crate::element::sealed::Lanes;
    let words = run(500, |out, w, p| words(STREAM, 9, out, w, p), &Policy::default());
    for bound in [0.1, 3.0, 1e-30, 1e38] {
        let (mut w, p) = (Workspace::new(), Policy::default());
        let (mut single, mut double) = ([0.0_f32; 500], [0.0_f64; 500]);
        uniform(STREAM, 9, bound, &mut single, &mut w, &p).unwrap();
        uniform(STREAM, 9, bound, &mut double, &mut w, &p).unwrap();
        for (k, word) in words.iter().enumerate() {
            let v = (2.0 * f64::from(*word) + 1.0) / 4_294_967_296.0 - 1.0;
            assert_eq!(double[k].to_bits(), (bound * v).to_bits());
            let value = (f32::towards_zero(bound) * v) as f32;
            assert_eq!(single[k].to_bits(), value.to_bits());
        }
    }
}

/// A bound that `f32` cannot hold is not passed, by any word.
#[test]
fn the_bound_is_rounded_towards_zero() {
    use crate::element::sealed::Lanes;
    assert_eq!(f32::towards_zero(0.1), f64::from(0.1_f32.next_down()));
    assert_eq!(f32::towards_zero(0.25), 0.25);
    assert_eq!(f32::towards_zero(1.6 * f64::from(f32::from_bits(1))), f64::from(f32::from_bits(1)));
}

#[test]
fn refusals_name_the_argument_and_write_nothing() {
    let mut out = [7.0_f32; 4];
    let (mut w, p) = (Workspace::new(), Policy::default());
    for (result, argument) in [
        (uniform(STREAM, u64::MAX - 3, 1.0, &mut out, &mut w, &p), "first"),
        (uniform(STREAM, 0, -1.0, &mut out, &mut w, &p), "bound"),
        (uniform(STREAM, 0, 1e39, &mut out, &mut w, &p), "bound"),
        (normal(STREAM, 0, f64::NAN, &mut out, &mut w, &p), "deviation"),
        (truncated_normal(STREAM, 0, 1e38, &mut out, &mut w, &p), "deviation"),
    ] {
        assert_eq!(result.unwrap_err().argument(), argument);
    }
    assert_eq!(out, [7.0; 4]);
    // The last part that there is.
    assert!(uniform(STREAM, u64::MAX - 4, 1.0, &mut out, &mut w, &p).is_ok());
}

#[test]
fn the_generator_gives_the_words_in_order() {
    use rand::Rng;
    let expected = run(200, |out, w, p| words(STREAM, 0, out, w, p), &Policy::default());
    let mut generator = Words::new(STREAM);
    assert!(expected.iter().all(|word| *word == generator.next_u32()));
}

/// Of 2³² normals 34 lie beyond 5.768 deviations, where 24 bits end; a Poisson count is between 15 and 60
/// but for a chance of 2·10⁻⁴ either way, and the stream is always the same. The kurtosis of n normals is
/// 3 ± √(24/n): six deviations are 4.5·10⁻⁴.
///
/// ```sh
/// cargo test --release -p evenkeel-fast four_billion -- --ignored --nocapture
/// ```
#[test]
#[ignore = "draws 2³² normals: half a minute in a release build"]
fn four_billion_normals() {
    const PIECE: usize = 1 << 22;
    const LIMITS: [f32; 4] = [4.0, 5.0, 5.768, 6.0];
    let (mut counts, mut second, mut fourth, mut largest) = ([0_u64; 4], 0.0, 0.0, 0.0_f32);
    let (mut workspace, policy) = (Workspace::new(), Policy::default());
    let mut z = vec![0.0_f32; PIECE];
    for piece in 0..(1_u64 << 32) / PIECE as u64 {
        normal(STREAM, piece * PIECE as u64, 1.0, &mut z, &mut workspace, &policy).unwrap();
        let (mut two, mut four) = (0.0, 0.0);
        for &z in &z {
            let square = f64::from(z) * f64::from(z);
            two += square;
            four += square * square;
            largest = largest.max(z.abs());
        }
        second += two;
        fourth += four;
        for (count, limit) in counts.iter_mut().zip(LIMITS) {
            *count += z.iter().filter(|z| z.abs() > limit).count() as u64;
        }
    }
    let n = (1_u64 << 32) as f64;
    let kurtosis = n * fourth / (second * second);
    println!("beyond 4, 5, 5.768, 6: {counts:?} (expected 272055, 2462, 34.4, 8.5)");
    println!("variance {:.6}, kurtosis {kurtosis:.6}, largest {largest}", second / n);
    assert!((15..=60).contains(&counts[2]), "{counts:?}");
    assert!((kurtosis - 3.0).abs() < 6.0 * (24.0 / n).sqrt(), "{kurtosis}");
}
