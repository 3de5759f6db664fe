//! The kernels of `evenkeel-fast` as a target of the suite.

mod activation;
mod augmentation;
mod batch_norm;
mod capacity;
mod clipping;
mod dropout;
mod initialization;
mod layer_norm;
mod network;
mod random;
mod regularization;

pub use network::{kernel_layer, kernel_rule};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use evenkeel_conformance::Draw;
use evenkeel_conformance::activation::Activation;
use evenkeel_conformance::augmentation::Augmentation;
use evenkeel_conformance::batch_norm::BatchNorm;
use evenkeel_conformance::capacity::Capacity;
use evenkeel_conformance::clipping::Clipping;
use evenkeel_conformance::dropout::Dropout;
use evenkeel_conformance::initialization::Initialization;
use evenkeel_conformance::layer_norm::LayerNorm;
use evenkeel_conformance::network::Network;
use evenkeel_conformance::random::Random;
use evenkeel_conformance::regularization::Regularization;
use evenkeel_conformance::{Real, Refusal, Shape, Target};
use evenkeel_fast::random::Stream;
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
    /// From this many bytes on it lets kernels write past the caches, for the same reason.
    const STREAM_FROM: usize = 1 << 14;

    /// The kernels at an instruction-set level.
    #[must_use]
    pub fn at(level: Level) -> Self {
        Self::with(Policy {
            level,
            serial_below: Self::SERIAL_BELOW,
            stream_from: Self::STREAM_FROM,
        })
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

/// The stream of a draw; its first element is another argument of the kernels.
fn stream(draw: Draw) -> Stream {
    let evenkeel_conformance::Stream { seed, number, step } = draw.stream;
    Stream { seed, number, step }
}

/// Room for the statistics of every channel, or of every row.
fn blank(groups: usize) -> Vec<Moments> {
    vec![Moments::default(); groups]
}

impl<T: Real + Element> Target<T> for Fast {
    fn name(&self) -> String {
        format!("fast ({})", self.policy.level.name())
    }

    fn batch_norm(&self) -> Option<&dyn BatchNorm<T>> {
        Some(self)
    }

    fn layer_norm(&self) -> Option<&dyn LayerNorm<T>> {
        Some(self)
    }

    fn random(&self) -> Option<&dyn Random<T>> {
        Some(self)
    }

    fn dropout(&self) -> Option<&dyn Dropout<T>> {
        Some(self)
    }

    fn initialization(&self) -> Option<&dyn Initialization<T>> {
        Some(self)
    }

    fn activation(&self) -> Option<&dyn Activation<T>> {
        Some(self)
    }

    fn regularization(&self) -> Option<&dyn Regularization<T>> {
        Some(self)
    }

    fn clipping(&self) -> Option<&dyn Clipping<T>> {
        Some(self)
    }

    fn capacity(&self) -> Option<&dyn Capacity<T>> {
        Some(self)
    }

    fn network(&self) -> Option<&dyn Network<T>> {
        Some(self)
    }

    fn augmentation(&self) -> Option<&dyn Augmentation<T>> {
        Some(self)
    }

    /// Every level of this machine, through the caches and past them, and what runs the same blocks alone.
    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        let mut all: Vec<(String, Box<dyn Target<T>>)> = Vec::new();
        for level in Level::available() {
            for (how, stream_from) in [("", usize::MAX), (" streaming", 0)] {
                let policy = Policy { level, stream_from, ..Self::at(level).policy };
                all.push((format!("{}{how}", level.name()), Box::new(Self::with(policy))));
            }
        }
        let alone = Policy { serial_below: usize::MAX, ..self.policy };
        all.push(("serial".to_string(), Box::new(Self::with(alone))));
        all
    }

    fn workers_seen(&self) -> Option<usize> {
        Some(self.workers.load(Ordering::Relaxed))
    }

    fn promises(&self) -> bool {
        true
    }
}
