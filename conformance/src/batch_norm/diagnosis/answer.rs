//! What a target answers to one call, and whether two answers agree.

use crate::batch_norm::{BatchNorm, Case, GradientValues, Running};
use crate::call::guarded;
use crate::{Real, Refusal};

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Forward,
    ForwardInParts,
    TrainStep,
    Inference,
    Backward,
    InferenceBackward,
}

impl Part {
    pub(super) const ALL: [Self; 6] = [
        Self::Forward,
        Self::ForwardInParts,
        Self::TrainStep,
        Self::Inference,
        Self::Backward,
        Self::InferenceBackward,
    ];

    /// Whether there is anything to ask: one sample has no two parts.
    pub(super) fn concerns<T>(self, case: &Case<T>) -> bool {
        self != Self::ForwardInParts || case.shape.outer > 1
    }
}

/// What came of one call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    NotOffered,
    /// Every output, in the order of the contract.
    Given(Vec<Vec<f64>>),
    /// The argument that the refusal names, and whether the outputs are as they were.
    Refused {
        argument: String,
        untouched: bool,
    },
    /// A panic, or an error that is not about an argument.
    Failed,
}

/// Calls one function, with outputs that show whether they were written.
pub(super) fn ask<T: Real>(target: &dyn BatchNorm<T>, case: &Case<T>, part: Part) -> Answer {
    let mut to = GradientValues::unwritten(case.shape);
    let mut y = to.dx.clone();
    let (mut mean, mut variance) = (case.mean.clone(), case.variance.clone());
    let before = (to.clone(), y.clone(), mean.clone(), variance.clone());
    let running = Running {
        mean: &mut mean,
        variance: &mut variance,
        weight_of_new: case.weight_of_new,
        convention: case.convention,
    };
    let result = guarded(|| match part {
        Part::Forward => target.forward(&case.as_forward(), &mut y),
        Part::ForwardInParts => {
            target.forward_in_parts(&case.as_forward(), case.shape.outer / 2, &mut y)
        }
        Part::TrainStep => target.train_step(&case.as_forward(), running, &mut y),
        Part::Inference => target.inference(&case.as_inference(), &mut y),
        Part::Backward => target.backward(&case.as_backward(), to.as_output()),
        Part::InferenceBackward => {
            target.inference_backward(&case.as_inference_backward(), to.as_output())
        }
    });
    match result {
        Ok(()) => Answer::Given(match part {
            Part::Forward | Part::ForwardInParts | Part::Inference => vec![wide(&y)],
            Part::TrainStep => vec![wide(&y), wide(&mean), wide(&variance)],
            _ => vec![wide(&to.dx), wide(&to.dgamma), wide(&to.dbeta)],
        }),
        Err(Refusal::NotOffered) => Answer::NotOffered,
        Err(Refusal::Failed(_)) => Answer::Failed,
        Err(Refusal::Invalid { argument, .. }) => Answer::Refused {
            argument: argument.into_owned(),
            untouched: before == (to, y, mean, variance),
        },
    }
}

fn wide<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|v| v.to_f64()).collect()
}

/// A value, and how far from it an answer may be: infinitely far where nothing can be told.
pub(super) type Allowed = (f64, f64);

/// Whether `value` is what is allowed; a NaN agrees with a NaN.
pub(super) fn agrees(value: f64, (expected, allowed): Allowed) -> bool {
    allowed == f64::INFINITY || same(value, expected) || (value - expected).abs() <= allowed
}

/// Whether no value agrees with both.
pub(super) fn apart((a, allowed_a): Allowed, (b, allowed_b): Allowed) -> bool {
    !agrees(a, (b, allowed_a + allowed_b))
}

/// Equal, or both NaN.
pub(super) fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}
