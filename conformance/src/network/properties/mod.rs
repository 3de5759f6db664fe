//! The properties of networks: one row each, in the order of the clauses.

mod gradients;
mod outputs;
mod refusals;
mod steps;

use super::judge::{Mode, Near, Number, Pass, forward};
use super::{Case, Function, GoalValues, Layer, Nets, inputs};
use crate::activation::Curve;
use crate::compare::compare;
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Checked, Strength, Verdict, yields};
use crate::{Property, Real, Target, bits};

use Function::{Forward, Gradients, Inference, Loss, Step};
use Strength::{Must, Should};

/// All of them.
///
/// The names are also those of the tests that [`network_suite!`](crate::network_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "NET-01" Must "inference" 1 inputs::of_dense => dense_layers_agree_in_inference = |t, c| outputs::agree(t, c, Inference);
        "NET-01" Must "training" 1 inputs::of_dense => dense_layers_agree_in_training = |t, c| outputs::agree(t, c, Forward);
        "NET-02" Must "inference" 1 inputs::whole => inference_agrees = |t, c| outputs::agree(t, c, Inference);
        "NET-02" Must "inference" 16 inputs::wide => wide_inference_agrees = |t, c| outputs::agree(t, c, Inference);
        "NET-03" Must "inference" 1 inputs::whole => a_row_alone_gives_what_it_gives_among_others = outputs::alone;
        "NET-03" Must "inference" 1 inputs::whole => other_rows_do_not_matter = outputs::others;
        "NET-04" Must "training" 1 inputs::whole => training_agrees = |t, c| outputs::agree(t, c, Forward);
        "NET-04" Must "training" 16 inputs::wide => wide_training_agrees = |t, c| outputs::agree(t, c, Forward);
        "NET-05" Must "loss" 1 inputs::logits => cross_entropy_of_logits_agrees = |t, c| outputs::loss_agrees(Must, t, c);
        "NET-05" Must "loss" 1 inputs::towards_classes => cross_entropy_of_a_network_agrees = |t, c| outputs::loss_agrees(Must, t, c);
        "NET-06" Must "loss" 1 inputs::logits => a_constant_on_all_logits_keeps_the_loss = |t, c| outputs::shifted(t, c, Loss);
        "NET-06" Must "gradients" 1 inputs::logits => a_constant_on_all_logits_keeps_the_gradients = |t, c| outputs::shifted(t, c, Gradients);
        "NET-06" Must "gradients" 1 inputs::logits => gradients_by_the_last_biases_sum_to_0 = gradients::sum_to_0;
        "NET-07" Must "loss" 1 inputs::towards_values => squared_error_agrees = |t, c| outputs::loss_agrees(Must, t, c);
        "NET-08" Must "gradients" 1 inputs::alone => the_gradients_of_one_layer_agree = |t, c| gradients::agree(Must, t, c, gradients::PARAMETERS);
        "NET-09" Must "gradients" 1 inputs::whole => the_gradients_of_a_network_agree = |t, c| gradients::agree(Must, t, c, gradients::PARAMETERS);
        "NET-09" Must "gradients" 16 inputs::wide => the_gradients_of_a_wide_network_agree = |t, c| gradients::agree(Must, t, c, gradients::PARAMETERS);
        "NET-10" Must "gradients" 1 inputs::whole => the_gradient_by_the_input_agrees = |t, c| gradients::agree(Must, t, c, gradients::INPUT);
        "NET-10" Must "gradients" 16 inputs::wide => the_gradient_by_a_wide_input_agrees = |t, c| gradients::agree(Must, t, c, gradients::INPUT);
        "NET-11" Must "gradients" 8 inputs::whole => gradients_are_the_slopes_of_the_loss = gradients::are_slopes;
        "NET-11" Must "gradients" 4 inputs::whole => gradients_are_the_slope_along_a_direction = gradients::along_a_direction;
        "NET-12" Must "step" 1 inputs::penalised => the_penalty_is_of_dense_weights = |t, c| steps::agree(t, c, &[steps::TOLD]);
        "NET-12" Must "step" 1 inputs::penalised => a_penalised_step_agrees = |t, c| steps::agree(t, c, &[steps::PARAMETERS]);
        "NET-13" Must "step" 1 inputs::clipped => a_clipped_step_agrees = |t, c| steps::agree(t, c, &[steps::PARAMETERS, steps::TOLD]);
        "NET-13" Must "step" 1 inputs::whole => threshold_0_moves_nothing = steps::threshold_0;
        "NET-14" Must "step" 1 inputs::plain => a_plain_step_agrees = |t, c| steps::agree(t, c, &[steps::PARAMETERS, steps::TOLD]);
        "NET-14" Must "step" 16 inputs::wide => a_wide_step_agrees = |t, c| steps::agree(t, c, &[steps::PARAMETERS, steps::TOLD]);
        "NET-14" Must "step" 1 inputs::whole => rate_0_moves_nothing = steps::rate_0;
        "NET-15" Must "step" 1 inputs::with_batch_norm => running_statistics_agree = |t, c| steps::agree(t, c, &[steps::STATISTICS]);
        "NET-16" Must "step" 1 inputs::whole => two_steps_are_two_single_steps = steps::twice;
        "NET-16" Must "step" 4 inputs::whole => the_same_call_gives_the_same_bits = steps::repeats;
        "NET-17" Should "loss" 1 inputs::saturated => saturated_logits_keep_the_loss = |t, c| outputs::loss_agrees(Should, t, c);
        "NET-17" Should "gradients" 1 inputs::saturated => saturated_logits_keep_the_gradients = |t, c| gradients::agree(Should, t, c, gradients::PARAMETERS);
        "NET-18" Must "arguments" 8 inputs::complete => shapes_that_do_not_fit_are_named = |t, c| refusals::named(t, c, refusals::is_shape);
        "NET-18" Must "arguments" 8 inputs::complete => no_row_is_refused_in_inference = refusals::no_row;
        "NET-18" Must "arguments" 8 inputs::complete => shapes_that_do_not_fit_write_nothing = |t, c| refusals::write_nothing(t, c, refusals::is_shape);
        "NET-19" Must "arguments" 8 inputs::complete => numbers_that_are_not_allowed_are_named = |t, c| refusals::named(t, c, refusals::is_number);
        "NET-19" Must "arguments" 8 inputs::complete => numbers_that_are_not_allowed_write_nothing = |t, c| refusals::write_nothing(t, c, refusals::is_number);
        "NET-20" Must "arguments" 4 inputs::complete => a_gradient_that_is_not_finite_is_named = |t, c| refusals::named(t, c, refusals::is_gradient);
        "NET-20" Must "arguments" 4 inputs::complete => a_spoilt_step_writes_nothing = |t, c| refusals::write_nothing(t, c, refusals::is_gradient);
        "NET-21" Promise "threads" 128 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Nets, T>;
    }
}

/// What is told of inputs that the bound of MUST does not cover.
const OUT_OF_REACH: Verdict = Verdict::CannotTell("an exponential may leave the range");

/// What is told where the loss or a gradient has no bound.
const ILL_CONDITIONED: Verdict = Verdict::CannotTell("too ill-conditioned for a bound");

/// The outputs of a function, or the verdict on a refusal.
fn ask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<Vec<T>>, Verdict> {
    yields(function.name(), case.ask(function, target))
}

/// Numbers of `T` for the judge.
fn data<T: Real>(values: &[T]) -> Vec<Near<T>> {
    values.iter().map(|value| Near::datum(value.to_f64())).collect()
}

/// The judge's forward pass.
fn pass<T: Real>(case: &Case<T>, mode: Mode) -> Pass<Near<T>> {
    forward(case, &data(&case.parameters), &data(&case.x), mode)
}

/// Whether every formula of a sound implementation stays in range: those of curves, and e^z where it matters.
fn in_reach<T: Real>(case: &Case<T>, pass: &Pass<Near<T>>, with_loss: bool) -> bool {
    let far = T::MAX.ln();
    let within = |values: &[Near<T>], limit: f64| values.iter().all(|v| v.size() <= limit);
    let curves = case.layers.iter().zip(&pass.values).all(|(layer, values)| match layer {
        Layer::Activation(Curve::Sigmoid | Curve::Tanh) => within(values, far / 2.0 - 1.0),
        _ => true,
    });
    let is_softmax = with_loss && matches!(case.goal, GoalValues::Classes(_));
    curves && (!is_softmax || within(pass.output(), far - 8.0))
}

/// The largest magnitude of an output.
fn largest<T: Real>(values: &[Near<T>]) -> f64 {
    values.iter().map(|value| value.value.abs()).fold(0.0, f64::max)
}

/// An output beside what the judge found, relative to its own largest element.
fn beside<T: Real>(name: &str, got: &[T], judged: &[Near<T>]) -> Verdict {
    let largest = largest(judged);
    compare(name, got, |i| judged[i].expected(largest))
}

/// The worst of several verdicts.
fn all(verdicts: impl IntoIterator<Item = Verdict>) -> Checked {
    let start = ILL_CONDITIONED;
    Ok(verdicts.into_iter().fold(start, |so_far, next| so_far.and(|| next)))
}

/// Whether a target is off on a case with saturated logits: what diagnosis asks.
pub(super) fn is_off_when_saturated<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> bool {
    let verdict = match function {
        Loss => outputs::loss_agrees(Should, target, case),
        _ => gradients::agree(Should, target, case, gradients::PARAMETERS),
    };
    matches!(verdict, Ok(Verdict::Fail(_)) | Err(Verdict::Fail(_)))
}

/// Whether a target's second step is not a step of its own.
pub(super) fn carries_over<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> bool {
    matches!(steps::twice(target, case), Ok(Verdict::Fail(_)) | Err(Verdict::Fail(_)))
}
