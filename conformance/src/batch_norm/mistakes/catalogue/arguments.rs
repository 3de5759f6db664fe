//! Mistakes with arguments (BN-13, BN-14), with bits (BN-29, BN-30) and in merging (BN-31).

use super::{Fault, Mistake};

pub(super) const REST: &[Mistake] = &[
    Mistake::planted(
        Fault::EpsUnchecked,
        "bn-eps-unchecked",
        "BN-13",
        "a negative or non-finite ε is accepted",
        "refuse it and name `epsilon`",
    ),
    Mistake::planted(
        Fault::LengthUnchecked,
        "bn-length-unchecked",
        "BN-13",
        "the lengths of γ and β are not checked",
        "refuse a wrong length and name the argument",
    ),
    Mistake::planted(
        Fault::EmptyAccepted,
        "bn-empty-accepted",
        "BN-13",
        "an empty batch is accepted",
        "refuse it and name `shape`: a mean of nothing is nothing",
    ),
    Mistake::planted(
        Fault::WeightUnchecked,
        "bn-weight-unchecked",
        "BN-13",
        "a weight of the new batch outside 0 to 1 is accepted",
        "refuse it and name `weight_of_new`",
    ),
    Mistake::planted(
        Fault::Misnamed,
        "bn-argument-misnamed",
        "BN-13",
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed",
    ),
    Mistake::planted(
        Fault::PartialWrite,
        "bn-partial-write",
        "BN-14",
        "outputs are cleared before the arguments are checked",
        "check first, write after",
    ),
    Mistake::planted(
        Fault::Threads,
        "bn-threads",
        "BN-29",
        "the sum is split by the number of threads, and the last bits follow it",
        "split by the shape alone, and merge the parts in a fixed order",
    )
    .bits(),
    Mistake::planted(
        Fault::LevelBits,
        "bn-level-bits",
        "BN-30",
        "another instruction set adds in another order",
        "fix the order by virtual lanes that every instruction set shares",
    )
    .bits(),
    Mistake::planted(
        Fault::MergeDistance,
        "bn-merge-no-distance",
        "BN-31",
        "the variances of the parts are averaged, without the distance between their means",
        "add δ²·n_a·n_b/n to the sum of squares",
    ),
    Mistake::planted(
        Fault::MergeShift,
        "bn-merge-shift-ignored",
        "BN-31",
        "the offsets of the parts are merged as if both had the same shift",
        "δ is the difference of the shifts plus the difference of the offsets",
    ),
];
