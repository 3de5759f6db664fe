//! The command `evenkeel`: checks an implementation and says which mistake was made.

mod args;
mod check;
mod digits;
mod explain;
mod hard;
mod output;
mod progress;
mod table;
mod training;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use output::Ending;

fn main() -> ExitCode {
    let command = Arguments::parse().command();
    let ending = match command {
        Command::Check(options) => check::run(&options),
        Command::Explain { name } => explain::run(&name),
        Command::List => explain::list(),
    };
    ending.unwrap_or_else(|error| Ending::of_error(&error)).into()
}
