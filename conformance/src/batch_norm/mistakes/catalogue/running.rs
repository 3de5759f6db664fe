//! Mistakes of inference and of the running statistics: BN-15 to BN-20.

use super::{Fault, Mistake};

pub(super) const RUNNING: &[Mistake] = &[
    Mistake::planted(
        Fault::EvalUsesBatch,
        "bn-eval-uses-batch",
        "BN-15",
        "inference uses the statistics of the batch at hand",
        "use the mean and variance that are given",
    ),
    Mistake::planted(
        Fault::InferenceUncentred,
        "bn-inference-uncentred",
        "BN-16",
        "inference is folded to x·a + b, which cancels where the mean is large",
        "subtract the mean from x first",
    )
    .rounding(),
    Mistake::planted(
        Fault::InferenceTwoRoundings,
        "bn-inference-two-roundings",
        "BN-17",
        "inference rounds x̂ before it is scaled and shifted",
        "keep x̂ in f64 and round y once",
    )
    .rounding()
    .single_only(),
    Mistake::planted(
        Fault::MomentumFlipped,
        "bn-momentum-flipped",
        "BN-18",
        "the weights of old and new are swapped: one minus the other framework's momentum",
        "new = (1 − w)·old + w·batch, where w is the weight of the new batch",
    )
    .seen_in("fastestimator/fastestimator#1201"),
    Mistake::planted(
        Fault::NoUpdate,
        "bn-no-update",
        "BN-18",
        "the running statistics never move",
        "update both in every training step",
    ),
    Mistake::planted(
        Fault::Replace,
        "bn-replace",
        "BN-18",
        "the running statistics are replaced by the batch's",
        "average: new = (1 − w)·old + w·batch",
    ),
    Mistake::planted(
        Fault::AlwaysUnbiased,
        "bn-running-var-convention",
        "BN-19",
        "the running variance is always the unbiased one, whatever is asked for",
        "average σ² or σ²·m/(m − 1), as the call asks",
    )
    .seen_in("pytorch/pytorch#19902"),
    Mistake::planted(
        Fault::AlwaysBiased,
        "bn-running-var-biased",
        "BN-19",
        "the running variance is always the biased one, whatever is asked for",
        "average σ² or σ²·m/(m − 1), as the call asks",
    ),
    Mistake::planted(
        Fault::RunningSingle,
        "bn-running-var-n1-inf",
        "BN-19",
        "the unbiased variance of one value is 0·1/0, and is stored",
        "refuse it and name `shape`",
    ),
    Mistake::planted(
        Fault::EpsLeaks,
        "bn-eps-leaks",
        "BN-19",
        "the stored variance contains ε",
        "store the variance alone: inference adds ε itself",
    ),
    Mistake::planted(
        Fault::RunningDeviation,
        "bn-running-std",
        "BN-19",
        "the standard deviation is stored in place of the variance",
        "store the variance: inference takes the root itself",
    ),
    Mistake::planted(
        Fault::TrainUsesRunning,
        "bn-train-uses-running",
        "BN-20",
        "training normalises with the running statistics",
        "normalise with the statistics of the batch",
    ),
    Mistake::planted(
        Fault::UsesUpdatedRunning,
        "bn-uses-updated-running",
        "BN-20",
        "training normalises with the running statistics it has just updated",
        "normalise with the statistics of the batch",
    ),
];
