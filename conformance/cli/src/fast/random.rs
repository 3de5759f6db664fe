//! The random numbers of the kernels.

use evenkeel_conformance::random::{Plane, Random};
use evenkeel_conformance::{Draw, Real, Refusal};
use evenkeel_fast::{Element, random};

use super::{Fast, stream};

impl<T: Real + Element> Random<T> for Fast {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn philox4x32(&self, counter: [u32; 4], key: [u32; 2]) -> Result<[u32; 4], Refusal> {
        Ok(random::philox4x32(counter, key))
    }

    fn words(&self, draw: Draw, plane: Plane, out: &mut [u32]) -> Result<(), Refusal> {
        let kernel = match plane {
            Plane::First => random::words,
            Plane::Second => random::second_words,
        };
        self.run(|workspace, policy| kernel(stream(draw), draw.first, out, workspace, policy))
    }

    fn uniform(&self, draw: Draw, bound: f64, out: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| {
            random::uniform(stream(draw), draw.first, bound, out, workspace, policy)
        })
    }

    fn normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| {
            random::normal(stream(draw), draw.first, deviation, out, workspace, policy)
        })
    }

    fn truncated_normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| {
            random::truncated_normal(stream(draw), draw.first, deviation, out, workspace, policy)
        })
    }
}
