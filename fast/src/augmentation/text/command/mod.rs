//! Any engine that is a program: sentences in, translations out, one ended by the same character as the
//! other.
//!
//! Two ways to run one:
//!
//! - **by the batch** (the usual one): the program is started, reads all sentences to the end of its
//!   input, writes a translation for each, and ends. What it needs to start is paid once a batch.
//! - **long-lived**: the program is started once, and answers each sentence before it is given the
//!   next. It has to flush after every answer.
//!
//! Nothing goes through a shell. Threads write to the program and read from it, so that neither waits
//! for the other for ever. When an engine has to be stopped, everything that it started is stopped with
//! it: its process group, or on Windows its job. Nothing is left behind, not even a zombie.

mod apertium;
mod batch;
mod long_lived;
mod process;

use std::ffi::OsString;
use std::time::Duration;

use super::{TranslationError, Translator};
use process::Process;

/// What ends a sentence on the way to the engine, and a translation on the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Terminator {
    /// A line end. On the way back a carriage return before it is no part of the answer.
    #[default]
    Line,
    /// The character 0, as engines want it that are told to flush at one.
    Null,
}

impl Terminator {
    fn byte(self) -> u8 {
        match self {
            Self::Line => b'\n',
            Self::Null => 0,
        }
    }
}

/// How sentences are written and answers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// As they are.
    Plain,
    /// Apertium's stream format.
    Apertium,
}

/// How to start a program, and how to talk to it.
#[derive(Debug, Clone)]
struct Engine {
    program: OsString,
    arguments: Vec<OsString>,
    /// Behind all other arguments.
    last_argument: Option<OsString>,
    environment: Vec<(OsString, OsString)>,
    terminator: Terminator,
    format: Format,
    time_limit: Duration,
}

/// A program as a [`Translator`].
///
/// ```no_run
/// use evenkeel_fast::augmentation::text::{CommandTranslator, Translator};
///
/// let mut engine = CommandTranslator::new("my-engine").arguments(["--from", "en", "--to", "es"]);
/// for answer in engine.translate(&["The river is wide.", "The house is old."]) {
///     println!("{}", answer?);
/// }
/// # Ok::<(), evenkeel_fast::augmentation::text::TranslationError>(())
/// ```
///
/// **A failed sentence.** If a run by the batch fails (a code other than 0, a signal, more or fewer
/// answers than sentences, no end within the limit), it is run again in halves, and these again, until
/// the sentences that are to blame stand alone: they have its error, all others their translation. A
/// sentence on which an engine hangs costs the limit once for each halving: nine times in a batch of 256.
/// A long-lived engine is started again for the next sentence. Eight failures in a row without one
/// answer, or a program that cannot be started, are taken for a broken engine: what is left of the call
/// fails with the same error.
///
/// **An answer** has to be UTF-8; it may be empty. Behind the last one empty answers are passed over; an
/// empty last one of several is asked for again, alone, since a line may have been lost before it.
/// What nobody can see from outside is a run that loses a line and adds another, or a long-lived engine
/// that adds one late: the numbers agree, and what follows is off by one. An engine of which that is to be
/// feared is to be given one sentence a run: [`BackTranslation::batch`](super::BackTranslation::batch)(1).
pub struct CommandTranslator {
    engine: Engine,
    is_long_lived: bool,
    running: Option<Process>,
}

impl CommandTranslator {
    /// A program that is run by the batch, line by line, within 60 seconds.
    pub fn new(program: impl Into<OsString>) -> Self {
        let engine = Engine {
            program: program.into(),
            arguments: Vec::new(),
            last_argument: None,
            environment: Vec::new(),
            terminator: Terminator::Line,
            format: Format::Plain,
            time_limit: Duration::from_secs(60),
        };
        Self { engine, is_long_lived: false, running: None }
    }

    /// Apertium, with one of the directions that `apertium -l` lists: `eng-spa`.
    ///
    /// It is run by the batch. Sentences are ended by the character 0, which keeps Apertium from reading
    /// one together with the next, and what its stream format reserves is escaped. Words that it does
    /// not know stay as they are, without the mark `*`.
    pub fn apertium(direction: impl Into<OsString>) -> Self {
        let mut own = Self::new("apertium").arguments(["-z", "-u", "-f", "none"]);
        own.engine.last_argument = Some(direction.into());
        own.engine.format = Format::Apertium;
        own.ended_by(Terminator::Null)
    }

    /// One more argument; with Apertium it stands before the direction.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.engine.arguments.push(argument.into());
        self
    }

    /// More arguments.
    #[must_use]
    pub fn arguments<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.engine.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// A variable of the program's environment, beside those of this program.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.engine.environment.push((name.into(), value.into()));
        self
    }

    /// What ends a sentence and an answer; a line end, unless given.
    #[must_use]
    pub fn ended_by(mut self, terminator: Terminator) -> Self {
        self.engine.terminator = terminator;
        self
    }

    /// Starts the program once, when it is needed, and keeps it.
    #[must_use]
    pub fn long_lived(mut self) -> Self {
        self.is_long_lived = true;
        self
    }

    /// How long one run may take, or of a long-lived engine one answer; 60 seconds, unless given, and a
    /// year at most.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        // Beyond any patience, and far from the end of the clock.
        self.engine.time_limit = limit.min(Duration::from_secs(366 * 24 * 60 * 60));
        self
    }
}

impl Translator for CommandTranslator {
    /// # Errors
    /// A sentence with the character that ends one is not sent: [`TranslationError::Terminator`].
    fn translate(&mut self, sentences: &[&str]) -> Vec<Result<String, TranslationError>> {
        let sent: Vec<&str> =
            sentences.iter().copied().filter(|one| self.engine.check(one).is_ok()).collect();
        let answers = if self.is_long_lived {
            long_lived::translate(&self.engine, &mut self.running, &sent)
        } else {
            batch::translate(&self.engine, &sent)
        };
        let mut answers = answers.into_iter();
        let next = |sentence: &&str| match self.engine.check(sentence) {
            Ok(()) => answers.next(),
            Err(error) => Some(Err(error)),
        };
        sentences.iter().map_while(next).collect()
    }
}

impl Engine {
    fn name(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    /// Refuses a sentence that would be taken for two.
    fn check(&self, sentence: &str) -> Result<(), TranslationError> {
        let ends = |character: &char| match self.terminator {
            Terminator::Line => matches!(character, '\n' | '\r'),
            Terminator::Null => *character == '\0',
        };
        match sentence.chars().find(ends) {
            Some(character) => Err(TranslationError::Terminator { character }),
            None => Ok(()),
        }
    }

    /// A sentence as it is sent.
    fn encoded(&self, sentence: &str) -> Vec<u8> {
        let mut bytes = match self.format {
            Format::Plain => sentence.as_bytes().to_vec(),
            Format::Apertium => apertium::escaped(sentence).into_bytes(),
        };
        bytes.push(self.terminator.byte());
        bytes
    }

    /// An answer as it is meant, from its bytes without their end.
    fn decoded(&self, mut bytes: Vec<u8>) -> Result<String, TranslationError> {
        if self.terminator == Terminator::Line && bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let text = String::from_utf8(bytes).map_err(|error| TranslationError::NotUtf8 {
            answer: String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })?;
        Ok(match self.format {
            Format::Plain => text,
            Format::Apertium => apertium::unescaped(&text),
        })
    }
}

/// Failures of one call, as long as nothing has been answered.
#[derive(Default)]
struct Patience {
    failures: usize,
    last: Option<TranslationError>,
}

/// An engine that has failed so often without one answer is not asked again.
const PATIENCE: usize = 8;

impl Patience {
    fn note(&mut self, result: &Result<String, TranslationError>) {
        match result {
            Err(error @ TranslationError::NotStarted { .. }) => {
                (self.failures, self.last) = (PATIENCE, Some(error.clone()));
            }
            // Whoever answers, well or badly, is there.
            Ok(_) | Err(TranslationError::NotUtf8 { .. }) => *self = Self::default(),
            Err(error) => (self.failures, self.last) = (self.failures + 1, Some(error.clone())),
        }
    }

    /// The error of whatever else is asked, once patience is at its end.
    fn exhausted(&self) -> Option<&TranslationError> {
        self.last.as_ref().filter(|_| self.failures >= PATIENCE)
    }
}
