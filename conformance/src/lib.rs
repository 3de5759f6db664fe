//! A conformance suite for the techniques that keep the training of neural networks healthy.
//!
//! Every requirement is a numbered clause of a page (`evenkeel_reference::spec`). Here each clause is
//! one or more *properties*: proptest draws inputs, the target under test computes, and every number
//! is held against a bound that is derived from the data. A failure shrinks to a small input, and is
//! compared with a catalogue of labelled mistakes, so that the report can say which one was made.
//!
//! - Check your own code with one line: [`batch_norm_suite!`].
//! - Anything that implements [`Target`] can be checked by a program: [`batch_norm::check`].
//!
//! | module | holds |
//! | --- | --- |
//! | [`batch_norm`] | contract, inputs, truth, bounds, properties, mistakes and diagnosis of one technique |
//! | [`exact`] | the judge: 320-bit arithmetic, and true values as pairs of `f64` |
//! | [`property`] | a property, the runner that tries to break it, its outcome |
//! | [`report`] | outcomes of a technique, and how a failure is told |
//! | [`mod@inputs`] | shapes and values, ordinary and hard |
//!
//! ```
//! use evenkeel_conformance::batch_norm::{self, Reference};
//! use evenkeel_conformance::{Settings, report::Standing};
//!
//! let settings = Settings { seed: 1, cases: 16 };
//! let only = |name: &str| name == "forward_agrees";
//! let report = batch_norm::check::<f64>(&Reference, settings, &only, &mut |_| {});
//! assert_eq!(report.standing(false), Standing::Holds);
//! ```

pub mod batch_norm;
mod call;
mod compare;
pub mod exact;
pub mod inputs;
pub mod mistake;
pub mod property;
mod real;
pub mod refusal;
pub mod report;
mod shape;
pub mod suite;
mod target;
pub mod verdict;

pub use property::{Failure, Outcome, Property, Settings};
pub use real::{Real, ulp};
pub use refusal::Refusal;
pub use shape::Shape;
pub use target::Target;
pub use verdict::{Finding, Measure, Strength, Verdict};

/// The example in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
