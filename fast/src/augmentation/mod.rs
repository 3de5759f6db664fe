//! Augmentation: more samples than there are, at no cost.
//!
//! [`text`] has back-translation of sentences.

pub mod text;
