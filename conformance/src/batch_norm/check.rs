//! All of batch normalisation on one target.

use super::{Case, diagnose, properties};
use crate::mistake::{Diagnosis, MistakeInfo};
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
    let failing: Vec<_> = outcomes.iter().filter(|outcome| outcome.failure.is_some()).collect();
    if failing.is_empty() {
        return None;
    }
    let cases: Vec<_> = failing
        .iter()
        .filter_map(|outcome| outcome.failure.as_ref())
        .flat_map(|failure| [failure.smallest.clone(), failure.drawn.clone()])
        .collect();
    let parts: Vec<_> = failing.iter().map(|outcome| outcome.part).collect();
    Some(diagnose(target, &cases).among(|info| could_fail(info, &parts)))
}

/// Whether a mistake could make a property of one of these parts fail: those with arguments and
/// those with numbers do not look alike.
pub(super) fn could_fail(info: &MistakeInfo, parts: &[&str]) -> bool {
    let is_about_arguments = ["BN-13", "BN-14"].contains(&info.clause);
    parts.iter().any(|part| (*part == "arguments") == is_about_arguments)
}

/// The title of a clause, from its page.
#[must_use]
pub fn title(clause: &str) -> &'static str {
    evenkeel_reference::spec::clause(clause).map_or("", |clause| clause.title)
}
