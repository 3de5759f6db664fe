//! What became of a whole technique in one precision, and how a failure is told.

use std::fmt::Write;

use crate::mistake::Diagnosis;
use crate::property::Outcome;
use crate::verdict::{Measure, Strength};

/// The outcome of every property of a technique in one precision.
#[derive(Debug, Clone)]
pub struct Report {
    /// The technique's name everywhere: `batch_norm`.
    pub technique: &'static str,
    /// `"f32"` or `"f64"`.
    pub precision: &'static str,
    /// One a property that was run, in the order of the clauses.
    pub outcomes: Vec<Outcome<String>>,
    /// What the failures look like, if there are any.
    pub diagnosis: Option<Diagnosis>,
}

/// What a report comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing was offered, so nothing was told.
    Skipped,
    /// All that must hold holds.
    Holds,
    /// Some clause was probed by no input that could tell.
    Void,
    /// Something that must hold does not.
    Broken,
}

impl Report {
    /// What it comes to, when `strict` counts SHOULD and PROMISE too.
    #[must_use]
    pub fn standing(&self, strict: bool) -> Standing {
        self.standing_of(|outcome| strict || outcome.strength == Strength::Must)
    }

    /// What the outcomes come to for which `counts` is true.
    #[must_use]
    pub fn standing_of(&self, counts: impl Fn(&Outcome<String>) -> bool) -> Standing {
        let counted = self.outcomes.iter().filter(|outcome| counts(outcome));
        let told = counted.filter(|outcome| !outcome.is_skipped());
        told.map(|outcome| match () {
            () if outcome.failure.is_some() => Standing::Broken,
            () if outcome.is_void() => Standing::Void,
            () => Standing::Holds,
        })
        .max()
        .unwrap_or(Standing::Skipped)
    }

    /// The properties that failed, the most telling first: those of the likely mistake's own
    /// clause, then those with the smallest input.
    #[must_use]
    pub fn failures(&self) -> Vec<&Outcome<String>> {
        let likely = self.diagnosis.as_ref().and_then(|diagnosis| diagnosis.likely.first());
        let mut failures: Vec<_> =
            self.outcomes.iter().filter(|outcome| outcome.failure.is_some()).collect();
        failures.sort_by_key(|outcome| {
            let elsewhere = likely.is_none_or(|info| info.clause != outcome.clause);
            (elsewhere, outcome.failure.as_ref().map_or(0, |failure| failure.smallest.len()))
        });
        failures
    }

    /// The properties that count but that no input could decide.
    pub fn void(&self, strict: bool) -> impl Iterator<Item = &Outcome<String>> {
        let counts = move |outcome: &&Outcome<String>| strict || outcome.strength == Strength::Must;
        self.outcomes.iter().filter(counts).filter(|outcome| outcome.is_void())
    }

    /// How many inputs passed.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.outcomes.iter().map(|outcome| u64::from(outcome.passed)).sum()
    }

    /// The clauses of that strength that were probed, and how many of them hold.
    #[must_use]
    pub fn clauses(&self, strength: Strength) -> (usize, usize) {
        let of = |failed: bool| {
            let rows = self.outcomes.iter().filter(|outcome| {
                outcome.strength == strength
                    && !outcome.is_skipped()
                    && (!failed || outcome.failure.is_some())
            });
            let mut ids: Vec<_> = rows.map(|outcome| outcome.clause).collect();
            ids.dedup();
            ids.sort_unstable();
            ids.dedup();
            ids.len()
        };
        (of(false) - of(true), of(false))
    }

    /// The worst that was measured for that strength.
    #[must_use]
    pub fn worst(&self, strength: Strength) -> Measure {
        let rows = self.outcomes.iter().filter(|outcome| outcome.strength == strength);
        rows.fold(Measure::default(), |worst, outcome| worst.worse(outcome.worst))
    }
}

/// One failure in at most 20 lines: the clause, the smallest input, got, expected, allowed.
#[must_use]
pub fn describe(outcome: &Outcome<String>, title: &str) -> String {
    let Some(failure) = &outcome.failure else { return String::new() };
    let mut text = String::new();
    let strength = outcome.strength.label();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{} {strength}  {title}", outcome.clause);
    let _ = writeln!(text, "  property {} in {}", outcome.name, outcome.precision);
    let _ = writeln!(text, "  smallest input that fails");
    for line in failure.smallest.lines() {
        let _ = writeln!(text, "    {line}");
    }
    let finding = &failure.finding;
    for (what, value) in [
        ("where", &finding.place),
        ("got", &finding.got),
        ("expected", &finding.expected),
        ("allowed", &finding.allowed),
    ] {
        let _ = writeln!(text, "  {what:<8} {value}");
    }
    text
}
