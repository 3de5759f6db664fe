//! The faults, and the small steps of the formula that they change.

use super::base::sum;
use crate::batch_norm::Variance;
use crate::{Real, Refusal, Shape};

/// What is wrong. The label of each stands in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    // Which values are normalised together.
    AxesInstance,
    AxesBatchOnly,
    AxesLayer,
    ChannelLast,
    // The variance and its root.
    Unbiased,
    UncentredVariance,
    EpsOutside,
    EpsIgnored,
    EpsHardcoded,
    SquareForRoot,
    // Scale and shift.
    NoGamma,
    NoBeta,
    Swapped,
    BetaBeforeGamma,
    // Rounding.
    OnePass,
    CancelToZero,
    MeanRounded,
    Range,
    DriftConstant,
    TwoRoundings,
    // One value, no channel, NaN.
    SingleNan,
    NanHidden,
    NanSpreads,
    ZeroGuarded,
    NoChannelRefused,
    // Arguments.
    EpsUnchecked,
    LengthUnchecked,
    EmptyAccepted,
    WeightUnchecked,
    Misnamed,
    PartialWrite,
    // Running statistics.
    MomentumFlipped,
    NoUpdate,
    Replace,
    AlwaysUnbiased,
    AlwaysBiased,
    RunningSingle,
    EpsLeaks,
    RunningDeviation,
    TrainUsesRunning,
    UsesUpdatedRunning,
    // Inference.
    EvalUsesBatch,
    InferenceUncentred,
    InferenceTwoRoundings,
    // Backward.
    ParamWrongAxis,
    DgammaUncentred,
    DbetaMean,
    DxNoMean,
    DxNoVar,
    DxDetached,
    DxNoGamma,
    DxExtraTerm,
    DxEvalFormula,
    BackwardMeanRounded,
    DxTwoRoundings,
    BackwardNanHidden,
    InferenceDxRounded,
    // Merging.
    MergeDistance,
    MergeShift,
    // Bits.
    Threads,
    LevelBits,
    /// The other level of [`Fault::LevelBits`]: not in the catalogue.
    SummedBackwards,
}

impl Fault {
    /// The layout as it is read.
    pub(super) fn layout(self, shape: Shape) -> Shape {
        match self {
            Self::ChannelLast => Shape::new(shape.per_channel(), shape.channels, 1),
            _ => shape,
        }
    }

    /// The values that are normalised together, as indices into x.
    pub(super) fn groups(self, shape: Shape) -> Vec<Vec<usize>> {
        let Shape { outer, channels, inner } = shape;
        let count = match self {
            Self::AxesInstance => outer * channels,
            Self::AxesBatchOnly => channels * inner,
            Self::AxesLayer => outer,
            _ => channels,
        };
        let mut groups = vec![Vec::new(); count];
        for index in 0..shape.len() {
            groups[match self {
                Self::AxesInstance => index / inner,
                Self::AxesBatchOnly => index % (channels * inner),
                Self::AxesLayer => index / (channels * inner),
                _ => shape.channel_of(index),
            }]
            .push(index);
        }
        groups
    }

    /// Whether a value of x takes part in the statistics.
    pub(super) fn counts<T: Real>(self, value: T) -> bool {
        self != Self::NanHidden || !value.is_nan()
    }

    /// The mean where it is rounded to `T` before x is centred.
    pub(super) fn rounded_mean<T: Real>(self, x: &[T]) -> Option<f64> {
        let m = T::from_f64(x.len() as f64);
        let total = match self {
            Self::MeanRounded => {
                let shift = x[0].to_f64();
                let rest = x.iter().map(|v| v.to_f64() - shift).sum::<f64>() / x.len() as f64;
                return Some(T::from_f64(shift + rest).to_f64());
            }
            Self::DriftConstant => sum(x.iter().copied()),
            Self::SummedBackwards => sum(x.iter().rev().copied()),
            Self::Threads => {
                let share = x.len().div_ceil(rayon::current_num_threads());
                sum(x.chunks(share).map(|part| sum(part.iter().copied())))
            }
            _ => return None,
        };
        Some((total / m).to_f64())
    }

    /// ε as it is used.
    pub(super) fn epsilon(self, epsilon: f64) -> f64 {
        match self {
            Self::EpsIgnored => 0.0,
            Self::EpsHardcoded => 1e-5,
            _ => epsilon,
        }
    }

    /// 1/√(v + ε·s²), for a variance v of values that were multiplied by s.
    pub(super) fn reciprocal(self, variance: f64, epsilon: f64, scale: f64) -> f64 {
        let sum = variance + epsilon * scale * scale;
        match self {
            Self::EpsOutside => 1.0 / (variance.sqrt() + epsilon * scale),
            Self::SquareForRoot => scale / sum,
            Self::ZeroGuarded if sum == 0.0 => 1.0,
            _ => 1.0 / sum.sqrt(),
        }
    }

    /// γ·x̂ + β.
    pub(super) fn scale_and_shift(self, x_hat: f64, gamma: f64, beta: f64) -> f64 {
        match self {
            Self::NoGamma => x_hat + beta,
            Self::NoBeta => gamma * x_hat,
            Self::Swapped => beta * x_hat + gamma,
            Self::BetaBeforeGamma => gamma * (x_hat + beta),
            _ => gamma.mul_add(x_hat, beta),
        }
    }

    /// The weight of the new batch in the running statistics.
    pub(super) fn weight_of_new(self, weight: f64) -> f64 {
        match self {
            Self::MomentumFlipped => 1.0 - weight,
            Self::NoUpdate => 0.0,
            Self::Replace => 1.0,
            _ => weight,
        }
    }

    /// What the running variance averages.
    pub(super) fn running_variance(self, variance: f64, m: f64, asked: Variance, eps: f64) -> f64 {
        let unbiased = match self {
            Self::AlwaysUnbiased => m > 1.0,
            Self::AlwaysBiased => false,
            _ => asked == Variance::Unbiased,
        };
        let variance = if unbiased { variance * (m / (m - 1.0)) } else { variance };
        match self {
            Self::EpsLeaks => variance + eps,
            Self::RunningDeviation => variance.sqrt(),
            _ => variance,
        }
    }

    /// The channel whose dγ and dβ an element is added to.
    pub(super) fn parameter_of(self, shape: Shape, index: usize) -> usize {
        match self {
            Self::ParamWrongAxis => index / (shape.channels * shape.inner) % shape.channels,
            _ => shape.channel_of(index),
        }
    }

    /// Lets a refusal pass, or adds one, where the check of the arguments is what is wrong.
    pub(super) fn admit(self, shape: Shape, checked: Result<(), Refusal>) -> Result<(), Refusal> {
        if self == Self::NoChannelRefused && shape.channels == 0 {
            return Err(Refusal::invalid("shape", shape, "at least one channel"));
        }
        match checked {
            Err(Refusal::Invalid { argument, .. }) if self.overlooks(&argument, shape) => Ok(()),
            Err(Refusal::Invalid { value, allowed, .. }) if self == Self::Misnamed => {
                Err(Refusal::invalid("input", value, allowed))
            }
            other => other,
        }
    }

    fn overlooks(self, argument: &str, shape: Shape) -> bool {
        match self {
            Self::EpsUnchecked => argument == "epsilon",
            Self::LengthUnchecked => ["gamma", "beta"].contains(&argument),
            Self::EmptyAccepted => argument == "shape" && shape.per_channel() == 0,
            Self::RunningSingle => argument == "shape" && shape.per_channel() == 1,
            Self::WeightUnchecked => argument == "weight_of_new",
            _ => false,
        }
    }
}
