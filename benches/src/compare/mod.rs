//! The driver: ours and others, round by round in one run.
//!
//! Each contestant is a process with the same affinity that serves one library ([`crate::protocol`]). In a
//! round everybody has a turn, so that a slow minute of the machine meets all of them; a ratio is taken
//! within each round ([`interval`]). A contestant that errs or dies is left out of the case, and named.

pub mod interval;
pub mod machine;
pub mod peers;
pub mod process;
pub mod results;
pub mod rounds;

use std::time::Instant;

use crate::case::{Case, Entry};
use peers::{Peer, Role};
use process::Worker;
use results::{Measured, Member, Results};
use rounds::{Field, Settings};

/// The size at which the two rivals of a curve are chosen: the middle of the curve, out of L2.
const PROBE: usize = 1 << 20;
/// Rivals of a curve.
const BESIDE: usize = 2;

/// Measures all entries on so many threads; what was measured goes into `results`, and `keep` is called with
/// them, entry by entry: a run that is broken off leaves what it had.
///
/// # Errors
/// That of `keep`.
pub fn compare<E>(
    peers: &[Peer],
    threads: usize,
    entries: &[Entry],
    settings: &Settings,
    results: &mut Results,
    mut keep: impl FnMut(&Results) -> Result<(), E>,
) -> Result<(), E> {
    let mut workers: Vec<Worker> = peers.iter().map(|peer| Worker::new(peer, threads)).collect();
    for worker in &mut workers {
        let versions = worker.versions();
        match &versions {
            Ok(versions) => eprintln!("{}: {versions}", worker.name()),
            Err(why) => eprintln!("{} is missing: {why}", worker.name()),
        }
        results.members.push(Member::new(worker.name(), threads, versions));
    }
    workers.retain(Worker::is_alive);
    for entry in entries {
        match entry {
            Entry::One(case) => measure(case, false, &mut workers, threads, settings, results),
            // A curve shows sizes; threads are compared case by case.
            Entry::Curve(_) if threads > 1 => {}
            Entry::Curve(cases) => curve(cases, &mut workers, threads, settings, results),
        }
        keep(results)?;
    }
    Ok(())
}

fn curve(
    cases: &[Case],
    workers: &mut [Worker],
    threads: usize,
    settings: &Settings,
    results: &mut Results,
) {
    let far = |case: &&Case| case.elements().unwrap_or(0).abs_diff(PROBE);
    let Some(probe) = cases.iter().min_by_key(far) else { return };
    let names = rounds::fastest(probe, workers, BESIDE);
    let mut chosen: Vec<&mut Worker> = workers
        .iter_mut()
        .filter(|worker| worker.role() != Role::Rival || names.iter().any(|n| n == worker.name()))
        .collect();
    for case in cases {
        measure(case, true, &mut chosen, threads, &settings.for_curves(), results);
    }
}

fn measure<W: AsMut<Worker>>(
    case: &Case,
    curve: bool,
    workers: &mut [W],
    threads: usize,
    settings: &Settings,
    results: &mut Results,
) {
    let start = Instant::now();
    let mut field = Field::prepare(case, workers);
    field.refuse_others();
    let lines = field.race(settings);
    let left_out = field.finish();
    let measured = Measured::new(case.to_string(), threads, curve, lines, left_out);
    eprintln!("{threads} {case}: {} in {:.1} s", measured.summary(), start.elapsed().as_secs_f64());
    results.cases.push(measured);
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
