//! The batch normalisation of the kernels.

use evenkeel_conformance::batch_norm::{
    Backward, BatchNorm, Forward, Gradients, Inference, InferenceBackward, Running, Variance,
};
use evenkeel_conformance::{Real, Refusal};
use evenkeel_fast::Element;
use evenkeel_fast::batch_norm::{self, RunningVariance};

use super::{Fast, blank, shape};

fn convention(variance: Variance) -> RunningVariance {
    match variance {
        Variance::Biased => RunningVariance::Biased,
        Variance::Unbiased => RunningVariance::Unbiased,
    }
}

impl<T: Real + Element> BatchNorm<T> for Fast {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let Forward { shape: layout, x, gamma, beta, epsilon } = *input;
        let mut moments = blank(layout.channels);
        self.run(|workspace, policy| {
            let layout = shape(layout);
            batch_norm::forward(layout, x, gamma, beta, epsilon, y, &mut moments, workspace, policy)
        })
    }

    fn train_step(
        &self,
        input: &Forward<'_, T>,
        running: Running<'_, T>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let Forward { shape: layout, x, gamma, beta, epsilon } = *input;
        // Two kernels make one step: what the second would refuse must stop the first.
        input.check(y)?;
        running.check(layout)?;
        let mut moments = blank(layout.channels);
        self.run(|workspace, policy| {
            let layout = shape(layout);
            let step = &mut moments;
            batch_norm::forward(layout, x, gamma, beta, epsilon, y, step, workspace, policy)?;
            let Running { mean, variance, weight_of_new, convention: variant } = running;
            batch_norm::update_running(&moments, mean, variance, weight_of_new, convention(variant))
        })
    }

    fn forward_in_parts(
        &self,
        input: &Forward<'_, T>,
        split: usize,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        input.check(y)?;
        let Forward { shape: layout, x, gamma, beta, epsilon } = *input;
        let (first, rest) = x.split_at(split * layout.channels * layout.inner);
        let part = |part: &[T], outer| {
            let mut moments = blank(layout.channels);
            let layout = evenkeel_fast::Shape::new(outer, layout.channels, layout.inner);
            self.run(|workspace, policy| {
                batch_norm::statistics(layout, part, &mut moments, workspace, policy)
            })?;
            Ok::<_, Refusal>(moments)
        };
        let (first, rest) = (part(first, split)?, part(rest, layout.outer - split)?);
        let merged: Vec<_> = first.iter().zip(&rest).map(|(a, b)| a.merge(b)).collect();
        self.run(|workspace, policy| {
            let layout = shape(layout);
            batch_norm::normalize(layout, x, gamma, beta, epsilon, &merged, y, workspace, policy)
        })
    }

    fn inference(&self, input: &Inference<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let Inference { shape: layout, x, gamma, beta, mean, variance, epsilon } = *input;
        self.run(|workspace, policy| {
            let layout = shape(layout);
            batch_norm::inference(
                layout, x, gamma, beta, mean, variance, epsilon, y, workspace, policy,
            )
        })
    }

    fn backward(
        &self,
        input: &Backward<'_, T>,
        gradients: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        let Backward { shape: layout, x, gamma, epsilon, dy } = *input;
        let Gradients { dx, dgamma, dbeta } = gradients;
        let mut moments = blank(layout.channels);
        self.run(|workspace, policy| {
            let layout = shape(layout);
            batch_norm::statistics(layout, x, &mut moments, workspace, policy)?;
            batch_norm::backward(
                layout, x, gamma, epsilon, &moments, dy, dx, dgamma, dbeta, workspace, policy,
            )
        })
    }

    fn inference_backward(
        &self,
        input: &InferenceBackward<'_, T>,
        gradients: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        let InferenceBackward { shape: layout, x, gamma, mean, variance, epsilon, dy } = *input;
        let Gradients { dx, dgamma, dbeta } = gradients;
        self.run(|workspace, policy| {
            let layout = shape(layout);
            batch_norm::inference_backward(
                layout, x, gamma, mean, variance, epsilon, dy, dx, dgamma, dbeta, workspace, policy,
            )
        })
    }
}
