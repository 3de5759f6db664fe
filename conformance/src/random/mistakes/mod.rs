//! Sources of random numbers with one fault each, and a label.
//!
//! All stand on the map in plain `f64` (`base`); the catalogue has the labels and the sentences.

mod base;
mod catalogue;

use super::{Plane, Random, check_bound, check_deviation};
use crate::mistake::{Faulty, faulty_targets};
use crate::{Draw, Real, Refusal, Stream};

/// A source of random numbers with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// Philox with seven rounds.
    SevenRounds,
    /// Philox with its multipliers exchanged.
    MultipliersSwapped,
    /// Philox with the same key in every round.
    KeyKept,
    /// Four neighbours share a block.
    BlockOrder,
    /// The block number has 32 bits.
    CounterCut,
    /// Second words are first words.
    PlaneIgnored,
    /// Every part begins at element 0.
    WindowRestarts,
    /// 24 bits of each word.
    FewBits,
    /// Even draws on [0, bound].
    HalfRange,
    /// The bound is rounded to nearest.
    RoundsUp,
    /// Sine before cosine.
    SineFirst,
    /// 1 − u₁ under the logarithm.
    OneMinus,
    /// No second word in the tail.
    NoSecondWord,
    /// Cosine twice.
    PairsRepeat,
    /// Scaled by the variance.
    VarianceForDeviation,
    /// Box–Muller in `f32`.
    SingleArithmetic,
    /// Clamped in place of cut.
    Clamped,
    /// Cut at one deviation.
    CutAtOne,
    /// The number of the stream is ignored.
    NumberIgnored,
    /// The step is ignored.
    StepIgnored,
    /// The seed has 32 bits.
    SeedCut,
    /// Bad sizes are accepted.
    SizeUnchecked,
    /// Parts beyond the last index are accepted.
    FirstUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// Outputs are cleared before the check.
    PartialWrite,
    /// No element is refused.
    EmptyRefused,
    /// Each thread has a stream of its own.
    Threads,
    /// Another level draws in another order.
    LevelBits,
}

/// Every mistake.
#[must_use]
pub fn all() -> &'static [Mistake] {
    catalogue::ALL
}

pub(super) const BASE: Mistake = Faulty::planted(Fault::None, "base", "", "nothing", "nothing");

impl Faulty<Fault> {
    /// Checks the arguments as the fault does.
    fn admit<T: Real>(
        self,
        draw: Draw,
        checked: Result<(), Refusal>,
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let first = match self.fault {
            Fault::FirstUnchecked => Ok(()),
            _ => draw.check(out.len()),
        };
        let sizes = if self.fault == Fault::SizeUnchecked { Ok(()) } else { checked };
        let empty = match self.fault {
            Fault::EmptyRefused if out.is_empty() => {
                Err(Refusal::invalid("out", "0 elements long", "at least one element"))
            }
            _ => Ok(()),
        };
        let admitted = first.and(sizes).and(empty);
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            out.fill(T::from_f64(0.0));
        }
        admitted.map_err(|refusal| match (self.fault, refusal) {
            (Fault::Misnamed, Refusal::Invalid { value, allowed, .. }) => {
                Refusal::invalid("argument", value, allowed)
            }
            (_, refusal) => refusal,
        })
    }

    /// Each element by its index and the stream that it is given.
    fn each<T: Real>(self, draw: Draw, out: &mut [T], one: impl Fn(Stream, u64) -> T) {
        let first = if self.fault == Fault::WindowRestarts { 0 } else { draw.first };
        let share = out.len().div_ceil(rayon::current_num_threads());
        for (k, value) in out.iter_mut().enumerate() {
            let mut stream = draw.stream;
            if self.fault == Fault::Threads {
                stream.number = stream.number.wrapping_add((k / share) as u32);
            }
            *value = one(stream, first.wrapping_add(k as u64));
        }
    }
}

impl<T: Real> Random<T> for Mistake {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn philox4x32(&self, counter: [u32; 4], key: [u32; 2]) -> Result<[u32; 4], Refusal> {
        Ok(base::block(self.fault, counter, key))
    }

    fn words(&self, draw: Draw, plane: Plane, out: &mut [u32]) -> Result<(), Refusal> {
        draw.check(out.len())?;
        for (word, n) in out.iter_mut().zip(draw.first..) {
            *word = base::word(self.fault, draw.stream, plane, n);
        }
        Ok(())
    }

    fn uniform(&self, draw: Draw, bound: f64, out: &mut [T]) -> Result<(), Refusal> {
        self.admit(draw, check_bound::<T>(bound), out)?;
        self.each(draw, out, |stream, i| base::uniform(self.fault, stream, i, bound));
        Ok(())
    }

    fn normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        self.admit(draw, check_deviation::<T>(deviation), out)?;
        let one = |stream, i| base::normal(self.fault, self.slip, stream, i, deviation);
        self.each(draw, out, one);
        Ok(())
    }

    fn truncated_normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        self.admit(draw, check_deviation::<T>(deviation), out)?;
        let one = |stream, i| base::truncated(self.fault, self.slip, stream, i, deviation);
        self.each(draw, out, one);
        Ok(())
    }
}

faulty_targets!(random, Random, Fault::LevelBits => Fault::BlockOrder);

/// The base as another technique's mistakes draw with it.
pub(crate) mod draws {
    use super::Fault;
    use super::base;
    use crate::random::Plane;
    use crate::{Real, Stream};

    /// Word `n`.
    pub(crate) fn word(stream: Stream, plane: Plane, n: u64) -> u32 {
        base::word(Fault::None, stream, plane, n)
    }

    /// An even draw.
    pub(crate) fn uniform<T: Real>(stream: Stream, i: u64, bound: f64) -> T {
        base::uniform(Fault::None, stream, i, bound)
    }

    /// A normal draw.
    pub(crate) fn normal<T: Real>(slip: f64, stream: Stream, i: u64, deviation: f64) -> T {
        base::normal(Fault::None, slip, stream, i, deviation)
    }

    /// A cut normal draw.
    pub(crate) fn truncated<T: Real>(slip: f64, stream: Stream, i: u64, deviation: f64) -> T {
        base::truncated(Fault::None, slip, stream, i, deviation)
    }
}

/// The first radius of a stream whose first word is below 2¹⁶: there is one in 65,536.
pub(super) fn far_element(stream: Stream) -> u64 {
    let is_far = |n: &u64| n % 32 < 16 && draws::word(stream, Plane::First, *n) < 1 << 16;
    (0..).find(is_far).unwrap_or_default()
}
