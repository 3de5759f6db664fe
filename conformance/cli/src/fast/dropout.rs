//! The dropout of the kernels.

use evenkeel_conformance::dropout::{Dropout, Given, Seeded};
use evenkeel_conformance::{Draw, Real, Refusal};
use evenkeel_fast::{Element, dropout};

use super::{Fast, refusal, stream};

impl<T: Real + Element> Dropout<T> for Fast {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn is_dropped(&self, drop_probability: f64, half: u16, tie: u32) -> Result<bool, Refusal> {
        dropout::is_dropped(drop_probability, half, tie).map_err(|error| refusal(&error))
    }

    fn mask(&self, draw: Draw, drop_probability: f64, keep: &mut [bool]) -> Result<(), Refusal> {
        self.run(|workspace, policy| {
            dropout::mask(stream(draw), draw.first, drop_probability, keep, workspace, policy)
        })
    }

    fn forward(&self, input: &Seeded<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let Seeded { draw, drop_probability: p, values } = *input;
        self.run(|workspace, policy| {
            dropout::forward(stream(draw), draw.first, p, values, y, workspace, policy)
        })
    }

    fn backward(&self, input: &Seeded<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let Seeded { draw, drop_probability: p, values } = *input;
        self.run(|workspace, policy| {
            dropout::backward(stream(draw), draw.first, p, values, dx, workspace, policy)
        })
    }

    fn forward_given(&self, input: &Given<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let Given { keep, drop_probability: p, values } = *input;
        self.run(|workspace, policy| dropout::forward_given(keep, p, values, y, workspace, policy))
    }

    fn backward_given(&self, input: &Given<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        let Given { keep, drop_probability: p, values } = *input;
        self.run(|workspace, policy| {
            dropout::backward_given(keep, p, values, dx, workspace, policy)
        })
    }

    fn inference(&self, x: &[T], y: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| dropout::inference(x, y, workspace, policy))
    }
}
