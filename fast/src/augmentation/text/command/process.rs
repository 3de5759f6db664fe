//! A running program: threads that write to it and read from it, and its certain end.
//!
//! Hazard: a pipe holds some 64 KiB. Who writes all sentences before reading waits for a program that
//! waits for its reader. So a thread writes, a thread reads answers, and a thread reads what the program
//! complains of; the caller waits for answers alone, and never longer than to its deadline.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::{Engine, TranslationError};

/// More is no translation of a sentence.
const LONGEST: usize = 1 << 20;

/// So many answers may wait to be taken: an engine that writes without end fills no memory.
const WAITING: usize = 64;

/// So much of what a program complains of is kept: the end, where the reason stands.
const COMPLAINT: usize = 2000;

/// So long the last of the complaints is waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What comes next from a program.
pub(super) enum Next {
    /// An answer, without its end; the last one may lack it.
    Answer { bytes: Vec<u8>, is_whole: bool },
    /// More than the longest answer that is read.
    TooLong(usize),
    /// Its output is closed.
    End,
    /// The deadline has passed.
    TimedOut,
}

/// A running program, stopped when it is dropped.
pub(super) struct Process {
    input: Option<Sender<Vec<u8>>>,
    answers: Receiver<Next>,
    complaints: Receiver<String>,
    group: Group,
}

impl Process {
    /// Starts a program with its three threads.
    pub(super) fn start(engine: &Engine) -> Result<Self, TranslationError> {
        let refused = |error: io::Error| TranslationError::NotStarted {
            program: engine.name(),
            kind: error.kind(),
            reason: error.to_string(),
        };
        let mut group = Group::start(engine).map_err(refused)?;
        let pipes = (group.child.stdin().take(), group.child.stdout().take());
        let (Some(stdin), Some(stdout)) = pipes else {
            return Err(refused(io::ErrorKind::BrokenPipe.into()));
        };
        let (input, sentences) = mpsc::channel();
        let (found, answers) = mpsc::sync_channel(WAITING);
        let (heard, complaints) = mpsc::channel();
        let end = engine.terminator.byte();
        spawn("engine-input", move || write(stdin, &sentences)).map_err(refused)?;
        spawn("engine-output", move || read(stdout, end, &found)).map_err(refused)?;
        if let Some(stderr) = group.child.stderr().take() {
            spawn("engine-errors", move || listen(stderr, &heard)).map_err(refused)?;
        }
        Ok(Self { input: Some(input), answers, complaints, group })
    }

    /// Hands bytes over to be written. That a program reads no more is seen by its answers.
    pub(super) fn send(&mut self, bytes: Vec<u8>) {
        if let Some(input) = &self.input {
            let _ = input.send(bytes);
        }
    }

    /// Closes the program's input, once everything is written.
    pub(super) fn close(&mut self) {
        self.input = None;
    }

    /// Whether nothing has come that was not asked for: answers, or the end.
    pub(super) fn is_in_step(&self) -> bool {
        matches!(self.answers.try_recv(), Err(mpsc::TryRecvError::Empty))
    }

    /// The next answer.
    pub(super) fn next(&mut self, deadline: Instant) -> Next {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.answers.recv_timeout(left) {
            Ok(next) => next,
            Err(RecvTimeoutError::Disconnected) => Next::End,
            Err(RecvTimeoutError::Timeout) => Next::TimedOut,
        }
    }

    /// How the program ended, if it does before the deadline.
    pub(super) fn wait(&mut self, deadline: Instant) -> Option<ExitStatus> {
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(status) = self.group.poll() {
                return Some(status);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            thread::sleep(pause.min(left));
            pause = (2 * pause).min(Duration::from_millis(20));
        }
    }

    /// The error of a program that has ended, or has closed its output at least.
    pub(super) fn ended(
        &mut self,
        engine: &Engine,
        status: Option<ExitStatus>,
    ) -> TranslationError {
        let status = match status {
            Some(status) => status.to_string(),
            None => "its output closed".into(),
        };
        let message = self.complaints.recv_timeout(LAST_WORDS).unwrap_or_default();
        TranslationError::Ended { program: engine.name(), status, message }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // Not joined: it ends with the pipe, and the pipe with the program.
    thread::Builder::new().name(name.into()).spawn(work).map(drop)
}

/// Writes what is handed over until there is no more, or nobody reads.
fn write(mut stdin: ChildStdin, sentences: &Receiver<Vec<u8>>) {
    for bytes in sentences {
        if stdin.write_all(&bytes).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

/// Hands answers on until there are no more, or nobody wants them.
fn read(stdout: ChildStdout, end: u8, found: &SyncSender<Next>) {
    let mut stdout = BufReader::new(stdout);
    loop {
        let mut bytes = Vec::new();
        let longest = LONGEST as u64 + 1;
        let next = match stdout.by_ref().take(longest).read_until(end, &mut bytes) {
            Err(_) | Ok(0) => return,
            Ok(length) if length > LONGEST => Next::TooLong(LONGEST),
            Ok(_) => {
                let is_whole = bytes.pop_if(|last| *last == end).is_some();
                Next::Answer { bytes, is_whole }
            }
        };
        if found.send(next).is_err() {
            return;
        }
    }
}

/// Reads to the end and hands on the last of it.
fn listen(mut stderr: ChildStderr, heard: &Sender<String>) {
    let (mut kept, mut piece) = (Vec::new(), [0; 512]);
    while let Ok(length @ 1..) = stderr.read(&mut piece) {
        kept.extend_from_slice(&piece[..length]);
        kept.drain(..kept.len().saturating_sub(COMPLAINT));
    }
    let _ = heard.send(String::from_utf8_lossy(&kept).trim().to_owned());
}

/// A program and all that it starts, killed and waited for when it is dropped.
struct Group {
    child: Box<dyn ChildWrapper>,
    has_ended: bool,
}

impl Group {
    fn start(engine: &Engine) -> io::Result<Self> {
        let mut command = CommandWrap::with_new(&engine.program, |command: &mut Command| {
            command
                .args(&engine.arguments)
                .args(&engine.last_argument)
                .envs(engine.environment.iter().cloned())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
        });
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        Ok(Self { child: command.spawn()?, has_ended: false })
    }

    /// How it ended, if it has.
    fn poll(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten();
        self.has_ended |= status.is_some();
        status
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The program may have ended and what it has started may not: the group is stopped in any case.
        // An error says that nobody of it is left.
        let _ = self.child.start_kill();
        if !self.has_ended {
            let _ = self.child.wait();
        }
    }
}
