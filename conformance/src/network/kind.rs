//! Networks as the shared machinery knows them.

use std::collections::BTreeSet;

use super::mistakes::{self, Mistake};
use super::{Case, Function, inputs, properties};
use crate::arguments::Spoilt;
use crate::diagnosis::{Probes, Symptom, bits_that_differ, probes_of};
use crate::technique::{Function as _, Technique, of_its_module};
use crate::{Real, Target};

/// Networks, as a [`Technique`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nets;

impl Technique for Nets {
    const NAME: &'static str = "network";
    const PREFIX: &'static str = "NET";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["NET-18", "NET-19", "NET-20"];

    of_its_module!(network, |to| to);

    fn probes<T: Real>() -> Probes<Self, T> {
        let plain = inputs::one_of_everything::<T>();
        let spoilt = plain.spoilt().into_iter().filter(Spoilt::is_of_the_case);
        let invalid = probes_of(spoilt.map(|spoilt| spoilt.case).collect(), true);
        Probes { valid: probes_of(inputs::probes(), false), invalid }
    }

    /// Numbers of ordinary size: no logit is saturated, no square leaves the range.
    fn is_telling<T: Real>(case: &Case<T>) -> bool {
        let numbers = case.parameters.iter().chain(&case.x).chain(&case.statistics);
        numbers.into_iter().all(|v| v.to_f64().abs() <= 10.0)
    }

    fn size<T: Real>(case: &Case<T>) -> usize {
        case.parameters.len() + case.x.len()
    }

    /// Every term on the way moves by 2u.
    fn moved<T: Real>(mistake: Mistake, case: &Case<T>, _: bool, trial: u64) -> (Mistake, Case<T>) {
        let slip = (2.0 + trial as f64 / 16.0) * T::UNIT_ROUNDOFF;
        (Mistake { slip, ..mistake }, case.clone())
    }

    /// Saturated logits, a second step, threads.
    fn symptoms<T: Real>(target: &dyn Target<T>, _: bool) -> BTreeSet<Symptom> {
        let (far, second) = (inputs::far_apart::<T>(), inputs::probes::<T>());
        let mut seen = BTreeSet::new();
        for function in [Function::Loss, Function::Gradients] {
            if properties::is_off_when_saturated(target, &far, function) {
                seen.insert(Symptom("saturated", function.name()));
            }
        }
        if second.iter().any(|case| properties::carries_over(target, case)) {
            seen.insert(Symptom("second step", Function::Step.name()));
        }
        seen.extend(bits_that_differ::<Self, T>(target, &inputs::many(7, 300, 24)));
        seen
    }
}
