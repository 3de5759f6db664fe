//! A feed-forward network, its loss, back-propagation and one step of gradient descent: what is asked
//! of it, and how it is checked.
//!
//! | module | holds |
//! | --- | --- |
//! | `contract`, `layer` | [`Network`], the trait that a target implements, its arguments and layers |
//! | `case`, `spoilt`, `inputs` | one input to every function, spoilt ones, and where inputs come from |
//! | `judge` | the judge's own forward, back-propagation and step, on numbers that know their error |
//! | `differences` | slopes of the loss in 320 bits |
//! | `properties` | one property a row, each naming its clause |
//! | [`mistakes`] | wrong networks with a label |
//! | `kind`, `suite` | all of it for the shared machinery, and as tests |
//!
//! # Bounds
//!
//! No formula says how far a sound network may be from the exact one: that depends on every weight
//! and every value on the way. So the judge computes the bound beside the value. Each of its numbers
//! is a pair (v, e): v is the value in `f64`, and every sound implementation in `T` is within e of it,
//! the judge's own rounding included. With u = u_T + 2⁻⁵³, η the smallest number of `T`, and γₙ = n·u/(1 − n·u):
//!
//! ```text
//! datum            e = 0                                  an element of x, a parameter, a statistic
//! setting          e = u·|v|                              ε, p, w, η, λ, τ and slope are rounded to T
//! a ± b            e_a + e_b + u·|v|
//! a·b              |a|·e_b + |b|·e_a + e_a·e_b + u·|v| + η
//! a/b              (e_a + |v|·e_b)/(|b| − e_b) + u·|v| + η
//! Σ of n terms     Σ e_i + γₙ·Σ(|t_i| + e_i)              any tree of additions (Higham, eq. 4.4)
//! √a               e_a/(√a + √(a − e_a)) + 2u·v           as √a − √b = (a − b)/(√a + √b)
//! eᵃ               v·(e^{e_a} − 1) + 6u·v·e^{e_a} + η
//! ln a             e_a/(a − e_a) + 4u·|v|
//! f(a)             |f′|·e_a + ½·M₂·e_a² + c·u·|f| + 2η    M₂ ≥ max|f″|; c as on the activations' page
//! f′(a)            |f″|·e_a + ½·M₃·e_a² + …               M₃ ≥ max|f‴|; the rest as on that page
//! ```
//!
//! An exact 0 (v = e = 0) stays one: what is dropped, and what a ReLU cut off, has no error.
//! Errors are carried in full, products of two as well; only the rounding of the errors themselves, a few
//! 2⁻⁵³ of them, is left out, and covered by the factor 1 + 2⁻¹⁰ at the end.
//!
//! **Where sound algorithms differ**, what the other one rounds is added:
//!
//! - *Normalisations.* μ by a sum, or updated, or with a rounded 1/m: 4u·max|x| more. σ² as the mean of (x − μ)²,
//!   whose error contains 2·mean(|x − μ|·e), more than the cross term of updating and merging
//!   (derived in `normalization::bounds`). (x − μ)·r·γ + β or folded, a = γ·r and x·a + (β − μ·a):
//!   3u·|γ|·r·max(|x|, |μ|) + u·|β|. Backward by the closed formula or by the chain of Ioffe and Szegedy: 8u of
//!   |g| + |mean g| + |x̂·mean(g·x̂)| in the bracket, and γ_m·max|x̂|·|mean(g·x̂)| for its sum of x − μ, which is
//!   0 but for rounding.
//! - *Softmax cross-entropy.* ln Σ e^z − z_c with the largest logit taken away from both, or added back to the
//!   logarithm first, or not at all: 2u·(|z_max| + |z_c|) in a row of the loss, and as much, relatively, in a share.
//!   Formulas that take nothing away are sound while e^z is in range: elsewhere it is the SHOULD clause that asks.
//! - *The step.* θ − η·g, or (1 − η·λ)·θ and then the rest, with the factor of clipping on η or on g:
//!   2u·(|θ| + |η·g|). The running statistics as (1 − w)·a + w·b or a + w·(b − a): 2u·(|a| + |b|).
//! - *Dropout.* Divided by 1 − p or multiplied by a rounded 1/(1 − p): one rounding more.
//!
//! **What cannot be told.** f′ of a ReLU whose |v| ≤ e is either slope: it gets the error |1 − slope|, which
//! spreads to what depends on it and to nothing else. An element whose error is above 2⁻⁶ of the
//! largest element of its output (of a step: of the largest change) says nothing about a formula: it is passed
//! over, and a case of which nothing is left counts as *cannot tell*.
//!
//! **Tight or slack.** Errors add up by their magnitudes, so the bound is a worst case over signs. On ten thousand
//! small networks a property, sound `f32` arithmetic comes to between 0.04 and 0.7 of it; through wide ones, where γₙ of
//! n = 17 to 70 terms stands for a √n, to between 0.001 and 0.04 (`tests/network_bounds` prints how near). What a
//! mistake of the catalogue gives is beyond it by far.

mod case;
mod contract;
mod differences;
mod inputs;
mod judge;
mod kind;
mod layer;
pub mod mistakes;
mod properties;
mod reference;
mod spoilt;
mod suite;

pub use case::{Case, Function, GoalValues};
pub use contract::{Batch, Goal, Net, Network, Rule, Taken};
pub use kind::Nets;
pub use layer::{Layer, Plan};
pub use suite::{Alone, PARTS, assert_property};
