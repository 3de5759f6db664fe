//! All of batch normalisation on one target.

use super::{Case, diagnose, properties};
use crate::mistake::Diagnosis;
use crate::property::{Outcome, Settings};
use crate::report::Report;
use crate::verdict::Strength;
use crate::{Real, Target};

/// The technique's name everywhere.
pub const NAME: &str = "batch_norm";

/// Runs every property whose name passes `wanted`, and says what the failures look like.
///
/// PROMISE clauses are asked of those that make them. `progress` is called before each property.
pub fn check<T: Real>(
    target: &dyn Target<T>,
    settings: Settings,
    wanted: &dyn Fn(&str) -> bool,
    progress: &mut dyn FnMut(&'static str),
) -> Report {
    let mut outcomes = Vec::new();
    for property in properties::<T>() {
        let claimed = property.strength != Strength::Promise || target.promises();
        if claimed && wanted(property.name) {
            progress(property.name);
            outcomes.push(property.run(target, settings));
        }
    }
    let diagnosis = diagnosis(target, &outcomes);
    Report {
        technique: NAME,
        precision: T::NAME,
        outcomes: outcomes.into_iter().map(|outcome| outcome.map(|c| format!("{c:?}"))).collect(),
        diagnosis,
    }
}

/// How many properties [`check`] would run.
pub fn count<T: Real>(target: &dyn Target<T>, wanted: &dyn Fn(&str) -> bool) -> usize {
    let claimed = |strength| strength != Strength::Promise || target.promises();
    properties::<T>().iter().filter(|p| claimed(p.strength) && wanted(p.name)).count()
}

fn diagnosis<T: Real>(target: &dyn Target<T>, outcomes: &[Outcome<Case<T>>]) -> Option<Diagnosis> {
    let failures: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.failure.as_ref()).collect();
    if failures.is_empty() {
        return None;
    }
    let cases: Vec<_> = failures
        .iter()
        .flat_map(|failure| [failure.smallest.clone(), failure.drawn.clone()])
        .collect();
    Some(diagnose(target, &cases))
}

/// The title of a clause, from its page.
#[must_use]
pub fn title(clause: &str) -> &'static str {
    evenkeel_reference::spec::clause(clause).map_or("", |clause| clause.title)
}
