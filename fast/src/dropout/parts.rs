//! Dropout for techniques that have a tensor in the cache part by part.

use super::passes::Threshold;
use crate::random::Stream;
use crate::{Element, Error, Level, check};

/// Which elements are dropped: those of a stream, from element `first` on.
#[derive(Debug, Clone, Copy)]
pub struct Drawn {
    /// The stream that is drawn from.
    pub stream: Stream,
    /// The index of the first element.
    pub first: u64,
    /// The probability to drop.
    pub drop_probability: f64,
}

impl Drawn {
    /// What drops the parts of a tensor of `len` elements.
    pub(crate) fn checked(self, len: usize) -> Result<Dropping, Error> {
        check::first(self.first, len)?;
        check::share("drop_probability", self.drop_probability)?;
        let Self { stream, first, drop_probability } = self;
        Ok(Dropping { stream, first, threshold: Threshold::new(drop_probability) })
    }
}

/// Dropout of a tensor of which parts come one by one.
#[derive(Debug, Clone, Copy)]
pub struct Dropping {
    stream: Stream,
    first: u64,
    threshold: Threshold,
}

impl Dropping {
    /// Drops and scales a part, which begins with element `at` of the tensor; without `from` its values
    /// stand in `to`. What is read `next` is asked for, as many values, and what is behind `to`.
    pub(crate) fn part<T: Element>(
        &self,
        level: Level,
        at: usize,
        from: Option<&[T]>,
        to: &mut [T],
        next: &[&[T]],
    ) {
        T::drop_drawn(level, self.stream, self.first + at as u64, self.threshold, from, to, next);
    }
}
