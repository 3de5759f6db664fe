//! Measures ours beside others, in one run, and writes JSON.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use evenkeel_benches::case::{CASES, Entry, entries};
use evenkeel_benches::compare::machine::{Machine, today};
use evenkeel_benches::compare::peers::{self, Peer};
use evenkeel_benches::compare::{compare, results::Results, rounds::Settings};

/// Measures the cases of benches/cases.txt: ours, the roofline, and the rivals that are built.
#[derive(Debug, Parser)]
struct Arguments {
    /// Numbers of threads, one after the other.
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    threads: Vec<usize>,
    /// The rivals that take part, of those in benches/peers.toml; all, if it is left out.
    #[arg(long, value_delimiter = ',')]
    peers: Option<Vec<String>>,
    /// Only cases whose line begins so.
    #[arg(long, value_name = "KERNEL")]
    only: Option<String>,
    /// No curves.
    #[arg(long)]
    no_curves: bool,
    /// Rounds of a case.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Seconds after which a case has its last round.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Where the results go.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Arguments {
    fn wants(&self, entry: &Entry) -> bool {
        let (first, curve) = match entry {
            Entry::One(case) => (case, false),
            Entry::Curve(cases) => (&cases[0], true),
        };
        let only = self.only.as_deref().unwrap_or_default();
        !(curve && self.no_curves) && first.to_string().starts_with(only)
    }

    fn rivals(&self) -> Vec<Peer> {
        let mut all = peers::rivals(Path::new(env!("CARGO_MANIFEST_DIR")));
        all.retain(|peer| self.peers.as_ref().is_none_or(|names| names.contains(&peer.name)));
        all
    }

    fn write(&self, results: &Results) -> Result<(), Box<dyn std::error::Error>> {
        if let Some(path) = &self.json {
            std::fs::write(path, serde_json::to_string_pretty(results)?)?;
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let ours = std::env::current_exe()?.with_file_name("ours");
    let (machine, date) = (Machine::here(), today());
    let mut results = Results { machine, date, members: Vec::new(), cases: Vec::new() };
    let settings = Settings {
        rounds: arguments.rounds,
        time: Duration::try_from_secs_f64(arguments.seconds)?,
    };
    let mut list = entries(CASES)?;
    list.retain(|entry| arguments.wants(entry));
    for &threads in &arguments.threads {
        let mut all = peers::ours(&ours, threads);
        all.extend(arguments.rivals());
        compare(&all, threads, &list, &settings, &mut results, |results| arguments.write(results))?;
    }
    Ok(())
}
