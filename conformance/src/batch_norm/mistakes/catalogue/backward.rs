//! Mistakes of the backward passes: BN-21 to BN-28.

use super::{Fault, Mistake};

pub(super) const BACKWARD: &[Mistake] = &[
    Mistake::planted(
        Fault::ParamWrongAxis,
        "bn-param-wrong-axis",
        "BN-21",
        "dγ and dβ are summed over the wrong axis",
        "sum over outer and inner: one value per channel",
    ),
    Mistake::planted(
        Fault::DgammaUncentred,
        "bn-dgamma-uncentred",
        "BN-21",
        "dγ is Σ dy·x",
        "sum dy·x̂, with the normalised x",
    ),
    Mistake::planted(
        Fault::DgammaMean,
        "bn-dgamma-mean",
        "BN-21",
        "dγ is the mean of dy·x̂",
        "dγ is the sum of dy·x̂",
    ),
    Mistake::planted(
        Fault::DbetaMean,
        "bn-dbeta-mean",
        "BN-21",
        "dβ is the mean of dy",
        "dβ is the sum of dy",
    ),
    Mistake::planted(
        Fault::DxDetached,
        "bn-dx-detached",
        "BN-22",
        "dx is γ·r·dy, as if mean and variance were constants",
        "subtract what flows through the mean and through the variance",
    ),
    Mistake::planted(
        Fault::DxNoGamma,
        "bn-dx-no-gamma",
        "BN-22",
        "γ is left out of dx",
        "multiply dx by γ",
    )
    .seen_in("denizyuret/Knet.jl#289"),
    Mistake::planted(
        Fault::DxExtraTerm,
        "bn-dx-extra-term",
        "BN-22",
        "the mean's path is counted again, divided by m once more",
        "subtract mean(dy) once: what σ² sends through μ sums to zero",
    )
    .seen_in("apache/mxnet#1053"),
    Mistake::planted(
        Fault::DxUndivided,
        "bn-dx-undivided",
        "BN-22",
        "dx subtracts the sums of dy and of dy·x̂, not their means",
        "divide both sums by m",
    ),
    Mistake::planted(
        Fault::DxVarianceSign,
        "bn-dx-variance-sign",
        "BN-22",
        "the path through the variance is added to dx",
        "subtract x̂·mean(dy·x̂)",
    ),
    Mistake::planted(
        Fault::DxNoMean,
        "bn-dx-no-mean",
        "BN-23",
        "dx lacks the path through the mean",
        "subtract mean(dy)",
    ),
    Mistake::planted(
        Fault::DxNoVar,
        "bn-dx-no-var",
        "BN-23",
        "dx lacks the path through the variance",
        "subtract x̂·mean(dy·x̂)",
    ),
    Mistake::planted(
        Fault::BackwardMeanRounded,
        "bn-backward-mean-rounded",
        "BN-24",
        "backward centres x with a mean rounded to the data's precision",
        "save the mean as a shift and an offset, or in more digits",
    )
    .rounding(),
    Mistake::planted(
        Fault::DxTwoRoundings,
        "bn-dx-two-roundings",
        "BN-25",
        "the bracket of dx is rounded before it is multiplied by γ·r",
        "keep it in f64 and round dx once",
    )
    .rounding()
    .single_only(),
    Mistake::planted(
        Fault::BackwardNanHidden,
        "bn-backward-nan-hidden",
        "BN-26",
        "a NaN in dy is left out of the sums",
        "let it through: dγ, dβ and the channel's dx are NaN",
    ),
    Mistake::planted(
        Fault::DxEvalFormula,
        "bn-dx-eval-formula",
        "BN-27",
        "backward in inference subtracts the paths through mean and variance",
        "dx = γ·r·dy: given statistics are constants",
    ),
    Mistake::planted(
        Fault::InferenceDxRounded,
        "bn-inference-dx-rounded",
        "BN-28",
        "backward in inference rounds 1/√(variance + ε) before multiplying",
        "multiply in f64 and round dx once",
    )
    .rounding()
    .single_only(),
];
