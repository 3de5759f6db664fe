//! `regularization_suite!`: the clauses of L1/L2 regularisation as tests of a user's crate.

use super::{Penalties, Regularization};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`regularization_suite!`](crate::regularization_suite) asks for.
///
/// `own_differences` needs a penalty and its gradient, `both_steps` both steps.
pub const PARTS: [&str; 11] = [
    "l1",
    "l2",
    "network_penalty",
    "l1_gradient",
    "l2_gradient",
    "l1_proximal",
    "penalized_step",
    "decayed_step",
    "own_differences",
    "both_steps",
    "arguments",
];

/// A regularisation as a target of its own.
pub struct Alone<R>(pub R);

impl<T: Real, R: Regularization<T>> Target<T> for Alone<R> {
    fn name(&self) -> String {
        short_name::<R>()
    }

    fn regularization(&self) -> Option<&dyn Regularization<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, R: Regularization<T>>(target: R, name: &str) {
    assert_holds::<Penalties, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __regularization_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            l1 Must l1_agrees
            l1 Must long_l1_agrees
            l2 Must l2_agrees
            l2 Must long_l2_agrees
            l1 Must twice_the_weights_have_twice_the_l1
            l2 Must twice_the_weights_have_twice_the_l2
            network_penalty Must tensors_are_penalised_as_one
            network_penalty Must only_weights_are_penalised
            network_penalty Must others_change_no_bit
            l1 Should hard_l1_agrees
            l2 Should hard_l2_agrees
            network_penalty Should hard_network_agrees
            l1_gradient Must l1_gradient_agrees
            l2_gradient Must l2_gradient_agrees
            l1_gradient Must l1_gradient_is_the_derivative
            l2_gradient Must l2_gradient_is_the_derivative
            own_differences Must l1_gradient_is_a_difference_of_the_own_l1
            own_differences Must l2_gradient_is_a_difference_of_the_own_l2
            l1_gradient Must at_0_the_gradient_is_between_both_sides
            l1_proximal Must the_proximal_step_agrees
            l1_proximal Must the_proximal_step_minimises
            penalized_step Must the_penalised_step_agrees
            decayed_step Must the_decayed_step_agrees
            both_steps Must steps_agree_where_nothing_is_scaled
            both_steps Must steps_differ_by_the_scaled_decay
            l1 Must l1_of_what_is_not_finite
            l2 Must l2_of_what_is_not_finite
            network_penalty Must a_network_that_is_not_finite
            l1_gradient Must l1_gradient_of_what_is_not_finite
            l2_gradient Must l2_gradient_of_what_is_not_finite
            l1_proximal Must the_proximal_step_of_what_is_not_finite
            penalized_step Must the_penalised_step_of_what_is_not_finite
            decayed_step Must the_decayed_step_of_what_is_not_finite
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            l2 Must no_element_is_no_work
            l2 Must no_element_costs_0
            l2 Must same_bits_on_any_number_of_threads
        } }
    };
}

/// Makes a test of every clause of L1/L2 regularisation for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::regularization::Regularization<f32> for Mine {}
/// evenkeel_conformance::regularization_suite!(Mine, f32, without: [
///     l1_proximal = "the optimiser has none", decayed_step = "next week",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Regularization`] for one only. `without` excuses parts of [`PARTS`], each with
/// its reason: those tests are ignored, and show it. What is neither offered nor excused fails. Clauses
/// that are SHOULD run with `cargo test -- --ignored`.
///
/// [`Regularization`]: crate::regularization::Regularization
/// [`PARTS`]: crate::regularization::PARTS
#[macro_export]
macro_rules! regularization_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__regularization_properties] [$crate::regularization]
            [regularization_f32 regularization_f64 regularization] $($arguments)*
        }
    };
}
