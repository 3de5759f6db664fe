//! The threshold by enumeration, the ends of p, and values that are not finite.

use super::*;

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
