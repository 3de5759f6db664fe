//! Noise and blur, in `f64`, rounded once.

use super::types::{Blur, Border};
use crate::element::sealed::Lanes;

/// y = x + σ·z, limited; NaN stays NaN.
#[inline(always)]
pub(super) fn add_noise<T: Lanes>(
    deviation: f64,
    limits: Option<[f64; 2]>,
    normals: &[T],
    x: &[T],
    y: &mut [T],
) {
    let [low, high] = limits.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
    for ((y, x), z) in y.iter_mut().zip(x).zip(normals) {
        let x = x.to_f64();
        let noisy = if deviation == 0.0 { x } else { x + deviation * z.to_f64() };
        let limited = if noisy < low { low } else { noisy };
        *y = T::round(if limited > high { high } else { limited });
    }
}

/// What a blur of channels of one size needs beside them.
#[derive(Debug, Clone, Copy)]
pub struct Mean {
    size: [usize; 2],
    blur: Blur,
}

impl Mean {
    pub(super) fn new(size: [usize; 2], blur: &Blur) -> Self {
        Self { size, blur: *blur }
    }

    /// Whether everything stays as it is.
    pub(super) fn is_nothing(&self) -> bool {
        self.blur.deviation == 0.0 || self.blur.radius == 0
    }

    /// How many numbers of scratch a channel takes: weights, a line with its borders, a line of sums,
    /// and the channel blurred along its rows.
    pub(super) fn scratch(&self) -> usize {
        let (taps, [h, w]) = (self.taps(), self.size);
        if self.is_nothing() { 0 } else { taps + (w + taps) + w + h * w }
    }

    fn taps(&self) -> usize {
        2 * self.blur.radius + 1
    }

    /// w_k = exp(−k²/(2σ²)) over their sum.
    fn weights(&self, weights: &mut [f64]) {
        let Blur { deviation, radius, .. } = self.blur;
        for (n, weight) in weights.iter_mut().enumerate() {
            // k/σ first: σ² may be 0 where σ is not.
            let ratio = n.abs_diff(radius) as f64 / deviation;
            *weight = if n == radius { 1.0 } else { (-ratio * ratio / 2.0).exp() };
        }
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }

    /// Blurs a channel along its rows, then along its columns.
    #[inline(always)]
    pub(super) fn channel<T: Lanes>(&self, x: &[T], y: &mut [T], scratch: &mut [f64]) {
        let (taps, radius, [h, w]) = (self.taps(), self.blur.radius, self.size);
        let (weights, rest) = scratch.split_at_mut(taps);
        let (padded, rest) = rest.split_at_mut(w + taps);
        let (sums, rest) = rest.split_at_mut(w);
        let rows = &mut rest[..h * w];
        self.weights(weights);
        for (x, row) in x.chunks_exact(w).zip(rows.chunks_exact_mut(w)) {
            for (k, padded) in padded[..w + taps - 1].iter_mut().enumerate() {
                let k = within(k as i64 - radius as i64, w as i64, self.blur.border);
                *padded = x[k].to_f64();
            }
            row.fill(0.0);
            for (n, weight) in weights.iter().enumerate() {
                add(*weight, &padded[n..n + w], row);
            }
        }
        for (i, y) in y.chunks_exact_mut(w).enumerate() {
            sums.fill(0.0);
            for (n, weight) in weights.iter().enumerate() {
                let k = i as i64 + n as i64 - radius as i64;
                let k = within(k, h as i64, self.blur.border);
                add(*weight, &rows[k * w..(k + 1) * w], sums);
            }
            y.iter_mut().zip(&*sums).for_each(|(y, sum)| *y = T::round(*sum));
        }
    }
}

/// sums + weight·line, place by place.
#[inline(always)]
fn add(weight: f64, line: &[f64], sums: &mut [f64]) {
    for (sum, value) in sums.iter_mut().zip(line) {
        *sum += weight * value;
    }
}

/// The pixel that stands at place k of a line.
#[inline(always)]
fn within(k: i64, size: i64, border: Border) -> usize {
    if (0..size).contains(&k) {
        return k as usize;
    }
    let place = match border {
        Border::Replicate => k.clamp(0, size - 1),
        Border::Reflect => {
            let period = (2 * (size - 1)).max(1);
            let k = k.rem_euclid(period);
            k.min(period - k).min(size - 1)
        }
    };
    place as usize
}
