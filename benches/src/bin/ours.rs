//! Serves our kernels to the driver of the comparison, line by line.

use std::io::{stdin, stdout};

use clap::Parser;
use evenkeel_benches::{ours::Ours, protocol::serve};
use evenkeel_fast::{Level, Policy};

/// Serves the kernels of evenkeel-fast over stdin and stdout.
#[derive(Debug, Parser)]
struct Arguments {
    /// Threads of the pool that all calls run in.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// The instruction set: baseline, avx2, avx512, neon. The best of the machine if it is left out.
    #[arg(long, value_parser = level)]
    level: Option<Level>,
}

fn level(name: &str) -> Result<Level, String> {
    Level::from_name(name).ok_or_else(|| format!("this machine has no {name}"))
}

fn main() -> std::io::Result<()> {
    let Arguments { threads, level } = Arguments::parse();
    let mut policy = Policy::default();
    policy.level = level.unwrap_or(policy.level);
    serve(stdin().lock(), stdout().lock(), &mut Ours::new(threads, policy))
}
