//! Activations: what is asked of them, and how they are checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Activation`], the trait that a target implements, and its arguments |
//! | `case`, `inputs` | one input to every function, and where inputs come from |
//! | `truth`, `bounds` | the curves and their slopes in 320 bits, and how far a result may be from them |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong activations with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! The gradient is not compared with another formula for it: its truth is the central difference of the
//! curve itself in 320 bits.

mod bounds;
mod case;
mod contract;
mod inputs;
mod kind;
pub mod mistakes;
mod properties;
mod reference;
mod suite;
mod symptoms;
mod truth;

pub use case::{Case, Direction, Function, Shape};
pub use contract::{Activation, Backward, Curve, Forward, FromOutput, Kink};
pub use kind::Curves;
pub(crate) use reference::curve as curve_of_reference;
pub use suite::{Alone, PARTS, assert_property};
