//! A conformance suite for the techniques that keep the training of neural networks healthy.
//!
//! Every requirement is a numbered clause of a page (`evenkeel_reference::spec`). Here each clause is
//! one or more *properties*: proptest draws inputs, the target under test computes, and every number
//! is held against a bound that is derived from the data. A failure shrinks to a small input, and is
//! compared with a catalogue of labelled mistakes, so that the report can say which one was made.
//!
//! - Check your own code with one line: [`batch_norm_suite!`], [`layer_norm_suite!`],
//!   [`random_suite!`], [`dropout_suite!`], [`initialization_suite!`], [`activation_suite!`],
//!   [`regularization_suite!`], [`clipping_suite!`], [`capacity_suite!`], [`network_suite!`],
//!   [`augmentation_suite!`].
//! - Anything that implements [`Target`] can be checked by a program: [`technique::check`], [`suites`].
//!
//! | module | holds |
//! | --- | --- |
//! | [`batch_norm`], [`layer_norm`] | a technique: contract, inputs, truth, bounds, properties, mistakes |
//! | [`normalization`] | what these two have in common |
//! | [`random`], [`dropout`], [`initialization`] | the techniques that draw |
//! | [`activation`] | sigmoid, tanh, ReLU and leaky ReLU |
//! | [`regularization`] | L1/L2 penalties, their gradients and steps |
//! | [`clipping`] | gradient clipping: by value, by norm, by the norm of many tensors |
//! | [`capacity`] | parameters of layers and networks, smaller networks, the gap |
//! | [`network`] | a feed-forward network: loss, back-propagation, one step |
//! | [`augmentation`] | augmentation of images: rotation, flips, shifts, crops, noise, blur, erasing, policies |
//! | [`distribution`] | whether draws have their distribution: exact finite-sample bounds |
//! | [`technique`] | what the machinery asks of a technique |
//! | [`suites`] | all techniques, for who does not know them by name |
//! | [`diagnosis`] | which mistake a failing target makes |
//! | [`exact`] | the judge: 320-bit arithmetic, and true values as pairs of `f64` |
//! | [`property`] | a property, the runner that tries to break it, its outcome |
//! | [`report`] | outcomes of a technique, and how a failure is told |
//! | [`mod@inputs`] | shapes and values, ordinary and hard |
//!
//! ```
//! use evenkeel_conformance::batch_norm::Batch;
//! use evenkeel_conformance::{Reference, Settings, report::Standing, technique};
//!
//! let settings = Settings { seed: 1, cases: 16 };
//! let only = |name: &str| name == "forward_agrees";
//! let report = technique::check::<Batch, f64>(&Reference, settings, &only, &mut |_| {});
//! assert_eq!(report.standing(false), Standing::Holds);
//! ```

#![forbid(unsafe_code)]

pub mod activation;
pub mod arguments;
pub mod augmentation;
pub mod batch_norm;
mod bits;
mod brief;
mod call;
pub mod capacity;
pub mod clipping;
mod compare;
pub mod diagnosis;
pub mod distribution;
pub mod dropout;
pub mod exact;
pub mod initialization;
pub mod inputs;
pub mod layer_norm;
pub mod mistake;
pub mod network;
pub mod normalization;
pub mod property;
pub mod random;
mod real;
mod reference;
pub mod refusal;
pub mod regularization;
pub mod report;
mod shape;
mod stream;
pub mod suite;
pub mod suites;
mod target;
pub mod technique;
pub mod verdict;

pub use bits::THREADS;
pub use property::{Failure, Outcome, Property, Settings};
pub use real::{Real, ulp};
pub use reference::Reference;
pub use refusal::Refusal;
pub use shape::Shape;
pub use stream::{Draw, Stream};
pub use target::Target;
pub use verdict::{Finding, Measure, Strength, Verdict};

/// The example in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
