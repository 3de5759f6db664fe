//! Programs that do what programs do: die, hang, lose lines, say nothing, say too much.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::super::{CommandTranslator, Terminator, TranslationError, Translator};

type Answers = Vec<Result<String, TranslationError>>;

/// A line at a time: most words are answered with themselves and “!”.
const ENGINE: &str = r#"
while read -r line; do
  case $line in
    die*) echo "cannot bear $line" >&2; exit 3 ;;
    hang*) sleep 600 ;;
    skip*) ;;
    twice*) echo one; echo two ;;
    bytes*) printf '\377\n' ;;
    nothing*) echo ;;
    who*) echo $$ ;;
    *) echo "$line!" ;;
  esac
done"#;

fn sh(script: &str) -> CommandTranslator {
    CommandTranslator::new("sh").arguments(["-c", script])
}

fn engine() -> CommandTranslator {
    sh(ENGINE).time_limit(Duration::from_secs(20))
}

fn ok(texts: &[&str]) -> Answers {
    texts.iter().map(|text| Ok((*text).to_owned())).collect()
}

/// A file of this test's own.
fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("evenkeel-{}-{name}", std::process::id()))
}

/// The answers, each “!” where all is well and the error where not.
fn only_failures(answers: &Answers) -> Vec<(usize, &TranslationError)> {
    answers.iter().enumerate().filter_map(|(i, a)| a.as_ref().err().map(|e| (i, e))).collect()
}

#[test]
fn a_batch_has_an_answer_for_each_line() {
    assert_eq!(engine().translate(&["a", "nothing", "b c"]), ok(&["a!", "", "b c!"]));
    assert_eq!(engine().translate(&[]), []);
    // A carriage return is no part of an answer; the last line may lack its end.
    assert_eq!(sh(r"printf 'a\r\nb'; cat >/dev/null").translate(&["x", "y"]), ok(&["a", "b"]));
}

#[test]
fn more_than_a_pipe_holds_goes_through() {
    let sentence = "word ".repeat(40);
    let sentences = vec![&*sentence; 20_000];
    let mut cat = CommandTranslator::new("cat");
    assert!(cat.translate(&sentences) == ok(&sentences));
    let one = "x".repeat(500_000);
    assert!(CommandTranslator::new("cat").long_lived().translate(&[&one]) == ok(&[&one]));
}

#[test]
fn complaints_without_end_keep_nothing_waiting() {
    let mut loud = sh("head -c 1000000 /dev/zero >&2; cat");
    assert_eq!(loud.translate(&["a"]), ok(&["a"]));
}

#[test]
fn the_sentence_that_kills_the_engine_fails_alone() {
    let sentences = ["a", "b", "c", "die of d", "e", "f", "g", "die of h", "i"];
    let answers = engine().translate(&sentences);
    let failed = only_failures(&answers);
    assert_eq!(failed.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [3, 7]);
    assert_eq!(failed[0].1.to_string(), "sh ended with exit status: 3: cannot bear die of d");
    assert_eq!(answers[8], Ok("i!".into()));
}

#[test]
fn lines_lost_or_added_shift_no_answer() {
    for (bad, received) in [("skip", 0), ("twice", 2)] {
        let answers = engine().translate(&["a", bad, "b", "c", bad, "d"]);
        let error = TranslationError::Count { sent: 1, received };
        assert_eq!(only_failures(&answers), [(1, &error), (4, &error)]);
        assert_eq!((&answers[2], &answers[5]), (&Ok("b!".into()), &Ok("d!".into())));
    }
}

#[test]
fn lines_lost_and_added_in_one_batch_are_not_told_apart() {
    // The numbers agree: what comes back cannot be told from a translation.
    let answers = engine().translate(&["skip", "twice"]);
    assert_eq!(answers, ok(&["one", "two"]));
}

#[test]
fn who_hangs_is_stopped_and_the_others_are_kept() {
    let begin = Instant::now();
    let limit = Duration::from_millis(400);
    let answers = engine().time_limit(limit).translate(&["a", "hang", "b", "c"]);
    assert_eq!(only_failures(&answers), [(1, &TranslationError::TimedOut { limit })]);
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
}

/// Whether a process runs; one that only waits to be buried does not.
#[cfg(target_os = "linux")]
fn runs(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

#[test]
#[cfg(target_os = "linux")]
fn what_an_engine_has_started_is_stopped_with_it() {
    let at = file("pid");
    let script = format!("sleep 600 & echo $! > '{}'; wait", at.display());
    for long_lived in [false, true] {
        let engine = sh(&script).time_limit(Duration::from_secs(1));
        let mut engine = if long_lived { engine.long_lived() } else { engine };
        let limit = Duration::from_secs(1);
        assert_eq!(engine.translate(&["a"]), [Err(TranslationError::TimedOut { limit })]);
        let pid = fs::read_to_string(&at).expect("the script has run");
        let begin = Instant::now();
        while runs(pid.trim()) && begin.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(!pid.trim().is_empty() && !runs(pid.trim()), "process {pid} runs on");
    }
    let _ = fs::remove_file(at);
}

/// The program itself ends at once, and what it has started would stay.
#[test]
#[cfg(target_os = "linux")]
fn what_outlives_an_engine_is_stopped() {
    let at = file("orphan");
    let script = format!("sleep 600 > /dev/null 2>&1 & echo $! > '{}'; cat", at.display());
    assert_eq!(sh(&script).translate(&["a"]), [Ok("a".to_owned())]);
    let pid = fs::read_to_string(&at).expect("the script has run");
    let begin = Instant::now();
    while runs(pid.trim()) && begin.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!pid.trim().is_empty() && !runs(pid.trim()), "process {pid} runs on");
    let _ = fs::remove_file(at);
}

/// It loses its second line and ends with an empty one: as many answers as sentences.
#[test]
fn a_lost_line_and_an_empty_one_are_no_answers() {
    let answers = sh("sed '2{$!d}'; echo").translate(&["a", "b", "c"]);
    let right = ["a", "b", "c"].map(|one| Ok(one.to_owned()));
    assert_eq!(answers, right, "each is asked for again until the numbers agree");
}

#[test]
fn no_limit_is_no_panic() {
    assert_eq!(sh("cat").time_limit(Duration::MAX).translate(&["a"]), [Ok("a".to_owned())]);
    assert_eq!(sh("echo $WORD").env("WORD", "so").translate(&["a"]), [Ok("so".to_owned())]);
}

#[test]
#[cfg(target_os = "linux")]
fn dropped_engines_leave_nothing_behind() {
    let mut one = engine().long_lived();
    let pid = one.translate(&["who"])[0].clone().expect("it answers");
    assert!(runs(&pid));
    drop(one);
    // Waited for: not even a zombie.
    assert!(!PathBuf::from(format!("/proc/{pid}")).exists());
}

#[test]
fn a_program_that_is_not_there_is_told_by_name() {
    let mut missing = CommandTranslator::new("no-such-engine-anywhere");
    for engine in [&mut missing, &mut CommandTranslator::new("no-such-engine").long_lived()] {
        let answers = engine.translate(&["a", "b", "c"]);
        assert_eq!(answers.len(), 3);
        for answer in answers {
            let error = answer.expect_err("there is none");
            assert!(error.is_missing_program() && error.to_string().contains("no-such-engine"));
        }
    }
}

#[test]
fn what_is_not_utf8_fails_alone() {
    for engine in [&mut engine(), &mut engine().long_lived()] {
        let answers = engine.translate(&["a", "bytes", "b"]);
        let error = TranslationError::NotUtf8 { answer: "\u{fffd}".into() };
        assert_eq!(only_failures(&answers), [(1, &error)]);
    }
}

#[test]
fn a_sentence_of_two_lines_is_not_sent() {
    let answers = engine().translate(&["a", "b\nc", "d"]);
    let error = TranslationError::Terminator { character: '\n' };
    assert_eq!(only_failures(&answers), [(1, &error)]);
    assert_eq!(answers[2], Ok("d!".into()));
    let mut null = CommandTranslator::new("cat").ended_by(Terminator::Null);
    let error = TranslationError::Terminator { character: '\0' };
    assert_eq!(null.translate(&["a\nb", "c\0"]), [Ok("a\nb".into()), Err(error)]);
}

#[test]
fn who_reads_nothing_is_no_broken_pipe_to_anybody() {
    let many = vec!["x"; 100_000];
    let answers = CommandTranslator::new("true").translate(&many);
    assert_eq!(answers.len(), many.len());
    assert!(answers.iter().all(|a| matches!(a, Err(TranslationError::Count { received: 0, .. }))));
    let answers = CommandTranslator::new("true").long_lived().translate(&["a", "b"]);
    assert!(
        answers.iter().all(|a| matches!(a, Err(TranslationError::Ended { .. }))),
        "{answers:?}"
    );
}

#[test]
fn a_broken_engine_is_not_asked_for_ever() {
    let at = file("runs");
    let script = format!("echo run >> '{}'; exit 1", at.display());
    let sentences = vec!["x"; 1000];
    let answers = sh(&script).translate(&sentences);
    assert!(answers.iter().all(Result::is_err) && answers.len() == 1000);
    let runs = fs::read_to_string(&at).expect("the script has run").lines().count();
    // Ten halvings lead to the first sentence alone, and seven more stand close to it.
    assert!((8..40).contains(&runs), "{runs} runs");
    let _ = fs::remove_file(at);
}

#[test]
fn who_writes_without_end_is_stopped() {
    let begin = Instant::now();
    let mut endless = CommandTranslator::new("yes");
    let error = TranslationError::Count { sent: 1, received: 2 };
    assert_eq!(endless.translate(&["a"]), [Err(error)]);
    let answers = sh("cat /dev/zero").translate(&["a"]);
    assert_eq!(answers, [Err(TranslationError::TooLong { limit: 1 << 20 })]);
    assert!(begin.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_long_lived_engine_is_started_once() {
    let mut one = engine().long_lived();
    let first = one.translate(&["who", "a", "who"]);
    let second = one.translate(&["who"]);
    assert_eq!((&first[0], &first[1]), (&first[2], &Ok("a!".into())));
    assert_eq!(first[0], second[0]);
}

#[test]
fn a_long_lived_engine_that_dies_or_hangs_is_started_again() {
    let limit = Duration::from_millis(500);
    let mut one = engine().long_lived().time_limit(limit);
    let answers = one.translate(&["who", "die", "who", "hang", "who", "skip", "a"]);
    let failed = only_failures(&answers);
    assert_eq!(failed.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [1, 3, 5]);
    assert!(matches!(failed[0].1, TranslationError::Ended { status, message, .. }
        if status == "exit status: 3" && message == "cannot bear die"));
    assert_eq!(failed[1].1, &TranslationError::TimedOut { limit });
    assert!(answers[0] != answers[2] && answers[2] != answers[4]);
}

#[test]
fn an_engine_that_ends_after_each_answer_is_asked_again() {
    let mut one = sh("read -r line; echo \"$line!\"").long_lived();
    assert_eq!(one.translate(&["a", "b", "c"]), ok(&["a!", "b!", "c!"]));
}
