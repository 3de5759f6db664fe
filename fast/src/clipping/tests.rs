//! The kernels against 320 bits, at both ends of the range, and what they refuse.

mod accuracy;
mod bits;
mod descent;
mod known;

use super::*;
use crate::normalization::oracle::{Big, Random, big, small, sum, ulp};
use crate::{Element, Level, Policy, SquaredNorm, Workspace};

fn workspace() -> (Workspace, Policy) {
    (Workspace::new(), crate::normalization::oracle::serial())
}

/// √Σ g², in 320 bits.
fn true_norm<T: Element>(tensors: &[&[T]]) -> Big {
    let squares = tensors.iter().copied().flatten().map(|g| big(g.to_f64()) * big(g.to_f64()));
    sum(squares).sqrt()
}

/// A list clipped, and its norm before.
fn clipped<T: Element>(tensors: &[&[T]], threshold: f64) -> (Vec<Vec<T>>, T) {
    let (mut w, policy) = workspace();
    let mut results: Vec<Vec<T>> =
        tensors.iter().map(|tensor| vec![T::default(); tensor.len()]).collect();
    let mut to: Vec<&mut [T]> = results.iter_mut().map(Vec::as_mut_slice).collect();
    let norm = by_global_norm(threshold, NonFinite::Refuse, tensors, &mut to, &mut w, &policy);
    (results, norm.unwrap())
}

/// Draws of a magnitude.
fn draws<T: Element>(random: &mut Random, len: usize, magnitude: f64) -> Vec<T> {
    (0..len).map(|_| T::round(random.normal() * magnitude)).collect()
}

#[test]
fn values_by_hand() {
    let (mut w, policy) = workspace();
    let (g, mut y) = ([3.0_f32, -0.0, -7.0, 0.5, -1.0], [9.0_f32; 5]);
    by_value(1.0, NonFinite::Refuse, &g, &mut y, &mut w, &policy).unwrap();
    assert_eq!(y.map(f32::to_bits), [1.0_f32, -0.0, -1.0, 0.5, -1.0].map(f32::to_bits));
    let (results, norm) = clipped::<f64>(&[&[8.0, 0.0], &[], &[-6.0]], 2.5);
    assert_eq!((results, norm), (vec![vec![2.0, 0.0], vec![], vec![-1.5]], 10.0));
    let norm = by_norm(2.5, NonFinite::Refuse, &[3.0_f32, -4.0], &mut y[..2], &mut w, &policy);
    assert_eq!((norm.unwrap(), y[0], y[1]), (5.0, 1.5, -2.0));
}

/// Rounded towards zero: 0.1 as `f32` is above 0.1.
#[test]
fn no_element_passes_the_threshold() {
    let (mut w, policy) = workspace();
    for threshold in [0.1, 0.7, 1.0 - 1e-12, 1e-46, 1e39, f64::INFINITY] {
        let mut g = [f32::MAX, f32::INFINITY, f32::NEG_INFINITY, 1.0, f32::NAN];
        by_value_in_place(threshold, NonFinite::Propagate, &mut g, &mut w, &policy).unwrap();
        assert!(g[..4].iter().all(|g| f64::from(g.abs()) <= threshold), "{threshold}: {g:?}");
        assert!(g[4].is_nan());
    }
}

#[test]
fn what_is_not_finite_follows_the_policy() {
    let (mut w, policy) = workspace();
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for len in [1, 33, 2049] {
            let mut tensor = vec![0.5; len];
            tensor[len / 2] = bad;
            let mut run = |non_finite, by_value: bool| {
                let (mut a, mut b) = (vec![1.0, -0.0], tensor.clone());
                let norm = if by_value {
                    by_value_in_place(2.0, non_finite, &mut b, &mut w, &policy).map(|()| 0.0)
                } else {
                    let list: &mut [&mut [f64]] = &mut [&mut a, &mut b];
                    by_global_norm_in_place(2.0, non_finite, list, &mut w, &policy)
                };
                (norm, a, b)
            };
            for by_value in [true, false] {
                let (error, a, b) = run(NonFinite::Refuse, by_value);
                assert_eq!(error.unwrap_err().argument(), "gradient");
                assert!(a == [1.0, -0.0] && b[..len / 2] == tensor[..len / 2]);
                let (_, _, b) = run(NonFinite::Zero, by_value);
                assert!(b.iter().all(|g| g.to_bits() == 0));
            }
            let (norm, a, b) = run(NonFinite::Propagate, false);
            assert!(a.iter().chain(&b).all(|g| g.is_nan()));
            let norm: f64 = norm.unwrap();
            assert!(if bad.is_nan() { norm.is_nan() } else { norm == f64::INFINITY });
        }
    }
}

#[test]
fn refusals_name_the_argument_and_write_nothing() {
    let (mut w, p) = workspace();
    let (g, mut y) = ([1.0_f64; 4], [7.0_f64; 4]);
    let refuse = NonFinite::Refuse;
    for threshold in [-1.0, -5e-324, f64::NAN, f64::NEG_INFINITY] {
        let errors = [
            by_value(threshold, refuse, &g, &mut y, &mut w, &p).unwrap_err(),
            by_norm(threshold, refuse, &g, &mut y, &mut w, &p).unwrap_err(),
            by_norm_in_place(threshold, refuse, &mut y, &mut w, &p).unwrap_err(),
        ];
        assert!(errors.iter().all(|error| error.argument() == "threshold"));
    }
    let error = by_norm(1.0, refuse, &g[1..], &mut y, &mut w, &p).unwrap_err();
    assert_eq!(error.to_string(), "result is 4 values, allowed is 3 values");
    let error = by_global_norm(1.0, refuse, &[&g, &g], &mut [&mut y], &mut w, &p).unwrap_err();
    assert_eq!(error.to_string(), "results is 1 tensors, allowed is 2 tensors");
    let error = by_global_norm(1.0, refuse, &[&g[1..]], &mut [&mut y], &mut w, &p).unwrap_err();
    assert_eq!(error.argument(), "results");
    assert_eq!(y, [7.0; 4]);
}

#[test]
fn no_element_is_no_work() {
    let (mut w, p) = workspace();
    assert_eq!(norm::<f32>(&[], &mut w, &p).to_bits(), 0);
    assert_eq!(norm::<f64>(&[&[], &[]], &mut w, &p).to_bits(), 0);
    by_value::<f32>(0.0, NonFinite::Refuse, &[], &mut [], &mut w, &p).unwrap();
    let none: &mut [&mut [f32]] = &mut [&mut []];
    assert_eq!(by_global_norm_in_place(0.0, NonFinite::Refuse, none, &mut w, &p).unwrap(), 0.0);
}

/// Parts merge to the whole, whatever unit each is in.
#[test]
fn parts_merge_to_the_whole() {
    let (mut w, policy) = workspace();
    let parts: [&[f64]; 7] =
        [&[], &[3e-200, -1e-310], &[2.0], &[0.0, -0.0], &[5e180, 1e-5], &[1e200], &[7.0; 5000]];
    for count in 0..=parts.len() {
        let mut merged = SquaredNorm::default();
        for part in &parts[..count] {
            merged = merged.merge(&squared_norm(&[part], &mut w, &policy));
        }
        let whole = squared_norm(&parts[..count], &mut w, &policy);
        assert_eq!(merged.count(), whole.count());
        let truth = true_norm(&parts[..count]);
        for norm in [merged.norm(), whole.norm()] {
            let off = small(&(big(norm) - &truth)).abs();
            // h ≤ 69 + 3 additions and 7 merges.
            assert!(
                off <= (79.0 / 2.0 + 2.0) * 2_f64.powi(-53) * small(&truth),
                "{count}: {norm:e}"
            );
        }
    }
    let received = SquaredNorm::from_parts(2, 4.0, -600).unwrap();
    assert_eq!(received.norm(), 2.0 * 2_f64.powi(-600));
    assert_eq!(SquaredNorm::from_parts(2, 4.0, 1).unwrap_err().argument(), "exponent");
    assert_eq!(SquaredNorm::from_parts(2, -4.0, 0).unwrap_err().argument(), "sum");
}

/// Two machines, each with its half of the tensors, clip as one.
#[test]
fn a_merged_norm_clips_every_part() {
    let (mut w, policy) = workspace();
    let mut halves = [[6.0_f32, 0.0], [0.0, -8.0]];
    let of = |half: &[f32; 2], w: &mut Workspace| squared_norm::<f32>(&[half], w, &policy);
    let total = of(&halves[0], &mut w).merge(&of(&halves[1], &mut w));
    for half in &mut halves {
        let list: &mut [&mut [f32]] = &mut [half];
        let norm = by_merged_norm_in_place(&total, 5.0, NonFinite::Refuse, list, &mut w, &policy);
        assert_eq!(norm.unwrap(), 10.0);
    }
    assert_eq!(halves, [[3.0, 0.0], [0.0, -4.0]]);
}
