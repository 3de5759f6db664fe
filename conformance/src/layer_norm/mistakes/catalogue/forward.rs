//! Mistakes of the forward pass: LN-01 to LN-12.

use super::{Fault, Mistake};

pub(super) const FORWARD: &[Mistake] = &[
    Mistake::planted(
        Fault::AxesOther,
        "ln-batch-axis",
        "LN-01",
        "every feature is normalised over the batch (that is batch normalisation)",
        "take the mean over the channels of each outer and inner position, and over nothing else",
    ),
    Mistake::planted(
        Fault::AxesInstance,
        "ln-last-axis-only",
        "LN-01",
        "only the innermost axis is normalised, not the axis of the features",
        "take the mean over the channels of each outer and inner position, and over nothing else",
    ),
    Mistake::planted(
        Fault::AxesLayer,
        "ln-whole-sample",
        "LN-01",
        "a sample is normalised over its channels and its inner positions together",
        "take the mean over the channels of each outer and inner position; to include the inner axis, count it among the channels",
    ),
    Mistake::planted(
        Fault::ChannelLast,
        "ln-channel-last",
        "LN-01",
        "the data are read as if the channel were the last axis",
        "index element (o, c, i) at (o·channels + c)·inner + i",
    ),
    Mistake::planted(
        Fault::Unbiased,
        "ln-unbiased",
        "LN-02",
        "the variance is divided by d − 1",
        "divide by d",
    )
    .seen_in("LBANN/lbann#2024"),
    Mistake::planted(
        Fault::EpsOutside,
        "ln-eps-outside",
        "LN-03",
        "ε is added to the standard deviation, outside the root",
        "add ε to the variance and take the root of the sum",
    )
    .seen_in("hyunwoongko/transformer#7"),
    Mistake::planted(
        Fault::EpsIgnored,
        "ln-eps-ignored",
        "LN-03",
        "ε is left out",
        "add ε to the variance before the root",
    ),
    Mistake::planted(
        Fault::EpsHardcoded,
        "ln-eps-hardcoded",
        "LN-03",
        "ε is always 1e-5, whatever is asked for",
        "use the ε of the call",
    ),
    Mistake::planted(
        Fault::EpsFloor,
        "ln-eps-floor",
        "LN-03",
        "ε is a floor: the root is of the larger of σ² and ε",
        "add ε to the variance, whatever the variance is",
    ),
    Mistake::planted(
        Fault::SquareForRoot,
        "ln-square-for-root",
        "LN-03",
        "x − μ is divided by the variance, without the root",
        "divide by √(σ² + ε)",
    )
    .seen_in("131250208/TPlinker-joint-extraction#37"),
    Mistake::planted(
        Fault::NoGamma,
        "ln-no-gamma",
        "LN-04",
        "γ is left out",
        "multiply x̂ by the γ of its feature",
    ),
    Mistake::planted(
        Fault::NoBeta,
        "ln-no-beta",
        "LN-04",
        "β is left out",
        "add the β of the feature after multiplying by γ",
    ),
    Mistake::planted(
        Fault::Swapped,
        "ln-swapped",
        "LN-04",
        "γ and β are swapped",
        "y = γ·x̂ + β: γ multiplies, β is added",
    ),
    Mistake::planted(
        Fault::BetaBeforeGamma,
        "ln-beta-before-gamma",
        "LN-04",
        "β is added before γ multiplies",
        "multiply by γ first, then add β",
    ),
    Mistake::planted(
        Fault::AffineByRow,
        "ln-affine-by-row",
        "LN-04",
        "γ and β are taken by the number of the row",
        "take them by the number of the feature: all rows share them",
    ),
    Mistake::planted(
        Fault::OnePass,
        "ln-one-pass",
        "LN-05",
        "the variance is mean(x²) − μ², which cancels where the mean is large",
        "subtract the mean first: σ² = mean((x − μ)²)",
    )
    .junk()
    .seen_in("google/flax#1491"),
    Mistake::planted(
        Fault::CancelToZero,
        "ln-cancel-to-zero",
        "LN-05",
        "the variance is mean(x²) − μ², cut off at zero where it cancels",
        "subtract the mean first: a cut-off hides the loss of every digit",
    )
    .junk()
    .seen_in("k2-fsa/sherpa-onnx#3857"),
    Mistake::planted(
        Fault::MeanRounded,
        "ln-mean-rounded",
        "LN-06",
        "the mean is rounded to the data's precision before it is subtracted",
        "subtract one value of the row first, or keep the mean in more digits",
    )
    .rounding(),
    Mistake::planted(
        Fault::Range,
        "ln-range",
        "LN-06",
        "the squares of x − μ overflow or underflow",
        "scale the row by a power of two, or square in a wider type",
    )
    .rounding(),
    Mistake::planted(
        Fault::TwoRoundings,
        "ln-two-roundings",
        "LN-07",
        "x̂ is rounded before it is scaled and shifted",
        "keep x̂ in f64 and round y once",
    )
    .rounding()
    .single_only(),
    Mistake::planted(
        Fault::UncentredVariance,
        "ln-uncentred-variance",
        "LN-08",
        "the variance is taken about zero: mean(x²), as in root mean square normalisation",
        "take the mean square of x − μ",
    ),
    Mistake::planted(
        Fault::DriftConstant,
        "ln-drift-constant",
        "LN-09",
        "the mean is a running sum in the data's precision: that of a constant row is not its value",
        "subtract one value of the row first: then a constant row sums zeros",
    )
    .rounding()
    .seen_in("pytorch/pytorch#98075"),
    Mistake::planted(
        Fault::SingleNan,
        "ln-d1-nan",
        "LN-10",
        "one feature gives NaN",
        "divide the sum of squares by d, which is 1, and not by d − 1",
    ),
    Mistake::planted(
        Fault::NanHidden,
        "ln-nan-hidden",
        "LN-11",
        "a NaN is left out of the statistics",
        "let it through: the whole row is NaN, and somebody finds out",
    ),
    Mistake::planted(
        Fault::NanSpreads,
        "ln-nan-spreads",
        "LN-11",
        "a NaN in one row makes all rows NaN",
        "let no operation mix rows",
    ),
    Mistake::planted(
        Fault::ZeroGuarded,
        "ln-zero-guard",
        "LN-11",
        "a variance of zero with ε = 0 is replaced by one",
        "return the formula's own 0/0: ε is there for the caller to choose",
    ),
    Mistake::planted(
        Fault::NothingRefused,
        "ln-no-row-refused",
        "LN-12",
        "a tensor without rows is refused",
        "return at once: there is nothing to write but dγ = dβ = 0",
    ),
];
