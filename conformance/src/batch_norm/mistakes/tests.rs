//! The catalogue is complete and well-formed; the base is no mistake.

use std::collections::BTreeSet;

use super::{Mistake, all, by_label};
use crate::batch_norm::Case;
use crate::batch_norm::Variance;
use crate::{Real, Shape};

/// BN-01 to BN-31.
const CLAUSES: usize = 31;

#[test]
fn labels_are_unique_and_found() {
    let labels: BTreeSet<_> = all().iter().map(|mistake| mistake.info.label).collect();
    assert_eq!(labels.len(), all().len());
    for label in labels.into_iter().chain(["bn-base"]) {
        assert!(label.starts_with("bn-"), "{label}");
        assert_eq!(by_label(label).map(|mistake| mistake.info.label), Some(label));
    }
    assert!(by_label("bn-nonsense").is_none());
}

#[test]
fn every_clause_has_a_mistake_and_no_other_is_named() {
    let named: BTreeSet<_> = all().iter().map(|mistake| mistake.info.clause.to_owned()).collect();
    let clauses: BTreeSet<_> = (1..=CLAUSES).map(|number| format!("BN-{number:02}")).collect();
    assert_eq!(named, clauses);
}

#[test]
fn sentences_are_clauses_of_a_sentence() {
    for Mistake { info, .. } in all() {
        for text in [info.summary, info.remedy] {
            assert!(text.len() > 8 && !text.ends_with('.'), "{}: {text}", info.label);
            assert!(!text.starts_with(char::is_uppercase), "{}: {text}", info.label);
        }
        assert!(info.source.is_none_or(|source| source.contains('#')), "{}", info.label);
    }
}

/// One channel of x, with γ = 2, β = −1.
fn one_channel<T: Real>(x: &[f64], epsilon: f64) -> Case<T> {
    let all = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect::<Vec<T>>();
    Case {
        shape: Shape::new(x.len(), 1, 1),
        x: all(x),
        gamma: all(&[2.0]),
        beta: all(&[-1.0]),
        epsilon,
        dy: all(&[1.0, 0.5, -2.0, 0.25][..x.len()]),
        mean: all(&[0.0]),
        variance: all(&[1.0]),
        weight_of_new: 0.5,
        convention: Variance::Biased,
    }
}

/// x̂ of 1, −1, −1, 1 is itself, so y = ±2 − 1, at any scale: a power of two changes no digit.
#[test]
fn the_base_normalises_at_every_scale() {
    for exponent in [-1074, -1060, -600, -30, 0, 30, 600, 1023] {
        let unit = 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2);
        let case = one_channel::<f64>(&[unit, -unit, -unit, unit], 0.0);
        assert_eq!(case.forward(&Mistake::BASE), Ok(vec![1.0, -3.0, -3.0, 1.0]), "2^{exponent}");
    }
}

#[test]
fn the_base_gives_beta_for_a_constant_channel() {
    for value in [0.1, -1e-310, 1.7e308, 3e-5, 1234.567] {
        for epsilon in [1e-300, 1e-5, 1e300] {
            let case = one_channel::<f64>(&[value; 3], epsilon);
            assert_eq!(case.forward(&Mistake::BASE), Ok(vec![-1.0; 3]), "{value} with {epsilon}");
        }
    }
}
