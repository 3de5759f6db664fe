//! The faults, and the small steps of the formula that they change.

use super::base::sum;
use crate::normalization::{Along, Groups};
use crate::{Real, Refusal, Shape};

/// What is wrong. The label of each stands in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    // Which values are normalised together.
    AxesInstance,
    AxesBatchOnly,
    AxesLayer,
    AxesOther,
    ChannelLast,
    // The variance and its root.
    Unbiased,
    UncentredVariance,
    EpsOutside,
    EpsIgnored,
    EpsHardcoded,
    EpsFloor,
    SquareForRoot,
    // Scale and shift.
    NoGamma,
    NoBeta,
    Swapped,
    BetaBeforeGamma,
    AffineByRow,
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
    NothingRefused,
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
    DgammaMean,
    DbetaMean,
    DxNoMean,
    DxNoVar,
    DxDetached,
    DxNoGamma,
    DxGammaOutside,
    DxUndivided,
    DxVarianceSign,
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
    pub(crate) fn layout(self, shape: Shape) -> Shape {
        match self {
            Self::ChannelLast => Shape::new(shape.per_channel(), shape.channels, 1),
            _ => shape,
        }
    }

    /// The values that are normalised together, as indices into x.
    pub(crate) fn groups(self, shape: Shape, along: Along) -> Vec<Vec<usize>> {
        let Shape { outer, channels, inner } = shape;
        let (right, row) = (Groups::new(shape, along), channels * inner);
        let other = match along {
            Along::Channels => Along::Rows,
            Along::Rows => Along::Channels,
        };
        let other = Groups::new(shape, other);
        let (count, of): (usize, Box<dyn Fn(usize) -> usize>) = match self {
            Self::AxesInstance => (outer * channels, Box::new(|index| index / inner)),
            Self::AxesBatchOnly => (row, Box::new(|index| index % row)),
            Self::AxesLayer => (outer, Box::new(|index| index / row)),
            Self::AxesOther => (other.count(), Box::new(|index| other.of(index))),
            _ => (right.count(), Box::new(|index| right.of(index))),
        };
        let mut groups = vec![Vec::new(); count];
        (0..shape.len()).for_each(|index| groups[of(index)].push(index));
        groups
    }

    /// Whether a value of x takes part in the statistics.
    pub(crate) fn counts<T: Real>(self, value: T) -> bool {
        self != Self::NanHidden || !value.is_nan()
    }

    /// The mean where it is rounded to `T` before x is centred.
    pub(crate) fn rounded_mean<T: Real>(self, x: &[T]) -> Option<f64> {
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
    pub(crate) fn epsilon(self, epsilon: f64) -> f64 {
        match self {
            Self::EpsIgnored => 0.0,
            Self::EpsHardcoded => 1e-5,
            _ => epsilon,
        }
    }

    /// 1/√(v + ε·s²), for a variance v of values that were multiplied by s.
    pub(crate) fn reciprocal(self, variance: f64, epsilon: f64, scale: f64) -> f64 {
        let sum = variance + epsilon * scale * scale;
        match self {
            Self::EpsOutside => 1.0 / (variance.sqrt() + epsilon * scale),
            Self::SquareForRoot => scale / sum,
            Self::ZeroGuarded if sum == 0.0 => 1.0,
            Self::EpsFloor => 1.0 / variance.max(epsilon * scale * scale).sqrt(),
            _ => 1.0 / sum.sqrt(),
        }
    }

    /// γ·x̂ + β.
    pub(crate) fn scale_and_shift(self, x_hat: f64, gamma: f64, beta: f64) -> f64 {
        match self {
            Self::NoGamma => x_hat + beta,
            Self::NoBeta => gamma * x_hat,
            Self::Swapped => beta * x_hat + gamma,
            Self::BetaBeforeGamma => gamma * (x_hat + beta),
            _ => gamma.mul_add(x_hat, beta),
        }
    }

    /// The channel whose γ and β an element has.
    pub(crate) fn affine_of(self, shape: Shape, index: usize) -> usize {
        match self {
            Self::AffineByRow => shape.position_of(index) % shape.channels,
            _ => shape.channel_of(index),
        }
    }

    /// The channel whose dγ and dβ an element is added to.
    pub(crate) fn parameter_of(self, shape: Shape, index: usize) -> usize {
        match self {
            Self::ParamWrongAxis => shape.position_of(index) % shape.channels,
            _ => shape.channel_of(index),
        }
    }

    /// Lets a refusal pass, or adds one, where the check of the arguments is what is wrong.
    pub(crate) fn admit(self, groups: Groups, checked: Result<(), Refusal>) -> Result<(), Refusal> {
        if self == Self::NothingRefused && groups.count() == 0 && checked.is_ok() {
            return Err(Refusal::invalid("shape", "empty", "something to normalise"));
        }
        match checked {
            Err(Refusal::Invalid { argument, .. }) if self.overlooks(&argument, groups) => Ok(()),
            Err(Refusal::Invalid { value, allowed, .. }) if self == Self::Misnamed => {
                Err(Refusal::invalid("input", value, allowed))
            }
            other => other,
        }
    }

    fn overlooks(self, argument: &str, groups: Groups) -> bool {
        match self {
            Self::EpsUnchecked => argument == "epsilon",
            Self::LengthUnchecked => ["gamma", "beta"].contains(&argument),
            Self::EmptyAccepted => argument == "shape" && groups.size() == 0,
            Self::RunningSingle => argument == "shape" && groups.size() == 1,
            Self::WeightUnchecked => argument == "weight_of_new",
            _ => false,
        }
    }
}
