//! How the command ends, and writing to a standard output that may go away.

use std::io::{self, Write};
use std::process::ExitCode;

/// The exit codes. They are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// 0: all that must hold holds.
    Holds,
    /// 1: something that must hold does not.
    Broken,
    /// 2: the command line is wrong.
    Usage,
    /// 4: nothing was selected, or nothing could be told.
    Nothing,
    /// 5: the check could not run.
    CouldNotRun,
}

impl Ending {
    /// The reader of a pipe may leave when it has seen enough: that is no failure of ours.
    pub(crate) fn of_error(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Holds;
        }
        eprintln!("evenkeel: {error}");
        Self::CouldNotRun
    }

    /// Prints why the command line is wrong.
    pub(crate) fn usage(message: &str) -> Self {
        eprintln!("evenkeel: {message}");
        Self::Usage
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Holds => 0,
            Ending::Broken => 1,
            Ending::Usage => 2,
            Ending::Nothing => 4,
            Ending::CouldNotRun => 5,
        })
    }
}

/// Writes lines to standard output, without blanks at their ends.
///
/// # Errors
/// When standard output is closed.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    text.trim_end().lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
}
