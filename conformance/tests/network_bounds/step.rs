//! The step of a sound network, written in two ways, and the contract.

use evenkeel_conformance::network::{Batch, Layer, Net, Network, Rule, Taken};
use evenkeel_conformance::regularization::Penalty;
use evenkeel_conformance::{Real, Refusal};

use super::forward::{Sound, Trail, Way, num};

/// Parameters and statistics after a step, and what it tells.
type Stepped<T> = (Vec<T>, Vec<T>, Taken<T>);

impl Sound {
    fn step<T: Real>(
        self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        rule: &Rule,
    ) -> Result<Stepped<T>, Refusal> {
        let trail = self.forward(net, batch.rows, batch.x, Some(batch.keep));
        let loss = self.loss(batch, &trail.values[net.layers.len()]);
        let mut g = self.gradients(net, batch, &trail).1;
        if let Some(bad) = g.iter().chain([&loss]).find(|g| !g.is_finite()) {
            return Err(Refusal::invalid("gradient", bad, "finite"));
        }
        let (rate, lambda) = (num::<T>(rule.learning_rate), num::<T>(rule.lambda));
        let mut is_weight = vec![];
        for layer in net.layers {
            let weights = match *layer {
                Layer::Dense { inputs, outputs } => inputs * outputs,
                _ => 0,
            };
            is_weight.extend((0..layer.parameters()).map(|i| i < weights));
        }
        let weights = || net.parameters.iter().zip(&is_weight).filter(|(_, is)| **is);
        let size = |w: T| if w < num(0.0) { -w } else { w };
        let each: Vec<T> = match rule.penalty {
            Penalty::L1 => weights().map(|(w, _)| size(*w)).collect(),
            Penalty::L2 => weights().map(|(w, _)| *w * *w).collect(),
        };
        let half = if rule.penalty == Penalty::L1 { num(1.0) } else { num::<T>(0.5) };
        let penalty = half * lambda * self.sum(each.into_iter());
        let plain = g.clone();
        for ((g, w), _) in g.iter_mut().zip(net.parameters).zip(&is_weight).filter(|(_, is)| **is) {
            let sign = num::<T>(f64::from(*w > num(0.0)) - f64::from(*w < num(0.0)));
            *g = *g + lambda * if rule.penalty == Penalty::L1 { sign } else { *w };
        }
        let norm = self.sum(g.iter().map(|g| *g * *g)).sqrt();
        let clips = norm.to_f64() > rule.threshold;
        let factor = if clips { num::<T>(rule.threshold) / norm } else { num(1.0) };
        let decays = !self.is_plain() && !clips && rule.penalty == Penalty::L2;
        let moved = |i: usize| {
            let theta = net.parameters[i];
            match self.0 {
                Way::Other if decays && is_weight[i] => {
                    theta * (num::<T>(1.0) - rate * lambda) - rate * plain[i]
                }
                Way::Other => theta - (rate * factor) * g[i],
                Way::Plain => theta - rate * (g[i] * factor),
            }
        };
        let parameters = (0..g.len()).map(moved).collect();
        Ok((parameters, self.running(net, batch.rows, &trail), Taken { loss, penalty, norm }))
    }

    fn running<T: Real>(self, net: &Net<'_, T>, rows: usize, trail: &Trail<T>) -> Vec<T> {
        let mut all: Vec<T> = vec![];
        let m = rows as f64;
        for (layer, kept) in net.layers.iter().zip(&trail.kept) {
            let Layer::BatchNorm { weight_of_new, .. } = *layer else { continue };
            let w = num::<T>(weight_of_new);
            let variances = kept.variance.iter().map(|v| *v * num(m) / num(m - 1.0));
            for new in kept.mean.iter().copied().chain(variances).collect::<Vec<T>>() {
                let old = net.statistics[all.len()];
                all.push(match self.0 {
                    Way::Plain => (num::<T>(1.0) - w) * old + w * new,
                    Way::Other => old + w * (new - old),
                });
            }
        }
        all
    }
}

impl<T: Real> Network<T> for Sound {
    fn inference(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        net.check_inference(rows, x, y)?;
        y.copy_from_slice(&Sound::forward(*self, net, rows, x, None).values[net.layers.len()]);
        Ok(())
    }

    fn forward(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: &[bool],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        net.check_forward(rows, x, keep, y)?;
        let trail = Sound::forward(*self, net, rows, x, Some(keep));
        y.copy_from_slice(&trail.values[net.layers.len()]);
        Ok(())
    }

    fn loss(&self, net: &Net<'_, T>, batch: &Batch<'_, T>) -> Result<T, Refusal> {
        batch.check(net)?;
        let trail = Sound::forward(*self, net, batch.rows, batch.x, Some(batch.keep));
        Ok(Sound::loss(*self, batch, &trail.values[net.layers.len()]))
    }

    fn gradients(
        &self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        dx: &mut [T],
        dparameters: &mut [T],
    ) -> Result<(), Refusal> {
        batch.check_gradients(net, dx, dparameters)?;
        let trail = Sound::forward(*self, net, batch.rows, batch.x, Some(batch.keep));
        let (by_x, by_parameters) = Sound::gradients(*self, net, batch, &trail);
        dx.copy_from_slice(&by_x);
        dparameters.copy_from_slice(&by_parameters);
        Ok(())
    }

    fn step(
        &self,
        layers: &[Layer],
        batch: &Batch<'_, T>,
        rule: &Rule,
        parameters: &mut [T],
        statistics: &mut [T],
    ) -> Result<Taken<T>, Refusal> {
        let net = Net { layers, parameters: &*parameters, statistics: &*statistics };
        batch.check(&net)?;
        rule.check()?;
        let (moved, averaged, taken) = Sound::step(*self, &net, batch, rule)?;
        parameters.copy_from_slice(&moved);
        statistics.copy_from_slice(&averaged);
        Ok(taken)
    }
}
