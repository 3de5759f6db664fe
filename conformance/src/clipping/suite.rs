//! `clipping_suite!`: the clauses of gradient clipping as tests of a user's crate.

use super::{Clip, Clipping};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`clipping_suite!`](crate::clipping_suite) asks for: the functions,
/// two of the three policies, and the checks of arguments.
pub const PARTS: [&str; 8] = [
    "by_value",
    "norm",
    "norm_in_parts",
    "by_norm",
    "by_global_norm",
    "propagate",
    "zero",
    "arguments",
];

/// A clipping as a target of its own.
pub struct Alone<C>(pub C);

impl<T: Real, C: Clipping<T>> Target<T> for Alone<C> {
    fn name(&self) -> String {
        short_name::<C>()
    }

    fn clipping(&self) -> Option<&dyn Clipping<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, C: Clipping<T>>(target: C, name: &str) {
    assert_holds::<Clip, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __clipping_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            by_value Must what_is_beyond_becomes_the_threshold
            by_value Must what_is_within_stays
            by_value Must no_element_passes_the_threshold
            norm Must the_norm_agrees
            norm Must the_norm_agrees_on_many_elements
            norm Must order_and_tensors_do_not_matter
            norm_in_parts Must the_norm_in_parts_agrees
            norm Should squares_out_of_range_do_not_hurt
            norm_in_parts Should squares_of_parts_out_of_range_do_not_hurt
            norm Must zeros_have_norm_0
            norm Must beyond_the_range_the_norm_is_infinite
            norm_in_parts Must parts_of_zeros_have_norm_0
            norm_in_parts Must beyond_the_range_the_norm_in_parts_is_infinite
            by_norm Must below_the_threshold_nothing_changes
            by_norm Must at_the_threshold_nothing_changes
            by_global_norm Must below_the_threshold_no_tensor_changes
            by_global_norm Must at_the_threshold_no_tensor_changes
            by_norm Must every_element_is_scaled
            by_norm Must every_element_of_many_is_scaled
            by_global_norm Must every_element_of_all_tensors_is_scaled
            by_norm Must the_direction_stays
            by_global_norm Must the_direction_of_all_tensors_stays
            by_norm Must the_norm_becomes_the_threshold
            by_global_norm Must the_norm_of_all_becomes_the_threshold
            by_norm Must the_norm_before_is_returned
            by_global_norm Must the_norm_of_all_before_is_returned
            by_norm Should both_ends_of_the_range_are_clipped
            by_global_norm Should both_ends_of_the_range_are_clipped_in_tensors
            by_value Must threshold_0_gives_zeros_by_value
            by_norm Must threshold_0_gives_zeros
            by_global_norm Must threshold_0_gives_zeros_in_all_tensors
            arguments Must what_is_not_finite_is_refused
            propagate Must what_is_not_finite_is_passed_on
            zero Must what_is_not_finite_gives_zeros
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            norm Must no_element_is_no_work
            norm Must no_element_has_norm_0
            norm Must same_bits_on_any_number_of_threads
        } }
    };
}

/// Makes a test of every clause of gradient clipping for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::clipping::Clipping<f32> for Mine {}
/// evenkeel_conformance::clipping_suite!(Mine, f32, without: [
///     norm_in_parts = "one machine", zero = "NaN is an error here", by_value = "by norm only",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Clipping`] for one only. `without` excuses parts of [`PARTS`], each with its
/// reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! clipping_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__clipping_properties] [$crate::clipping]
            [clipping_f32 clipping_f64 clipping] $($arguments)*
        }
    };
}
