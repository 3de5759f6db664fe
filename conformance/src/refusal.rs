//! How a target says no.

use std::borrow::Cow;
use std::fmt::Display;

/// Why a target did not compute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The target has no such function. The command reports it as *skipped*, never as passed; the
    /// macros fail unless it is excused.
    #[error("not offered")]
    NotOffered,
    /// An argument is outside what the clauses allow. The outputs must be as they were.
    #[error("{argument} is {value}, allowed is {allowed}")]
    Invalid {
        /// The name of the argument as the contract has it: `x`, `gamma`, `epsilon`, `shape`, …
        argument: Cow<'static, str>,
        /// Its value (for a slice, its length).
        value: String,
        /// What would have been accepted.
        allowed: String,
    },
    /// The target broke down in a way that is not the caller's fault.
    #[error("the target failed: {0}")]
    Failed(String),
}

impl Refusal {
    /// An argument, its value and what is allowed.
    pub fn invalid(
        argument: impl Into<Cow<'static, str>>,
        value: impl Display,
        allowed: impl Display,
    ) -> Self {
        Self::Invalid {
            argument: argument.into(),
            value: value.to_string(),
            allowed: allowed.to_string(),
        }
    }
}

/// Refuses `argument` unless `slice` has `expected` elements.
///
/// # Errors
/// [`Refusal::Invalid`] with both lengths.
pub fn check_length<E>(
    argument: &'static str,
    slice: &[E],
    expected: usize,
) -> Result<(), Refusal> {
    if slice.len() == expected {
        return Ok(());
    }
    let value = format!("{} elements long", slice.len());
    Err(Refusal::invalid(argument, value, format!("{expected} elements")))
}

/// Refuses a weight or a probability outside 0 to 1.
///
/// # Errors
/// [`Refusal::Invalid`] naming `argument`.
pub fn check_share(argument: &'static str, share: f64) -> Result<(), Refusal> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(Refusal::invalid(argument, share, "from 0 to 1"))
}

/// Refuses ε, a strength or a rate that is negative or not finite.
///
/// # Errors
/// [`Refusal::Invalid`] naming `argument`.
pub fn check_not_negative(argument: &'static str, value: f64) -> Result<(), Refusal> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(Refusal::invalid(argument, value, "finite and ≥ 0"))
}
