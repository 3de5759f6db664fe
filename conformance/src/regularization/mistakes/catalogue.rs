//! What is done wrong in L1/L2 regularisation, and what to do instead.

use super::{Fault, Mistake};
use crate::mistake::{Faulty, Trace};

/// All of them, in the order of the clauses.
pub(super) const ALL: &[Mistake] = &[
    Faulty::planted(
        Fault::NoAbsolute,
        "l1-no-absolute",
        "REG-01",
        "weights are added with their signs, so that they cancel",
        "add up |w|",
    ),
    Faulty::planted(
        Fault::Half,
        "l1-half",
        "REG-01",
        "the ½ of L2 stands before L1 too",
        "L1 is λ Σ|w|, without ½",
    ),
    Faulty::planted(
        Fault::Swapped,
        "l1-l2-swapped",
        "REG-01",
        "L1 and L2 are exchanged",
        "L1 has absolute values, L2 squares",
    )
    .seen_in("OverLordGoldDragon/keras-adamw#38"),
    Faulty::planted(
        Fault::NoHalf,
        "l2-no-half",
        "REG-02",
        "the penalty is λ Σw², twice what it should be",
        "L2 is ½λ Σw², so that its gradient is λw",
    ),
    Faulty::planted(
        Fault::Root,
        "l2-root",
        "REG-02",
        "the norm √Σw² is taken for its square",
        "add up the squares and take no root",
    ),
    Faulty::planted(
        Fault::Mean,
        "reg-mean",
        "REG-03",
        "penalty and gradient are divided by the number of weights",
        "the penalty is a sum: divide by nothing",
    ),
    Faulty::planted(
        Fault::TensorMean,
        "reg-tensor-mean",
        "REG-03",
        "the penalty of the network is divided by the number of its tensors",
        "add up over all tensors",
    ),
    Faulty::planted(
        Fault::BiasToo,
        "l2-on-bias",
        "REG-04",
        "biases are penalised too",
        "penalise weights only",
    )
    .seen_in("rasmusbergpalm/DeepLearnToolbox#32"),
    Faulty::planted(
        Fault::AffineToo,
        "reg-on-scale-and-shift",
        "REG-04",
        "γ and β are penalised too",
        "penalise weights only",
    )
    .seen_in("pytorch/pytorch#1402"),
    Faulty::planted(
        Fault::FirstTensor,
        "reg-first-tensor",
        "REG-04",
        "only the first tensor with weights is penalised",
        "add up over the weights of all layers",
    ),
    Faulty::planted(
        Fault::Overflow,
        "l2-overflow",
        "REG-05",
        "squares overflow or vanish where the penalty does not",
        "square in `f64`, or weights divided by a power of two",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::SingleSum,
        "reg-single-sum",
        "REG-06",
        "terms are added up in `f32`, one after the other",
        "add up in `f64` and round once",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::NoSign,
        "l1-no-sign",
        "REG-07",
        "the gradient of L1 is λw",
        "the gradient of L1 is λ·sign(w)",
    )
    .seen_in("deeplearning4j/deeplearning4j#327"),
    Faulty::planted(
        Fault::SignLost,
        "l1-sign-lost",
        "REG-07",
        "the gradient of L1 is λ whatever the sign of w",
        "the gradient of L1 is λ·sign(w)",
    ),
    Faulty::planted(
        Fault::AtZero,
        "l1-at-zero",
        "REG-07",
        "the gradient of L1 at 0 is λ or −λ: a sign that is never 0",
        "sign(0) is 0: a weight of 0 stays",
    ),
    Faulty::planted(
        Fault::AtZeroNan,
        "l1-at-zero-nan",
        "REG-07",
        "the gradient of L1 at 0 is 0/|0|",
        "sign(0) is 0: compare, do not divide",
    ),
    Faulty::planted(
        Fault::Factor,
        "l2-factor",
        "REG-08",
        "the gradient is 2λw, that of λ Σw²",
        "the gradient of ½λ Σw² is λw",
    )
    .seen_in("titu1994/DenseNet#57"),
    Faulty::planted(
        Fault::Sign,
        "l2-sign",
        "REG-08",
        "the gradient is −λw, and weights grow",
        "the gradient is λw: it is subtracted in the step",
    )
    .seen_in("andersbll/nnet#4"),
    Faulty::planted(
        Fault::Disagree,
        "reg-loss-gradient-disagree",
        "REG-09",
        "the gradient is divided by the number of weights, the penalty is not",
        "divide neither: the gradient is that of the penalty",
    ),
    Faulty::planted(
        Fault::NoStop,
        "l1-proximal-overshoots",
        "REG-10",
        "a weight smaller than τ changes its sign",
        "max(|w| − τ, 0): it stops at 0",
    ),
    Faulty::planted(
        Fault::Hard,
        "l1-proximal-hard",
        "REG-10",
        "weights beyond τ are kept as they are",
        "the threshold is soft: subtract τ from what is larger",
    ),
    Faulty::planted(
        Fault::ZeroSign,
        "l1-proximal-zero-sign",
        "REG-10",
        "a negative weight stops at −0",
        "write +0, not sign(w)·0",
    )
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::StepSign,
        "l2-step-sign",
        "REG-11",
        "the gradient of the penalty is subtracted from that of the loss",
        "add λw to the gradient",
    )
    .seen_in("chainer/chainer#261"),
    Faulty::planted(
        Fault::StepUnscaled,
        "l2-step-unscaled",
        "REG-11",
        "the penalty is added after the gradient was scaled",
        "add λw to the gradient before it is scaled, or call it decay",
    ),
    Faulty::planted(
        Fault::ScaleIgnored,
        "reg-scale-ignored",
        "REG-11",
        "the gradient is not scaled",
        "multiply gradient and penalty by s",
    ),
    Faulty::planted(
        Fault::DecayWithoutRate,
        "l2-decay-without-rate",
        "REG-12",
        "the decay is not multiplied by the learning rate",
        "decay by η·λ·w",
    ),
    Faulty::planted(
        Fault::DecayAfter,
        "l2-decay-after",
        "REG-12",
        "the decay is that of the weight after the step",
        "decay the weight as it was before the step",
    ),
    Faulty::planted(
        Fault::DecayGrows,
        "l2-decay-grows",
        "REG-12",
        "the decay is added, and weights grow",
        "subtract η·λ·w",
    ),
    Faulty::planted(
        Fault::Coupled,
        "l2-coupled-adam",
        "REG-13",
        "the decay is scaled with the gradient",
        "subtract η·λ·w beside the scaled gradient",
    )
    .seen_in("keras-team/keras#19051"),
    Faulty::planted(
        Fault::SingleArithmetic,
        "reg-single-arithmetic",
        "REG-14",
        "λ, η and each product are rounded to `f32`",
        "compute an element in `f64` and round once",
    )
    .single_only()
    .traced(Trace::Rounding),
    Faulty::planted(
        Fault::NanSkipped,
        "reg-nan-skipped",
        "REG-15",
        "a NaN is left out of the sum",
        "a NaN makes the penalty NaN",
    ),
    Faulty::planted(
        Fault::NanSign,
        "l1-nan-sign",
        "REG-15",
        "the sign of NaN is 0",
        "what is neither above nor below 0 is 0 or NaN: ask",
    ),
    Faulty::planted(
        Fault::ProximalNan,
        "l1-proximal-nan",
        "REG-15",
        "a NaN stops at 0, since max(NaN, 0) is 0",
        "let NaN through",
    ),
    Faulty::planted(
        Fault::LambdaUnchecked,
        "reg-lambda-unchecked",
        "REG-16",
        "a λ that is negative or not finite is accepted",
        "refuse it and name `lambda`",
    ),
    Faulty::planted(
        Fault::RateUnchecked,
        "reg-rate-unchecked",
        "REG-16",
        "a learning rate or a threshold that is negative or not finite is accepted",
        "refuse it and name `learning_rate` or `threshold`",
    ),
    Faulty::planted(
        Fault::LengthUnchecked,
        "reg-length-unchecked",
        "REG-16",
        "lengths are not checked",
        "refuse a wrong length and name the argument",
    ),
    Faulty::planted(
        Fault::Misnamed,
        "reg-argument-misnamed",
        "REG-16",
        "the refusal does not name the argument",
        "name the argument as the contract does, with its value and what is allowed",
    ),
    Faulty::planted(
        Fault::PartialWrite,
        "reg-partial-write",
        "REG-17",
        "the output is cleared before the arguments are checked",
        "check first, write after",
    ),
    Faulty::planted(
        Fault::EmptyRefused,
        "reg-empty-refused",
        "REG-18",
        "no element is refused",
        "no element is no work: succeed, with a penalty of 0",
    ),
    Faulty::planted(
        Fault::EmptyNan,
        "reg-empty-nan",
        "REG-18",
        "the penalty of nothing is 0/0",
        "a sum of nothing is 0",
    ),
    Faulty::planted(
        Fault::Threads,
        "reg-threads",
        "REG-19",
        "each thread adds up its share in `T`",
        "let blocks and the order of the sum depend on the length alone",
    )
    .traced(Trace::Bits),
    Faulty::planted(
        Fault::LevelBits,
        "reg-level-bits",
        "REG-20",
        "another instruction set adds up in another order",
        "fix the order for all instruction sets",
    )
    .traced(Trace::Bits),
];
