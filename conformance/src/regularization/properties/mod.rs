//! The properties of regularisation: one row each, in the order of the clauses.

mod elements;
mod penalties;
mod special;

use super::{Case, Function, Penalties, Penalty, inputs};
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Checked, Strength, Verdict, yields};
use crate::{Property, Real, Target, arguments, bits};

use Function::{
    DecayedStep, L1, L1Gradient, L1Proximal, L2, L2Gradient, NetworkPenalty, PenalizedStep,
};
use Strength::{Must, Promise, Should};

/// All of them.
///
/// The names are also those of the tests that
/// [`regularization_suite!`](crate::regularization_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "REG-01" Must "l1" 1 inputs::small => l1_agrees = |t, c| agrees(Must, t, c, L1);
        "REG-01" Must "l1" 16 inputs::long => long_l1_agrees = |t, c| agrees(Must, t, c, L1);
        "REG-02" Must "l2" 1 inputs::small => l2_agrees = |t, c| agrees(Must, t, c, L2);
        "REG-02" Must "l2" 16 inputs::long => long_l2_agrees = |t, c| agrees(Must, t, c, L2);
        "REG-03" Must "l1" 1 inputs::small => twice_the_weights_have_twice_the_l1 = |t, c| penalties::twice(t, c, L1);
        "REG-03" Must "l2" 1 inputs::small => twice_the_weights_have_twice_the_l2 = |t, c| penalties::twice(t, c, L2);
        "REG-03" Must "network_penalty" 1 inputs::small => tensors_are_penalised_as_one = penalties::as_one;
        "REG-04" Must "network_penalty" 1 inputs::small => only_weights_are_penalised = |t, c| agrees(Must, t, c, NetworkPenalty);
        "REG-04" Must "network_penalty" 1 inputs::small => others_change_no_bit = penalties::others;
        "REG-05" Should "l1" 1 inputs::hard => hard_l1_agrees = |t, c| penalties::hard(Should, t, c, L1);
        "REG-05" Should "l2" 1 inputs::hard => hard_l2_agrees = |t, c| penalties::hard(Should, t, c, L2);
        "REG-05" Should "network_penalty" 1 inputs::hard => hard_network_agrees = |t, c| agrees(Should, t, c, NetworkPenalty);
        "REG-06" Promise "l1" 1 inputs::small => l1_keeps_its_promise = |t, c| agrees(Promise, t, c, L1);
        "REG-06" Promise "l2" 1 inputs::small => l2_keeps_its_promise = |t, c| agrees(Promise, t, c, L2);
        "REG-06" Promise "network_penalty" 1 inputs::small => a_network_keeps_its_promise = |t, c| agrees(Promise, t, c, NetworkPenalty);
        "REG-06" Promise "l2" 16 inputs::long => long_penalties_keep_their_promise = penalties::all;
        "REG-06" Promise "l1" 1 inputs::hard => hard_l1_keeps_its_promise = |t, c| penalties::hard(Promise, t, c, L1);
        "REG-06" Promise "l2" 1 inputs::hard => hard_l2_keeps_its_promise = |t, c| penalties::hard(Promise, t, c, L2);
        "REG-06" Promise "network_penalty" 1 inputs::hard => a_hard_network_keeps_its_promise = |t, c| agrees(Promise, t, c, NetworkPenalty);
        "REG-07" Must "l1_gradient" 1 inputs::small => l1_gradient_agrees = elements::l1_gradient;
        "REG-08" Must "l2_gradient" 1 inputs::small => l2_gradient_agrees = |t, c| agrees(Must, t, c, L2Gradient);
        "REG-09" Must "l1_gradient" 2 inputs::small => l1_gradient_is_the_derivative = |t, c| elements::derivative(t, c, Penalty::L1);
        "REG-09" Must "l2_gradient" 2 inputs::small => l2_gradient_is_the_derivative = |t, c| elements::derivative(t, c, Penalty::L2);
        "REG-09" Must "own_differences" 2 inputs::small => l1_gradient_is_a_difference_of_the_own_l1 = |t, c| elements::own_difference(t, c, Penalty::L1);
        "REG-09" Must "own_differences" 2 inputs::small => l2_gradient_is_a_difference_of_the_own_l2 = |t, c| elements::own_difference(t, c, Penalty::L2);
        "REG-09" Must "l1_gradient" 1 inputs::small => at_0_the_gradient_is_between_both_sides = elements::subgradient;
        "REG-10" Must "l1_proximal" 1 inputs::small => the_proximal_step_agrees = stops;
        "REG-10" Must "l1_proximal" 1 inputs::small => the_proximal_step_minimises = elements::minimises;
        "REG-11" Must "penalized_step" 1 inputs::small => the_penalised_step_agrees = |t, c| agrees(Must, t, c, PenalizedStep);
        "REG-12" Must "decayed_step" 1 inputs::small => the_decayed_step_agrees = |t, c| agrees(Must, t, c, DecayedStep);
        "REG-13" Must "both_steps" 1 inputs::small => steps_agree_where_nothing_is_scaled = elements::unscaled;
        "REG-13" Must "both_steps" 1 inputs::small => steps_differ_by_the_scaled_decay = elements::steps_differ;
        "REG-14" Promise "l1_gradient" 1 inputs::small => l1_gradient_keeps_its_promise = |t, c| agrees(Promise, t, c, L1Gradient);
        "REG-14" Promise "l2_gradient" 1 inputs::small => l2_gradient_keeps_its_promise = |t, c| agrees(Promise, t, c, L2Gradient);
        "REG-14" Promise "l1_proximal" 1 inputs::small => the_proximal_step_keeps_its_promise = |t, c| agrees(Promise, t, c, L1Proximal);
        "REG-14" Promise "penalized_step" 1 inputs::small => the_penalised_step_keeps_its_promise = |t, c| agrees(Promise, t, c, PenalizedStep);
        "REG-14" Promise "decayed_step" 1 inputs::small => the_decayed_step_keeps_its_promise = |t, c| agrees(Promise, t, c, DecayedStep);
        "REG-15" Must "l1" 1 inputs::small => l1_of_what_is_not_finite = |t, c| special::penalty(t, c, L1);
        "REG-15" Must "l2" 1 inputs::small => l2_of_what_is_not_finite = |t, c| special::penalty(t, c, L2);
        "REG-15" Must "network_penalty" 1 inputs::small => a_network_that_is_not_finite = |t, c| special::penalty(t, c, NetworkPenalty);
        "REG-15" Must "l1_gradient" 1 inputs::small => l1_gradient_of_what_is_not_finite = |t, c| special::element(t, c, L1Gradient);
        "REG-15" Must "l2_gradient" 1 inputs::small => l2_gradient_of_what_is_not_finite = |t, c| special::element(t, c, L2Gradient);
        "REG-15" Must "l1_proximal" 1 inputs::small => the_proximal_step_of_what_is_not_finite = |t, c| special::element(t, c, L1Proximal);
        "REG-15" Must "penalized_step" 1 inputs::small => the_penalised_step_of_what_is_not_finite = |t, c| special::step(t, c, PenalizedStep);
        "REG-15" Must "decayed_step" 1 inputs::small => the_decayed_step_of_what_is_not_finite = |t, c| special::step(t, c, DecayedStep);
        "REG-16" Must "arguments" 8 inputs::small => invalid_arguments_are_named = arguments::are_named::<Penalties, T>;
        "REG-17" Must "arguments" 8 inputs::small => refused_calls_write_nothing = arguments::write_nothing::<Penalties, T>;
        "REG-18" Must "l2" 8 inputs::none => no_element_is_no_work = arguments::nothing_succeeds::<Penalties, T>;
        "REG-18" Must "l2" 8 inputs::none => no_element_costs_0 = special::nothing;
        "REG-19" Must "l2" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Penalties, T>;
        "REG-20" Promise "levels" 2 inputs::small => same_bits_at_every_level = bits::same_at_every_level::<Penalties, T>;
        "REG-20" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_weights = bits::same_at_every_level::<Penalties, T>;
    }
}

/// REG-10: within its bound, and +0 where a weight stops.
pub(super) fn stops<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    elements::proximal(target, case)
}

/// The output of a function, or the verdict on a refusal.
fn ask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<T>, Verdict> {
    yields(function.name(), case.ask(function, target))
}

/// REG-01 … REG-14: every number of a function's output within its bound.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    match function {
        L1 | L2 | NetworkPenalty => penalties::agrees(strength, target, case, function),
        _ => elements::agrees(strength, target, case, function),
    }
}
