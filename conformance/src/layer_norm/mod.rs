//! Layer normalisation: what is asked of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`LayerNorm`], the trait that a target implements, and its arguments |
//! | `inputs` | its shapes, and the rows that real software has got wrong |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong implementations with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! What it shares with batch normalisation is in [`normalization`](crate::normalization): truth,
//! bounds, differences, and most properties and faults.

mod contract;
mod inputs;
mod kind;
pub mod mistakes;
mod properties;
mod reference;
mod suite;

pub use crate::normalization::{GradientValues, Gradients};
pub use contract::{Backward, Forward, LayerNorm};
pub use inputs::known;
pub use kind::{Case, Function, Layer};
pub use suite::{Alone, PARTS, assert_property};
