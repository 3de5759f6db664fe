//! Why a sentence has no translation.

use std::fmt;
use std::io;
use std::time::Duration;

/// Which of the two translations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Into the pivot language.
    Forward,
    /// Back into the language of the sentence.
    Backward,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Forward => "forward",
            Self::Backward => "backward",
        })
    }
}

/// Why a sentence has no translation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranslationError {
    /// The answer has nothing but white space.
    #[error("the translation is empty")]
    Empty,
    /// No answer within the limit.
    #[error("no answer within {limit:?}")]
    TimedOut {
        /// How long was waited.
        limit: Duration,
    },
    /// There were more or fewer answers than sentences, so that nobody knows which is whose.
    #[error("{received} answers to {sent} sentences")]
    Count {
        /// Sentences.
        sent: usize,
        /// Answers; where they were stopped, so many at least.
        received: usize,
    },
    /// The answer is not UTF-8.
    #[error("the answer is not UTF-8: {answer:?}")]
    NotUtf8 {
        /// What can be read of it.
        answer: String,
    },
    /// The answer was longer than any sentence.
    #[error("the answer is longer than {limit} bytes")]
    TooLong {
        /// The most that is read.
        limit: usize,
    },
    /// The sentence holds the character that ends a sentence on the way to the engine.
    #[error("the sentence holds {character:?}, which ends a sentence for this engine")]
    Terminator {
        /// The character.
        character: char,
    },
    /// The program could not be started.
    #[error("{program} cannot be started: {reason}")]
    NotStarted {
        /// The program.
        program: String,
        /// What kind of error it was: `NotFound` where there is no such program.
        kind: io::ErrorKind,
        /// What the system says.
        reason: String,
    },
    /// The program ended before it had answered, or said that it failed.
    #[error("{program} ended with {status}{}", told(.message))]
    Ended {
        /// The program.
        program: String,
        /// Its exit code or signal.
        status: String,
        /// The end of what it wrote to its standard error.
        message: String,
    },
    /// Anything else, for translators of one's own.
    #[error("{0}")]
    Other(String),
}

/// What a program said, if it did.
fn told(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

impl TranslationError {
    /// An error of a translator of one's own.
    pub fn other(reason: impl Into<String>) -> Self {
        Self::Other(reason.into())
    }

    /// Whether there is no such program on this machine.
    pub fn is_missing_program(&self) -> bool {
        matches!(self, Self::NotStarted { kind: io::ErrorKind::NotFound, .. })
    }
}
