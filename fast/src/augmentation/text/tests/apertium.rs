//! A real engine, where there is one.

use std::io::{self, Write};
use std::process::Command;

use super::super::{BackTranslation, CommandTranslator, Pivot, Reason, Translator};

/// Whether Apertium translates from English to Spanish here; if not, a line names the skipped test.
fn is_here(test: &str) -> bool {
    let listed = Command::new("apertium").arg("-l").output().map(|output| output.stdout);
    let listed = String::from_utf8_lossy(&listed.unwrap_or_default()).into_owned();
    let is_here = listed.lines().any(|direction| direction.trim() == "eng-spa");
    if !is_here {
        // Past the harness, which would keep it to itself.
        let why = "apertium with apertium-eng-spa is not installed";
        let _ = writeln!(io::stderr(), "SKIPPED {test}: {why}");
    }
    is_here
}

fn there() -> CommandTranslator {
    CommandTranslator::apertium("eng-spa")
}

fn back() -> CommandTranslator {
    CommandTranslator::apertium("spa-eng")
}

#[test]
fn apertium_translates_there_and_back() {
    if !is_here("apertium_translates_there_and_back") {
        return;
    }
    let sentences =
        ["The house is big.", "The children are playing in the garden.", "", "I see the house."];
    let mut pivots = BackTranslation::new().pivot(Pivot::new("Spanish", there(), back()));
    let made = pivots.back_translate(&sentences, &[0, 1, 2, 3]).expect("valid");
    assert_eq!(made.failures, []);
    assert_eq!(made.variants.len() + made.dropped.len(), sentences.len());
    assert_eq!(made.count(Reason::Empty), 1);
    let all = made.variants.iter().map(|v| (v.sentence, &v.pivoted));
    let spanish = all.chain(made.dropped.iter().map(|d| (d.sentence, &d.pivoted)));
    let house = spanish.clone().find(|(i, _)| *i == 0).expect("it came back").1;
    assert!(house.contains("casa") && house.contains("grande"), "{house}");
    assert_eq!(pivots.back_translate(&sentences, &[0, 1, 2, 3]).expect("valid"), made);
}

#[test]
fn apertium_reads_each_sentence_by_itself() {
    if !is_here("apertium_reads_each_sentence_by_itself") {
        return;
    }
    // Read as one, “big” and “house” change places.
    let sentences = ["I see the big", "house is red", "Two dogs", "Is it late?"];
    let together = there().translate(&sentences);
    let alone: Vec<_> = sentences.iter().flat_map(|one| there().translate(&[one])).collect();
    assert_eq!(together, alone);
    assert!(together.iter().all(Result::is_ok), "{together:?}");
}

#[test]
fn the_end_of_a_sentence_stays_and_none_is_added() {
    if !is_here("the_end_of_a_sentence_stays_and_none_is_added") {
        return;
    }
    let answers = there().translate(&["The soup was hot.", "Is it late?", "The soup was hot"]);
    let ends = |i: usize, end| answers[i].as_ref().is_ok_and(|text: &String| text.ends_with(end));
    assert!(ends(0, ".") && ends(1, "?") && !ends(2, ".") && !ends(2, "]"), "{answers:?}");
}

#[test]
fn what_apertium_reserves_is_only_text() {
    if !is_here("what_apertium_reserves_is_only_text") {
        return;
    }
    let sentences = ["A ^house/ $5 \\ <b> {x} [y] @ * + # ~", "The house.", "100 % of “it” – yes…"];
    let answers = there().translate(&sentences);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(answers[1].as_ref().is_ok_and(|text| text.contains("casa")), "{answers:?}");
}

#[test]
fn words_that_apertium_does_not_know_stay_unmarked() {
    if !is_here("words_that_apertium_does_not_know_stay_unmarked") {
        return;
    }
    let answers = there().translate(&["The blorptang is big."]);
    assert!(
        answers[0].as_ref().is_ok_and(|text| text.contains("blorptang") && !text.contains('*')),
        "{answers:?}"
    );
}

#[test]
fn a_direction_that_apertium_does_not_have_is_an_error_of_each_sentence() {
    if !is_here("a_direction_that_apertium_does_not_have_is_an_error_of_each_sentence") {
        return;
    }
    let answers = CommandTranslator::apertium("eng-xyz").translate(&["a", "b"]);
    assert!(answers.len() == 2 && answers.iter().all(Result::is_err), "{answers:?}");
}
