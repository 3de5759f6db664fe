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
//! is off by that times z² = 2⁻¹⁴⁰: below 2⁻¹³¹·|γ|·r·Σ|dy|.
//!
//! **Cancellation.** L is right to some 2⁻³²⁰·m·κ of Σ|dy·y|, κ ≤ 2⁵³ the ratio of mean to deviation that
//! `f64` data can have; the difference loses 70 bits of that, and 190 remain.
//!
//! Together the slopes are right to better than 2⁻¹²⁰ of |γ|·r·Σ|dy|: no bound of `f64` is anywhere near.
//! By γ and β, in which L is linear, there is no truncation at all.

use super::Case;
use super::truth::{BackwardTruth, ExactChannel};
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

/// All slopes of a case; only the channel concerned is evaluated for each.
#[must_use]
pub fn gradients<T: Real>(case: &Case<T>) -> Slopes {
    let losses: Vec<Option<Loss>> = (0..case.shape.channels).map(|c| Loss::of(case, c)).collect();
    let each = |slope: &dyn Fn(&Loss) -> Option<Wide>| {
        losses.iter().map(|loss| defined(loss.as_ref().and_then(slope))).collect()
    };
    let mut dx = vec![Wide::UNDEFINED; case.shape.len()];
    for (c, loss) in losses.iter().enumerate() {
        for k in 0..case.shape.per_channel() {
            dx[case.shape.index(k, c)] = defined(loss.as_ref().and_then(|loss| loss.by_input(k)));
        }
    }
    Slopes { dx, dgamma: each(&Loss::by_gamma), dbeta: each(&Loss::by_beta) }
}

/// The slope by the element at `index` alone.
#[must_use]
pub fn input_gradient<T: Real>(case: &Case<T>, index: usize) -> Wide {
    let (c, k) = place(case, index);
    defined(Loss::of(case, c).and_then(|loss| loss.by_input(k)))
}

/// [L(up) − L(down)]/(upᵢ − downᵢ) for two cases that differ in element `index` only: what a target
/// would get from differences of its own forward pass, if it did not round.
#[must_use]
pub fn quotient<T: Real>(up: &Case<T>, down: &Case<T>, index: usize) -> Wide {
    let (c, k) = place(up, index);
    let losses = Loss::of(up, c).zip(Loss::of(down, c));
    defined(losses.and_then(|(up, down)| {
        let step = &up.x[k] - &down.x[k];
        let rise = up.value()? - down.value()?;
        (!step.is_zero()).then(|| (rise / step).to_wide())
    }))
}

/// The channel of the element at `index`, and which of its values it is.
fn place<T: Real>(case: &Case<T>, index: usize) -> (usize, usize) {
    let shape = case.shape;
    let row = index / (shape.channels * shape.inner);
    (shape.channel_of(index), row * shape.inner + index % shape.inner)
}

fn defined(slope: Option<Wide>) -> Wide {
    slope.unwrap_or(Wide::UNDEFINED)
}

/// One channel's part of L.
struct Loss {
    x: Vec<Exact>,
    dy: Vec<Exact>,
    gamma: Exact,
    beta: Exact,
    epsilon: f64,
    /// √(σ² + ε).
    length: Exact,
}

impl Loss {
    /// None if a number is not finite or σ² + ε = 0.
    fn of<T: Real>(case: &Case<T>, c: usize) -> Option<Self> {
        let exact = |value: T| value.is_finite().then(|| Exact::from_f64(value.to_f64()));
        let channel = |tensor| case.shape.channel(tensor, c).map(exact).collect::<Option<Vec<_>>>();
        let (x, dy) = channel(&case.x).zip(channel(&case.dy))?;
        let (gamma, beta) = exact(case.gamma[c]).zip(exact(case.beta[c]))?;
        let r = ExactChannel::of_exact(x.clone(), case.epsilon).rstd?;
        let length = Exact::from_f64(1.0) / r;
        Some(Self { x, dy, gamma, beta, epsilon: case.epsilon, length })
    }

    /// Σ dy·(γ·x̂ + β); none where σ² + ε = 0.
    fn value_at(&self, x: Vec<Exact>, gamma: &Exact, beta: &Exact) -> Option<Exact> {
        let channel = ExactChannel::of_exact(x, self.epsilon);
        let r = channel.rstd?;
        let y = channel.deviations.iter().map(|d| gamma * (d * &r) + beta);
        Some(y.zip(&self.dy).map(|(y, dy)| y * dy).sum())
    }

    fn value(&self) -> Option<Exact> {
        self.value_at(self.x.clone(), &self.gamma, &self.beta)
    }

    fn by_input(&self, k: usize) -> Option<Wide> {
        central(self.length.scaled(STEP), |step| {
            let mut x = self.x.clone();
            x[k] = &x[k] + step;
            self.value_at(x, &self.gamma, &self.beta)
        })
    }

    fn by_gamma(&self) -> Option<Wide> {
        central(step_beside(&self.gamma), |step| {
            self.value_at(self.x.clone(), &(&self.gamma + step), &self.beta)
        })
    }

    fn by_beta(&self) -> Option<Wide> {
        central(step_beside(&self.beta), |step| {
            self.value_at(self.x.clone(), &self.gamma, &(&self.beta + step))
        })
    }
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

/// √(σ² + ε) of channel `c`: the length over which y changes. NaN if there is none.
#[must_use]
pub fn spread<T: Real>(case: &Case<T>, c: usize) -> f64 {
    Loss::of(case, c).map_or(f64::NAN, |loss| loss.length.to_f64())
}

/// γ·r·dγ·ε/(σ² + ε) of channel `c`: what Σ dx·x̂ must be, since mean(x̂²) = σ²/(σ² + ε).
#[must_use]
pub fn projection<T: Real>(case: &Case<T>, truth: &BackwardTruth, c: usize) -> f64 {
    let channel = &truth.forward.channels[c];
    let dgamma = truth.gradients.dgamma[c].to_f64();
    case.gamma[c].to_f64() * channel.rstd * dgamma * channel.ratios.epsilon
}

/// How much of dx comes by each path: through x̂ itself, through μ and through σ².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paths {
    /// max |γ·r·dy|.
    pub direct: f64,
    /// |γ·r·b|.
    pub mean: f64,
    /// max |γ·r·x̂·c|.
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

/// The paths of channel `c`.
#[must_use]
pub fn paths<T: Real>(case: &Case<T>, truth: &BackwardTruth, c: usize) -> Paths {
    let scale = (case.gamma[c].to_f64() * truth.forward.channels[c].rstd).abs();
    let largest = |of: &dyn Fn(usize) -> f64| {
        let element = |k| of(case.shape.index(k, c)).abs();
        (0..case.shape.per_channel()).map(element).fold(0.0, f64::max)
    };
    Paths {
        direct: scale * largest(&|i| case.dy[i].to_f64()),
        mean: scale * truth.mean_dy[c].abs(),
        variance: scale
            * truth.mean_dy_normalized[c].abs()
            * largest(&|i| truth.forward.normalized[i]),
        largest: largest(&|i| truth.gradients.dx[i].to_f64()),
    }
}
