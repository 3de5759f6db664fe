//! Backward in inference, with the fault in its place.

use crate::Real;
use crate::batch_norm::{Gradients, InferenceBackward};
use crate::normalization::mistakes::Fault;
use crate::normalization::mistakes::backward::{Paths, gamma_of, parameter_gradients, seen};
use crate::normalization::mistakes::base::{Given, product};

/// The gradients where the statistics are constants: dx = γ·r·dy.
pub(super) fn inference_backward<T: Real>(
    fault: Fault,
    input: &InferenceBackward<'_, T>,
    to: Gradients<'_, T>,
) {
    let shape = fault.layout(input.shape);
    let given = |c: usize| {
        let (mean, variance) = (input.mean[c].to_f64(), input.variance[c].to_f64());
        Given::of(mean, variance, fault.epsilon(input.epsilon), fault)
    };
    let x_hat: Vec<f64> = (0..shape.len())
        .map(|i| product(given(shape.channel_of(i)).normalized(input.x[i].to_f64())))
        .collect();
    for c in 0..shape.channels {
        let [r, s] = given(c).r();
        let group: Vec<usize> = (0..shape.per_channel()).map(|k| shape.index(k, c)).collect();
        let pull = |i: &usize| seen(fault, input.dy[*i].to_f64());
        let paths = Paths::of(fault, &group, pull, &x_hat);
        let gamma = gamma_of(fault, input.gamma, c);
        for i in group {
            let dy = input.dy[i].to_f64();
            let through = match fault {
                Fault::DxEvalFormula => paths.bracket(fault, dy, x_hat[i]),
                _ => dy,
            };
            let factors = [gamma, r, s, through];
            to.dx[i] = match fault {
                Fault::InferenceDxRounded => in_order(factors),
                _ => T::from_f64(product(factors)),
            };
        }
    }
    parameter_gradients(fault, shape, [input.x, input.dy], &x_hat, to);
}

/// r rounded to `T`, then two products rounded to `T`.
fn in_order<T: Real>([gamma, r, s, dy]: [f64; 4]) -> T {
    T::from_f64(gamma) * T::from_f64(r * s) * T::from_f64(dy)
}
