//! Back-translation with translators made of a few words, and programs that do what programs do.

#[cfg(feature = "command")]
mod apertium;
mod back_translation;
#[cfg(all(unix, feature = "command"))]
mod command;
