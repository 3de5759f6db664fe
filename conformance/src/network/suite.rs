//! `network_suite!`: the clauses of networks as tests of a user's crate.

use super::{Nets, Network};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`network_suite!`](crate::network_suite) asks for: the two forward
/// passes, the loss, the gradients, the step, and the checks of arguments.
pub const PARTS: [&str; 6] = ["inference", "training", "loss", "gradients", "step", "arguments"];

/// A network as a target of its own.
pub struct Alone<N>(pub N);

impl<T: Real, N: Network<T>> Target<T> for Alone<N> {
    fn name(&self) -> String {
        short_name::<N>()
    }

    fn network(&self) -> Option<&dyn Network<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, N: Network<T>>(target: N, name: &str) {
    assert_holds::<Nets, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __network_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            inference Must dense_layers_agree_in_inference
            training Must dense_layers_agree_in_training
            inference Must inference_agrees
            inference Must wide_inference_agrees
            inference Must a_row_alone_gives_what_it_gives_among_others
            inference Must other_rows_do_not_matter
            training Must training_agrees
            training Must wide_training_agrees
            loss Must cross_entropy_of_logits_agrees
            loss Must cross_entropy_of_a_network_agrees
            loss Must a_constant_on_all_logits_keeps_the_loss
            gradients Must a_constant_on_all_logits_keeps_the_gradients
            gradients Must gradients_by_the_last_biases_sum_to_0
            loss Must squared_error_agrees
            gradients Must the_gradients_of_one_layer_agree
            gradients Must the_gradients_of_a_network_agree
            gradients Must the_gradients_of_a_wide_network_agree
            gradients Must the_gradient_by_the_input_agrees
            gradients Must the_gradient_by_a_wide_input_agrees
            gradients Must gradients_are_the_slopes_of_the_loss
            gradients Must gradients_are_the_slope_along_a_direction
            step Must the_penalty_is_of_dense_weights
            step Must a_penalised_step_agrees
            step Must a_clipped_step_agrees
            step Must threshold_0_moves_nothing
            step Must a_plain_step_agrees
            step Must a_wide_step_agrees
            step Must rate_0_moves_nothing
            step Must running_statistics_agree
            step Must two_steps_are_two_single_steps
            step Must the_same_call_gives_the_same_bits
            loss Should saturated_logits_keep_the_loss
            gradients Should saturated_logits_keep_the_gradients
            arguments Must shapes_that_do_not_fit_are_named
            arguments Must no_row_is_refused_in_inference
            arguments Must shapes_that_do_not_fit_write_nothing
            arguments Must numbers_that_are_not_allowed_are_named
            arguments Must numbers_that_are_not_allowed_write_nothing
            arguments Must a_gradient_that_is_not_finite_is_named
            arguments Must a_spoilt_step_writes_nothing
        } }
    };
}

/// Makes a test of every clause of networks for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::network::Network<f32> for Mine {}
/// evenkeel_conformance::network_suite!(Mine, f32, without: [
///     step = "an optimiser of another crate", inference = "not yet written",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Network`] for one only. `without` excuses parts of [`PARTS`], each with its
/// reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! network_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__network_properties] [$crate::network]
            [network_f32 network_f64 network] $($arguments)*
        }
    };
}
