//! Whole tensors from what an algorithm does to one group: both contracts.

use evenkeel_conformance::batch_norm::{
    self, BatchNorm, Inference, InferenceBackward, Running, Variance,
};
use evenkeel_conformance::layer_norm::{self, LayerNorm};
use evenkeel_conformance::normalization::{Along, Gradients, Groups};
use evenkeel_conformance::{Real, Refusal, Shape, Target};

use crate::algorithms::{Algorithm, Way, count};
use crate::robust::Shifted;

/// dx, dγ, dβ of one group with one γ.
pub(crate) type Pulled<T> = (Vec<T>, T, T);

/// What an algorithm does to one group.
pub(crate) trait Core<T: Real>: Send + Sync {
    /// y, by γ and β of each element.
    fn forward(&self, x: &[T], affine: [&[T]; 2], epsilon: f64) -> Vec<T>;
    /// The gradients, where γ is the same throughout.
    fn backward(&self, x: &[T], dy: &[T], gamma: T, epsilon: f64) -> Pulled<T>;
    /// x̂.
    fn normalized(&self, x: &[T], epsilon: f64) -> Vec<T>;
    /// Its sum.
    fn total(&self, terms: &[T]) -> T;
}

/// The arguments of either contract.
#[derive(Clone, Copy)]
struct Tensors<'a, T> {
    shape: Shape,
    x: &'a [T],
    gamma: &'a [T],
    beta: &'a [T],
    epsilon: f64,
    dy: &'a [T],
}

fn as_tensors<'a, T>(input: &batch_norm::Forward<'a, T>) -> Tensors<'a, T> {
    let batch_norm::Forward { shape, x, gamma, beta, epsilon } = *input;
    Tensors { shape, x, gamma, beta, epsilon, dy: &[] }
}

fn forward<T: Real>(core: &dyn Core<T>, along: Along, input: Tensors<'_, T>, y: &mut [T]) {
    let groups = Groups::new(input.shape, along);
    for g in 0..groups.count() {
        let x: Vec<T> = groups.values(input.x, g).collect();
        let each = |all: &[T]| -> Vec<T> {
            groups.indices(g).map(|i| all[input.shape.channel_of(i)]).collect()
        };
        let (gamma, beta) = (each(input.gamma), each(input.beta));
        let output = core.forward(&x, [&gamma, &beta], input.epsilon);
        groups.indices(g).zip(output).for_each(|(i, value)| y[i] = value);
    }
}

fn channels_backward<T: Real>(core: &dyn Core<T>, input: Tensors<'_, T>, to: Gradients<'_, T>) {
    let shape = input.shape;
    for c in 0..shape.channels {
        let x: Vec<T> = shape.channel(input.x, c).collect();
        let dy: Vec<T> = shape.channel(input.dy, c).collect();
        let (dx, dgamma, dbeta) = core.backward(&x, &dy, input.gamma[c], input.epsilon);
        (to.dgamma[c], to.dbeta[c]) = (dgamma, dbeta);
        dx.into_iter().enumerate().for_each(|(k, value)| to.dx[shape.index(k, c)] = value);
    }
}

fn rows_backward<T: Real>(core: &dyn Core<T>, input: Tensors<'_, T>, to: Gradients<'_, T>) {
    let (shape, groups) = (input.shape, Groups::new(input.shape, Along::Rows));
    let mut terms = input.dy.to_vec();
    for g in 0..groups.count() {
        let x: Vec<T> = groups.values(input.x, g).collect();
        let pull = |i: usize| input.dy[i] * input.gamma[shape.channel_of(i)];
        let pull: Vec<T> = groups.indices(g).map(pull).collect();
        let (dx, ..) = core.backward(&x, &pull, T::from_f64(1.0), input.epsilon);
        let normalized = core.normalized(&x, input.epsilon);
        for (k, i) in groups.indices(g).enumerate() {
            to.dx[i] = dx[k];
            terms[i] = terms[i] * normalized[k];
        }
    }
    for c in 0..shape.channels {
        to.dgamma[c] = core.total(&shape.channel(&terms, c).collect::<Vec<_>>());
        to.dbeta[c] = core.total(&shape.channel(input.dy, c).collect::<Vec<_>>());
    }
}

/// `f32` data in the robust algorithm's `f64`, rounded once.
pub(crate) struct Widened(pub(crate) Shifted);

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn narrow(from: &[f64], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = from as f32);
}

/// A contract in `f32` from the same in `f64`.
macro_rules! widened {
    ($contract:ident, $module:ident) => {
        impl $contract<f32> for Widened {
            fn forward(
                &self,
                input: &$module::Forward<'_, f32>,
                y: &mut [f32],
            ) -> Result<(), Refusal> {
                let $module::Forward { shape, x, gamma, beta, epsilon } = *input;
                let [x, gamma, beta] = [x, gamma, beta].map(widened);
                let mut wide = x.clone();
                let (x, gamma, beta) = (&x[..], &gamma[..], &beta[..]);
                let input = $module::Forward { shape, x, gamma, beta, epsilon };
                $contract::forward(&self.0, &input, &mut wide)?;
                narrow(&wide, y);
                Ok(())
            }

            fn backward(
                &self,
                input: &$module::Backward<'_, f32>,
                to: Gradients<'_, f32>,
            ) -> Result<(), Refusal> {
                let $module::Backward { shape, x, gamma, epsilon, dy } = *input;
                let [x, gamma, dy] = [x, gamma, dy].map(widened);
                let (mut dx, mut dgamma, mut dbeta) = (x.clone(), gamma.clone(), gamma.clone());
                let wide = Gradients { dx: &mut dx, dgamma: &mut dgamma, dbeta: &mut dbeta };
                let (x, gamma, dy) = (&x[..], &gamma[..], &dy[..]);
                let input = $module::Backward { shape, x, gamma, epsilon, dy };
                $contract::backward(&self.0, &input, wide)?;
                narrow(&dx, to.dx);
                narrow(&dgamma, to.dgamma);
                narrow(&dbeta, to.dbeta);
                Ok(())
            }
        }
    };
}

widened!(BatchNorm, batch_norm);
widened!(LayerNorm, layer_norm);

/// The part of both contracts that a [`Core`] gives.
macro_rules! whole {
    ($precision:ty) => {
        fn backward(
            &self,
            input: &batch_norm::Backward<'_, $precision>,
            to: Gradients<'_, $precision>,
        ) -> Result<(), Refusal> {
            input.check(&to)?;
            let batch_norm::Backward { shape, x, gamma, epsilon, dy } = *input;
            channels_backward(self, Tensors { shape, x, gamma, beta: &[], epsilon, dy }, to);
            Ok(())
        }

        fn forward(
            &self,
            input: &batch_norm::Forward<'_, $precision>,
            y: &mut [$precision],
        ) -> Result<(), Refusal> {
            input.check(y)?;
            forward(self, Along::Channels, as_tensors(input), y);
            Ok(())
        }
    };
}

/// A [`Core`] as a layer normalisation.
macro_rules! rows {
    ([$($generics:tt)*] $precision:ty, $type:ty) => {
        impl<$($generics)*> LayerNorm<$precision> for $type {
            fn forward(
                &self,
                input: &layer_norm::Forward<'_, $precision>,
                y: &mut [$precision],
            ) -> Result<(), Refusal> {
                input.check(y)?;
                let layer_norm::Forward { shape, x, gamma, beta, epsilon } = *input;
                let input = Tensors { shape, x, gamma, beta, epsilon, dy: &[] };
                forward(self, Along::Rows, input, y);
                Ok(())
            }

            fn backward(
                &self,
                input: &layer_norm::Backward<'_, $precision>,
                to: Gradients<'_, $precision>,
            ) -> Result<(), Refusal> {
                input.check(&to)?;
                let layer_norm::Backward { shape, x, gamma, epsilon, dy } = *input;
                rows_backward(self, Tensors { shape, x, gamma, beta: &[], epsilon, dy }, to);
                Ok(())
            }
        }
    };
}

/// A target that has both.
macro_rules! target {
    ([$($generics:tt)*] $precision:ty, $type:ty) => {
        impl<$($generics)*> Target<$precision> for $type {
            fn name(&self) -> String {
                stringify!($type).into()
            }

            fn batch_norm(&self) -> Option<&dyn BatchNorm<$precision>> {
                Some(self)
            }

            fn layer_norm(&self) -> Option<&dyn LayerNorm<$precision>> {
                Some(self)
            }
        }
    };
}

rows!([T: Real] T, Algorithm);
rows!([T: Real] T, Shifted);
target!([T: Real] T, Algorithm);
target!([T: Real] T, Shifted);
target!([] f32, Widened);

impl<T: Real> BatchNorm<T> for Shifted {
    whole!(T);
}

impl<T: Real> BatchNorm<T> for Algorithm {
    whole!(T);

    fn train_step(
        &self,
        input: &batch_norm::Forward<'_, T>,
        running: Running<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        running.check(input.shape)?;
        forward(self, Along::Channels, as_tensors(input), y);
        let m = input.shape.per_channel();
        let w = T::from_f64(running.weight_of_new);
        let blend = |old: T, new: T| (count::<T>(1) - w) * old + w * new;
        for c in 0..input.shape.channels {
            let x: Vec<T> = input.shape.channel(input.x, c).collect();
            let (mean, variance) = self.statistics(&x);
            let variance = match running.convention {
                Variance::Biased => variance,
                Variance::Unbiased => variance * (count::<T>(m) / count(m - 1)),
            };
            running.mean[c] = blend(running.mean[c], mean);
            running.variance[c] = blend(running.variance[c], variance);
        }
        Ok(())
    }

    fn inference(&self, input: &Inference<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        for c in 0..input.shape.channels {
            let x: Vec<T> = input.shape.channel(input.x, c).collect();
            let [mean, variance] = [input.mean[c], input.variance[c]];
            let epsilon = T::from_f64(input.epsilon);
            let [gamma, beta] = [input.gamma, input.beta].map(|all| vec![all[c]; x.len()]);
            let y_of = self.scale(&x, [mean, variance, epsilon], [&gamma, &beta]);
            for (k, value) in y_of.into_iter().enumerate() {
                y[input.shape.index(k, c)] = value;
            }
        }
        Ok(())
    }

    fn inference_backward(
        &self,
        input: &InferenceBackward<'_, T>,
        to: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        input.check(&to)?;
        for c in 0..input.shape.channels {
            let x: Vec<T> = input.shape.channel(input.x, c).collect();
            let dy: Vec<T> = input.shape.channel(input.dy, c).collect();
            let epsilon = T::from_f64(input.epsilon);
            let r = count::<T>(1) / (input.variance[c] + epsilon).sqrt();
            let (mean, gamma) = (input.mean[c], input.gamma[c]);
            let way = Way { algorithm: *self, x: &x, dy: &dy, mean, r, gamma };
            to.dgamma[c] = way.dot(&way.normalized());
            to.dbeta[c] = self.sum(&dy);
            for (k, dy) in dy.iter().enumerate() {
                to.dx[input.shape.index(k, c)] = gamma * r * *dy;
            }
        }
        Ok(())
    }
}
