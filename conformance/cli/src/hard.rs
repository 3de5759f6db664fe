//! Inputs with a name: those on which implementations are known to fail, and the digits.

use std::io;

use evenkeel_conformance::batch_norm::Batch;
use evenkeel_conformance::clipping;
use evenkeel_conformance::inputs::{Hard, unit_at};
use evenkeel_conformance::layer_norm::{self, Layer};
use evenkeel_conformance::normalization::{Along, Case, Kind, examine};
use evenkeel_conformance::{Finding, Real, Shape, Strength, Target, Verdict};

use crate::digits::{self, PIXELS};

/// A named input and what became of it.
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: &'static str,
    /// The forward pass; of clipping, the norm.
    pub(crate) first: Verdict,
    /// The backward pass; of clipping, the gradient.
    pub(crate) second: Verdict,
}

impl Row {
    /// Whether a bound was broken.
    pub(crate) fn is_broken(&self) -> bool {
        !self.findings().is_empty()
    }

    /// What is wrong, a line each.
    pub(crate) fn findings(&self) -> Vec<String> {
        let told = |verdict: &Verdict| match verdict {
            Verdict::Fail(finding) => {
                let Finding { place, got, expected, allowed } = &**finding;
                Some(format!("{}: {place} is {got}, not {expected}, {allowed}", self.name))
            }
            _ => None,
        };
        [&self.first, &self.second].into_iter().filter_map(told).collect()
    }
}

/// Values per channel or row of a named hard input: a prime above four times the widest lanes.
const LENGTH: usize = 257;

/// A table of named inputs in both precisions.
pub(crate) struct Named {
    /// What the first column shows.
    pub(crate) title: &'static str,
    /// What the two verdicts are about.
    pub(crate) columns: [&'static str; 2],
    /// In `f32`.
    pub(crate) single: Vec<Row>,
    /// In `f64`.
    pub(crate) double: Vec<Row>,
}

/// Every table for these targets.
///
/// # Errors
/// When the data in the program are damaged.
pub(crate) fn tables(single: &dyn Target<f32>, double: &dyn Target<f64>) -> io::Result<Vec<Named>> {
    let mut tables = Vec::new();
    let mut add = |title, columns, single, double| {
        tables.push(Named { title, columns, single, double });
    };
    let passes = ["y", "dx"];
    if single.batch_norm().is_some() {
        add("batch norm, 257 × 2", passes, channels(single), channels(double));
        let (single, double) = (columns_of_digits(single)?, columns_of_digits(double)?);
        add("batch norm, real data", passes, single, double);
    }
    if single.layer_norm().is_some() {
        add("layer norm, 2 × 257", passes, rows(single), rows(double));
        let (single, double) = (rows_of_digits(single)?, rows_of_digits(double)?);
        add("layer norm, real data", passes, single, double);
    }
    if single.clipping().is_some() {
        add("clipping by norm", ["norm", "g"], gradients(single), gradients(double));
    }
    Ok(tables)
}

/// A value of the input from its place and a number in [−2, 2].
type Value = fn(usize, f64) -> f64;

/// The ε of most frameworks.
const USUAL: f64 = 1e-5;

/// The named hard inputs: what they are, ε (0 where 10⁻⁵ would hide the data), and value k from a number in [−2, 2].
///
/// The first five are inputs on which released frameworks return NaN or noise.
fn named<T: Real>() -> Vec<(&'static str, f64, Value)> {
    vec![
        ("40000 … 40003", USUAL, |k, _| 40_000.0 + (k % 4) as f64),
        ("constant 1234.0", USUAL, |_, _| 1234.0),
        ("constant 0.1", USUAL, |_, _| 0.1),
        ("mean 2000, deviation 1", USUAL, |_, z| 2000.0 + z),
        ("mean 10⁴, deviation 1", USUAL, |_, z| 1e4 + z),
        ("mean 10⁷, deviation 1", USUAL, |_, z| 1e7 + z),
        ("one last place apart", USUAL, |k, z| Hard::OneUlp.value::<T>(k, z, 0.6)),
        ("an outlier of 10⁶", USUAL, |k, z| Hard::OutlierFirst.value::<T>(k, z, 0.0)),
        ("near the largest", USUAL, |k, z| Hard::Largest.value::<T>(k, z, 0.0)),
        ("squares overflow", USUAL, |k, z| Hard::SquaresOverflow.value::<T>(k, z, 1.0)),
        ("squares underflow", 0.0, |k, z| Hard::SquaresUnderflow.value::<T>(k, z, 1.0)),
        ("subnormal", 0.0, |k, z| Hard::Subnormal.value::<T>(k, z, 0.0)),
    ]
}

/// The named hard inputs as two channels.
fn channels<T: Real>(target: &dyn Target<T>) -> Vec<Row> {
    let shape = Shape::new(LENGTH, 2, 1);
    named::<T>().into_iter().map(|input| hard_row::<T, Batch>(target, shape, input)).collect()
}

/// The named hard inputs as two rows, and the rows that layer normalisations have got wrong.
fn rows<T: Real>(target: &dyn Target<T>) -> Vec<Row> {
    let shape = Shape::new(2, LENGTH, 1);
    let shared = named::<T>().into_iter();
    let known = layer_norm::known(2, LENGTH).into_iter();
    let own = known.filter(|(name, _)| named::<T>().iter().all(|(other, ..)| other != name));
    shared
        .map(|input| hard_row::<T, Layer>(target, shape, input))
        .chain(own.map(|(name, case)| row(name, target, &case)))
        .collect()
}

fn hard_row<T: Real, K: Kind>(
    target: &dyn Target<T>,
    shape: Shape,
    (name, epsilon, value): (&'static str, f64, Value),
) -> Row {
    let place = |i: usize| match K::ALONG {
        Along::Channels => i / 2,
        Along::Rows => i % LENGTH,
    };
    let case = case::<T, K>(shape, epsilon, |i| value(place(i), unit_at(1, i)));
    row(name, target, &case)
}

/// The digits, pixels as features and whole images as one channel.
fn columns_of_digits<T: Real>(target: &dyn Target<T>) -> io::Result<Vec<Row>> {
    let pixels = digits::pixels()?;
    let images = pixels.len() / PIXELS;
    let layouts = [
        ("digits, 1797 × 64", Shape::new(images, PIXELS, 1)),
        ("digits, 1797 × 1 × 8 × 8", Shape::new(images, 1, PIXELS)),
    ];
    let one = |(name, shape)| row(name, target, &case::<T, Batch>(shape, USUAL, |i| pixels[i]));
    Ok(layouts.into_iter().map(one).collect())
}

/// The digits, an image a row, and a line of eight pixels a row.
fn rows_of_digits<T: Real>(target: &dyn Target<T>) -> io::Result<Vec<Row>> {
    const LINE: usize = 8;
    let pixels = digits::pixels()?;
    let layouts = [
        ("digits, 1797 × 64", Shape::new(pixels.len() / PIXELS, PIXELS, 1)),
        ("digits, 14376 × 8", Shape::new(pixels.len() / LINE, LINE, 1)),
    ];
    let one = |(name, shape)| row(name, target, &case::<T, Layer>(shape, USUAL, |i| pixels[i]));
    Ok(layouts.into_iter().map(one).collect())
}

/// Gradients that clippings have got wrong: the norm, and what they become.
fn gradients<T: Real>(target: &dyn Target<T>) -> Vec<Row> {
    let one = |(name, case): (&'static str, clipping::Case<T>)| {
        let [first, second] = clipping::examine(strength_of(target), target, &case);
        Row { name, first, second }
    };
    clipping::known::<T>().into_iter().map(one).collect()
}

/// PROMISE where the target makes it, else SHOULD.
fn strength_of<T: Real>(target: &dyn Target<T>) -> Strength {
    if target.promises() { Strength::Promise } else { Strength::Should }
}

fn row<T: Real, K: Kind>(name: &'static str, target: &dyn Target<T>, case: &Case<T, K>) -> Row {
    let [first, second] = examine(strength_of(target), target, case);
    Row { name, first, second }
}

fn case<T: Real, K: Kind>(shape: Shape, epsilon: f64, value: impl Fn(usize) -> f64) -> Case<T, K> {
    let all = |length: usize, value: &dyn Fn(usize) -> f64| -> Vec<T> {
        (0..length).map(|i| T::from_f64(value(i))).collect()
    };
    let parameter = |stream: u64| all(shape.channels, &|c| unit_at(stream, c));
    Case {
        shape,
        x: all(shape.len(), &value),
        gamma: parameter(3),
        beta: parameter(4),
        epsilon,
        dy: all(shape.len(), &|i| unit_at(5, i)),
        own: K::own(&vec![[0.0, 1.0]; shape.channels], 0.1, true),
    }
}
