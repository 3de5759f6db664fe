//! What must hold of either normalisation, and the row that names a property.

pub(crate) mod backward;
pub(crate) mod forward;

use super::{Case, GradientValues, Kind};
use crate::verdict::{Strength, Verdict, settled, yields};
use crate::{Real, Target};

pub(crate) use crate::property::properties;

/// y, or the verdict on a refusal.
pub(crate) fn forward<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Result<Vec<T>, Verdict> {
    yields("forward", case.forward(target))
}

/// The gradients, or the verdict on a refusal.
pub(crate) fn backward<T: Real, K: Kind>(
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> Result<GradientValues<T>, Verdict> {
    yields("backward", case.backward(target))
}

/// The forward and the backward pass of one input against the bounds of that strength.
pub fn examine<T: Real, K: Kind>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T, K>,
) -> [Verdict; 2] {
    [
        settled(forward::agrees(strength, target, case)),
        settled(backward::agrees(strength, target, case)),
    ]
}
