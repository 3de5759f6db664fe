//! Back-propagation on numbers that know their error.

use super::forward::{Groups, Place, Statistics, dropped, exponentials, largest, places};
use super::{Near, Number, Pass};
use crate::Real;
use crate::network::{Case, GoalValues, Layer};

/// The gradients of the loss.
pub(in super::super) struct Slopes<T> {
    /// By x.
    pub(in super::super) dx: Vec<Near<T>>,
    /// By the parameters.
    pub(in super::super) dparameters: Vec<Near<T>>,
}

/// By x and by all parameters, from a forward pass in training mode.
pub(in super::super) fn gradients<T: Real>(
    case: &Case<T>,
    parameters: &[Near<T>],
    pass: &Pass<Near<T>>,
) -> Slopes<T> {
    let mut dparameters = vec![Near::datum(0.0); parameters.len()];
    let mut dy = by_output(case, pass.output());
    for (k, (layer, place)) in case.layers.iter().zip(places(case)).enumerate().rev() {
        let range = place.parameters..place.parameters + layer.parameters();
        let own = &parameters[range.clone()];
        let at = At { place, x: &pass.values[k], found: pass.statistics[k].as_ref() };
        let (dx, by_parameters) = one(case, *layer, &at, own, &dy);
        dparameters[range].copy_from_slice(&by_parameters);
        dy = dx;
    }
    Slopes { dx: dy, dparameters }
}

/// A layer's input and what it found there.
struct At<'a, T> {
    place: Place,
    x: &'a [Near<T>],
    found: Option<&'a Statistics<Near<T>>>,
}

/// ∂L/∂z.
fn by_output<T: Real>(case: &Case<T>, output: &[Near<T>]) -> Vec<Near<T>> {
    let width = output.len() / case.rows;
    let rows = Near::datum(case.rows as f64);
    match &case.goal {
        GoalValues::Classes(classes) => {
            let row = |(z, class): (&[Near<T>], &usize)| {
                let shares = softmax(z);
                let hot = |j| Near::datum(f64::from(u8::from(j == *class)));
                let one = |(j, p): (usize, &Near<T>)| p.minus(&hot(j)).over(&rows);
                shares.iter().enumerate().map(one).collect::<Vec<_>>()
            };
            output.chunks(width).zip(classes).flat_map(row).collect()
        }
        GoalValues::Values(values) => {
            let one = |(z, t): (&Near<T>, &T)| z.minus(&Near::datum(t.to_f64())).over(&rows);
            output.iter().zip(values).map(one).collect()
        }
    }
}

/// e^z/Σ e^z of a row. Before it is divided, a sum of shares has no largest logit taken away in some formulas.
fn softmax<T: Real>(z: &[Near<T>]) -> Vec<Near<T>> {
    let (shifted, sum) = exponentials(z);
    let share = |shifted: &Near<T>| {
        let share = shifted.exp().over(&sum);
        share.roundings(2.0 * largest(z), share.value)
    };
    shifted.iter().map(share).collect()
}

fn one<T: Real>(
    case: &Case<T>,
    layer: Layer,
    at: &At<'_, T>,
    parameters: &[Near<T>],
    dy: &[Near<T>],
) -> (Vec<Near<T>>, Vec<Near<T>>) {
    match layer {
        Layer::Dense { inputs, outputs } => dense(at.x, parameters, dy, inputs, outputs),
        Layer::BatchNorm { width, .. } => {
            normalization(&Groups::columns(case.rows, width), at, parameters, dy)
        }
        Layer::LayerNorm { width, .. } => {
            normalization(&Groups::rows(case.rows, width), at, parameters, dy)
        }
        Layer::Activation(curve) => {
            let one = |(x, dy): (&Near<T>, &Near<T>)| dy.times(&x.slope(curve));
            (at.x.iter().zip(dy).map(one).collect(), Vec::new())
        }
        Layer::Dropout { drop_probability } => {
            let keep = &case.keep[at.place.keep..][..dy.len()];
            (dropped(dy, keep, drop_probability), Vec::new())
        }
    }
}

/// dx = dy·W, ∂L/∂W = dyᵀ·x, ∂L/∂b = Σ dy.
fn dense<T: Real>(
    x: &[Near<T>],
    parameters: &[Near<T>],
    dy: &[Near<T>],
    inputs: usize,
    outputs: usize,
) -> (Vec<Near<T>>, Vec<Near<T>>) {
    let rows = dy.len() / outputs;
    let sum = |terms: usize, term: &dyn Fn(usize) -> Near<T>| {
        Near::sum(&(0..terms).map(term).collect::<Vec<_>>())
    };
    let by_input = |at: usize| {
        let (i, k) = (at / inputs, at % inputs);
        sum(outputs, &|j| dy[i * outputs + j].times(&parameters[j * inputs + k]))
    };
    let by_weight = |at: usize| {
        let (j, k) = (at / inputs, at % inputs);
        sum(rows, &|i| dy[i * outputs + j].times(&x[i * inputs + k]))
    };
    let by_bias = |j: usize| sum(rows, &|i| dy[i * outputs + j]);
    let weights = (0..inputs * outputs).map(by_weight);
    let dparameters = weights.chain((0..outputs).map(by_bias)).collect();
    ((0..rows * inputs).map(by_input).collect(), dparameters)
}

/// dx = r·(g − mean(g) − x̂·mean(g·x̂)) with g = dy·γ, dγ = Σ dy·x̂, dβ = Σ dy.
fn normalization<T: Real>(
    groups: &Groups,
    at: &At<'_, T>,
    parameters: &[Near<T>],
    dy: &[Near<T>],
) -> (Vec<Near<T>>, Vec<Near<T>>) {
    let found = at.found.expect("a normalisation found statistics");
    let (width, normalized) = (groups.width(), &found.normalized);
    let mut dx = vec![Near::datum(0.0); dy.len()];
    for group in 0..groups.count() {
        let members: Vec<usize> = groups.members(group).collect();
        let g: Vec<_> = members.iter().map(|i| dy[*i].times(&parameters[i % width])).collect();
        let hats: Vec<_> = members.iter().map(|i| normalized[*i]).collect();
        let pulls = Pulls::of(&g, &hats);
        for ((i, g), hat) in members.iter().zip(&g).zip(&hats) {
            dx[*i] = found.rstd[group].times(&pulls.left(g, hat));
        }
    }
    let columns = |of: &dyn Fn(usize) -> Near<T>| -> Vec<Near<T>> {
        let column = |c: usize| (c..dy.len()).step_by(width).map(of).collect::<Vec<_>>();
        (0..width).map(|c| Near::sum(&column(c))).collect()
    };
    let dgamma = columns(&|i| dy[i].times(&normalized[i]));
    (dx, [dgamma, columns(&|i| dy[i])].concat())
}

/// The means of a group on the way back.
struct Pulls<T> {
    direct: Near<T>,
    normalized: Near<T>,
    /// What a sum of x̂, 0 but for rounding, may put in.
    staged: f64,
}

impl<T: Real> Pulls<T> {
    fn of(g: &[Near<T>], hats: &[Near<T>]) -> Self {
        let through: Vec<_> = g.iter().zip(hats).map(|(g, hat)| g.times(hat)).collect();
        let normalized = Near::mean(&through);
        let staged = Near::<T>::gamma(g.len() + 4) * largest(hats) * normalized.size();
        Self { direct: Near::mean(g), normalized, staged }
    }

    /// g − mean(g) − x̂·mean(g·x̂).
    fn left(&self, g: &Near<T>, hat: &Near<T>) -> Near<T> {
        let path = hat.times(&self.normalized);
        let sizes = g.size() + self.direct.size() + path.size();
        g.minus(&self.direct).minus(&path).roundings(8.0, sizes).and_error(self.staged)
    }
}
