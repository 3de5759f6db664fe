//! What is kept, dropped and reported, with translators made of a few words.

use std::cell::RefCell;
use std::time::Duration;

use super::super::judge::collapsed;
use super::super::{
    BackTranslated, BackTranslation, Direction, EachSentence, Failure, Pivot, Reason,
    TranslationError, Translator,
};

type Answer = Result<String, TranslationError>;

/// Replaces whole words.
fn words(pairs: &'static [(&'static str, &'static str)]) -> impl FnMut(&str) -> Answer {
    move |sentence: &str| {
        let one = |word| pairs.iter().find(|(from, _)| *from == word).map_or(word, |(_, to)| *to);
        if sentence.split(' ').any(|word| word == "unsayable") {
            return Err(TranslationError::other("no word for it"));
        }
        Ok(sentence.split(' ').map(one).collect::<Vec<_>>().join(" "))
    }
}

const THERE: &[(&str, &str)] =
    &[("big", "grande"), ("house", "casa"), ("tiny", "pequeño"), ("lost", "unsayable")];
const BACK: &[(&str, &str)] = &[("grande", "large"), ("casa", "home"), ("pequeño", "small")];
const BACK_AGAIN: &[(&str, &str)] = &[("grande", "great"), ("casa", "home"), ("pequeño", "")];

fn pivots() -> BackTranslation<'static> {
    let pivot =
        |name, back| Pivot::new(name, EachSentence(words(THERE)), EachSentence(words(back)));
    BackTranslation::new().pivot(pivot("first", BACK)).pivot(pivot("second", BACK_AGAIN))
}

fn kept<L>(made: &BackTranslated<L>) -> Vec<(usize, usize, &str)> {
    made.variants.iter().map(|v| (v.sentence, v.pivot, v.text.as_str())).collect()
}

#[test]
fn variants_stand_in_the_order_of_sentences_and_pivots_with_their_labels() {
    let made = pivots().back_translate(&["a big house", "so big"], &["x", "y"]).expect("valid");
    let expected =
        [(0, 0, "a large home"), (0, 1, "a great home"), (1, 0, "so large"), (1, 1, "so great")];
    assert_eq!(kept(&made), expected);
    assert_eq!(made.variants.iter().map(|v| v.label).collect::<Vec<_>>(), ["x", "x", "y", "y"]);
    assert_eq!(made.variants[1].pivoted, "a grande casa");
    assert_eq!(pivots().pivots().collect::<Vec<_>>(), ["first", "second"]);
}

#[test]
fn what_adds_nothing_is_dropped_and_counted() {
    // Nothing changes; the same from both; white space alone; by the second pivot a word is gone.
    let sentences = ["the tree", "my house", " \t ", "tiny"];
    let made = pivots().max_length_ratio(4.0).back_translate(&sentences, &[0; 4]).expect("valid");
    assert_eq!(kept(&made), [(1, 0, "my home"), (3, 0, "small")]);
    let dropped: Vec<_> = made.dropped.iter().map(|d| (d.sentence, d.pivot, d.reason)).collect();
    let (trip, twice, empty) = (Reason::RoundTrip, Reason::Duplicate, Reason::Empty);
    assert_eq!(dropped, [(0, 0, trip), (0, 1, trip), (1, 1, twice), (2, 0, empty), (2, 1, empty)]);
    assert_eq!(Reason::ALL.map(|reason| made.count(reason)), [2, 2, 0, 1]);
    let failure = Failure {
        sentence: 3,
        pivot: 1,
        direction: Direction::Backward,
        error: TranslationError::Empty,
    };
    assert_eq!(made.failures, [failure]);
    assert_eq!(
        made.failures[0].to_string(),
        "sentence 3, pivot 1, backward: the translation is empty"
    );
}

#[test]
fn the_same_sentence_twice_has_the_same_variants_twice() {
    let made = pivots().back_translate(&["a house", "a house"], &[1, 2]).expect("valid");
    assert_eq!(kept(&made), [(0, 0, "a home"), (1, 0, "a home")]);
}

#[test]
fn white_space_alone_makes_no_variant_and_sentences_are_sent_in_one_line() {
    let seen = RefCell::new(Vec::new());
    let note = |sentence: &str| {
        seen.borrow_mut().push(sentence.to_owned());
        Ok(format!("  {}\n", sentence.replace(' ', " \u{a0}\t")))
    };
    let pivot = Pivot::new("spaces", EachSentence(note), EachSentence(|z: &str| Ok(z.to_owned())));
    let made = BackTranslation::new().pivot(pivot).back_translate(&["a\r\nb  c "], &[()]);
    assert_eq!(made.expect("valid").count(Reason::RoundTrip), 1);
    assert_eq!(*seen.borrow(), ["a b c"]);
}

#[test]
fn case_punctuation_and_accents_make_a_variant() {
    for (sentence, back) in [("The end", "the end"), ("The end", "The end."), ("cafe", "café")] {
        let pivot = Pivot::new(
            "letters",
            EachSentence(|x: &str| Ok(x.to_owned())),
            EachSentence(|_: &str| Ok(back.to_owned())),
        );
        let made = BackTranslation::new().pivot(pivot).back_translate(&[sentence], &[()]);
        assert_eq!(kept(&made.expect("valid")), [(0, 0, back)]);
    }
}

/// A variant of so many letters of a sentence of ten, two bytes each.
fn with_length(letters: usize, ratio: f64) -> BackTranslated<()> {
    let back = EachSentence(move |_: &str| Ok("ñ".repeat(letters)));
    let pivot = Pivot::new("length", EachSentence(|x: &str| Ok(x.to_owned())), back);
    let mut all = BackTranslation::new().pivot(pivot).max_length_ratio(ratio);
    all.back_translate(&["é".repeat(10)], &[()]).expect("valid")
}

#[test]
fn the_ratio_of_lengths_is_of_characters_and_bounds_both_ends() {
    let is_kept = |letters, ratio| with_length(letters, ratio).variants.len() == 1;
    assert_eq!([4, 5, 20, 21].map(|letters| is_kept(letters, 2.0)), [false, true, true, false]);
    assert_eq!([9, 10, 11].map(|letters| is_kept(letters, 1.0)), [false, true, false]);
    assert!(is_kept(1, f64::INFINITY) && is_kept(1000, f64::INFINITY));
    assert_eq!(with_length(21, 2.0).count(Reason::LengthRatio), 1);
}

#[test]
fn a_failed_sentence_loses_no_other() {
    let sentences = ["a big one", "unsayable", "lost", "so tiny"];
    let made = pivots().back_translate(&sentences, &[0, 1, 2, 3]).expect("valid");
    let texts = ["a large one", "a great one", "so small", "so"];
    assert_eq!(made.variants.iter().map(|v| v.text.as_str()).collect::<Vec<_>>(), texts[..3]);
    let failed: Vec<_> = made.failures.iter().map(|f| (f.sentence, f.pivot, f.direction)).collect();
    let (forward, backward) = (Direction::Forward, Direction::Backward);
    assert_eq!(failed, [(1, 0, forward), (1, 1, forward), (2, 0, backward), (2, 1, backward)]);
    let all = made.variants.len() + made.dropped.len() + made.failures.len();
    assert_eq!((all, made.count(Reason::LengthRatio)), (2 * sentences.len(), 1));
}

/// Gives so many answers more, or with a minus fewer, whenever a sentence has the word.
struct Miscounts(&'static str, isize);

impl Translator for Miscounts {
    fn translate(&mut self, sentences: &[&str]) -> Vec<Answer> {
        let mut answers: Vec<Answer> = sentences.iter().map(|one| Ok(format!("{one}!"))).collect();
        if sentences.iter().any(|one| one.contains(self.0)) {
            let wrong = answers.len().saturating_add_signed(self.1);
            answers.resize(wrong, Ok("whose?".into()));
        }
        answers
    }
}

#[test]
fn answers_that_are_not_one_for_each_sentence_are_not_believed() {
    for (more, received) in [(-1, 1), (1, 3)] {
        let identity = || EachSentence(|x: &str| Ok(x.to_owned()));
        let wrong = Pivot::new("wrong", Miscounts("odd", more), identity());
        let right = Pivot::new("right", identity(), Miscounts("never", 0));
        let mut both = BackTranslation::new().pivot(wrong).pivot(right).batch(2);
        let made = both.back_translate(&["a", "odd", "c"], &[0, 1, 2]).expect("valid");
        assert_eq!(kept(&made), [(0, 1, "a!"), (1, 1, "odd!"), (2, 0, "c!")]);
        assert_eq!(made.count(Reason::Duplicate), 1);
        let error = TranslationError::Count { sent: 2, received };
        let failed: Vec<_> = made.failures.iter().map(|f| (f.sentence, f.error.clone())).collect();
        assert_eq!(failed, [(0, error.clone()), (1, error)]);
    }
}

#[test]
fn batches_change_nothing() {
    let sentences = ["a big house", "unsayable", "", "the tree", "tiny", "lost", "my house"];
    let labels: Vec<usize> = (0..sentences.len()).collect();
    let whole = pivots().back_translate(&sentences, &labels);
    for batch in [1, 2, 3, 1000] {
        assert_eq!(pivots().batch(batch).back_translate(&sentences, &labels), whole);
    }
    // Each alone, moved to its place.
    let whole = whole.expect("valid");
    let alone =
        |i: usize| pivots().back_translate(&sentences[i..=i], &labels[i..=i]).expect("valid");
    let texts: Vec<_> =
        (0..sentences.len()).flat_map(|i| alone(i).variants).map(|v| (v.label, v.text)).collect();
    assert_eq!(texts, whole.variants.into_iter().map(|v| (v.label, v.text)).collect::<Vec<_>>());
}

#[test]
fn once_the_time_is_over_no_batch_is_begun() {
    let asked = RefCell::new(0);
    let slow = |x: &str| {
        *asked.borrow_mut() += 1;
        std::thread::sleep(Duration::from_millis(30));
        Ok(format!("{x}!"))
    };
    let back = EachSentence(|z: &str| Ok(z.to_owned()));
    let limit = Duration::from_millis(15);
    let mut pivots = BackTranslation::new()
        .pivot(Pivot::new("slow", EachSentence(slow), back))
        .batch(1)
        .time_limit(limit);
    let made = pivots.back_translate(&["a", "b", "c"], &[(); 3]).expect("valid");
    assert_eq!((made.failures.len(), *asked.borrow()), (3, 1));
    assert!(made.failures.iter().all(|f| f.error == TranslationError::TimedOut { limit }));
    assert_eq!(made.failures[0].direction, Direction::Backward);
}

#[test]
fn nothing_to_do_is_no_error() {
    let none = pivots().back_translate::<&str, u8>(&[], &[]).expect("valid");
    assert_eq!((none.variants.len(), none.dropped.len(), none.failures.len()), (0, 0, 0));
    let without = BackTranslation::new().back_translate(&["a house"], &[1]).expect("valid");
    assert!(without.variants.is_empty() && without.dropped.is_empty());
}

#[test]
fn bad_arguments_are_named_and_no_translator_is_asked() {
    let never = || EachSentence(|_: &str| -> Answer { panic!("asked") });
    let new = || BackTranslation::new().pivot(Pivot::new("never", never(), never()));
    let error = new().back_translate(&["a", "b"], &[1]).expect_err("a label is missing");
    assert_eq!(error.to_string(), "labels is 1 elements long, allowed is 2, one for each sentence");
    for ratio in [0.99, -1.0, f64::NAN] {
        let error = new().max_length_ratio(ratio).back_translate(&["a"], &[1]).expect_err("ratio");
        assert_eq!((error.argument(), error.allowed()), ("max_length_ratio", "≥ 1"));
    }
    let error = new().batch(0).back_translate(&["a"], &[1]).expect_err("no batch");
    assert_eq!(error.argument(), "batch");
}

#[test]
fn to_collapse_is_to_have_single_spaces_inside() {
    assert_eq!(collapsed(" a \u{2003}b\n\n"), "a b");
    assert_eq!(collapsed("\u{3000}"), "");
    assert_eq!(collapsed("a\u{200b}b"), "a\u{200b}b"); // no white space to Unicode
}
