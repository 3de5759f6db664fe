//! One input to every function of a normalisation, and how to call a target with it.

use std::fmt;

use super::{Groups, Kind};
use crate::brief::Brief;
use crate::technique::outputs_of;
use crate::{Real, Refusal, Shape, Target};

/// Everything that any function of a normalisation takes.
#[derive(Clone, PartialEq)]
pub struct Case<T: Real, K: Kind> {
    /// The layout.
    pub shape: Shape,
    /// The data.
    pub x: Vec<T>,
    /// γ, one per channel.
    pub gamma: Vec<T>,
    /// β, one per channel.
    pub beta: Vec<T>,
    /// ε.
    pub epsilon: f64,
    /// The upstream gradient.
    pub dy: Vec<T>,
    /// What only this normalisation takes.
    pub own: K::Own<T>,
}

/// dx, dγ and dβ.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientValues<T> {
    /// The gradient by x.
    pub dx: Vec<T>,
    /// The gradient by γ.
    pub dgamma: Vec<T>,
    /// The gradient by β.
    pub dbeta: Vec<T>,
}

impl<T: Real> GradientValues<T> {
    /// From the outputs of a backward call.
    pub(crate) fn of(outputs: Vec<Vec<T>>) -> Self {
        let mut outputs = outputs.into_iter();
        let mut next = || outputs.next().unwrap_or_default();
        Self { dx: next(), dgamma: next(), dbeta: next() }
    }
}

impl<T: Real, K: Kind> Case<T, K> {
    /// What is normalised together.
    #[must_use]
    pub const fn groups(&self) -> Groups {
        Groups::new(self.shape, K::ALONG)
    }

    /// γ of the element at `index`.
    pub(crate) fn gamma_of(&self, index: usize) -> f64 {
        self.gamma[self.shape.channel_of(index)].to_f64()
    }

    /// β of the element at `index`.
    pub(crate) fn beta_of(&self, index: usize) -> f64 {
        self.beta[self.shape.channel_of(index)].to_f64()
    }

    /// y.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn forward(&self, target: &dyn Target<T>) -> Result<Vec<T>, Refusal> {
        let outputs = outputs_of::<K, T>(K::FORWARD, target, self)?;
        Ok(outputs.into_iter().next().unwrap_or_default())
    }

    /// The gradients.
    ///
    /// # Errors
    /// As [`Self::forward`].
    pub fn backward(&self, target: &dyn Target<T>) -> Result<GradientValues<T>, Refusal> {
        outputs_of::<K, T>(K::BACKWARD, target, self).map(GradientValues::of)
    }
}

/// A field per line, long slices cut: what a report shows.
impl<T: Real, K: Kind> fmt::Debug for Case<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "shape    (outer, channels, inner) = {}", self.shape)?;
        for (name, values) in
            [("x", &self.x), ("gamma", &self.gamma), ("beta", &self.beta), ("dy", &self.dy)]
        {
            writeln!(f, "{name:<8} {}", Brief(values))?;
        }
        K::show(&self.own, f)?;
        write!(f, "epsilon  {:?}", self.epsilon)
    }
}
