//! What is refused, clause by clause.

use super::{Case, Function, Inference, Nets};
use crate::arguments;
use crate::technique::Function as _;
use crate::verdict::Checked;
use crate::{Real, Target};

/// Numbers that a clause restricts.
const NUMBERS: [&str; 7] = [
    "epsilon",
    "weight_of_new",
    "slope",
    "drop_probability",
    "learning_rate",
    "lambda",
    "threshold",
];

/// Arguments of NET-19.
pub(super) fn is_number(argument: &str) -> bool {
    NUMBERS.contains(&argument)
}

/// What NET-20 names.
pub(super) fn is_gradient(argument: &str) -> bool {
    argument == "gradient"
}

/// Arguments of NET-18.
pub(super) fn is_shape(argument: &str) -> bool {
    !is_number(argument) && !is_gradient(argument)
}

pub(super) fn named<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    among: fn(&str) -> bool,
) -> Checked {
    arguments::are_named_among::<Nets, T>(target, case, among)
}

pub(super) fn write_nothing<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    among: fn(&str) -> bool,
) -> Checked {
    arguments::write_nothing_among::<Nets, T>(target, case, among)
}

/// NET-18: inference takes one row, but not none.
pub(super) fn no_row<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let function: Function = Inference;
    let place = format!("{} with rows 0", function.name());
    Ok(arguments::names("rows", &place, case.of_rows(0).ask(function, target)))
}
