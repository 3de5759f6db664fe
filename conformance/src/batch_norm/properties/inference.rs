//! Clauses BN-15 to BN-17, BN-27 and BN-28: the given statistics, forward and backward.

use super::{Case, inference, inference_backward, step};
use crate::batch_norm::truth::{InferenceBackwardTruth, InferenceTruth};
use crate::batch_norm::{Given, Variance, bounds, dialect_of};
use crate::compare::{Expected, compare};
use crate::exact::Wide;
use crate::normalization::properties::backward::gradients_agree;
use crate::normalization::truth::ForwardTruth;
use crate::verdict::{Checked, Strength, Verdict};
use crate::{Real, Target};

/// y is the formula's with the given mean and variance.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let y = inference(target, case)?;
    let truth = InferenceTruth::for_strength(case, strength);
    let bound = bounds::inference(strength, case, &truth);
    Ok(compare("y", &y, |i| expected(case, &truth, &bound, i)))
}

/// What y\[i\] must be, where the bound applies.
fn expected<T: Real>(
    case: &Case<T>,
    truth: &InferenceTruth,
    bounds: &bounds::ForwardBounds,
    i: usize,
) -> Option<Expected> {
    let applies = bounds.applies[case.shape.channel_of(i)];
    let bound = bounds.y[i] + truth.uncertainty[i];
    let c = case.shape.channel_of(i);
    let scaled = (case.gamma[c].to_f64() * truth.normalized[i]).abs();
    let largest = scaled.max(case.beta[c].to_f64().abs());
    applies.then(|| Expected::new(truth.y[i], bound).of_terms(largest))
}

/// The first sample's result is the same without the others.
pub(super) fn mates_do_not_matter<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    if case.shape.outer < 2 {
        return Ok(Verdict::CannotTell("one sample has no batch mates"));
    }
    let mut alone = case.clone();
    alone.shape.outer = 1;
    alone.x.truncate(alone.shape.len());
    alone.dy.truncate(alone.shape.len());
    let (full, lone) = (inference(target, case)?, inference(target, &alone)?);
    let truth = InferenceTruth::for_strength(&alone, Strength::Must);
    let bound = bounds::inference(Strength::Must, &alone, &truth);
    Ok(compare("without the other samples: y", &lone, |i| {
        let own = expected(&alone, &truth, &bound, i)?;
        Some(Expected { truth: Wide::exact(full[i].to_f64()), bound: 2.0 * own.bound, ..own })
    }))
}

/// With the batch's own statistics, inference gives what training gives.
///
/// The statistics go through the running ones (weight 1, biased), so they carry their own error and
/// one rounding: y moves by |γ|·r·(error of the mean) and by |x̂γ|/2 · (error of σ²)/(σ² + ε).
pub(super) fn repeats_training<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let own = Given { weight_of_new: 1.0, convention: Variance::Biased, ..case.own.clone() };
    let mut with_weight = Case { own, ..case.clone() };
    if dialect_of(target)?.only_running_variance == Some(Variance::Unbiased) {
        return Ok(Verdict::CannotTell("the dialect has no biased running variance"));
    }
    let after = step(target, &with_weight)?;
    (with_weight.own.mean, with_weight.own.variance) = (after.mean, after.variance);
    let y = inference(target, &with_weight)?;
    let truth = ForwardTruth::for_strength(case, Strength::Must);
    let forward = bounds::forward(Strength::Must, case, &truth);
    let given = InferenceTruth::for_strength(&with_weight, Strength::Must);
    let rounding = bounds::inference(Strength::Must, &with_weight, &given);
    Ok(compare("y", &y, |i| {
        let c = case.shape.channel_of(i);
        // The sound bound of y already holds the error of computed statistics; one more rounding
        // of each of them to T is u·|μ|·r·|γ| and u·|x̂γ|.
        let (channel, gamma) = (&truth.statistics[c], case.gamma[c].to_f64().abs());
        let stored = T::UNIT_ROUNDOFF
            * gamma
            * (channel.mean.to_f64().abs() * channel.rstd + truth.normalized[i].abs());
        let bound = forward.y[i] + truth.uncertainty[i] + rounding.y[i] + 2.0 * stored;
        (forward.applies[c] && rounding.applies[c]).then(|| Expected::new(truth.y[i], bound))
    }))
}

/// dx, dγ and dβ are those of constants.
pub(super) fn backward_agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let got = inference_backward(target, case)?;
    let truth = InferenceBackwardTruth::for_strength(case, strength);
    let bound = bounds::inference_backward(strength, case, &truth);
    Ok(gradients_agree(case, &got, &truth.gradients, &bound, |i| pulled(case, &truth, i)))
}

/// |γ·r·dy|: the only term of dx.
fn pulled<T: Real>(case: &Case<T>, truth: &InferenceBackwardTruth, i: usize) -> f64 {
    let c = case.shape.channel_of(i);
    (case.gamma[c].to_f64() * truth.forward.rstd[c] * case.dy[i].to_f64()).abs()
}
