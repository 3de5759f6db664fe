//! `batch_norm_suite!`: the clauses of batch normalisation as tests of a user's crate.

use super::{Batch, BatchNorm};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`batch_norm_suite!`](crate::batch_norm_suite) asks for.
pub const PARTS: [&str; 6] =
    ["forward", "arguments", "inference", "running", "backward", "inference_backward"];

/// A batch normalisation as a target of its own.
pub struct Alone<B>(pub B);

impl<T: Real, B: BatchNorm<T>> Target<T> for Alone<B> {
    fn name(&self) -> String {
        short_name::<B>()
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, B: BatchNorm<T>>(target: B, name: &str) {
    assert_holds::<Batch, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __batch_norm_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            forward Must permuting_a_channel_permutes_its_outputs
            forward Must channels_do_not_mix
            forward Must outputs_have_mean_0_and_mean_square_1
            forward Must epsilon_stands_inside_the_root
            forward Must outputs_are_affine_in_gamma_and_beta
            forward Must forward_agrees
            forward Must long_forward_agrees
            forward Must wide_forward_agrees
            forward Should hard_forward_agrees
            forward Should hard_long_forward_agrees
            forward Must shift_and_scale_leave_the_outputs
            forward Should a_constant_channel_gives_beta
            forward Must a_single_value_gives_beta
            backward Must a_single_value_has_no_gradient
            forward Must non_finite_values_poison_their_channel
            forward Must zero_over_zero_is_nan
            forward Must no_channel_is_no_work
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            inference Must inference_agrees
            inference Must batch_mates_do_not_matter
            running Must inference_repeats_training
            inference Should inference_is_centred_first
            running Must the_running_mean_moves_by_the_weight_of_the_new
            running Must the_running_mean_moves_at_any_size
            running Must the_running_variance_moves_at_any_size
            running Must the_running_variance_is_the_one_asked_for
            running Must an_unbiased_variance_needs_two_values
            running Must running_statistics_leave_the_outputs_alone
            backward Must parameter_gradients_agree
            backward Must input_gradients_agree
            backward Must long_gradients_agree
            backward Must wide_gradients_agree
            backward Must gradients_are_derivatives
            backward Must gradients_are_differences_of_the_own_forward
            backward Must input_gradients_are_orthogonal
            backward Should hard_gradients_agree
            backward Must non_finite_values_poison_their_gradients
            inference_backward Must inference_gradients_agree
            forward Must same_bits_on_any_number_of_threads
        } }
    };
}

/// Makes a test of every clause of batch normalisation for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::batch_norm::BatchNorm<f64> for Mine {}
/// evenkeel_conformance::batch_norm_suite!(Mine, f64, without: [
///     backward = "next week's homework",
///     inference_backward = "next week's homework",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`BatchNorm`] for one only. `without` excuses parts of
/// [`PARTS`], each with its reason: those tests are ignored, and show it. What is neither offered
/// nor excused fails. Clauses that are SHOULD run with `cargo test -- --ignored`.
#[macro_export]
macro_rules! batch_norm_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__batch_norm_properties] [$crate::batch_norm]
            [batch_norm_f32 batch_norm_f64 batch_norm] $($arguments)*
        }
    };
}
