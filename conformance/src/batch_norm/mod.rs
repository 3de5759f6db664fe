//! Batch normalisation: what is asked of it, and how it is checked.

//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`BatchNorm`], the trait that a target implements, and its arguments |
//! | `case`, `inputs` | [`Case`], one input to every function, and where inputs come from |
//! | [`truth`], [`bounds`], [`differences`] | what is right, and how far from it a target may be |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`], `diagnosis` | wrong implementations with a label, and which of them a failure looks like |
//! | `check`, `suite` | all of it on one target, as a report or as tests |

pub mod bounds;
mod case;
mod check;
mod contract;
mod diagnosis;
pub mod differences;
mod inputs;
pub mod mistakes;
mod properties;
mod reference;
mod suite;
pub mod truth;

pub use case::{Case, GradientValues, StepValues};
pub use check::{NAME, check, count, title};
pub use contract::{
    Backward, BatchNorm, Dialect, Forward, Gradients, Inference, InferenceBackward, Running,
    Variance,
};
pub use diagnosis::diagnose;
pub use properties::{clause_and_part_of, examine, properties};
pub use reference::Reference;
pub use suite::{Alone, PARTS, assert_property};
