//! `initialization_suite!`: the clauses of initialisation as tests of a user's crate.

use super::{Initialization, Weights};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`initialization_suite!`](crate::initialization_suite) asks for.
pub const PARTS: [&str; 6] = ["fans", "spread", "weights_given", "weights", "map", "arguments"];

/// An initialisation as a target of its own.
pub struct Alone<I>(pub I);

impl<T: Real, I: Initialization<T>> Target<T> for Alone<I> {
    fn name(&self) -> String {
        short_name::<I>()
    }

    fn initialization(&self) -> Option<&dyn Initialization<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, I: Initialization<T>>(target: I, name: &str) {
    assert_holds::<Weights, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __initialization_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            fans Must fans_of_dense_layers
            fans Must fans_of_convolutions
            spread Must xavier_uniform_has_its_bound
            spread Must xavier_normal_has_its_deviation
            spread Must he_uniform_has_its_bound
            spread Must he_normal_has_its_deviation
            spread Must he_takes_the_fan_it_is_asked_for
            spread Must the_slope_of_leaky_relu_counts
            spread Must the_cut_is_made_good
            weights_given Must weights_are_draws_times_the_spread
            weights Must drawn_weights_have_their_distribution
            map Must drawn_weights_are_those_of_the_map
            weights Must other_streams_are_unrelated
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            weights Must same_bits_on_any_number_of_threads
        } }
    };
}

/// Makes a test of every clause of initialisation for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::initialization::Initialization<f32> for Mine {}
/// evenkeel_conformance::initialization_suite!(Mine, f32, without: [
///     map = "a generator of its own", weights_given = "next week",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Initialization`] for one only. `without` excuses parts of [`PARTS`], each
/// with its reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! initialization_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__initialization_properties] [$crate::initialization]
            [initialization_f32 initialization_f64 initialization] $($arguments)*
        }
    };
}
