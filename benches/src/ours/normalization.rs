//! Layer and batch normalisation. With images, batch norm offers the order NHWC too.

use evenkeel_fast::batch_norm::{self, RunningVariance};
use evenkeel_fast::{Moments, Policy, Shape, Workspace, layer_norm};

use super::{Lent, Offer, room, scaled};
use crate::case::{BadCase, Case};
use crate::data::values;

const EPSILON: f64 = 1e-5;
/// What a step replaces of the running statistics.
const WEIGHT_OF_NEW: f64 = 0.1;

fn gamma(channels: usize) -> Vec<f32> {
    scaled(channels, 3, 1.0, 1.5)
}

fn beta(channels: usize) -> Vec<f32> {
    values(channels, 4)
}

fn features(case: &Case) -> Result<Shape, BadCase> {
    Ok(Shape::new(case.size("rows")?, case.size("channels")?, 1))
}

pub(super) fn layer_norm_forward(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let shape = features(case)?;
    let (x, gamma, beta) = (values(shape.len(), 1), gamma(shape.channels), beta(shape.channels));
    let mut moments = vec![Moments::default(); shape.per_channel()];
    let call = move |y: &mut [f32], Lent { workspace, policy }: &mut Lent| {
        let moments = &mut moments;
        layer_norm::forward(shape, &x, &gamma, &beta, EPSILON, y, moments, workspace, policy)
    };
    Ok(vec![Offer::out(room(shape.len()), call)])
}

pub(super) fn layer_norm_backward(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let shape = features(case)?;
    let (x, dy) = (values::<f32>(shape.len(), 1), values::<f32>(shape.len(), 2));
    let (gamma, mut dgamma, mut dbeta) =
        (gamma(shape.channels), room(shape.channels), room(shape.channels));
    let mut moments = vec![Moments::default(); shape.per_channel()];
    let mut dx = room(shape.len());
    let (own, mut workspace, policy) = (&mut moments, Workspace::new(), Policy::default());
    let beta = beta(shape.channels);
    layer_norm::forward(shape, &x, &gamma, &beta, EPSILON, &mut dx, own, &mut workspace, &policy)
        .map_err(|error| case.wrong(error.to_string()))?;
    let call = move |dx: &mut [f32], Lent { workspace, policy }: &mut Lent| {
        let (dgamma, dbeta) = (&mut dgamma, &mut dbeta);
        layer_norm::backward(
            shape, &x, &gamma, EPSILON, &moments, &dy, dx, dgamma, dbeta, workspace, policy,
        )
    };
    Ok(vec![Offer::out(dx, call)])
}

fn channels(case: &Case) -> Result<Shape, BadCase> {
    Ok(Shape::new(case.size("outer")?, case.size("channels")?, case.size("inner")?))
}

/// Both orders of the same images, with the name of each: the second only where there are pixels.
fn orders(shape: Shape) -> Vec<(&'static str, Shape)> {
    let Shape { outer, channels, inner } = shape;
    let last = ("nhwc", Shape::new(outer * inner, channels, 1));
    let both = [("out", shape), last];
    both[..if inner > 1 { 2 } else { 1 }].to_vec()
}

/// Values in the order `of` that stand in the order `to` for the same images.
fn ordered(values: Vec<f32>, of: Shape, to: Shape) -> Vec<f32> {
    if of == to {
        return values;
    }
    let Shape { channels, inner, .. } = of;
    let source = |k: usize| {
        let (pixel, channel) = (k / channels, k % channels);
        ((pixel / inner) * channels + channel) * inner + pixel % inner
    };
    (0..values.len()).map(|k| values[source(k)]).collect()
}

pub(super) fn batch_norm_forward(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let own = channels(case)?;
    let offer = |(name, shape): (&'static str, Shape)| {
        let x = ordered(values(shape.len(), 1), own, shape);
        let (gamma, beta) = (gamma(shape.channels), beta(shape.channels));
        let mut moments = vec![Moments::default(); shape.channels];
        let (mut mean, mut variance) = (vec![0.0; shape.channels], room(shape.channels));
        let call = move |y: &mut [f32], Lent { workspace, policy }: &mut Lent| {
            let own = &mut moments;
            batch_norm::forward(shape, &x, &gamma, &beta, EPSILON, y, own, workspace, policy)?;
            let convention = RunningVariance::Unbiased;
            batch_norm::update_running(own, &mut mean, &mut variance, WEIGHT_OF_NEW, convention)
        };
        Offer::out(room(shape.len()), call).named(name)
    };
    Ok(orders(own).into_iter().map(offer).collect())
}

pub(super) fn batch_norm_backward(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let own = channels(case)?;
    let offer = |(name, shape): (&'static str, Shape)| {
        let x = ordered(values(shape.len(), 1), own, shape);
        let dy = ordered(values(shape.len(), 2), own, shape);
        let (gamma, mut dgamma, mut dbeta) =
            (gamma(shape.channels), room(shape.channels), room(shape.channels));
        let mut moments = vec![Moments::default(); shape.channels];
        batch_norm::statistics(shape, &x, &mut moments, &mut Workspace::new(), &Policy::default())
            .map_err(|error| case.wrong(error.to_string()))?;
        let call = move |dx: &mut [f32], Lent { workspace, policy }: &mut Lent| {
            let (dgamma, dbeta) = (&mut dgamma, &mut dbeta);
            batch_norm::backward(
                shape, &x, &gamma, EPSILON, &moments, &dy, dx, dgamma, dbeta, workspace, policy,
            )
        };
        Ok(Offer::out(room(shape.len()), call).named(name))
    };
    orders(own).into_iter().map(offer).collect()
}
