//! A property: a clause, the inputs that probe it and the check; and the runner that tries to break it.
//!
//! Written once as data, a property is run by the command, by `cargo test` and by the macros
//! alike, through proptest: a failure shrinks, and the seed repeats it.

use std::cell::{Cell, RefCell};
use std::fmt::Debug;

use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::verdict::{Finding, Measure, Strength, Verdict};
use crate::{Real, Target};

/// One property of a technique whose inputs are `C`, in precision `T`.
pub struct Property<T: Real, C> {
    /// Its name, unique within the technique; also the name of the test that the macro makes.
    pub name: &'static str,
    /// The clause that it checks.
    pub clause: &'static str,
    /// How much that clause is worth.
    pub strength: Strength,
    /// The function of the contract that it needs: what `without: [...]` excuses.
    pub part: &'static str,
    /// Runs this many times fewer cases than asked for, since each is large. 1 for most.
    pub cost: u32,
    /// Where inputs come from.
    pub inputs: fn() -> BoxedStrategy<C>,
    /// What must hold of a target for one input.
    pub check: fn(&dyn Target<T>, &C) -> Verdict,
}

/// How long and from where to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The same seed gives the same inputs on every machine.
    pub seed: u64,
    /// Inputs per property.
    pub cases: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 0, cases: 256 }
    }
}

/// What became of one property.
#[derive(Debug, Clone)]
pub struct Outcome<C> {
    /// The property's name.
    pub name: &'static str,
    /// The clause that it checks.
    pub clause: &'static str,
    /// How much that clause is worth.
    pub strength: Strength,
    /// The function that it needs.
    pub part: &'static str,
    /// `"f32"` or `"f64"`.
    pub precision: &'static str,
    /// Inputs that passed.
    pub passed: u32,
    /// Inputs that could not have revealed a fault.
    pub cannot_tell: u32,
    /// Inputs for which the function was not offered: then all of them.
    pub not_offered: u32,
    /// The worst that was measured on inputs that passed.
    pub worst: Measure,
    /// The first failure, shrunk.
    pub failure: Option<Failure<C>>,
}

/// A failing input.
#[derive(Debug, Clone)]
pub struct Failure<C> {
    /// The input as it was first drawn.
    pub drawn: C,
    /// The smallest input found that still fails.
    pub smallest: C,
    /// What is wrong with the smallest.
    pub finding: Finding,
}

impl<C> Outcome<C> {
    /// The same outcome with its inputs turned into something else: text, say.
    pub fn map<D>(self, change: impl Fn(C) -> D) -> Outcome<D> {
        let failure = self.failure.map(|failure| Failure {
            drawn: change(failure.drawn),
            smallest: change(failure.smallest),
            finding: failure.finding,
        });
        Outcome {
            name: self.name,
            clause: self.clause,
            strength: self.strength,
            part: self.part,
            precision: self.precision,
            passed: self.passed,
            cannot_tell: self.cannot_tell,
            not_offered: self.not_offered,
            worst: self.worst,
            failure,
        }
    }

    /// Whether the target has no such function.
    pub fn is_skipped(&self) -> bool {
        self.not_offered > 0 && self.passed == 0 && self.failure.is_none()
    }

    /// Whether no input at all could tell right from wrong.
    pub fn is_void(&self) -> bool {
        self.passed == 0 && self.failure.is_none() && !self.is_skipped()
    }
}

impl<T: Real, C: Debug + Clone> Property<T, C> {
    /// Searches for an input that breaks this property, and for the smallest of those.
    pub fn run(&self, target: &dyn Target<T>, settings: Settings) -> Outcome<C> {
        self.run_and_shrink(target, settings, (MOST_SHRINKS / self.cost).max(FEW_SHRINKS))
    }

    /// Whether the target breaks this property on any input: without a search for the smallest.
    pub fn is_broken_by(&self, target: &dyn Target<T>, settings: Settings) -> bool {
        self.run_and_shrink(target, settings, 0).failure.is_some()
    }

    fn run_and_shrink(
        &self,
        target: &dyn Target<T>,
        settings: Settings,
        most_shrinks: u32,
    ) -> Outcome<C> {
        let search = Search::new(self, most_shrinks);
        let mut runner = runner(self.name, T::NAME, settings, self.cost);
        let result = runner.run(&(self.inputs)(), |case| search.try_one(target, case));
        let mut outcome = search.outcome.into_inner();
        match result {
            Ok(()) => {}
            Err(TestError::Fail(_, smallest)) => {
                outcome.failure = Some(self.describe(target, search.drawn.take(), smallest));
            }
            Err(TestError::Abort(reason)) => unreachable!("no input is rejected: {reason}"),
        }
        outcome
    }

    /// The finding of the smallest input. A fault that does not repeat says so.
    fn describe(&self, target: &dyn Target<T>, drawn: Option<C>, smallest: C) -> Failure<C> {
        let finding = match (self.check)(target, &smallest) {
            Verdict::Fail(finding) => *finding,
            _ => Finding {
                place: "the same call again".into(),
                got: "a pass after a failure".into(),
                expected: "the same result".into(),
                allowed: "no dependence on anything but the arguments".into(),
            },
        };
        Failure { drawn: drawn.unwrap_or_else(|| smallest.clone()), smallest, finding }
    }
}

/// What is counted while proptest draws, and not while it shrinks.
struct Search<'a, T: Real, C> {
    property: &'a Property<T, C>,
    outcome: RefCell<Outcome<C>>,
    drawn: Cell<Option<C>>,
    /// Attempts since the first failure, and the most of them.
    shrinks: Cell<u32>,
    most_shrinks: u32,
}

/// After so many attempts at a smaller input, or the time of so many, the smallest so far will do.
///
/// Counted here and not by proptest, which would print that it gave up.
const MOST_SHRINKS: u32 = 500;

/// The least of them, where each attempt takes as long as many others.
const FEW_SHRINKS: u32 = 4;

impl<'a, T: Real, C: Clone> Search<'a, T, C> {
    fn new(property: &'a Property<T, C>, most_shrinks: u32) -> Self {
        let outcome = Outcome {
            name: property.name,
            clause: property.clause,
            strength: property.strength,
            part: property.part,
            precision: T::NAME,
            passed: 0,
            cannot_tell: 0,
            not_offered: 0,
            worst: Measure::default(),
            failure: None,
        };
        Self {
            property,
            outcome: RefCell::new(outcome),
            drawn: Cell::new(None),
            shrinks: Cell::new(0),
            most_shrinks,
        }
    }

    fn try_one(&self, target: &dyn Target<T>, case: C) -> Result<(), TestCaseError> {
        if self.shrinks.get() > self.most_shrinks {
            return Ok(());
        }
        let verdict = (self.property.check)(target, &case);
        let mut outcome = self.outcome.borrow_mut();
        let counted = u32::from(self.shrinks.get() == 0);
        self.shrinks.set(self.shrinks.get() + 1 - counted);
        match verdict {
            Verdict::Pass(measure) => {
                outcome.passed += counted;
                if counted == 1 {
                    outcome.worst = outcome.worst.worse(measure);
                }
            }
            Verdict::CannotTell(_) => outcome.cannot_tell += counted,
            Verdict::NotOffered => outcome.not_offered += counted,
            Verdict::Fail(finding) => {
                if counted == 1 {
                    self.drawn.set(Some(case));
                }
                self.shrinks.set(self.shrinks.get() + counted);
                return Err(TestCaseError::fail(finding.place));
            }
        }
        Ok(())
    }
}

/// A runner whose draws depend on the seed, the property and the precision alone.
fn runner(name: &str, precision: &str, settings: Settings, cost: u32) -> TestRunner {
    let config = Config {
        cases: (settings.cases / cost).max(1),
        failure_persistence: None,
        max_shrink_iters: u32::MAX - 1,
        ..Config::default()
    };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&settings.seed.to_le_bytes());
    for (place, byte) in name.bytes().chain(precision.bytes()).enumerate() {
        let slot = 8 + place % 24;
        seed[slot] = seed[slot].wrapping_mul(31).wrapping_add(byte);
    }
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// The table of a technique's properties, one row each:
/// `clause strength part cost inputs => name = check`.
macro_rules! properties {
    ($($clause:literal $strength:ident $part:literal $cost:literal $inputs:path =>
       $name:ident = $check:expr;)*) => {
        vec![$($crate::Property {
            name: stringify!($name),
            clause: $clause,
            strength: $crate::Strength::$strength,
            part: $part,
            cost: $cost,
            inputs: $inputs,
            check: |target, case| {
                let check: fn(&dyn $crate::Target<T>, &Case<T>) -> $crate::verdict::Checked = $check;
                $crate::verdict::settled(check(target, case))
            },
        }),*]
    };
}

pub(crate) use properties;
