//! A stream as a generator of the crate `rand`.

use std::convert::Infallible;

use rand::TryRng;
use rand::rand_core::utils;

use super::Stream;
use super::philox::{GROUP, Group, Plane, group};
use crate::Level;

/// The first words of a stream, one after the other, for everything that draws with `rand`.
///
/// ```
/// use evenkeel_fast::random::{Stream, Words};
/// use rand::Rng;
///
/// let mut words = Words::new(Stream { seed: 1, number: 2, step: 3 });
/// assert_ne!(words.next_u32(), words.next_u32());
/// ```
#[derive(Debug, Clone)]
pub struct Words {
    level: Level,
    stream: Stream,
    group: Group,
    next: u64,
}

impl Words {
    /// The generator that starts with word 0.
    #[must_use]
    pub fn new(stream: Stream) -> Self {
        Self { level: Level::best(), stream, group: [0; GROUP], next: 0 }
    }
}

impl TryRng for Words {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let place = (self.next % GROUP as u64) as usize;
        if place == 0 {
            self.group = group(self.level, self.stream, Plane::First, self.next / GROUP as u64);
        }
        self.next = self.next.wrapping_add(1);
        Ok(self.group[place])
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}
