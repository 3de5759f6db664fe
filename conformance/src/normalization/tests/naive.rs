//! Somebody else's normalisation: plain loops in the arithmetic of `T`, no shift, no wider sum.
//!
//! It shares nothing with the mistakes but the labels of the faults it can be given, one or more at
//! once, without their prefix. It refuses what it should, and offers no backward in inference.

use crate::batch_norm::{self, BatchNorm, Inference, Running, Variance};
use crate::layer_norm::{self, LayerNorm};
use crate::normalization::contract::Tensors;
use crate::normalization::{Along, Gradients, Groups};
use crate::{Real, Refusal, Target};

/// The faults that are in it.
#[derive(Clone, Copy)]
pub(super) struct Naive(pub(super) &'static [&'static str]);

/// Every fault that it knows, of either normalisation.
pub(super) const FAULTS: [&str; 20] = [
    "unbiased",
    "uncentred-variance",
    "one-pass",
    "cancel-to-zero",
    "eps-outside",
    "eps-ignored",
    "eps-hardcoded",
    "eps-floor",
    "square-for-root",
    "no-gamma",
    "no-beta",
    "swapped",
    "beta-before-gamma",
    "dx-no-mean",
    "dx-no-var",
    "dx-variance-sign",
    "dx-no-gamma",
    "dgamma-uncentred",
    "dgamma-mean",
    "dbeta-mean",
];

/// Those of the running statistics.
pub(super) const RUNNING: [&str; 5] =
    ["momentum-flipped", "replace", "eps-leaks", "running-var-biased", "train-uses-running"];

/// Those that only rows can have.
pub(super) const ROWS: [&str; 2] = ["affine-by-row", "dx-gamma-outside"];

impl Naive {
    fn has(self, label: &str) -> bool {
        self.0.contains(&label)
    }

    fn variance<T: Real>(self, values: &[T], mean: T) -> T {
        let number = |v: usize| T::from_f64(v as f64);
        let m = number(values.len());
        if self.has("one-pass") || self.has("cancel-to-zero") {
            // Pairs first: another order of the sum than the catalogue's.
            let squares = values.chunks(2).map(|pair| total(pair.iter().map(|v| *v * *v)));
            let variance = total(squares) / m - mean * mean;
            let negative = variance < number(0) && self.has("cancel-to-zero");
            return if negative { number(0) } else { variance };
        }
        let centre = if self.has("uncentred-variance") { number(0) } else { mean };
        let squares = total(values.iter().map(|v| (*v - centre) * (*v - centre)));
        squares / if self.has("unbiased") { m - number(1) } else { m }
    }

    fn rstd<T: Real>(self, variance: T, epsilon: f64) -> T {
        let epsilon = match () {
            () if self.has("eps-ignored") => 0.0,
            () if self.has("eps-hardcoded") => 1e-5,
            () => epsilon,
        };
        let (one, epsilon) = (T::from_f64(1.0), T::from_f64(epsilon));
        match () {
            () if self.has("eps-outside") => one / (variance.sqrt() + epsilon),
            () if self.has("eps-floor") && variance < epsilon => one / epsilon.sqrt(),
            () if self.has("eps-floor") => one / variance.sqrt(),
            () if self.has("square-for-root") => one / (variance + epsilon),
            () => one / (variance + epsilon).sqrt(),
        }
    }

    fn output<T: Real>(self, x_hat: T, gamma: T, beta: T) -> T {
        match () {
            () if self.has("no-gamma") => x_hat + beta,
            () if self.has("no-beta") => gamma * x_hat,
            () if self.has("swapped") => beta * x_hat + gamma,
            () if self.has("beta-before-gamma") => gamma * (x_hat + beta),
            () => gamma * x_hat + beta,
        }
    }
}

fn total<T: Real>(terms: impl Iterator<Item = T>) -> T {
    terms.fold(T::from_f64(0.0), |sum, term| sum + term)
}

fn mean<T: Real>(values: &[T]) -> T {
    total(values.iter().copied()) / T::from_f64(values.len() as f64)
}

impl Naive {
    fn run_forward<T: Real>(self, along: Along, input: Tensors<'_, T>, y: &mut [T]) {
        let (shape, groups) = (input.shape, Groups::new(input.shape, along));
        for g in 0..groups.count() {
            let values: Vec<T> = groups.values(input.x, g).collect();
            let mean = mean(&values);
            let rstd = self.rstd(self.variance(&values, mean), input.epsilon);
            for (k, i) in groups.indices(g).enumerate() {
                let c = match self.has("affine-by-row") {
                    true => g % shape.channels,
                    false => shape.channel_of(i),
                };
                let x_hat = (values[k] - mean) * rstd;
                y[i] = self.output(x_hat, input.gamma[c], input.beta[c]);
            }
        }
    }

    fn run_backward<T: Real>(self, along: Along, input: Tensors<'_, T>, to: Gradients<'_, T>) {
        let (shape, groups) = (input.shape, Groups::new(input.shape, along));
        let (zero, one) = (T::from_f64(0.0), T::from_f64(1.0));
        let inside = along == Along::Rows && !self.has("dx-gamma-outside");
        let gamma = |i| match self.has("dx-no-gamma") {
            true => one,
            false => input.gamma[shape.channel_of(i)],
        };
        let mut x_hats = vec![zero; shape.len()];
        for g in 0..groups.count() {
            let x: Vec<T> = groups.values(input.x, g).collect();
            let mu = mean(&x);
            let rstd = self.rstd(self.variance(&x, mu), input.epsilon);
            groups.indices(g).for_each(|i| x_hats[i] = (input.x[i] - mu) * rstd);
            let factors = |i: usize| if inside { (gamma(i), one) } else { (one, gamma(i)) };
            let pull: Vec<T> = groups.indices(g).map(|i| input.dy[i] * factors(i).0).collect();
            let x_hat: Vec<T> = groups.values(&x_hats, g).collect();
            let products: Vec<T> = pull.iter().zip(&x_hat).map(|(g, x)| *g * *x).collect();
            let by_mean = if self.has("dx-no-mean") { zero } else { mean(&pull) };
            let by_variance = match () {
                () if self.has("dx-no-var") => zero,
                () if self.has("dx-variance-sign") => -mean(&products),
                () => mean(&products),
            };
            for (k, i) in groups.indices(g).enumerate() {
                let bracket = pull[k] - by_mean - x_hat[k] * by_variance;
                to.dx[i] = factors(i).1 * rstd * bracket;
            }
        }
        for c in 0..shape.channels {
            let dy: Vec<T> = shape.channel(input.dy, c).collect();
            let by = if self.has("dgamma-uncentred") { input.x } else { &x_hats };
            let terms: Vec<T> =
                dy.iter().zip(shape.channel(by, c)).map(|(dy, x)| *dy * x).collect();
            to.dgamma[c] = average(self.has("dgamma-mean"), &terms);
            to.dbeta[c] = average(self.has("dbeta-mean"), &dy);
        }
    }
}

/// The sum of the terms, or their mean where that is the fault.
fn average<T: Real>(fault: bool, terms: &[T]) -> T {
    if fault { mean(terms) } else { total(terms.iter().copied()) }
}

impl<T: Real> LayerNorm<T> for Naive {
    fn forward(&self, input: &layer_norm::Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        self.run_forward(Along::Rows, input.tensors(), y);
        Ok(())
    }

    fn backward(
        &self,
        input: &layer_norm::Backward<'_, T>,
        to: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        input.check(&to)?;
        self.run_backward(Along::Rows, input.tensors(), to);
        Ok(())
    }
}

impl<T: Real> BatchNorm<T> for Naive {
    fn forward(&self, input: &batch_norm::Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        self.run_forward(Along::Channels, input.tensors(), y);
        Ok(())
    }

    fn train_step(
        &self,
        input: &batch_norm::Forward<'_, T>,
        running: Running<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        input.check(y)?;
        running.check(input.shape)?;
        let batch_norm::Forward { shape, x, gamma, beta, epsilon } = *input;
        if self.has("train-uses-running") {
            let (mean, variance) = (&*running.mean, &*running.variance);
            let given = Inference { shape, x, gamma, beta, mean, variance, epsilon };
            self.inference(&given, y)?;
        } else {
            BatchNorm::forward(self, input, y)?;
        }
        let number = T::from_f64;
        let w = match () {
            () if self.has("momentum-flipped") => 1.0 - running.weight_of_new,
            () if self.has("replace") => 1.0,
            () => running.weight_of_new,
        };
        for c in 0..shape.channels {
            let values: Vec<T> = shape.channel(x, c).collect();
            let m = values.len() as f64;
            let mean = mean(&values);
            let mut variance = self.variance(&values, mean);
            let biased = self.has("running-var-biased");
            if running.convention == Variance::Unbiased && !biased {
                variance = variance * number(m / (m - 1.0));
            }
            if self.has("eps-leaks") {
                variance = variance + number(epsilon);
            }
            running.mean[c] = number(1.0 - w) * running.mean[c] + number(w) * mean;
            running.variance[c] = number(1.0 - w) * running.variance[c] + number(w) * variance;
        }
        Ok(())
    }

    fn inference(&self, input: &Inference<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        for i in 0..input.shape.len() {
            let c = input.shape.channel_of(i);
            let rstd = self.rstd(input.variance[c], input.epsilon);
            let x_hat = (input.x[i] - input.mean[c]) * rstd;
            y[i] = self.output(x_hat, input.gamma[c], input.beta[c]);
        }
        Ok(())
    }

    fn backward(
        &self,
        input: &batch_norm::Backward<'_, T>,
        to: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        input.check(&to)?;
        self.run_backward(Along::Channels, input.tensors(), to);
        Ok(())
    }
}

impl<T: Real> Target<T> for Naive {
    fn name(&self) -> String {
        "naive".into()
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(self)
    }

    fn layer_norm(&self) -> Option<&dyn LayerNorm<T>> {
        Some(self)
    }
}
