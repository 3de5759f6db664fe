//! `dropout_suite!`: the clauses of dropout as tests of a user's crate.

use super::{Drop, Dropout};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`dropout_suite!`](crate::dropout_suite) asks for.
pub const PARTS: [&str; 9] = [
    "forward_given",
    "backward_given",
    "forward",
    "backward",
    "inference",
    "mask",
    "map",
    "is_dropped",
    "arguments",
];

/// A dropout as a target of its own.
pub struct Alone<D>(pub D);

impl<T: Real, D: Dropout<T>> Target<T> for Alone<D> {
    fn name(&self) -> String {
        short_name::<D>()
    }

    fn dropout(&self) -> Option<&dyn Dropout<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, D: Dropout<T>>(target: D, name: &str) {
    assert_holds::<Drop, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __dropout_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            forward_given Must kept_values_are_scaled_and_dropped_are_0
            forward_given Must dropped_values_leave_no_trace
            backward_given Must dropped_gradients_leave_no_trace
            forward_given Must without_drops_all_stays
            forward Must drawing_with_probability_0_drops_nothing
            forward_given Must probability_1_gives_zeros
            forward Must drawing_with_probability_1_drops_all
            inference Must inference_changes_nothing
            forward_given Must kept_non_finite_values_stay
            backward_given Must gradients_are_scaled_like_values
            backward_given Must backward_is_the_adjoint_of_forward
            mask Must forward_drops_by_the_mask
            backward Must backward_drops_by_the_mask
            backward Must the_mask_is_drawn_whatever_the_values
            forward Must the_share_dropped_is_the_probability
            map Must masks_are_those_of_the_map
            is_dropped Must the_threshold_is_exact
            forward Must other_streams_are_unrelated
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            forward Must no_element_is_no_work
            forward Must same_bits_on_any_number_of_threads
            map Must a_part_has_the_mask_of_the_whole
        } }
    };
}

/// Makes a test of every clause of dropout for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::dropout::Dropout<f32> for Mine {}
/// evenkeel_conformance::dropout_suite!(Mine, f32, without: [
///     map = "a generator of its own", is_dropped = "a generator of its own",
///     backward = "autograd does it", backward_given = "autograd does it",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Dropout`] for one only. `without` excuses parts of [`PARTS`], each with its
/// reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! dropout_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__dropout_properties] [$crate::dropout]
            [dropout_f32 dropout_f64 dropout] $($arguments)*
        }
    };
}
