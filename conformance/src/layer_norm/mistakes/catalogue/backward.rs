//! Mistakes of the backward pass: LN-15 to LN-20.

use super::{Fault, Mistake};

pub(super) const BACKWARD: &[Mistake] = &[
    Mistake::planted(
        Fault::ParamWrongAxis,
        "ln-dgamma-feature-axis",
        "LN-15",
        "dγ and dβ are summed over the features of each row",
        "sum over the rows: one value per feature",
    ),
    Mistake::planted(
        Fault::DgammaUncentred,
        "ln-dgamma-uncentred",
        "LN-15",
        "dγ is Σ dy·x",
        "sum dy·x̂, with the normalised x",
    ),
    Mistake::planted(
        Fault::DgammaMean,
        "ln-dgamma-mean",
        "LN-15",
        "dγ is the mean of dy·x̂",
        "dγ is the sum of dy·x̂",
    ),
    Mistake::planted(
        Fault::DbetaMean,
        "ln-dbeta-mean",
        "LN-15",
        "dβ is the mean of dy",
        "dβ is the sum of dy",
    ),
    Mistake::planted(
        Fault::DxGammaOutside,
        "ln-dx-gamma-outside",
        "LN-16",
        "γ multiplies the bracket of dx from outside, as in batch normalisation",
        "multiply dy by γ first: the means are means of dy·γ",
    ),
    Mistake::planted(
        Fault::DxNoGamma,
        "ln-dx-no-gamma",
        "LN-16",
        "γ is left out of dx",
        "multiply dy by γ first",
    ),
    Mistake::planted(
        Fault::DxDetached,
        "ln-dx-detached",
        "LN-16",
        "dx is γ·r·dy, as if mean and variance were constants",
        "subtract what flows through the mean and through the variance",
    ),
    Mistake::planted(
        Fault::DxExtraTerm,
        "ln-dx-extra-term",
        "LN-16",
        "the mean's path is counted again, divided by d once more",
        "subtract mean(dy·γ) once: what σ² sends through μ sums to zero",
    ),
    Mistake::planted(
        Fault::DxUndivided,
        "ln-dx-undivided",
        "LN-16",
        "dx subtracts the sums of dy·γ and of dy·γ·x̂, not their means",
        "divide both sums by d",
    ),
    Mistake::planted(
        Fault::DxVarianceSign,
        "ln-dx-variance-sign",
        "LN-16",
        "the path through the variance is added to dx",
        "subtract x̂·mean(dy·γ·x̂)",
    ),
    Mistake::planted(
        Fault::DxNoMean,
        "ln-dx-no-mean",
        "LN-17",
        "dx lacks the path through the mean",
        "subtract mean(dy·γ)",
    ),
    Mistake::planted(
        Fault::DxNoVar,
        "ln-dx-no-var",
        "LN-17",
        "dx lacks the path through the variance",
        "subtract x̂·mean(dy·γ·x̂)",
    ),
    Mistake::planted(
        Fault::BackwardMeanRounded,
        "ln-backward-mean-rounded",
        "LN-18",
        "backward centres x with a mean rounded to the data's precision",
        "keep the mean as a shift and an offset, or in more digits",
    )
    .rounding(),
    Mistake::planted(
        Fault::DxTwoRoundings,
        "ln-dx-two-roundings",
        "LN-19",
        "the bracket of dx is rounded before it is multiplied by r",
        "keep it in f64 and round dx once",
    )
    .rounding()
    .single_only(),
    Mistake::planted(
        Fault::BackwardNanHidden,
        "ln-backward-nan-hidden",
        "LN-20",
        "a NaN in dy is left out of the sums",
        "let it through: dγ and dβ of the feature and the row's dx are NaN",
    ),
];
