//! The losses of the mistakes' base.

use super::Fault;
use super::base::{Aim, Run};

impl Run {
    /// The loss of what the network gave.
    pub(super) fn loss(&self, aim: &Aim, output: &[f64]) -> f64 {
        let width = output.len() / self.rows;
        let m = if self.fault == Fault::SumLoss { 1.0 } else { self.rows as f64 };
        match aim {
            Aim::Classes(classes) => {
                let row = |(z, class): (&[f64], &usize)| self.of_row(z, *class);
                let sum = self.sum(output.chunks(width).zip(classes).map(row));
                if self.fault == Fault::Log2 { sum / m / 2.0_f64.ln() } else { sum / m }
            }
            Aim::Values(values) => {
                let square = |(z, t): (&f64, &f64)| {
                    let off = self.near(*z) - self.near(*t);
                    off * off
                };
                let sum = self.sum(output.iter().zip(values).map(square));
                match self.fault {
                    Fault::NoHalf => sum / m,
                    Fault::MeanOverElements => sum / (2.0 * m * width as f64),
                    _ => sum / (2.0 * m),
                }
            }
        }
    }

    /// ln Σ e^z − z_c.
    fn of_row(&self, z: &[f64], class: usize) -> f64 {
        if self.fault == Fault::SoftmaxTwice {
            let shares = self.shares(z);
            let sum = self.sum(shares.iter().map(|p| p.exp()));
            return sum.ln() - shares[class];
        }
        if self.fault == Fault::Overflow {
            let sum = self.sum(z.iter().map(|z| (self.round)(z.exp())));
            return (self.round)(sum).ln() - z[class];
        }
        let most = highest(z);
        let sum = self.sum(z.iter().map(|z| (self.near(*z) - most).exp()));
        self.near(sum.ln()) - (self.near(z[class]) - most)
    }

    /// The softmax of a row.
    pub(super) fn shares(&self, z: &[f64]) -> Vec<f64> {
        let most = highest(z);
        let power = |z: &f64| match self.fault {
            Fault::Overflow => (self.round)(z.exp()),
            _ => (self.near(*z) - most).exp(),
        };
        let powers: Vec<f64> = z.iter().map(power).collect();
        let sum = self.sum(powers.iter().copied());
        powers.iter().map(|power| self.near(power / sum)).collect()
    }
}

fn highest(z: &[f64]) -> f64 {
    z.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
