//! Sentences: what is asked, of whom, and what comes back.
//!
//! The suite brings its own translators, made of a few words: [`Dictionary`]. They are deterministic and
//! have faults planted, so that a property knows what must come out.

use std::fmt;

use crate::Refusal;
use crate::brief::Brief;

/// Why a dictionary has no translation of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// The translation is empty: said by the implementation, not by the translator.
    Empty,
    /// There were more or fewer answers than sentences: said by the implementation.
    Miscounted,
    /// The sentence has a word that the dictionary cannot say.
    Unsayable,
    /// The sentence was not in one line with single spaces.
    NotCollapsed,
}

impl TextError {
    const ALL: [Self; 4] = [Self::Empty, Self::Miscounted, Self::Unsayable, Self::NotCollapsed];

    /// The error of that name, for implementations whose translators fail with a text: a dictionary's
    /// other than [`Unsayable`](Self::Unsayable) have to be told as they are.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let is_it = |error: &&Self| format!("{error:?}") == name;
        Self::ALL.iter().find(is_it).copied().unwrap_or(Self::Unsayable)
    }

    pub(super) fn code(self) -> f64 {
        match self {
            Self::Empty => 1.0,
            Self::Miscounted => 2.0,
            Self::Unsayable => 3.0,
            Self::NotCollapsed => 4.0,
        }
    }
}

/// A translator made of a few words; whatever it does not know stays as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dictionary {
    /// Each word and what becomes of it: nothing or several words, even.
    pub words: &'static [(&'static str, &'static str)],
    /// A sentence with this word has no translation.
    pub unsayable: &'static str,
    /// The answer to a sentence with this word gets lost: there is one answer fewer.
    pub lost: &'static str,
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.words.iter().map(|(from, to)| format!("{from}={to}")).collect();
        write!(f, "{}; cannot say {:?}", words.join(" "), self.unsayable)
    }
}

impl Dictionary {
    /// One sentence: as [`translate`](Self::translate), but nothing gets lost.
    ///
    /// # Errors
    /// [`TextError::Unsayable`], or [`TextError::NotCollapsed`] of an empty sentence too.
    pub fn say(&self, sentence: &str) -> Result<String, TextError> {
        if sentence.is_empty() || sentence != collapsed(sentence) {
            return Err(TextError::NotCollapsed);
        }
        if sentence.split(' ').any(|word| word == self.unsayable) {
            return Err(TextError::Unsayable);
        }
        let one = |word| self.words.iter().find(|(from, _)| *from == word).map_or(word, |w| w.1);
        Ok(sentence.split(' ').map(one).collect::<Vec<_>>().join(" "))
    }

    /// An answer for each sentence, but for those whose answer gets lost.
    #[must_use]
    pub fn translate(&self, sentences: &[&str]) -> Vec<Result<String, TextError>> {
        let is_there = |sentence: &&&str| !self.loses(sentence);
        sentences.iter().filter(is_there).map(|sentence| self.say(sentence)).collect()
    }

    pub(super) fn loses(&self, sentence: &str) -> bool {
        sentence.split(' ').any(|word| word == self.lost)
    }
}

/// A pivot: there and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPivot {
    /// Into the pivot language.
    pub forward: Dictionary,
    /// Back.
    pub backward: Dictionary,
}

/// Arguments of [`Augmentation::back_translate`](super::Augmentation::back_translate).
#[derive(Clone, PartialEq)]
pub struct TextJob {
    /// The sentences with their labels.
    pub sentences: Vec<(String, u32)>,
    /// The pivots, in their order.
    pub pivots: Vec<TextPivot>,
    /// r ≥ 1.
    pub max_length_ratio: f64,
}

impl fmt::Debug for TextJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sentences = {}", Brief(&self.sentences))?;
        write!(f, "\nmax_length_ratio = {:?}", self.max_length_ratio)?;
        for (k, TextPivot { forward, backward }) in self.pivots.iter().enumerate() {
            write!(f, "\npivot {k} there: {forward:?}\n        back:  {backward:?}")?;
        }
        Ok(())
    }
}

impl TextJob {
    /// Refuses what the clauses do not allow.
    ///
    /// # Errors
    /// Names `max_length_ratio`.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.max_length_ratio >= 1.0 {
            return Ok(());
        }
        Err(Refusal::invalid("max_length_ratio", self.max_length_ratio, "≥ 1"))
    }
}

/// A new sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextVariant {
    /// Of which sentence, from 0.
    pub sentence: usize,
    /// By which pivot, from 0.
    pub pivot: usize,
    /// The label.
    pub label: u32,
    /// The sentence itself, white space collapsed.
    pub text: String,
}

/// A sentence that did not come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextFailure {
    /// Which sentence, from 0.
    pub sentence: usize,
    /// By which pivot, from 0.
    pub pivot: usize,
    /// Whether it failed on its way back.
    pub is_backward: bool,
    /// Why.
    pub error: TextError,
}

/// How many variants were dropped, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextDropped {
    /// The sentence is empty.
    pub empty: usize,
    /// The variant is the sentence.
    pub round_trips: usize,
    /// It is too short or too long.
    pub length_ratio: usize,
    /// It is an earlier variant of the sentence.
    pub duplicates: usize,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackTranslated {
    /// The new sentences.
    pub variants: Vec<TextVariant>,
    /// What did not come back.
    pub failures: Vec<TextFailure>,
    /// What came back and was not kept.
    pub dropped: TextDropped,
}

/// As the clauses have it: white space of Unicode, one space in place of each run.
pub(super) fn collapsed(text: &str) -> String {
    text.split(char::is_whitespace).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// So many characters of a variant are compared as numbers.
const SHOWN: usize = 40;

/// Numbers for each sentence and pivot: what became of it, its place, two more, and the characters.
pub(super) const SLOT: usize = 4 + SHOWN;

/// The result as numbers: a slot for each sentence and pivot, and the four counts.
pub(super) fn as_numbers(
    all: &BackTranslated,
    pivots: usize,
) -> (Vec<(usize, Vec<f64>)>, [f64; 4]) {
    let of_variant = |(place, v): (usize, &TextVariant)| {
        let head = [1.0, place as f64, f64::from(v.label), v.text.chars().count() as f64];
        let text = v.text.chars().take(SHOWN).map(|c| f64::from(u32::from(c)));
        (v.sentence * pivots + v.pivot, head.into_iter().chain(text).collect())
    };
    let of_failure = |(place, f): (usize, &TextFailure)| {
        let direction = f64::from(u8::from(f.is_backward));
        let numbers = vec![2.0, place as f64, direction, f.error.code()];
        (f.sentence * pivots + f.pivot, numbers)
    };
    let variants = all.variants.iter().enumerate().map(of_variant);
    let slots = variants.chain(all.failures.iter().enumerate().map(of_failure)).collect();
    let TextDropped { empty, round_trips, length_ratio, duplicates } = all.dropped;
    (slots, [empty, round_trips, length_ratio, duplicates].map(|count| count as f64))
}
