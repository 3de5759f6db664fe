//! What batch and layer normalisation have in common: one formula, taken over channels or over rows.
//!
//! | module | holds |
//! | --- | --- |
//! | `groups` | what is normalised together |
//! | `case`, `inputs` | one input, and where inputs come from |
//! | [`truth`], [`bounds`], [`differences`] | what is right, and how far from it a target may be |
//! | `properties` | what must hold of either |
//! | `mistakes` | the faulty base and its faults |
//! | `probes`, `symptoms` | what diagnosis asks of either |
//!
//! A [`Kind`] says which of the two; `batch_norm` and `layer_norm` add what only they have.

pub mod bounds;
mod case;
pub(crate) mod contract;
pub mod differences;
mod groups;
pub(crate) mod inputs;
pub(crate) mod mistakes;
pub(crate) mod probes;
pub(crate) mod properties;
pub(crate) mod symptoms;
#[cfg(test)]
mod tests;
pub mod truth;

use std::collections::BTreeSet;
use std::fmt;

use nalgebra::{DMatrix, DVector};

pub use case::{Case, GradientValues};
pub use contract::Gradients;
pub use groups::{Along, Groups};
pub use inputs::Shapes;
pub use mistakes::Mistake;
pub use properties::examine;

use crate::arguments::{Spoiler, Spoilt, shorten};
use crate::diagnosis::{Probes, Symptom};
use crate::property::Property;
use crate::technique::{Function, Technique};
use crate::{Real, Refusal, Shape, Target};

/// Which normalisation: what it is taken over, and what only it has.
pub trait Kind: Copy + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// As [`Technique::NAME`].
    const NAME: &'static str;
    /// As [`Technique::PREFIX`].
    const PREFIX: &'static str;
    /// As [`Technique::ARGUMENT_CLAUSES`].
    const ARGUMENT_CLAUSES: &'static [&'static str];
    /// What is normalised together.
    const ALONG: Along;
    /// What a group is called: `channel` or `row`.
    const GROUP: &'static str;
    /// The forward function, and the backward one.
    const FORWARD: Self::Function;
    /// As above.
    const BACKWARD: Self::Function;
    /// The functions whose first output is asked for on hard data.
    const HARD: &'static [Self::Function];
    /// Shapes whose groups have 8, 8, 12, 2 and 7 values, in all layouts: those of the probes.
    const LAYOUTS: [Shape; 5];
    /// Groups of one value.
    const SINGLE: Shape;
    /// No group.
    const NONE: Shape;
    /// What only this kind takes, beside x, γ, β, ε and dy.
    type Own<T: Real>: Clone + PartialEq + fmt::Debug + Send + Sync + 'static;
    /// As [`Technique::Function`].
    type Function: Function;

    /// As [`Technique::is_offered`].
    fn is_offered<T: Real>(target: &dyn Target<T>) -> bool;
    /// As [`Technique::properties`].
    fn properties<T: Real>() -> Vec<Property<T, Case<T, Self>>>;
    /// As [`Technique::mistakes`].
    fn mistakes() -> &'static [Mistake<Self>];
    /// A mistake as a target.
    fn target_of<T: Real>(mistake: Mistake<Self>) -> Box<dyn Target<T>>;
    /// As [`Technique::room`].
    fn room<T: Real>(
        function: Self::Function,
        like: &Case<T, Self>,
        case: &Case<T, Self>,
    ) -> Vec<Vec<T>>;
    /// As [`Technique::call`].
    ///
    /// # Errors
    /// What the target returns.
    fn call<T: Real>(
        function: Self::Function,
        target: &dyn Target<T>,
        case: &Case<T, Self>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal>;
    /// As [`Technique::concerns`].
    fn concerns<T: Real>(_function: Self::Function, _case: &Case<T, Self>) -> bool {
        true
    }
    /// Whether a group of one value is refused by choice.
    fn refuses_single<T: Real>(_target: &dyn Target<T>) -> bool {
        false
    }
    /// As [`Technique::by_choice`].
    fn by_choice<T: Real>(
        _target: &dyn Target<T>,
        _function: Self::Function,
        _case: &Case<T, Self>,
    ) -> bool {
        false
    }

    /// The reference's forward pass with all its steps.
    ///
    /// # Errors
    /// The reference's own.
    fn reference_forward<T: Real>(case: &Case<T, Self>)
    -> Result<Steps, evenkeel_reference::Error>;
    /// The reference's gradients.
    ///
    /// # Errors
    /// The reference's own.
    fn reference_backward<T: Real>(
        case: &Case<T, Self>,
    ) -> Result<Pulled, evenkeel_reference::Error>;

    /// The shapes that inputs have.
    fn shapes() -> Shapes;
    /// Its own arguments, from pairs of numbers in \[−2, 2\] for each channel, one in \[0, 1\] and a choice.
    fn own<T: Real>(pairs: &[[f64; 2]], weight: f64, choice: bool) -> Self::Own<T>;
    /// Its own arguments beside data of that mean and deviation: `number(stream, channel)` is in \[−2, 2\].
    fn own_beside<T: Real>(
        shape: Shape,
        mean: f64,
        deviation: f64,
        number: &dyn Fn(u64, usize) -> f64,
    ) -> Self::Own<T>;
    /// The same case with the other choice in its own arguments, if there is one.
    fn other_choice<T: Real>(case: Case<T, Self>) -> Case<T, Self> {
        case
    }
    /// Its own tensors: one value per channel.
    fn own_tensors<T: Real>(own: &mut Self::Own<T>) -> Vec<&mut Vec<T>>;
    /// The same in `f64`.
    fn widened<T: Real>(own: &Self::Own<T>) -> Self::Own<f64>;
    /// The lines of a report.
    ///
    /// # Errors
    /// When the formatter fails.
    fn show<T: Real>(own: &Self::Own<T>, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    /// Spoils its own arguments.
    fn spoil_own<T: Real>(spoiler: &mut Spoiler<Case<T, Self>>);
    /// More cases that must be refused, beside those with one spoilt argument.
    fn more_invalid<T: Real>() -> Vec<Case<T, Self>> {
        Vec::new()
    }
}

/// What the reference computes forward; rows are positions, columns are channels.
pub struct Steps {
    /// μ, one per group.
    pub mean: DVector<f64>,
    /// σ², one per group.
    pub variance: DVector<f64>,
    /// x̂.
    pub normalized: DMatrix<f64>,
    /// y.
    pub output: DMatrix<f64>,
}

/// What the reference computes backward.
pub struct Pulled {
    /// dx; rows are positions, columns are channels.
    pub dx: DMatrix<f64>,
    /// dγ.
    pub dgamma: DVector<f64>,
    /// dβ.
    pub dbeta: DVector<f64>,
}

impl<K: Kind> Technique for K {
    const NAME: &'static str = K::NAME;
    const PREFIX: &'static str = K::PREFIX;
    const ARGUMENT_CLAUSES: &'static [&'static str] = K::ARGUMENT_CLAUSES;
    type Case<T: Real> = Case<T, K>;
    type Function = K::Function;
    type Mistake = Mistake<K>;

    fn is_offered<T: Real>(target: &dyn Target<T>) -> bool {
        K::is_offered(target)
    }

    fn properties<T: Real>() -> Vec<Property<T, Case<T, K>>> {
        K::properties()
    }

    fn mistakes() -> &'static [Mistake<K>] {
        K::mistakes()
    }

    fn base() -> Mistake<K> {
        Mistake::BASE
    }

    fn room<T: Real>(function: K::Function, like: &Case<T, K>, case: &Case<T, K>) -> Vec<Vec<T>> {
        K::room(function, like, case)
    }

    fn call<T: Real>(
        function: K::Function,
        target: &dyn Target<T>,
        case: &Case<T, K>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal> {
        K::call(function, target, case, to)
    }

    fn concerns<T: Real>(function: K::Function, case: &Case<T, K>) -> bool {
        K::concerns(function, case)
    }

    fn spoilt<T: Real>(case: &Case<T, K>) -> Vec<Spoilt<Case<T, K>>> {
        let mut spoiler = Spoiler::new(case);
        spoiler.spoil("shape", "groups of nothing", |case| {
            case.x.clear();
            case.dy.clear();
            match K::ALONG {
                Along::Channels => case.shape.outer = 0,
                Along::Rows => {
                    case.shape.channels = 0;
                    case.gamma.clear();
                    case.beta.clear();
                }
            }
        });
        spoiler.spoil("x", "one value short", |case| shorten(&mut case.x));
        spoiler.spoil("x", "one value long", |case| case.x.push(T::from_f64(1.0)));
        spoiler.spoil_beyond_memory("x", |case| case.shape.outer = usize::MAX / 2);
        spoiler.spoil("gamma", "one value short", |case| shorten(&mut case.gamma));
        spoiler.spoil("gamma", "one value long", |case| case.gamma.push(T::from_f64(1.0)));
        spoiler.spoil("beta", "one value short", |case| shorten(&mut case.beta));
        spoiler.spoil("dy", "one value short", |case| shorten(&mut case.dy));
        spoiler.spoil("epsilon", "negative", |case| case.epsilon = -1e-5);
        spoiler.spoil("epsilon", "NaN", |case| case.epsilon = f64::NAN);
        spoiler.spoil("epsilon", "infinite", |case| case.epsilon = f64::INFINITY);
        K::spoil_own(&mut spoiler);
        spoiler.shorten(&["y", "dx", "dgamma", "dbeta"]);
        spoiler.done()
    }

    fn probes<T: Real>() -> Probes<K, T> {
        probes::all()
    }

    fn is_telling<T: Real>(case: &Case<T, K>) -> bool {
        probes::is_telling(case)
    }

    fn size<T: Real>(case: &Case<T, K>) -> usize {
        case.shape.len()
    }

    fn moved<T: Real>(
        mistake: Mistake<K>,
        case: &Case<T, K>,
        exact: bool,
        trial: u64,
    ) -> (Mistake<K>, Case<T, K>) {
        probes::moved(mistake, case, exact, trial)
    }

    fn group_of<T: Real>(case: &Case<T, K>, output: usize, index: usize) -> usize {
        if output == 0 { case.groups().of(index) } else { index }
    }

    fn by_choice<T: Real>(
        target: &dyn Target<T>,
        function: K::Function,
        case: &Case<T, K>,
    ) -> bool {
        K::by_choice(target, function, case)
    }

    fn symptoms<T: Real>(target: &dyn Target<T>, half_units: bool) -> BTreeSet<Symptom> {
        symptoms::of::<K, T>(target, half_units)
    }
}
