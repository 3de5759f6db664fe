//! The properties of activations: one row each, in the order of the clauses.

mod forms;
mod order;
mod special;

use super::bounds::{self, expected};
use super::{Case, Curves, Direction, Function, Kink, Shape, inputs};
use crate::compare::{Expected, compare, same_bits};
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Checked, Finding, Strength, Verdict, yields};
use crate::{Property, Real, Target, arguments, bits};

use Direction::{Backward, Forward, FromOutput};
use Shape::{LeakyRelu, Relu, Sigmoid, Tanh};
use Strength::{Must, Promise, Should};

/// All of them.
///
/// The names are also those of the tests that [`activation_suite!`](crate::activation_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "ACT-01" Must "sigmoid" 1 inputs::hard => sigmoid_agrees = |t, c| agrees(Must, t, c, Forward, Sigmoid);
        "ACT-02" Must "tanh" 1 inputs::hard => tanh_agrees = |t, c| agrees(Must, t, c, Forward, Tanh);
        "ACT-03" Must "relu" 1 inputs::hard => relu_keeps_what_is_positive = |t, c| special::keeps_positive(t, c, Relu);
        "ACT-04" Must "leaky_relu" 1 inputs::hard => leaky_relu_keeps_what_is_positive = |t, c| special::keeps_positive(t, c, LeakyRelu);
        "ACT-04" Must "leaky_relu" 1 inputs::any_slope => leaky_relu_agrees = |t, c| agrees(Must, t, c, Forward, LeakyRelu);
        "ACT-05" Must "sigmoid_backward" 1 inputs::hard => sigmoid_backward_agrees = |t, c| agrees(Must, t, c, Backward, Sigmoid);
        "ACT-06" Must "tanh_backward" 1 inputs::hard => tanh_backward_agrees = |t, c| agrees(Must, t, c, Backward, Tanh);
        "ACT-07" Must "relu_backward" 1 inputs::hard => relu_backward_agrees = |t, c| agrees(Must, t, c, Backward, Relu);
        "ACT-08" Must "leaky_relu_backward" 1 inputs::any_slope => leaky_relu_backward_agrees = |t, c| agrees(Must, t, c, Backward, LeakyRelu);
        "ACT-09" Must "relu_backward" 1 inputs::ordinary => relu_takes_one_side_at_0 = |t, c| special::kink(t, c, Relu);
        "ACT-09" Must "leaky_relu_backward" 1 inputs::any_slope => leaky_relu_takes_one_side_at_0 = |t, c| special::kink(t, c, LeakyRelu);
        "ACT-10" Must "sigmoid" 8 inputs::ordinary => sigmoid_of_0_is_a_half = |t, c| special::zero(t, c, Sigmoid);
        "ACT-10" Must "tanh" 8 inputs::ordinary => tanh_of_0_is_0 = |t, c| special::zero(t, c, Tanh);
        "ACT-10" Must "relu" 8 inputs::ordinary => relu_of_0_is_0 = |t, c| special::zero(t, c, Relu);
        "ACT-10" Must "leaky_relu" 8 inputs::ordinary => leaky_relu_of_0_is_0 = |t, c| special::zero(t, c, LeakyRelu);
        "ACT-11" Must "sigmoid" 8 inputs::ordinary => sigmoid_reaches_its_ends = |t, c| special::ends(t, c, Sigmoid);
        "ACT-11" Must "tanh" 8 inputs::ordinary => tanh_reaches_its_ends = |t, c| special::ends(t, c, Tanh);
        "ACT-11" Must "relu" 8 inputs::ordinary => relu_reaches_its_ends = |t, c| special::ends(t, c, Relu);
        "ACT-11" Must "leaky_relu" 8 inputs::ordinary => leaky_relu_reaches_its_ends = |t, c| special::ends(t, c, LeakyRelu);
        "ACT-12" Must "sigmoid" 2 inputs::ordinary => sigmoid_of_nan_is_nan = |t, c| special::nan(t, c, Sigmoid);
        "ACT-12" Must "tanh" 2 inputs::ordinary => tanh_of_nan_is_nan = |t, c| special::nan(t, c, Tanh);
        "ACT-12" Must "relu" 2 inputs::ordinary => relu_of_nan_is_nan = |t, c| special::nan(t, c, Relu);
        "ACT-12" Must "leaky_relu" 2 inputs::ordinary => leaky_relu_of_nan_is_nan = |t, c| special::nan(t, c, LeakyRelu);
        "ACT-13" Must "sigmoid" 1 inputs::hard => sigmoid_stays_in_its_range = |t, c| order::range(t, c, Sigmoid);
        "ACT-13" Must "tanh" 1 inputs::hard => tanh_stays_in_its_range = |t, c| order::range(t, c, Tanh);
        "ACT-14" Must "sigmoid_backward" 1 inputs::ordinary => sigmoid_backward_is_the_slope_of_forward = |t, c| forms::own_slope(t, c, Sigmoid);
        "ACT-14" Must "tanh_backward" 1 inputs::ordinary => tanh_backward_is_the_slope_of_forward = |t, c| forms::own_slope(t, c, Tanh);
        "ACT-14" Must "relu_backward" 1 inputs::ordinary => relu_backward_is_the_slope_of_forward = |t, c| forms::own_slope(t, c, Relu);
        "ACT-14" Must "leaky_relu_backward" 1 inputs::any_slope => leaky_relu_backward_is_the_slope_of_forward = |t, c| forms::own_slope(t, c, LeakyRelu);
        "ACT-15" Should "sigmoid" 1 inputs::hard => sigmoid_agrees_everywhere = |t, c| agrees(Should, t, c, Forward, Sigmoid);
        "ACT-15" Should "tanh" 1 inputs::hard => tanh_agrees_everywhere = |t, c| agrees(Should, t, c, Forward, Tanh);
        "ACT-16" Should "sigmoid_backward" 1 inputs::hard => sigmoid_backward_agrees_when_saturated = |t, c| agrees(Should, t, c, Backward, Sigmoid);
        "ACT-16" Should "tanh_backward" 1 inputs::hard => tanh_backward_agrees_when_saturated = |t, c| agrees(Should, t, c, Backward, Tanh);
        "ACT-17" Should "tanh" 8 inputs::ordinary => tanh_keeps_the_sign_of_0 = |t, c| special::sign_of_zero(t, c, Tanh);
        "ACT-17" Should "relu" 8 inputs::ordinary => relu_gives_positive_zeros = |t, c| special::sign_of_zero(t, c, Relu);
        "ACT-17" Should "leaky_relu" 8 inputs::ordinary => leaky_relu_keeps_the_sign_of_0 = |t, c| special::sign_of_zero(t, c, LeakyRelu);
        "ACT-18" Should "sigmoid" 1 inputs::at_seams => sigmoid_never_falls = |t, c| order::monotone(t, c, Sigmoid);
        "ACT-18" Should "tanh" 1 inputs::at_seams => tanh_never_falls = |t, c| order::monotone(t, c, Tanh);
        "ACT-19" Promise "sigmoid" 1 inputs::hard => sigmoid_keeps_its_promise = |t, c| agrees(Promise, t, c, Forward, Sigmoid);
        "ACT-19" Promise "tanh" 1 inputs::hard => tanh_keeps_its_promise = |t, c| agrees(Promise, t, c, Forward, Tanh);
        "ACT-19" Promise "leaky_relu" 1 inputs::any_slope => leaky_relu_keeps_its_promise = |t, c| agrees(Promise, t, c, Forward, LeakyRelu);
        "ACT-20" Promise "sigmoid_backward" 1 inputs::hard => sigmoid_backward_keeps_its_promise = |t, c| agrees(Promise, t, c, Backward, Sigmoid);
        "ACT-20" Promise "tanh_backward" 1 inputs::hard => tanh_backward_keeps_its_promise = |t, c| agrees(Promise, t, c, Backward, Tanh);
        "ACT-20" Promise "leaky_relu_backward" 1 inputs::any_slope => leaky_relu_backward_keeps_its_promise = |t, c| agrees(Promise, t, c, Backward, LeakyRelu);
        "ACT-20" Promise "from_output" 1 inputs::ordinary => from_output_keeps_its_promise = |t, c| forms::from_output(Promise, t, c);
        "ACT-21" Promise "tanh" 1 inputs::hard => tanh_is_odd = order::odd;
        "ACT-21" Promise "sigmoid_backward" 1 inputs::hard => sigmoid_backward_is_even = |t, c| order::even(t, c, Sigmoid);
        "ACT-21" Promise "tanh_backward" 1 inputs::hard => tanh_backward_is_even = |t, c| order::even(t, c, Tanh);
        "ACT-22" Must "from_output" 1 inputs::ordinary => from_output_agrees = |t, c| forms::from_output(Must, t, c);
        "ACT-22" Must "from_output" 8 inputs::ordinary => from_output_needs_a_slope_that_tells = forms::telling_slope;
        "ACT-22" Must "from_output" 2 inputs::ordinary => from_output_of_nan_is_nan = forms::nan;
        "ACT-23" Must "arguments" 8 inputs::ordinary => invalid_arguments_are_named = arguments::are_named::<Curves, T>;
        "ACT-24" Must "arguments" 8 inputs::ordinary => refused_calls_write_nothing = arguments::write_nothing::<Curves, T>;
        "ACT-25" Must "arguments" 16 inputs::none => no_element_is_no_work = arguments::nothing_succeeds::<Curves, T>;
        "ACT-26" Must "bits" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Curves, T>;
        "ACT-27" Promise "levels" 2 inputs::of_lanes => same_bits_at_every_level = bits::same_at_every_level::<Curves, T>;
        "ACT-27" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_elements = bits::same_at_every_level::<Curves, T>;
        "ACT-28" Should "bits" 2 inputs::of_lanes => an_element_does_not_see_its_place = order::place;
    }
}

/// The output of a function, or the verdict on a refusal.
fn ask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    direction: Direction,
    shape: Shape,
) -> Result<Vec<T>, Verdict> {
    let function = Function { direction, shape };
    yields(function.name(), case.ask(function, target))
}

/// Every result within its bound.
fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    direction: Direction,
    shape: Shape,
) -> Checked {
    let got = ask(target, case, direction, shape)?;
    let function = Function { direction, shape };
    let values = bounds::input(case, function);
    // At a kink the target says which side it takes: that is another clause.
    let at_kink = |i: usize| {
        direction == Backward && [Relu, LeakyRelu].contains(&shape) && values[i].to_f64() == 0.0
    };
    let name = format!("{} of {}, element ", function.outputs()[0], function.name());
    Ok(compare(
        &name,
        &got,
        |i| {
            if at_kink(i) { None } else { expected(strength, case, function, i) }
        },
    ))
}
