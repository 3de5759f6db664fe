//! Batch normalisation: what is asked of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`BatchNorm`], the trait that a target implements, and its arguments |
//! | `case` | [`Case`], one input to every function |
//! | [`truth`], [`bounds`] | what is right, and how far from it a target may be |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong implementations with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! What it shares with layer normalisation is in [`normalization`](crate::normalization).

pub mod bounds;
mod case;
mod contract;
mod kind;
pub mod mistakes;
mod properties;
mod reference;
mod suite;
pub mod truth;

pub use crate::normalization::{GradientValues, Gradients, differences};
pub use case::{Case, Given, StepValues};
pub use contract::{
    Backward, BatchNorm, Dialect, Forward, Inference, InferenceBackward, Running, Variance,
};
pub use kind::{Batch, Function};
pub use suite::{Alone, PARTS, assert_property};

/// The dialect of a target, or the verdict that it has no batch normalisation.
fn dialect_of<T: crate::Real>(target: &dyn crate::Target<T>) -> Result<Dialect, crate::Verdict> {
    target.batch_norm().map(BatchNorm::dialect).ok_or(crate::Verdict::NotOffered)
}
