//! The random numbers of `evenkeel-reference` in the contract.

use evenkeel_reference::random as reference;

use super::truth::uniform;
use super::{Plane, Random, check_bound, check_deviation};
use crate::reference::{Reference, refusal};
use crate::{Draw, Real, Refusal};

impl<T: Real> Random<T> for Reference {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn philox4x32(&self, counter: [u32; 4], key: [u32; 2]) -> Result<[u32; 4], Refusal> {
        Ok(reference::philox4x32(counter, key))
    }

    fn words(&self, draw: Draw, plane: Plane, out: &mut [u32]) -> Result<(), Refusal> {
        draw.check(out.len())?;
        let word = match plane {
            Plane::First => reference::word,
            Plane::Second => reference::second_word,
        };
        let stream = draw.stream.of_reference();
        out.iter_mut().zip(draw.first..).for_each(|(out, n)| *out = word(stream, n));
        Ok(())
    }

    /// In `f32` the bound is rounded towards zero before it is multiplied, as the clause has it.
    fn uniform(&self, draw: Draw, bound: f64, out: &mut [T]) -> Result<(), Refusal> {
        draw.check(out.len())?;
        check_bound::<T>(bound)?;
        let one = |i| uniform(draw.stream, i, bound);
        out.iter_mut().zip(draw.first..).for_each(|(out, i)| *out = one(i));
        Ok(())
    }

    fn normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        check_deviation::<T>(deviation)?;
        each(draw, out, |stream, i| reference::normal(stream, i, deviation))
    }

    fn truncated_normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        check_deviation::<T>(deviation)?;
        each(draw, out, |stream, i| reference::truncated_normal(stream, i, deviation))
    }
}

/// Each element as the reference has it.
fn each<T: Real>(
    draw: Draw,
    out: &mut [T],
    one: impl Fn(reference::Stream, u64) -> Result<f64, evenkeel_reference::Error>,
) -> Result<(), Refusal> {
    draw.check(out.len())?;
    let stream = draw.stream.of_reference();
    for (out, i) in out.iter_mut().zip(draw.first..) {
        *out = T::from_f64(one(stream, i).map_err(refusal)?);
    }
    Ok(())
}
