//! Clauses BN-29 and BN-30: the same bits, whoever computes them.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::{Case, Checked, normalizer, yields};
use crate::batch_norm::BatchNorm;
use crate::compare::same_bits;
use crate::verdict::Verdict;
use crate::{Real, Refusal, Target};

/// How many threads the bits are compared on.
const THREADS: [usize; 4] = [1, 2, 3, 7];

/// How often a call is repeated until a second worker is seen: stealing work takes luck.
const ATTEMPTS: usize = 20;

/// Pools cost more than the calls: they are made once.
fn pools() -> Result<&'static [ThreadPool], Verdict> {
    static POOLS: OnceLock<Option<Vec<ThreadPool>>> = OnceLock::new();
    let build = |threads| ThreadPoolBuilder::new().num_threads(threads).build().ok();
    let pools = POOLS.get_or_init(|| THREADS.into_iter().map(build).collect());
    pools.as_deref().ok_or(Verdict::CannotTell("no thread pool could be started"))
}

/// Every output of the functions that the target offers, by name.
fn everything<T: Real>(
    target: &dyn BatchNorm<T>,
    case: &Case<T>,
) -> Result<Vec<(&'static str, Vec<T>)>, Verdict> {
    let mut all = Vec::new();
    if let Some(y) = offered("forward", case.forward(target))? {
        all.push(("y", y));
    }
    if let Some(gradients) = offered("backward", case.backward(target))? {
        all.push(("dx", gradients.dx));
        all.push(("dgamma", gradients.dgamma));
        all.push(("dbeta", gradients.dbeta));
    }
    if let Some(y) = offered("inference", case.inference(target))? {
        all.push(("y of inference", y));
    }
    if let Some(gradients) = offered("inference_backward", case.inference_backward(target))? {
        all.push(("dgamma of inference", gradients.dgamma));
    }
    Ok(all)
}

fn offered<R>(call: &str, result: Result<R, Refusal>) -> Result<Option<R>, Verdict> {
    match yields(call, result) {
        Ok(value) => Ok(Some(value)),
        Err(Verdict::NotOffered) => Ok(None),
        Err(verdict) => Err(verdict),
    }
}

fn same<T: Real>(
    how: &str,
    now: &[(&'static str, Vec<T>)],
    first: &[(&'static str, Vec<T>)],
) -> Verdict {
    let mut verdict = Verdict::CannotTell("no function is offered");
    for ((name, now), (_, first)) in now.iter().zip(first) {
        let place = format!("{name} {how}, element ");
        verdict = verdict.and(|| same_bits(&place, now, first, "the same bits"));
    }
    verdict
}

/// Called again, and on pools of 1, 2, 3 and 7 threads.
///
/// Where the target can tell who worked, a pool counts only once two workers were seen.
pub(super) fn same_on_any_threads<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let batch_norm = normalizer(target)?;
    let first = everything(batch_norm, case)?;
    let mut verdict = same("of the same call again", &everything(batch_norm, case)?, &first);
    for (pool, threads) in pools()?.iter().zip(THREADS) {
        let how = format!("on {threads} threads");
        let mut alone = threads > 1;
        for _ in 0..ATTEMPTS {
            let now = pool.install(|| everything(batch_norm, case))?;
            verdict = verdict.and(|| same(&how, &now, &first));
            alone = threads > 1 && target.workers_seen().is_some_and(|seen| seen < 2);
            if !alone || matches!(verdict, Verdict::Fail(_)) {
                break;
            }
        }
        if alone {
            return Ok(Verdict::CannotTell("one thread did all the work"));
        }
    }
    Ok(verdict)
}

/// At every instruction-set level that the target offers.
pub(super) fn same_at_every_level<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let first = everything(normalizer(target)?, case)?;
    let variants = target.variants();
    if variants.is_empty() {
        return Err(Verdict::NotOffered);
    }
    let mut verdict = Verdict::HOLDS;
    for (level, variant) in variants {
        let now = everything(normalizer(&*variant)?, case)?;
        verdict = verdict.and(|| same(&format!("at level {level}"), &now, &first));
    }
    Ok(verdict)
}
