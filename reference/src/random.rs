// The first definition of a link counts: on the page itself these are files.
//! [initialization]: super::initialization
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/random.md")]
// Throughout: n counts words, i counts elements, both from 0 and up to 2⁶⁴ − 1. A word, an element
// and a block are functions of their number; nothing is remembered. Each function is one formula of
// the page above.

mod generator;
mod normal;
mod philox;
#[allow(clippy::excessive_precision, reason = "the coefficients stand as they are printed")]
mod quantile;
mod uniform;

pub use generator::{Words, sample_normal, sample_uniform};
pub use normal::{angle_uniform, box_muller, normal, radius_uniform};
pub use philox::{Stream, philox4x32, second_word, word};
pub use quantile::{HALF_MASS, normal_quantile, truncated_normal, truncated_quantile};
pub use uniform::{centered_uniform, uniform};
