//! Clauses BN-29 and BN-30: the same bits, whoever computes them.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::{Case, Checked, normalizer, yields};
use crate::compare::same_bits;
use crate::verdict::Verdict;
use crate::{Real, Refusal, Target};

/// How many threads the bits are compared on.
const THREADS: [usize; 4] = [1, 2, 3, 7];

/// How often a call is repeated until a second worker is seen: on a busy machine stealing takes luck.
const ATTEMPTS: usize = 200;

/// Pools cost more than the calls: they are made once.
fn pools() -> Result<&'static [ThreadPool], Verdict> {
    static POOLS: OnceLock<Option<Vec<ThreadPool>>> = OnceLock::new();
    let build = |threads| ThreadPoolBuilder::new().num_threads(threads).build().ok();
    let pools = POOLS.get_or_init(|| THREADS.into_iter().map(build).collect());
    pools.as_deref().ok_or(Verdict::CannotTell("no thread pool could be started"))
}

/// The outputs of all functions that a target offers, and who computed them.
struct Everything<T> {
    outputs: Vec<(&'static str, Vec<T>)>,
    /// The most workers that the target saw in one call, where it can tell.
    workers: Option<usize>,
}

impl<T: Real> Everything<T> {
    fn of(target: &dyn Target<T>, case: &Case<T>) -> Result<Self, Verdict> {
        let batch_norm = normalizer(target)?;
        let mut all = Self { outputs: Vec::new(), workers: None };
        if let Some(y) = offered("forward", case.forward(batch_norm))? {
            all.add(target, [("y", y)]);
        }
        if let Some(to) = offered("backward", case.backward(batch_norm))? {
            all.add(target, [("dx", to.dx), ("dgamma", to.dgamma), ("dbeta", to.dbeta)]);
        }
        if let Some(y) = offered("inference", case.inference(batch_norm))? {
            all.add(target, [("y of inference", y)]);
        }
        if let Some(to) = offered("inference_backward", case.inference_backward(batch_norm))? {
            let names = ["dx of inference", "dgamma of inference", "dbeta of inference"];
            all.add(target, [(names[0], to.dx), (names[1], to.dgamma), (names[2], to.dbeta)]);
        }
        Ok(all)
    }

    fn add<const N: usize>(
        &mut self,
        target: &dyn Target<T>,
        outputs: [(&'static str, Vec<T>); N],
    ) {
        self.outputs.extend(outputs);
        self.workers = self.workers.max(target.workers_seen());
    }

    fn same_as(&self, first: &Self, how: &str) -> Verdict {
        let mut verdict = Verdict::CannotTell("no function is offered");
        for ((name, now), (_, first)) in self.outputs.iter().zip(&first.outputs) {
            let place = format!("{name} {how}, element ");
            verdict = verdict.and(|| same_bits(&place, now, first, "the same bits"));
        }
        verdict
    }
}

fn offered<R>(call: &str, result: Result<R, Refusal>) -> Result<Option<R>, Verdict> {
    match yields(call, result) {
        Ok(value) => Ok(Some(value)),
        Err(Verdict::NotOffered) => Ok(None),
        Err(verdict) => Err(verdict),
    }
}

/// Called again, and on pools of 1, 2, 3 and 7 threads.
///
/// Where the target can tell who worked, a pool counts only once two workers were seen.
pub(super) fn same_on_any_threads<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let first = Everything::of(target, case)?;
    let again = Everything::of(target, case)?;
    let mut verdict = again.same_as(&first, "of the same call again");
    for (pool, threads) in pools()?.iter().zip(THREADS) {
        let mut alone = false;
        for _ in 0..ATTEMPTS {
            // A worker that has just been woken looks around for work before it sleeps again.
            pool.broadcast(|_| ());
            let now = pool.install(|| Everything::of(target, case))?;
            verdict = verdict.and(|| now.same_as(&first, &format!("on {threads} threads")));
            alone = threads > 1 && now.workers.is_some_and(|workers| workers < 2);
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
    let first = Everything::of(target, case)?;
    let variants = target.variants();
    if variants.is_empty() {
        return Err(Verdict::NotOffered);
    }
    let mut verdict = Verdict::HOLDS;
    for (level, variant) in variants {
        let now = Everything::of(&*variant, case)?;
        verdict = verdict.and(|| now.same_as(&first, &format!("at level {level}")));
    }
    Ok(verdict)
}
