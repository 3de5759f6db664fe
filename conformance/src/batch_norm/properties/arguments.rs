//! Clauses BN-13 and BN-14: what is refused, and how.

use super::{Case, Checked, normalizer};
use crate::batch_norm::{BatchNorm, Gradients, Running, case::unwritten};
use crate::call::guarded;
use crate::verdict::{Finding, Verdict};
use crate::{Real, Refusal, Shape, Target};

/// One spoilt argument, and the name by which the error must call it.
struct Spoilt<T> {
    argument: &'static str,
    how: &'static str,
    case: Case<T>,
    /// Elements that an output has too few.
    missing: [(&'static str, usize); 1],
    /// The shape that the outputs are made for: that of the valid case.
    room: Shape,
}

/// The five functions of the contract.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Forward,
    TrainStep,
    Inference,
    Backward,
    InferenceBackward,
}

impl Call {
    const ALL: [Self; 5] =
        [Self::Forward, Self::TrainStep, Self::Inference, Self::Backward, Self::InferenceBackward];

    const fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::TrainStep => "train_step",
            Self::Inference => "inference",
            Self::Backward => "backward",
            Self::InferenceBackward => "inference_backward",
        }
    }

    /// The arguments that it takes, beside `shape`, `x`, `gamma` and `epsilon`, which all take.
    const fn own_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Forward => &["beta", "y"],
            Self::TrainStep => &["beta", "y", "mean", "variance", "weight_of_new"],
            Self::Inference => &["beta", "y", "mean", "variance"],
            Self::Backward => &["dy", "dx", "dgamma", "dbeta"],
            Self::InferenceBackward => &["mean", "variance", "dy", "dx", "dgamma", "dbeta"],
        }
    }

    fn takes(self, argument: &str) -> bool {
        ["shape", "x", "gamma", "epsilon"].contains(&argument)
            || self.own_arguments().contains(&argument)
    }
}

/// Every output of every call, marked as unwritten; running statistics keep the case's values.
#[derive(Clone, PartialEq)]
struct Outputs<T> {
    y: Vec<T>,
    mean: Vec<T>,
    variance: Vec<T>,
    dx: Vec<T>,
    dgamma: Vec<T>,
    dbeta: Vec<T>,
}

impl<T: Real> Outputs<T> {
    fn new(spoilt: &Spoilt<T>) -> Self {
        let shape = spoilt.room;
        let length = |name: &str, right: usize| {
            let missing = spoilt.missing.iter().find(|(output, _)| *output == name);
            right.saturating_sub(missing.map_or(0, |(_, count)| *count))
        };
        Self {
            y: unwritten(length("y", shape.len())),
            mean: spoilt.case.mean.clone(),
            variance: spoilt.case.variance.clone(),
            dx: unwritten(length("dx", shape.len())),
            dgamma: unwritten(length("dgamma", shape.channels)),
            dbeta: unwritten(length("dbeta", shape.channels)),
        }
    }

    fn call(
        &mut self,
        call: Call,
        target: &dyn BatchNorm<T>,
        case: &Case<T>,
    ) -> Result<(), Refusal> {
        let gradients =
            Gradients { dx: &mut self.dx, dgamma: &mut self.dgamma, dbeta: &mut self.dbeta };
        let running = Running {
            mean: &mut self.mean,
            variance: &mut self.variance,
            weight_of_new: case.weight_of_new,
            convention: case.convention,
        };
        guarded(|| match call {
            Call::Forward => target.forward(&case.as_forward(), &mut self.y),
            Call::TrainStep => target.train_step(&case.as_forward(), running, &mut self.y),
            Call::Inference => target.inference(&case.as_inference(), &mut self.y),
            Call::Backward => target.backward(&case.as_backward(), gradients),
            Call::InferenceBackward => {
                target.inference_backward(&case.as_inference_backward(), gradients)
            }
        })
    }
}

fn shorten<T>(values: &mut Vec<T>) {
    values.truncate(values.len().saturating_sub(1));
}

/// The case with one argument spoilt, in every way there is.
fn spoilt<T: Real>(case: &Case<T>) -> Vec<Spoilt<T>> {
    let mut all = Vec::new();
    let room = case.shape;
    let mut add = |argument, how, change: &dyn Fn(&mut Case<T>)| {
        let mut case = case.clone();
        change(&mut case);
        all.push(Spoilt { argument, how, case, missing: [("", 0)], room });
    };
    add("shape", "an empty batch", &|case| {
        case.shape.outer = 0;
        case.x.clear();
        case.dy.clear();
    });
    add("x", "one value short", &|case| shorten(&mut case.x));
    add("x", "one value long", &|case| case.x.push(T::from_f64(1.0)));
    add("x", "a shape beyond memory", &|case| case.shape.outer = usize::MAX / 2);
    add("gamma", "one short", &|case| shorten(&mut case.gamma));
    add("gamma", "one long", &|case| case.gamma.push(T::from_f64(1.0)));
    add("beta", "one short", &|case| shorten(&mut case.beta));
    add("mean", "one short", &|case| shorten(&mut case.mean));
    add("variance", "one long", &|case| case.variance.push(T::from_f64(1.0)));
    add("dy", "one short", &|case| shorten(&mut case.dy));
    add("epsilon", "negative", &|case| case.epsilon = -1e-5);
    add("epsilon", "NaN", &|case| case.epsilon = f64::NAN);
    add("epsilon", "infinite", &|case| case.epsilon = f64::INFINITY);
    add("weight_of_new", "negative", &|case| case.weight_of_new = -0.1);
    add("weight_of_new", "above one", &|case| case.weight_of_new = 1.5);
    add("weight_of_new", "NaN", &|case| case.weight_of_new = f64::NAN);
    for output in ["y", "dx", "dgamma", "dbeta"] {
        let case = case.clone();
        all.push(Spoilt { argument: output, how: "one short", case, missing: [(output, 1)], room });
    }
    all
}

/// Runs every spoilt call that the target offers and hands the results to `judge`.
fn each_refusal<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    judge: impl Fn(Call, &Spoilt<T>, Result<(), Refusal>, bool) -> Verdict,
) -> Checked {
    let batch_norm = normalizer(target)?;
    let mut verdict = Verdict::CannotTell("no function is offered");
    for spoilt in spoilt(case) {
        for call in Call::ALL.into_iter().filter(|call| call.takes(spoilt.argument)) {
            let before = Outputs::new(&spoilt);
            let mut after = before.clone();
            let result = after.call(call, batch_norm, &spoilt.case);
            if result != Err(Refusal::NotOffered) {
                verdict = verdict.and(|| judge(call, &spoilt, result, after == before));
            }
        }
    }
    Ok(verdict)
}

/// Every invalid argument is refused by name, with its value and what is allowed.
pub(super) fn are_named<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    each_refusal(target, case, |call, spoilt, result, _| {
        let place = format!("{} with {} {}", call.name(), spoilt.argument, spoilt.how);
        names(spoilt.argument, &place, result)
    })
}

/// Holds if `result` is a refusal that names `argument`.
pub(super) fn names<R>(argument: &str, place: &str, result: Result<R, Refusal>) -> Verdict {
    let expected = format!("a refusal naming {argument}, its value and what is allowed");
    let got = match result {
        Ok(_) => "success".to_string(),
        Err(Refusal::NotOffered) => return Verdict::NotOffered,
        Err(Refusal::Invalid { argument: named, value, allowed }) => {
            if named == argument && !value.is_empty() && !allowed.is_empty() {
                return Verdict::HOLDS;
            }
            format!("a refusal naming {named}: {value}, allowed is {allowed}")
        }
        Err(other) => other.to_string(),
    };
    Finding::fail(
        place,
        got,
        expected,
        "an error that the caller can act on; `input.check(…)?` first gives it",
    )
}

/// A call that is not a success leaves its outputs alone.
pub(super) fn write_nothing<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    each_refusal(target, case, |call, spoilt, result, untouched| {
        if untouched || result.is_ok() {
            return Verdict::HOLDS;
        }
        let place = format!("{} with {} {}", call.name(), spoilt.argument, spoilt.how);
        let expected = "outputs as they were before the call";
        Finding::fail(place, "outputs partly written", expected, "no half-done work on an error")
    })
}
