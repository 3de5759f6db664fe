//! What is done wrong in activations, and what to do instead.

use super::{Fault, Mistake};
use crate::mistake::{Faulty, Trace};

/// All of them, in the order of the clauses.
pub(super) const ALL: &[Mistake] = &[
    Faulty::planted(
        Fault::SigmoidSign,
        "sig-sign",
        "ACT-01",
        "the sigmoid falls: 1/(1 + eˣ)",
        "take e to the power of −x",
    ),
    Faulty::planted(
        Fault::HardSigmoid,
        "sig-hard",
        "ACT-01",
        "straight lines in place of the sigmoid",
        "compute 1/(1 + e⁻ˣ); a hard sigmoid is another activation",
    ),
    Faulty::planted(
        Fault::TanhHalf,
        "tanh-half",
        "ACT-02",
        "tanh is taken for 2·sigmoid(x) − 1, which is tanh(x/2)",
        "take 2·sigmoid(2x) − 1, or better the library's tanh",
    ),
    Faulty::planted(
        Fault::TanhCancels,
        "tanh-cancels",
        "ACT-02",
        "eˣ − e⁻ˣ loses the digits of a small x",
        "use expm1, or the library's tanh",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::Capped,
        "relu-capped",
        "ACT-03",
        "large values are cut at 6",
        "let positive values pass; ReLU6 is another activation",
    ),
    Faulty::planted(
        Fault::Absolute,
        "relu-absolute",
        "ACT-03",
        "negative values lose their sign in place of becoming 0",
        "0 where x is not positive",
    ),
    Faulty::planted(
        Fault::SlopeOnRight,
        "leaky-side",
        "ACT-04",
        "the slope is on the positive side",
        "multiply what is negative",
    ),
    Faulty::planted(
        Fault::SlopeConstant,
        "leaky-constant",
        "ACT-04",
        "the slope is 0.01 whatever is asked",
        "take the slope that is given",
    ),
    Faulty::planted(
        Fault::SlopeIgnored,
        "leaky-slope-ignored",
        "ACT-04",
        "the slope is ignored: it is a ReLU",
        "multiply what is negative by the slope",
    ),
    Faulty::planted(
        Fault::LargerOfBoth,
        "leaky-max",
        "ACT-04",
        "the larger of x and slope·x is taken, which is another function for slopes above 1",
        "choose by the sign of x",
    ),
    Faulty::planted(
        Fault::DerivativeOfOutput,
        "act-derivative-of-output",
        "ACT-05",
        "the derivative is taken at y in place of x",
        "take the derivative at x, or from y by the formula for y",
    ),
    Faulty::planted(
        Fault::NoUpstream,
        "act-no-upstream",
        "ACT-05",
        "the derivative is not multiplied by dy",
        "multiply by the gradient that comes from above",
    ),
    Faulty::planted(
        Fault::TanhNoSquare,
        "tanh-grad-no-square",
        "ACT-06",
        "1 − y in place of 1 − y²",
        "the derivative of tanh is 1 − y²",
    ),
    Faulty::planted(
        Fault::TanhForDerivative,
        "tanh-grad-is-tanh",
        "ACT-06",
        "tanh itself is used as its derivative",
        "the derivative of tanh is 1 − y²",
    )
    .seen_in("andersbll/nnet#4"),
    Faulty::planted(
        Fault::MaskByGradient,
        "relu-mask-by-gradient",
        "ACT-07",
        "gradients pass where dy is positive",
        "gradients pass where x is positive",
    ),
    Faulty::planted(
        Fault::Guided,
        "relu-guided",
        "ACT-07",
        "negative gradients are dropped too",
        "let every gradient pass where x is positive",
    ),
    Faulty::planted(
        Fault::BackwardSlopeMissing,
        "leaky-grad-no-slope",
        "ACT-08",
        "no gradient passes where x is negative",
        "multiply the gradient by the slope there",
    ),
    Faulty::planted(
        Fault::SideFromOutput,
        "leaky-grad-side-from-output",
        "ACT-08",
        "the side is told by the sign of y, which is wrong for negative slopes",
        "take the sign of x",
    )
    .seen_in("pytorch/pytorch#31938"),
    Faulty::planted(
        Fault::HalfAtZero,
        "relu-half-at-0",
        "ACT-09",
        "the derivative at 0 is the mean of both sides",
        "take one side and say which: the left is 0, or the slope",
    ),
    Faulty::planted(
        Fault::RightAtZero,
        "relu-right-at-0",
        "ACT-09",
        "the derivative at 0 is 1 although the left side is declared",
        "compare with x > 0, or declare the right side",
    ),
    Faulty::planted(
        Fault::FastExponential,
        "sig-fast-exp",
        "ACT-10",
        "the exponential is read off the bits of a number, with 3 % of error",
        "use the library's exponential",
    ),
    Faulty::planted(
        Fault::Clipped,
        "act-clipped",
        "ACT-11",
        "results are kept 10⁻⁷ from their ends",
        "clip in the loss if it takes a logarithm, not in the activation",
    ),
    Faulty::planted(
        Fault::NanCleaned,
        "act-nan-cleaned",
        "ACT-12",
        "NaN becomes 0",
        "let NaN pass, so that it is seen",
    ),
    Faulty::planted(
        Fault::NanSpreads,
        "act-nan-spreads",
        "ACT-12",
        "a NaN reaches the next element",
        "compute every element from its own x",
    ),
    Faulty::planted(
        Fault::Overflows,
        "sig-overflow",
        "ACT-13",
        "eˣ/(eˣ + 1) is ∞/∞ for large x",
        "take e to the power of −|x|, which cannot overflow",
    )
    .traced(Trace::Rounding)
    .seen_in("jeshraghian/snntorch#433"),
    Faulty::planted(
        Fault::TanhOverflows,
        "tanh-overflow",
        "ACT-13",
        "(e²ˣ − 1)/(e²ˣ + 1) is ∞/∞ for large x",
        "take e to the power of −2|x|, or the library's tanh",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::BackwardSlopeConstant,
        "leaky-grad-constant",
        "ACT-14",
        "backward takes a slope of 0.01, forward the one that is given",
        "take the same slope in both directions",
    ),
    Faulty::planted(
        Fault::TailLost,
        "sig-tail-lost",
        "ACT-15",
        "1/(1 + e⁻ˣ) is 0 where e⁻ˣ overflows, though the truth is not",
        "for negative x take eˣ/(1 + eˣ)",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::DerivativeFromOutput,
        "act-grad-from-output",
        "ACT-16",
        "the derivative is taken from y, which is 1 where the derivative is not 0",
        "take it from x: t/(1 + t)² with t = e^−|x|",
    )
    .traced(Trace::Rounding)
    .seen_in("pytorch/pytorch#195685"),
    Faulty::planted(
        Fault::NegativeZero,
        "relu-neg-zero",
        "ACT-17",
        "ReLU gives −0",
        "choose between x and +0, do not multiply by 0",
    )
    .traced(Trace::Rounding)
    .seen_in("webmachinelearning/webnn-polyfill#144"),
    Faulty::planted(
        Fault::ZeroUnsigned,
        "tanh-zero-unsigned",
        "ACT-17",
        "−0 becomes +0",
        "give the result the sign of x",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::Seam,
        "tanh-seam",
        "ACT-18",
        "a series for small x ends above the curve: the values fall there",
        "let both formulas agree to the last place where they meet",
    ),
    Faulty::planted(
        Fault::SingleForward,
        "act-single",
        "ACT-19",
        "every step is rounded to single precision",
        "compute in double precision and round once",
    )
    .traced(Trace::Rounding)
    .single_only(),
    Faulty::planted(
        Fault::SingleBackward,
        "act-grad-single",
        "ACT-20",
        "every step of the derivative is rounded to single precision",
        "compute in double precision and round once",
    )
    .traced(Trace::Rounding)
    .single_only(),
    Faulty::planted(
        Fault::NotOdd,
        "tanh-not-odd",
        "ACT-21",
        "negative x go through another formula, with other last places",
        "compute with |x| and give the result its sign",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::OutputTakenForInput,
        "act-output-for-input",
        "ACT-22",
        "y is taken for x",
        "from y the derivative is y·(1 − y), or 1 − y²",
    ),
    Faulty::planted(
        Fault::SlopeNotTold,
        "leaky-slope-not-told",
        "ACT-22",
        "a slope with which y does not tell the side is accepted",
        "refuse slopes that are not positive where only y is known",
    ),
    Faulty::planted(
        Fault::SlopeUnchecked,
        "leaky-slope-unchecked",
        "ACT-23",
        "any slope is accepted, NaN too",
        "refuse slopes that are not finite",
    ),
    Faulty::planted(
        Fault::LengthUnchecked,
        "act-length-unchecked",
        "ACT-23",
        "the length of dy is not checked",
        "refuse a dy that has not as many values as x",
    ),
    Faulty::planted(
        Fault::Misnamed,
        "act-misnamed",
        "ACT-23",
        "errors do not say which argument is wrong",
        "name the argument, its value and what is allowed",
    ),
    Faulty::planted(
        Fault::PartialWrite,
        "act-partial-write",
        "ACT-24",
        "the output is cleared before the arguments are checked",
        "check first, then write",
    ),
    Faulty::planted(
        Fault::EmptyRefused,
        "act-empty-refused",
        "ACT-25",
        "no element is refused",
        "do nothing, and succeed",
    ),
    Faulty::planted(
        Fault::Threads,
        "act-threads",
        "ACT-26",
        "the first element of each thread is rounded otherwise",
        "compute every element by the same steps, whoever does it",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::LevelBits,
        "act-level-bits",
        "ACT-27",
        "another instruction set rounds otherwise",
        "write fused multiply-adds out, and use the same steps at every level",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::TailElements,
        "act-tail-elements",
        "ACT-28",
        "the elements behind the last full vector go through another formula",
        "pad the last vector and use the same steps",
    )
    .traced(Trace::Rounding),
];
