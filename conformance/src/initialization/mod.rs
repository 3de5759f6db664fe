//! Xavier and He initialisation: what is asked of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Initialization`], the trait that a target implements, and its arguments |
//! | `case`, `inputs` | one input to every function, and where inputs come from |
//! | `truth` | true fans, bounds and deviations in 320 bits |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong initialisations with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! It is tested twice: exactly, given the draws; and as draws, whose distribution is asked in
//! [`distribution`](crate::distribution).

mod case;
mod contract;
mod inputs;
mod kind;
pub mod mistakes;
mod properties;
mod reference;
mod suite;
mod truth;

pub use case::{Case, Function};
pub use contract::{Family, Fan, Initialization, Layer, Plan, Scheme};
pub use kind::Weights;
pub use suite::{Alone, PARTS, assert_property};
