//! The properties of capacity: one row each, in the order of the clauses.

mod budget;
mod counting;
mod gap;
mod hidden;

use super::{Capacity, Case, Count, Function, Layer, Perceptron, Uniform, inputs};
use crate::call::guarded;
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Finding, Verdict, yields};
use crate::{Property, Real, Refusal, Target, arguments};

/// All of them.
///
/// The names are also those of the tests that [`capacity_suite!`](crate::capacity_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "CAP-01" Must "count" 1 inputs::dense => a_dense_layer_has_a_weight_for_each_pair = counting::each_layer;
        "CAP-02" Must "count" 1 inputs::convolutions => a_convolution_has_the_weights_of_its_kernel = counting::each_layer;
        "CAP-03" Must "count" 1 inputs::normalizations => a_normalization_has_gamma_and_beta = counting::each_layer;
        "CAP-04" Must "count" 16 inputs::ordinary => where_nothing_is_learned_nothing_is_counted = counting::fixed;
        "CAP-05" Must "count" 1 inputs::ordinary => layers_add_up = counting::add_up;
        "CAP-06" Must "count" 1 inputs::large => large_counts_are_exact = counting::all_layers;
        "CAP-07" Must "count" 1 inputs::at_the_end => counts_beyond_64_bits_are_refused = counting::at_the_end;
        "CAP-08" Must "storage" 1 inputs::ordinary => a_network_keeps_as_many_as_are_counted = counting::stored;
        "CAP-09" Must "perceptron" 1 inputs::ordinary => a_perceptron_is_counted_by_its_layers = hidden::perceptron;
        "CAP-09" Must "perceptron" 1 inputs::large => a_large_perceptron_is_counted_by_its_layers = hidden::perceptron;
        "CAP-10" Must "lowering" 1 inputs::ordinary => one_hidden_layer_goes = hidden::without_a_layer;
        "CAP-11" Must "lowering" 1 inputs::ordinary => widths_are_rounded_down_to_no_less_than_1 = hidden::widths;
        "CAP-11" Must "lowering" 1 inputs::large => large_widths_are_rounded_down = hidden::widths;
        "CAP-12" Must "lowering" 1 inputs::ordinary => all_but_the_widths_stays = hidden::all_else_stays;
        "CAP-13" Must "lowering" 1 inputs::ordinary => narrower_is_never_more = hidden::never_more;
        "CAP-14" Must "widest" 1 inputs::ordinary => the_widest_fits = budget::fits;
        "CAP-14" Must "widest" 1 inputs::large => the_widest_fits_a_large_budget = budget::fits;
        "CAP-15" Must "widest" 1 inputs::ordinary => no_wider_fits = budget::no_wider_fits;
        "CAP-15" Must "widest" 1 inputs::large => no_wider_fits_a_large_budget = budget::no_wider_fits;
        "CAP-16" Must "widest" 1 inputs::ordinary => a_budget_that_nothing_fits_is_refused = budget::too_small;
        "CAP-17" Must "gap" 1 inputs::ordinary => the_gap_of_losses_is_validation_less_train = gap::of_losses;
        "CAP-18" Must "gap" 1 inputs::ordinary => the_gap_of_accuracies_is_train_less_validation = gap::of_accuracies;
        "CAP-19" Must "gap" 4 inputs::ordinary => a_loss_that_diverged_is_passed_on = gap::not_finite;
        "CAP-20" Must "arguments" 4 inputs::ordinary => invalid_arguments_are_named = arguments::are_named::<Count, T>;
        "CAP-21" Must "count" 16 inputs::ordinary => no_layer_has_no_parameter = counting::nothing;
        "CAP-21" Must "perceptron" 4 inputs::ordinary => no_hidden_layer_is_one_dense_layer = hidden::none_is_counted;
        "CAP-21" Must "lowering" 4 inputs::ordinary => no_hidden_layer_stays_as_it_is = hidden::none_stays;
    }
}

/// What a function of the target says, or the verdict on its refusal.
fn ask<T: Real, R>(
    target: &dyn Target<T>,
    function: Function,
    call: impl FnOnce(&dyn Capacity<T>) -> Result<R, Refusal>,
) -> Result<R, Verdict> {
    yields(function.name(), refusal_or(target, call))
}

/// The same where a refusal may be right.
fn refusal_or<T: Real, R>(
    target: &dyn Target<T>,
    call: impl FnOnce(&dyn Capacity<T>) -> Result<R, Refusal>,
) -> Result<R, Refusal> {
    let capacity = target.capacity().ok_or(Refusal::NotOffered)?;
    guarded(|| call(capacity))
}

fn count<T: Real>(target: &dyn Target<T>, layers: &[Layer]) -> Result<u64, Verdict> {
    ask(target, Function::ParameterCount, |capacity| capacity.parameter_count(layers))
}

fn perceptron_count<T: Real>(
    target: &dyn Target<T>,
    perceptron: &Perceptron,
) -> Result<u64, Verdict> {
    let function = Function::PerceptronParameters;
    ask(target, function, |capacity| capacity.perceptron_parameters(perceptron))
}

fn narrowed<T: Real>(
    target: &dyn Target<T>,
    perceptron: &Perceptron,
    [numerator, denominator]: [u64; 2],
) -> Result<Perceptron, Verdict> {
    let call = |capacity: &dyn Capacity<T>| capacity.narrowed(perceptron, numerator, denominator);
    ask(target, Function::Narrowed, call)
}

fn widest<T: Real>(
    target: &dyn Target<T>,
    uniform: &Uniform,
    budget: u64,
) -> Result<usize, Verdict> {
    ask(target, Function::Widest, |capacity| capacity.widest(uniform, budget))
}

/// Holds if both whole numbers are equal; the truth may be beyond 128 bits.
fn same(place: impl Into<String>, got: u64, truth: Option<u128>) -> Verdict {
    if Some(u128::from(got)) == truth {
        return Verdict::HOLDS;
    }
    let expected = truth.map_or("beyond 128 bits".into(), |truth| truth.to_string());
    Finding::fail(place, got.to_string(), expected, "a count is exact")
}
