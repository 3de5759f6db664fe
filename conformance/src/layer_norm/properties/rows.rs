//! What only rows have: a batch of one, the weights behind them, the sum over none.

use super::Case;
use crate::compare::{Expected, compare, same_bits};
use crate::exact::Wide;
use crate::inputs::unit_at;
use crate::normalization::properties::forward::{Judged, agrees};
use crate::normalization::properties::{backward, forward};
use crate::verdict::{Checked, Strength, Verdict};
use crate::{Real, Shape, Target};

/// LN-01: a row gives the same alone, as a batch of one.
pub(super) fn alone<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (groups, y) = (case.groups(), forward(target, case)?);
    let judged = Judged::new(Strength::Must, case);
    let mut verdict = Verdict::CannotTell("there is no row");
    for row in [0, groups.count() - 1] {
        let x = groups.values(&case.x, row).collect();
        let single = Case { shape: Shape::new(1, groups.size(), 1), x, ..case.clone() };
        let lone = forward(target, &single)?;
        let what = format!("row {row} alone: y");
        verdict = verdict.and(|| {
            compare(&what, &lone, |k| {
                let among = groups.index(k, row);
                let bound = 2.0 * judged.bound(case, among)?;
                Some(Expected::new(Wide::exact(y[among].to_f64()), bound))
            })
        });
    }
    Ok(verdict)
}

/// Samples behind each row: so many that a shift of all weights is another number for each.
const INPUTS: usize = 3;

/// Rows x = W·s of a layer with small whole weights W and samples s: every product is exact.
struct Behind {
    /// `features` × [`INPUTS`].
    weights: Vec<f64>,
    /// `rows` × [`INPUTS`].
    samples: Vec<f64>,
}

impl Behind {
    /// As arbitrary as the case is.
    fn of<T: Real>(case: &Case<T>) -> Self {
        let seed = case.x[0].bits() ^ case.shape.len() as u64;
        let whole = |stream: u64, count: usize, size: f64| {
            (0..count).map(|i| (size * unit_at(seed ^ (stream << 56), i)).round()).collect()
        };
        let groups = case.groups();
        Self {
            weights: whole(1, groups.size() * INPUTS, 4.0),
            samples: whole(2, groups.count() * INPUTS, 2.0),
        }
    }

    /// The case with the rows W·s.
    fn rows<T: Real>(&self, case: &Case<T>, epsilon: f64) -> Case<T> {
        let groups = case.groups();
        let product = |i: usize| {
            let weights = &self.weights[groups.place_of(i) * INPUTS..][..INPUTS];
            let sample = &self.samples[groups.of(i) * INPUTS..][..INPUTS];
            weights.iter().zip(sample).map(|(w, s)| w * s).sum()
        };
        let x = (0..case.shape.len()).map(|i| T::from_f64(product(i))).collect();
        Case { x, epsilon, ..case.clone() }
    }
}

/// LN-08, as in table 1 of Ba et al.: all weights scaled, a vector added to the weights of every
/// unit and one sample scaled leave y; the weights of one unit scaled do not.
pub(super) fn weights<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let behind = Behind::of(case);
    let scaled = |all: &[f64], count: usize, by: f64| {
        let value = |(i, v): (usize, &f64)| if i < count { by * v } else { *v };
        all.iter().enumerate().map(value).collect::<Vec<f64>>()
    };
    let moved = |(i, w): (usize, &f64)| w + [3.0, -1.0, 2.0][i % INPUTS];
    let (weights, samples) = (behind.weights.clone(), behind.samples.clone());
    let whole = Behind { weights: scaled(&weights, weights.len(), 4.0), samples: samples.clone() };
    let shifted = weights.iter().enumerate().map(moved).collect();
    let shifted = Behind { weights: shifted, samples: samples.clone() };
    let sample = Behind { weights: weights.clone(), samples: scaled(&samples, INPUTS, 8.0) };
    let unit = Behind { weights: scaled(&weights, INPUTS, 4.0), samples };
    let mut verdict = agrees(Strength::Must, target, &unit.rows(case, case.epsilon))?;
    let epsilon = case.epsilon;
    for (what, other, [before, after]) in [
        ("4·W", whole, [epsilon, 16.0 * epsilon]),
        ("W + 1·vᵀ", shifted, [epsilon, epsilon]),
        ("8·s", sample, [0.0, 0.0]),
    ] {
        let same =
            same_outputs(target, what, &behind.rows(case, before), &other.rows(case, after))?;
        verdict = verdict.and(|| same);
    }
    Ok(verdict)
}

/// Both cases have the same outputs, within the sum of their bounds.
fn same_outputs<T: Real>(
    target: &dyn Target<T>,
    what: &str,
    before: &Case<T>,
    after: &Case<T>,
) -> Checked {
    let y = forward(target, after)?;
    let judged = [before, after].map(|case| Judged::new(Strength::Must, case));
    Ok(compare(&format!("y of rows with {what} behind them, "), &y, |i| {
        let one = judged[0].y(before, i)?;
        Some(Expected { bound: one.bound + judged[1].bound(after, i)?, ..one })
    }))
}

/// LN-12: the sum over no row is 0.
pub(super) fn sums_of_nothing<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = backward(target, case)?;
    let zeros = vec![T::from_f64(0.0); case.shape.channels];
    // −0 is as good as 0: adding 0 makes it so.
    let unsigned = |values: &[T]| values.iter().map(|v| *v + T::from_f64(0.0)).collect::<Vec<T>>();
    let why = "0: the sum of nothing";
    Ok(same_bits("dgamma", &unsigned(&got.dgamma), &zeros, why)
        .and(|| same_bits("dbeta", &unsigned(&got.dbeta), &zeros, why)))
}
