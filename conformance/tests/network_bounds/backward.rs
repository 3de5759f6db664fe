//! Back-propagation of a sound network, written in two ways.

use evenkeel_conformance::Real;
use evenkeel_conformance::network::{Batch, Goal, Layer, Net};

use super::forward::{Ends, Kept, Sound, Trail, most, num, of};

impl Sound {
    fn by_output<T: Real>(self, batch: &Batch<'_, T>, z: &[T]) -> Vec<T> {
        let (rows, width) = (num::<T>(batch.rows as f64), z.len() / batch.rows);
        match batch.goal {
            Goal::Classes(classes) => {
                let row = |(z, class): (&[T], &usize)| {
                    let highest = z.iter().copied().reduce(most).expect("an output");
                    let powers: Vec<T> = z.iter().map(|z| of(f64::exp, *z - highest)).collect();
                    let sum = self.sum(powers.iter().copied());
                    let hot = |j: usize| num::<T>(f64::from(u8::from(j == *class)));
                    let one = |(j, p): (usize, &T)| (*p / sum - hot(j)) / rows;
                    powers.iter().enumerate().map(one).collect::<Vec<_>>()
                };
                z.chunks(width).zip(classes).flat_map(row).collect()
            }
            Goal::Values(values) => z.iter().zip(values).map(|(z, t)| (*z - *t) / rows).collect(),
        }
    }

    pub(super) fn gradients<T: Real>(
        self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        trail: &Trail<T>,
    ) -> (Vec<T>, Vec<T>) {
        let mut dparameters = vec![num(0.0); net.parameters.len()];
        let mut dy = self.by_output(batch, &trail.values[net.layers.len()]);
        let (mut end, mut masks) = (net.parameters.len(), batch.keep.len());
        for (k, layer) in net.layers.iter().enumerate().rev() {
            let first = end - layer.parameters();
            let (own, into) = (&net.parameters[first..end], &mut dparameters[first..end]);
            end = first;
            let (kept, ends) = (&trail.kept[k], Ends { x: &trail.values[k], dy: &dy });
            dy = match *layer {
                Layer::Dense { inputs, .. } => self.back_dense(&ends, own, inputs, into),
                Layer::BatchNorm { .. } => self.back_norm(&ends, own, kept, true, into),
                Layer::LayerNorm { .. } => self.back_norm(&ends, own, kept, false, into),
                Layer::Activation(curve) => {
                    let one = |(x, dy): (&T, &T)| *dy * self.slope(curve, *x);
                    ends.x.iter().zip(ends.dy).map(one).collect()
                }
                Layer::Dropout { drop_probability } => {
                    masks -= ends.dy.len();
                    self.dropped(ends.dy, &batch.keep[masks..][..ends.dy.len()], drop_probability)
                }
            };
        }
        (dy, dparameters)
    }

    fn back_dense<T: Real>(
        self,
        ends: &Ends<'_, T>,
        own: &[T],
        inputs: usize,
        into: &mut [T],
    ) -> Vec<T> {
        let (x, dy) = (ends.x, ends.dy);
        let (outputs, rows) = (own.len() / (inputs + 1), x.len() / inputs);
        let (dw, db) = into.split_at_mut(inputs * outputs);
        for (at, dw) in dw.iter_mut().enumerate() {
            let (j, k) = (at / inputs, at % inputs);
            *dw = self.sum((0..rows).map(|i| dy[i * outputs + j] * x[i * inputs + k]));
        }
        for (j, db) in db.iter_mut().enumerate() {
            *db = self.sum((0..rows).map(|i| dy[i * outputs + j]));
        }
        let one = |at: usize| {
            let (i, k) = (at / inputs, at % inputs);
            self.sum((0..outputs).map(|j| dy[i * outputs + j] * own[j * inputs + k]))
        };
        (0..x.len()).map(one).collect()
    }

    fn back_norm<T: Real>(
        self,
        ends: &Ends<'_, T>,
        own: &[T],
        kept: &Kept<T>,
        columns: bool,
        into: &mut [T],
    ) -> Vec<T> {
        let (x, dy, width) = (ends.x, ends.dy, own.len() / 2);
        let group_of = |i: usize| if columns { i % width } else { i / width };
        let hat = |i: usize| (x[i] - kept.mean[group_of(i)]) * kept.rstd[group_of(i)];
        let (dgamma, dbeta) = into.split_at_mut(width);
        for c in 0..width {
            let column = || (c..x.len()).step_by(width);
            dgamma[c] = self.sum(column().map(|i| dy[i] * hat(i)));
            dbeta[c] = self.sum(column().map(|i| dy[i]));
        }
        let mut dx = vec![num(0.0); x.len()];
        for g in 0..kept.mean.len() {
            let members: Vec<usize> = (0..x.len()).filter(|i| group_of(*i) == g).collect();
            let pull = |i: usize| dy[i] * own[i % width];
            let each = |of: &dyn Fn(usize) -> T| self.sum(members.iter().map(|i| of(*i)));
            let (m, r) = (num::<T>(members.len() as f64), kept.rstd[g]);
            if self.is_plain() {
                let (direct, through) = (each(&pull) / m, each(&|i| pull(i) * hat(i)) / m);
                for i in members.iter().copied() {
                    dx[i] = r * (pull(i) - direct - hat(i) * through);
                }
                continue;
            }
            // dσ² and dμ, as Ioffe and Szegedy write them.
            let off = |i: usize| x[i] - kept.mean[g];
            let dvariance = each(&|i| pull(i) * off(i)) * num(-0.5) * (r * r * r);
            let dmean = -(each(&pull) * r) + dvariance * (each(&off) * num(-2.0) / m);
            for i in members.iter().copied() {
                dx[i] = pull(i) * r + dvariance * (num::<T>(2.0) * off(i) / m) + dmean / m;
            }
        }
        dx
    }
}
