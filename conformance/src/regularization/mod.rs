//! L1/L2 regularisation: what is asked of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract` | [`Regularization`], the trait that a target implements, and its arguments |
//! | `case`, `inputs` | one input to every function, and where inputs come from |
//! | `truth` | true values in 320 bits, and the bounds |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong regularisations with a label |
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
pub use contract::{
    Parameter, Penalty, Regularization, Role, Step, check_gradient, check_lambda, check_proximal,
};
pub use kind::Penalties;
pub use suite::{Alone, PARTS, assert_property};
