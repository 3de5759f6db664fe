//! The properties of batch normalisation: one row each, in the order of the clauses.

mod inference;
mod merge;
mod running;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

use super::{Batch, Case, GradientValues, StepValues};
use crate::normalization::inputs;
use crate::normalization::properties::{backward, forward, properties};
use crate::verdict::{Strength, Verdict, yields};
use crate::{Property, Real, Target, arguments, bits};

use Strength::{Must, Promise, Should};

/// All of them.
///
/// The names are also those of the tests that [`batch_norm_suite!`](crate::batch_norm_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "BN-01" Must "forward" 1 inputs::ordinary => permuting_a_channel_permutes_its_outputs = forward::permutes;
        "BN-01" Must "forward" 1 inputs::ordinary => channels_do_not_mix = forward::groups_stay_apart;
        "BN-02" Must "forward" 1 inputs::ordinary => outputs_have_mean_0_and_mean_square_1 = forward::standardises;
        "BN-03" Must "forward" 1 inputs::ordinary => epsilon_stands_inside_the_root = forward::divides_by_the_root;
        "BN-04" Must "forward" 1 inputs::ordinary => outputs_are_affine_in_gamma_and_beta = forward::affine;
        "BN-05" Must "forward" 1 inputs::ordinary => forward_agrees = |t, c| forward::agrees(Must, t, c);
        "BN-05" Must "forward" 8 inputs::long => long_forward_agrees = |t, c| forward::agrees(Must, t, c);
        "BN-05" Must "forward" 10 inputs::wide => wide_forward_agrees = |t, c| forward::agrees(Must, t, c);
        "BN-06" Should "forward" 1 inputs::hard => hard_forward_agrees = |t, c| forward::agrees(Should, t, c);
        "BN-06" Should "forward" 32 inputs::hard_long => hard_long_forward_agrees = |t, c| forward::agrees(Should, t, c);
        "BN-07" Promise "forward" 1 inputs::ordinary => forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-07" Promise "forward" 1 inputs::hard => hard_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-07" Promise "forward" 32 inputs::hard_long => hard_long_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-07" Promise "forward" 16 inputs::wide => wide_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "BN-06" Should "merge" 2 inputs::hard => hard_parts_merge = |t, c| merge::parts_agree(Should, t, c);
        "BN-07" Promise "merge" 2 inputs::hard => merged_statistics_keep_the_promise = |t, c| merge::parts_agree(Promise, t, c);
        "BN-08" Must "forward" 1 inputs::dyadic => shift_and_scale_leave_the_outputs = forward::is_invariant;
        "BN-09" Should "forward" 1 inputs::constant => a_constant_channel_gives_beta = forward::constant_gives_beta;
        "BN-10" Must "forward" 2 inputs::single => a_single_value_gives_beta = forward::single_gives_beta;
        "BN-10" Must "backward" 2 inputs::single => a_single_value_has_no_gradient = backward::single_has_none;
        "BN-11" Must "forward" 2 inputs::ordinary => non_finite_values_poison_their_channel = forward::non_finite_poisons;
        "BN-11" Must "forward" 4 inputs::small_integers => zero_over_zero_is_nan = forward::zero_over_zero;
        "BN-12" Must "forward" 16 inputs::none => no_channel_is_no_work = forward::nothing_succeeds;
        "BN-13" Must "arguments" 8 inputs::few => invalid_arguments_are_named = arguments::are_named::<Batch, T>;
        "BN-14" Must "arguments" 8 inputs::few => refused_calls_write_nothing = arguments::write_nothing::<Batch, T>;
        "BN-15" Must "inference" 1 inputs::ordinary => inference_agrees = |t, c| inference::agrees(Must, t, c);
        "BN-15" Must "inference" 1 inputs::ordinary => batch_mates_do_not_matter = inference::mates_do_not_matter;
        "BN-15" Must "running" 1 inputs::ordinary => inference_repeats_training = inference::repeats_training;
        "BN-16" Should "inference" 1 given => inference_is_centred_first = |t, c| inference::agrees(Should, t, c);
        "BN-17" Promise "inference" 1 given => inference_keeps_its_promise = |t, c| inference::agrees(Promise, t, c);
        "BN-18" Must "running" 1 inputs::ordinary => the_running_mean_moves_by_the_weight_of_the_new = running::mean_moves;
        "BN-18" Must "running" 1 inputs::sized => the_running_mean_moves_at_any_size = running::mean_moves;
        "BN-19" Must "running" 1 inputs::sized => the_running_variance_moves_at_any_size = running::variance_moves;
        "BN-19" Must "running" 1 inputs::ordinary => the_running_variance_is_the_one_asked_for = running::variance_moves;
        "BN-19" Must "running" 8 inputs::single => an_unbiased_variance_needs_two_values = running::unbiased_needs_two;
        "BN-20" Must "running" 1 inputs::ordinary => running_statistics_leave_the_outputs_alone = running::leaves_y_alone;
        "BN-21" Must "backward" 1 inputs::ordinary => parameter_gradients_agree = backward::parameters;
        "BN-22" Must "backward" 1 inputs::ordinary => input_gradients_agree = backward::inputs;
        "BN-22" Must "backward" 8 inputs::long => long_gradients_agree = |t, c| backward::agrees(Must, t, c);
        "BN-22" Must "backward" 10 inputs::wide => wide_gradients_agree = |t, c| backward::agrees(Must, t, c);
        "BN-22" Must "backward" 4 inputs::few => gradients_are_derivatives = backward::are_derivatives;
        "BN-22" Must "backward" 8 inputs::few => gradients_are_differences_of_the_own_forward = backward::own_differences;
        "BN-23" Must "backward" 1 inputs::ordinary => input_gradients_are_orthogonal = backward::sums;
        "BN-24" Should "backward" 1 inputs::hard => hard_gradients_agree = |t, c| backward::agrees(Should, t, c);
        "BN-25" Promise "backward" 1 inputs::ordinary => gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "BN-25" Promise "backward" 1 inputs::hard => hard_gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "BN-25" Promise "backward" 16 inputs::wide => wide_gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "BN-26" Must "backward" 2 inputs::ordinary => non_finite_values_poison_their_gradients = backward::non_finite_poisons;
        "BN-27" Must "inference_backward" 1 inputs::ordinary => inference_gradients_agree = |t, c| inference::backward_agrees(Must, t, c);
        "BN-28" Promise "inference_backward" 1 given => inference_gradients_keep_their_promise = |t, c| inference::backward_agrees(Promise, t, c);
        "BN-29" Must "forward" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Batch, T>;
        "BN-30" Promise "levels" 2 inputs::ordinary => same_bits_at_every_level = bits::same_at_every_level::<Batch, T>;
        "BN-30" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_blocks = bits::same_at_every_level::<Batch, T>;
        "BN-31" Must "merge" 1 inputs::ordinary => statistics_of_parts_merge = |t, c| merge::parts_agree(Must, t, c);
    }
}

/// Given statistics far from the data's scale: |mean| up to 10⁶ standard deviations, x beside it.
fn given<T: Real>() -> BoxedStrategy<Case<T>> {
    (inputs::plain::<T, Batch>(), inputs::mean_decades(), -3.0..3.0_f64)
        .prop_map(|(case, decades, scale)| {
            moved(case, 100.0 * 10_f64.powf(decades.max(-1.0)), 10_f64.powf(scale))
        })
        .boxed()
}

/// x and the given mean moved by `far`, then everything scaled.
fn moved<T: Real>(mut case: Case<T>, far: f64, scale: f64) -> Case<T> {
    for x in case.x.iter_mut().chain(&mut case.own.mean) {
        *x = T::from_f64(scale * (far + x.to_f64()));
    }
    for variance in &mut case.own.variance {
        *variance = T::from_f64(scale * scale * variance.to_f64());
    }
    case.epsilon *= scale * scale;
    case
}

fn step<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<StepValues<T>, Verdict> {
    yields("train_step", case.train_step(target))
}

fn inference<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Vec<T>, Verdict> {
    yields("inference", case.inference(target))
}

fn inference_backward<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Result<GradientValues<T>, Verdict> {
    yields("inference_backward", case.inference_backward(target))
}
