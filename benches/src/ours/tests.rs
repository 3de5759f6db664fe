//! Every case is served, small ones stand for all.

use super::*;
use crate::case::{CASES, Entry, entries};

fn small(line: &str) -> (Ours, Vec<String>) {
    let mut ours = Ours::new(2, Policy::default());
    let names = ours.prepare(&line.parse().unwrap()).unwrap();
    (ours, names)
}

/// Each kernel of the list, with sizes cut down.
#[test]
fn every_kernel_of_the_list_is_served() {
    let cut = |line: &str| {
        let word = |word: &str| match word.split_once('=') {
            Some((key, value)) if value.parse::<usize>().is_ok_and(|value| value > 8) => {
                let small = if key == "tensors" { value } else { "8" };
                format!("{key}={small}")
            }
            _ => word.to_string(),
        };
        line.split(' ').map(word).collect::<Vec<_>>().join(" ")
    };
    for entry in entries(CASES).unwrap() {
        let case = match entry {
            Entry::One(case) => case,
            Entry::Curve(cases) => cases[0].clone(),
        };
        let line = match &*case.kernel {
            "noise" => "noise n=150528".to_string(),
            "clip_norm" => "clip_norm tensors=161 n=20000".to_string(),
            _ => cut(&case.to_string()),
        };
        let (mut ours, names) = small(&line);
        assert!(!names.is_empty(), "{line}");
        for name in names {
            assert!(ours.run(&name, 2).unwrap() > Duration::ZERO, "{line} {name}");
        }
    }
}

#[test]
fn both_orders_of_images_have_one_sum() {
    for kernel in ["batch_norm_forward", "batch_norm_backward"] {
        let (ours, names) = small(&format!("{kernel} outer=4 channels=3 inner=25"));
        assert_eq!(names, ["out", "nhwc"]);
        let [a, b] = ["out", "nhwc"].map(|name| ours.check(name).unwrap().unwrap());
        // The same values in another order: sums differ by their rounding alone.
        assert!(a > 1.0 && (a - b).abs() <= 1e-5 * a, "{a} {b}");
    }
}

#[test]
fn sums_are_those_of_the_formulas() {
    let x: Vec<f32> = scaled(1000, 1, 4.0, 0.0);
    let tanh: f64 = x.iter().map(|&x| f64::from(x).tanh().abs()).sum();
    let l2: f64 = values::<f32>(1000, 1).iter().map(|&w| 0.5 * f64::from(w * w)).sum();
    for (line, expected) in [("tanh_forward n=1000", tanh), ("l2_value n=1000", l2)] {
        let (ours, _) = small(line);
        let sum = ours.check("out").unwrap().unwrap();
        // Half an ulp of f32 for each term, and for l2 another of w².
        assert!((sum - expected).abs() <= 2.0_f64.powi(-23) * expected, "{line}: {sum} {expected}");
    }
}

#[test]
fn what_is_drawn_has_no_sum_and_what_is_unknown_no_offer() {
    assert_eq!(small("uniform_fill n=64").0.check("out"), Ok(None));
    assert!(small("tanh_forward n=64").0.check("plain").is_err());
    for line in ["matmul n=64", "tanh_sideways n=64", "convolution n=64"] {
        assert!(small(line).1.is_empty(), "{line}");
    }
    let mut ours = Ours::new(1, Policy::default());
    assert!(ours.prepare(&"tanh_forward".parse().unwrap()).is_err());
}
