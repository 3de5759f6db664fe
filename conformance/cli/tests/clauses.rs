//! Every clause earns its place: it is named by a property, and that property fails on a mistake
//! labelled with the clause.

use std::collections::BTreeSet;

use evenkeel::Precision;
use evenkeel_conformance::activation::Curves;
use evenkeel_conformance::augmentation::Augment;
use evenkeel_conformance::batch_norm::Batch;
use evenkeel_conformance::capacity::Count;
use evenkeel_conformance::clipping::Clip;
use evenkeel_conformance::dropout::Drop;
use evenkeel_conformance::initialization::Weights;
use evenkeel_conformance::layer_norm::Layer;
use evenkeel_conformance::network::Nets;
use evenkeel_conformance::random::Source;
use evenkeel_conformance::regularization::Penalties;
use evenkeel_conformance::suites::{Row, Suite};
use evenkeel_conformance::technique::{Planted, Technique};
use evenkeel_conformance::{Settings, Strength};
use evenkeel_reference::spec::{self, Level};
use rayon::prelude::*;

/// Few inputs are enough: a mistake that hides from sixty of them would deserve a better property.
const SETTINGS: Settings = Settings { seed: 0, cases: 60 };

fn suite<K: Technique, T: Precision>() -> &'static dyn Suite<T> {
    let mut all = T::suites().into_iter();
    all.find(|suite| suite.technique() == K::NAME).expect("every technique is in the list")
}

fn is_caught<K: Technique>(mistake: &K::Mistake) -> bool {
    fn fails<K: Technique, T: Precision>(mistake: &K::Mistake) -> bool {
        let info = mistake.info();
        let target = T::mistake(info.label).expect("a label of the catalogue");
        suite::<K, T>().is_broken_by(&*target, info.clause, SETTINGS)
    }
    fails::<K, f32>(mistake) || fails::<K, f64>(mistake)
}

fn each_mistake_is_caught<K: Technique>() {
    let missed: Vec<_> = K::mistakes()
        .par_iter()
        .filter(|mistake| !is_caught::<K>(mistake))
        .map(|mistake| (mistake.info().label, mistake.info().clause))
        .collect();
    assert!(missed.is_empty(), "not caught by their clause: {missed:?}");
}

#[test]
fn each_mistake_fails_a_property_of_its_own_clause() {
    each_mistake_is_caught::<Batch>();
    each_mistake_is_caught::<Layer>();
    each_mistake_is_caught::<Source>();
    each_mistake_is_caught::<Drop>();
    each_mistake_is_caught::<Weights>();
    each_mistake_is_caught::<Curves>();
    each_mistake_is_caught::<Penalties>();
    each_mistake_is_caught::<Clip>();
    each_mistake_is_caught::<Count>();
    each_mistake_is_caught::<Nets>();
    each_mistake_is_caught::<Augment>();
}

fn clauses_properties_and_mistakes_match<K: Technique>() {
    let prefix = format!("{}-", K::PREFIX);
    let ids = spec::clauses().into_iter().map(|clause| clause.id);
    let clauses: BTreeSet<_> = ids.filter(|id| id.starts_with(&prefix)).collect();
    let checked: BTreeSet<_> = suite::<K, f32>().rows().iter().map(|p| p.clause).collect();
    let broken: BTreeSet<_> = K::mistakes().iter().map(|m| m.info().clause).collect();
    assert_eq!(clauses, checked, "clauses of the page and of the properties");
    assert_eq!(clauses, broken, "clauses of the page and of the mistakes");
}

#[test]
fn each_clause_has_a_property_and_a_mistake() {
    clauses_properties_and_mistakes_match::<Batch>();
    clauses_properties_and_mistakes_match::<Layer>();
    clauses_properties_and_mistakes_match::<Source>();
    clauses_properties_and_mistakes_match::<Drop>();
    clauses_properties_and_mistakes_match::<Weights>();
    clauses_properties_and_mistakes_match::<Curves>();
    clauses_properties_and_mistakes_match::<Penalties>();
    clauses_properties_and_mistakes_match::<Clip>();
    clauses_properties_and_mistakes_match::<Count>();
    clauses_properties_and_mistakes_match::<Nets>();
    clauses_properties_and_mistakes_match::<Augment>();
}

fn strengths_match<K: Technique>() {
    for property in suite::<K, f32>().rows() {
        let clause = spec::clause(property.clause).expect("the test above found it");
        let label = match clause.level {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::Promise => "PROMISE",
        };
        assert_eq!(property.strength.label(), label, "{} of {}", property.name, clause.id);
    }
}

#[test]
fn a_property_is_worth_what_its_clause_is_worth() {
    strengths_match::<Batch>();
    strengths_match::<Layer>();
    strengths_match::<Source>();
    strengths_match::<Drop>();
    strengths_match::<Weights>();
    strengths_match::<Curves>();
    strengths_match::<Penalties>();
    strengths_match::<Clip>();
    strengths_match::<Count>();
    strengths_match::<Nets>();
    strengths_match::<Augment>();
}

fn base_has_no_fault<K: Technique>() {
    fn failures<K: Technique, T: Precision>(and_promises: bool) -> Vec<&'static str> {
        let suite = suite::<K, T>();
        let base = format!("{}-base", K::PREFIX.to_lowercase());
        let base = T::mistake(&base).expect("each technique has a base");
        let asked = |row: &&Row| and_promises || row.strength != Strength::Promise;
        let names: Vec<_> = suite.rows().iter().filter(asked).map(|row| row.name).collect();
        let report = suite.check(&*base, SETTINGS, &|name| names.contains(&name), &mut |_| {});
        report.failures().into_iter().map(|outcome| outcome.name).collect()
    }
    assert_eq!((failures::<K, f32>(true), failures::<K, f64>(false)), (vec![], vec![]));
}

/// The control: without a fault nothing fails. In f32 its f64 arithmetic keeps the promise too.
#[test]
fn the_base_of_the_mistakes_has_no_fault() {
    base_has_no_fault::<Batch>();
    base_has_no_fault::<Layer>();
    base_has_no_fault::<Source>();
    base_has_no_fault::<Drop>();
    base_has_no_fault::<Weights>();
    base_has_no_fault::<Curves>();
    base_has_no_fault::<Penalties>();
    base_has_no_fault::<Clip>();
    base_has_no_fault::<Count>();
    base_has_no_fault::<Nets>();
    base_has_no_fault::<Augment>();
}

macro_rules! listed {
    ($($part:ident $strength:ident $name:ident)*) => {
        vec![$((stringify!($part), stringify!($strength), stringify!($name))),*]
    };
}
macro_rules! in_a_brace {
    ({ $($all:tt)* }) => { listed!($($all)*) };
}

type Stamped = Vec<(&'static str, &'static str, &'static str)>;

fn list_is_complete<K: Technique>(stamped: &Stamped, parts: &[&str]) {
    let expected: Stamped = suite::<K, f64>()
        .rows()
        .iter()
        .filter(|p| p.strength.label() != "PROMISE" && parts.contains(&p.part))
        .map(|p| (p.part, if p.strength.label() == "MUST" { "Must" } else { "Should" }, p.name))
        .collect();
    assert_eq!(*stamped, expected);
}

/// The macros' lists are written out by hand: here they are held against the properties themselves.
#[test]
fn the_macros_stamp_every_must_and_should() {
    use evenkeel_conformance::{
        __activation_properties, __augmentation_properties, __batch_norm_properties,
        __capacity_properties, __clipping_properties, __dropout_properties,
        __initialization_properties, __layer_norm_properties, __network_properties,
        __random_properties, __regularization_properties,
    };
    use evenkeel_conformance::{
        activation, augmentation, batch_norm, capacity, clipping, dropout, initialization,
        layer_norm, network, random, regularization,
    };
    list_is_complete::<Batch>(&__batch_norm_properties!([in_a_brace]), &batch_norm::PARTS);
    list_is_complete::<Layer>(&__layer_norm_properties!([in_a_brace]), &layer_norm::PARTS);
    list_is_complete::<Source>(&__random_properties!([in_a_brace]), &random::PARTS);
    list_is_complete::<Drop>(&__dropout_properties!([in_a_brace]), &dropout::PARTS);
    list_is_complete::<Curves>(&__activation_properties!([in_a_brace]), &activation::PARTS);
    let initialization = &__initialization_properties!([in_a_brace]);
    list_is_complete::<Weights>(initialization, &initialization::PARTS);
    let penalties = &__regularization_properties!([in_a_brace]);
    list_is_complete::<Penalties>(penalties, &regularization::PARTS);
    list_is_complete::<Clip>(&__clipping_properties!([in_a_brace]), &clipping::PARTS);
    list_is_complete::<Count>(&__capacity_properties!([in_a_brace]), &capacity::PARTS);
    list_is_complete::<Nets>(&__network_properties!([in_a_brace]), &network::PARTS);
    let augmentation = &__augmentation_properties!([in_a_brace]);
    list_is_complete::<Augment>(augmentation, &augmentation::PARTS);
}
