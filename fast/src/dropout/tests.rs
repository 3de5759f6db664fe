//! The threshold by enumeration, the ends of p, and values that are not finite.

use super::*;
use crate::Level;

const STREAM: Stream = Stream { seed: 3, number: 1, step: 4 };

/// All 2¹⁶ halves, and the threshold located within the second word by halving: the probability to drop
/// is exactly the nearest multiple of 2⁻⁴⁸.
#[test]
fn the_probability_is_exact_to_48_bits() {
    for p in [0.0, 1e-14, 0.1, 0.25, 1.0 / 3.0, 0.5, 0.7, 0.999, 1.0 - 1e-14, 1.0] {
        let drops = |half: u16, tie: u32| is_dropped(p, half, tie).expect("a probability");
        let mut dropped = 0_u64;
        for half in 0..=u16::MAX {
            dropped += match (drops(half, 0), drops(half, u32::MAX)) {
                (true, true) => 1 << 32,
                (false, false) => 0,
                (first, last) => {
                    assert!(first && !last, "smaller words are dropped first");
                    let (mut below, mut above) = (0_u32, u32::MAX);
                    while above - below > 1 {
                        let middle = below + (above - below) / 2;
                        if drops(half, middle) { below = middle } else { above = middle }
                    }
                    u64::from(above)
                }
            };
        }
        let expected = (p * 2.0_f64.powi(48)).round_ties_even() as u64;
        assert_eq!(dropped, expected, "p = {p}");
    }
}

/// The mask is what the words say, where a tie decides too.
#[test]
fn the_mask_is_that_of_the_words() {
    use crate::random::{second_words, words};
    let (mut w, policy) = (Workspace::new(), Policy::default());
    let (mut first, mut second) = (vec![0; 2048], vec![0; 4096]);
    words(STREAM, 0, &mut first, &mut w, &policy).unwrap();
    second_words(STREAM, 0, &mut second, &mut w, &policy).unwrap();
    let half = |i: usize| {
        let word = first[i / 32 * 16 + i % 16];
        if i % 32 < 16 { word as u16 } else { (word >> 16) as u16 }
    };
    // The half of element 1001 is that of the threshold, and its second word is just not below.
    let exact = ((u64::from(half(1001)) << 32) + u64::from(second[1001])) as f64 / 2.0_f64.powi(48);
    for p in [0.3, 0.5, exact, exact + 2.0_f64.powi(-48)] {
        let mut keep = vec![false; 4000];
        mask(STREAM, 50, p, &mut keep, &mut w, &policy).unwrap();
        for (k, keep) in keep.iter().enumerate() {
            let i = k + 50;
            assert_eq!(!keep, is_dropped(p, half(i), second[i]).unwrap(), "element {i} at {p}");
        }
    }
}

/// The mask by one word at a time.
fn keeps(i: u64, p: f64) -> bool {
    use crate::random::{Plane, word};
    let word_of = word(STREAM, Plane::First, i / 32 * 16 + i % 16);
    let half = if i % 32 < 16 { word_of as u16 } else { (word_of >> 16) as u16 };
    !is_dropped(p, half, word(STREAM, Plane::Second, i)).unwrap()
}

/// Any part, from any element on, at any place in memory, at any level and on any threads: the same bits, and
/// nothing beside them.
fn parts_are_those_of_the_whole<T: Element + From<f32>>(bits: fn(T) -> u64) {
    const CANARY: f32 = -777.25;
    let mut w = Workspace::new();
    let x: Vec<T> = (0..40_000_u16).map(|i| T::from(f32::from(i) - 20_000.5)).collect();
    for (k, len) in [0, 1, 15, 16, 100, 127, 128, 129, 700, 40_000].into_iter().enumerate() {
        for first in [0, 1, 16, 100, 127, 128, 383, (1 << 40) + 77] {
            let p = [0.1, 0.5, 0.75][(k + first as usize) % 3];
            let kept = (0..len as u64).map(|i| keeps(first + i, p));
            let expected = kept.zip(&x).map(|(keep, x)| {
                let scaled = T::round(x.to_f64() * (1.0 / (1.0 - p)));
                bits(if keep { scaled } else { T::default() })
            });
            let expected: Vec<u64> = expected.collect();
            for (level, serial_below) in Level::available().into_iter().zip([0, 1 << 20, 0]) {
                let policy = Policy { level, serial_below, ..Policy::default() };
                let start = 1 + (first as usize + k) % 17;
                let mut y = vec![T::from(CANARY); len + 18];
                let part = start..start + len;
                forward(STREAM, first, p, &x[..len], &mut y[part.clone()], &mut w, &policy)
                    .unwrap();
                assert!(y[part.clone()].iter().map(|y| bits(*y)).eq(expected.iter().copied()));
                y[part.clone()].copy_from_slice(&x[..len]);
                forward_in_place(STREAM, first, p, &mut y[part.clone()], &mut w, &policy).unwrap();
                assert!(y[part.clone()].iter().map(|y| bits(*y)).eq(expected.iter().copied()));
                let outside = y[..start].iter().chain(&y[part.end..]);
                assert!(outside.eq(&vec![T::from(CANARY); 18]), "{level:?}, {len} from {first} on");
                let mut dx = vec![T::default(); len];
                backward(STREAM, first, p, &x[..len], &mut dx, &mut w, &policy).unwrap();
                assert_eq!(dx, y[part]);
            }
        }
    }
}

#[test]
fn every_part_at_every_level_has_the_same_bits() {
    parts_are_those_of_the_whole::<f32>(|y| u64::from(y.to_bits()));
    parts_are_those_of_the_whole::<f64>(f64::to_bits);
}

/// So near 1 that a stream keeps nothing, p still is a probability for a mask that is given.
#[test]
fn a_given_mask_keeps_up_to_one() {
    let (mut w, policy) = (Workspace::new(), Policy::default());
    let p = 1.0 - f64::EPSILON / 2.0;
    let (x, mut y) = ([1.0_f64; 300], [9.0; 300]);
    forward(STREAM, 0, p, &x, &mut y, &mut w, &policy).unwrap();
    assert_eq!(y, [0.0; 300]);
    let keep: Vec<bool> = (0..300).map(|i| i % 3 == 0 || i == 64).collect();
    for (p, factor) in [(p, 2.0_f64.powi(53)), (0.5, 2.0), (0.0, 1.0), (1.0, 0.0)] {
        forward_given(&keep, p, &x, &mut y, &mut w, &policy).unwrap();
        for (i, y) in y.iter().enumerate() {
            assert_eq!(*y, if keep[i] { factor } else { 0.0 }, "element {i} at {p}");
        }
    }
}

#[test]
fn the_ends_of_p_and_what_is_not_finite() {
    let (mut w, policy) = (Workspace::new(), Policy::default());
    let x = [f32::NAN, f32::INFINITY, -0.0, 1.0, f32::NEG_INFINITY, 2.5];
    let mut y = [9.0_f32; 6];
    forward(STREAM, 0, 0.0, &x, &mut y, &mut w, &policy).unwrap();
    assert_eq!(y.map(f32::to_bits), x.map(f32::to_bits));
    forward(STREAM, 0, 1.0, &x, &mut y, &mut w, &policy).unwrap();
    assert_eq!(y.map(f32::to_bits), [0; 6]);
    let keep = [false, false, true, true, true, true];
    forward_given(&keep, 0.5, &x, &mut y, &mut w, &policy).unwrap();
    assert_eq!(y, [0.0, 0.0, -0.0, 2.0, f32::NEG_INFINITY, 5.0]);
    let mut z = x;
    forward_in_place(STREAM, 3, 0.4, &mut z, &mut w, &policy).unwrap();
    forward(STREAM, 3, 0.4, &x, &mut y, &mut w, &policy).unwrap();
    assert_eq!(y.map(f32::to_bits), z.map(f32::to_bits));
    inference(&x, &mut y, &mut w, &policy).unwrap();
    assert_eq!(y.map(f32::to_bits), x.map(f32::to_bits));
}

#[test]
fn refusals_name_the_argument_and_write_nothing() {
    let (mut w, p) = (Workspace::new(), Policy::default());
    let (x, mut y) = ([1.0_f64; 4], [7.0_f64; 4]);
    for (result, argument) in [
        (forward(STREAM, u64::MAX - 3, 0.5, &x, &mut y, &mut w, &p), "first"),
        (forward(STREAM, 0, -0.1, &x, &mut y, &mut w, &p), "drop_probability"),
        (backward(STREAM, 0, f64::NAN, &x, &mut y, &mut w, &p), "drop_probability"),
        (backward(STREAM, 0, 0.5, &x[1..], &mut y, &mut w, &p), "dx"),
        (forward_given(&[true; 3], 0.5, &x, &mut y, &mut w, &p), "keep"),
        (backward_given(&[true; 4], 1.1, &x, &mut y, &mut w, &p), "drop_probability"),
        (inference(&x[1..], &mut y, &mut w, &p), "y"),
    ] {
        assert_eq!(result.unwrap_err().argument(), argument);
    }
    assert_eq!(y, [7.0; 4]);
}
