//! The kernels of `evenkeel-fast` as a target of the suite.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use evenkeel_conformance::batch_norm::{
    Backward, BatchNorm, Forward, Gradients, Inference, InferenceBackward, Running, Variance,
};
use evenkeel_conformance::{Real, Refusal, Shape, Target};
use evenkeel_fast::batch_norm::{self, RunningVariance};
use evenkeel_fast::{Element, Level, Moments, Policy, Workspace};

/// The kernels under one policy, with a workspace that is kept from call to call.
#[derive(Clone)]
pub struct Fast {
    policy: Policy,
    workspace: Arc<Mutex<Workspace>>,
    workers: Arc<AtomicUsize>,
}

impl Fast {
    /// From this many elements on the suite lets threads take part: low enough that both the
    /// serial and the parallel path are checked with inputs that take little time.
    const SERIAL_BELOW: usize = 1 << 14;

    /// The kernels at an instruction-set level.
    #[must_use]
    pub fn at(level: Level) -> Self {
        Self::with(Policy { level, serial_below: Self::SERIAL_BELOW })
    }

    /// The kernels under a policy.
    #[must_use]
    pub fn with(policy: Policy) -> Self {
        Self {
            policy,
            workspace: Arc::new(Mutex::new(Workspace::new())),
            workers: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// Calls a kernel with the kept workspace. A panic inside an earlier call leaves it usable.
    fn run<R>(
        &self,
        kernel: impl FnOnce(&mut Workspace, &Policy) -> Result<R, evenkeel_fast::Error>,
    ) -> Result<R, Refusal> {
        let mut workspace = self.workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let result = kernel(&mut workspace, &self.policy);
        self.workers.store(workspace.workers_seen(), Ordering::Relaxed);
        result.map_err(|error| refusal(&error))
    }
}

impl Default for Fast {
    fn default() -> Self {
        Self::at(Level::best())
    }
}

fn refusal(error: &evenkeel_fast::Error) -> Refusal {
    Refusal::invalid(error.argument().to_string(), error.value(), error.allowed())
}

fn shape(shape: Shape) -> evenkeel_fast::Shape {
    evenkeel_fast::Shape::new(shape.outer, shape.channels, shape.inner)
}

fn convention(variance: Variance) -> RunningVariance {
    match variance {
        Variance::Biased => RunningVariance::Biased,
        Variance::Unbiased => RunningVariance::Unbiased,
    }
}

fn blank(channels: usize) -> Vec<Moments> {
    vec![Moments::default(); channels]
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
            batch_norm::forward(
                layout,
                x,
                gamma,
                beta,
                epsilon,
                y,
                &mut moments,
                workspace,
                policy,
            )?;
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

impl<T: Real + Element> Target<T> for Fast {
    fn name(&self) -> String {
        format!("fast ({})", self.policy.level.name())
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(self)
    }

    /// Every level of this machine, and the one thread that runs the same blocks alone.
    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        let levels = Level::available().into_iter();
        let mut all: Vec<(String, Box<dyn Target<T>>)> = levels
            .map(|level| (level.name().to_string(), Box::new(Self::at(level)) as _))
            .collect();
        let alone = Policy { serial_below: usize::MAX, ..self.policy };
        all.push(("of this machine, serial".to_string(), Box::new(Self::with(alone))));
        all
    }

    fn workers_seen(&self) -> Option<usize> {
        Some(self.workers.load(Ordering::Relaxed))
    }

    fn promises(&self) -> bool {
        true
    }
}
