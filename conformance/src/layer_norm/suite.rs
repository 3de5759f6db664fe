//! `layer_norm_suite!`: the clauses of layer normalisation as tests of a user's crate.

use super::{Layer, LayerNorm};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`layer_norm_suite!`](crate::layer_norm_suite) asks for.
pub const PARTS: [&str; 3] = ["forward", "arguments", "backward"];

/// A layer normalisation as a target of its own.
pub struct Alone<L>(pub L);

impl<T: Real, L: LayerNorm<T>> Target<T> for Alone<L> {
    fn name(&self) -> String {
        short_name::<L>()
    }

    fn layer_norm(&self) -> Option<&dyn LayerNorm<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, L: LayerNorm<T>>(target: L, name: &str) {
    assert_holds::<Layer, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __layer_norm_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            forward Must permuting_the_features_permutes_the_outputs
            forward Must rows_do_not_mix
            forward Must a_row_alone_gives_the_same
            forward Must outputs_have_mean_0_and_mean_square_1
            forward Must epsilon_stands_inside_the_root
            forward Must outputs_are_affine_in_gamma_and_beta
            forward Must forward_agrees
            forward Must long_forward_agrees
            forward Must wide_forward_agrees
            forward Should hard_forward_agrees
            forward Should hard_long_forward_agrees
            forward Should known_offenders_agree
            forward Must shift_and_scale_leave_the_outputs
            forward Must weights_behind_a_row_may_shift_and_scale
            forward Should a_constant_row_gives_beta
            forward Must one_feature_gives_beta
            backward Must one_feature_has_no_gradient
            forward Must non_finite_values_poison_their_row
            forward Must zero_over_zero_is_nan
            forward Must no_row_is_no_work
            backward Must no_row_has_gradients_of_zero
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            backward Must parameter_gradients_agree
            backward Must input_gradients_agree
            backward Must long_gradients_agree
            backward Must wide_gradients_agree
            backward Must gradients_are_derivatives
            backward Must gradients_are_differences_of_the_own_forward
            backward Must input_gradients_are_orthogonal
            backward Should hard_gradients_agree
            backward Must non_finite_values_poison_their_gradients
            forward Must same_bits_on_any_number_of_threads
        } }
    };
}

/// Makes a test of every clause of layer normalisation for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::layer_norm::LayerNorm<f32> for Mine {}
/// evenkeel_conformance::layer_norm_suite!(Mine, f32, without: [backward = "next week"]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`LayerNorm`] for one only. `without` excuses parts of [`PARTS`], each with
/// its reason: those tests are ignored, and show it. What is neither offered nor excused fails.
/// Clauses that are SHOULD run with `cargo test -- --ignored`.
#[macro_export]
macro_rules! layer_norm_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__layer_norm_properties] [$crate::layer_norm]
            [layer_norm_f32 layer_norm_f64 layer_norm] $($arguments)*
        }
    };
}
