//! What is refused, and how: the same for every technique.

use crate::call::guarded;
use crate::technique::{Function, Technique, outputs_of};
use crate::verdict::{Checked, Finding, Verdict, yields};
use crate::{Real, Refusal, Target};

/// A case with one spoilt argument, and the name by which the error must call it.
#[derive(Debug, Clone)]
pub struct Spoilt<C> {
    /// The argument's name.
    pub argument: &'static str,
    /// What is wrong with it, in a word or two.
    pub how: &'static str,
    /// The case; an output of the argument's name is one element short instead.
    pub case: C,
    /// The case whose outputs there is room for: itself, unless no memory would be enough.
    pub like: C,
}

/// How outputs are spoilt: the case itself stays as it is.
const SHORT_OUTPUT: &str = "one short";

const BEYOND_MEMORY: &str = "a shape beyond memory";

/// The tensors that a shape has the length of.
const TENSORS: [&str; 6] = ["x", "y", "dy", "dx", "draws", "w"];

impl<C> Spoilt<C> {
    /// Whether it is the case alone that is spoilt, and has outputs of its own size.
    pub(crate) fn is_of_the_case(&self) -> bool {
        ![SHORT_OUTPUT, BEYOND_MEMORY].contains(&self.how)
    }
}

/// Cases with one spoilt argument each, made from a valid one.
pub struct Spoiler<C> {
    valid: C,
    all: Vec<Spoilt<C>>,
}

impl<C: Clone> Spoiler<C> {
    pub(crate) fn new(valid: &C) -> Self {
        Self { valid: valid.clone(), all: Vec::new() }
    }

    /// One more way to spoil an argument.
    pub(crate) fn spoil(
        &mut self,
        argument: &'static str,
        how: &'static str,
        change: impl Fn(&mut C),
    ) {
        let mut case = self.valid.clone();
        change(&mut case);
        self.all.push(Spoilt { argument, how, like: case.clone(), case });
    }

    /// A shape for which there is not the memory: `argument` is named, or a tensor that is too short.
    pub(crate) fn spoil_beyond_memory(&mut self, argument: &'static str, change: impl Fn(&mut C)) {
        let mut case = self.valid.clone();
        change(&mut case);
        let how = BEYOND_MEMORY;
        self.all.push(Spoilt { argument, how, like: self.valid.clone(), case });
    }

    /// Outputs that are one element short.
    pub(crate) fn shorten(&mut self, outputs: &[&'static str]) {
        for output in outputs {
            self.spoil(output, SHORT_OUTPUT, |_| {});
        }
    }

    pub(crate) fn done(self) -> Vec<Spoilt<C>> {
        self.all
    }
}

/// Takes the last element away.
pub(crate) fn shorten<T>(values: &mut Vec<T>) {
    values.truncate(values.len().saturating_sub(1));
}

/// Runs every call with a spoilt argument that is wanted and offered, and hands the results to `judge`.
fn each_refusal<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
    wanted: impl Fn(&str) -> bool,
    judge: impl Fn(&str, &str, Result<(), Refusal>, bool) -> Verdict,
) -> Checked {
    let mut verdict = Verdict::CannotTell("no function is offered");
    let spoilt = K::spoilt(case).into_iter().filter(|spoilt| wanted(spoilt.argument));
    for Spoilt { argument, how, case: spoilt, like } in spoilt {
        let takes = |function: &&K::Function| function.arguments().contains(&argument);
        for function in K::Function::ALL.iter().filter(takes) {
            let mut before = K::room(*function, &like, &spoilt);
            let short = function.outputs().iter().position(|output| *output == argument);
            if let (Some(output), SHORT_OUTPUT) = (short, how) {
                shorten(&mut before[output]);
            }
            let mut after = before.clone();
            let result = guarded(|| K::call(*function, target, &spoilt, &mut after));
            if result != Err(Refusal::NotOffered) {
                let place = format!("{} with {argument} {how}", function.name());
                verdict = verdict.and(|| judge(argument, &place, result, after == before));
            }
        }
    }
    Ok(verdict)
}

/// Every invalid argument is refused by name, with its value and what is allowed.
pub(crate) fn are_named<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
) -> Checked {
    are_named_among::<K, T>(target, case, |_| true)
}

/// The same of some arguments only.
pub(crate) fn are_named_among<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
    wanted: fn(&str) -> bool,
) -> Checked {
    each_refusal::<K, T>(target, case, wanted, |argument, place, result, _| {
        // For a shape beyond memory every tensor is too short: any of them may be named.
        match result {
            Err(Refusal::Invalid { argument: named, .. })
                if place.ends_with(BEYOND_MEMORY) && TENSORS.contains(&&*named) =>
            {
                Verdict::HOLDS
            }
            other => names(argument, place, other),
        }
    })
}

/// Holds if `result` is a refusal that names `argument`.
pub(crate) fn names<R>(argument: &str, place: &str, result: Result<R, Refusal>) -> Verdict {
    let expected = format!("a refusal naming {argument}, its value and what is allowed");
    let got = match result {
        Ok(_) => "success".to_string(),
        Err(Refusal::NotOffered) => return Verdict::NotOffered,
        Err(Refusal::Invalid { argument: named, value, allowed }) => {
            if named == argument && !value.is_empty() && !allowed.is_empty() {
                return Verdict::HOLDS;
            }
            format!("a refusal naming {named}: {value}, allowed is {allowed}")
        }
        Err(other) => other.to_string(),
    };
    let allowed = "an error that the caller can act on; `input.check(…)?` first gives it";
    Finding::fail(place, got, expected, allowed)
}

/// A call that is not a success leaves its outputs alone.
pub(crate) fn write_nothing<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
) -> Checked {
    write_nothing_among::<K, T>(target, case, |_| true)
}

/// The same of some arguments only.
pub(crate) fn write_nothing_among<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
    wanted: fn(&str) -> bool,
) -> Checked {
    each_refusal::<K, T>(target, case, wanted, |_, place, result, untouched| {
        if untouched || result.is_ok() {
            return Verdict::HOLDS;
        }
        let expected = "outputs as they were before the call";
        Finding::fail(place, "outputs partly written", expected, "no half-done work on an error")
    })
}

/// Every function that the target offers succeeds on a case without elements.
pub(crate) fn nothing_succeeds<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
) -> Checked {
    let mut verdict = Verdict::CannotTell("no function is offered");
    for function in K::Function::ALL {
        match yields(function.name(), outputs_of::<K, T>(*function, target, case)) {
            Err(Verdict::NotOffered) => {}
            other => {
                other?;
                verdict = verdict.and(|| Verdict::HOLDS);
            }
        }
    }
    Ok(verdict)
}
