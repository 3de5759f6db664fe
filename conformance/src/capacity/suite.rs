//! `capacity_suite!`: the clauses of capacity as tests of a user's crate.

use super::{Capacity, Count};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`capacity_suite!`](crate::capacity_suite) asks for: `count` is
/// `parameter_count`, `storage` is `stored`, `perceptron` is `perceptron_parameters`, `lowering` is
/// `without_hidden_layer` and `narrowed`, `gap` is both gaps.
pub const PARTS: [&str; 7] =
    ["count", "storage", "perceptron", "lowering", "widest", "gap", "arguments"];

/// Counts as a target of their own.
pub struct Alone<C>(pub C);

impl<T: Real, C: Capacity<T>> Target<T> for Alone<C> {
    fn name(&self) -> String {
        short_name::<C>()
    }

    fn capacity(&self) -> Option<&dyn Capacity<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, C: Capacity<T>>(target: C, name: &str) {
    assert_holds::<Count, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __capacity_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            count Must a_dense_layer_has_a_weight_for_each_pair
            count Must a_convolution_has_the_weights_of_its_kernel
            count Must a_normalization_has_gamma_and_beta
            count Must where_nothing_is_learned_nothing_is_counted
            count Must layers_add_up
            count Must large_counts_are_exact
            count Must counts_beyond_64_bits_are_refused
            storage Must a_network_keeps_as_many_as_are_counted
            perceptron Must a_perceptron_is_counted_by_its_layers
            perceptron Must a_large_perceptron_is_counted_by_its_layers
            lowering Must one_hidden_layer_goes
            lowering Must widths_are_rounded_down_to_no_less_than_1
            lowering Must large_widths_are_rounded_down
            lowering Must all_but_the_widths_stays
            lowering Must narrower_is_never_more
            widest Must the_widest_fits
            widest Must the_widest_fits_a_large_budget
            widest Must no_wider_fits
            widest Must no_wider_fits_a_large_budget
            widest Must a_budget_that_nothing_fits_is_refused
            gap Must the_gap_of_losses_is_validation_less_train
            gap Must the_gap_of_accuracies_is_train_less_validation
            gap Must a_loss_that_diverged_is_passed_on
            arguments Must invalid_arguments_are_named
            count Must no_layer_has_no_parameter
            perceptron Must no_hidden_layer_is_one_dense_layer
            lowering Must no_hidden_layer_stays_as_it_is
        } }
    };
}

/// Makes a test of every clause of capacity for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::capacity::Capacity<f64> for Mine {}
/// evenkeel_conformance::capacity_suite!(Mine, f64, without: [
///     storage = "no network yet", widest = "next week", lowering = "next week",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision is that of the gaps, and may
/// be left out where the type implements [`Capacity`] for one only. `without` excuses parts of [`PARTS`],
/// each with its reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! capacity_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__capacity_properties] [$crate::capacity]
            [capacity_f32 capacity_f64 capacity] $($arguments)*
        }
    };
}
