//! # evenkeel-fast: the techniques as kernels
//!
//! The same formulas as in the reference, for `f32` and `f64` slices, at the memory's speed:
//!
//! - **one rounding**: `f32` data is reduced and normalised in `f64` lanes and rounded once, so
//!   that the promised error does not depend on the mean of the data;
//! - **the same bits everywhere**: blocks, lanes and the order of every sum depend on the shape
//!   alone, so that any number of threads and any instruction set give the same result;
//! - **nothing hidden**: outputs and scratch memory are handed in, arguments are checked first,
//!   and a refused call writes nothing.
//!
//! ```
//! use evenkeel_fast::{Moments, Policy, Shape, Workspace, batch_norm};
//!
//! let shape = Shape::new(4, 1, 1); // four samples of one feature
//! let x = [40000.0_f32, 40001.0, 40002.0, 40003.0];
//! let (mut y, mut moments) = ([0.0_f32; 4], [Moments::default()]);
//! let (mut workspace, policy) = (Workspace::new(), Policy::default());
//! batch_norm::forward(
//!     shape, &x, &[1.0], &[0.0], 0.0, &mut y, &mut moments, &mut workspace, &policy,
//! )?;
//! assert_eq!(moments[0].mean(), 40001.5);
//! assert_eq!(moments[0].variance(), 1.25);
//! assert_eq!(y, [-1.3416408_f32, -0.4472136, 0.4472136, 1.3416408]);
//! # Ok::<(), evenkeel_fast::Error>(())
//! ```

pub mod activation;
pub mod augmentation;
pub mod batch_norm;
pub mod capacity;
mod check;
pub mod clipping;
pub mod dropout;
mod element;
mod elementwise;
mod error;
pub mod initialization;
pub mod layer_norm;
mod moments;
pub mod network;
mod normalization;
mod pair;
mod policy;
pub mod random;
pub mod regularization;
mod shape;
mod squared_norm;
pub mod streaming;
mod workspace;

pub use element::Element;
pub use error::Error;
pub use moments::Moments;
pub use policy::{Level, Policy};
pub use shape::Shape;
pub use squared_norm::SquaredNorm;
pub use workspace::Workspace;
