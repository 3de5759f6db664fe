//! What is done wrong in dropout, and what to do instead.

use super::{Fault, Mistake};
use crate::mistake::{Faulty, Trace};

/// All of them, in the order of the clauses.
pub(super) const ALL: &[Mistake] = &[
    Faulty::planted(
        Fault::NoScale,
        "drp-no-scale",
        "DRP-01",
        "kept values are not divided by 1 − p",
        "divide what is kept by 1 − p: the mean stays",
    ),
    Faulty::planted(
        Fault::ScaleOverP,
        "drp-scale-over-p",
        "DRP-01",
        "kept values are divided by p",
        "divide by 1 − p, the probability to keep",
    )
    .seen_in("kaldi-asr/kaldi#2814"),
    Faulty::planted(
        Fault::DoubleScale,
        "drp-double-scale",
        "DRP-01",
        "kept values are divided by 1 − p twice",
        "divide once",
    )
    .seen_in("clab/dynet#186"),
    Faulty::planted(
        Fault::Multiply,
        "drp-multiply",
        "DRP-02",
        "dropped values are multiplied by 0, so NaN and ∞ leak",
        "select: a dropped value is 0, whatever it was",
    )
    .seen_in("pytorch/pytorch#59421"),
    Faulty::planted(
        Fault::ZeroChanges,
        "drp-zero-changes",
        "DRP-03",
        "with p = 0 values change, since the divisor is kept from 0",
        "with p = 0 nothing changes: divide by 1 − p itself",
    ),
    Faulty::planted(
        Fault::Never,
        "drp-never",
        "DRP-04",
        "nothing is ever dropped",
        "drop in training",
    ),
    Faulty::planted(
        Fault::OneIsNan,
        "drp-one-is-nan",
        "DRP-04",
        "with p = 1 the result is 0·∞",
        "with p = 1 everything is 0",
    ),
    Faulty::planted(
        Fault::AtInference,
        "drp-at-inference",
        "DRP-05",
        "values are dropped after training too",
        "in inference return the values as they are",
    )
    .seen_in("dlsyscourse/hw2#13"),
    Faulty::planted(
        Fault::TestScale,
        "drp-test-scale",
        "DRP-05",
        "values are scaled after training although they were scaled in training",
        "in inference return the values as they are",
    ),
    Faulty::planted(
        Fault::NanCleaned,
        "drp-nan-cleaned",
        "DRP-06",
        "a kept NaN becomes 0",
        "what is kept stays what it is, NaN too",
    ),
    Faulty::planted(
        Fault::BackwardUnmasked,
        "drp-backward-unmasked",
        "DRP-07",
        "gradients pass where the values were dropped",
        "apply the mask of the forward pass to the gradient",
    ),
    Faulty::planted(
        Fault::BackwardUnscaled,
        "drp-backward-unscaled",
        "DRP-07",
        "gradients are not divided by 1 − p",
        "divide the gradients that pass by 1 − p",
    ),
    Faulty::planted(
        Fault::BackwardRedraws,
        "drp-backward-redraws",
        "DRP-08",
        "backward draws a mask of its own",
        "use the mask of the forward pass: the same stream gives it",
    ),
    Faulty::planted(
        Fault::SkipsZeros,
        "drp-mask-by-value",
        "DRP-08",
        "whether a value is dropped depends on the value",
        "draw the mask from the stream alone",
    ),
    Faulty::planted(
        Fault::KeepForDrop,
        "drp-keep-for-drop",
        "DRP-09",
        "p is taken for the probability to keep",
        "p is the probability to drop",
    ),
    Faulty::planted(
        Fault::RowsShare,
        "drp-draws-shared",
        "DRP-09",
        "elements 32 apart share their draw",
        "draw for each element",
    ),
    Faulty::planted(
        Fault::ElementOrder,
        "drp-element-order",
        "DRP-10",
        "neighbouring elements take the halves of one word",
        "sixteen elements take low halves, the next sixteen the high halves",
    ),
    Faulty::planted(
        Fault::HalvesSwapped,
        "drp-halves-swapped",
        "DRP-10",
        "the high half of a word decides before the low half",
        "low halves first, then the high halves",
    ),
    Faulty::planted(
        Fault::EightBits,
        "drp-eight-bits",
        "DRP-11",
        "eight bits decide, so p is a multiple of 1/256",
        "compare 16 bits, and 32 more at a tie",
    )
    .seen_in("NVIDIA/apex#1614"),
    Faulty::planted(
        Fault::SixteenBits,
        "drp-sixteen-bits",
        "DRP-11",
        "sixteen bits decide, so p is a multiple of 1/65536",
        "draw the second word where the half is that of the threshold",
    ),
    Faulty::planted(
        Fault::OffByOne,
        "drp-threshold-dropped",
        "DRP-11",
        "what equals the threshold is dropped too",
        "drop what is below the threshold",
    ),
    Faulty::planted(
        Fault::NumberIgnored,
        "drp-same-number",
        "DRP-12",
        "every tensor gets the same mask",
        "the number of the stream belongs into the counter",
    ),
    Faulty::planted(
        Fault::StepIgnored,
        "drp-same-step",
        "DRP-12",
        "every step gets the same mask",
        "the step belongs into the counter",
    ),
    Faulty::planted(
        Fault::SingleArithmetic,
        "drp-single-arithmetic",
        "DRP-13",
        "1 − p and its reciprocal are rounded to `f32`",
        "keep the factor in `f64` and round the product once",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::ProbabilityUnchecked,
        "drp-probability-unchecked",
        "DRP-14",
        "a probability outside 0 to 1 is accepted",
        "refuse it and name `drop_probability`",
    ),
    Faulty::planted(
        Fault::OneRefused,
        "drp-one-refused",
        "DRP-04",
        "p = 1 is refused",
        "p may be 1: everything is dropped",
    ),
    Faulty::planted(
        Fault::LengthUnchecked,
        "drp-length-unchecked",
        "DRP-14",
        "the length of the mask is not checked",
        "refuse a wrong length and name `keep`",
    ),
    Faulty::planted(
        Fault::Misnamed,
        "drp-argument-misnamed",
        "DRP-14",
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed",
    ),
    Faulty::planted(
        Fault::PartialWrite,
        "drp-partial-write",
        "DRP-15",
        "the output is cleared before the arguments are checked",
        "check first, write after",
    ),
    Faulty::planted(
        Fault::EmptyRefused,
        "drp-empty-refused",
        "DRP-16",
        "no element is refused",
        "no element is no work: succeed",
    ),
    Faulty::planted(
        Fault::Threads,
        "drp-threads",
        "DRP-17",
        "each thread draws from a stream of its own",
        "whether an element is dropped depends on its index, not on who draws it",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::LevelBits,
        "drp-level-bits",
        "DRP-18",
        "another instruction set takes the halves in another order",
        "fix the order for all instruction sets",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::PartRestarts,
        "drp-part-restarts",
        "DRP-19",
        "every part of a tensor begins with the mask of element 0",
        "count elements from `first` on",
    ),
];
