//! Every mistake is named, whoever makes it; two at once are not; the base has none.

mod naive;

use naive::{FAULTS, Naive};

use super::diagnose;
use super::probe::case;
use crate::batch_norm::mistakes::{Mistake, all, by_label};
use crate::batch_norm::{BatchNorm, Case};
use crate::mistake::Diagnosis;
use crate::{Real, Shape, Target};

/// A target whose name tells nothing.
struct Nameless(Mistake);

impl<T: Real> Target<T> for Nameless {
    fn name(&self) -> String {
        "mine".into()
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(&self.0)
    }

    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        self.0.variants()
    }

    fn promises(&self) -> bool {
        true
    }
}

/// What is said of a target that makes this mistake.
fn said_of<T: Real>(mistake: Mistake) -> Diagnosis {
    diagnose::<T>(&Nameless(mistake), &[])
}

/// All mistakes that bite in `T` and are not named first.
fn misnamed<T: Real>() -> Vec<String> {
    let mut wrong = Vec::new();
    for mistake in all().iter().filter(|mistake| mistake.info.bites_in(T::NAME)) {
        let diagnosis = said_of::<T>(*mistake);
        if diagnosis.likely.first().map(|info| info.label) != Some(mistake.info.label) {
            wrong.push(format!("{} in {}: {diagnosis}", mistake.info.label, T::NAME));
        }
    }
    wrong
}

#[test]
fn every_mistake_is_named_in_f32() {
    assert_eq!(misnamed::<f32>(), Vec::<String>::new());
}

#[test]
fn every_mistake_is_named_in_f64() {
    assert_eq!(misnamed::<f64>(), Vec::<String>::new());
}

#[test]
fn the_base_makes_no_mistake() {
    assert!(said_of::<f32>(Mistake::BASE).likely.is_empty());
    assert!(said_of::<f64>(Mistake::BASE).likely.is_empty());
}

/// The label named first for somebody else's code with these faults.
fn naive<T: Real>(faults: &'static [&'static str]) -> Vec<&'static str> {
    let diagnosis = diagnose::<T>(&Naive(faults), &[]);
    diagnosis.likely.iter().map(|info| info.label).collect()
}

#[test]
fn a_mistake_is_named_in_code_that_rounds_everywhere() {
    for fault in FAULTS.chunks(1) {
        assert_eq!(naive::<f32>(fault).first(), fault.first(), "f32");
        assert_eq!(naive::<f64>(fault).first(), fault.first(), "f64");
    }
}

#[test]
fn two_mistakes_in_the_same_numbers_are_unknown() {
    const PAIRS: [[&str; 2]; 6] = [
        ["bn-unbiased", "bn-eps-outside"],
        ["bn-unbiased", "bn-no-beta"],
        ["bn-eps-ignored", "bn-swapped"],
        ["bn-unbiased", "bn-dx-no-var"],
        ["bn-dx-no-mean", "bn-dx-no-gamma"],
        ["bn-dx-no-gamma", "bn-eps-outside"],
    ];
    for pair in &PAIRS {
        assert_eq!(naive::<f32>(pair), Vec::<&str>::new(), "{pair:?} in f32");
        assert_eq!(naive::<f64>(pair), Vec::<&str>::new(), "{pair:?} in f64");
    }
}

#[test]
fn two_mistakes_in_different_numbers_are_both_named() {
    let both = ["bn-no-beta", "bn-dbeta-mean"];
    assert_eq!(naive::<f32>(&["bn-no-beta", "bn-dbeta-mean"]), both);
    assert_eq!(naive::<f64>(&["bn-no-beta", "bn-dbeta-mean"]), both);
}

/// Failing cases that are huge, out of any moderate range or refused do not lead astray.
#[test]
fn failing_cases_of_any_kind_leave_the_label() {
    let failing = [
        case::<f32>(Shape::new(4001, 5, 1), 1.0, 1.0, 1e-5),
        case(Shape::new(5, 2, 2), 0.0, 1e30, 1e-5),
        case(Shape::new(5, 2, 2), 1e6, 1e-1, 1e-5),
        case(Shape::new(5, 0, 2), 1.0, 1.0, 1e-5),
        Case { gamma: Vec::new(), ..case(Shape::new(5, 2, 2), 1.0, 1.0, 1e-5) },
    ];
    let diagnosis = diagnose(&Naive(&["bn-unbiased"]), &failing);
    assert_eq!(diagnosis.likely[0].label, "bn-unbiased");
}

#[test]
fn a_diagnosis_reads_as_a_sentence() {
    let unbiased = by_label("bn-unbiased").expect("a label of the catalogue");
    let text = said_of::<f32>(unbiased).to_string();
    assert!(
        text.starts_with("looks like bn-unbiased: the variance is divided by m − 1\n"),
        "{text}"
    );
    assert!(text.contains("instead  divide by m"), "{text}");
    assert_eq!(Diagnosis::default().to_string(), "no known mistake explains it");
}

/// Code that rounds everywhere makes no mistake in a formula: what is named shows on hard data only.
#[test]
fn plain_rounding_is_named_by_what_it_costs() {
    for labels in [naive::<f32>(&[]), naive::<f64>(&[])] {
        assert!(labels.contains(&"bn-drift-constant"), "{labels:?}");
        assert!(labels.contains(&"bn-range"), "{labels:?}");
    }
}
