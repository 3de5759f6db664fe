//! Dropout: what is asked of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Dropout`], the trait that a target implements, and its arguments |
//! | `case`, `inputs` | one input to every function, and where inputs come from |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong dropouts with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! It is tested twice: exactly, given a mask or the words that make one; and as draws, whose shares
//! are asked in [`distribution`](crate::distribution).

mod case;
mod contract;
mod inputs;
mod kind;
pub mod mistakes;
mod properties;
mod reference;
mod suite;

pub use case::{Case, Function};
pub use contract::{BACKWARD, Dropout, FORWARD, Given, Seeded, check_probability};
pub use kind::Drop;
pub use suite::{Alone, PARTS, assert_property};
