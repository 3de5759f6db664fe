//! What is done wrong in clipping, and what to do instead.

use super::{Fault, Mistake};
use crate::mistake::{Faulty, Trace};

/// All of them, in the order of the clauses.
pub(super) const ALL: &[Mistake] = &[
    Faulty::planted(
        Fault::OneSide,
        "clip-value-one-side",
        "CLP-01",
        "by value only what is above the threshold is clipped",
        "clip what is below −τ to −τ too",
    ),
    Faulty::planted(
        Fault::SignLost,
        "clip-value-sign-lost",
        "CLP-01",
        "by value what is below −τ becomes τ",
        "clip each side to the threshold of its own sign",
    ),
    Faulty::planted(
        Fault::OrderSwapped,
        "clip-min-over-max",
        "CLP-01",
        "by value the larger with τ is taken and the smaller with −τ",
        "the smaller with τ, then the larger with −τ",
    ),
    Faulty::planted(
        Fault::ValueZeroed,
        "clip-value-to-zero",
        "CLP-01",
        "by value what is beyond the threshold becomes 0",
        "what is beyond becomes the threshold, with its sign",
    ),
    Faulty::planted(
        Fault::ValueScaled,
        "clip-value-scales-all",
        "CLP-02",
        "by value all elements are scaled until the largest is the threshold",
        "clip each element for itself, and leave the others as they are",
    ),
    Faulty::planted(
        Fault::NegativeZero,
        "clip-negative-zero",
        "CLP-02",
        "by value −0 becomes +0",
        "leave what is within the threshold as it is, bit for bit",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::ThresholdNearest,
        "clip-threshold-rounded-up",
        "CLP-03",
        "the threshold is rounded to the nearest number of `f32`, which may be above it",
        "round the threshold towards zero",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::MaxNorm,
        "clip-max-norm",
        "CLP-04",
        "the largest magnitude is taken for the norm",
        "take the root of the sum of all squares",
    ),
    Faulty::planted(
        Fault::L1,
        "clip-l1-norm",
        "CLP-04",
        "the sum of magnitudes is taken for the norm",
        "take the root of the sum of all squares",
    ),
    Faulty::planted(
        Fault::RootMissing,
        "clip-root-missing",
        "CLP-04",
        "the sum of squares is taken for the norm",
        "take the root of the sum",
    ),
    Faulty::planted(
        Fault::NormsAdded,
        "clip-norms-added",
        "CLP-05",
        "the norms of the tensors are added",
        "add the squares of all tensors, then take the root",
    ),
    Faulty::planted(
        Fault::Overflow,
        "clip-overflow",
        "CLP-06",
        "the sum of squares overflows",
        "add `f32` in `f64`; scale by a power of two where squares would leave the range",
    )
    .seen_in("tensorflow/tensorflow#21363")
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::Underflow,
        "clip-underflow",
        "CLP-06",
        "the sum of squares underflows",
        "add `f32` in `f64`; scale by a power of two where squares would leave the range",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::SingleSum,
        "clip-single-sum",
        "CLP-07",
        "squares are added in `f32`",
        "add them in `f64`, and round the root once",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::Saturates,
        "clip-norm-saturates",
        "CLP-08",
        "a norm beyond the range, or of an infinity, becomes the largest number",
        "let it be infinite",
    ),
    Faulty::planted(
        Fault::NormEpsilon,
        "clip-norm-epsilon",
        "CLP-08",
        "a number is added to the squares, so zeros have a norm",
        "add nothing: a norm of 0 is below every threshold",
    ),
    Faulty::planted(
        Fault::Reciprocal,
        "clip-reciprocal",
        "CLP-09",
        "the factor is τ·min(1/N, 1/τ), and τ·(1/τ) is not always 1",
        "compare N with τ, and leave the gradient alone unless N is above",
    ),
    Faulty::planted(
        Fault::AlwaysScales,
        "clip-always-scales",
        "CLP-09",
        "the gradient is scaled to the threshold from below too",
        "scale only where the norm is above the threshold",
    ),
    Faulty::planted(
        Fault::UnlimitedRefused,
        "clip-unlimited-refused",
        "CLP-09",
        "an infinite threshold is refused",
        "allow it: nothing is clipped then",
    ),
    Faulty::planted(
        Fault::Epsilon,
        "clip-epsilon",
        "CLP-10",
        "10⁻⁶ is added to the norm that divides",
        "divide by the norm itself: it is above τ, and so not 0",
    ),
    Faulty::planted(
        Fault::Disabled,
        "clip-disabled",
        "CLP-10",
        "by norm nothing is clipped",
        "multiply every element by τ/N where N is above τ",
    )
    .seen_in("NVIDIA/OpenSeq2Seq#192"),
    Faulty::planted(
        Fault::Elementwise,
        "clip-elementwise",
        "CLP-11",
        "by norm each element is clipped for itself",
        "multiply every element by the same factor",
    ),
    Faulty::planted(
        Fault::PerTensor,
        "clip-per-tensor",
        "CLP-11",
        "each tensor is clipped by its own norm",
        "take one norm of all tensors, and one factor",
    )
    .seen_in("huggingface/transformers#614"),
    Faulty::planted(
        Fault::MeanSquare,
        "clip-mean-square",
        "CLP-12",
        "the mean of the squares is taken in place of their sum",
        "do not divide by the number of elements",
    ),
    Faulty::planted(
        Fault::ReturnsClipped,
        "clip-returns-clipped",
        "CLP-13",
        "the norm after clipping is returned",
        "return the norm before",
    ),
    Faulty::planted(
        Fault::NormRounded,
        "clip-norm-rounded",
        "CLP-14",
        "a norm beyond the range becomes ∞ before it divides, and everything 0",
        "keep the norm in a wider range than the elements until the factor is there",
    )
    .seen_in("keras-team/keras#14075")
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::SingleProduct,
        "clip-single-factor",
        "CLP-15",
        "the factor is rounded to `f32` before the product",
        "keep the factor in `f64` and round the product once",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::NearestSubnormal,
        "clip-subnormal-rounded-up",
        "CLP-16",
        "subnormal results are rounded upwards, and the norm passes the threshold",
        "round them towards zero",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::Strict,
        "clip-zero-nan",
        "CLP-17",
        "a norm that equals the threshold is divided by, so 0/0 at threshold 0",
        "leave the gradient alone where the norm is not above the threshold",
    )
    .seen_in("google-deepmind/optax#1752"),
    Faulty::planted(
        Fault::ZeroUnlimited,
        "clip-zero-unlimited",
        "CLP-17",
        "threshold 0 is taken for no clipping",
        "threshold 0 leaves nothing; the threshold for no clipping is ∞",
    ),
    Faulty::planted(
        Fault::NonFiniteAccepted,
        "clip-non-finite-accepted",
        "CLP-18",
        "NaN and infinities are clipped although they are to be refused",
        "refuse them and name `gradient`",
    )
    .seen_in("pytorch/pytorch#46849"),
    Faulty::planted(
        Fault::InfinityZeroes,
        "clip-infinity-zeroes",
        "CLP-19",
        "the factor of an infinite norm is 0, and so are all finite elements",
        "make every element NaN: the direction is lost",
    )
    .seen_in("pytorch/pytorch#53843"),
    Faulty::planted(
        Fault::NanEaten,
        "clip-nan-eaten",
        "CLP-19",
        "by value NaN becomes the threshold",
        "let NaN stay: `min` and `max` take the number, comparisons do not",
    ),
    Faulty::planted(
        Fault::ReplacesElements,
        "clip-replaces-elements",
        "CLP-20",
        "only the elements that are not finite become 0",
        "make everything 0: the rest points elsewhere",
    ),
    Faulty::planted(
        Fault::ReplacesTensor,
        "clip-replaces-tensor",
        "CLP-20",
        "only the tensors that are not finite become 0",
        "make all tensors 0: the step is skipped as a whole",
    ),
    Faulty::planted(
        Fault::ThresholdUnchecked,
        "clip-threshold-unchecked",
        "CLP-21",
        "a negative threshold, or NaN, is accepted",
        "refuse it and name `threshold`",
    ),
    Faulty::planted(
        Fault::LengthUnchecked,
        "clip-length-unchecked",
        "CLP-21",
        "the lengths of the results are not checked",
        "refuse a wrong length and name `result` or `results`",
    ),
    Faulty::planted(
        Fault::Misnamed,
        "clip-argument-misnamed",
        "CLP-21",
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed",
    ),
    Faulty::planted(
        Fault::PartialWrite,
        "clip-partial-write",
        "CLP-22",
        "the results are cleared before the arguments are checked",
        "check first, write after",
    ),
    Faulty::planted(
        Fault::EmptyRefused,
        "clip-empty-refused",
        "CLP-23",
        "no element is refused",
        "no element is no work: succeed",
    ),
    Faulty::planted(
        Fault::Threads,
        "clip-threads",
        "CLP-24",
        "each thread adds up its share, so bits depend on their number",
        "cut the tensors into blocks of a fixed size, and merge them in a fixed order",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::LevelBits,
        "clip-level-bits",
        "CLP-25",
        "another instruction set adds up in another order",
        "fix the lanes and the order for all instruction sets",
    )
    .traced(Trace::Bits),
];
