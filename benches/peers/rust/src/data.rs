//! Cases, and the data that are the same in every contestant.

use std::collections::HashMap;

use crate::Result;

/// Which data: x, dy, γ, β. Penalties and clipping take x.
#[derive(Clone, Copy)]
pub enum Seed {
    X = 1,
    Dy = 2,
    Gamma = 3,
    Beta = 4,
}

/// In [−1, 1), never 0, a multiple of 2⁻²³: exact in `f32`.
fn value(i: usize, seed: Seed) -> f32 {
    let word =
        (i as u32).wrapping_mul(2654435761).wrapping_add((seed as u32).wrapping_mul(2246822519));
    let h = (word ^ (word >> 15)).wrapping_mul(2246822507);
    let h = h ^ (h >> 13);
    ((h >> 8) | 1) as f32 / 8388608.0 - 1.0
}

pub fn values(n: usize, seed: Seed) -> Vec<f32> {
    (0..n).map(|i| value(i, seed)).collect()
}

/// What goes into an activation: far enough from 0 to reach where it is flat.
pub fn spread(n: usize) -> Vec<f32> {
    values(n, Seed::X).into_iter().map(|x| 4.0 * x).collect()
}

/// From 0.5 to 2.5.
pub fn gamma(channels: usize) -> Vec<f32> {
    values(channels, Seed::Gamma).into_iter().map(|x| x + 1.5).collect()
}

pub fn norm(x: &[f32]) -> f64 {
    x.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt()
}

/// Thresholds of clipping in place: each a little lower, so that every call has to scale.
pub struct Thresholds(f64);

impl Thresholds {
    pub fn for_data(w: &[f32]) -> Self {
        Self(0.5 * norm(w))
    }
}

impl Iterator for Thresholds {
    type Item = f32;
    fn next(&mut self) -> Option<f32> {
        self.0 *= 0.9999;
        Some(self.0 as f32)
    }
}

/// `kernel key=value …`
pub struct Case {
    pub kernel: String,
    words: HashMap<String, String>,
}

impl Case {
    pub fn parsed(text: &str) -> Result<Self> {
        let mut words = text.split_whitespace();
        let kernel = words.next().ok_or("no kernel")?.to_owned();
        let pair = |word: &str| {
            let (key, value) = word.split_once('=').ok_or(format!("no key=value: {word}"))?;
            Ok((key.to_owned(), value.to_owned()))
        };
        Ok(Self { kernel, words: words.map(pair).collect::<Result<_>>()? })
    }

    fn word<T: std::str::FromStr>(&self, key: &str) -> Result<T> {
        let value = self.words.get(key).ok_or(format!("missing: {key}"))?;
        value.parse().map_err(|_| format!("no number: {key}={value}").into())
    }

    pub fn size(&self, key: &str) -> Result<usize> {
        self.word(key)
    }

    pub fn probability(&self) -> Result<f32> {
        self.word("p")
    }

    /// rows × channels
    pub fn rows(&self) -> Result<[usize; 2]> {
        Ok([self.size("rows")?, self.size("channels")?])
    }

    /// outer × channels × inner
    pub fn images(&self) -> Result<[usize; 3]> {
        Ok([self.size("outer")?, self.size("channels")?, self.size("inner")?])
    }

    /// Sizes of the tensors of clipping by norm: 161 are proportional to 1, 2, …, 161 like the
    /// layers of a network, other numbers are of one size. The last takes the rest.
    pub fn tensors(&self) -> Result<Vec<usize>> {
        let (count, n) = (self.size("tensors")?, self.size("n")?);
        let share = |i: usize| if count == 161 { n * i / (161 * 162 / 2) } else { n / count };
        let mut sizes: Vec<usize> = (1..count).map(share).collect();
        sizes.push(n - sizes.iter().sum::<usize>());
        Ok(sizes)
    }
}

/// `w` in pieces of these sizes.
pub fn cut(w: &[f32], sizes: &[usize]) -> Vec<Vec<f32>> {
    let mut rest = w;
    let piece = |&size: &usize| {
        let (piece, behind) = rest.split_at(size);
        rest = behind;
        piece.to_vec()
    };
    sizes.iter().map(piece).collect()
}
