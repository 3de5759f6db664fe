//! [REG-04]: super::regularization
//!
#![doc = include_str!("../spec/network.md")]
// Throughout: a matrix is m × width, a row is a sample. `layers` is the network; nothing is changed in
// place, so that before and after a step can be compared.

mod dense;
mod file;
mod layer;
mod loss;
mod passes;
mod step;

pub use dense::{DenseGradients, dense, dense_backward};
pub use file::{load, save};
pub use layer::{Layer, parameters, statistics, widths, with_parameters, with_statistics};
pub use loss::{
    Goal, loss, loss_gradient, softmax, softmax_cross_entropy, softmax_cross_entropy_gradient,
    squared_error, squared_error_gradient,
};
pub use passes::{Gradients, backward, forward, inference, running_statistics};
pub use step::{Batch, Rule, Taken, objective_gradient, step};
