//! A program that is started for a batch, reads all of it, and ends.

use std::time::Instant;

use super::process::{Next, Process};
use super::{Engine, Patience, TranslationError};

type Answers = Vec<Result<String, TranslationError>>;

/// One answer a sentence, whatever happens to the others.
pub(super) fn translate(engine: &Engine, sentences: &[&str]) -> Answers {
    let mut answers = Vec::with_capacity(sentences.len());
    if !sentences.is_empty() {
        in_halves(engine, sentences, &mut Patience::default(), &mut answers);
    }
    answers
}

/// All at once, or else in halves.
fn in_halves(engine: &Engine, sentences: &[&str], patience: &mut Patience, to: &mut Answers) {
    if let Some(error) = patience.exhausted() {
        to.extend(sentences.iter().map(|_| Err(error.clone())));
        return;
    }
    match run(engine, sentences) {
        Ok(answers) => {
            answers.iter().for_each(|answer| patience.note(answer));
            to.extend(answers);
        }
        Err(error) if sentences.len() == 1 => {
            let alone = Err(error);
            patience.note(&alone);
            to.push(alone);
        }
        Err(error) => {
            // A program that is not there is not looked for again, and one that hangs not for ever.
            if matches!(
                error,
                TranslationError::NotStarted { .. } | TranslationError::TimedOut { .. }
            ) {
                patience.note(&Err(error));
            }
            let (first, second) = sentences.split_at(sentences.len() / 2);
            in_halves(engine, first, patience, to);
            in_halves(engine, second, patience, to);
        }
    }
}

/// One run: as many answers as sentences, or nothing.
fn run(engine: &Engine, sentences: &[&str]) -> Result<Answers, TranslationError> {
    let deadline = Instant::now() + engine.time_limit;
    let mut process = Process::start(engine)?;
    process.send(sentences.iter().flat_map(|sentence| engine.encoded(sentence)).collect());
    process.close();
    let mut answers = Vec::with_capacity(sentences.len());
    loop {
        match process.next(deadline) {
            Next::Answer { bytes, .. } if answers.len() < sentences.len() => answers.push(bytes),
            // Some engines write an empty line more, or flush once more at the end.
            Next::Answer { bytes, .. } if bytes.trim_ascii().is_empty() => {}
            Next::Answer { .. } => {
                let (sent, received) = (sentences.len(), sentences.len() + 1);
                return Err(TranslationError::Count { sent, received });
            }
            Next::TooLong(limit) => return Err(TranslationError::TooLong { limit }),
            Next::TimedOut => return Err(TranslationError::TimedOut { limit: engine.time_limit }),
            Next::End => break,
        }
    }
    let limit = engine.time_limit;
    let ended = process.wait(deadline).ok_or(TranslationError::TimedOut { limit })?;
    if !ended.success() {
        return Err(process.ended(engine, Some(ended)));
    }
    // The last of several may be the empty line behind all answers, in the place of one that is lost.
    let is_doubtful =
        answers.len() > 1 && answers.last().is_some_and(|last| last.trim_ascii().is_empty());
    if answers.len() != sentences.len() || is_doubtful {
        let (sent, received) = (sentences.len(), answers.len() - usize::from(is_doubtful));
        return Err(TranslationError::Count { sent, received });
    }
    Ok(answers.into_iter().map(|bytes| engine.decoded(bytes)).collect())
}
