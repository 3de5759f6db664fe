//! The techniques as anybody would first write them.

pub mod activation;
pub mod capacity;
pub mod clipping;
pub mod regularization;
