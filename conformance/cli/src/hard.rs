//! Inputs with a name: those on which implementations are known to fail, and the digits.

use std::io;

use evenkeel_conformance::batch_norm::{Case, Variance, examine};
use evenkeel_conformance::inputs::{Hard, unit_at};
use evenkeel_conformance::{Finding, Real, Shape, Strength, Target, Verdict};

use crate::digits::{self, PIXELS};

/// A named input and what became of it.
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: &'static str,
    /// The forward pass.
    pub(crate) forward: Verdict,
    /// The backward pass.
    pub(crate) backward: Verdict,
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
        [&self.forward, &self.backward].into_iter().filter_map(told).collect()
    }
}

/// Values per channel of a named hard input: a prime above four times the widest lanes.
const LENGTH: usize = 257;

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

/// Runs the named hard inputs.
pub(crate) fn rows<T: Real>(target: &dyn Target<T>) -> Vec<Row> {
    let shape = Shape::new(LENGTH, 2, 1);
    let inputs = named::<T>().into_iter();
    inputs
        .map(|(name, epsilon, value)| {
            let case = case::<T>(shape, epsilon, |i| value(i / 2, unit_at(1, i)));
            row(name, target, &case)
        })
        .collect()
}

/// Runs the digits: pixels as features, and whole images as one channel.
///
/// # Errors
/// When the data in the program are damaged.
pub(crate) fn digits<T: Real>(target: &dyn Target<T>) -> io::Result<Vec<Row>> {
    let pixels = digits::pixels()?;
    let images = pixels.len() / PIXELS;
    let layouts = [
        ("digits, 1797 × 64", Shape::new(images, PIXELS, 1)),
        ("digits, 1797 × 1 × 8 × 8", Shape::new(images, 1, PIXELS)),
    ];
    let one = |(name, shape)| row(name, target, &case::<T>(shape, USUAL, |i| pixels[i]));
    Ok(layouts.into_iter().map(one).collect())
}

/// PROMISE where the target makes it, else SHOULD.
fn row<T: Real>(name: &'static str, target: &dyn Target<T>, case: &Case<T>) -> Row {
    let strength = if target.promises() { Strength::Promise } else { Strength::Should };
    let [forward, backward] = examine(strength, target, case);
    Row { name, forward, backward }
}

fn case<T: Real>(shape: Shape, epsilon: f64, value: impl Fn(usize) -> f64) -> Case<T> {
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
        mean: parameter(6),
        variance: all(shape.channels, &|c| 0.5 + unit_at(7, c).abs()),
        weight_of_new: 0.1,
        convention: Variance::Unbiased,
    }
}
