//! Capacity: what is asked of counts, of smaller networks and of the gap, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Capacity`], the trait that a target implements, and its arguments |
//! | `case`, `inputs` | one input to every function, and where inputs come from |
//! | `truth` | counts in 128 bits, from the tensors that a network keeps |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong counts with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! Nothing here is rounded but the gap: counts, widths and budgets are compared as whole numbers.

mod case;
mod contract;
mod inputs;
mod kind;
pub mod mistakes;
mod properties;
mod reference;
mod suite;
#[cfg(test)]
mod tests;
mod truth;

pub use case::{Case, Function};
pub use contract::{
    Capacity, Layer, Perceptron, Uniform, check_accuracies, check_fraction, check_index,
    check_layers,
};
pub use kind::Count;
pub use suite::{Alone, PARTS, assert_property};
