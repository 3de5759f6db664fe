//! The rounds of one case.

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;

use super::peers::Role;
use super::process::{Failure, Worker};
use super::results::{Left, Line};
use crate::case::Case;

/// How far a sum may be from ours, relatively, and still be that of the same computation.
///
/// Sums over tens of millions of `f32`, in whatever order, differ by far less; another formula by more.
const SAME: f64 = 1e-3;
/// A run takes at least as long, so that the clock and a call's start do not count.
const RUN: f64 = 5e6;
/// Before a run, until the threads of the one before are asleep.
const PAUSE: Duration = Duration::from_millis(2);
/// Several threads run so long before they are measured: the system puts those that it wakes on one core, and
/// takes some milliseconds to part them.
const PARTED: f64 = 3e7;
/// No run has more calls: whoever needs more has no time at all.
const MOST_CALLS: usize = 1 << 24;
/// A rival so many times slower than the fastest takes part in the first rounds only.
const FAR: f64 = 4.0;
/// Those first rounds.
const FEW: usize = 5;
/// One so many times slower takes part in no more than two: enough to say that it is far behind.
const FARTHER: f64 = 16.0;

/// How many rounds there are.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// So many, unless time runs out.
    pub rounds: usize,
    /// From then on there is no other round; five there are always.
    pub time: Duration,
}

impl Settings {
    /// Curves take fewer.
    #[must_use]
    pub fn for_curves(&self) -> Self {
        Self { rounds: self.rounds.div_ceil(2).min(7), time: self.time / 2 }
    }
}

/// A variant of a contestant in a case.
#[derive(Debug)]
struct Runner {
    /// Which of the workers.
    worker: usize,
    role: Role,
    variant: String,
    sum: Option<f64>,
    calls: usize,
    /// Nanoseconds of a call, by round.
    times: Vec<f64>,
    /// It takes part in so many rounds.
    most: usize,
}

/// All who take part in a case.
#[derive(Debug)]
pub struct Field<'a, W> {
    workers: &'a mut [W],
    runners: Vec<Runner>,
    left_out: Vec<Left>,
}

impl<'a, W: AsMut<Worker>> Field<'a, W> {
    /// Has every contestant prepare the case, and asks for the sums.
    pub fn prepare(case: &Case, workers: &'a mut [W]) -> Self {
        let mut field = Self { workers, runners: Vec::new(), left_out: Vec::new() };
        for at in 0..field.workers.len() {
            let worker = field.workers[at].as_mut();
            if !worker.is_alive() {
                continue;
            }
            let role = worker.role();
            let Some(told) = told(role, case) else { continue };
            match worker.prepare(&told) {
                Ok(names) => {
                    let wanted = names.into_iter().filter(|name| is_wanted(case, role, name));
                    wanted.for_each(|name| field.enter(at, role, name));
                }
                Err(failure) => field.leave(at, "", failure),
            }
        }
        field
    }

    fn enter(&mut self, worker: usize, role: Role, variant: String) {
        match self.workers[worker].as_mut().check(&variant) {
            Ok(sum) => self.runners.push(Runner {
                worker,
                role,
                variant,
                sum,
                calls: 1,
                times: Vec::new(),
                most: usize::MAX,
            }),
            Err(failure) => self.leave(worker, &variant, failure),
        }
    }

    /// Notes who does not take part, and why. Of a process that has ended all variants go.
    fn leave(&mut self, worker: usize, variant: &str, failure: Failure) {
        let contestant = self.workers[worker].as_mut().name().to_string();
        eprintln!("  left out: {contestant} {variant}: {failure}");
        let all = variant.is_empty() || !failure.is_recoverable();
        self.runners
            .retain(|runner| runner.worker != worker || !(all || runner.variant == variant));
        self.left_out.push(Left { contestant, variant: variant.into(), why: failure.to_string() });
    }

    /// Refuses the rivals that compute something else.
    pub fn refuse_others(&mut self) {
        let ours = self.runners.iter().find(|runner| runner.role == Role::Ours);
        let Some(ours) = ours.and_then(|runner| runner.sum) else { return };
        let rivals = self.runners.iter().filter(|runner| runner.role == Role::Rival);
        let others: Vec<(usize, String, Failure)> = rivals
            .filter(|runner| !runner.sum.is_some_and(|sum| (sum - ours).abs() <= SAME * ours.abs()))
            .map(|runner| {
                let sum = runner.sum.map_or("no sum".into(), |sum| format!("a sum of {sum:e}"));
                let why = Failure::Error(format!("{sum} where ours is {ours:e}"));
                (runner.worker, runner.variant.clone(), why)
            })
            .collect();
        for (worker, variant, why) in others {
            self.leave(worker, &variant, why);
        }
    }

    /// The rounds; gives what was measured.
    pub fn race(&mut self, settings: &Settings) -> Vec<Line> {
        self.calibrate();
        let start = Instant::now();
        for round in 0..settings.rounds {
            if round >= FEW && start.elapsed() > settings.time {
                break;
            }
            self.round(round);
        }
        let runners = std::mem::take(&mut self.runners);
        let measured = runners.into_iter().filter(|runner| !runner.times.is_empty());
        measured.map(|runner| self.line(runner)).collect()
    }

    fn line(&mut self, runner: Runner) -> Line {
        let name = self.workers[runner.worker].as_mut().name();
        Line::new(name, &runner.variant, runner.calls, runner.times)
    }

    /// Every runner once, in an order that is drawn for each round: nobody follows the same one always.
    fn round(&mut self, round: usize) {
        let takes_part = self.runners.iter().filter(|runner| round < runner.most);
        let mut order: Vec<(usize, String)> = takes_part.map(Runner::key).collect();
        order.shuffle(&mut SmallRng::seed_from_u64(round as u64));
        for (worker, variant) in order {
            std::thread::sleep(PAUSE);
            self.warm(worker, &variant);
            self.run(worker, &variant, |runner, time| runner.times.push(time));
        }
    }

    /// Runs that are not noted, of as many calls: after the pause the first milliseconds take up to 1.3 times
    /// as long, those of several threads twice. On one thread a single call is long, and has one before it
    /// anyway.
    fn warm(&mut self, worker: usize, variant: &str) {
        let has_threads = self.workers[worker].as_mut().threads() > 1;
        let is_single = |r: &Runner| r.worker == worker && r.variant == variant && r.calls == 1;
        if !has_threads && self.runners.iter().any(is_single) {
            return;
        }
        let mut left = if has_threads { PARTED } else { 0.0 };
        loop {
            let mut took = f64::INFINITY;
            self.run(worker, variant, |runner, time| took = time * runner.calls as f64);
            left -= took.max(RUN);
            if left <= 0.0 {
                return;
            }
        }
    }

    /// One run of a runner that is still there.
    fn run(&mut self, worker: usize, variant: &str, note: impl FnOnce(&mut Runner, f64)) {
        let at = |r: &Runner| r.worker == worker && r.variant == variant;
        let Some(runner) = self.runners.iter_mut().find(|runner| at(runner)) else { return };
        match self.workers[worker].as_mut().run(variant, runner.calls) {
            Ok(time) => note(runner, time),
            Err(failure) => self.leave(worker, variant, failure),
        }
    }

    /// As many calls for each as make a run long enough; and who is far behind.
    fn calibrate(&mut self) {
        let keys: Vec<_> = self.runners.iter().map(Runner::key).collect();
        let mut found: Vec<(usize, String, f64)> = Vec::new();
        for (worker, variant) in keys {
            let mut last = 0.0;
            // Doubling at least each time: some twenty runs at most.
            for _ in 0..24 {
                let mut long = true;
                self.run(worker, &variant, |runner, time| {
                    let run = time * runner.calls as f64;
                    long = run >= RUN || runner.calls == MOST_CALLS;
                    last = time;
                    if !long {
                        let wanted = (1.2 * RUN / time.max(1.0)).ceil() as usize;
                        let wanted = wanted.clamp(2 * runner.calls, 64 * runner.calls);
                        runner.calls = wanted.min(MOST_CALLS);
                    }
                });
                if long {
                    break;
                }
            }
            found.push((worker, variant, last));
        }
        self.set_back(&found);
    }

    fn set_back(&mut self, found: &[(usize, String, f64)]) {
        let of = |runner: &Runner| {
            let own = found.iter().find(|(w, v, _)| *w == runner.worker && *v == runner.variant);
            own.map_or(f64::NAN, |(_, _, time)| *time)
        };
        let rivals = self.runners.iter().filter(|runner| runner.role == Role::Rival).map(of);
        let fastest = rivals.fold(f64::INFINITY, f64::min);
        for runner in self.runners.iter_mut().filter(|runner| runner.role == Role::Rival) {
            runner.most = match of(runner) / fastest {
                behind if behind > FARTHER => 2,
                behind if behind > FAR => FEW,
                _ => usize::MAX,
            };
        }
    }

    /// Frees the buffers of all; gives who was left out.
    pub fn finish(mut self) -> Vec<Left> {
        for at in 0..self.workers.len() {
            let worker = self.workers[at].as_mut();
            if worker.is_running()
                && let Err(failure) = worker.drop_case()
            {
                self.leave(at, "", failure);
            }
        }
        self.left_out
    }
}

impl Runner {
    fn key(&self) -> (usize, String) {
        (self.worker, self.variant.clone())
    }
}

/// What a contestant is told of a case: plain traffic of as many elements to the roofline, which is alone
/// where that is the case itself.
fn told(role: Role, case: &Case) -> Option<Case> {
    match (role, &*case.kernel) {
        (Role::Roofline, _) => case.elements().map(|n| Case::of_size("roofline", n)),
        (_, "roofline") => None,
        _ => Some(case.clone()),
    }
}

/// Beside a kernel the triad of the roofline is left out: no share is taken of it.
fn is_wanted(case: &Case, role: Role, name: &str) -> bool {
    role != Role::Roofline || case.kernel == "roofline" || name != "triad"
}

/// The names of the fastest rivals in a short run of a case.
pub fn fastest(case: &Case, workers: &mut [Worker], count: usize) -> Vec<String> {
    let mut field = Field::prepare(case, workers);
    field.refuse_others();
    field.runners.retain(|runner| runner.role == Role::Rival);
    let mut lines = field.race(&Settings { rounds: 3, time: Duration::ZERO });
    field.finish();
    lines.sort_by(|a, b| a.median.total_cmp(&b.median));
    let mut names: Vec<String> = Vec::new();
    for line in lines {
        if !names.contains(&line.contestant) {
            names.push(line.contestant);
        }
    }
    names.truncate(count);
    names
}
