//! What the machinery of the suite asks of a technique.
//!
//! The runner, the report, the checks of arguments and of bits, the diagnosis and the macros know a
//! technique only through [`Technique`]; a technique adds what is its own: contract, inputs, truth,
//! bounds, properties and mistakes.

use std::collections::BTreeSet;
use std::fmt::Debug;

use crate::arguments::Spoilt;
use crate::call::guarded;
use crate::diagnosis::{self, Probes, Symptom};
use crate::mistake::{Diagnosis, MistakeInfo};
use crate::property::{Outcome, Property, Settings};
use crate::report::Report;
use crate::{Real, Refusal, Strength, Target};

/// The functions of a technique's contract.
pub trait Function: Copy + Ord + Debug + Send + Sync + 'static {
    /// All of them, in the order of the contract.
    const ALL: &'static [Self];
    /// The name of the method.
    fn name(self) -> &'static str;
    /// The names of its arguments, outputs among them, as refusals must call them.
    fn arguments(self) -> &'static [&'static str];
    /// The names of its outputs, in order.
    fn outputs(self) -> &'static [&'static str];
}

/// An implementation with one fault.
pub trait Planted: Copy + Debug + Send + Sync + 'static {
    /// Its label, and what is known of it.
    fn info(&self) -> &MistakeInfo;
    /// The implementation as a target.
    fn target<T: Real>(self) -> Box<dyn Target<T>>;
}

/// One of the techniques.
pub trait Technique: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// Its name everywhere: `batch_norm`.
    const NAME: &'static str;
    /// The prefix of its clauses: `BN`.
    const PREFIX: &'static str;
    /// The clauses that are about arguments and not about numbers.
    const ARGUMENT_CLAUSES: &'static [&'static str];
    /// One input to every function.
    type Case<T: Real>: Clone + Debug + Send + Sync + 'static;
    /// The functions of the contract.
    type Function: Function;
    /// Its labelled mistakes.
    type Mistake: Planted;

    /// Whether a target has it at all.
    fn is_offered<T: Real>(target: &dyn Target<T>) -> bool;
    /// Every property, in the order of the clauses.
    fn properties<T: Real>() -> Vec<Property<T, Self::Case<T>>>;
    /// Every mistake of the catalogue.
    fn mistakes() -> &'static [Self::Mistake];
    /// The base of the mistakes, without a fault.
    fn base() -> Self::Mistake;

    /// The outputs of a call with `case` before the call, as long as for `like`: marked as
    /// unwritten, or what is to be updated.
    fn room<T: Real>(
        function: Self::Function,
        like: &Self::Case<T>,
        case: &Self::Case<T>,
    ) -> Vec<Vec<T>>;
    /// Calls one function; `to` are its outputs.
    ///
    /// # Errors
    /// What the target returns.
    fn call<T: Real>(
        function: Self::Function,
        target: &dyn Target<T>,
        case: &Self::Case<T>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal>;
    /// Whether a function has anything to do with this case.
    fn concerns<T: Real>(_function: Self::Function, _case: &Self::Case<T>) -> bool {
        true
    }
    /// The case with each argument spoilt, in every way there is.
    fn spoilt<T: Real>(case: &Self::Case<T>) -> Vec<Spoilt<Self::Case<T>>>;

    /// The inputs that diagnosis asks every target.
    fn probes<T: Real>() -> Probes<Self, T>;
    /// Whether diagnosis may ask this failing case too: small, and in a range where every sound
    /// implementation works.
    fn is_telling<T: Real>(case: &Self::Case<T>) -> bool;
    /// How many numbers a case has.
    fn size<T: Real>(case: &Self::Case<T>) -> usize;
    /// The mistake and the case, moved as rounding might: trial after trial in other directions.
    fn moved<T: Real>(
        mistake: Self::Mistake,
        case: &Self::Case<T>,
        exact: bool,
        trial: u64,
    ) -> (Self::Mistake, Self::Case<T>);
    /// Which elements of an output are junk together, when one of them is: each for itself, by default.
    fn group_of<T: Real>(_case: &Self::Case<T>, _output: usize, index: usize) -> usize {
        index
    }
    /// Whether the target declares that it does otherwise here.
    fn by_choice<T: Real>(
        _target: &dyn Target<T>,
        _function: Self::Function,
        _case: &Self::Case<T>,
    ) -> bool {
        false
    }
    /// Where a target is wrong on hard data, or in its last bits.
    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom>;
}

/// The mistake of that label; `bn-base` and the like give the base, without a fault.
#[must_use]
pub fn mistake<K: Technique>(label: &str) -> Option<K::Mistake> {
    if label == format!("{}-base", K::PREFIX.to_lowercase()) {
        return Some(K::base());
    }
    K::mistakes().iter().find(|mistake| mistake.info().label == label).copied()
}

/// Every output of one call.
///
/// # Errors
/// The target's refusal; a panic becomes [`Refusal::Failed`].
pub fn outputs_of<K: Technique, T: Real>(
    function: K::Function,
    target: &dyn Target<T>,
    case: &K::Case<T>,
) -> Result<Vec<Vec<T>>, Refusal> {
    let mut to = K::room(function, case, case);
    guarded(|| K::call(function, target, case, &mut to))?;
    Ok(to)
}

/// Runs every property whose name passes `wanted`, and says what the failures look like.
///
/// PROMISE clauses are asked of those that make them. `progress` is called before each property.
pub fn check<K: Technique, T: Real>(
    target: &dyn Target<T>,
    settings: Settings,
    wanted: &dyn Fn(&str) -> bool,
    progress: &mut dyn FnMut(&'static str),
) -> Report {
    let mut outcomes = Vec::new();
    for property in asked::<K, T>(target, wanted) {
        progress(property.name);
        outcomes.push(property.run(target, settings));
    }
    let diagnosis = diagnosis_of::<K, T>(target, &outcomes);
    Report {
        technique: K::NAME,
        precision: T::NAME,
        outcomes: outcomes.into_iter().map(|outcome| outcome.map(|c| format!("{c:?}"))).collect(),
        diagnosis,
    }
}

/// How many properties [`check`] would run.
pub fn count<K: Technique, T: Real>(
    target: &dyn Target<T>,
    wanted: &dyn Fn(&str) -> bool,
) -> usize {
    asked::<K, T>(target, wanted).len()
}

fn asked<K: Technique, T: Real>(
    target: &dyn Target<T>,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Property<T, K::Case<T>>> {
    if !K::is_offered(target) {
        return Vec::new();
    }
    let claimed = |strength| strength != Strength::Promise || target.promises();
    let mut properties = K::properties::<T>();
    properties.retain(|property| claimed(property.strength) && wanted(property.name));
    properties
}

fn diagnosis_of<K: Technique, T: Real>(
    target: &dyn Target<T>,
    outcomes: &[Outcome<K::Case<T>>],
) -> Option<Diagnosis> {
    let failures = || outcomes.iter().filter_map(|outcome| outcome.failure.as_ref());
    let cases: Vec<_> =
        failures().flat_map(|failure| [failure.smallest.clone(), failure.drawn.clone()]).collect();
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some());
    let parts: Vec<_> = failed.map(|outcome| outcome.part).collect();
    let named = || diagnosis::diagnose::<K, T>(target, &cases);
    (!cases.is_empty()).then(|| named().among(|info| could_fail::<K>(info, &parts)))
}

/// Whether a mistake could make a property of one of these parts fail: those with arguments and
/// those with numbers do not look alike.
pub(crate) fn could_fail<K: Technique>(info: &MistakeInfo, parts: &[&str]) -> bool {
    let is_about_arguments = K::ARGUMENT_CLAUSES.contains(&info.clause);
    parts.iter().any(|part| (*part == "arguments") == is_about_arguments)
}

/// The title of a clause, from its page.
#[must_use]
pub fn title(clause: &str) -> &'static str {
    evenkeel_reference::spec::clause(clause).map_or("", |clause| clause.title)
}

/// The part of an `impl Technique` that is the same for every technique whose module has a `Case`, a
/// `Function`, a `Mistake`, `properties` and `mistakes` of its own: `$accessor` is the method of [`Target`],
/// and `$out` what `Function::call` makes of the outputs.
macro_rules! of_its_module {
    ($accessor:ident, |$to:ident| $out:expr) => {
        type Case<T: $crate::Real> = Case<T>;
        type Function = Function;
        type Mistake = Mistake;

        fn is_offered<T: $crate::Real>(target: &dyn $crate::Target<T>) -> bool {
            target.$accessor().is_some()
        }

        fn properties<T: $crate::Real>() -> Vec<$crate::Property<T, Case<T>>> {
            properties::properties()
        }

        fn mistakes() -> &'static [Mistake] {
            mistakes::all()
        }

        fn base() -> Mistake {
            mistakes::BASE
        }

        fn room<T: $crate::Real>(function: Function, like: &Case<T>, _: &Case<T>) -> Vec<Vec<T>> {
            function.room(like)
        }

        fn call<T: $crate::Real>(
            function: Function,
            target: &dyn $crate::Target<T>,
            case: &Case<T>,
            $to: &mut [Vec<T>],
        ) -> Result<(), $crate::Refusal> {
            function.call(target.$accessor().ok_or($crate::Refusal::NotOffered)?, case, $out)
        }

        fn spoilt<T: $crate::Real>(case: &Case<T>) -> Vec<$crate::arguments::Spoilt<Case<T>>> {
            case.spoilt()
        }
    };
}

pub(crate) use of_its_module;
