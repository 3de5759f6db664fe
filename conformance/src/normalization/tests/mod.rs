//! Every mistake is named, whoever makes it; two at once are not; the base has none.

mod naive;

use naive::{FAULTS, Naive, ROWS, RUNNING};

use super::probes::case;
use super::{Case, Kind, Mistake};
use crate::batch_norm::{Batch, BatchNorm};
use crate::diagnosis::diagnose;
use crate::layer_norm::{Layer, LayerNorm};
use crate::mistake::Diagnosis;
use crate::technique::{self, Planted};
use crate::{Real, Target};

/// A target whose name tells nothing.
struct Nameless<T>(Box<dyn Target<T>>);

impl<T: Real> Target<T> for Nameless<T> {
    fn name(&self) -> String {
        "mine".into()
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        self.0.batch_norm()
    }

    fn layer_norm(&self) -> Option<&dyn LayerNorm<T>> {
        self.0.layer_norm()
    }

    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        self.0.variants()
    }

    fn promises(&self) -> bool {
        true
    }
}

/// What is said of a target that makes this mistake.
fn said_of<K: Kind, T: Real>(mistake: Mistake<K>) -> Diagnosis {
    diagnose::<K, T>(&Nameless(mistake.target()), &[])
}

/// All mistakes that bite in `T` and are not named first.
fn misnamed<K: Kind, T: Real>() -> Vec<String> {
    let mut wrong = Vec::new();
    for mistake in K::mistakes().iter().filter(|mistake| mistake.info.bites_in(T::NAME)) {
        let diagnosis = said_of::<K, T>(*mistake);
        if diagnosis.likely.first().map(|info| info.label) != Some(mistake.info.label) {
            wrong.push(format!("{} in {}: {diagnosis}", mistake.info.label, T::NAME));
        }
    }
    wrong
}

#[test]
fn every_mistake_of_batch_norm_is_named() {
    assert_eq!(misnamed::<Batch, f32>(), Vec::<String>::new());
    assert_eq!(misnamed::<Batch, f64>(), Vec::<String>::new());
}

#[test]
fn every_mistake_of_layer_norm_is_named() {
    assert_eq!(misnamed::<Layer, f32>(), Vec::<String>::new());
    assert_eq!(misnamed::<Layer, f64>(), Vec::<String>::new());
}

#[test]
fn the_base_makes_no_mistake() {
    fn none<K: Kind>() {
        assert!(said_of::<K, f32>(Mistake::BASE).likely.is_empty());
        assert!(said_of::<K, f64>(Mistake::BASE).likely.is_empty());
    }
    none::<Batch>();
    none::<Layer>();
}

/// The labels named for somebody else's code with these faults, without their prefix.
fn naive<K: Kind, T: Real>(faults: &'static [&'static str]) -> Vec<&'static str> {
    let diagnosis = diagnose::<K, T>(&Naive(faults), &[]);
    diagnosis.likely.iter().map(|info| &info.label[K::PREFIX.len() + 1..]).collect()
}

fn each_is_named<K: Kind>(faults: &'static [&'static str]) {
    for fault in faults.chunks(1) {
        assert_eq!(naive::<K, f32>(fault).first(), fault.first(), "{} in f32", K::NAME);
        assert_eq!(naive::<K, f64>(fault).first(), fault.first(), "{} in f64", K::NAME);
    }
}

#[test]
fn a_mistake_is_named_in_code_that_rounds_everywhere() {
    each_is_named::<Batch>(&FAULTS);
    each_is_named::<Batch>(&RUNNING);
    each_is_named::<Layer>(&FAULTS);
    each_is_named::<Layer>(&ROWS);
}

#[test]
fn two_mistakes_in_the_same_numbers_are_unknown() {
    const PAIRS: [[&str; 2]; 6] = [
        ["unbiased", "eps-outside"],
        ["unbiased", "no-beta"],
        ["eps-ignored", "swapped"],
        ["unbiased", "dx-no-var"],
        ["dx-no-mean", "dx-no-gamma"],
        ["dx-no-gamma", "eps-outside"],
    ];
    fn unknown<K: Kind>() {
        for pair in &PAIRS {
            assert_eq!(naive::<K, f32>(pair), Vec::<&str>::new(), "{pair:?} in f32");
            assert_eq!(naive::<K, f64>(pair), Vec::<&str>::new(), "{pair:?} in f64");
        }
    }
    unknown::<Batch>();
    unknown::<Layer>();
}

#[test]
fn two_mistakes_in_different_numbers_are_both_named() {
    const BOTH: [&str; 2] = ["dbeta-mean", "no-beta"];
    fn both<K: Kind>() {
        for mut labels in [naive::<K, f32>(&BOTH), naive::<K, f64>(&BOTH)] {
            labels.sort_unstable();
            assert_eq!(labels, BOTH, "{}", K::NAME);
        }
    }
    both::<Batch>();
    both::<Layer>();
}

/// Failing cases that are huge, out of any moderate range or refused do not lead astray.
#[test]
fn failing_cases_of_any_kind_leave_the_label() {
    fn label<K: Kind>() -> &'static str {
        let failing = [
            case::<f32, K>(crate::Shape::new(4001, 5, 1), 1.0, 1.0, 1e-5),
            case(K::LAYOUTS[2], 0.0, 1e30, 1e-5),
            case(K::LAYOUTS[2], 1e6, 1e-1, 1e-5),
            case(K::NONE, 1.0, 1.0, 1e-5),
            Case { gamma: Vec::new(), ..case(K::LAYOUTS[2], 1.0, 1.0, 1e-5) },
        ];
        diagnose::<K, f32>(&Naive(&["unbiased"]), &failing).likely[0].label
    }
    assert_eq!((label::<Batch>(), label::<Layer>()), ("bn-unbiased", "ln-unbiased"));
}

#[test]
fn a_diagnosis_reads_as_a_sentence() {
    let unbiased = technique::mistake::<Batch>("bn-unbiased").expect("a label of the catalogue");
    let text = said_of::<Batch, f32>(unbiased).to_string();
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
    let all = [
        naive::<Batch, f32>(&[]),
        naive::<Batch, f64>(&[]),
        naive::<Layer, f32>(&[]),
        naive::<Layer, f64>(&[]),
    ];
    for labels in all {
        assert!(labels.contains(&"drift-constant"), "{labels:?}");
        assert!(labels.contains(&"range"), "{labels:?}");
    }
}

/// Labels, clauses and sentences of a catalogue.
fn is_well_formed<K: Kind>(clauses: usize) {
    use std::collections::BTreeSet;
    let infos: Vec<_> = K::mistakes().iter().map(|mistake| mistake.info).collect();
    let labels: BTreeSet<_> = infos.iter().map(|info| info.label).collect();
    assert_eq!(labels.len(), infos.len(), "a label is given twice");
    for label in labels {
        assert!(label.starts_with(&format!("{}-", K::PREFIX.to_lowercase())), "{label}");
        let found = technique::mistake::<K>(label).map(|mistake| mistake.info.label);
        assert_eq!(found, Some(label));
    }
    let named: BTreeSet<_> = infos.iter().map(|info| info.clause.to_owned()).collect();
    let all = (1..=clauses).map(|number| format!("{}-{number:02}", K::PREFIX));
    assert_eq!(named, all.collect(), "clauses with a mistake");
    for info in infos {
        for text in [info.summary, info.remedy] {
            assert!(text.len() > 8 && !text.ends_with('.'), "{}: {text}", info.label);
            assert!(!text.starts_with(char::is_uppercase), "{}: {text}", info.label);
        }
        assert!(info.source.is_none_or(|source| source.contains('#')), "{}", info.label);
    }
}

#[test]
fn the_catalogues_are_complete_and_well_formed() {
    is_well_formed::<Batch>(31);
    is_well_formed::<Layer>(22);
    assert!(technique::mistake::<Batch>("bn-nonsense").is_none());
    assert!(technique::mistake::<Layer>("ln-base").is_some());
}

/// One group of x, with γ = 2 and β = −1 throughout, has these outputs in the base.
fn base_gives<K: Kind>(x: &[f64], epsilon: f64, expected: &[f64]) {
    let shape = match K::ALONG {
        super::Along::Channels => crate::Shape::new(x.len(), 1, 1),
        super::Along::Rows => crate::Shape::new(1, x.len(), 1),
    };
    let plain: Case<f64, K> = case(shape, 0.0, 1.0, epsilon);
    let all = |value: f64| vec![value; shape.channels];
    let case = Case { x: x.to_vec(), gamma: all(2.0), beta: all(-1.0), ..plain };
    let base = Mistake::<K>::BASE.target();
    assert_eq!(case.forward(&*base).as_deref(), Ok(expected), "{x:?} with {epsilon}");
}

/// x̂ of 1, −1, −1, 1 is itself, so y = ±2 − 1, at any scale: a power of two changes no digit.
#[test]
fn the_base_normalises_at_every_scale() {
    for exponent in [-1074, -1060, -600, -30, 0, 30, 600, 1023] {
        let unit = 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2);
        let (x, y) = ([unit, -unit, -unit, unit], [1.0, -3.0, -3.0, 1.0]);
        base_gives::<Batch>(&x, 0.0, &y);
        base_gives::<Layer>(&x, 0.0, &y);
    }
}

#[test]
fn the_base_gives_beta_for_a_constant_group() {
    for value in [0.1, -1e-310, 1.7e308, 3e-5, 1234.567] {
        for epsilon in [1e-300, 1e-5, 1e300] {
            base_gives::<Batch>(&[value; 3], epsilon, &[-1.0; 3]);
            base_gives::<Layer>(&[value; 3], epsilon, &[-1.0; 3]);
        }
    }
}
