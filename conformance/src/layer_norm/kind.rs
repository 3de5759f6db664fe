//! Layer normalisation as the shared machinery knows it.

use std::fmt;

use super::mistakes::{self, Mistake};
use super::{Backward, Forward, inputs, properties, reference};
use crate::arguments::Spoiler;
use crate::call::unwritten;
use crate::normalization::{self, Along, Gradients, Kind, Pulled, Shapes, Steps};
use crate::property::Property;
use crate::technique;
use crate::{Real, Refusal, Shape, Target};

/// Layer normalisation, as a [`Technique`](technique::Technique).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer;

/// One input to both functions of a layer normalisation.
pub type Case<T> = normalization::Case<T, Layer>;

impl<T: Real> Case<T> {
    /// The arguments of [`LayerNorm::forward`](super::LayerNorm::forward).
    pub fn as_forward(&self) -> Forward<'_, T> {
        let Self { shape, x, gamma, beta, epsilon, .. } = self;
        Forward { shape: *shape, x, gamma, beta, epsilon: *epsilon }
    }

    /// The arguments of [`LayerNorm::backward`](super::LayerNorm::backward).
    pub fn as_backward(&self) -> Backward<'_, T> {
        let Self { shape, x, gamma, epsilon, dy, .. } = self;
        Backward { shape: *shape, x, gamma, epsilon: *epsilon, dy }
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`LayerNorm::forward`](super::LayerNorm::forward).
    Forward,
    /// [`LayerNorm::backward`](super::LayerNorm::backward).
    Backward,
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[Self::Forward, Self::Backward];

    fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Backward => "backward",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Forward => &["shape", "x", "gamma", "epsilon", "beta", "y"],
            Self::Backward => &["shape", "x", "gamma", "epsilon", "dy", "dx", "dgamma", "dbeta"],
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::Forward => &["y"],
            Self::Backward => &["dx", "dgamma", "dbeta"],
        }
    }
}

impl Kind for Layer {
    const NAME: &'static str = "layer_norm";
    const PREFIX: &'static str = "LN";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["LN-13", "LN-14"];
    const ALONG: Along = Along::Rows;
    const GROUP: &'static str = "row";
    const FORWARD: Function = Function::Forward;
    const BACKWARD: Function = Function::Backward;
    const HARD: &'static [Function] = &[Function::Forward, Function::Backward];
    const LAYOUTS: [Shape; 5] = [
        Shape::new(3, 8, 1),
        Shape::new(1, 8, 3),
        Shape::new(2, 12, 3),
        Shape::new(3, 2, 1),
        Shape::new(16, 7, 1),
    ];
    const SINGLE: Shape = Shape::new(3, 1, 1);
    const NONE: Shape = Shape::new(0, 4, 2);
    type Own<T: Real> = ();
    type Function = Function;

    fn is_offered<T: Real>(target: &dyn Target<T>) -> bool {
        target.layer_norm().is_some()
    }

    fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
        properties::properties()
    }

    fn mistakes() -> &'static [Mistake] {
        mistakes::all()
    }

    fn target_of<T: Real>(mistake: Mistake) -> Box<dyn Target<T>> {
        Box::new(mistake)
    }

    fn room<T: Real>(function: Function, like: &Case<T>, _: &Case<T>) -> Vec<Vec<T>> {
        let (elements, channels) = (like.shape.len(), like.shape.channels);
        match function {
            Function::Forward => vec![unwritten(elements)],
            Function::Backward => {
                vec![unwritten(elements), unwritten(channels), unwritten(channels)]
            }
        }
    }

    fn call<T: Real>(
        function: Function,
        target: &dyn Target<T>,
        case: &Case<T>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal> {
        let layer_norm = target.layer_norm().ok_or(Refusal::NotOffered)?;
        match (function, to) {
            (Function::Forward, [y]) => layer_norm.forward(&case.as_forward(), y),
            (Function::Backward, [dx, dgamma, dbeta]) => {
                layer_norm.backward(&case.as_backward(), Gradients { dx, dgamma, dbeta })
            }
            _ => unreachable!("`room` makes the outputs of this function"),
        }
    }

    fn reference_forward<T: Real>(case: &Case<T>) -> Result<Steps, evenkeel_reference::Error> {
        reference::forward(&case.as_forward())
    }

    fn reference_backward<T: Real>(case: &Case<T>) -> Result<Pulled, evenkeel_reference::Error> {
        reference::backward(&case.as_backward())
    }

    fn shapes() -> Shapes {
        inputs::shapes()
    }

    fn own<T: Real>(_: &[[f64; 2]], _: f64, _: bool) {}

    fn own_beside<T: Real>(_: Shape, _: f64, _: f64, _: &dyn Fn(u64, usize) -> f64) {}

    fn own_tensors<T: Real>((): &mut ()) -> Vec<&mut Vec<T>> {
        Vec::new()
    }

    fn widened<T: Real>((): &()) {}

    fn show<T: Real>((): &(), _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }

    fn spoil_own<T: Real>(_: &mut Spoiler<Case<T>>) {}
}
