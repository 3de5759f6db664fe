//! What can be asked on the command line.

use clap::{Args, Parser, Subcommand};

/// Checks implementations of the techniques that keep the training of neural networks healthy.
///
/// Without a command it checks the kernels strictly and prints one table.
#[derive(Debug, Parser)]
#[command(name = "evenkeel", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    check: CheckOptions,
}

impl Arguments {
    /// The command, `check` where none is named.
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Check(self.check))
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check an implementation: exit 0 if all that must hold holds, 1 if not.
    Check(CheckOptions),
    /// Explain a clause (BN-05), a mistake (bn-unbiased), or a page's letters or bounds (LN-bounds).
    Explain {
        /// The clause's id, the mistake's label, `BN-symbols`, `LN-bounds`, …
        name: String,
    },
    /// List the clauses and the mistakes.
    List,
}

/// How to check.
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckOptions {
    /// fast, reference, or the label of a mistake (see `list`).
    #[arg(long, default_value = "fast", value_name = "NAME")]
    pub(crate) implementation: String,
    /// Only properties of this clause or this function, or with this in their name.
    #[arg(long, value_name = "FILTER")]
    pub(crate) only: Option<String>,
    /// Another seed draws other inputs; the same seed draws the same on every machine.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Inputs per property (large inputs: fewer).
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) cases: u32,
    /// One row a property, instead of the named inputs.
    #[arg(long)]
    pub(crate) details: bool,
    /// Threads of the pool that the kernels run on; all of the machine's by default.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) threads: Option<u16>,
    /// The instruction-set level of the kernels: baseline, avx2, …; the best by default.
    #[arg(long)]
    pub(crate) level: Option<String>,
}
