//! A contestant as a process: one line there, one line back, in finite time.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::peers::{Peer, Role};
use crate::case::Case;

/// The longest wait for an answer: a compiler may be at work behind it.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// How often a contestant is started: again for the next case after it died.
const STARTS: usize = 3;

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It said so, and goes on.
    #[error("{0}")]
    Error(String),
    /// Its answer is not of the protocol.
    #[error("answered {0:?}")]
    Nonsense(String),
    /// It is no longer there.
    #[error("died")]
    Died,
    /// It did not answer.
    #[error("did not answer within {} s", .0.as_secs())]
    Silent(Duration),
    /// It could not be started.
    #[error("{0}")]
    Missing(String),
}

impl Failure {
    /// Whether what it says next can still be believed.
    #[must_use]
    pub fn is_recoverable(&self) -> bool {
        matches!(self, Self::Error(_))
    }
}

/// A started process and what it has said.
#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A contestant, started when it is asked and again after it died.
#[derive(Debug)]
pub struct Worker {
    peer: Peer,
    threads: usize,
    patience: Duration,
    running: Option<Running>,
    starts: usize,
}

impl AsMut<Self> for Worker {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

impl Worker {
    /// A contestant that is to use so many threads; nothing is started yet.
    #[must_use]
    pub fn new(peer: &Peer, threads: usize) -> Self {
        let threads = if peer.role == Role::OneThread { 1 } else { threads };
        Self { peer: peer.clone(), threads, patience: PATIENCE, running: None, starts: 0 }
    }

    /// With another longest wait.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Its name in results.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.peer.name
    }

    /// On how many threads it runs.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// What it is compared as.
    #[must_use]
    pub fn role(&self) -> Role {
        self.peer.role
    }

    /// Whether it runs, or may be started.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.running.is_some() || self.starts < STARTS
    }

    /// Whether it has been started and has not ended.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// What it is made of. One that fails here does not take part.
    ///
    /// # Errors
    /// It cannot be started, or does not answer as it should.
    pub fn versions(&mut self) -> Result<String, Failure> {
        let answer = self.ask("versions", "versions", |text| Some(text.to_string()));
        if answer.is_err() {
            self.running = None;
            self.starts = STARTS;
        }
        answer
    }

    /// Prepares a case; gives the names of its variants.
    ///
    /// # Errors
    /// There is no such answer.
    pub fn prepare(&mut self, case: &Case) -> Result<Vec<String>, Failure> {
        let names = |text: &str| Some(text.split_whitespace().map(String::from).collect());
        self.ask(&format!("case {case}"), "offers", names)
    }

    /// Σ|result| of a variant, `None` where it is drawn.
    ///
    /// # Errors
    /// There is no such answer.
    pub fn check(&mut self, variant: &str) -> Result<Option<f64>, Failure> {
        self.ask(&format!("check {variant}"), "check", |text| match text {
            "none" => Some(None),
            sum => sum.parse().ok().map(Some),
        })
    }

    /// Nanoseconds of one of so many calls.
    ///
    /// # Errors
    /// There is no such answer.
    pub fn run(&mut self, variant: &str, calls: usize) -> Result<f64, Failure> {
        self.ask(&format!("run {variant} {calls}"), "time", |text| {
            let time = text.parse::<f64>().ok().filter(|time| time.is_finite() && *time > 0.0);
            time.map(|time| time / calls as f64)
        })
    }

    /// Frees the buffers of a case.
    ///
    /// # Errors
    /// There is no such answer.
    pub fn drop_case(&mut self) -> Result<(), Failure> {
        self.ask("drop", "dropped", |_| Some(()))
    }

    /// What is read behind the word `expected` of the answer to a line. Unless the contestant says
    /// itself what is wrong, its process is ended: nothing that it says next can be believed.
    fn ask<A>(
        &mut self,
        line: &str,
        expected: &str,
        read: impl FnOnce(&str) -> Option<A>,
    ) -> Result<A, Failure> {
        let answer = self.exchange(line).and_then(|answer| judge(answer, expected, read));
        if answer.as_ref().is_err_and(|failure| !failure.is_recoverable()) {
            self.running = None;
        }
        answer
    }

    fn exchange(&mut self, line: &str) -> Result<String, Failure> {
        if self.running.is_none() {
            if self.starts == STARTS {
                return Err(Failure::Missing(format!("ended {STARTS} times")));
            }
            self.starts += 1;
            self.running = Some(start(&self.peer, self.threads)?);
        }
        let running = self.running.as_mut().ok_or(Failure::Died)?;
        writeln!(running.input, "{line}")
            .and_then(|()| running.input.flush())
            .map_err(|_| Failure::Died)?;
        running.lines.recv_timeout(self.patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => Failure::Silent(self.patience),
            RecvTimeoutError::Disconnected => Failure::Died,
        })
    }
}

fn judge<A>(
    answer: String,
    expected: &str,
    read: impl FnOnce(&str) -> Option<A>,
) -> Result<A, Failure> {
    let (verb, rest) = answer.split_once(' ').unwrap_or((&answer, ""));
    match verb {
        "error" => Err(Failure::Error(rest.into())),
        verb if verb == expected => read(rest.trim()).ok_or(Failure::Nonsense(answer)),
        _ => Err(Failure::Nonsense(answer)),
    }
}

/// The first processors, as many as there are threads; nobody spins while others are measured.
fn start(peer: &Peer, threads: usize) -> Result<Running, Failure> {
    let program = peer.program();
    if !program.is_file() {
        return Err(Failure::Missing("not built".into()));
    }
    let cores: Vec<String> = (0..threads).map(|core| core.to_string()).collect();
    let mut command = Command::new("taskset");
    command.args(["-c", &cores.join(",")]).arg(program).args(&peer.command[1..]);
    command.args(["--threads", &threads.to_string()]);
    if peer.role == Role::Rival {
        command.current_dir(&peer.folder);
    }
    for threads_of in ["OMP", "MKL", "OPENBLAS", "RAYON"] {
        command.env(format!("{threads_of}_NUM_THREADS"), threads.to_string());
    }
    command.envs([("OMP_WAIT_POLICY", "passive"), ("KMP_BLOCKTIME", "0"), ("GOMP_SPINCOUNT", "0")]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let missing = |error: std::io::Error| Failure::Missing(format!("cannot be started: {error}"));
    let mut child = command.spawn().map_err(missing)?;
    let (input, output) = child.stdin.take().zip(child.stdout.take()).ok_or(Failure::Died)?;
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let read = BufReader::new(output).lines().map_while(Result::ok);
        read.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
    });
    Ok(Running { child, input, lines })
}
