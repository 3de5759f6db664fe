//! Gradients without the chain rule: differences of the forward pass in 320 bits.
//!
//! ```text
//! L(x, γ, β) = Σ dy·y          ∂L/∂xᵢ ≈ [L(xᵢ + h) − L(xᵢ − h)]/2h          h = 2⁻⁷⁰·√(σ² + ε)
//! ```
//!
//! **Truncation.** In units of s = √(σ² + ε), moving xᵢ by z makes
//! x̂ⱼ(z) = (x̂ⱼ + z(δᵢⱼ − 1/m))/√(1 + 2z·x̂ᵢ/m + z²(m − 1)/m²). For complex |z| ≤ ¼ the root's argument stays
//! away from 0, as |x̂ᵢ| ≤ √m: it is above 1 − ½ − 1/16, and |x̂ⱼ(z)| ≤ 1.6·(√m + ¼). So Cauchy's
//! estimate bounds the third derivative over 6 by 4³·1.6·(√m + ¼), below 2⁹ for m ≤ 16. The quotient
//! is off by that times z² = 2⁻¹⁴⁰: below 2⁻¹³¹·r·Σ|γ·dy|.
//!
//! **Cancellation.** L is right to some 2⁻³²⁰·m·κ of Σ|dy·y|, κ ≤ 2⁵³ the ratio of mean to deviation that
//! `f64` data can have; the difference loses 70 bits of that, and 190 remain.
//!
//! Together the slopes are right to better than 2⁻¹²⁰ of r·Σ|γ·dy|: no bound of `f64` is anywhere near.
//! By γ and β, in which L is linear, there is no truncation at all.

use super::truth::{BackwardTruth, ExactStatistics, all_finite, finite};
use super::{Along, Case, Kind};
use crate::Real;
use crate::exact::{Exact, Wide};

/// log₂ of the relative step.
const STEP: isize = -70;

/// The slopes of L = Σ dy·y.
#[derive(Debug, Clone, PartialEq)]
pub struct Slopes {
    /// By x, one per element.
    pub dx: Vec<Wide>,
    /// By γ, one per channel.
    pub dgamma: Vec<Wide>,
    /// By β, one per channel.
    pub dbeta: Vec<Wide>,
}

/// All slopes of a case; only the terms concerned are evaluated for each.
#[must_use]
pub fn gradients<T: Real, K: Kind>(case: &Case<T, K>) -> Slopes {
    let groups = case.groups();
    let losses: Vec<Option<Loss>> = (0..groups.count()).map(|g| Loss::of(case, g)).collect();
    let by_input = |i: usize| losses[groups.of(i)].as_ref()?.by_input(groups.place_of(i));
    // The terms of L that have γ and β of a channel.
    let terms = |c: usize| {
        let term = |i: usize| losses[groups.of(i)].as_ref()?.term(groups.place_of(i));
        let channel = (0..case.shape.per_channel()).map(|k| case.shape.index(k, c));
        channel.map(term).collect::<Option<Vec<Term>>>()
    };
    let each = |slope: &dyn Fn(&[Term]) -> Option<Wide>| {
        let one = |c| defined(terms(c).and_then(|terms| slope(&terms)));
        (0..case.shape.channels).map(one).collect()
    };
    Slopes {
        dx: (0..case.shape.len()).map(|i| defined(by_input(i))).collect(),
        dgamma: each(&by_gamma),
        dbeta: each(&by_beta),
    }
}

/// The slope by the element at `index` alone.
#[must_use]
pub fn input_gradient<T: Real, K: Kind>(case: &Case<T, K>, index: usize) -> Wide {
    let (g, k) = (case.groups().of(index), case.groups().place_of(index));
    defined(Loss::of(case, g).and_then(|loss| loss.by_input(k)))
}

/// [L(up) − L(down)]/(upᵢ − downᵢ) for two cases that differ in element `index` only: what a target
/// would get from differences of its own forward pass, if it did not round.
#[must_use]
pub fn quotient<T: Real, K: Kind>(up: &Case<T, K>, down: &Case<T, K>, index: usize) -> Wide {
    let (g, k) = (up.groups().of(index), up.groups().place_of(index));
    let losses = Loss::of(up, g).zip(Loss::of(down, g));
    defined(losses.and_then(|(up, down)| {
        let step = &up.x[k] - &down.x[k];
        let rise = up.value()? - down.value()?;
        (!step.is_zero()).then(|| (rise / step).to_wide())
    }))
}

fn defined(slope: Option<Wide>) -> Wide {
    slope.unwrap_or(Wide::UNDEFINED)
}

/// One group's part of L.
struct Loss {
    x: Vec<Exact>,
    dy: Vec<Exact>,
    gamma: Vec<Exact>,
    beta: Vec<Exact>,
    epsilon: f64,
    /// x̂.
    normalized: Vec<Exact>,
    /// √(σ² + ε).
    length: Exact,
}

/// One term of L: dy·(γ·x̂ + β).
struct Term {
    dy: Exact,
    normalized: Exact,
    gamma: Exact,
    beta: Exact,
}

impl Loss {
    /// None if a number is not finite or σ² + ε = 0.
    fn of<T: Real, K: Kind>(case: &Case<T, K>, g: usize) -> Option<Self> {
        let groups = case.groups();
        let group = |tensor| all_finite(groups.values(tensor, g));
        let (x, dy) = group(&case.x).zip(group(&case.dy))?;
        let each = |parameters: &[T]| {
            let one = |i: usize| finite(parameters[case.shape.channel_of(i)]);
            groups.indices(g).map(one).collect::<Option<Vec<_>>>()
        };
        let (gamma, beta) = each(&case.gamma).zip(each(&case.beta))?;
        let own = ExactStatistics::of_exact(x.clone(), case.epsilon);
        let normalized = own.normalized();
        let length = Exact::from_f64(1.0) / own.rstd?;
        Some(Self { x, dy, gamma, beta, epsilon: case.epsilon, normalized, length })
    }

    fn term(&self, k: usize) -> Option<Term> {
        let [dy, normalized, gamma, beta] =
            [&self.dy, &self.normalized, &self.gamma, &self.beta].map(|of| of[k].clone());
        Some(Term { dy, normalized, gamma, beta })
    }

    /// Σ dy·(γ·x̂ + β); none where σ² + ε = 0.
    fn value_at(&self, x: Vec<Exact>) -> Option<Exact> {
        let own = ExactStatistics::of_exact(x, self.epsilon);
        let r = own.rstd?;
        let y =
            (0..self.dy.len()).map(|k| &self.gamma[k] * (&own.deviations[k] * &r) + &self.beta[k]);
        Some(y.zip(&self.dy).map(|(y, dy)| y * dy).sum())
    }

    fn value(&self) -> Option<Exact> {
        self.value_at(self.x.clone())
    }

    fn by_input(&self, k: usize) -> Option<Wide> {
        central(self.length.scaled(STEP), |step| {
            let mut x = self.x.clone();
            x[k] = &x[k] + step;
            self.value_at(x)
        })
    }
}

fn by_gamma(terms: &[Term]) -> Option<Wide> {
    central(step_beside(&terms.first()?.gamma), |step| {
        let y = terms.iter().map(|t| (&t.gamma + step) * &t.normalized + &t.beta);
        Some(y.zip(terms).map(|(y, t)| y * &t.dy).sum())
    })
}

fn by_beta(terms: &[Term]) -> Option<Wide> {
    central(step_beside(&terms.first()?.beta), |step| {
        let y = terms.iter().map(|t| &t.gamma * &t.normalized + (&t.beta + step));
        Some(y.zip(terms).map(|(y, t)| y * &t.dy).sum())
    })
}

/// [f(h) − f(−h)]/2h.
fn central(h: Exact, f: impl Fn(&Exact) -> Option<Exact>) -> Option<Wide> {
    let rise = f(&h)? - f(&-h.clone())?;
    Some((rise / h.scaled(1)).to_wide())
}

/// A step that is small beside the number and beside 1.
fn step_beside(number: &Exact) -> Exact {
    (Exact::from_f64(1.0) + number.clone().abs()).scaled(STEP)
}

/// √(σ² + ε) of group `g`: the length over which y changes. NaN if there is none.
#[must_use]
pub fn spread<T: Real, K: Kind>(case: &Case<T, K>, g: usize) -> f64 {
    Loss::of(case, g).map_or(f64::NAN, |loss| loss.length.to_f64())
}

/// What stands before the bracket of dx beside r: γ of a channel, 1 of a row.
pub(crate) fn outside<T: Real, K: Kind>(case: &Case<T, K>, g: usize) -> f64 {
    match K::ALONG {
        Along::Channels => case.gamma[g].to_f64(),
        Along::Rows => 1.0,
    }
}

/// What Σ dx·x̂ of group `g` must be, since mean(x̂²) = σ²/(σ² + ε): the factor of dx times
/// Σ g·x̂ times ε/(σ² + ε).
#[must_use]
pub fn projection<T: Real, K: Kind>(case: &Case<T, K>, truth: &BackwardTruth, g: usize) -> f64 {
    let own = &truth.forward.statistics[g];
    let sum = truth.mean_pull_normalized[g] * case.groups().size() as f64;
    outside(case, g) * own.rstd * sum * own.ratios.epsilon
}

/// How much of dx comes by each path: through x̂ itself, through μ and through σ².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paths {
    /// max |F·g|.
    pub direct: f64,
    /// |F·b|.
    pub mean: f64,
    /// max |F·x̂·k|.
    pub variance: f64,
    /// max |dx|.
    pub largest: f64,
}

impl Paths {
    /// Whether leaving out any one path would change dx by a hundredth of its largest element.
    #[must_use]
    pub fn all_carry(&self) -> bool {
        let least = 0.01 * self.largest;
        least > 0.0 && [self.direct, self.mean, self.variance].iter().all(|&path| path >= least)
    }
}

/// The paths of group `g`.
#[must_use]
pub fn paths<T: Real, K: Kind>(case: &Case<T, K>, truth: &BackwardTruth, g: usize) -> Paths {
    let scale = (outside(case, g) * truth.forward.statistics[g].rstd).abs();
    let largest = |of: &dyn Fn(usize) -> f64| {
        case.groups().indices(g).map(|i| of(i).abs()).fold(0.0, f64::max)
    };
    Paths {
        direct: scale * largest(&|i| pull(case, i)),
        mean: scale * truth.mean_pull[g].abs(),
        variance: scale
            * truth.mean_pull_normalized[g].abs()
            * largest(&|i| truth.forward.normalized[i]),
        largest: largest(&|i| truth.gradients.dx[i].to_f64()),
    }
}

/// What reaches x̂ but for a factor of the whole group: dy, or dy·γ.
pub(crate) fn pull<T: Real, K: Kind>(case: &Case<T, K>, i: usize) -> f64 {
    match K::ALONG {
        Along::Channels => case.dy[i].to_f64(),
        Along::Rows => case.dy[i].to_f64() * case.gamma_of(i),
    }
}
