//! Dropout against values worked out by hand, its map spelled out once more, and what it refuses.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use evenkeel_reference::Error;
use evenkeel_reference::dropout::*;
use evenkeel_reference::random::{Stream, Words, second_word, word};
use nalgebra::{DMatrix, dmatrix};

/// The unit roundoff of `f64`.
const U: f64 = f64::EPSILON / 2.0;
const STREAM: Stream = Stream { seed: 0x0123_4567_89ab_cdef, number: 7, step: 11 };
const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

#[track_caller]
fn assert_same_bits(found: &DMatrix<f64>, expected: &DMatrix<f64>) {
    assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
}

// ---- values ------------------------------------------------------------------------------------

#[test]
fn what_is_kept_is_divided_by_the_probability_to_keep() {
    // Exact: ¼ is kept, so four times.
    let (x, keep) = (dmatrix![1.0, -2.0; 3.0, 0.5], dmatrix![true, false; false, true]);
    assert_same_bits(&forward(&x, &keep, 0.75).unwrap(), &dmatrix![4.0, 0.0; 0.0, 2.0]);
    assert_same_bits(&backward(&x, &keep, 0.75).unwrap(), &dmatrix![4.0, 0.0; 0.0, 2.0]);
    // p is the probability to drop: 3·4/3, rounded twice.
    let y = forward(&dmatrix![3.0], &dmatrix![true], 0.25).unwrap()[0];
    assert!((y - 4.0).abs() <= 2.0 * U * 4.0);
}

#[test]
fn what_is_dropped_is_zero_whatever_it_was() {
    let x = dmatrix![NAN, INFINITY, f64::NEG_INFINITY, -1.0, -0.0, f64::MAX];
    let (none, zeros) = (DMatrix::from_element(1, 6, false), DMatrix::zeros(1, 6));
    for p in [0.0, 0.1, 0.5, 1.0] {
        assert_same_bits(&forward(&x, &none, p).unwrap(), &zeros);
        assert_same_bits(&backward(&x, &none, p).unwrap(), &zeros);
    }
}

#[test]
fn what_is_kept_stays_what_it_is() {
    let x = dmatrix![NAN, INFINITY, f64::NEG_INFINITY, -0.0];
    let all = DMatrix::from_element(1, 4, true);
    for y in [forward(&x, &all, 0.5).unwrap(), backward(&x, &all, 0.5).unwrap()] {
        assert!(y[0].is_nan());
        assert_eq!((y[1], y[2]), (INFINITY, f64::NEG_INFINITY));
        assert_eq!(y[3].to_bits(), (-0.0_f64).to_bits());
    }
}

#[test]
fn nothing_dropped_is_the_identity() {
    let payload = f64::from_bits(0x7ff8_0000_dead_beef);
    let x = dmatrix![payload, INFINITY, -0.0, 1.5, 5e-324, f64::MAX];
    let all = DMatrix::from_element(1, 6, true);
    for p in [0.0, -0.0] {
        assert_same_bits(&forward(&x, &all, p).unwrap(), &x);
        assert_same_bits(&backward(&x, &all, p).unwrap(), &x);
        assert!(keep_mask(STREAM, 0, 40, 50, p).unwrap().iter().all(|&keep| keep));
    }
    assert_same_bits(&inference(&x), &x);
}

#[test]
fn everything_dropped_is_zero_even_where_the_mask_keeps() {
    let x = dmatrix![NAN, INFINITY, -3.0];
    let all = DMatrix::from_element(1, 3, true);
    assert_same_bits(&forward(&x, &all, 1.0).unwrap(), &DMatrix::zeros(1, 3));
    assert_same_bits(&backward(&x, &all, 1.0).unwrap(), &DMatrix::zeros(1, 3));
    assert!(!keep_mask(STREAM, 0, 40, 50, 1.0).unwrap().iter().any(|&keep| keep));
}

#[test]
fn no_element_is_no_work() {
    for (rows, columns) in [(0, 0), (0, 5), (5, 0)] {
        let (x, keep) = (DMatrix::zeros(rows, columns), DMatrix::from_element(rows, columns, true));
        assert_eq!(forward(&x, &keep, 0.5).unwrap(), x);
        assert_eq!(backward(&x, &keep, 0.5).unwrap(), x);
        assert_eq!(keep_mask(STREAM, u64::MAX, rows, columns, 0.5).unwrap(), keep);
    }
}

// ---- the map -----------------------------------------------------------------------------------

#[test]
fn thresholds_by_hand() {
    let one = 1_u64 << 48;
    let at = |p| threshold(p).unwrap();
    // Exact.
    assert_eq!([at(0.0), at(-0.0), at(0.25), at(0.5), at(1.0)], [0, 0, one / 4, one / 2, one]);
    let tiny = 2.0_f64.powi(-49);
    // Half a step is a tie, to the even neighbour: 0, 2 and 2.
    assert_eq!([at(tiny), at(3.0 * tiny), at(5.0 * tiny)], [0, 2, 2]);
    assert_eq!(at(tiny * (1.0 + 4.0 * U)), 1);
    assert_eq!([at(1.0 - U), at(5e-324)], [one, 0]);
    // ⅓ of 2⁴⁸ is 93 824 992 236 885.33.
    assert_eq!(at(1.0 / 3.0), 93_824_992_236_885);
}

#[test]
fn the_tie_word_decides_in_one_half_only() {
    let t = threshold(0.1).unwrap();
    let (half_of_t, tie_of_t) = ((t >> 32) as u16, t as u32);
    for half in 0..=u16::MAX {
        let (first, last) = (is_dropped(t, half, 0), is_dropped(t, half, u32::MAX));
        assert_eq!((first, last), (half <= half_of_t, half < half_of_t), "{half}");
    }
    assert!(is_dropped(t, half_of_t, tie_of_t - 1) && !is_dropped(t, half_of_t, tie_of_t));
    // At the ends, and where T is a whole number of halves.
    assert!(!is_dropped(0, 0, 0) && is_dropped(1 << 48, u16::MAX, u32::MAX));
    assert!(is_dropped(1 << 47, 0x7fff, u32::MAX) && !is_dropped(1 << 47, 0x8000, 0));
}

#[test]
fn halves_are_those_of_the_page() {
    for q in [0_u64, 1, 2, 1000, (1 << 59) - 1] {
        for k in 0..16 {
            let word = word(STREAM, 16 * q + k);
            assert_eq!(u32::from(half(STREAM, 32 * q + k)), word & 0xffff);
            assert_eq!(u32::from(half(STREAM, 32 * q + 16 + k)), word >> 16);
        }
    }
}

#[test]
fn a_mask_is_that_of_another_program() {
    // Elements 0 to 69 at p = ¼, from a few lines of another language that spell out the page.
    let expected = "1011001011011110011101010011111010011100111110011111000011110111011010";
    let mask = keep_mask(STREAM, 0, 1, 70, 0.25).unwrap();
    let found: String = mask.iter().map(|&keep| if keep { '1' } else { '0' }).collect();
    assert_eq!(found, expected);
}

#[test]
fn elements_are_numbered_row_by_row() {
    let threshold = threshold(0.3).unwrap();
    let mask = keep_mask(STREAM, 1000, 7, 13, 0.3).unwrap();
    for (r, c) in (0..7).flat_map(|r| (0..13).map(move |c| (r, c))) {
        let i = 1000 + 13 * r as u64 + c as u64;
        let bits = (u64::from(half(STREAM, i)) << 32) | u64::from(second_word(STREAM, i));
        assert_eq!(mask[(r, c)], bits >= threshold);
    }
}

#[test]
fn a_window_is_a_part_of_the_whole() {
    let whole = keep_mask(STREAM, 0, 1, 200, 0.5).unwrap();
    for (first, length) in [(0, 1), (1, 199), (15, 33), (64, 64), (199, 1)] {
        let part = keep_mask(STREAM, first as u64, 1, length, 0.5).unwrap();
        assert_eq!(part, whole.columns(first, length));
    }
}

#[test]
fn another_stream_drops_others() {
    let mask = |stream| keep_mask(stream, 0, 32, 32, 0.5).unwrap();
    let others = [
        Stream { seed: STREAM.seed ^ 1, ..STREAM },
        Stream { seed: STREAM.seed ^ (1 << 32), ..STREAM },
        Stream { number: 8, ..STREAM },
        Stream { step: 12, ..STREAM },
    ];
    for other in others {
        assert_ne!(mask(STREAM), mask(other), "{other:?}");
    }
    assert_eq!(mask(STREAM), mask(STREAM));
}

#[test]
fn the_share_dropped_is_p() {
    let n = 1 << 14;
    // Hoeffding: beyond this with probability 10⁻¹⁴ at most.
    let allowed = ((2.0_f64 / 1e-14).ln() / (2.0 * f64::from(n))).sqrt();
    for p in [0.1, 0.5, 0.9] {
        let sampled = sample_mask(&mut Words::new(STREAM), 1, n as usize, p).unwrap();
        for mask in [keep_mask(STREAM, 0, 1, n as usize, p).unwrap(), sampled] {
            let dropped = mask.iter().filter(|&&keep| !keep).count() as f64 / f64::from(n);
            assert!((dropped - p).abs() <= allowed, "{dropped} of {p}");
        }
    }
}

// ---- refusals ----------------------------------------------------------------------------------

#[test]
fn a_refusal_names_argument_value_and_allowed() {
    let error = threshold(1.5).unwrap_err();
    assert_eq!(error.to_string(), "drop_probability is 1.5, allowed is from 0 to 1");
    let keep = DMatrix::from_element(2, 3, true);
    let error = forward(&DMatrix::zeros(3, 2), &keep, 0.5).unwrap_err();
    assert_eq!(error.to_string(), "keep is 2 × 3, allowed is 3 × 2");
    let error = keep_mask(STREAM, u64::MAX - 1, 1, 2, 0.5).unwrap_err();
    let last = u64::MAX - 2;
    assert_eq!(error.to_string(), format!("first is {}, allowed is at most {last}", u64::MAX - 1));
}

#[test]
fn probabilities_are_refused() {
    let (x, keep) = (dmatrix![1.0], dmatrix![true]);
    for p in [-1e-300, 1.0 + 2.0 * U, NAN, INFINITY, f64::NEG_INFINITY] {
        assert_refused(threshold(p), "drop_probability");
        assert_refused(keep_mask(STREAM, 0, 1, 1, p), "drop_probability");
        assert_refused(forward(&x, &keep, p), "drop_probability");
        assert_refused(backward(&x, &keep, p), "drop_probability");
        assert_refused(sample_mask(&mut Words::new(STREAM), 1, 1, p), "drop_probability");
    }
}

#[test]
fn sizes_and_windows_are_refused() {
    let x = DMatrix::zeros(2, 3);
    for (rows, columns) in [(3, 2), (1, 6), (0, 0), (2, 4)] {
        let keep = DMatrix::from_element(rows, columns, true);
        assert_refused(forward(&x, &keep, 0.5), "keep");
        assert_refused(backward(&x, &keep, 0.5), "keep");
    }
    assert_refused(keep_mask(STREAM, u64::MAX, 1, 1, 0.5), "first");
    assert_refused(keep_mask(STREAM, 0, usize::MAX, 2, 0.5), "shape");
    assert!(keep_mask(STREAM, u64::MAX - 6, 2, 3, 0.5).is_ok());
    assert_refused(keep_mask(STREAM, u64::MAX - 5, 2, 3, 0.5), "first");
}
