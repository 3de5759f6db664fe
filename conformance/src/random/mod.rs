//! Random numbers: what is asked of their source, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Random`], the trait that a target implements |
//! | `case`, `inputs` | one input to every function, and where inputs come from |
//! | `truth` | true draws in 320 bits, and the bounds |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong sources with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! Whether draws have their distribution is asked in [`distribution`](crate::distribution).

mod case;
mod contract;
mod inputs;
mod kind;
pub mod mistakes;
mod properties;
mod reference;
mod suite;
pub(crate) mod truth;

pub use case::{Case, Function};
pub use contract::{Plane, Random, check_bound, check_deviation};
pub use kind::Source;
pub use suite::{Alone, PARTS, assert_property};
