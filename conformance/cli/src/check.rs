//! `evenkeel check`: every property of every technique on one implementation, in both precisions.

use std::io;

use evenkeel::{Fast, Precision, implementation, is_strict};
use evenkeel_conformance::report::{Report, Standing, describe};
use evenkeel_conformance::suites::Suite;
use evenkeel_conformance::technique::title;
use evenkeel_conformance::{Real, Settings, Target};
use evenkeel_fast::Level;
use indicatif::ProgressBar;

use crate::args::CheckOptions;
use crate::hard::{self, Row};
use crate::output::{Ending, say};
use crate::{progress, table, training};

/// Failures told in full for each precision; the rest is counted.
const TOLD: usize = 2;

/// Checks and reports.
///
/// # Errors
/// When standard output is closed or the data in the program are damaged.
pub(crate) fn run(options: &CheckOptions) -> io::Result<Ending> {
    let fast = match &options.level {
        None => Fast::default(),
        Some(name) => match Level::from_name(name) {
            Some(level) => Fast::at(level),
            None => return Ok(Ending::usage(&unknown_level(name))),
        },
    };
    let name = &options.implementation;
    let single = implementation::<f32>(name, &fast);
    let double = implementation::<f64>(name, &fast);
    let (Some(single), Some(double)) = (single, double) else {
        let message =
            format!("there is no implementation {name}; `evenkeel list` lists the mistakes");
        return Ok(Ending::usage(&message));
    };
    on_threads(options.threads, || report(options, &*single, &*double))?
}

fn unknown_level(name: &str) -> String {
    let names: Vec<_> = Level::available().iter().map(Level::name).collect();
    format!("this machine has no level {name}, only {}", names.join(", "))
}

/// Runs `work` on a pool of that many threads.
fn on_threads<R: Send>(threads: Option<u16>, work: impl FnOnce() -> R + Send) -> io::Result<R> {
    let Some(threads) = threads else { return Ok(work()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build();
    Ok(pool.map_err(io::Error::other)?.install(work))
}

/// Everything that is printed, for one implementation.
fn report(
    options: &CheckOptions,
    single: &dyn Target<f32>,
    double: &dyn Target<f64>,
) -> io::Result<Ending> {
    let strict = is_strict(&options.implementation);
    let steps = steps(options, single) + steps(options, double);
    if steps == 0 {
        let only = options.only.as_deref().unwrap_or_default();
        eprintln!("evenkeel: no property is selected by --only {only}; --details lists them");
        return Ok(Ending::Nothing);
    }
    say(&heading(options, &single.name(), strict))?;
    let bar = progress::bar(steps);
    let pairs =
        techniques(options, single, &bar).into_iter().zip(techniques(options, double, &bar));
    let reports: Vec<[Report; 2]> = pairs.map(<[Report; 2]>::from).collect();
    bar.finish_and_clear();
    say(&table::techniques(&reports, strict))?;
    let levels: Vec<String> = single.variants().into_iter().map(|(name, _)| name).collect();
    if let Some(table) = table::same_bits(&reports, &levels).filter(|_| !levels.is_empty()) {
        say(&table)?;
    }
    let mut ending = ending_of(&reports, strict);
    if options.details {
        say(&table::properties(&reports))?;
    } else if options.only.is_none() && examples(options, single, double)? && strict {
        ending = Ending::Broken;
    }
    tell_failures(options, reports.as_flattened())?;
    tell_void(reports.as_flattened(), strict)?;
    say(&last_line(ending))?;
    Ok(ending)
}

fn heading(options: &CheckOptions, name: &str, strict: bool) -> String {
    let manner = if strict { "strictly" } else { "for MUST clauses" };
    let CheckOptions { seed, cases, .. } = options;
    format!("evenkeel checks {name} {manner}: {cases} inputs a property, seed {seed}\n")
}

/// The names of the properties that `--only` selects: it is part of the full name, or the clause, or
/// the part.
fn selected<T: Real>(options: &CheckOptions, suite: &dyn Suite<T>) -> Vec<&'static str> {
    let mut rows = suite.rows();
    if let Some(only) = &options.only {
        rows.retain(|row| {
            let full = format!("{}::{}", suite.technique(), row.name);
            full.contains(only.as_str())
                || row.clause.eq_ignore_ascii_case(only)
                || row.part == only
        });
    }
    rows.into_iter().map(|row| row.name).collect()
}

/// How many properties will be run.
fn steps<T: Precision>(options: &CheckOptions, target: &dyn Target<T>) -> usize {
    let count = |suite: &dyn Suite<T>| {
        let names = selected(options, suite);
        suite.count(target, &|name| names.contains(&name))
    };
    T::suites().into_iter().map(count).sum()
}

/// A report of every technique, empty where the target does not offer it.
fn techniques<T: Precision>(
    options: &CheckOptions,
    target: &dyn Target<T>,
    bar: &ProgressBar,
) -> Vec<Report> {
    let settings = Settings { seed: options.seed, cases: options.cases };
    let one = |suite: &dyn Suite<T>| {
        let names = selected(options, suite);
        suite.check(target, settings, &|name| names.contains(&name), &mut |name| {
            bar.inc(1);
            bar.set_message(format!("{} {} {name}", suite.technique(), T::NAME));
        })
    };
    T::suites().into_iter().map(one).collect()
}

fn ending_of(reports: &[[Report; 2]], strict: bool) -> Ending {
    let worst = reports.as_flattened().iter().map(|report| report.standing(strict)).max();
    match worst {
        Some(Standing::Broken) => Ending::Broken,
        Some(Standing::Holds) => Ending::Holds,
        _ => Ending::Nothing,
    }
}

/// The hard inputs, and the training on digits. True if a bound is broken.
fn examples(
    options: &CheckOptions,
    single: &dyn Target<f32>,
    double: &dyn Target<f64>,
) -> io::Result<bool> {
    let is_broken = named(single, double, is_strict(&options.implementation))?;
    let trains_on = options.implementation == "fast";
    Ok(training::run(single, double, trains_on)? || is_broken)
}

/// The hard inputs and the digits. True if a bound is broken.
fn named(single: &dyn Target<f32>, double: &dyn Target<f64>, strict: bool) -> io::Result<bool> {
    let mut is_broken = false;
    for all in hard::tables(single, double)? {
        say(&table::named(&all, strict))?;
        let rows = all.single.iter().chain(&all.double);
        let broken: Vec<&Row> = rows.filter(|row| row.is_broken()).collect();
        is_broken |= !broken.is_empty();
        for row in broken.iter().take(if strict { TOLD } else { 0 }) {
            row.findings().iter().try_for_each(|finding| say(finding))?;
        }
    }
    Ok(is_broken)
}

/// What it looks like, the most telling failures in full, the clauses of the others.
fn tell_failures(options: &CheckOptions, reports: &[Report]) -> io::Result<()> {
    for report in reports {
        let failures = report.failures();
        let (told, others) = failures.split_at(failures.len().min(TOLD));
        if let Some(diagnosis) = &report.diagnosis {
            say(&format!("\nin {}: {diagnosis}", report.precision))?;
        }
        for outcome in told {
            say(&format!("\n{}", describe(outcome, title(outcome.clause))))?;
            say(&format!("  repeat   {}", repeat(options, outcome.name)))?;
        }
        if !others.is_empty() {
            let mut clauses: Vec<_> = others.iter().map(|outcome| outcome.clause).collect();
            clauses.sort_unstable();
            clauses.dedup();
            let (count, precision) = (others.len(), report.precision);
            say(&format!(
                "\n{count} more properties fail in {precision}, of {}",
                clauses.join(", ")
            ))?;
        }
    }
    Ok(())
}

/// The properties whose inputs could not tell right from wrong.
fn tell_void(reports: &[Report], strict: bool) -> io::Result<()> {
    for report in reports {
        for outcome in report.void(strict) {
            let why = "no input could tell: more --cases may help";
            say(&format!("{} {} in {}: {why}", outcome.clause, outcome.name, outcome.precision))?;
        }
    }
    Ok(())
}

/// The command that shows one failure again; what is as usual is left out.
fn repeat(options: &CheckOptions, name: &str) -> String {
    let usual = Settings::default();
    let CheckOptions { implementation, seed, cases, .. } = options;
    // cargo sets this variable for what it runs: there, `evenkeel` is hardly on the path.
    let command = match std::env::var_os("CARGO") {
        Some(_) => "cargo run --release -- check",
        None => "evenkeel check",
    };
    let mut line = format!("{command} --implementation {implementation} --only {name}");
    if *seed != usual.seed {
        line += &format!(" --seed {seed}");
    }
    if *cases != usual.cases {
        line += &format!(" --cases {cases}");
    }
    line
}

fn last_line(ending: Ending) -> String {
    match ending {
        Ending::Holds => "\nall that must hold holds".into(),
        Ending::Broken => "\nsomething that must hold does not (exit 1)".into(),
        _ => "\nnothing could be told (exit 4)".into(),
    }
}
