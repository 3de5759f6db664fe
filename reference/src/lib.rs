//! Techniques against overfitting and against vanishing or exploding gradients, formula for formula.
//!
//! This crate is a specification. Every technique has a page of numbered clauses, shown as the
//! documentation of its module, and one file of plain scalar `f64` code that reads like the formulas
//! on that page. It is made to be read, cited and compared with; `evenkeel-fast` is made to be fast,
//! and `evenkeel-conformance` compares any implementation with this one.
//!
//! | module | technique | clauses |
//! | --- | --- | --- |
//! | [`batch_norm`] | batch normalisation: training, inference, running statistics, gradients | BN-01 … BN-31 |
//! | [`layer_norm`] | layer normalisation: forward, gradients | LN-01 … LN-22 |
//! | [`random`] | random streams: uniform, normal and truncated normal numbers by their place | RND-01 … RND-17 |
//! | [`dropout`] | dropout: training, inference, gradients, masks that need no memory | DRP-01 … DRP-19 |
//! | [`initialization`] | Xavier and He initialisation: fans, spreads, weights | INI-01 … INI-18 |
//! | [`activation`] | sigmoid, tanh, ReLU, leaky ReLU: forward, gradients from x and from y | ACT-01 … ACT-28 |
//! | [`regularization`] | L1 and L2 penalties: gradients, proximal step, weight decay | REG-01 … REG-20 |
//! | [`augmentation`] | augmentation of images: rotation, flips, shifts, crops, noise, blur, erasing; policies and labels | AUG-01 … AUG-29 |
//! | [`clipping`] | gradient clipping: by value, by norm, by the norm of many tensors | CLP-01 … CLP-25 |
//! | [`capacity`] | parameters of layers and networks, narrower ones, the widest in a budget, the gap | CAP-01 … CAP-21 |
//! | [`network`] | a network of dense layers and the techniques: loss, back-propagation, one step | NET-01 … NET-21 |
//!
//! # How to cite
//!
//! Name the clause, or the function and the version: "BN-22, evenkeel-reference 0.1.0, function
//! `batch_norm::gradient_of_input`". A clause id is never given to another requirement. The source of
//! each formula (paper, equation or algorithm) stands in the documentation of its function.
//!
//! # Conventions
//!
//! - Rows are samples, columns are features (channels); [`layout`] brings images into that form.
//! - Sums are taken one term after the other; no matrix product is hidden in an operator.
//! - Everything but a count is `f64`, and every intermediate is returned where a formula has one.
//! - An argument that the clauses do not allow is an [`Error`] that names it; nothing panics. NaN and
//!   infinities in the data are not errors: the page of the technique says what comes out.
//! - Formulas are written in plain text: x̂, μ, σ², √, Σ. `u` is the unit roundoff, 2⁻⁵³ in `f64`.
//!
//! # Example
//!
//! ```
//! use evenkeel_reference::batch_norm;
//! use nalgebra::{dmatrix, dvector};
//!
//! // μ = 2 and σ² = 1, so with ε = 3 the root is 2 and every number below is exact.
//! let x = dmatrix![1.0; 3.0];
//! let step = batch_norm::forward(&x, &dvector![4.0], &dvector![10.0], 3.0)?;
//! assert_eq!(step.normalized, dmatrix![-0.5; 0.5]);
//! assert_eq!(step.output, dmatrix![8.0; 12.0]);
//! # Ok::<(), evenkeel_reference::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod activation;
pub mod augmentation;
pub mod batch_norm;
pub mod capacity;
mod check;
pub mod clipping;
pub mod dropout;
mod error;
pub mod initialization;
pub mod layer_norm;
pub mod layout;
pub mod network;
pub mod random;
pub mod regularization;
pub mod spec;

pub use error::Error;
