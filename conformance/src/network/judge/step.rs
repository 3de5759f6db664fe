//! Penalty, clipping, the update and the running statistics, on numbers that know their error.

use super::forward::places;
use super::{Mode, Near, Number, Pass, forward, gradients, loss};
use crate::Real;
use crate::network::{Case, Layer};
use crate::regularization::Penalty;

/// What a step must leave and tell.
pub(in super::super) struct Stepped<T> {
    /// θ after.
    pub(in super::super) parameters: Vec<Near<T>>,
    /// By how much each parameter is moved.
    pub(in super::super) moves: Vec<Near<T>>,
    /// Running means and variances after.
    pub(in super::super) statistics: Vec<Near<T>>,
    /// Loss, penalty, norm.
    pub(in super::super) taken: [Near<T>; 3],
}

pub(in super::super) fn step<T: Real>(case: &Case<T>) -> Stepped<T> {
    let data = |values: &[T]| values.iter().map(|v| Near::datum(v.to_f64())).collect::<Vec<_>>();
    let (theta, x) = (data(&case.parameters), data(&case.x));
    let pass = forward(case, &theta, &x, Mode::Training);
    let mut g = gradients(case, &theta, &pass).dparameters;
    let mut weights = Vec::new();
    for (layer, place) in case.layers.iter().zip(places(case)) {
        if let Layer::Dense { inputs, outputs } = layer {
            weights.extend(place.parameters..place.parameters + inputs * outputs);
        }
    }
    for i in &weights {
        g[*i] = g[*i].plus(&of_penalty(case, theta[*i]));
    }
    let norm = norm(&g);
    let factor = factor(case, &norm);
    let moves: Vec<_> = g.iter().map(|g| moved(case, g, &factor)).collect();
    let after = |(theta, moved): (&Near<T>, &Near<T>)| {
        theta.minus(moved).roundings(2.0, theta.value).roundings(2.0, moved.value)
    };
    let weights: Vec<_> = weights.iter().map(|i| theta[*i]).collect();
    Stepped {
        parameters: theta.iter().zip(&moves).map(after).collect(),
        taken: [loss(case, pass.output()), penalty(case, &weights), norm],
        statistics: running(case, &pass),
        moves,
    }
}

/// λ Σ|w| or ½λ Σw².
fn penalty<T: Real>(case: &Case<T>, weights: &[Near<T>]) -> Near<T> {
    let lambda = Near::setting(case.rule.lambda);
    let sum = match case.rule.penalty {
        Penalty::L1 => Near::sum(&weights.iter().map(|w| w.magnitude()).collect::<Vec<_>>()),
        Penalty::L2 => {
            let squares: Vec<_> = weights.iter().map(|w| w.times(w)).collect();
            Near::sum(&squares).times(&Near::datum(0.5))
        }
    };
    let product = sum.times(&lambda);
    // λ in each term, or before the sum.
    product.roundings(2.0, product.value)
}

/// λ·sign(w) or λ·w.
fn of_penalty<T: Real>(case: &Case<T>, w: Near<T>) -> Near<T> {
    let lambda = Near::setting(case.rule.lambda);
    match case.rule.penalty {
        Penalty::L1 if w.value == 0.0 => Near::datum(0.0),
        Penalty::L1 => lambda.times(&Near::datum(w.value.signum())),
        Penalty::L2 => lambda.times(&w),
    }
}

/// √Σ g², or of blocks and lanes.
fn norm<T: Real>(g: &[Near<T>]) -> Near<T> {
    let norm = Near::sum(&g.iter().map(|g| g.times(g)).collect::<Vec<_>>()).root();
    norm.roundings(4.0, norm.value)
}

/// min(1, τ/N).
fn factor<T: Real>(case: &Case<T>, norm: &Near<T>) -> Near<T> {
    let threshold = case.rule.threshold;
    if threshold.is_infinite() {
        return Near::datum(1.0);
    }
    Near::setting(threshold).over(norm).at_most_one()
}

/// η·g·factor, in any order.
fn moved<T: Real>(case: &Case<T>, g: &Near<T>, factor: &Near<T>) -> Near<T> {
    let moved = g.times(factor).times(&Near::setting(case.rule.learning_rate));
    moved.roundings(2.0, moved.value)
}

/// (1 − w)·old + w·new, the variance by m − 1.
fn running<T: Real>(case: &Case<T>, pass: &Pass<Near<T>>) -> Vec<Near<T>> {
    let mut all = Vec::new();
    let m = case.rows as f64;
    for (layer, found) in case.layers.iter().zip(&pass.statistics) {
        let (Layer::BatchNorm { weight_of_new, .. }, Some(found)) = (layer, found) else {
            continue;
        };
        let w = Near::setting(*weight_of_new);
        let correction = Near::datum(m).over(&Near::datum(m - 1.0));
        let variances = found.variance.iter().map(|v| v.times(&correction));
        for new in found.mean.iter().copied().chain(variances) {
            let old = Near::datum(case.statistics[all.len()].to_f64());
            let left = Near::datum(1.0).minus(&w);
            let mixed = left.times(&old).plus(&w.times(&new));
            all.push(mixed.roundings(2.0, old.value).roundings(2.0, new.value));
        }
    }
    all
}
