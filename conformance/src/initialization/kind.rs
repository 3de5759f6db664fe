//! Initialisation as the shared machinery knows it.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use super::mistakes::{self, Mistake};
use super::{Case, Family, Fan, Function, Layer, Plan, Scheme, properties, truth};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probes, Symptom, bits_that_differ, probes_of};
use crate::technique::{Technique, of_its_module};
use crate::{Real, Stream, Target, ulp};

/// Initialisation, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights;

impl Technique for Weights {
    const NAME: &'static str = "initialization";
    const PREFIX: &'static str = "INI";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["INI-14", "INI-15"];

    of_its_module!(initialization, |to| to);

    fn probes<T: Real>() -> Probes<Self, T> {
        let valid: Vec<_> = valid();
        let spoilt = valid[0].spoilt().into_iter().filter(Spoilt::is_of_the_case);
        let invalid = probes_of(spoilt.map(|spoilt| spoilt.case).collect(), true);
        Probes { valid: probes_of(valid, false), invalid }
    }

    fn is_telling<T: Real>(_: &Case<T>) -> bool {
        true
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.plan.layer.weights().unwrap_or(usize::MAX)
    }

    /// The spread moves by 8u, as far as rounding may have moved it.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let sign = if trial.is_multiple_of(2) { 1.0 } else { -1.0 };
        (Mistake { slip: sign * 8.0 * T::UNIT_ROUNDOFF, ..mistake }, case.clone())
    }

    /// With a generator of its own a target's weights are its own.
    fn by_choice<T: Real>(target: &dyn Target<T>, function: Function, _: &Case<T>) -> bool {
        let follows = target.initialization().is_some_and(|own| own.follows_the_map());
        !follows && function == Function::Weights
    }

    /// `beyond the bound`, `rounding` (more than half a unit), threads and levels.
    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        let layer = Layer::Dense { inputs: 97, outputs: 41 };
        let plan = |family| Plan { layer, scheme: Scheme::Xavier { gain: 1.0 }, family };
        let long = case::<T>(plan(Family::Normal));
        let mut seen = BTreeSet::new();
        if is_beyond(target, &case::<T>(plan(Family::Uniform))) {
            seen.insert(Symptom("beyond the bound", "weights_given"));
        }
        if half_units && T::DIGITS == 24 && errs(target, &long) {
            seen.insert(Symptom("rounding", "weights_given"));
        }
        seen.extend(bits_that_differ::<Self, T>(target, &long));
        seen
    }
}

/// Draws of both signs and any size below 1, 1 among them.
fn case<T: Real>(plan: Plan) -> Case<T> {
    let count = plan.layer.weights().unwrap_or(0);
    let draws = (0..count).map(|i| 1.0 - (i * 37 % 100) as f64 / 53.0).collect();
    let stream = Stream { seed: (9 << 32) + 4, number: 7, step: 1 << 20 };
    Case { plan, stream, draws, precision: PhantomData }
}

/// Every scheme and family for layers of every kind.
fn valid<T: Real>() -> Vec<Case<T>> {
    let layers = [
        Layer::Convolution { inputs: 4, outputs: 10, kernel: 3, groups: 2 },
        Layer::Dense { inputs: 3, outputs: 11 },
    ];
    let schemes = [
        Scheme::Xavier { gain: 1.0 },
        Scheme::Xavier { gain: 1.7 },
        Scheme::He { fan: Fan::In, slope: 0.0 },
        Scheme::He { fan: Fan::Out, slope: 0.3 },
    ];
    let families = [Family::Uniform, Family::Normal, Family::TruncatedNormal];
    let mut cases = Vec::new();
    for layer in layers {
        for scheme in schemes {
            cases.extend(families.map(|family| case(Plan { layer, scheme, family })));
        }
    }
    cases
}

/// Whether a draw of 1 gives more than the bound, which `f32` has to round: for one of many layers.
fn is_beyond<T: Real>(target: &dyn Target<T>, plain: &Case<T>) -> bool {
    (1..30).any(|inputs| {
        let case = plain.with(Plan { layer: Layer::Dense { inputs, outputs: 1 }, ..plain.plan });
        let case = Case { draws: vec![1.0; inputs], ..case };
        let bound = truth::spread(&case.plan).to_f64() * (1.0 + 8.0 * f64::UNIT_ROUNDOFF);
        let w = case.ask(Function::WeightsGiven, target).unwrap_or_default();
        w.iter().any(|w| w.to_f64() > bound)
    })
}

/// Whether a weight is off by more than half a unit in the last place.
fn errs<T: Real>(target: &dyn Target<T>, long: &Case<T>) -> bool {
    let spread = truth::spread(&long.plan).to_f64();
    let got = long.ask(Function::WeightsGiven, target).unwrap_or_default();
    let off = |(got, draw): (&T, &f64)| {
        (got.to_f64() - spread * draw).abs() > 0.502 * ulp::<T>(spread * draw)
    };
    got.iter().zip(&long.draws).any(off)
}
