//! Gradient clipping: what is asked of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Clipping`], the trait that a target implements, and its arguments |
//! | `case`, `inputs` | one input to every function, and where inputs come from |
//! | `truth` | the norm and the factor in 320 bits, and every bound |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong clippings with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |

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
pub use contract::{Clipping, Gradient, Gradients, NonFinite, check_finite, check_threshold};
pub use inputs::known;
pub use kind::Clip;
pub use properties::examine;
pub use suite::{Alone, PARTS, assert_property};
