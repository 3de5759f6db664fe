//! The way back of the mistakes' base.

use super::Fault;
use super::base::{Aim, Kept, Run, Start, Trail, bent, slope};
use crate::activation::Curve;
use crate::network::Layer;

/// Where a layer stands on the way back.
struct At<'a> {
    start: Start,
    /// What reaches the layer.
    x: &'a [f64],
    kept: &'a Kept,
    dy: &'a [f64],
}

impl Run {
    /// By x, and by the parameters. With a rate the fault is to move each layer's weights before the gradient goes on.
    pub(super) fn gradients(
        &self,
        aim: &Aim,
        trail: &Trail,
        early: Option<f64>,
    ) -> (Vec<f64>, Vec<f64>) {
        let mut dparameters = vec![0.0; self.parameters.len()];
        let mut dy = self.by_output(aim, &trail.values[self.layers.len()]);
        for (k, layer) in self.layers.iter().enumerate().rev() {
            let at =
                At { start: trail.starts[k], x: &trail.values[k], kept: &trail.kept[k], dy: &dy };
            let into = &mut dparameters[at.start.parameters..][..layer.parameters()];
            dy = self.back(*layer, &at, into, early);
        }
        if self.fault == Fault::NoInputGradient {
            dy.fill(0.0);
        }
        (dy, dparameters)
    }

    /// ∂L/∂z.
    fn by_output(&self, aim: &Aim, output: &[f64]) -> Vec<f64> {
        let width = output.len() / self.rows;
        let m = if self.fault == Fault::SumLoss { 1.0 } else { self.rows as f64 };
        match aim {
            Aim::Classes(classes) => {
                let row = |(z, class): (&[f64], &usize)| self.of_logits(z, *class);
                let all = output.chunks(width).zip(classes).flat_map(row);
                let unit = if self.fault == Fault::Log2 { 2.0_f64.ln() } else { 1.0 };
                all.map(|g| g / m / unit).collect()
            }
            Aim::Values(values) => {
                let m = if self.fault == Fault::MeanOverElements { m * width as f64 } else { m };
                let one = |(z, t): (&f64, &f64)| (self.near(*z) - self.near(*t)) / m;
                output.iter().zip(values).map(one).collect()
            }
        }
    }

    /// p − 1 for the class, p for the others.
    fn of_logits(&self, z: &[f64], class: usize) -> Vec<f64> {
        let shares = self.shares(z);
        let hot = |j: usize| f64::from(u8::from(j == class && self.fault != Fault::NoOneHot));
        if self.fault == Fault::SoftmaxTwice {
            // The gradient of the second softmax, pulled through the first.
            let again = self.shares(&shares);
            let pull: Vec<f64> = (0..z.len()).map(|j| again[j] - hot(j)).collect();
            let mean = self.sum(shares.iter().zip(&pull).map(|(p, g)| p * g));
            return shares.iter().zip(&pull).map(|(p, g)| p * (g - mean)).collect();
        }
        shares.iter().enumerate().map(|(j, p)| p - hot(j)).collect()
    }

    fn back(
        &self,
        layer: Layer,
        at: &At<'_>,
        dparameters: &mut [f64],
        early: Option<f64>,
    ) -> Vec<f64> {
        match layer {
            Layer::Dense { inputs, outputs } => {
                self.back_dense(at, (inputs, outputs), dparameters, early)
            }
            Layer::BatchNorm { width, .. } => {
                let rows = self.rows;
                let members = |c: usize| (0..rows).map(move |i| i * width + c);
                self.back_normalization(at, dparameters, width, members, false)
            }
            Layer::LayerNorm { width, .. } => {
                let members = |i: usize| (0..width).map(move |k| i * width + k);
                self.back_normalization(at, dparameters, self.rows, members, true)
            }
            Layer::Activation(curve) => self.back_curve(curve, at),
            Layer::Dropout { drop_probability } if self.fault == Fault::MaskNotInBackward => {
                at.dy.iter().map(|dy| dy / (1.0 - drop_probability)).collect()
            }
            Layer::Dropout { drop_probability } => {
                self.dropped(at.start, at.dy, drop_probability, true)
            }
        }
    }

    fn back_curve(&self, curve: Curve, at: &At<'_>) -> Vec<f64> {
        let one = |(x, dy): (&f64, &f64)| match (self.fault, curve) {
            (Fault::SlopeAtOutput, _) => dy * slope(curve, bent(curve, *x)),
            (Fault::MaskOfGradient, Curve::Relu) => dy.max(0.0),
            (Fault::NoSlope, _) => *dy,
            _ => self.near(dy * slope(curve, *x)),
        };
        at.x.iter().zip(at.dy).map(one).collect()
    }

    fn back_dense(
        &self,
        at: &At<'_>,
        (inputs, outputs): (usize, usize),
        dparameters: &mut [f64],
        early: Option<f64>,
    ) -> Vec<f64> {
        let At { start, x, dy, .. } = *at;
        let mut w = self.parameters[start.parameters..][..inputs * outputs].to_vec();
        for (place, dw) in dparameters.iter_mut().enumerate() {
            let weight = inputs * outputs;
            *dw = if place < weight {
                let (j, k) = match self.fault {
                    Fault::GradientTransposed => (place % outputs, place / outputs),
                    _ => (place / inputs, place % inputs),
                };
                self.sum_of_rows(|i| dy[i * outputs + j] * x[i * inputs + k])
            } else {
                self.by_bias(dy, outputs, place - weight)
            };
        }
        if let Some(rate) = early {
            w.iter_mut().zip(&*dparameters).for_each(|(w, dw)| *w -= rate * dw);
        }
        let weight = |j: usize, k: usize| match self.fault {
            Fault::Transposed => w[k * outputs + j],
            _ => w[j * inputs + k],
        };
        let one = |place: usize| {
            let (i, k) = (place / inputs, place % inputs);
            self.sum((0..outputs).map(|j| dy[i * outputs + j] * weight(j, k)))
        };
        (0..self.rows * inputs).map(one).collect()
    }

    fn by_bias(&self, dy: &[f64], outputs: usize, j: usize) -> f64 {
        let sum = self.sum_of_rows(|i| dy[i * outputs + j]);
        match self.fault {
            Fault::NoBiasGradient | Fault::NoBias => 0.0,
            Fault::BiasMean => sum / self.rows as f64,
            _ => sum,
        }
    }

    /// γ·r·(dy − …) of columns; of rows γ is inside.
    fn back_normalization<M: Iterator<Item = usize>>(
        &self,
        at: &At<'_>,
        dparameters: &mut [f64],
        groups: usize,
        members: impl Fn(usize) -> M,
        of_rows: bool,
    ) -> Vec<f64> {
        let At { start, x, kept, dy } = *at;
        let width = start.width;
        let gamma = &self.parameters[start.parameters..][..width];
        let inside = |i: usize| match (of_rows, self.fault) {
            (true, Fault::GammaOutside) => dy[i],
            _ => dy[i] * gamma[i % width],
        };
        let mut dx = vec![0.0; dy.len()];
        for group in 0..groups {
            let count = members(group).count() as f64;
            let hat = |i: usize| kept.normalized[i];
            let mut direct = self.sum(members(group).map(inside)) / count;
            let mut through = self.sum(members(group).map(|i| inside(i) * hat(i))) / count;
            match self.fault {
                Fault::NoMeanPath => direct = 0.0,
                Fault::Constants => (direct, through) = (0.0, 0.0),
                _ => {}
            }
            for i in members(group) {
                let left = self.near(inside(i)) - direct - self.near(hat(i) * through);
                let outside = of_rows && self.fault == Fault::GammaOutside;
                let factor = if outside { gamma[i % width] } else { 1.0 };
                dx[i] = factor * kept.rstd[group] * left;
            }
        }
        let (dgamma, dbeta) = dparameters.split_at_mut(width);
        for c in 0..width {
            let hat = |i: usize| {
                if self.fault == Fault::GammaByInput { x[i] } else { kept.normalized[i] }
            };
            dgamma[c] = self.sum_of_rows(|i| dy[i * width + c] * hat(i * width + c));
            dbeta[c] = self.sum_of_rows(|i| dy[i * width + c]);
        }
        dx
    }
}
