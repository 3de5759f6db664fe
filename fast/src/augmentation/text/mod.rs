//! Back-translation: a sentence said in other words, by way of another language.
//!
//! ```text
//! forward  z = translation of x into the pivot language
//! backward y = translation of z into the language of x
//! (x, label) → (y, label), unless y is x again, or there already, or far shorter or longer than x
//! ```
//!
//! Symbols: x a sentence with its label, P [`Pivot`]s, each a translator there and one back, z what
//! stands in the pivot language, y a variant.
//!
//! Source: R. Sennrich, B. Haddow and A. Birch, *Improving neural machine translation models with
//! monolingual data*, ACL 2016, for the name and the idea of a synthetic side; A. W. Yu et al.,
//! *QANet*, ICLR 2018, section 3, for paraphrases of a training set through a pivot language.
//!
//! Hazard: a variant that is the sentence itself, which weighs it twice; answers that are one line
//! off, so that every label is wrong; one sentence on which the engine dies, and with it the batch; an
//! engine that reads no more because nobody reads what it writes.
//!
//! Method: sentences go to an engine in batches, because engines are slow to start
//! ([`Translator::translate`]); an answer for each comes back or none is believed. Order is that of
//! the sentences, then of the pivots, whoever was faster.
//!
//! ```
//! use evenkeel_fast::augmentation::text::{BackTranslation, EachSentence, Pivot, TranslationError};
//!
//! // Two toys in place of two engines.
//! let there = EachSentence(|x: &str| Ok(x.replace("big house", "casa grande")));
//! let back = EachSentence(|z: &str| match z {
//!     "" => Err(TranslationError::other("nothing to translate")),
//!     z => Ok(z.replace("casa grande", "large house")),
//! });
//! let mut pivots = BackTranslation::new().pivot(Pivot::new("Spanish", there, back));
//! let made = pivots.back_translate(&["a big house", "a tree"], &["noun", "noun"])?;
//! assert_eq!(made.variants.len(), 1);
//! assert_eq!(made.variants[0].text, "a large house");
//! assert_eq!((made.variants[0].sentence, made.variants[0].label), (0, "noun"));
//! assert_eq!(made.dropped[0].sentence, 1); // “a tree” came back as it was
//! # Ok::<(), evenkeel_fast::Error>(())
//! ```

mod back_translation;
#[cfg(feature = "command")]
mod command;
mod error;
mod judge;
#[cfg(test)]
mod tests;

pub use back_translation::{BackTranslated, BackTranslation, Failure, Pivot, Variant};
#[cfg(feature = "command")]
pub use command::{CommandTranslator, Terminator};
pub use error::{Direction, TranslationError};
pub use judge::{Dropped, Reason};

/// Anything that translates sentences: an engine on this machine, a service, a table in a test.
pub trait Translator {
    /// Translates sentences of one line each: one answer a sentence, in the same order.
    ///
    /// A sentence that cannot be translated has an error in its place and keeps no other from its
    /// answer. More or fewer answers than sentences are never matched up by guessing:
    /// [`BackTranslation`] takes the whole batch for failed.
    ///
    /// # Errors
    /// In place of each answer, why there is none.
    fn translate(&mut self, sentences: &[&str]) -> Vec<Result<String, TranslationError>>;
}

impl<R: Translator + ?Sized> Translator for &mut R {
    fn translate(&mut self, sentences: &[&str]) -> Vec<Result<String, TranslationError>> {
        (**self).translate(sentences)
    }
}

impl<R: Translator + ?Sized> Translator for Box<R> {
    fn translate(&mut self, sentences: &[&str]) -> Vec<Result<String, TranslationError>> {
        (**self).translate(sentences)
    }
}

/// A function of one sentence as a [`Translator`].
#[derive(Debug, Clone, Copy)]
pub struct EachSentence<F>(pub F);

impl<F: FnMut(&str) -> Result<String, TranslationError>> Translator for EachSentence<F> {
    fn translate(&mut self, sentences: &[&str]) -> Vec<Result<String, TranslationError>> {
        sentences.iter().map(|sentence| (self.0)(sentence)).collect()
    }
}
