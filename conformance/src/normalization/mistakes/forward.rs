//! The forward pass, with the fault in its place.

use super::base::{Statistics, rounded};
use super::{Fault, Kind};
use crate::Real;
use crate::normalization::contract::Tensors;

/// y = γ·x̂ + β with the statistics of each group.
pub(crate) fn forward<T: Real, K: Kind>(
    fault: Fault,
    slip: f64,
    input: &Tensors<'_, T>,
    y: &mut [T],
) {
    let epsilon = fault.epsilon(input.epsilon);
    normalize::<T, K>(fault, input, y, |group| {
        Statistics::of(&gathered(input.x, group), epsilon, fault, slip)
    });
}

pub(crate) fn gathered<T: Copy>(x: &[T], group: &[usize]) -> Vec<T> {
    group.iter().map(|i| x[*i]).collect()
}

/// The same with statistics from anywhere.
pub(crate) fn normalize<T: Real, K: Kind>(
    fault: Fault,
    input: &Tensors<'_, T>,
    y: &mut [T],
    statistics_of: impl Fn(&[usize]) -> Statistics,
) {
    let shape = fault.layout(input.shape);
    for group in fault.groups(shape, K::ALONG) {
        let statistics = statistics_of(&group);
        for i in group {
            let x_hat = statistics.normalized(input.x[i].to_f64());
            let x_hat = rounded::<T>(fault == Fault::TwoRoundings, x_hat);
            let (gamma, beta) = parameters(input.gamma, input.beta, fault.affine_of(shape, i));
            y[i] = T::from_f64(fault.scale_and_shift(x_hat, gamma, beta));
        }
    }
    if fault == Fault::NanSpreads && input.x.iter().any(|v| v.is_nan()) {
        y.fill(T::from_f64(f64::NAN));
    }
}

/// γ and β of channel c. That one may be missing is what an unchecked length does not see.
pub(crate) fn parameters<T: Real>(gamma: &[T], beta: &[T], c: usize) -> (f64, f64) {
    let or = |slice: &[T], default| slice.get(c).map_or(default, |v| v.to_f64());
    (or(gamma, 1.0), or(beta, 0.0))
}
