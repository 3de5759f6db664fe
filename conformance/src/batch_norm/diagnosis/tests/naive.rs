//! Somebody else's batch normalisation: plain loops in the arithmetic of `T`, no shift, no wider sum.
//!
//! It shares nothing with the mistakes but the labels of the faults it can be given, one or more at
//! once. It refuses what it should, and offers no backward in inference.

use crate::batch_norm::{Backward, BatchNorm, Forward, Gradients, Inference, Running, Variance};
use crate::{Real, Refusal, Target};

/// The labels of the faults that are in it.
#[derive(Clone, Copy)]
pub(super) struct Naive(pub(super) &'static [&'static str]);

/// Every fault that it knows.
pub(super) const FAULTS: [&str; 22] = [
    "bn-unbiased",
    "bn-uncentred-variance",
    "bn-one-pass",
    "bn-cancel-to-zero",
    "bn-eps-outside",
    "bn-eps-ignored",
    "bn-eps-hardcoded",
    "bn-square-for-root",
    "bn-no-gamma",
    "bn-no-beta",
    "bn-swapped",
    "bn-beta-before-gamma",
    "bn-momentum-flipped",
    "bn-replace",
    "bn-eps-leaks",
    "bn-running-var-biased",
    "bn-train-uses-running",
    "bn-dx-no-mean",
    "bn-dx-no-var",
    "bn-dx-no-gamma",
    "bn-dgamma-uncentred",
    "bn-dbeta-mean",
];

impl Naive {
    fn has(self, label: &str) -> bool {
        self.0.contains(&label)
    }

    fn variance<T: Real>(self, values: &[T], mean: T) -> T {
        let number = |v: usize| T::from_f64(v as f64);
        let m = number(values.len());
        if self.has("bn-one-pass") || self.has("bn-cancel-to-zero") {
            // Pairs first: another order of the sum than the catalogue's.
            let squares = values.chunks(2).map(|pair| total(pair.iter().map(|v| *v * *v)));
            let variance = total(squares) / m - mean * mean;
            let negative = variance < number(0) && self.has("bn-cancel-to-zero");
            return if negative { number(0) } else { variance };
        }
        let centre = if self.has("bn-uncentred-variance") { number(0) } else { mean };
        let squares = total(values.iter().map(|v| (*v - centre) * (*v - centre)));
        squares / if self.has("bn-unbiased") { m - number(1) } else { m }
    }

    fn rstd<T: Real>(self, variance: T, epsilon: f64) -> T {
        let epsilon = match () {
            () if self.has("bn-eps-ignored") => 0.0,
            () if self.has("bn-eps-hardcoded") => 1e-5,
            () => epsilon,
        };
        let (one, epsilon) = (T::from_f64(1.0), T::from_f64(epsilon));
        match () {
            () if self.has("bn-eps-outside") => one / (variance.sqrt() + epsilon),
            () if self.has("bn-square-for-root") => one / (variance + epsilon),
            () => one / (variance + epsilon).sqrt(),
        }
    }

    fn output<T: Real>(self, x_hat: T, gamma: T, beta: T) -> T {
        match () {
            () if self.has("bn-no-gamma") => x_hat + beta,
            () if self.has("bn-no-beta") => gamma * x_hat,
            () if self.has("bn-swapped") => beta * x_hat + gamma,
            () if self.has("bn-beta-before-gamma") => gamma * (x_hat + beta),
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

impl<T: Real> BatchNorm<T> for Naive {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(y)?;
        let shape = input.shape;
        for c in 0..shape.channels {
            let values: Vec<T> = shape.channel(input.x, c).collect();
            let mean = mean(&values);
            let rstd = self.rstd(self.variance(&values, mean), input.epsilon);
            for k in 0..values.len() {
                let x_hat = (values[k] - mean) * rstd;
                y[shape.index(k, c)] = self.output(x_hat, input.gamma[c], input.beta[c]);
            }
        }
        Ok(())
    }

    fn train_step(
        &self,
        input: &Forward<'_, T>,
        running: Running<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        input.check(y)?;
        running.check(input.shape)?;
        let Forward { shape, x, gamma, beta, epsilon } = *input;
        if self.has("bn-train-uses-running") {
            let (mean, variance) = (&*running.mean, &*running.variance);
            let given = Inference { shape, x, gamma, beta, mean, variance, epsilon };
            self.inference(&given, y)?;
        } else {
            self.forward(input, y)?;
        }
        let number = T::from_f64;
        let w = match () {
            () if self.has("bn-momentum-flipped") => 1.0 - running.weight_of_new,
            () if self.has("bn-replace") => 1.0,
            () => running.weight_of_new,
        };
        for c in 0..shape.channels {
            let values: Vec<T> = shape.channel(x, c).collect();
            let m = values.len() as f64;
            let mean = mean(&values);
            let mut variance = self.variance(&values, mean);
            let biased = self.has("bn-running-var-biased");
            if running.convention == Variance::Unbiased && !biased {
                variance = variance * number(m / (m - 1.0));
            }
            if self.has("bn-eps-leaks") {
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

    fn backward(&self, input: &Backward<'_, T>, to: Gradients<'_, T>) -> Result<(), Refusal> {
        input.check(&to)?;
        let shape = input.shape;
        for c in 0..shape.channels {
            let x: Vec<T> = shape.channel(input.x, c).collect();
            let dy: Vec<T> = shape.channel(input.dy, c).collect();
            let mu = mean(&x);
            let rstd = self.rstd(self.variance(&x, mu), input.epsilon);
            let x_hat: Vec<T> = x.iter().map(|v| (*v - mu) * rstd).collect();
            let products: Vec<T> = dy.iter().zip(&x_hat).map(|(dy, x)| *dy * *x).collect();
            let by_x = dy.iter().zip(&x).map(|(dy, x)| *dy * *x);
            let uncentred = self.has("bn-dgamma-uncentred");
            to.dgamma[c] = if uncentred { total(by_x) } else { total(products.iter().copied()) };
            let average = self.has("bn-dbeta-mean");
            to.dbeta[c] = if average { mean(&dy) } else { total(dy.iter().copied()) };
            let zero = T::from_f64(0.0);
            let by_mean = if self.has("bn-dx-no-mean") { zero } else { mean(&dy) };
            let by_variance = if self.has("bn-dx-no-var") { zero } else { mean(&products) };
            let gamma = if self.has("bn-dx-no-gamma") { T::from_f64(1.0) } else { input.gamma[c] };
            for k in 0..x.len() {
                let bracket = dy[k] - by_mean - x_hat[k] * by_variance;
                to.dx[shape.index(k, c)] = gamma * rstd * bracket;
            }
        }
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
}
