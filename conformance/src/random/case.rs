//! One input to every function of a source of random numbers, and how it is called.

use std::fmt;
use std::marker::PhantomData;

use super::{Plane, Random};
use crate::arguments::{Spoiler, Spoilt};
use crate::call::{guarded, unwritten};
use crate::technique;
use crate::{Draw, Real, Refusal, Target};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// The counter of a block.
    pub counter: [u32; 4],
    /// The key of a block.
    pub key: [u32; 2],
    /// The stream, and from which element on.
    pub draw: Draw,
    /// How many elements.
    pub length: usize,
    /// Of even draws.
    pub bound: f64,
    /// Of normal draws.
    pub deviation: f64,
    /// The precision of the draws.
    pub precision: PhantomData<T>,
}

impl<T> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { counter, key, draw, length, bound, deviation, .. } = self;
        writeln!(f, "{}, {length} elements from {}", draw.stream, draw.first)?;
        writeln!(f, "bound = {bound:?}, deviation = {deviation:?}")?;
        write!(f, "counter = {counter:x?}, key = {key:x?}")
    }
}

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`Random::philox4x32`].
    Philox,
    /// [`Random::words`] of the first plane.
    Words,
    /// [`Random::words`] of the second plane.
    SecondWords,
    /// [`Random::uniform`].
    Uniform,
    /// [`Random::normal`].
    Normal,
    /// [`Random::truncated_normal`].
    TruncatedNormal,
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[
        Self::Philox,
        Self::Words,
        Self::SecondWords,
        Self::Uniform,
        Self::Normal,
        Self::TruncatedNormal,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Philox => "philox4x32",
            Self::Words => "words",
            Self::SecondWords => "second words",
            Self::Uniform => "uniform",
            Self::Normal => "normal",
            Self::TruncatedNormal => "truncated_normal",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Philox => &[],
            Self::Words | Self::SecondWords => &["first"],
            Self::Uniform => &["first", "bound"],
            Self::Normal | Self::TruncatedNormal => &["first", "deviation"],
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::Philox => &["block"],
            Self::Words | Self::SecondWords => &["words"],
            _ => &["out"],
        }
    }
}

impl Function {
    /// Whether it gives words, which stand in an output as two halves each: in `f32` there is no room for
    /// all of a word.
    pub(super) fn gives_words(self) -> bool {
        matches!(self, Self::Philox | Self::Words | Self::SecondWords)
    }

    /// The output before the call.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        let length = match self {
            Self::Philox => 8,
            Self::Words | Self::SecondWords => 2 * case.length,
            _ => case.length,
        };
        vec![unwritten(length)]
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        random: &dyn Random<T>,
        case: &Case<T>,
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let Case { counter, key, draw, bound, deviation, .. } = *case;
        match self {
            Self::Philox => {
                halves(&random.philox4x32(counter, key)?, out);
                Ok(())
            }
            Self::Words => words(random, draw, Plane::First, out),
            Self::SecondWords => words(random, draw, Plane::Second, out),
            Self::Uniform => random.uniform(draw, bound, out),
            Self::Normal => random.normal(draw, deviation, out),
            Self::TruncatedNormal => random.truncated_normal(draw, deviation, out),
        }
    }
}

/// Words as pairs of 16-bit halves, the high one first.
fn halves<T: Real>(words: &[u32], out: &mut [T]) {
    for (word, out) in words.iter().zip(out.chunks_exact_mut(2)) {
        out[0] = T::from_f64(f64::from(word >> 16));
        out[1] = T::from_f64(f64::from(word & 0xffff));
    }
}

/// What nobody would write into all words.
const UNWRITTEN_WORD: u32 = 0xa5c3_96e1;

/// Words, as halves. If the call is refused, what it wrote nevertheless is written.
fn words<T: Real>(
    random: &dyn Random<T>,
    draw: Draw,
    plane: Plane,
    out: &mut [T],
) -> Result<(), Refusal> {
    let mut words = vec![UNWRITTEN_WORD; out.len() / 2];
    let result = random.words(draw, plane, &mut words);
    if result.is_ok() || words.iter().any(|word| *word != UNWRITTEN_WORD) {
        halves(&words, out);
    }
    result
}

impl<T: Real> Case<T> {
    /// The output of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<T>, Refusal> {
        let random = target.random().ok_or(Refusal::NotOffered)?;
        let mut out = function.room(self).swap_remove(0);
        guarded(|| function.call(random, self, &mut out))?;
        Ok(out)
    }

    /// The same input for other elements.
    #[must_use]
    pub fn part(&self, first: u64, length: usize) -> Self {
        Self { draw: Draw { first, ..self.draw }, length, ..self.clone() }
    }

    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        spoiler.spoil("first", "beyond the last index", |case| {
            case.draw.first = u64::MAX - case.length as u64 + 1;
        });
        for (how, size) in BAD_SIZES {
            spoiler.spoil("bound", how, |case| case.bound = size);
            spoiler.spoil("deviation", how, |case| case.deviation = size);
        }
        // Beyond the range of f64 there is nothing but ∞.
        if T::MAX < f64::MAX {
            spoiler.spoil("bound", "beyond the type", |case| case.bound = 2.0 * T::MAX);
        }
        spoiler.spoil("deviation", "too large", |case| case.deviation = T::MAX / 8.0);
        spoiler.done()
    }
}

const BAD_SIZES: [(&str, f64); 3] =
    [("negative", -0.5), ("NaN", f64::NAN), ("infinite", f64::INFINITY)];
