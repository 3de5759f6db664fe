//! The properties of layer normalisation: one row each, in the order of the clauses.

mod rows;

use super::inputs::known_rows;
use super::{Case, Layer};
use crate::normalization::inputs;
use crate::normalization::properties::{backward, forward, properties};
use crate::verdict::Strength;
use crate::{Property, Real, arguments, bits};

use Strength::{Must, Promise, Should};

/// All of them.
///
/// The names are also those of the tests that [`layer_norm_suite!`](crate::layer_norm_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "LN-01" Must "forward" 1 inputs::ordinary => permuting_the_features_permutes_the_outputs = forward::permutes;
        "LN-01" Must "forward" 1 inputs::ordinary => rows_do_not_mix = forward::groups_stay_apart;
        "LN-01" Must "forward" 1 inputs::ordinary => a_row_alone_gives_the_same = rows::alone;
        "LN-02" Must "forward" 1 inputs::ordinary => outputs_have_mean_0_and_mean_square_1 = forward::standardises;
        "LN-03" Must "forward" 1 inputs::ordinary => epsilon_stands_inside_the_root = forward::divides_by_the_root;
        "LN-04" Must "forward" 1 inputs::ordinary => outputs_are_affine_in_gamma_and_beta = forward::affine;
        "LN-05" Must "forward" 1 inputs::ordinary => forward_agrees = |t, c| forward::agrees(Must, t, c);
        "LN-05" Must "forward" 8 inputs::long => long_forward_agrees = |t, c| forward::agrees(Must, t, c);
        "LN-05" Must "forward" 10 inputs::wide => wide_forward_agrees = |t, c| forward::agrees(Must, t, c);
        "LN-06" Should "forward" 1 inputs::hard => hard_forward_agrees = |t, c| forward::agrees(Should, t, c);
        "LN-06" Should "forward" 32 inputs::hard_long => hard_long_forward_agrees = |t, c| forward::agrees(Should, t, c);
        "LN-06" Should "forward" 4 known_rows => known_offenders_agree = |t, c| forward::agrees(Should, t, c);
        "LN-07" Promise "forward" 1 inputs::ordinary => forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "LN-07" Promise "forward" 1 inputs::hard => hard_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "LN-07" Promise "forward" 32 inputs::hard_long => hard_long_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "LN-07" Promise "forward" 16 inputs::wide => wide_forward_keeps_its_promise = |t, c| forward::agrees(Promise, t, c);
        "LN-07" Promise "forward" 4 known_rows => known_offenders_keep_the_promise = |t, c| forward::agrees(Promise, t, c);
        "LN-08" Must "forward" 1 inputs::dyadic => shift_and_scale_leave_the_outputs = forward::is_invariant;
        "LN-08" Must "forward" 1 inputs::dyadic => weights_behind_a_row_may_shift_and_scale = rows::weights;
        "LN-09" Should "forward" 1 inputs::constant => a_constant_row_gives_beta = forward::constant_gives_beta;
        "LN-10" Must "forward" 2 inputs::single => one_feature_gives_beta = forward::single_gives_beta;
        "LN-10" Must "backward" 2 inputs::single => one_feature_has_no_gradient = backward::single_has_none;
        "LN-11" Must "forward" 2 inputs::ordinary => non_finite_values_poison_their_row = forward::non_finite_poisons;
        "LN-11" Must "forward" 4 inputs::small_integers => zero_over_zero_is_nan = forward::zero_over_zero;
        "LN-12" Must "forward" 16 inputs::none => no_row_is_no_work = forward::nothing_succeeds;
        "LN-12" Must "backward" 16 inputs::none => no_row_has_gradients_of_zero = rows::sums_of_nothing;
        "LN-13" Must "arguments" 8 inputs::few => invalid_arguments_are_named = arguments::are_named::<Layer, T>;
        "LN-14" Must "arguments" 8 inputs::few => refused_calls_write_nothing = arguments::write_nothing::<Layer, T>;
        "LN-15" Must "backward" 1 inputs::ordinary => parameter_gradients_agree = backward::parameters;
        "LN-16" Must "backward" 1 inputs::ordinary => input_gradients_agree = backward::inputs;
        "LN-16" Must "backward" 8 inputs::long => long_gradients_agree = |t, c| backward::agrees(Must, t, c);
        "LN-16" Must "backward" 10 inputs::wide => wide_gradients_agree = |t, c| backward::agrees(Must, t, c);
        "LN-16" Must "backward" 4 inputs::few => gradients_are_derivatives = backward::are_derivatives;
        "LN-16" Must "backward" 8 inputs::few => gradients_are_differences_of_the_own_forward = backward::own_differences;
        "LN-17" Must "backward" 1 inputs::ordinary => input_gradients_are_orthogonal = backward::sums;
        "LN-18" Should "backward" 1 inputs::hard => hard_gradients_agree = |t, c| backward::agrees(Should, t, c);
        "LN-19" Promise "backward" 1 inputs::ordinary => gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "LN-19" Promise "backward" 1 inputs::hard => hard_gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "LN-19" Promise "backward" 32 inputs::hard_long => hard_long_gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "LN-19" Promise "backward" 16 inputs::wide => wide_gradients_keep_their_promise = |t, c| backward::agrees(Promise, t, c);
        "LN-20" Must "backward" 2 inputs::ordinary => non_finite_values_poison_their_gradients = backward::non_finite_poisons;
        "LN-21" Must "forward" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Layer, T>;
        "LN-22" Promise "levels" 2 inputs::ordinary => same_bits_at_every_level = bits::same_at_every_level::<Layer, T>;
        "LN-22" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_blocks = bits::same_at_every_level::<Layer, T>;
    }
}
