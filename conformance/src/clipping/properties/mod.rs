//! The properties of clipping: one row each, in the order of the clauses.

mod edges;
mod norm;
mod scaled;
mod value;

use super::truth::Truth;
use super::{Case, Clip, Function, inputs};
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Strength, Verdict, settled, yields};
use crate::{Property, Real, Target, arguments, bits};

use Function::{ByGlobalNorm, ByNorm, ByValue, Norm, NormInParts};
use Strength::{Must, Promise, Should};

/// All of them.
///
/// The names are also those of the tests that [`clipping_suite!`](crate::clipping_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "CLP-01" Must "by_value" 1 inputs::ordinary => what_is_beyond_becomes_the_threshold = value::beyond;
        "CLP-02" Must "by_value" 1 inputs::ordinary => what_is_within_stays = value::within;
        "CLP-03" Must "by_value" 1 inputs::ordinary => no_element_passes_the_threshold = value::no_element_passes;
        "CLP-04" Must "norm" 1 inputs::ordinary => the_norm_agrees = |t, c| norm::norm_agrees(Must, t, c, Norm);
        "CLP-04" Must "norm" 4 inputs::long => the_norm_agrees_on_many_elements = |t, c| norm::norm_agrees(Must, t, c, Norm);
        "CLP-05" Must "norm" 1 inputs::ordinary => order_and_tensors_do_not_matter = norm::any_order;
        "CLP-05" Must "norm_in_parts" 1 inputs::ordinary => the_norm_in_parts_agrees = |t, c| norm::norm_agrees(Must, t, c, NormInParts);
        "CLP-06" Should "norm" 1 inputs::hard => squares_out_of_range_do_not_hurt = |t, c| norm::norm_agrees(Should, t, c, Norm);
        "CLP-06" Should "norm_in_parts" 1 inputs::hard => squares_of_parts_out_of_range_do_not_hurt = |t, c| norm::norm_agrees(Should, t, c, NormInParts);
        "CLP-07" Promise "norm" 1 inputs::ordinary => the_norm_keeps_its_promise = |t, c| norm::norm_agrees(Promise, t, c, Norm);
        "CLP-07" Promise "norm" 4 inputs::long => the_norm_of_many_keeps_its_promise = |t, c| norm::norm_agrees(Promise, t, c, Norm);
        "CLP-07" Promise "norm" 1 inputs::hard => the_norm_keeps_its_promise_when_hard = |t, c| norm::norm_agrees(Promise, t, c, Norm);
        "CLP-07" Promise "norm_in_parts" 1 inputs::hard => the_norm_in_parts_keeps_its_promise = |t, c| norm::norm_agrees(Promise, t, c, NormInParts);
        "CLP-08" Must "norm" 1 inputs::ordinary => zeros_have_norm_0 = |t, c| norm::zeros(t, c, Norm);
        "CLP-08" Must "norm" 1 inputs::ordinary => beyond_the_range_the_norm_is_infinite = |t, c| norm::beyond_the_range(t, c, Norm);
        "CLP-08" Must "norm_in_parts" 1 inputs::ordinary => parts_of_zeros_have_norm_0 = |t, c| norm::zeros(t, c, NormInParts);
        "CLP-08" Must "norm_in_parts" 1 inputs::ordinary => beyond_the_range_the_norm_in_parts_is_infinite = |t, c| norm::beyond_the_range(t, c, NormInParts);
        "CLP-09" Must "by_norm" 1 inputs::ordinary => below_the_threshold_nothing_changes = |t, c| scaled::below(t, c, ByNorm);
        "CLP-09" Must "by_norm" 1 inputs::at_the_threshold => at_the_threshold_nothing_changes = |t, c| scaled::stays(t, c, ByNorm);
        "CLP-09" Must "by_global_norm" 1 inputs::ordinary => below_the_threshold_no_tensor_changes = |t, c| scaled::below(t, c, ByGlobalNorm);
        "CLP-09" Must "by_global_norm" 1 inputs::at_the_threshold => at_the_threshold_no_tensor_changes = |t, c| scaled::stays(t, c, ByGlobalNorm);
        "CLP-10" Must "by_norm" 1 inputs::ordinary => every_element_is_scaled = |t, c| scaled::agrees(Must, t, c, ByNorm);
        "CLP-10" Must "by_norm" 4 inputs::long => every_element_of_many_is_scaled = |t, c| scaled::agrees(Must, t, c, ByNorm);
        "CLP-10" Must "by_global_norm" 1 inputs::ordinary => every_element_of_all_tensors_is_scaled = |t, c| scaled::agrees(Must, t, c, ByGlobalNorm);
        "CLP-11" Must "by_norm" 1 inputs::ordinary => the_direction_stays = |t, c| scaled::direction(t, c, ByNorm);
        "CLP-11" Must "by_global_norm" 1 inputs::ordinary => the_direction_of_all_tensors_stays = |t, c| scaled::direction(t, c, ByGlobalNorm);
        "CLP-12" Must "by_norm" 1 inputs::ordinary => the_norm_becomes_the_threshold = |t, c| scaled::resulting_norm(t, c, ByNorm);
        "CLP-12" Must "by_global_norm" 1 inputs::ordinary => the_norm_of_all_becomes_the_threshold = |t, c| scaled::resulting_norm(t, c, ByGlobalNorm);
        "CLP-13" Must "by_norm" 1 inputs::ordinary => the_norm_before_is_returned = |t, c| norm::norm_agrees(Must, t, c, ByNorm);
        "CLP-13" Must "by_global_norm" 1 inputs::ordinary => the_norm_of_all_before_is_returned = |t, c| norm::norm_agrees(Must, t, c, ByGlobalNorm);
        "CLP-14" Should "by_norm" 1 inputs::hard => both_ends_of_the_range_are_clipped = |t, c| scaled::agrees(Should, t, c, ByNorm);
        "CLP-14" Should "by_global_norm" 1 inputs::hard => both_ends_of_the_range_are_clipped_in_tensors = |t, c| scaled::agrees(Should, t, c, ByGlobalNorm);
        "CLP-15" Promise "by_norm" 1 inputs::ordinary => the_result_keeps_its_promise = |t, c| scaled::agrees(Promise, t, c, ByNorm);
        "CLP-15" Promise "by_norm" 1 inputs::hard => the_result_keeps_its_promise_when_hard = |t, c| scaled::agrees(Promise, t, c, ByNorm);
        "CLP-15" Promise "by_global_norm" 4 inputs::long => the_results_of_many_keep_their_promise = |t, c| scaled::agrees(Promise, t, c, ByGlobalNorm);
        "CLP-15" Promise "by_global_norm" 1 inputs::hard => the_results_keep_their_promise_when_hard = |t, c| scaled::agrees(Promise, t, c, ByGlobalNorm);
        "CLP-16" Promise "by_norm" 1 inputs::ordinary => the_resulting_norm_does_not_pass = |t, c| scaled::does_not_pass(t, c, ByNorm);
        "CLP-16" Promise "by_global_norm" 1 inputs::hard => the_resulting_norm_does_not_pass_when_hard = |t, c| scaled::does_not_pass(t, c, ByGlobalNorm);
        "CLP-17" Must "by_value" 1 inputs::ordinary => threshold_0_gives_zeros_by_value = |t, c| edges::threshold_0(t, c, ByValue);
        "CLP-17" Must "by_norm" 1 inputs::ordinary => threshold_0_gives_zeros = |t, c| edges::threshold_0(t, c, ByNorm);
        "CLP-17" Must "by_global_norm" 1 inputs::ordinary => threshold_0_gives_zeros_in_all_tensors = |t, c| edges::threshold_0(t, c, ByGlobalNorm);
        "CLP-18" Must "arguments" 1 inputs::ordinary => what_is_not_finite_is_refused = edges::refuses;
        "CLP-19" Must "propagate" 1 inputs::ordinary => what_is_not_finite_is_passed_on = edges::propagates;
        "CLP-20" Must "zero" 1 inputs::ordinary => what_is_not_finite_gives_zeros = edges::gives_zeros;
        "CLP-21" Must "arguments" 8 inputs::ordinary => invalid_arguments_are_named = arguments::are_named::<Clip, T>;
        "CLP-22" Must "arguments" 8 inputs::ordinary => refused_calls_write_nothing = arguments::write_nothing::<Clip, T>;
        "CLP-23" Must "norm" 16 inputs::none => no_element_is_no_work = arguments::nothing_succeeds::<Clip, T>;
        "CLP-23" Must "norm" 16 inputs::none => no_element_has_norm_0 = |t, c| norm::zeros(t, c, Norm);
        "CLP-24" Must "norm" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Clip, T>;
        "CLP-25" Promise "levels" 2 inputs::hard => same_bits_at_every_level = bits::same_at_every_level::<Clip, T>;
        "CLP-25" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_elements = bits::same_at_every_level::<Clip, T>;
    }
}

/// What is told of data that are not finite, or out of a bound's range.
const OUT_OF_DOMAIN: Verdict = Verdict::CannotTell("outside the domain of the bound");

/// The norm of a list of tensors, and what clipping makes of them.
pub fn examine<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> [Verdict; 2] {
    [
        settled(norm::norm_agrees(strength, target, case, Norm)),
        settled(scaled::agrees(strength, target, case, ByGlobalNorm)),
    ]
}

/// The outputs of a function, or the verdict on a refusal.
fn ask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<Vec<T>>, Verdict> {
    yields(function.name(), case.ask(function, target))
}

/// The result of a clipping, all tensors one after the other.
fn result<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<T>, Verdict> {
    Ok(ask(target, case, function)?.swap_remove(0))
}

/// The norm that a function gives.
fn norm<T: Real>(target: &dyn Target<T>, case: &Case<T>, function: Function) -> Result<T, Verdict> {
    let outputs = ask(target, case, function)?;
    Ok(outputs[outputs.len() - 1][0])
}

/// What is true of a case; the functions that take one tensor see one.
fn truth<T: Real>(case: &Case<T>, function: Function) -> Result<Truth, Verdict> {
    let one =
        matches!(function, ByNorm).then(|| Case { tensors: vec![case.gradient()], ..case.clone() });
    Truth::of(one.as_ref().unwrap_or(case)).ok_or(OUT_OF_DOMAIN)
}
