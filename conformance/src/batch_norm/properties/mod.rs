//! The properties of batch normalisation: one row each, in the order of the clauses.

mod arguments;
mod backward;
mod bits;
mod forward;
mod inference;
mod running;

use super::{BatchNorm, Case, GradientValues, StepValues, inputs};
use crate::verdict::{Finding, Strength, Verdict};
use crate::{Property, Real, Refusal, Target};

use Strength::{Must, Promise, Should};

/// A verdict, or the verdict that ends the check early.
type Checked = Result<Verdict, Verdict>;

/// Either way, a verdict.
fn settled(checked: Checked) -> Verdict {
    checked.unwrap_or_else(|verdict| verdict)
}

/// One row: `clause strength part cost inputs => name = check`.
macro_rules! properties {
    ($($clause:literal $strength:ident $part:literal $cost:literal $inputs:ident =>
       $name:ident = $check:expr;)*) => {
        vec![$(Property {
            name: stringify!($name),
            clause: $clause,
            strength: $strength,
            part: $part,
            cost: $cost,
            inputs: inputs::$inputs::<T>,
            check: |target, case| {
                let check: fn(&dyn Target<T>, &Case<T>) -> Checked = $check;
                settled(check(target, case))
            },
        }),*]
    };
}

/// All of them.
///
/// The names are also those of the tests that [`batch_norm_suite!`](crate::batch_norm_suite) makes.
#[rustfmt::skip]
pub fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "BN-01" Must "forward" 1 ordinary => permuting_a_channel_permutes_its_outputs = forward::permutes;
        "BN-01" Must "forward" 1 ordinary => channels_do_not_mix = forward::channels_stay_apart;
        "BN-02" Must "forward" 1 ordinary => outputs_have_mean_0_and_mean_square_1 = forward::standardises;
        "BN-03" Must "forward" 1 ordinary => epsilon_stands_inside_the_root = forward::divides_by_the_root;
        "BN-04" Must "forward" 1 ordinary => outputs_are_affine_in_gamma_and_beta = forward::affine;
        "BN-05" Must "forward" 1 ordinary => forward_agrees = |t, c| forward::agrees(Must, t, c);
        "BN-05" Must "forward" 8 long => long_forward_agrees = |t, c| forward::agrees(Must, t, c);
        "BN-05" Must "forward" 10 wide => wide_forward_agrees = |t, c| forward::agrees(Must, t, c);
        "BN-06" Should "forward" 1 hard => hard_forward_agrees = |t, c| forward::agrees(Should, t, c);
        "BN-06" Should "forward" 32 hard_long => hard_long_forward_agrees = |t, c| forward::agrees(Should, t, c);
        "BN-07" Promise "forward" 1 ordinary => forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-07" Promise "forward" 1 hard => hard_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-07" Promise "forward" 32 hard_long => hard_long_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-07" Promise "forward" 16 wide => wide_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-06" Should "merge" 2 hard => hard_parts_merge = |t, c| forward::parts_agree(Should, t, c);
        "BN-07" Promise "merge" 2 hard => merged_statistics_keep_the_promise = |t, c| forward::parts_agree(Promise, t, c);
        "BN-08" Must "forward" 1 dyadic => shift_and_scale_leave_the_outputs = forward::is_invariant;
        "BN-09" Should "forward" 1 constant => a_constant_channel_gives_beta = forward::constant_gives_beta;
        "BN-10" Must "forward" 2 single => a_single_value_gives_beta = forward::single_gives_beta;
        "BN-10" Must "backward" 2 single => a_single_value_has_no_gradient = backward::single_has_none;
        "BN-11" Must "forward" 2 ordinary => non_finite_values_poison_their_channel = forward::non_finite_poisons;
        "BN-11" Must "forward" 4 small_integers => zero_over_zero_is_nan = forward::zero_over_zero;
        "BN-12" Must "forward" 16 no_channel => no_channel_is_no_work = forward::no_channel_succeeds;
        "BN-13" Must "arguments" 8 few => invalid_arguments_are_named = arguments::are_named;
        "BN-14" Must "arguments" 8 few => refused_calls_write_nothing = arguments::write_nothing;
        "BN-15" Must "inference" 1 ordinary => inference_agrees = |t, c| inference::agrees(Must, t, c);
        "BN-15" Must "inference" 1 ordinary => batch_mates_do_not_matter = inference::mates_do_not_matter;
        "BN-15" Must "running" 1 ordinary => inference_repeats_training = inference::repeats_training;
        "BN-16" Should "inference" 1 given => inference_is_centred_first = |t, c| inference::agrees(Should, t, c);
        "BN-17" Promise "inference" 1 given => inference_keeps_its_promise = |t, c| inference::agrees(Promise, t, c);
        "BN-18" Must "running" 1 ordinary => the_running_mean_moves_by_the_weight_of_the_new = running::mean_moves;
        "BN-18" Must "running" 1 sized => the_running_mean_moves_at_any_size = running::mean_moves;
        "BN-19" Must "running" 1 sized => the_running_variance_moves_at_any_size = running::variance_moves;
        "BN-19" Must "running" 1 ordinary => the_running_variance_is_the_one_asked_for = running::variance_moves;
        "BN-19" Must "running" 8 single => an_unbiased_variance_needs_two_values = running::unbiased_needs_two;
        "BN-20" Must "running" 1 ordinary => running_statistics_leave_the_outputs_alone = running::leaves_y_alone;
        "BN-21" Must "backward" 1 ordinary => parameter_gradients_agree = backward::parameters;
        "BN-22" Must "backward" 1 ordinary => input_gradients_agree = backward::inputs;
        "BN-22" Must "backward" 8 long => long_gradients_agree = |t, c| backward::agrees(Must, t, c);
        "BN-22" Must "backward" 10 wide => wide_gradients_agree = |t, c| backward::agrees(Must, t, c);
        "BN-22" Must "backward" 4 few => gradients_are_derivatives = backward::are_derivatives;
        "BN-22" Must "backward" 8 few => gradients_are_differences_of_the_own_forward = backward::own_differences;
        "BN-23" Must "backward" 1 ordinary => input_gradients_are_orthogonal = backward::sums;
        "BN-24" Should "backward" 1 hard => hard_gradients_agree = |t, c| backward::agrees(Should, t, c);
        "BN-25" Promise "backward" 1 ordinary => gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "BN-25" Promise "backward" 1 hard => hard_gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "BN-25" Promise "backward" 16 wide => wide_gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "BN-26" Must "backward" 2 ordinary => non_finite_values_poison_their_gradients = backward::non_finite_poisons;
        "BN-27" Must "inference_backward" 1 ordinary => inference_gradients_agree = |t, c| inference::backward_agrees(Must, t, c);
        "BN-28" Promise "inference_backward" 1 given => inference_gradients_keep_their_promise = |t, c| inference::backward_agrees(Promise, t, c);
        "BN-29" Must "forward" 64 parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads;
        "BN-30" Promise "levels" 2 ordinary => same_bits_at_every_level = bits::same_at_every_level;
        "BN-30" Promise "levels" 128 parallel => same_bits_at_every_level_on_many_blocks = bits::same_at_every_level;
        "BN-31" Must "merge" 1 ordinary => statistics_of_parts_merge = |t, c| forward::parts_agree(Must, t, c);
    }
}

/// The target's batch normalisation.
fn normalizer<T: Real>(target: &dyn Target<T>) -> Result<&dyn BatchNorm<T>, Verdict> {
    target.batch_norm().ok_or(Verdict::NotOffered)
}

/// The result of a call on valid input, or the verdict on its refusal.
fn yields<R>(call: &str, result: Result<R, Refusal>) -> Result<R, Verdict> {
    result.map_err(|refusal| Finding::refused(call, &refusal))
}

fn forward<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Vec<T>, Verdict> {
    yields("forward", case.forward(normalizer(target)?))
}

fn in_parts<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    split: usize,
) -> Result<Vec<T>, Verdict> {
    yields("forward_in_parts", case.forward_in_parts(normalizer(target)?, split))
}

fn step<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<StepValues<T>, Verdict> {
    yields("train_step", case.train_step(normalizer(target)?))
}

fn inference<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Vec<T>, Verdict> {
    yields("inference", case.inference(normalizer(target)?))
}

fn backward<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<GradientValues<T>, Verdict> {
    yields("backward", case.backward(normalizer(target)?))
}

fn inference_backward<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Result<GradientValues<T>, Verdict> {
    yields("inference_backward", case.inference_backward(normalizer(target)?))
}

/// The forward and the backward pass of one input against the bounds of that strength.
pub fn examine<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> [Verdict; 2] {
    [
        settled(forward::agrees(strength, target, case)),
        settled(backward::agrees(strength, target, case)),
    ]
}

/// The clause and the part of the property of that name; empty where there is none.
#[must_use]
pub fn clause_and_part_of(name: &str) -> (&'static str, &'static str) {
    let properties = properties::<f64>();
    let found = properties.iter().find(|property| property.name == name);
    found.map_or(("", ""), |property| (property.clause, property.part))
}
