//! The target's network beside the reference's, step by step.
//!
//! **In `f64`** each parameter may differ by 10⁻⁹ of the largest of its layer. (Of itself would be too
//! much to ask: the gradient of a bias before a batch norm is 0, and what both find there is rounding.)
//!
//! **In `f32`** nobody knows beforehand how fast roundings grow in a hundred steps of this network, so it
//! is measured: ten networks of the kernels in `f32` start with every parameter that is not 0 moved by one
//! unit in the last place, up or down. Each parameter of the target may be off by four times the spread of these ten,
//! the largest of its tensor. (Of ten numbers alone too little is known: where all ten find the same, by
//! chance, none is allowed to find another.)

use std::time::{Duration, Instant};

use evenkeel::{Fast, Reference};
use evenkeel_conformance::network::{Batch, Goal, Layer, Network};
use evenkeel_conformance::{Real, Refusal, Target};
use evenkeel_reference::random::{Stream, word};

use super::{Images, LAYERS, ROWS, RULE, draws};

/// After so many steps the parameters are compared.
pub(super) const STEPS: [usize; 3] = [1, 10, 100];

/// In `f64`: of the largest parameter of the layer.
const RELATIVE: f64 = 1e-9;

/// In `f32`: so many runs, in pairs with opposite signs.
const RUNS: u64 = 10;

/// In `f32`: times their spread.
const SPREADS: f64 = 4.0;

/// The seed of everything that is drawn.
const SEED: u64 = 1;

/// The largest difference after each of [`STEPS`], divided by what is allowed.
pub(super) struct Agreement {
    pub(super) single: [f64; STEPS.len()],
    pub(super) double: [f64; STEPS.len()],
    /// What a step of the reference takes, with the conversions of its contract.
    pub(super) step_of_reference: Duration,
}

impl Agreement {
    /// Whether a difference is larger than is allowed. NaN is.
    pub(super) fn is_broken(&self) -> bool {
        let holds = |ratio: &f64| *ratio <= 1.0;
        !(self.single.iter().all(holds) && self.double.iter().all(holds))
    }
}

/// Trains the reference in `f64`, the target in both precisions, and the ten.
///
/// # Errors
/// When one of them refuses a step.
pub(super) fn run(
    images: &Images,
    single: &dyn Network<f32>,
    double: &dyn Network<f64>,
) -> Result<Agreement, Refusal> {
    let draws = Draws::new(images)?;
    let begin = Instant::now();
    let truth = draws.train::<f64>(&Reference, &draws.start)?;
    let step_of_reference = begin.elapsed() / draws.batches.len() as u32;
    let double = draws.train(double, &draws.start)?;
    let single = draws.train(single, &draws.start)?;
    let yardstick = spreads(&draws)?;
    let scales = truth.each_ref().map(|truth| largest_of(&layers(), truth));
    let of = |k: usize, found: &[Vec<f64>], allowed: &[f64], factor: f64| {
        worst(&found[k], &truth[k], allowed, factor)
    };
    Ok(Agreement {
        single: [0, 1, 2].map(|k| of(k, &single, &yardstick[k], SPREADS)),
        double: [0, 1, 2].map(|k| of(k, &double, &scales[k], RELATIVE)),
        step_of_reference,
    })
}

/// What all runs have in common.
struct Draws<'a> {
    images: &'a Images,
    start: Vec<f64>,
    batches: Vec<Vec<usize>>,
    masks: Vec<Vec<bool>>,
}

impl<'a> Draws<'a> {
    fn new(images: &'a Images) -> Result<Self, Refusal> {
        let failed = |error: evenkeel_reference::Error| Refusal::Failed(error.to_string());
        let steps = STEPS[STEPS.len() - 1];
        let masks = (0..steps as u32).map(|step| draws::masks(SEED, step));
        Ok(Self {
            images,
            start: draws::start(SEED).map_err(failed)?,
            batches: draws::batches(SEED, steps),
            masks: masks.collect::<Result<_, _>>().map_err(failed)?,
        })
    }

    /// Parameters and running statistics after each of [`STEPS`].
    fn train<T: Real>(
        &self,
        network: &dyn Network<T>,
        start: &[f64],
    ) -> Result<[Vec<f64>; STEPS.len()], Refusal> {
        let round = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect::<Vec<T>>();
        let (mut parameters, mut statistics) = (round(start), round(&draws::statistics()));
        let mut snapshots = [const { Vec::new() }; STEPS.len()];
        for (k, (rows, keep)) in self.batches.iter().zip(&self.masks).enumerate() {
            let x = self.images.pixels(rows.iter().copied(), T::from_f64);
            let classes: Vec<usize> = rows.iter().map(|&i| self.images.classes[i]).collect();
            let batch = Batch { rows: ROWS, x: &x, goal: Goal::Classes(&classes), keep };
            network.step(&LAYERS, &batch, &RULE, &mut parameters, &mut statistics)?;
            if let Some(at) = STEPS.iter().position(|step| *step == k + 1) {
                let all = parameters.iter().chain(&statistics);
                snapshots[at] = all.map(|v| v.to_f64()).collect();
            }
        }
        Ok(snapshots)
    }
}

/// The spread of the ten runs after each of [`STEPS`]: for each number the largest of its tensor.
fn spreads(draws: &Draws<'_>) -> Result<[Vec<f64>; STEPS.len()], Refusal> {
    let fast = Fast::default();
    let network: Option<&dyn Network<f32>> = Target::<f32>::network(&fast);
    let network = network.ok_or(Refusal::NotOffered)?;
    let runs = (0..RUNS).map(|run| draws.train(network, &moved(&draws.start, run)));
    let runs: Vec<_> = runs.collect::<Result<_, _>>()?;
    let spread = |k: usize, i: usize| {
        let values = || runs.iter().map(|run| run[k][i]);
        values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
    };
    let spreads = |k: usize| (0..runs[0][k].len()).map(|i| spread(k, i)).collect::<Vec<f64>>();
    Ok([0, 1, 2].map(|k| largest_of(&tensors(), &spreads(k))))
}

/// Every parameter one unit in the last place higher or lower; runs 2r and 2r + 1 in opposite directions.
/// A 0 stays: its last place is nothing beside the others'.
fn moved(start: &[f64], run: u64) -> Vec<f64> {
    let stream = Stream { seed: run / 2, number: 0, step: 0 };
    let one = |(i, value): (usize, &f64)| {
        let value = *value as f32;
        let is_up = (word(stream, i as u64) & 1 == 1) == run.is_multiple_of(2);
        f64::from(if value == 0.0 {
            value
        } else if is_up {
            value.next_up()
        } else {
            value.next_down()
        })
    };
    start.iter().enumerate().map(one).collect()
}

/// How many parameters each layer has, and how long its running statistics are.
fn layers() -> Vec<usize> {
    LAYERS.iter().map(|layer| layer.parameters()).chain(statistics()).collect()
}

/// How long the running means and variances are.
fn statistics() -> impl Iterator<Item = usize> {
    LAYERS.iter().flat_map(|layer| match *layer {
        Layer::BatchNorm { width, .. } => vec![width; 2],
        _ => Vec::new(),
    })
}

/// How many numbers each tensor has: W, b; γ, β; then the running means and variances.
fn tensors() -> Vec<usize> {
    let of = |layer: &Layer| match *layer {
        Layer::Dense { inputs, outputs } => vec![inputs * outputs, outputs],
        Layer::BatchNorm { width, .. } | Layer::LayerNorm { width, .. } => vec![width, width],
        Layer::Activation(_) | Layer::Dropout { .. } => Vec::new(),
    };
    LAYERS.iter().flat_map(of).chain(statistics()).collect()
}

/// For each value the largest magnitude in its group; the groups lie one after the other.
fn largest_of(groups: &[usize], values: &[f64]) -> Vec<f64> {
    let mut rest = values;
    let of = |count: &usize| {
        let (own, others) = rest.split_at(*count);
        rest = others;
        let largest = own.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        vec![largest; own.len()]
    };
    groups.iter().flat_map(of).collect()
}

/// The largest difference, divided by `factor` times what each may be; NaN is the worst.
fn worst(found: &[f64], truth: &[f64], allowed: &[f64], factor: f64) -> f64 {
    let pairs = found.iter().zip(truth).zip(allowed);
    let ratios = pairs.map(|((found, truth), allowed)| match (found - truth).abs() {
        0.0 => 0.0,
        difference => difference / (factor * allowed),
    });
    ratios.fold(0.0, |most: f64, ratio| if ratio > most || ratio.is_nan() { ratio } else { most })
}

#[cfg(test)]
mod tests {
    use evenkeel::Precision;

    use super::*;

    fn of(label: &str) -> Agreement {
        let images = Images::load().unwrap();
        let (single, double) = (f32::mistake(label), f64::mistake(label));
        let (single, double) = (single.unwrap(), double.unwrap());
        run(&images, single.network().unwrap(), double.network().unwrap()).unwrap()
    }

    /// What a mistake does in a hundred steps is no rounding: both bounds see it, ten times over.
    #[test]
    fn mistakes_leave_the_reference_tenfold() {
        for label in ["net-dropout-scale", "net-mean-path", "net-decay-on-biases"] {
            let Agreement { single, double, .. } = of(label);
            println!("{label}: f32 {single:.1?}, f64 {double:?}");
            let worst = [single, double].map(|ratios| ratios.into_iter().fold(0.0, f64::max));
            assert!(worst.iter().all(|ratio| *ratio >= 10.0), "{label}: {single:?} {double:?}");
        }
    }

    #[test]
    fn the_base_of_the_mistakes_stays_with_the_reference() {
        let agreement = of("net-base");
        println!("net-base: f32 {:.3?}, f64 {:?}", agreement.single, agreement.double);
        assert!(!agreement.is_broken(), "{:?} {:?}", agreement.single, agreement.double);
    }
}
