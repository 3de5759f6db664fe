//! Every mistake is caught and named in both precisions, every property is broken by one, and who offers
//! less is asked for less.

use std::collections::BTreeSet;

use super::{Capacity, Count, Function, Layer};
use crate::diagnosis::diagnose;
use crate::property::Settings;
use crate::technique::{Planted, Technique};
use crate::{Real, Reference, Refusal, Target};

const SETTINGS: Settings = Settings { seed: 3, cases: 60 };

/// The properties that a mistake breaks, by clause and name.
fn broken<T: Real>(target: &dyn Target<T>) -> BTreeSet<(&'static str, &'static str)> {
    let properties = Count::properties::<T>().into_iter();
    let broken = properties.filter(|property| property.is_broken_by(target, SETTINGS));
    broken.map(|property| (property.clause, property.name)).collect()
}

/// Mistakes that do not break their clause or are not named first by the fixed probes, and the properties
/// that none breaks.
fn missed<T: Real>() -> Vec<String> {
    let mut wrong = Vec::new();
    let mut found = BTreeSet::new();
    for mistake in Count::mistakes() {
        let (info, target) = (mistake.info, mistake.target::<T>());
        let broken = broken(&*target);
        if !broken.iter().any(|(clause, _)| *clause == info.clause) {
            wrong.push(format!("{} does not break {}", info.label, info.clause));
        }
        found.extend(broken);
        let diagnosis = diagnose::<Count, T>(&*target, &[]);
        if diagnosis.likely.first().map(|likely| likely.label) != Some(info.label) {
            wrong.push(format!("{}: {diagnosis}", info.label));
        }
    }
    let all = Count::properties::<T>().into_iter().map(|p| (p.clause, p.name));
    wrong.extend(all.filter(|one| !found.contains(one)).map(|one| format!("{one:?} is unbroken")));
    wrong
}

#[test]
fn every_mistake_is_caught_and_named() {
    assert_eq!(missed::<f32>(), Vec::<String>::new());
    assert_eq!(missed::<f64>(), Vec::<String>::new());
}

#[test]
fn the_base_and_the_reference_make_no_mistake() {
    fn none<T: Real>(target: &dyn Target<T>) {
        assert!(diagnose::<Count, T>(target, &[]).likely.is_empty());
        assert_eq!(broken(target), BTreeSet::new());
    }
    none::<f32>(&*Count::base().target());
    none::<f64>(&*Count::base().target());
    none::<f32>(&Reference);
    none::<f64>(&Reference);
}

/// One that counts layers, and nothing else.
struct OnlyCounts;

impl Capacity<f64> for OnlyCounts {
    fn parameter_count(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        Capacity::<f64>::parameter_count(&Reference, layers)
    }
}

/// One that makes networks narrower, and counts none.
struct OnlyNarrows;

impl Capacity<f64> for OnlyNarrows {
    fn narrowed(
        &self,
        perceptron: &super::Perceptron,
        numerator: u64,
        denominator: u64,
    ) -> Result<super::Perceptron, Refusal> {
        Capacity::<f64>::narrowed(&Reference, perceptron, numerator, denominator)
    }

    fn without_hidden_layer(
        &self,
        perceptron: &super::Perceptron,
        index: usize,
    ) -> Result<super::Perceptron, Refusal> {
        Capacity::<f64>::without_hidden_layer(&Reference, perceptron, index)
    }
}

/// The parts of which a property could be asked.
fn asked<C: Capacity<f64>>(target: C) -> BTreeSet<&'static str> {
    let target = super::Alone(target);
    let outcomes = Count::properties::<f64>().into_iter().map(|p| p.run(&target, SETTINGS));
    let asked = outcomes.filter(|outcome| {
        assert!(outcome.failure.is_none() && !outcome.is_void(), "{}", outcome.name);
        !outcome.is_skipped()
    });
    asked.map(|outcome| outcome.part).collect()
}

#[test]
fn who_offers_less_is_asked_for_less() {
    assert_eq!(asked(OnlyCounts), BTreeSet::from(["count", "arguments"]));
    assert_eq!(asked(OnlyNarrows), BTreeSet::from(["lowering", "arguments"]));
}

/// Numbers of 64 bits come through whole.
#[test]
fn a_count_is_its_digits() {
    let case = super::kind::plain::<f32>();
    let layers =
        vec![Layer::Dense { inputs: 1, outputs: 0x1234_5678_9abc_def0, has_biases: false }];
    let mut out = Function::ParameterCount.room(&case);
    let own: &dyn Capacity<f32> = &Reference;
    let case = super::Case { layers, ..case };
    Function::ParameterCount.call(own, &case, &mut out[0]).expect("valid layers");
    let digits = [0x1234, 0x5678, 0x9abc, 0xdef0].map(|digit| digit as f32);
    assert_eq!(out, [digits.to_vec()]);
}
