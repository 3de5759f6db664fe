//! The step: what it leaves, what it tells, and that it leaves nothing else behind.

use super::{
    Case, Function, ILL_CONDITIONED, Mode, Near, OUT_OF_REACH, Step, all, ask, in_reach, largest,
    pass,
};
use crate::compare::{compare, same_bits};
use crate::network::Rule;
use crate::network::judge::{Stepped, step};
use crate::technique::Function as _;
use crate::verdict::{Checked, Verdict, yields};
use crate::{Real, Refusal, Target};

/// The outputs of a step.
pub(super) const PARAMETERS: usize = 0;
/// As above.
pub(super) const STATISTICS: usize = 1;
/// Loss, penalty and norm.
pub(super) const TOLD: usize = 2;

/// The judge's step, where a sound implementation has one.
fn judged<T: Real>(case: &Case<T>) -> Result<Stepped<T>, Verdict> {
    if !in_reach(case, &pass(case, Mode::Training), true) {
        return Err(OUT_OF_REACH);
    }
    let judged = step(case);
    let known = |all: &[Near<T>]| all.iter().all(|near| near.size().is_finite());
    match known(&judged.moves) && known(&judged.taken) {
        true => Ok(judged),
        false => Err(ILL_CONDITIONED),
    }
}

/// NET-12 … NET-15: the outputs that a clause is about.
pub(super) fn agree<T: Real>(target: &dyn Target<T>, case: &Case<T>, outputs: &[usize]) -> Checked {
    // First: where no bound is known, a step may be refused, since a gradient may be infinite.
    let judged = judged(case)?;
    let got = ask(target, case, Step)?;
    all(outputs.iter().map(|output| one(case, &got, &judged, *output)))
}

/// One output: parameters tell by how much they move, the others by themselves.
fn one<T: Real>(case: &Case<T>, got: &[Vec<T>], judged: &Stepped<T>, output: usize) -> Verdict {
    let got = &got[output];
    match output {
        PARAMETERS => {
            let largest = largest(&judged.moves);
            compare("parameters", got, |i| match case.rule.learning_rate {
                0.0 => None,
                _ => judged.parameters[i].expected(largest),
            })
        }
        STATISTICS => {
            let largest = largest(&judged.statistics);
            compare("statistics", got, |i| judged.statistics[i].expected(largest))
        }
        _ => {
            let names = ["loss", "penalty", "norm"];
            let told = names.iter().enumerate().map(|(k, name)| {
                let own = judged.taken[k];
                compare(&format!("{name} "), &got[k..=k], |_| own.expected(own.value.abs()))
            });
            told.fold(ILL_CONDITIONED, |so_far, next| so_far.and(|| next))
        }
    }
}

/// NET-14: η = 0.
pub(super) fn rate_0<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    stands_still(target, case, Rule { learning_rate: 0.0, ..case.rule })
}

/// NET-13: τ = 0, for a gradient that is not 0 itself.
pub(super) fn threshold_0<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    stands_still(target, case, Rule { threshold: 0.0, ..case.rule })
}

/// Parameters stay, statistics are averaged all the same.
fn stands_still<T: Real>(target: &dyn Target<T>, case: &Case<T>, rule: Rule) -> Checked {
    let still = Case { rule, ..case.clone() };
    let judged = judged(&still)?;
    let got = ask(target, &still, Step)?;
    let why = "with rate 0, or with threshold 0, no parameter moves";
    let verdict = same_bits("parameters", &got[PARAMETERS], &case.parameters, why);
    Ok(verdict.and(|| one(&still, &got, &judged, STATISTICS)))
}

/// The case after a step of the target.
fn after<T: Real>(case: &Case<T>, got: &[Vec<T>]) -> Case<T> {
    Case {
        parameters: got[PARAMETERS].clone(),
        statistics: got[STATISTICS].clone(),
        ..case.clone()
    }
}

/// NET-16: the second of two steps is a step from where the first ended.
pub(super) fn twice<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    judged(case)?;
    let second = after(case, &ask(target, case, Step)?);
    agree(target, &second, &[PARAMETERS, STATISTICS, TOLD])
}

/// NET-16: every function, then a step on the same numbers and one further, then every function again.
pub(super) fn repeats<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    judged(case)?;
    let everything = || -> Vec<Result<Vec<Vec<T>>, Refusal>> {
        Function::ALL.iter().map(|function| case.ask(*function, target)).collect()
    };
    let first = everything();
    ask(target, &after(case, &ask(target, case, Step)?), Step)?;
    let mut verdict = ILL_CONDITIONED;
    for ((function, first), again) in Function::ALL.iter().zip(first).zip(everything()) {
        let name = function.name();
        match (yields(name, first), yields(name, again)) {
            (Err(Verdict::NotOffered), _) => {}
            (first, again) => {
                for (a, b) in first?.iter().zip(&again?) {
                    let why = "nothing but the arguments decides";
                    verdict = verdict.and(|| same_bits(&format!("{name} again "), b, a, why));
                }
            }
        }
    }
    Ok(verdict)
}
