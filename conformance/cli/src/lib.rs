//! The targets that the command `evenkeel` knows by name: the kernels, the reference, the mistakes.
//!
//! They are a library too, so that tests and other tools check the same ones.

#![forbid(unsafe_code)]

mod fast;
mod suites;

pub use evenkeel_conformance::Reference;
pub use fast::{Fast, kernel_layer, kernel_rule};
pub use suites::Precision;

use evenkeel_conformance::Target;

/// Whether a failed SHOULD or PROMISE fails the run of this implementation.
///
/// The kernels claim them, and a mistake is there to be found; the reference is held to MUST,
/// since the plain formula does depend on the condition of its data.
#[must_use]
pub fn is_strict(name: &str) -> bool {
    name != "reference"
}

/// The target called `name` in precision `T`: `fast`, `reference` or the label of a mistake.
#[must_use]
pub fn implementation<T: Precision>(name: &str, fast: &Fast) -> Option<Box<dyn Target<T>>>
where
    Fast: Target<T>,
{
    match name {
        "fast" => Some(Box::new(fast.clone())),
        "reference" => Some(Box::new(Reference)),
        label => T::mistake(label),
    }
}
