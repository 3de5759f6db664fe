//! The techniques as anybody would first write them.

pub mod clipping;
