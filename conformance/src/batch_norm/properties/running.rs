//! Clauses BN-18 to BN-20: what a training step leaves behind.

use super::{Case, step};
use crate::arguments::names;
use crate::batch_norm::truth::RunningTruth;
use crate::batch_norm::{Given, Variance, bounds, dialect_of};
use crate::compare::{Expected, compare, same_bits};
use crate::exact::Wide;
use crate::normalization::properties::forward;
use crate::normalization::properties::forward::Judged;
use crate::verdict::{Checked, Strength, Verdict};
use crate::{Real, Target};

/// The case in the convention that the target has, if it has but one.
fn spoken<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Case<T>, Verdict> {
    let only = dialect_of(target)?.only_running_variance;
    let convention = only.unwrap_or(case.own.convention);
    Ok(Case { own: Given { convention, ..case.own.clone() }, ..case.clone() })
}

/// new = (1 − w)·old + w·μ.
pub(super) fn mean_moves<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = spoken(target, case)?;
    let got = step(target, &case)?;
    let truth = RunningTruth::for_strength(&case, Strength::Must);
    let bounds = bounds::running(Strength::Must, &case, &truth);
    Ok(compare("mean", &got.mean, |c| {
        let bound = bounds.mean[c] + truth.mean_uncertainty[c];
        bounds.applies[c].then(|| Expected::new(truth.mean[c], bound))
    }))
}

/// new = (1 − w)·old + w·(the variance that was asked for).
pub(super) fn variance_moves<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = spoken(target, case)?;
    let got = step(target, &case)?;
    let truth = RunningTruth::for_strength(&case, Strength::Must);
    let bounds = bounds::running(Strength::Must, &case, &truth);
    Ok(compare("variance", &got.variance, |c| {
        let total = bounds.variance[c] + truth.variance_uncertainty[c];
        bounds.applies[c].then(|| Expected::new(truth.variance[c], total))
    }))
}

/// The unbiased variance of one value is 0/0: refused, and nothing is written.
pub(super) fn unbiased_needs_two<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    if dialect_of(target)?.only_running_variance == Some(Variance::Biased) {
        return Ok(Verdict::CannotTell("the dialect has no unbiased variance"));
    }
    let own = Given { convention: Variance::Unbiased, ..case.own.clone() };
    let case = Case { own, ..case.clone() };
    let place = "train_step with one value per channel and an unbiased variance";
    Ok(names("shape", place, case.train_step(target)))
}

/// y is the same from other running statistics, and it is forward's.
pub(super) fn leaves_y_alone<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = spoken(target, case)?;
    let elsewhere = |value: f64| vec![T::from_f64(value); case.shape.channels];
    let own = Given { mean: elsewhere(50.0), variance: elsewhere(9.0), ..case.own.clone() };
    let moved = Case { own, ..case.clone() };
    let (y, y_moved) = (step(target, &case)?.y, step(target, &moved)?.y);
    let why = "the bits of y from other running statistics";
    let same = same_bits("running mean 50, variance 9: y", &y_moved, &y, why);
    let Ok(forward) = forward(target, &case) else { return Ok(same) };
    let judged = Judged::new(Strength::Must, &case);
    Ok(same.and(|| {
        compare("of a training step, y", &y, |i| {
            let own = judged.y(&case, i)?;
            let truth = Wide::exact(forward[i].to_f64());
            Some(Expected { truth, bound: 2.0 * own.bound, ..own })
        })
    }))
}
