//! What is done wrong in initialisation, and what to do instead.

use super::{Fault, Mistake};
use crate::mistake::{Faulty, Trace};

/// All of them, in the order of the clauses.
pub(super) const ALL: &[Mistake] = &[
    Faulty::planted(
        Fault::FansSwapped,
        "ini-fans-swapped",
        "INI-01",
        "fan_in and fan_out are exchanged",
        "fan_in counts the inputs of a unit, fan_out the units that an input reaches",
    ),
    Faulty::planted(
        Fault::NoKernel,
        "ini-no-receptive-field",
        "INI-02",
        "the positions of the kernel are left out of the fans",
        "multiply both fans by the kernel's positions",
    )
    .seen_in("keras-team/keras#2252"),
    Faulty::planted(
        Fault::GroupsIgnored,
        "ini-groups-ignored",
        "INI-02",
        "a grouped convolution is counted as if each output saw all inputs",
        "divide both fans by the number of groups",
    ),
    Faulty::planted(
        Fault::GroupsOnlyIn,
        "ini-groups-only-in",
        "INI-02",
        "fan_out of a grouped convolution counts all outputs",
        "divide fan_out by the number of groups too: an input reaches its own group",
    ),
    Faulty::planted(
        Fault::XavierHalf,
        "ini-xavier-half",
        "INI-03",
        "the variance of Xavier is 1/(fan_in + fan_out)",
        "take 2/(fan_in + fan_out): 6 under the root of the bound",
    ),
    Faulty::planted(
        Fault::UniformNoRoot3,
        "ini-uniform-no-sqrt3",
        "INI-03",
        "the standard deviation is taken for the bound of the uniform",
        "the bound is √3 times the deviation",
    )
    .seen_in("LaurentMazare/tch-rs#573"),
    Faulty::planted(
        Fault::XavierIsLecun,
        "ini-xavier-is-lecun",
        "INI-04",
        "the variance of Xavier is 1/fan_in",
        "take 2/(fan_in + fan_out)",
    ),
    Faulty::planted(
        Fault::VarianceForDeviation,
        "ini-std-is-variance",
        "INI-04",
        "the variance is taken for the deviation",
        "take the root",
    ),
    Faulty::planted(
        Fault::GainIgnored,
        "ini-gain-ignored",
        "INI-04",
        "the gain is ignored",
        "multiply the deviation by the gain",
    ),
    Faulty::planted(
        Fault::SingleSpread,
        "ini-single-spread",
        "INI-04",
        "the deviation is rounded to `f32`",
        "keep it in `f64` and round the weights once",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::HeUniformThree,
        "ini-he-uniform-three",
        "INI-05",
        "the bound of He is √(3/fan)",
        "take √(6/fan)",
    ),
    Faulty::planted(
        Fault::NormalRoot3,
        "ini-normal-sqrt3",
        "INI-06",
        "the bound of the uniform is taken for the deviation of the normal",
        "the deviation has 2 under the root, the bound 6",
    )
    .seen_in("tflearn/tflearn#870"),
    Faulty::planted(
        Fault::HeNoTwo,
        "ini-he-no-two",
        "INI-06",
        "the variance of He is 1/fan",
        "take 2/fan: ReLU loses half of the power",
    )
    .seen_in("LBANN/lbann#316"),
    Faulty::planted(
        Fault::HeAverage,
        "ini-he-average",
        "INI-07",
        "He takes the mean of both fans",
        "take the fan that is asked for: fan_in unless gradients are to keep their variance",
    ),
    Faulty::planted(
        Fault::FanIgnored,
        "ini-fan-mode-ignored",
        "INI-07",
        "He takes fan_in whatever is asked for",
        "take fan_out where it is asked for",
    ),
    Faulty::planted(
        Fault::SlopeIgnored,
        "ini-leaky-gain",
        "INI-08",
        "the slope of leaky ReLU is ignored",
        "divide the variance by 1 + slope²",
    ),
    Faulty::planted(
        Fault::SlopeNotSquared,
        "ini-slope-not-squared",
        "INI-08",
        "the variance is divided by 1 + slope",
        "square the slope",
    ),
    Faulty::planted(
        Fault::Uncorrected,
        "ini-truncated-uncorrected",
        "INI-09",
        "the cut makes the deviation 0.88 of what it should be",
        "divide the deviation by 0.8796 before the cut",
    )
    .seen_in("tensorflow/tensorflow#19081"),
    Faulty::planted(
        Fault::CorrectedTwice,
        "ini-truncated-multiplied",
        "INI-09",
        "the deviation is multiplied by 0.8796 before the cut",
        "divide by it",
    ),
    Faulty::planted(
        Fault::HalfRange,
        "ini-half-range",
        "INI-10",
        "weights are drawn between 0 and the bound",
        "draw from −bound to bound",
    ),
    Faulty::planted(
        Fault::Zero,
        "ini-zero",
        "INI-11",
        "all weights are 0, so all units learn the same",
        "draw them",
    ),
    Faulty::planted(
        Fault::WrongFamily,
        "ini-wrong-family",
        "INI-11",
        "weights are normal where they should be uniform",
        "draw from the family that is asked for",
    )
    .seen_in("LBANN/lbann#316"),
    Faulty::planted(
        Fault::OtherOrder,
        "ini-other-order",
        "INI-12",
        "neighbouring weights stand in each other's place",
        "weight i is element i of the stream",
    ),
    Faulty::planted(
        Fault::NumberIgnored,
        "ini-same-weights",
        "INI-13",
        "every layer gets the same weights",
        "the number of the stream belongs into the counter",
    ),
    Faulty::planted(
        Fault::ZeroFanAccepted,
        "ini-zero-fan-accepted",
        "INI-14",
        "a layer without inputs, outputs or kernel is accepted",
        "refuse it and name the argument",
    ),
    Faulty::planted(
        Fault::GroupsUnchecked,
        "ini-groups-unchecked",
        "INI-14",
        "groups that do not divide the channels are accepted",
        "refuse them and name `groups`",
    ),
    Faulty::planted(
        Fault::GainUnchecked,
        "ini-gain-unchecked",
        "INI-14",
        "gains and slopes that are not finite are accepted",
        "refuse them and name the argument",
    ),
    Faulty::planted(
        Fault::Misnamed,
        "ini-argument-misnamed",
        "INI-14",
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed",
    ),
    Faulty::planted(
        Fault::PartialWrite,
        "ini-partial-write",
        "INI-15",
        "the weights are cleared before the arguments are checked",
        "check first, write after",
    ),
    Faulty::planted(
        Fault::Threads,
        "ini-threads",
        "INI-16",
        "each thread draws from a stream of its own",
        "a weight depends on its index, not on who draws it",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::LevelBits,
        "ini-level-bits",
        "INI-17",
        "another instruction set draws in another order",
        "fix the order for all instruction sets",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::RoundsUp,
        "ini-uniform-beyond-bound",
        "INI-18",
        "the bound is rounded up to the type, and weights pass it",
        "round the bound towards zero before it is multiplied",
    )
    .single_only()
    .traced(Trace::Rounding),
];
