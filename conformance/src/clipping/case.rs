//! One input to every function of a clipping, and how it is called.

use std::fmt;

use super::{Clip, Clipping, Gradient, Gradients, NonFinite};
use crate::arguments::{Spoiler, Spoilt};
use crate::brief::Brief;
use crate::call::unwritten;
use crate::technique::{self, outputs_of};
use crate::{Real, Refusal, Target};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// τ.
    pub threshold: f64,
    /// What becomes of NaN and infinities.
    pub non_finite: NonFinite,
    /// The gradients; for the functions that take one tensor, one after the other.
    pub tensors: Vec<Vec<T>>,
    /// So many results are not handed over: 0, but where that is to be refused.
    pub withheld: usize,
}

/// So many values and tensors are shown.
const SHOWN: usize = 16;

impl<T: fmt::Debug> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { threshold, non_finite, tensors, .. } = self;
        write!(f, "threshold = {threshold:?}, non_finite = {non_finite:?}")?;
        for (k, tensor) in tensors.iter().enumerate().take(SHOWN) {
            write!(f, "\ntensor {k} = {}", Brief(tensor))?;
        }
        if tensors.len() > SHOWN { write!(f, "\n… {} tensors", tensors.len()) } else { Ok(()) }
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Clipping::by_value`].
    ByValue,
    /// [`Clipping::norm`].
    Norm,
    /// [`Clipping::norm_in_parts`].
    NormInParts,
    /// [`Clipping::by_norm`].
    ByNorm,
    /// [`Clipping::by_global_norm`].
    ByGlobalNorm,
}

impl technique::Function for Function {
    const ALL: &'static [Self] =
        &[Self::ByValue, Self::Norm, Self::NormInParts, Self::ByNorm, Self::ByGlobalNorm];

    fn name(self) -> &'static str {
        match self {
            Self::ByValue => "by_value",
            Self::Norm => "norm",
            Self::NormInParts => "norm_in_parts",
            Self::ByNorm => "by_norm",
            Self::ByGlobalNorm => "by_global_norm",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Norm | Self::NormInParts => &[],
            Self::ByValue | Self::ByNorm => &["threshold", "gradient", "result"],
            Self::ByGlobalNorm => &["threshold", "gradient", "results"],
        }
    }

    /// The results of all tensors are one output, one after the other.
    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::ByValue => &["result"],
            Self::Norm | Self::NormInParts => &["norm"],
            Self::ByNorm => &["result", "norm"],
            Self::ByGlobalNorm => &["results", "norm"],
        }
    }
}

impl Function {
    /// The outputs before the call; a norm is an output of one number.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        let length = |output: &str| if output == "norm" { 1 } else { case.len() };
        technique::Function::outputs(self).iter().map(|o| unwritten(length(o))).collect()
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        clipping: &dyn Clipping<T>,
        case: &Case<T>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal> {
        let Case { threshold, non_finite, .. } = *case;
        let gradient = &case.gradient();
        let tensors: &[&[T]] = &case.slices();
        let one = Gradient { threshold, non_finite, gradient };
        let norm = match self {
            Self::ByValue => return clipping.by_value(&one, &mut to[0]),
            Self::Norm => clipping.norm(tensors)?,
            Self::NormInParts => clipping.norm_in_parts(tensors)?,
            Self::ByNorm => clipping.by_norm(&one, &mut to[0])?,
            Self::ByGlobalNorm => {
                let mut results = case.split(&mut to[0]);
                let all = Gradients { threshold, non_finite, tensors };
                clipping.by_global_norm(&all, &mut results)?
            }
        };
        to[technique::Function::outputs(self).len() - 1][0] = norm;
        Ok(())
    }
}

impl<T: Real> Case<T> {
    /// n: the elements of all tensors.
    pub fn len(&self) -> usize {
        self.tensors.iter().map(Vec::len).sum()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All elements, one tensor after the other.
    pub fn gradient(&self) -> Vec<T> {
        self.tensors.concat()
    }

    pub(super) fn slices(&self) -> Vec<&[T]> {
        self.tensors.iter().map(Vec::as_slice).collect()
    }

    /// A result for each tensor; if there is too little room, it is the last that lacks it.
    fn split<'a>(&self, mut room: &'a mut [T]) -> Vec<&'a mut [T]> {
        let mut results = Vec::new();
        for tensor in &self.tensors[..self.tensors.len().saturating_sub(self.withheld)] {
            let (result, rest) = room.split_at_mut(tensor.len().min(room.len()));
            results.push(result);
            room = rest;
        }
        results
    }

    /// The same with another threshold.
    pub(super) fn at(&self, threshold: f64) -> Self {
        Self { threshold, ..self.clone() }
    }

    /// The same with another value at a place, counted over all tensors.
    pub(super) fn with(&self, place: usize, value: f64) -> Self {
        let mut case = self.clone();
        if let Some(element) = case.tensors.iter_mut().flatten().nth(place) {
            *element = T::from_f64(value);
        }
        case
    }

    /// The outputs of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<Vec<T>>, Refusal> {
        outputs_of::<Clip, T>(function, target, self)
    }

    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        for (how, threshold) in [
            ("negative", -1.0),
            ("just below 0", -f64::from_bits(1)),
            ("NaN", f64::NAN),
            ("−∞", f64::NEG_INFINITY),
        ] {
            spoiler.spoil("threshold", how, |case| case.threshold = threshold);
        }
        for (how, value) in [("NaN", f64::NAN), ("∞", f64::INFINITY), ("−∞", f64::NEG_INFINITY)]
        {
            spoiler.spoil("gradient", how, |case| {
                let last = case.len() - 1;
                *case = Self { non_finite: NonFinite::Refuse, ..case.with(last, value) };
            });
        }
        spoiler.spoil("results", "one tensor short", |case| case.withheld = 1);
        spoiler.shorten(&["result", "results"]);
        spoiler.done()
    }
}
