//! Gradient clipping: element by element, or a whole list of tensors by one factor.
//!
//! ```text
//! y = min(max(g, −τ), τ)                     by value
//! N = √Σ g²     y = g·τ/N if N > τ, else g   by norm
//! ```
//!
//! τ is the threshold, N the norm of all tensors together. Up to the threshold nothing is written but
//! what stood there, bit for bit; τ = ∞ never clips, and τ = 0 leaves zeros.
//!
//! **Source.** R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
//! networks", ICML 2013, algorithm 1; I. Goodfellow, Y. Bengio, A. Courville, *Deep learning*, 2016,
//! section 10.11.1.
//!
//! **Hazard.** Gradients that explode have squares that overflow, and τ/∞ is 0: the step is lost
//! without a word. A number in the divisor against 0/0 changes small gradients. One NaN makes all NaN.
//!
//! **Method.** Squares are added in `f64`: those of `f32` are exact there and stay in the range; for
//! `f64` data the sum is taken again in another unit where it left it ([`SquaredNorm`](crate::SquaredNorm)). Then one product
//! an element, rounded once. Blocks of 2048 elements of all tensors are added by one tree. What is not
//! finite shows in the sum: [`NonFinite`] says what happens then. A list of tensors is shared out as a
//! whole: a tensor of 256 elements costs little more than its elements. [`descend`] takes the step with
//! weights in the pass that scales, so that clipped gradients are never written.
//!
//! **Promises.** The norm: `f32` ½ ulp and (h/2 + 1)·2⁻⁵³ of it, `f64` (h/2 + 2)·2⁻⁵³, with h = 69 and the
//! logarithm of the number of blocks. Elements: 0.501 ulp in `f32`, (h/2 + 4)·2⁻⁵³ in `f64`. The norm of
//! the result is at most τ·(1 + 2⁻²³) in `f32`, for any gradient. The same bits on any number of threads
//! and at every level.

mod change;
mod descent;
mod factor;
mod lists;
mod norm;
mod passes;
#[cfg(test)]
mod tests;
mod total;
mod value;

pub use descent::{Descent, Slope, descend};
pub use norm::{
    by_global_norm, by_global_norm_in_place, by_merged_norm_in_place, by_norm, by_norm_in_place,
    norm, squared_norm,
};
pub(crate) use passes::Passes;
pub use value::{by_value, by_value_in_place};

/// What becomes of a gradient in which an element is NaN or infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NonFinite {
    /// An error that names `gradient`; nothing is written.
    #[default]
    Refuse,
    /// By value NaN stays and ±∞ becomes ±τ; by norm every element becomes NaN.
    Propagate,
    /// Every element of every tensor becomes +0, so that the step is skipped.
    Zero,
}
