//! Writes docs/benchmarks.md and its plots from the JSON of a comparison.

use std::path::{Path, PathBuf};

use clap::Parser;
use evenkeel_benches::compare::results::Results;
use evenkeel_benches::report;

/// Writes docs/benchmarks.md and docs/benchmarks/*.svg.
#[derive(Debug, Parser)]
struct Arguments {
    /// What `compare --json` wrote.
    json: PathBuf,
    /// The folder that they are written to: docs, if it is left out.
    #[arg(long)]
    docs: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments { json, docs } = Arguments::parse();
    let results: Results = serde_json::from_str(&std::fs::read_to_string(json)?)?;
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs");
    report::write(&results, &docs.unwrap_or_else(own))
}
