//! The backward pass, with the fault in its place.
//!
//! ```text
//! dβ = Σ dy    dγ = Σ dy·x̂                                over a channel
//! g = dy (channels) or dy·γ (rows)    dx = F·(g − mean(g) − x̂·mean(g·x̂))    F = γ·r or r
//! ```

use super::base::{Statistics, mean, product, rounded};
use super::{Fault, Kind};
use crate::normalization::contract::Tensors;
use crate::normalization::{Along, Gradients};
use crate::{Real, Shape};

/// The gradients through the statistics of each group.
pub(crate) fn backward<T: Real, K: Kind>(
    fault: Fault,
    slip: f64,
    input: &Tensors<'_, T>,
    to: Gradients<'_, T>,
) {
    let shape = fault.layout(input.shape);
    let inside = K::ALONG == Along::Rows && fault != Fault::DxGammaOutside;
    let gamma = |i: usize| gamma_of(fault, input.gamma, fault.affine_of(shape, i));
    let mut x_hat = vec![0.0; shape.len()];
    for group in fault.groups(shape, K::ALONG) {
        let values: Vec<T> = group.iter().map(|i| input.x[*i]).collect();
        let statistics = statistics(fault, slip, &values, input.epsilon);
        for i in &group {
            x_hat[*i] = statistics.normalized(input.x[*i].to_f64());
        }
        let pull =
            |i: &usize| seen(fault, input.dy[*i].to_f64()) * if inside { gamma(*i) } else { 1.0 };
        let paths = Paths::of(fault, &group, pull, &x_hat);
        let [r, s, h] = statistics.r();
        for i in group {
            let own = input.dy[i].to_f64() * if inside { gamma(i) } else { 1.0 };
            let bracket = paths.bracket(fault, own, x_hat[i]);
            let bracket = rounded::<T>(fault == Fault::DxTwoRoundings, bracket);
            let outside = if inside { 1.0 } else { gamma(i) };
            to.dx[i] = T::from_f64(product([outside, r, s, h, bracket]));
        }
    }
    if fault == Fault::NanSpreads && input.x.iter().any(|v| v.is_nan()) {
        to.dx.fill(T::from_f64(f64::NAN));
    }
    parameter_gradients(fault, shape, [input.x, input.dy], &x_hat, to);
}

fn statistics<T: Real>(fault: Fault, slip: f64, values: &[T], epsilon: f64) -> Statistics {
    let rounding = fault == Fault::BackwardMeanRounded;
    let step = if rounding { Fault::MeanRounded } else { fault };
    Statistics::of(values, fault.epsilon(epsilon), step, slip)
}

pub(crate) fn gamma_of<T: Real>(fault: Fault, gamma: &[T], c: usize) -> f64 {
    let gamma = gamma.get(c).map_or(1.0, |v| v.to_f64());
    if fault == Fault::DxNoGamma { 1.0 } else { gamma }
}

/// What reaches x through the mean and through the variance.
pub(crate) struct Paths {
    m: f64,
    mean: f64,
    mean_x_hat: f64,
}

impl Paths {
    /// `pull` gives g of an element.
    pub(crate) fn of(
        fault: Fault,
        group: &[usize],
        pull: impl Fn(&usize) -> f64 + Clone,
        x_hat: &[f64],
    ) -> Self {
        let m = group.len() as f64;
        let terms = if fault == Fault::DxUndivided { m } else { 1.0 };
        Self {
            m,
            mean: mean(group.iter().map(pull.clone())) * terms,
            mean_x_hat: mean(group.iter().map(|i| pull(i) * x_hat[*i])) * terms,
        }
    }

    /// g − mean(g) − x̂·mean(g·x̂).
    pub(crate) fn bracket(&self, fault: Fault, pull: f64, x_hat: f64) -> f64 {
        let by_mean = pull - self.mean;
        let by_variance = x_hat * self.mean_x_hat;
        match fault {
            Fault::DxDetached => pull,
            Fault::DxNoMean => pull - by_variance,
            Fault::DxNoVar => by_mean,
            Fault::DxVarianceSign => by_mean + by_variance,
            Fault::DxExtraTerm => by_mean - by_variance - self.mean / self.m,
            _ => by_mean - by_variance,
        }
    }
}

/// dy as the sums see it.
pub(crate) fn seen(fault: Fault, dy: f64) -> f64 {
    if fault == Fault::BackwardNanHidden && dy.is_nan() { 0.0 } else { dy }
}

pub(crate) fn parameter_gradients<T: Real>(
    fault: Fault,
    shape: Shape,
    [x, dy]: [&[T]; 2],
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
    let terms = |averaged: bool| if averaged { shape.per_channel() as f64 } else { 1.0 };
    for (c, (dgamma, dbeta)) in sums.into_iter().enumerate() {
        to.dgamma[c] = T::from_f64(dgamma / terms(fault == Fault::DgammaMean));
        to.dbeta[c] = T::from_f64(dbeta / terms(fault == Fault::DbetaMean));
    }
}
