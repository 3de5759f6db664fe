//! Every clause earns its place: it is named by a property, and that property fails on a mistake
//! labelled with the clause.

use std::collections::BTreeSet;

use evenkeel_conformance::batch_norm::mistakes::{self, Mistake};
use evenkeel_conformance::batch_norm::{Case, properties};
use evenkeel_conformance::{Outcome, Real, Settings, Target};
use evenkeel_reference::spec::{self, Level};
use rayon::prelude::*;

/// Few inputs are enough: a mistake that hides from sixty of them would deserve a better property.
const SETTINGS: Settings = Settings { seed: 0, cases: 60 };

fn outcomes<T: Real>(target: &dyn Target<T>, clause: &str) -> Vec<Outcome<Case<T>>> {
    let mine = properties::<T>().into_iter().filter(|property| property.clause == clause);
    mine.map(|property| property.run(target, SETTINGS)).collect()
}

fn some_property_fails<T: Real>(target: &dyn Target<T>, clause: &str) -> bool {
    outcomes(target, clause).iter().any(|outcome| outcome.failure.is_some())
}

fn is_caught(mistake: &Mistake) -> bool {
    let clause = mistake.info.clause;
    some_property_fails::<f32>(mistake, clause) || some_property_fails::<f64>(mistake, clause)
}

#[test]
fn each_mistake_fails_a_property_of_its_own_clause() {
    let missed: Vec<_> = mistakes::all()
        .par_iter()
        .filter(|mistake| !is_caught(mistake))
        .map(|mistake| (mistake.info.label, mistake.info.clause))
        .collect();
    assert!(missed.is_empty(), "not caught by their clause: {missed:?}");
}

#[test]
fn each_clause_has_a_property_and_a_mistake() {
    let ids = spec::clauses().into_iter().map(|clause| clause.id);
    let clauses: BTreeSet<_> = ids.filter(|id| id.starts_with("BN-")).collect();
    let checked: BTreeSet<_> = properties::<f32>().iter().map(|p| p.clause).collect();
    let broken: BTreeSet<_> = mistakes::all().iter().map(|m| m.info.clause).collect();
    assert_eq!(clauses, checked, "clauses of the page and of the properties");
    assert_eq!(clauses, broken, "clauses of the page and of the mistakes");
}

#[test]
fn a_property_is_worth_what_its_clause_is_worth() {
    for property in properties::<f32>() {
        let clause = spec::clause(property.clause).expect("the test above found it");
        let label = match clause.level {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::Promise => "PROMISE",
        };
        assert_eq!(property.strength.label(), label, "{} of {}", property.name, clause.id);
    }
}

/// The control: without a fault nothing fails. In f32 its f64 arithmetic keeps the promise too.
#[test]
fn the_base_of_the_mistakes_has_no_fault() {
    fn failures<T: Real>(and_promises: bool) -> Vec<&'static str> {
        let strength = |label: &str| label != "PROMISE" || and_promises;
        properties::<T>()
            .into_iter()
            .filter(|property| strength(property.strength.label()))
            .map(|property| property.run(&Mistake::BASE, SETTINGS))
            .filter(|outcome| outcome.failure.is_some())
            .map(|outcome| outcome.name)
            .collect()
    }
    assert_eq!((failures::<f32>(true), failures::<f64>(false)), (vec![], vec![]));
}

macro_rules! listed {
    ($($part:ident $strength:ident $name:ident)*) => {
        [$((stringify!($part), stringify!($strength), stringify!($name))),*]
    };
}
macro_rules! in_a_brace {
    ({ $($all:tt)* }) => { listed!($($all)*) };
}

/// The macro's list is written out by hand: here it is held against the properties themselves.
#[test]
fn the_macro_stamps_every_must_and_should() {
    let stamped: Vec<_> =
        evenkeel_conformance::__batch_norm_properties!([in_a_brace]).into_iter().collect();
    let parts = evenkeel_conformance::batch_norm::PARTS;
    let expected: Vec<_> = properties::<f64>()
        .iter()
        .filter(|p| p.strength.label() != "PROMISE" && parts.contains(&p.part))
        .map(|p| (p.part, if p.strength.label() == "MUST" { "Must" } else { "Should" }, p.name))
        .collect();
    assert_eq!(stamped, expected);
}
