//! Backward in training and in inference, each with the fault in its place.
//!
//! ```text
//! dβ = Σ dy    dγ = Σ dy·x̂    dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂))
//! ```

use super::Fault;
use super::base::{Given, Statistics, mean, product, rounded};
use crate::batch_norm::{Backward, Gradients, InferenceBackward};
use crate::{Real, Shape};

/// The gradients through the batch's own statistics.
pub(super) fn backward<T: Real>(
    fault: Fault,
    slip: f64,
    input: &Backward<'_, T>,
    to: Gradients<'_, T>,
) {
    let shape = fault.layout(input.shape);
    let mut x_hat = vec![0.0; shape.len()];
    for group in fault.groups(shape) {
        let values: Vec<T> = group.iter().map(|i| input.x[*i]).collect();
        let statistics = statistics(fault, slip, &values, input.epsilon);
        for i in &group {
            x_hat[*i] = statistics.normalized(input.x[*i].to_f64());
        }
        let paths = Paths::of(fault, &group, input.dy, &x_hat);
        for i in group {
            let gamma = gamma_of(fault, input.gamma, shape.channel_of(i));
            let bracket = paths.bracket(fault, input.dy[i].to_f64(), x_hat[i]);
            let bracket = rounded::<T>(fault == Fault::DxTwoRoundings, bracket);
            let [r, s, h] = statistics.r();
            to.dx[i] = T::from_f64(product([gamma, r, s, h, bracket]));
        }
    }
    if fault == Fault::NanSpreads && input.x.iter().any(|v| v.is_nan()) {
        to.dx.fill(T::from_f64(f64::NAN));
    }
    parameter_gradients(fault, shape, input.x, input.dy, &x_hat, to);
}

fn statistics<T: Real>(fault: Fault, slip: f64, values: &[T], epsilon: f64) -> Statistics {
    let rounding = fault == Fault::BackwardMeanRounded;
    let step = if rounding { Fault::MeanRounded } else { fault };
    Statistics::of(values, fault.epsilon(epsilon), step, slip)
}

fn gamma_of<T: Real>(fault: Fault, gamma: &[T], c: usize) -> f64 {
    let gamma = gamma.get(c).map_or(1.0, |v| v.to_f64());
    if fault == Fault::DxNoGamma { 1.0 } else { gamma }
}

/// What reaches x through the mean and through the variance.
struct Paths {
    m: f64,
    mean_of_dy: f64,
    mean_of_dy_x_hat: f64,
}

impl Paths {
    fn of<T: Real>(fault: Fault, group: &[usize], dy: &[T], x_hat: &[f64]) -> Self {
        let dy = |i: &usize| seen(fault, dy[*i].to_f64());
        Self {
            m: group.len() as f64,
            mean_of_dy: mean(group.iter().map(dy)),
            mean_of_dy_x_hat: mean(group.iter().map(|i| dy(i) * x_hat[*i])),
        }
    }

    /// dy − mean(dy) − x̂·mean(dy·x̂).
    fn bracket(&self, fault: Fault, dy: f64, x_hat: f64) -> f64 {
        let by_mean = dy - self.mean_of_dy;
        let by_variance = x_hat * self.mean_of_dy_x_hat;
        match fault {
            Fault::DxDetached => dy,
            Fault::DxNoMean => dy - by_variance,
            Fault::DxNoVar => by_mean,
            Fault::DxExtraTerm => by_mean - by_variance - self.mean_of_dy / self.m,
            _ => by_mean - by_variance,
        }
    }
}

/// dy as the sums see it.
fn seen(fault: Fault, dy: f64) -> f64 {
    if fault == Fault::BackwardNanHidden && dy.is_nan() { 0.0 } else { dy }
}

fn parameter_gradients<T: Real>(
    fault: Fault,
    shape: Shape,
    x: &[T],
    dy: &[T],
    x_hat: &[f64],
    to: Gradients<'_, T>,
) {
    let mut sums = vec![(0.0, 0.0); shape.channels];
    for i in 0..shape.len() {
        let (dgamma, dbeta) = &mut sums[fault.parameter_of(shape, i)];
        let dy = seen(fault, dy[i].to_f64());
        *dgamma += dy * if fault == Fault::DgammaUncentred { x[i].to_f64() } else { x_hat[i] };
        *dbeta += dy;
    }
    let terms = if fault == Fault::DbetaMean { shape.per_channel() as f64 } else { 1.0 };
    for (c, (dgamma, dbeta)) in sums.into_iter().enumerate() {
        to.dgamma[c] = T::from_f64(dgamma);
        to.dbeta[c] = T::from_f64(dbeta / terms);
    }
}

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
        let paths = Paths::of(fault, &group, input.dy, &x_hat);
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
    parameter_gradients(fault, shape, input.x, input.dy, &x_hat, to);
}

/// r rounded to `T`, then two products rounded to `T`.
fn in_order<T: Real>([gamma, r, s, dy]: [f64; 4]) -> T {
    T::from_f64(gamma) * T::from_f64(r * s) * T::from_f64(dy)
}
