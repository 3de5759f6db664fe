//! How a formula says no.

use std::fmt::Display;

/// An argument that the clauses do not allow.
///
/// It prints as `epsilon is -1, allowed is finite and ≥ 0`. Data may hold NaN and infinities: they
/// are not errors, each clause page says what comes out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{argument} is {value}, allowed is {allowed}")]
pub struct Error {
    /// The name of the argument as the clauses have it: `x`, `gamma`, `epsilon`, `shape`, …
    pub argument: &'static str,
    /// Its value; for a vector or a matrix, its size.
    pub value: String,
    /// What would have been accepted.
    pub allowed: String,
}

impl Error {
    pub(crate) fn new(argument: &'static str, value: impl Display, allowed: impl Display) -> Self {
        Self { argument, value: value.to_string(), allowed: allowed.to_string() }
    }
}
