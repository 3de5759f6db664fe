//! What is done wrong with random numbers, and what to do instead.

use super::{Fault, Mistake};
use crate::mistake::{Faulty, Trace};

/// All of them, in the order of the clauses.
pub(super) const ALL: &[Mistake] = &[
    Faulty::planted(
        Fault::SevenRounds,
        "rnd-seven-rounds",
        "RND-01",
        "Philox stops after seven rounds",
        "make ten rounds",
    ),
    Faulty::planted(
        Fault::MultipliersSwapped,
        "rnd-multipliers-swapped",
        "RND-01",
        "the two multipliers of Philox are exchanged",
        "multiply word 0 by D2511F53 and word 2 by CD9E8D57",
    ),
    Faulty::planted(
        Fault::KeyKept,
        "rnd-key-kept",
        "RND-01",
        "every round of Philox uses the same key",
        "add the Weyl constants to the key after each round",
    ),
    Faulty::planted(
        Fault::BlockOrder,
        "rnd-block-order",
        "RND-02",
        "four neighbouring words share a block",
        "word n is word (n mod 64) div 16 of block 16·(n div 64) + n mod 16",
    ),
    Faulty::planted(
        Fault::CounterCut,
        "rnd-counter-cut",
        "RND-02",
        "the number of the block is cut to 32 bits: long tensors repeat",
        "put the high half of the block's number into the second word of the counter",
    ),
    Faulty::planted(
        Fault::PlaneIgnored,
        "rnd-one-plane",
        "RND-03",
        "second words are the first words again",
        "set the highest bit of the counter's second word for the second plane",
    ),
    Faulty::planted(
        Fault::WindowRestarts,
        "rnd-part-restarts",
        "RND-04",
        "every part of a tensor begins with the draws of element 0",
        "count elements from `first` on",
    ),
    Faulty::planted(
        Fault::FewBits,
        "rnd-uniform-24-bits",
        "RND-05",
        "an even draw takes 24 bits of its word",
        "take all 32 bits, centred: (2k + 1)·2⁻³² − 1",
    )
    .seen_in("pytorch/pytorch#16706"),
    Faulty::planted(
        Fault::HalfRange,
        "rnd-uniform-half-range",
        "RND-06",
        "even draws lie between 0 and the bound",
        "draw from −bound to bound",
    ),
    Faulty::planted(
        Fault::RoundsUp,
        "rnd-uniform-beyond-bound",
        "RND-05",
        "the bound is rounded up to the type, and draws pass it",
        "round the bound towards zero before it is multiplied",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::SineFirst,
        "rnd-normal-sine-first",
        "RND-07",
        "sine and cosine of a pair stand in each other's place",
        "the cosine comes first, the sine sixteen elements later",
    ),
    Faulty::planted(
        Fault::OneMinus,
        "rnd-normal-one-minus",
        "RND-07",
        "1 − u₁ stands under the logarithm",
        "take the logarithm of u₁, which is small where its word is",
    ),
    Faulty::planted(
        Fault::NoSecondWord,
        "rnd-normal-short-tail",
        "RND-07",
        "the tail ends at 6.7 deviations, where the first word does",
        "draw a second word where the first is below 2¹⁶",
    )
    .seen_in("pytorch/pytorch#166853"),
    Faulty::planted(
        Fault::PairsRepeat,
        "rnd-normal-pairs-repeat",
        "RND-08",
        "both elements of a pair take the cosine",
        "take the sine for the second",
    ),
    Faulty::planted(
        Fault::VarianceForDeviation,
        "rnd-normal-variance",
        "RND-08",
        "draws are multiplied by the variance",
        "multiply by the standard deviation",
    ),
    Faulty::planted(
        Fault::SingleArithmetic,
        "rnd-normal-single",
        "RND-09",
        "logarithm, root, sine and cosine are taken in `f32`",
        "compute in `f64` and round once",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::CutAtOne,
        "rnd-truncated-at-one",
        "RND-10",
        "the normal is cut at one deviation",
        "cut it at two",
    ),
    Faulty::planted(
        Fault::Clamped,
        "rnd-truncated-clamped",
        "RND-11",
        "what lies beyond the cut is put on the cut",
        "draw from the cut distribution: Φ⁻¹ of a uniform between Φ(−2) and Φ(2)",
    ),
    Faulty::planted(
        Fault::NumberIgnored,
        "rnd-same-number",
        "RND-12",
        "every tensor gets the same draws",
        "the number of the stream belongs into the counter",
    ),
    Faulty::planted(
        Fault::StepIgnored,
        "rnd-same-step",
        "RND-12",
        "every step gets the same draws",
        "the step belongs into the counter",
    ),
    Faulty::planted(
        Fault::SeedCut,
        "rnd-seed-cut",
        "RND-12",
        "the seed is cut to 32 bits",
        "both halves of the seed make the key",
    ),
    Faulty::planted(
        Fault::SizeUnchecked,
        "rnd-size-unchecked",
        "RND-13",
        "a negative or non-finite bound or deviation is accepted",
        "refuse it and name the argument",
    ),
    Faulty::planted(
        Fault::FirstUnchecked,
        "rnd-first-unchecked",
        "RND-13",
        "a part that ends beyond the last index is accepted",
        "refuse it and name `first`",
    ),
    Faulty::planted(
        Fault::Misnamed,
        "rnd-argument-misnamed",
        "RND-13",
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed",
    ),
    Faulty::planted(
        Fault::PartialWrite,
        "rnd-partial-write",
        "RND-14",
        "the output is cleared before the arguments are checked",
        "check first, write after",
    ),
    Faulty::planted(
        Fault::EmptyRefused,
        "rnd-empty-refused",
        "RND-15",
        "no element is refused",
        "no element is no work: succeed",
    ),
    Faulty::planted(
        Fault::Threads,
        "rnd-threads",
        "RND-16",
        "each thread draws from a stream of its own",
        "an element depends on its index, not on who draws it",
    )
    .traced(Trace::Bits)
    .seen_in("uxlfoundation/oneDNN#3939"),
    Faulty::planted(
        Fault::LevelBits,
        "rnd-level-bits",
        "RND-17",
        "another instruction set draws in another order",
        "fix the order of the words for all instruction sets",
    )
    .traced(Trace::Bits),
];
