//! The bounds of dγ and dβ: sums over a channel, as the [module of dx](super::backward) has them.

use super::backward::{Sums, largest};
use super::model::promised_height;
use super::{Precision, SECOND_ORDER};
use crate::Real;
use crate::normalization::truth::BackwardTruth;
use crate::normalization::{Case, Kind};

/// One element on the way back to γ and β.
pub(super) struct Term {
    /// |dy|.
    pub(super) dy: f64,
    /// |x̂|.
    pub(super) normalized: f64,
    /// e of its group.
    pub(super) error: f64,
    /// r of its group.
    pub(super) rstd: f64,
}

/// One channel on the way back to γ and β.
pub(super) struct Feature {
    pub(super) terms: Vec<Term>,
}

impl Feature {
    /// `error` is told the group and x̂.
    pub(super) fn of<T: Real, K: Kind>(
        case: &Case<T, K>,
        truth: &BackwardTruth,
        c: usize,
        error: impl Fn(usize, f64) -> f64,
    ) -> Self {
        let term = |k| {
            let i = case.shape.index(k, c);
            let (g, normalized) = (case.groups().of(i), truth.forward.normalized[i].abs());
            let rstd = truth.forward.statistics[g].rstd;
            let dy = case.dy[i].to_f64().abs();
            Term { dy, normalized, error: error(g, normalized), rstd }
        };
        Self { terms: (0..case.shape.per_channel()).map(term).collect() }
    }

    fn n(&self) -> f64 {
        self.terms.len() as f64
    }

    fn sum(&self, of: impl Fn(&Term) -> f64) -> f64 {
        self.terms.iter().map(of).sum()
    }

    /// Σ|dy|.
    pub(super) fn total(&self) -> f64 {
        self.sum(|t| t.dy)
    }

    /// Σ|dy·x̂|.
    pub(super) fn carried(&self) -> f64 {
        self.sum(|t| t.dy * t.normalized)
    }

    pub(super) fn dbeta(&self, precision: Precision, sums: Sums) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let (n, u_n) = (self.n(), precision.unit_of(self.terms.len()));
        let sum = match sums {
            Sums::Any => {
                n * u_n * ((n + 1.0) / 2.0 + 2.0) * largest(self.terms.iter().map(|t| t.dy))
            }
            Sums::Promised => u * promised_height(self.terms.len()) * self.total(),
        };
        SECOND_ORDER * (sum + n * quantum)
    }

    pub(super) fn dgamma(&self, precision: Precision, sums: Sums) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let (n, u_n) = (self.n(), precision.unit_of(self.terms.len()));
        let sum = match sums {
            Sums::Any => {
                let terms = self.terms.iter().map(|t| t.dy * (t.normalized + t.error));
                n * u_n * ((n + 1.0) / 2.0 + 6.0) * largest(terms)
                    + self.sum(|t| quantum * (1.0 + t.rstd))
            }
            Sums::Promised => {
                u * (promised_height(self.terms.len()) + 4.0) * self.carried() + n * quantum
            }
        };
        SECOND_ORDER * (sum + self.sum(|t| t.dy * t.error))
    }
}
