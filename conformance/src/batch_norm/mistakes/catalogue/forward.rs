//! Mistakes of the forward pass in training: BN-01 to BN-12.

use super::{Fault, Mistake};

pub(super) const FORWARD: &[Mistake] = &[
    Mistake::planted(
        Fault::AxesInstance,
        "bn-axes-instance",
        "BN-01",
        "every sample of the batch is normalised by itself (that is instance normalisation)",
        "reduce over outer and inner for each channel, and over nothing else",
    ),
    Mistake::planted(
        Fault::AxesBatchOnly,
        "bn-axes-batch-only",
        "BN-01",
        "every position of the inner axis has statistics of its own",
        "reduce over outer and inner for each channel, and over nothing else",
    ),
    Mistake::planted(
        Fault::AxesLayer,
        "bn-axes-layer",
        "BN-01",
        "every sample is normalised over all its channels (that is layer normalisation)",
        "reduce over outer and inner for each channel, and over nothing else",
    ),
    Mistake::planted(
        Fault::ChannelLast,
        "bn-channel-last",
        "BN-01",
        "the data are read as if the channel were the last axis",
        "index element (o, c, i) at (o·channels + c)·inner + i",
    ),
    Mistake::planted(
        Fault::Unbiased,
        "bn-unbiased",
        "BN-02",
        "the variance is divided by m − 1",
        "divide by m: the unbiased variance is for the running statistics only",
    ),
    Mistake::planted(
        Fault::EpsOutside,
        "bn-eps-outside",
        "BN-03",
        "ε is added to the standard deviation, outside the root",
        "add ε to the variance and take the root of the sum",
    )
    .seen_in("tracel-ai/burn#2185"),
    Mistake::planted(
        Fault::EpsIgnored,
        "bn-eps-ignored",
        "BN-03",
        "ε is left out",
        "add ε to the variance before the root",
    ),
    Mistake::planted(
        Fault::EpsHardcoded,
        "bn-eps-hardcoded",
        "BN-03",
        "ε is always 1e-5, whatever is asked for",
        "use the ε of the call",
    ),
    Mistake::planted(
        Fault::EpsFloor,
        "bn-eps-floor",
        "BN-03",
        "ε is a floor: the root is of the larger of σ² and ε",
        "add ε to the variance, whatever the variance is",
    ),
    Mistake::planted(
        Fault::SquareForRoot,
        "bn-square-for-root",
        "BN-03",
        "x − μ is divided by the variance, without the root",
        "divide by √(σ² + ε)",
    )
    .seen_in("131250208/TPlinker-joint-extraction#37"),
    Mistake::planted(
        Fault::NoGamma,
        "bn-no-gamma",
        "BN-04",
        "γ is left out",
        "multiply x̂ by the γ of its channel",
    ),
    Mistake::planted(
        Fault::NoBeta,
        "bn-no-beta",
        "BN-04",
        "β is left out",
        "add the β of the channel after multiplying by γ",
    ),
    Mistake::planted(
        Fault::Swapped,
        "bn-swapped",
        "BN-04",
        "γ and β are swapped",
        "y = γ·x̂ + β: γ multiplies, β is added",
    ),
    Mistake::planted(
        Fault::BetaBeforeGamma,
        "bn-beta-before-gamma",
        "BN-04",
        "β is added before γ multiplies",
        "multiply by γ first, then add β",
    ),
    Mistake::planted(
        Fault::OnePass,
        "bn-one-pass",
        "BN-05",
        "the variance is mean(x²) − μ², which cancels where the mean is large",
        "subtract the mean first: σ² = mean((x − μ)²)",
    )
    .junk()
    .seen_in("google/flax#1491"),
    Mistake::planted(
        Fault::CancelToZero,
        "bn-cancel-to-zero",
        "BN-05",
        "the variance is mean(x²) − μ², cut off at zero where it cancels",
        "subtract the mean first: a cut-off hides the loss of every digit",
    )
    .junk()
    .seen_in("k2-fsa/sherpa-onnx#3857"),
    Mistake::planted(
        Fault::MeanRounded,
        "bn-mean-rounded",
        "BN-06",
        "the mean is rounded to the data's precision before it is subtracted",
        "subtract one value of the channel first, or keep the mean in more digits",
    )
    .rounding(),
    Mistake::planted(
        Fault::Range,
        "bn-range",
        "BN-06",
        "the squares of x − μ overflow or underflow",
        "scale the channel by a power of two, or square in a wider type",
    )
    .rounding(),
    Mistake::planted(
        Fault::TwoRoundings,
        "bn-two-roundings",
        "BN-07",
        "x̂ is rounded before it is scaled and shifted",
        "keep x̂ in f64 and round y once",
    )
    .rounding()
    .single_only(),
    Mistake::planted(
        Fault::UncentredVariance,
        "bn-uncentred-variance",
        "BN-08",
        "the variance is taken about zero: mean(x²)",
        "take the mean square of x − μ",
    ),
    Mistake::planted(
        Fault::DriftConstant,
        "bn-drift-constant",
        "BN-09",
        "the mean is a running sum in the data's precision: that of a constant channel is not its value",
        "subtract one value of the channel first: then a constant channel sums zeros",
    )
    .rounding()
    .seen_in("BVLC/caffe#3963"),
    Mistake::planted(
        Fault::SingleNan,
        "bn-n1-nan",
        "BN-10",
        "one value per channel gives NaN",
        "divide the sum of squares by m, which is 1, and not by m − 1",
    ),
    Mistake::planted(
        Fault::NanHidden,
        "bn-nan-hidden",
        "BN-11",
        "a NaN is left out of the statistics",
        "let it through: the whole channel is NaN, and somebody finds out",
    ),
    Mistake::planted(
        Fault::NanSpreads,
        "bn-nan-spreads",
        "BN-11",
        "a NaN in one channel makes all channels NaN",
        "let no operation mix channels",
    ),
    Mistake::planted(
        Fault::ZeroGuarded,
        "bn-zero-guard",
        "BN-11",
        "a variance of zero with ε = 0 is replaced by one",
        "return the formula's own 0/0: ε is there for the caller to choose",
    ),
    Mistake::planted(
        Fault::NothingRefused,
        "bn-no-channel-refused",
        "BN-12",
        "a tensor without channels is refused",
        "return at once: there is nothing to write",
    ),
];
