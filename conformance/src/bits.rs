//! The same bits, whoever computes them: on any number of threads, at any instruction-set level, past the
//! caches or through them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::compare::same_bits;
use crate::technique::{Function, Technique, outputs_of};
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Real, Refusal, Target};

/// How many threads the bits are compared on.
pub const THREADS: [usize; 4] = [1, 2, 3, 7];

/// How often a call is repeated until a second worker is seen: on a busy machine stealing takes luck.
const ATTEMPTS: usize = 200;

/// From so many numbers on a case is worth the wait for another worker at every level.
const MANY: usize = 1 << 14;

/// So long another worker is waited for: some turns of a busy scheduler.
const PATIENCE: Duration = Duration::from_millis(10);

/// Pools cost more than the calls: they are made once.
fn pools() -> Result<&'static [ThreadPool], Verdict> {
    static POOLS: OnceLock<Option<Vec<ThreadPool>>> = OnceLock::new();
    let build = |threads| ThreadPoolBuilder::new().num_threads(threads).build().ok();
    let pools = POOLS.get_or_init(|| THREADS.into_iter().map(build).collect());
    pools.as_deref().ok_or(Verdict::CannotTell("no thread pool could be started"))
}

/// The outputs of all functions that a target offers, and who computed them.
struct Everything<T> {
    outputs: Vec<(String, Vec<T>)>,
    /// The most workers that the target saw in one call, where it can tell.
    workers: Option<usize>,
}

impl<T: Real> Everything<T> {
    fn of<K: Technique>(target: &dyn Target<T>, case: &K::Case<T>) -> Result<Self, Verdict> {
        let mut all = Self { outputs: Vec::new(), workers: None };
        for function in K::Function::ALL.iter().filter(|function| K::concerns(**function, case)) {
            let outputs = match outputs_of::<K, T>(*function, target, case) {
                Ok(outputs) => outputs,
                Err(refusal @ Refusal::Failed(_)) => {
                    return Err(Finding::refused(function.name(), &refusal));
                }
                Err(_) => continue,
            };
            let names = function.outputs().iter();
            let names = names.map(|output| format!("{output} of {}", function.name()));
            all.outputs.extend(names.zip(outputs));
            all.workers = all.workers.max(target.workers_seen());
        }
        if all.outputs.is_empty() { Err(Verdict::NotOffered) } else { Ok(all) }
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

/// Called again, and on pools of 1, 2, 3 and 7 threads.
///
/// Where the target can tell who worked, a pool counts only once two workers were seen.
pub(crate) fn same_on_any_threads<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
) -> Checked {
    let first = Everything::of::<K>(target, case)?;
    let again = Everything::of::<K>(target, case)?;
    let mut verdict = again.same_as(&first, "of the same call again");
    for (pool, threads) in pools()?.iter().zip(THREADS) {
        let mut alone = false;
        for _ in 0..ATTEMPTS {
            let now = pool.install(|| in_company(|| Everything::of::<K>(target, case)))?;
            verdict = verdict.and(|| now.same_as(&first, &format!("on {threads} threads")));
            alone = threads > 1 && now.workers.is_some_and(|workers| workers < 2);
            if !alone || matches!(verdict, Verdict::Fail(_)) {
                break;
            }
            // On a busy machine the others may still be waiting for a core.
            std::thread::sleep(Duration::from_millis(1));
        }
        if alone && !matches!(verdict, Verdict::Fail(_)) {
            return Ok(Verdict::CannotTell("one thread did all the work"));
        }
    }
    Ok(verdict)
}

/// Calls while another worker of this pool is awake and looks for work, if one can be had.
///
/// A fast kernel is done before a sleeping worker wakes, above all on a busy machine.
fn in_company<R>(call: impl FnOnce() -> R) -> R {
    if rayon::current_num_threads() == 1 {
        return call();
    }
    let (done, beat) = (AtomicBool::new(false), AtomicUsize::new(0));
    let caller = rayon::current_thread_index();
    rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            // The caller itself would wait for its own end here.
            while rayon::current_thread_index() != caller && !done.load(Relaxed) {
                beat.fetch_add(1, Relaxed);
                rayon::yield_now(); // does what there is to do
            }
        });
        wait_for_a_change(&beat);
        let result = call();
        done.store(true, Relaxed);
        result
    })
}

/// Until the counter moves, though not for ever.
fn wait_for_a_change(counter: &AtomicUsize) {
    let (since, seen) = (Instant::now(), counter.load(Relaxed));
    while counter.load(Relaxed) == seen && since.elapsed() < PATIENCE {
        std::hint::spin_loop();
    }
}

/// In every other way that the target offers, above all at every instruction-set level, on pools of 1, 2, 3
/// and 7 threads each.
pub(crate) fn same_at_every_level<K: Technique, T: Real>(
    target: &dyn Target<T>,
    case: &K::Case<T>,
) -> Checked {
    let first = Everything::of::<K>(target, case)?;
    let variants = target.variants();
    if variants.is_empty() {
        return Err(Verdict::NotOffered);
    }
    let mut verdict = Verdict::HOLDS;
    for (level, variant) in variants {
        let call = || Everything::of::<K>(&*variant, case);
        for (pool, threads) in pools()?.iter().zip(THREADS) {
            let now =
                pool.install(|| if K::size(case) < MANY { call() } else { in_company(call) })?;
            let how = format!("at level {level} on {threads} threads");
            verdict = verdict.and(|| now.same_as(&first, &how));
        }
    }
    Ok(verdict)
}
