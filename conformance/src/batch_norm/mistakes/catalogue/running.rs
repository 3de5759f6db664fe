//! Mistakes of inference and of the running statistics: BN-15 to BN-20.

use super::super::{Fault, Mistake};
use super::planted;

pub(super) const RUNNING: &[Mistake] = &[
    planted(
        Fault::EvalUsesBatch,
        "bn-eval-uses-batch",
        "BN-15",
        "inference uses the statistics of the batch at hand",
        "use the mean and variance that are given",
    ),
    planted(
        Fault::InferenceUncentred,
        "bn-inference-uncentred",
        "BN-16",
        "inference is folded to x·a + b, which cancels where the mean is large",
        "subtract the mean from x first",
    )
    .rounding(),
    planted(
        Fault::InferenceTwoRoundings,
        "bn-inference-two-roundings",
        "BN-17",
        "inference rounds x̂ before it is scaled and shifted",
        "keep x̂ in f64 and round y once",
    )
    .rounding()
    .single_only(),
    planted(
        Fault::MomentumFlipped,
        "bn-momentum-flipped",
        "BN-18",
        "the weights of old and new are swapped: one minus the other framework's momentum",
        "new = (1 − w)·old + w·batch, where w is the weight of the new batch",
    )
    .seen_in("fastestimator/fastestimator#1201"),
    planted(
        Fault::NoUpdate,
        "bn-no-update",
        "BN-18",
        "the running statistics never move",
        "update both in every training step",
    ),
    planted(
        Fault::Replace,
        "bn-replace",
        "BN-18",
        "the running statistics are replaced by the batch's",
        "average: new = (1 − w)·old + w·batch",
    ),
    planted(
        Fault::AlwaysUnbiased,
        "bn-running-var-convention",
        "BN-19",
        "the running variance is always the unbiased one, whatever is asked for",
        "average σ² or σ²·m/(m − 1), as the call asks",
    )
    .seen_in("pytorch/pytorch#19902"),
    planted(
        Fault::AlwaysBiased,
        "bn-running-var-biased",
        "BN-19",
        "the running variance is always the biased one, whatever is asked for",
        "average σ² or σ²·m/(m − 1), as the call asks",
    ),
    planted(
        Fault::RunningSingle,
        "bn-running-var-n1-inf",
        "BN-19",
        "the unbiased variance of one value is 0·1/0, and is stored",
        "refuse it and name `shape`",
    ),
    planted(
        Fault::EpsLeaks,
        "bn-eps-leaks",
        "BN-19",
        "the stored variance contains ε",
        "store the variance alone: inference adds ε itself",
    ),
    planted(
        Fault::RunningDeviation,
        "bn-running-std",
        "BN-19",
        "the standard deviation is stored in place of the variance",
        "store the variance: inference takes the root itself",
    ),
    planted(
        Fault::TrainUsesRunning,
        "bn-train-uses-running",
        "BN-20",
        "training normalises with the running statistics",
        "normalise with the statistics of the batch",
    ),
    planted(
        Fault::UsesUpdatedRunning,
        "bn-uses-updated-running",
        "BN-20",
        "training normalises with the running statistics it has just updated",
        "normalise with the statistics of the batch",
    ),
];
