//! Mistakes with arguments (LN-13, LN-14) and with bits (LN-21, LN-22).

use super::{Fault, Mistake};

pub(super) const REST: &[Mistake] = &[
    Mistake::planted(
        Fault::EpsUnchecked,
        "ln-eps-unchecked",
        "LN-13",
        "a negative or non-finite ε is accepted",
        "refuse it and name `epsilon`",
    ),
    Mistake::planted(
        Fault::LengthUnchecked,
        "ln-length-unchecked",
        "LN-13",
        "the lengths of γ and β are not checked",
        "refuse a wrong length and name the argument",
    ),
    Mistake::planted(
        Fault::EmptyAccepted,
        "ln-no-feature-accepted",
        "LN-13",
        "rows without a feature are accepted",
        "refuse them and name `shape`: a mean of nothing is nothing",
    ),
    Mistake::planted(
        Fault::Misnamed,
        "ln-argument-misnamed",
        "LN-13",
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed",
    ),
    Mistake::planted(
        Fault::PartialWrite,
        "ln-partial-write",
        "LN-14",
        "outputs are cleared before the arguments are checked",
        "check first, write after",
    ),
    Mistake::planted(
        Fault::Threads,
        "ln-threads",
        "LN-21",
        "the sum is split by the number of threads, and the last bits follow it",
        "split by the shape alone, and merge the parts in a fixed order",
    )
    .bits(),
    Mistake::planted(
        Fault::LevelBits,
        "ln-level-bits",
        "LN-22",
        "another instruction set adds in another order",
        "fix the order by virtual lanes that every instruction set shares",
    )
    .bits(),
];
