//! `activation_suite!`: the clauses of activations as tests of a user's crate.

use super::{Activation, Curves};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`activation_suite!`](crate::activation_suite) asks for.
pub const PARTS: [&str; 11] = [
    "sigmoid",
    "sigmoid_backward",
    "tanh",
    "tanh_backward",
    "relu",
    "relu_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "from_output",
    "arguments",
    "bits",
];

/// Activations as a target of its own.
pub struct Alone<A>(pub A);

impl<T: Real, A: Activation<T>> Target<T> for Alone<A> {
    fn name(&self) -> String {
        short_name::<A>()
    }

    fn activation(&self) -> Option<&dyn Activation<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, A: Activation<T>>(target: A, name: &str) {
    assert_holds::<Curves, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __activation_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            sigmoid Must sigmoid_agrees
            tanh Must tanh_agrees
            relu Must relu_keeps_what_is_positive
            leaky_relu Must leaky_relu_keeps_what_is_positive
            leaky_relu Must leaky_relu_agrees
            sigmoid_backward Must sigmoid_backward_agrees
            tanh_backward Must tanh_backward_agrees
            relu_backward Must relu_backward_agrees
            leaky_relu_backward Must leaky_relu_backward_agrees
            relu_backward Must relu_takes_one_side_at_0
            leaky_relu_backward Must leaky_relu_takes_one_side_at_0
            sigmoid Must sigmoid_of_0_is_a_half
            tanh Must tanh_of_0_is_0
            relu Must relu_of_0_is_0
            leaky_relu Must leaky_relu_of_0_is_0
            sigmoid Must sigmoid_reaches_its_ends
            tanh Must tanh_reaches_its_ends
            relu Must relu_reaches_its_ends
            leaky_relu Must leaky_relu_reaches_its_ends
            sigmoid Must sigmoid_of_nan_is_nan
            tanh Must tanh_of_nan_is_nan
            relu Must relu_of_nan_is_nan
            leaky_relu Must leaky_relu_of_nan_is_nan
            sigmoid Must sigmoid_stays_in_its_range
            tanh Must tanh_stays_in_its_range
            sigmoid_backward Must sigmoid_backward_is_the_slope_of_forward
            tanh_backward Must tanh_backward_is_the_slope_of_forward
            relu_backward Must relu_backward_is_the_slope_of_forward
            leaky_relu_backward Must leaky_relu_backward_is_the_slope_of_forward
            sigmoid Should sigmoid_agrees_everywhere
            tanh Should tanh_agrees_everywhere
            sigmoid_backward Should sigmoid_backward_agrees_when_saturated
            tanh_backward Should tanh_backward_agrees_when_saturated
            tanh Should tanh_keeps_the_sign_of_0
            relu Should relu_gives_positive_zeros
            leaky_relu Should leaky_relu_keeps_the_sign_of_0
            sigmoid Should sigmoid_never_falls
            tanh Should tanh_never_falls
            from_output Must from_output_agrees
            from_output Must from_output_needs_a_slope_that_tells
            from_output Must from_output_of_nan_is_nan
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            arguments Must no_element_is_no_work
            bits Must same_bits_on_any_number_of_threads
            bits Should an_element_does_not_see_its_place
        } }
    };
}

/// Makes a test of every clause of activations for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::activation::Activation<f32> for Mine {}
/// evenkeel_conformance::activation_suite!(Mine, f32, without: [
///     from_output = "backward takes x", leaky_relu = "not used", leaky_relu_backward = "not used",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Activation`] for one only. `without` excuses parts of [`PARTS`], each with its
/// reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! activation_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__activation_properties] [$crate::activation]
            [activation_f32 activation_f64 activation] $($arguments)*
        }
    };
}
