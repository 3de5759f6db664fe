//! The errors of the statistics: Δ of the mean, θ of σ² + ε, ρ of r.
//!
//! ```text
//! sound     Δμ = uₘ·((m + 1)/2 + 6)·X + m·η              Δ = Δμ + 3u·X
//!           Δw = uₘ·(m/2 + 10)·X + m·η                    s = (m + 7)·uₘ
//!           θ  = [(1 + s)·((2/√3)·σ·Δw + Δμ²) + s·σ² + u·ε + 2η]/(σ² + ε)
//! robust    X → 2D, 6 → 8, 10 → 12, η → 0
//! promise   h = min(m, 72) + ⌈log₂ max(1, m/4096)⌉ + 8
//!           Δμ = Δ = u·(h·σ + 8D)        θ = (h + 8)·u
//! all       ρ  = (1 − θ)^(−½) − 1 + 3u
//! ```
//!
//! **Δμ, a sum.** A partial sum of j terms is at most j·X, and its rounding u·j·X. A tree of
//! additions has m − 1 of them; their j add up to the most in the sequential sum, 2 + 3 + … + m. Over
//! m that is (m + 1)/2; one or two more for the division or the product with a rounded 1/m.
//!
//! **Δμ, updating.** μₖ = μₖ₋₁ + (xₖ − μₖ₋₁)/k: the difference, at most 2X, is rounded in the
//! subtraction and the quotient (three times with a rounded 1/k), the sum once. So
//! k·eₖ ≤ (k − 1)·eₖ₋₁ + u(k + 6)X with e₁ = 0, and eₖ ≤ uX·((k + 1)/2 + 6 − 7/k). Chan's merging of
//! blocks of eight or more stays below the same.
//! Where a product or quotient underflows it is off by η/2; m·η covers all of them.
//!
//! **θ, two passes.** (x − μ̂)² has no first-order term: σ² + Δμ², its terms rounded m + 4 times.
//!
//! **θ, updating.** mσ² = Σ aₖbₖ, aₖ = xₖ − μₖ₋₁, bₖ = xₖ − μₖ = aₖ(k − 1)/k. With means off by eₖ each
//! product is off by |aₖ|·(|eₖ| + |eₖ₋₁|(k − 1)/k) + |eₖeₖ₋₁|. As Σ aₖ²(k − 1)/k = mσ², Cauchy and
//! Schwarz give for the first part, over m,
//!
//! ```text
//! σ·√[(1/m) Σₖ₌₂ᵐ (|eₖ| + |eₖ₋₁|(k − 1)/k)²·k/(k − 1)]  ≤  σ·uX·√[(1/m) Σ (k + 12 − 20/k)²·k/(k − 1)]
//!                                                      ≤  (2/√3)·σ·uX·(m/2 + 10)
//! ```
//!
//! (the last step: m²/3 + 13m + … against m²/3 + 13⅓m + 133⅓). Merging has the same cross term,
//! 2δ·(e_b − e_a) for each pair. The sum itself is rounded at most m + 6 times.
//!
//! **ρ.** 1/√ of a number off by θ downwards, the sum with ε half a rounding, √ and ÷ one each:
//! (1 − θ)^(−½)·(1 + 2.5u), and 2.5·(4/3)^½ < 3.
//!
//! **Robust.** Take xⱼ off every element first: |x − xⱼ| ≤ 2D, itself rounded, which moves every value,
//! the mean and σ by at most 2uD: one more in Δμ, one in x̂, √3 in Δw, hence the twos.

use crate::normalization::truth::{Ratios, Statistics};
use crate::{Real, Strength};

/// What a bound needs to know of a floating-point format.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// u.
    pub unit: f64,
    /// η.
    pub quantum: f64,
    /// The largest finite number.
    pub max: f64,
    /// The smallest normal number.
    pub min: f64,
}

impl Precision {
    /// That of `T`.
    #[must_use]
    pub fn of<T: Real>() -> Self {
        let (unit, quantum) = (T::UNIT_ROUNDOFF, T::MIN_SUBNORMAL);
        Self { unit, quantum, max: T::MAX, min: T::MIN_POSITIVE }
    }

    /// uₘ = u/(1 − (m + 8)u): (1 + u)ᵏ − 1 ≤ k·uₘ for k ≤ m + 8 (Higham, lemma 3.1). Infinite for m that large.
    #[must_use]
    pub fn unit_of(&self, m: usize) -> f64 {
        let left = 1.0 - (m as f64 + 8.0) * self.unit;
        if left > 0.0 { self.unit / left } else { f64::INFINITY }
    }
}

/// The errors of a group's statistics, in units of √(σ² + ε).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorModel {
    /// Δμ·r: of the mean alone.
    pub mean: f64,
    /// Δ·r: of x − μ, beyond its own rounding.
    pub delta: f64,
    /// Of σ², times r².
    pub variance: f64,
    /// Of σ² + ε, relative.
    pub theta: f64,
    /// Of r, relative; infinite where θ > ¼.
    pub rho: f64,
}

impl ErrorModel {
    /// Of the strength's algorithms, for a group of `m` values.
    #[must_use]
    pub fn of<T: Real>(strength: Strength, m: usize, own: &Statistics) -> Self {
        let precision = Precision::of::<T>();
        match strength {
            Strength::Must => Self::sound(precision, m, own),
            Strength::Should => Self::robust(precision, m, &own.ratios),
            Strength::Promise => Self::promise(precision.unit, m, &own.ratios),
        }
    }

    /// Of any tree of additions, of updating, of merging, of two passes.
    #[must_use]
    pub fn sound(precision: Precision, m: usize, own: &Statistics) -> Self {
        let quantum = precision.quantum * own.rstd;
        let floor = Floor { linear: quantum, square: quantum * own.rstd };
        Self::additions(precision, m, &own.ratios, own.ratios.largest, 0.0, floor)
    }

    /// Of the same algorithms after taking one element off all, in units of the group's own size.
    #[must_use]
    pub fn robust(precision: Precision, m: usize, ratios: &Ratios) -> Self {
        let floor = Floor { linear: 0.0, square: 0.0 };
        Self::additions(precision, m, ratios, 2.0 * ratios.spread, 2.0, floor)
    }

    /// The same in the units of the data themselves, for the running statistics.
    #[must_use]
    pub(crate) fn absolute(
        precision: Precision,
        strength: Strength,
        m: usize,
        own: &Statistics,
    ) -> Self {
        let deviation = own.variance.to_f64().sqrt();
        let Statistics { largest, spread, .. } = *own;
        let ratios = Ratios { largest, spread, deviation, epsilon: 0.0 };
        if strength != Strength::Must {
            return Self::robust(precision, m, &ratios);
        }
        let floor = Floor { linear: precision.quantum, square: precision.quantum };
        Self::additions(precision, m, &ratios, largest, 0.0, floor)
    }

    /// Summing numbers of at most `size`, perturbed by `extra` roundings before.
    fn additions(
        precision: Precision,
        m: usize,
        ratios: &Ratios,
        size: f64,
        extra: f64,
        floor: Floor,
    ) -> Self {
        let (u, u_m, count) = (precision.unit, precision.unit_of(m), m as f64);
        let mean = u_m * ((count + 1.0) / 2.0 + 6.0 + extra) * size + count * floor.linear;
        let updated = u_m * (count / 2.0 + 10.0 + extra) * size + count * floor.linear;
        let rounding = (count + 7.0) * u_m;
        let cross = 2.0 / 3.0_f64.sqrt() * ratios.deviation * updated;
        let variance = (1.0 + rounding) * (cross + mean * mean)
            + rounding * ratios.deviation * ratios.deviation
            + 2.0 * floor.square;
        Self::with(u, mean, mean + 3.0 * u * size, variance, variance + u * ratios.epsilon)
    }

    /// Of `evenkeel-fast` in its own precision: lanes of at most 64 additions, corrected two passes.
    #[must_use]
    pub fn promise(u: f64, m: usize, ratios: &Ratios) -> Self {
        let h = promised_height(m);
        let mean = u * (h * ratios.deviation + 8.0 * ratios.spread);
        let theta = (h + 8.0) * u;
        Self::with(u, mean, mean, theta * ratios.deviation * ratios.deviation, theta)
    }

    fn with(u: f64, mean: f64, delta: f64, variance: f64, theta: f64) -> Self {
        let left = 1.0 - theta;
        // (1 − θ)^(−½) − 1, written without cancellation; a NaN θ is not ≤ ¼ either.
        let rho =
            if theta <= 0.25 { theta / (left + left.sqrt()) + 3.0 * u } else { f64::INFINITY };
        Self { mean, delta, variance, theta, rho }
    }

    /// Whether θ ≤ ¼: beyond, one cannot even tell whether σ² + ε is positive.
    #[must_use]
    pub fn is_well_conditioned(&self) -> bool {
        self.rho.is_finite() && self.delta.is_finite()
    }

    /// Error of x̂ as it is computed, its two roundings in it.
    #[must_use]
    pub fn normalized(&self, u: f64, normalized: f64) -> f64 {
        self.delta * (1.0 + self.rho) + normalized.abs() * (self.rho + 2.0 * u)
    }

    /// Error of x̂ on the way back, where dy multiplies it: an x̂ below the normal numbers is off by η.
    pub(super) fn multiplied(&self, precision: Precision, normalized: f64) -> f64 {
        self.normalized(precision.unit, normalized) + precision.quantum
    }
}

/// h, the height of the kernels' tree of additions: lanes, blocks of 4096, and the merging of those.
pub(crate) fn promised_height(m: usize) -> f64 {
    let merges = (m as f64 / 4096.0).max(1.0).log2().ceil();
    m.min(72) as f64 + merges + 8.0
}

/// What underflow adds, in units of √(σ² + ε): η·r to a value, η·r² to a square.
struct Floor {
    linear: f64,
    square: f64,
}
