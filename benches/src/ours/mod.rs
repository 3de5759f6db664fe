//! Our contestant: every kernel of the comparison through `evenkeel-fast`'s public functions.
//!
//! `f32`, outputs and scratch memory kept between calls. All calls of a run stand inside one `install` of
//! a pool, as a training loop would have it.

mod elementwise;
mod normalization;
mod random;
mod sums;
mod traffic;
mod training;

use std::time::{Duration, Instant};

use evenkeel_fast::{Error, Policy, Workspace};
use rayon::ThreadPool;

use crate::case::{BadCase, Case};
use crate::data::values;
use crate::protocol::Contestant;

/// What every call is lent.
#[derive(Debug, Default)]
struct Lent {
    workspace: Workspace,
    policy: Policy,
}

/// The time of so many calls that write `output`.
type Timed = Box<dyn FnMut(&mut [f32], usize, &mut Lent) -> Result<Duration, Error> + Send>;

/// A way to compute a case, with its buffers.
struct Offer {
    name: &'static str,
    output: Vec<f32>,
    timed: Timed,
    /// Whether the output is the same for everybody: it is not drawn.
    checked: bool,
}

impl Offer {
    /// The variant `out`: a call into a kept buffer, or in place.
    fn out(
        output: Vec<f32>,
        mut call: impl FnMut(&mut [f32], &mut Lent) -> Result<(), Error> + Send + 'static,
    ) -> Self {
        Self::timed(output, move |output, calls, lent| {
            let start = Instant::now();
            (0..calls).try_for_each(|_| call(output, lent)).map(|()| start.elapsed())
        })
    }

    /// The variant `out` of what has to be laid out before its calls.
    fn timed(
        output: Vec<f32>,
        timed: impl FnMut(&mut [f32], usize, &mut Lent) -> Result<Duration, Error> + Send + 'static,
    ) -> Self {
        Self { name: "out", output, timed: Box::new(timed), checked: true }
    }

    fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The output is drawn: there is no sum to compare.
    fn drawn(self) -> Self {
        Self { checked: false, ..self }
    }
}

/// All ways that there are to compute a case: none for kernels of others.
fn offers(case: &Case) -> Result<Vec<Offer>, BadCase> {
    match &*case.kernel {
        "layer_norm_forward" => normalization::layer_norm_forward(case),
        "layer_norm_backward" => normalization::layer_norm_backward(case),
        "batch_norm_forward" => normalization::batch_norm_forward(case),
        "batch_norm_backward" => normalization::batch_norm_backward(case),
        "l1_gradient" | "l2_gradient" => elementwise::penalty_gradient(case),
        "clip_value" => elementwise::clip_value(case),
        "rotation" => elementwise::rotation(case),
        "l1_value" | "l2_value" => sums::penalty(case),
        "clip_norm" => sums::clip_norm(case),
        "dropout_forward" | "dropout_backward" => random::dropout(case),
        "uniform_fill" | "normal_fill" => random::fill(case),
        "noise" => random::noise(case),
        "training_step" => training::step(case),
        "roofline" | "copy" | "copy_streaming" | "read" | "write" | "triad" => {
            traffic::offers(case)
        }
        _ => elementwise::activation(case),
    }
}

/// A buffer for a result, its pages touched.
fn room(length: usize) -> Vec<f32> {
    vec![1.0; length]
}

/// `values`, times `factor` and then plus `shift`.
fn scaled(length: usize, seed: u32, factor: f32, shift: f32) -> Vec<f32> {
    let mut all = values::<f32>(length, seed);
    all.iter_mut().for_each(|v| *v = *v * factor + shift);
    all
}

/// The kernels on one pool of threads.
pub struct Ours {
    pool: ThreadPool,
    lent: Lent,
    offers: Vec<Offer>,
}

impl Ours {
    /// On so many threads.
    #[must_use]
    pub fn new(threads: usize, policy: Policy) -> Self {
        let lent = Lent { policy, ..Lent::default() };
        Self { pool: crate::pool(threads), lent, offers: Vec::new() }
    }

    fn find(&self, variant: &str) -> Result<usize, String> {
        let found = self.offers.iter().position(|offer| offer.name == variant);
        found.ok_or_else(|| format!("no variant {variant:?}"))
    }
}

impl Contestant for Ours {
    fn versions(&self) -> String {
        let level = self.lent.policy.level.name();
        format!("evenkeel-fast {}, {level}", env!("CARGO_PKG_VERSION"))
    }

    fn prepare(&mut self, case: &Case) -> Result<Vec<String>, String> {
        self.drop_case();
        self.offers = offers(case).map_err(|bad| bad.to_string())?;
        let names: Vec<String> = self.offers.iter().map(|offer| offer.name.into()).collect();
        // Scratch memory grows in the first call.
        names.iter().try_for_each(|name| self.calls(name, 1).map(|_| ()))?;
        Ok(names)
    }

    fn check(&self, variant: &str) -> Result<Option<f64>, String> {
        let Offer { output, checked, .. } = &self.offers[self.find(variant)?];
        Ok(checked.then(|| output.iter().map(|v| f64::from(v.abs())).sum()))
    }

    fn run(&mut self, variant: &str, calls: usize) -> Result<Duration, String> {
        self.calls(variant, 1)?;
        self.calls(variant, calls)
    }

    fn drop_case(&mut self) {
        self.offers = Vec::new();
        self.lent.workspace = Workspace::new();
    }
}

impl Ours {
    fn calls(&mut self, variant: &str, calls: usize) -> Result<Duration, String> {
        let at = self.find(variant)?;
        let Self { pool, lent, offers } = self;
        let Offer { output, timed, .. } = &mut offers[at];
        pool.install(|| timed(output, calls, lent)).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests;
