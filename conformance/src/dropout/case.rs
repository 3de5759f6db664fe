//! One input to every function of a dropout, and how it is called.

use std::fmt;

use super::{Dropout, Given, Seeded};
use crate::arguments::{Spoiler, Spoilt, shorten};
use crate::brief::Brief;
use crate::call::{guarded, unwritten};
use crate::technique;
use crate::{Draw, Real, Refusal, Target};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// The stream, and from which element on.
    pub draw: Draw,
    /// p.
    pub drop_probability: f64,
    /// What is dropped.
    pub x: Vec<T>,
    /// The upstream gradient.
    pub dy: Vec<T>,
    /// The mask of the functions that are given one.
    pub keep: Vec<bool>,
    /// Half of a first word.
    pub half: u16,
    /// A second word.
    pub tie: u32,
}

impl<T: fmt::Debug> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { draw: Draw { stream, first }, drop_probability, x, dy, keep, half, tie } = self;
        writeln!(f, "p = {drop_probability:?}, {stream}, {} values from {first}", x.len())?;
        writeln!(f, "x = {}", Brief(x))?;
        writeln!(f, "dy = {}", Brief(dy))?;
        let kept: Vec<u8> = keep.iter().map(|keep| u8::from(*keep)).collect();
        writeln!(f, "keep = {}", Brief(&kept))?;
        write!(f, "half = {half:#06x}, tie = {tie:#010x}")
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Dropout::is_dropped`].
    IsDropped,
    /// [`Dropout::mask`].
    Mask,
    /// [`Dropout::forward`].
    Forward,
    /// [`Dropout::backward`].
    Backward,
    /// [`Dropout::forward_given`].
    ForwardGiven,
    /// [`Dropout::backward_given`].
    BackwardGiven,
    /// [`Dropout::inference`].
    Inference,
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[
        Self::IsDropped,
        Self::Mask,
        Self::Forward,
        Self::Backward,
        Self::ForwardGiven,
        Self::BackwardGiven,
        Self::Inference,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::IsDropped => "is_dropped",
            Self::Mask => "mask",
            Self::Forward => "forward",
            Self::Backward => "backward",
            Self::ForwardGiven => "forward_given",
            Self::BackwardGiven => "backward_given",
            Self::Inference => "inference",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::IsDropped => &["drop_probability"],
            Self::Mask => &["first", "drop_probability"],
            Self::Forward => &["first", "drop_probability", "y"],
            Self::Backward => &["first", "drop_probability", "dx"],
            Self::ForwardGiven => &["keep", "drop_probability", "y"],
            Self::BackwardGiven => &["keep", "drop_probability", "dx"],
            Self::Inference => &["y"],
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::IsDropped => &["dropped"],
            Self::Mask => &["mask"],
            Self::Forward | Self::ForwardGiven | Self::Inference => &["y"],
            Self::Backward | Self::BackwardGiven => &["dx"],
        }
    }
}

impl Function {
    /// The output before the call; a mask stands there as zeros and ones.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        let length = match self {
            Self::IsDropped => 1,
            Self::Backward | Self::BackwardGiven => case.dy.len(),
            _ => case.x.len(),
        };
        vec![unwritten(length)]
    }

    /// Whether what it gives depends on draws.
    pub(super) fn draws(self) -> bool {
        matches!(self, Self::Mask | Self::Forward | Self::Backward)
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        dropout: &dyn Dropout<T>,
        case: &Case<T>,
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let Case { draw, drop_probability, x, dy, keep, half, tie } = case;
        let (draw, drop_probability) = (*draw, *drop_probability);
        let seeded = |values| Seeded { draw, drop_probability, values };
        let given = |values| Given { keep, drop_probability, values };
        match self {
            Self::IsDropped => {
                let dropped = dropout.is_dropped(drop_probability, *half, *tie)?;
                out[0] = T::from_f64(f64::from(u8::from(dropped)));
                Ok(())
            }
            Self::Mask => mask(dropout, draw, drop_probability, out),
            Self::Forward => dropout.forward(&seeded(x), out),
            Self::Backward => dropout.backward(&seeded(dy), out),
            Self::ForwardGiven => dropout.forward_given(&given(x), out),
            Self::BackwardGiven => dropout.backward_given(&given(dy), out),
            Self::Inference => dropout.inference(x, out),
        }
    }
}

/// A mask as zeros and ones. If the call is refused, what it wrote nevertheless is written.
fn mask<T: Real>(
    dropout: &dyn Dropout<T>,
    draw: Draw,
    drop_probability: f64,
    out: &mut [T],
) -> Result<(), Refusal> {
    let before: Vec<bool> = (0..out.len()).map(|i| i % 3 == 1).collect();
    let mut keep = before.clone();
    let result = dropout.mask(draw, drop_probability, &mut keep);
    if result.is_ok() || keep != before {
        let numbers = keep.iter().map(|keep| T::from_f64(f64::from(u8::from(*keep))));
        out.iter_mut().zip(numbers).for_each(|(out, number)| *out = number);
    }
    result
}

impl<T: Real> Case<T> {
    /// The output of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<T>, Refusal> {
        let dropout = target.dropout().ok_or(Refusal::NotOffered)?;
        let mut out = function.room(self).swap_remove(0);
        guarded(|| function.call(dropout, self, &mut out))?;
        Ok(out)
    }

    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        spoiler.spoil("first", "beyond the last index", |case| {
            case.draw.first = u64::MAX - case.x.len() as u64 + 1;
        });
        for (how, p) in [
            ("negative", -0.1),
            ("above 1", 1.5),
            ("just above 1", 1.0 + f64::EPSILON),
            ("NaN", f64::NAN),
            ("infinite", f64::INFINITY),
        ] {
            spoiler.spoil("drop_probability", how, |case| case.drop_probability = p);
        }
        spoiler.spoil("keep", "one value short", |case| shorten(&mut case.keep));
        spoiler.spoil("keep", "one value long", |case| case.keep.push(true));
        spoiler.shorten(&["y", "dx"]);
        spoiler.done()
    }
}
