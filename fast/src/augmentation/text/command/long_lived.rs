//! A program that is started once and answers sentence by sentence.

use std::time::{Duration, Instant};

use super::process::{Next, Process};
use super::{Engine, Patience, TranslationError};

/// So long a program that has closed its output is waited for, to learn how it ended.
const FAREWELL: Duration = Duration::from_secs(1);

/// One answer a sentence, from the program that runs already or from a new one.
pub(super) fn translate(
    engine: &Engine,
    running: &mut Option<Process>,
    sentences: &[&str],
) -> Vec<Result<String, TranslationError>> {
    let mut patience = Patience::default();
    let mut answer = |sentence: &&str| {
        if let Some(error) = patience.exhausted() {
            return Err(error.clone());
        }
        let result = answer(engine, running, sentence);
        patience.note(&result);
        result
    };
    sentences.iter().map(&mut answer).collect()
}

/// One answer. Where an engine that has worked so far is gone, a new one is asked.
fn answer(
    engine: &Engine,
    running: &mut Option<Process>,
    sentence: &str,
) -> Result<String, TranslationError> {
    if let Some(mut process) = running.take().filter(Process::is_in_step) {
        match ask(engine, &mut process, sentence) {
            Err(TranslationError::Ended { .. }) => {}
            result => return keep(running, process, result),
        }
    }
    let mut process = Process::start(engine)?;
    let result = ask(engine, &mut process, sentence);
    keep(running, process, result)
}

/// Keeps the program for the next sentence; after an error nobody knows what it writes next, and it is
/// stopped. Bytes that are not UTF-8 are an answer all the same.
fn keep(
    running: &mut Option<Process>,
    process: Process,
    result: Result<String, TranslationError>,
) -> Result<String, TranslationError> {
    if matches!(result, Ok(_) | Err(TranslationError::NotUtf8 { .. })) {
        *running = Some(process);
    }
    result
}

/// Sends a sentence and waits for the answer.
fn ask(engine: &Engine, process: &mut Process, sentence: &str) -> Result<String, TranslationError> {
    let deadline = Instant::now() + engine.time_limit;
    process.send(engine.encoded(sentence));
    match process.next(deadline) {
        Next::Answer { bytes, is_whole: true } => engine.decoded(bytes),
        Next::TimedOut => Err(TranslationError::TimedOut { limit: engine.time_limit }),
        Next::TooLong(limit) => Err(TranslationError::TooLong { limit }),
        Next::Answer { .. } | Next::End => {
            let status = process.wait(Instant::now() + FAREWELL);
            Err(process.ended(engine, status))
        }
    }
}
