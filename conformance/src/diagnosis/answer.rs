//! What a target answers to one call, and whether two answers agree.

use crate::call::guarded;
use crate::technique::{Planted, Technique};
use crate::{Real, Refusal, Target};

/// One call: an input and a function.
pub struct Probe<K: Technique, T: Real> {
    /// The input.
    pub case: K::Case<T>,
    /// The function.
    pub function: K::Function,
    /// Its sums are exact in any order: no allowance for rounding the data.
    pub exact: bool,
}

/// What came of one call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    NotOffered,
    /// Every output, in the order of the contract.
    Given(Vec<Vec<f64>>),
    /// The argument that the refusal names, and whether the outputs are as they were.
    Refused {
        argument: String,
        untouched: bool,
    },
    /// A panic, or an error that is not about an argument.
    Failed,
}

/// Calls one function, with outputs that show whether they were written.
pub(crate) fn ask<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
    function: K::Function,
) -> Answer {
    let before = K::room(function, case, case);
    let mut to = before.clone();
    let wide = |output: &Vec<T>| output.iter().map(|v| v.to_f64()).collect();
    match guarded(|| K::call(function, target, case, &mut to)) {
        Ok(()) => Answer::Given(to.iter().map(wide).collect()),
        Err(Refusal::NotOffered) => Answer::NotOffered,
        Err(Refusal::Failed(_)) => Answer::Failed,
        Err(Refusal::Invalid { argument, .. }) => {
            Answer::Refused { argument: argument.into_owned(), untouched: before == to }
        }
    }
}

/// The answer of a mistake: it offers everything.
pub(super) fn answer_of<K: Technique, T: Real>(
    mistake: K::Mistake,
    case: &K::Case<T>,
    function: K::Function,
) -> Answer {
    ask::<K, T>(&*mistake.target(), case, function)
}

/// A value, and how far from it an answer may be: infinitely far where nothing can be told.
pub(crate) type Allowed = (f64, f64);

/// Whether `value` is what is allowed; a NaN agrees with a NaN.
pub(crate) fn agrees(value: f64, (expected, allowed): Allowed) -> bool {
    allowed == f64::INFINITY || same(value, expected) || (value - expected).abs() <= allowed
}

/// Whether no value agrees with both.
pub(super) fn apart((a, allowed_a): Allowed, (b, allowed_b): Allowed) -> bool {
    !agrees(a, (b, allowed_a + allowed_b))
}

/// Equal, or both NaN.
pub(super) fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}
