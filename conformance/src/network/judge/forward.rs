//! Layers and losses, over numbers of either kind.

use super::Number;
use crate::Real;
use crate::network::{Case, GoalValues, Layer, Plan};

/// Training or inference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Mode {
    /// Statistics of the batch, and masks.
    Training,
    /// Running statistics, nothing dropped.
    Inference,
}

/// What a normalisation found.
#[derive(Debug, Clone)]
pub(in super::super) struct Statistics<N> {
    /// μ of each group.
    pub(in super::super) mean: Vec<N>,
    /// σ² of each group, biased.
    pub(in super::super) variance: Vec<N>,
    /// r = 1/√(σ² + ε) of each group.
    pub(super) rstd: Vec<N>,
    /// x̂ of each element.
    pub(super) normalized: Vec<N>,
}

/// What the layers made.
pub(in super::super) struct Pass<N> {
    /// What reaches each layer, and last what the network gives.
    pub(in super::super) values: Vec<Vec<N>>,
    /// Of each layer that normalises.
    pub(in super::super) statistics: Vec<Option<Statistics<N>>>,
}

impl<N> Pass<N> {
    /// z.
    pub(in super::super) fn output(&self) -> &[N] {
        &self.values[self.values.len() - 1]
    }
}

/// Where the parameters, statistics and flags of each layer begin.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) parameters: usize,
    pub(super) statistics: usize,
    pub(super) keep: usize,
}

pub(super) fn places<T: Real>(case: &Case<T>) -> Vec<Place> {
    let plan = Plan::of(&case.layers).expect("the judge is given networks that fit");
    let mut next = Place::default();
    let place = |(layer, width): (&Layer, &usize)| {
        let own = next;
        next.parameters += layer.parameters();
        next.statistics += layer.statistics();
        if matches!(layer, Layer::Dropout { .. }) {
            next.keep += case.rows * width;
        }
        own
    };
    case.layers.iter().zip(&plan.widths).map(place).collect()
}

/// The layers one after the other.
pub(in super::super) fn forward<T: Real, N: Number>(
    case: &Case<T>,
    parameters: &[N],
    x: &[N],
    mode: Mode,
) -> Pass<N> {
    let (mut values, mut statistics) = (vec![x.to_vec()], Vec::new());
    for (layer, place) in case.layers.iter().zip(places(case)) {
        let reaching = &values[values.len() - 1];
        let own = &parameters[place.parameters..][..layer.parameters()];
        let (value, found) = one(case, *layer, place, own, reaching, mode);
        values.push(value);
        statistics.push(found);
    }
    Pass { values, statistics }
}

fn one<T: Real, N: Number>(
    case: &Case<T>,
    layer: Layer,
    place: Place,
    parameters: &[N],
    x: &[N],
    mode: Mode,
) -> (Vec<N>, Option<Statistics<N>>) {
    match layer {
        Layer::Dense { inputs, outputs } => (dense(x, parameters, inputs, outputs), None),
        Layer::BatchNorm { width, epsilon, .. } => {
            let groups = Groups::columns(case.rows, width);
            let found = match mode {
                Mode::Training => found(&groups, x, epsilon),
                Mode::Inference => {
                    let given = &case.statistics[place.statistics..][..2 * width];
                    given_statistics(&groups, x, given, epsilon)
                }
            };
            (scaled(&groups, x, &found, parameters), Some(found))
        }
        Layer::LayerNorm { width, epsilon } => {
            let groups = Groups::rows(case.rows, width);
            let found = found(&groups, x, epsilon);
            (scaled(&groups, x, &found, parameters), Some(found))
        }
        Layer::Activation(curve) => (x.iter().map(|x| x.curve(curve)).collect(), None),
        Layer::Dropout { .. } if mode == Mode::Inference => (x.to_vec(), None),
        Layer::Dropout { drop_probability } => {
            let keep = &case.keep[place.keep..][..x.len()];
            (dropped(x, keep, drop_probability), None)
        }
    }
}

/// y_ij = b_j + Σ_k x_ik·W_jk.
fn dense<N: Number>(x: &[N], parameters: &[N], inputs: usize, outputs: usize) -> Vec<N> {
    let (w, b) = parameters.split_at(inputs * outputs);
    let mut y = Vec::with_capacity(x.len() / inputs * outputs);
    for row in x.chunks(inputs) {
        for (w, b) in w.chunks(inputs).zip(b) {
            let mut terms: Vec<N> = row.iter().zip(w).map(|(x, w)| x.times(w)).collect();
            terms.push(b.clone());
            y.push(N::sum(&terms));
        }
    }
    y
}

/// x/(1 − p) where kept: divided, or multiplied by the inverse.
pub(super) fn dropped<N: Number>(x: &[N], keep: &[bool], drop_probability: f64) -> Vec<N> {
    let share = N::datum(1.0).minus(&N::setting(drop_probability));
    let one = |(x, keep): (&N, &bool)| {
        if !*keep || drop_probability == 1.0 {
            return N::datum(0.0);
        }
        let y = x.over(&share);
        let size = y.value();
        y.roundings(1.0, size)
    };
    x.iter().zip(keep).map(one).collect()
}

/// What is normalised together: columns of a batch, or its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Groups {
    rows: usize,
    width: usize,
    along_columns: bool,
}

impl Groups {
    pub(super) fn columns(rows: usize, width: usize) -> Self {
        Self { rows, width, along_columns: true }
    }

    pub(super) fn rows(rows: usize, width: usize) -> Self {
        Self { rows, width, along_columns: false }
    }

    pub(super) fn count(&self) -> usize {
        if self.along_columns { self.width } else { self.rows }
    }

    pub(super) fn of(&self, index: usize) -> usize {
        if self.along_columns { index % self.width } else { index / self.width }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn members(&self, group: usize) -> impl Iterator<Item = usize> + use<> {
        let Self { rows, width, along_columns } = *self;
        let count = if along_columns { rows } else { width };
        (0..count).map(move |k| if along_columns { k * width + group } else { group * width + k })
    }
}

/// The largest magnitude.
pub(super) fn largest<N: Number>(values: &[N]) -> f64 {
    values.iter().map(|x| x.value().abs()).fold(0.0, f64::max)
}

/// μ, σ² and r of each group, x̂ of each element.
fn found<N: Number>(groups: &Groups, x: &[N], epsilon: f64) -> Statistics<N> {
    let (mut means, mut variances) = (Vec::new(), Vec::new());
    for group in 0..groups.count() {
        let values: Vec<N> = groups.members(group).map(|i| x[i].clone()).collect();
        let mean = N::mean(&values).roundings(4.0, largest(&values));
        let square = |x: &N| {
            let d = x.minus(&mean);
            d.times(&d)
        };
        variances.push(N::mean(&values.iter().map(square).collect::<Vec<_>>()));
        means.push(mean);
    }
    normalized(groups, x, means, variances, epsilon)
}

/// The same with running statistics.
fn given_statistics<T: Real, N: Number>(
    groups: &Groups,
    x: &[N],
    given: &[T],
    epsilon: f64,
) -> Statistics<N> {
    let (means, variances) = given.split_at(groups.width());
    let data = |values: &[T]| values.iter().map(|v| N::datum(v.to_f64())).collect::<Vec<_>>();
    normalized(groups, x, data(means), data(variances), epsilon)
}

fn normalized<N: Number>(
    groups: &Groups,
    x: &[N],
    mean: Vec<N>,
    variance: Vec<N>,
    epsilon: f64,
) -> Statistics<N> {
    let inverse = |v: &N| N::datum(1.0).over(&v.plus(&N::setting(epsilon)).root());
    let rstd: Vec<N> = variance.iter().map(inverse).collect();
    let one = |(i, x): (usize, &N)| x.minus(&mean[groups.of(i)]).times(&rstd[groups.of(i)]);
    let normalized = x.iter().enumerate().map(one).collect();
    Statistics { mean, variance, rstd, normalized }
}

/// γ·x̂ + β, or folded: x·a + (β − μ·a).
fn scaled<N: Number>(groups: &Groups, x: &[N], own: &Statistics<N>, parameters: &[N]) -> Vec<N> {
    let (gamma, beta) = parameters.split_at(groups.width());
    let one = |(i, normalized): (usize, &N)| {
        let (column, group) = (i % groups.width(), groups.of(i));
        let (gamma, beta) = (&gamma[column], &beta[column]);
        let reach = x[i].value().abs().max(own.mean[group].value().abs());
        let folded = gamma.value() * own.rstd[group].value() * reach;
        normalized.times(gamma).plus(beta).roundings(3.0, folded).roundings(1.0, beta.value())
    };
    own.normalized.iter().enumerate().map(one).collect()
}

/// L of what the network gave.
pub(in super::super) fn loss<T: Real, N: Number>(case: &Case<T>, output: &[N]) -> N {
    let width = output.len() / case.rows;
    let rows = N::datum(case.rows as f64);
    match &case.goal {
        GoalValues::Classes(classes) => {
            let row = |(z, class): (&[N], &usize)| {
                let (shifted, sum) = exponentials(z);
                let size = largest(z) + z[*class].value().abs();
                sum.ln().minus(&shifted[*class]).roundings(2.0, size)
            };
            let losses: Vec<N> = output.chunks(width).zip(classes).map(row).collect();
            N::sum(&losses).over(&rows)
        }
        GoalValues::Values(values) => {
            let square = |(z, t): (&N, &T)| {
                let d = z.minus(&N::datum(t.to_f64()));
                d.times(&d)
            };
            let squares: Vec<N> = output.iter().zip(values).map(square).collect();
            let sum = N::sum(&squares).over(&N::datum(2.0 * case.rows as f64));
            let size = sum.value();
            sum.roundings(2.0, size)
        }
    }
}

/// z − z_max and Σ e^(z − z_max).
pub(super) fn exponentials<N: Number>(z: &[N]) -> (Vec<N>, N) {
    let highest = z.iter().fold(&z[0], |most, z| if z.value() > most.value() { z } else { most });
    let shifted: Vec<N> = z.iter().map(|z| z.minus(highest)).collect();
    let sum = N::sum(&shifted.iter().map(N::exp).collect::<Vec<_>>());
    (shifted, sum)
}
