//! Streams of random words, as the contracts name them.

use std::fmt;

use proptest::prelude::*;

use crate::Refusal;

/// What the words of a tensor depend on, besides the place of the element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Stream {
    /// The seed of the whole run.
    pub seed: u64,
    /// Which tensor of the network.
    pub number: u32,
    /// Which step of the training.
    pub step: u32,
}

impl Stream {
    /// As the reference has it.
    pub(crate) const fn of_reference(self) -> evenkeel_reference::random::Stream {
        let Self { seed, number, step } = self;
        evenkeel_reference::random::Stream { seed, number, step }
    }

    /// Streams that differ from this one in one of the three, or have them exchanged.
    pub(crate) fn others(self) -> [(&'static str, Self); 6] {
        let Self { seed, number, step } = self;
        let exchanged = Self { seed, number: step.wrapping_add(1), step: number };
        [
            ("the next seed", Self { seed: seed.wrapping_add(1), ..self }),
            ("another high half of the seed", Self { seed: seed ^ (1 << 47), ..self }),
            ("the next number", Self { number: number.wrapping_add(1), ..self }),
            ("the next step", Self { step: step.wrapping_add(1), ..self }),
            ("another high half of the step", Self { step: step ^ (1 << 29), ..self }),
            ("number and step exchanged", exchanged),
        ]
    }
}

/// A part of a tensor: elements `first`, `first + 1`, … of what the stream gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Draw {
    /// The stream.
    pub stream: Stream,
    /// The index of the first element that is asked for.
    pub first: u64,
}

impl Draw {
    /// Refuses a part that ends beyond the last index.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming `first`.
    pub fn check(&self, length: usize) -> Result<(), Refusal> {
        match self.first.checked_add(length as u64) {
            Some(_) => Ok(()),
            None => {
                Err(Refusal::invalid("first", self.first, format!("at most 2⁶⁴ − 1 − {length}")))
            }
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, number, step } = self;
        write!(f, "seed {seed}, number {number}, step {step}")
    }
}

/// Seeds, numbers and steps, small ones and ones with high bits.
pub(crate) fn streams() -> BoxedStrategy<Stream> {
    let seed = prop_oneof![0..4_u64, any::<u64>()];
    let word = || prop_oneof![0..4_u32, any::<u32>()];
    (seed, word(), word()).prop_map(|(seed, number, step)| Stream { seed, number, step }).boxed()
}

/// Where a part may begin: at every place of a group, and beyond 32 bits of blocks.
pub(crate) fn firsts() -> BoxedStrategy<u64> {
    prop_oneof![
        3 => Just(0_u64),
        3 => 0..300_u64,
        1 => (0..300_u64).prop_map(|k| (1 << 34) - 100 + k),
        1 => (0..300_u64).prop_map(|k| (1 << 62) + k),
        1 => (0..100_u64).prop_map(|k| u64::MAX - 2000 - k),
    ]
    .boxed()
}

/// Lengths around lanes, vectors and groups.
pub(crate) fn lengths() -> BoxedStrategy<usize> {
    prop_oneof![1..=40_usize, prop::sample::select(&[63_usize, 64, 65, 127, 128, 129, 200][..])]
        .boxed()
}
