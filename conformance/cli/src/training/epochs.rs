//! The kernels' network, trained to the end from five seeds.

use std::ops::Range;
use std::time::{Duration, Instant};

use evenkeel::{kernel_layer, kernel_rule};
use evenkeel_fast::network::{Batch, Goal, Masks, Network, Scratch};
use evenkeel_fast::{Element, Error};
use indicatif::ProgressBar;

use super::draws::{self, STEPS};
use super::{CLASSES, Images, LAYERS, ROWS, RULE, TEST, TRAIN, regression};
use crate::digits::PIXELS;
use crate::progress;

/// How long it is trained.
const EPOCHS: u32 = 30;

/// The seeds of weights, masks and order.
const SEEDS: Range<u64> = 1..6;

/// What is looked at after an epoch, over the seeds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Epoch {
    pub(super) number: u32,
    /// Mean loss of the steps, with dropout.
    pub(super) training: f64,
    /// Loss of all rows of training, in inference.
    pub(super) train: f64,
    /// Loss of the test, in inference.
    pub(super) test: f64,
    /// Share of the test that is told rightly.
    pub(super) accuracy: f64,
}

/// What came of it.
pub(super) struct Trained {
    /// Means over the seeds, epoch by epoch.
    pub(super) epochs: Vec<Epoch>,
    /// The share of the test at the end, for each seed.
    pub(super) accuracies: Vec<f64>,
    /// Softmax regression beside it.
    pub(super) regression: regression::Regression,
    /// What a step of the kernels takes.
    pub(super) step: Duration,
}

/// Trains from every seed.
///
/// # Errors
/// None that is known: the kernels' own, if they refused a step.
pub(super) fn run(images: &Images) -> Result<Trained, Error> {
    let bar = progress::bar(SEEDS.count() * EPOCHS as usize);
    let mut epochs = vec![Epoch::default(); EPOCHS as usize];
    let (mut accuracies, mut time) = (Vec::new(), Duration::ZERO);
    for seed in SEEDS {
        let mut run = Run::new(images, seed)?;
        for (number, mean) in (1..).zip(&mut epochs) {
            let epoch = run.epoch(number)?;
            mean.add(&epoch, SEEDS.count() as f64);
            tell(&bar, seed, &epoch);
        }
        accuracies.push(run.judged(TEST)?.1);
        time += run.time;
    }
    bar.finish_and_clear();
    let step = time / (SEEDS.count() as u32 * EPOCHS * STEPS as u32);
    Ok(Trained { epochs, accuracies, regression: regression::run(images)?, step })
}

fn tell(bar: &ProgressBar, seed: u64, epoch: &Epoch) {
    let Epoch { number, training, accuracy, .. } = epoch;
    bar.inc(1);
    let accuracy = 100.0 * accuracy;
    bar.set_message(format!(
        "seed {seed} epoch {number}: loss {training:.3}, test {accuracy:.1} %"
    ));
}

impl Epoch {
    /// Adds a part of the mean over so many seeds.
    fn add(&mut self, epoch: &Self, seeds: f64) {
        self.number = epoch.number;
        self.training += epoch.training / seeds;
        self.train += epoch.train / seeds;
        self.test += epoch.test / seeds;
        self.accuracy += epoch.accuracy / seeds;
    }
}

/// The network of one seed.
struct Run<'a> {
    images: &'a Images,
    seed: u64,
    network: Network<f32>,
    scratch: Scratch<f32>,
    steps: u32,
    /// In steps alone.
    time: Duration,
}

impl<'a> Run<'a> {
    fn new(images: &'a Images, seed: u64) -> Result<Self, Error> {
        let mut network = Network::new(&LAYERS.map(kernel_layer))?;
        let mut scratch = Scratch::default();
        network.initialize(seed, &mut scratch)?;
        Ok(Self { images, seed, network, scratch, steps: 0, time: Duration::ZERO })
    }

    fn epoch(&mut self, number: u32) -> Result<Epoch, Error> {
        let mut training = 0.0;
        for rows in draws::order(self.seed, number - 1).chunks_exact(ROWS) {
            training += self.step(rows)? / STEPS as f64;
        }
        let ((train, _), (test, accuracy)) = (self.judged(TRAIN)?, self.judged(TEST)?);
        Ok(Epoch { number, training, train, test, accuracy })
    }

    fn step(&mut self, rows: &[usize]) -> Result<f64, Error> {
        let x = self.images.pixels(rows.iter().copied(), |grey| grey as f32);
        let classes: Vec<usize> = rows.iter().map(|&i| self.images.classes[i]).collect();
        let masks = Masks::Drawn { seed: self.seed, step: self.steps };
        let batch = Batch { rows: rows.len(), x: &x, goal: Goal::Classes(&classes), masks };
        let begin = Instant::now();
        let taken = self.network.step(&batch, &kernel_rule(RULE), &mut self.scratch)?;
        self.time += begin.elapsed();
        self.steps += 1;
        Ok(taken.loss.into())
    }

    /// Loss and share of some rows, in inference.
    fn judged(&mut self, rows: Range<usize>) -> Result<(f64, f64), Error> {
        let x = self.images.pixels(rows.clone(), |grey| grey as f32);
        let z = answers(&self.network, &x, &mut self.scratch)?;
        let pairs = || z.chunks_exact(CLASSES).zip(&self.images.classes[rows.clone()]);
        let loss: f64 = pairs().map(|(z, class)| cross_entropy(z, *class)).sum();
        let right = pairs().filter(|(z, class)| answer(z) == **class).count() as f64;
        Ok((loss / rows.len() as f64, right / rows.len() as f64))
    }
}

/// The share of some rows that a network tells rightly.
///
/// # Errors
/// None that is known: the kernels' own.
pub(super) fn accuracy(
    network: &Network<f64>,
    images: &Images,
    rows: Range<usize>,
    scratch: &mut Scratch<f64>,
) -> Result<f64, Error> {
    let z = answers(network, &images.pixels(rows.clone(), |grey| grey), scratch)?;
    let answers = z.chunks_exact(CLASSES).map(answer);
    let right =
        answers.zip(&images.classes[rows.clone()]).filter(|(answer, class)| answer == *class);
    Ok(right.count() as f64 / rows.len() as f64)
}

fn answers<T: Element>(
    network: &Network<T>,
    x: &[T],
    scratch: &mut Scratch<T>,
) -> Result<Vec<T>, Error> {
    let rows = x.len() / PIXELS;
    let mut z = vec![T::default(); rows * CLASSES];
    network.inference(rows, x, &mut z, scratch)?;
    Ok(z)
}

/// The class with the largest logit.
fn answer<T: Copy + Into<f64>>(z: &[T]) -> usize {
    let logit = |j: usize| -> f64 { z[j].into() };
    (0..z.len()).max_by(|&a, &b| logit(a).total_cmp(&logit(b))).unwrap_or(0)
}

fn cross_entropy(z: &[f32], class: usize) -> f64 {
    let z: Vec<f64> = z.iter().map(|z| f64::from(*z)).collect();
    let most = z.iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = z.iter().map(|z| (z - most).exp()).sum();
    sum.ln() + most - z[class]
}
