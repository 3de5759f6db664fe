//! Counts, smaller networks and gaps with one fault each, and a label.
//!
//! All stand on plain counts in 128 bits (`base`); the catalogue has the labels and the sentences.

mod base;
mod catalogue;

use super::contract::{check_accuracies, check_fraction, check_index, check_layers};
use super::{Capacity, Layer, Perceptron, Uniform};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::{Real, Refusal};

/// A capacity with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// Biases are not counted.
    NoBiases,
    /// As many biases as inputs.
    BiasPerInput,
    /// Biases are counted where there are none.
    BiasesAlways,
    /// As if there were one group.
    GroupsIgnored,
    /// Both sides are divided by the groups.
    GroupsTwice,
    /// One position for the kernel.
    KernelIgnored,
    /// A bias for each position of the kernel.
    BiasPerPosition,
    /// γ and β are not counted.
    NoAffine,
    /// Only γ is counted.
    GammaOnly,
    /// Running mean and variance are counted.
    RunningCounted,
    /// An activation counts 1.
    FixedCounted,
    /// Equal layers are counted once.
    EqualOnce,
    /// A count has 32 bits.
    ThirtyTwoBits,
    /// A count goes through `f64`.
    ThroughFloat,
    /// A count wraps at 2⁶⁴.
    Wraps,
    /// A network keeps its running statistics among its parameters.
    RunningStored,
    /// A grouped convolution is kept as a full one.
    GroupsStoredFull,
    /// A network keeps biases that it does not have.
    BiasesStored,
    /// The normalisations of a perceptron are not counted.
    NormsForgotten,
    /// The output layer has a normalisation.
    OutputNorm,
    /// A dense layer before a normalisation has no biases.
    NormDropsBiases,
    /// The layer after the chosen one goes.
    RemovesNext,
    /// The last hidden layer goes.
    RemovesLast,
    /// Widths are rounded to nearest.
    NarrowNearest,
    /// A width may become 0.
    NarrowZero,
    /// The share is a quotient in `f64`.
    NarrowFloat,
    /// Only the first hidden layer is made narrower.
    NarrowFirst,
    /// Inputs and outputs are made narrower too.
    NarrowEnds,
    /// Normalisations go.
    NarrowDropsNorm,
    /// The inverse of the share.
    NarrowInverse,
    /// The first width that does not fit.
    WidestRoundsUp,
    /// Weights between hidden layers are forgotten.
    WidestOneLayer,
    /// Normalisations are forgotten.
    WidestNoNorms,
    /// The budget itself is too much.
    WidestStrict,
    /// A power of two.
    WidestPowerOfTwo,
    /// The root in `f64`, rounded down.
    WidestFloat,
    /// Width 0 where nothing fits.
    WidestZero,
    /// Train less validation.
    GapReversed,
    /// The size of the gap.
    GapAbsolute,
    /// The gap as a share of the training loss.
    GapRelative,
    /// Validation less train.
    AccuracyReversed,
    /// The gap in per cent.
    AccuracyPerCent,
    /// A loss that is not finite is refused.
    NonFiniteRefused,
    /// NaN becomes 0.
    NanIsZero,
    /// Sizes of 0 are accepted.
    SizesUnchecked,
    /// Groups that do not divide are accepted.
    GroupsUnchecked,
    /// A hidden layer that is not there may go.
    IndexUnchecked,
    /// Any fraction is accepted.
    FractionUnchecked,
    /// Any accuracy is accepted.
    AccuracyUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// No layer is refused.
    EmptyRefused,
}

/// Every mistake.
#[must_use]
pub fn all() -> &'static [Mistake] {
    catalogue::ALL
}

pub(super) const BASE: Mistake = Faulty::planted(Fault::None, "base", "", "nothing", "nothing");

impl Fault {
    /// Whether a refusal of this argument is not made.
    fn overlooks(self, argument: &str) -> bool {
        match self {
            Self::SizesUnchecked => {
                ["inputs", "outputs", "kernel", "width", "hidden", "depth"].contains(&argument)
            }
            Self::GroupsUnchecked => argument == "groups",
            Self::IndexUnchecked => argument == "index",
            Self::FractionUnchecked => ["numerator", "denominator"].contains(&argument),
            Self::AccuracyUnchecked => ["train", "validation"].contains(&argument),
            Self::WidestZero => argument == "budget",
            Self::Wraps => argument == "layers",
            _ => false,
        }
    }
}

impl Faulty<Fault> {
    /// Lets through what the fault lets through.
    fn admit(self, checked: Result<(), Refusal>) -> Result<(), Refusal> {
        admitted(checked, |name| self.fault.overlooks(name), self.fault == Fault::Misnamed)
    }

    fn refuses_nothing(self, argument: &'static str, length: usize) -> Result<(), Refusal> {
        if self.fault == Fault::EmptyRefused && length == 0 {
            return Err(Refusal::invalid(argument, "0 long", "at least one layer"));
        }
        Ok(())
    }
}

impl<T: Real> Capacity<T> for Mistake {
    fn parameter_count(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        self.admit(check_layers(layers))?;
        self.refuses_nothing("layers", layers.len())?;
        Ok(self.told(self.count(layers)))
    }

    fn stored(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        self.admit(check_layers(layers))?;
        let tensor = |length: usize| vec![T::from_f64(0.0); length];
        let tensors = self.tensor_lengths(layers).into_iter().map(tensor);
        Ok(tensors.map(|tensor| tensor.len() as u64).sum())
    }

    fn perceptron_parameters(&self, perceptron: &Perceptron) -> Result<u64, Refusal> {
        self.admit(perceptron.check())?;
        self.refuses_nothing("hidden", perceptron.hidden.len())?;
        Ok(self.told(self.count(&self.layers(perceptron))))
    }

    fn without_hidden_layer(
        &self,
        perceptron: &Perceptron,
        index: usize,
    ) -> Result<Perceptron, Refusal> {
        self.admit(perceptron.check().and_then(|()| check_index(index, perceptron)))?;
        Ok(self.without(perceptron, index))
    }

    fn narrowed(
        &self,
        perceptron: &Perceptron,
        numerator: u64,
        denominator: u64,
    ) -> Result<Perceptron, Refusal> {
        let fraction = || check_fraction(numerator, denominator);
        self.admit(perceptron.check().and_then(|()| fraction()))?;
        self.refuses_nothing("hidden", perceptron.hidden.len())?;
        Ok(self.narrower(perceptron, numerator, denominator))
    }

    fn widest(&self, uniform: &Uniform, budget: u64) -> Result<usize, Refusal> {
        self.admit(uniform.check(budget))?;
        Ok(self.widest_width(uniform, budget))
    }

    fn loss_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        let non_finite = !train.is_finite() || !validation.is_finite();
        if self.fault == Fault::NonFiniteRefused && non_finite {
            return Err(Refusal::invalid("train", train, "finite"));
        }
        Ok(self.gap_of_losses(train, validation))
    }

    fn accuracy_gap(&self, train: T, validation: T) -> Result<T, Refusal> {
        self.admit(check_accuracies(train, validation))?;
        Ok(match self.fault {
            Fault::AccuracyReversed => validation - train,
            Fault::AccuracyPerCent => (train - validation) * T::from_f64(100.0),
            _ => train - validation,
        })
    }
}

faulty_targets!(capacity, Capacity);
