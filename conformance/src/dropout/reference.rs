//! The dropout of `evenkeel-reference` in the contract: a tensor is a matrix of one row.

use evenkeel_reference::Error;
use evenkeel_reference::dropout as reference;
use nalgebra::DMatrix;

use super::{BACKWARD, Dropout, FORWARD, Given, Seeded};
use crate::reference::{Reference, refusal};
use crate::refusal::check_length;
use crate::{Draw, Real, Refusal};

impl<T: Real> Dropout<T> for Reference {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn is_dropped(&self, drop_probability: f64, half: u16, tie: u32) -> Result<bool, Refusal> {
        let threshold = reference::threshold(drop_probability).map_err(refusal)?;
        Ok(reference::is_dropped(threshold, half, tie))
    }

    fn mask(&self, draw: Draw, drop_probability: f64, keep: &mut [bool]) -> Result<(), Refusal> {
        let drawn = drawn(draw, drop_probability, keep.len())?;
        keep.copy_from_slice(drawn.as_slice());
        Ok(())
    }

    fn forward(&self, input: &Seeded<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(FORWARD, y)?;
        let keep = drawn(input.draw, input.drop_probability, y.len())?;
        write(&reference::forward, input.values, &keep, input.drop_probability, y)
    }

    fn backward(&self, input: &Seeded<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        input.check(BACKWARD, dx)?;
        let keep = drawn(input.draw, input.drop_probability, dx.len())?;
        write(&reference::backward, input.values, &keep, input.drop_probability, dx)
    }

    fn forward_given(&self, input: &Given<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(FORWARD, y)?;
        write(&reference::forward, input.values, &row(input.keep), input.drop_probability, y)
    }

    fn backward_given(&self, input: &Given<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        input.check(BACKWARD, dx)?;
        write(&reference::backward, input.values, &row(input.keep), input.drop_probability, dx)
    }

    fn inference(&self, x: &[T], y: &mut [T]) -> Result<(), Refusal> {
        check_length("y", y, x.len())?;
        fill(&reference::inference(&numbers(x)), y);
        Ok(())
    }
}

fn drawn(draw: Draw, drop_probability: f64, length: usize) -> Result<DMatrix<bool>, Refusal> {
    draw.check(length)?;
    let stream = draw.stream.of_reference();
    reference::keep_mask(stream, draw.first, 1, length, drop_probability).map_err(refusal)
}

fn row(keep: &[bool]) -> DMatrix<bool> {
    DMatrix::from_row_slice(1, keep.len(), keep)
}

fn numbers<T: Real>(values: &[T]) -> DMatrix<f64> {
    DMatrix::from_iterator(1, values.len(), values.iter().map(|value| value.to_f64()))
}

/// A direction of the reference: values, mask, p.
type Direction = dyn Fn(&DMatrix<f64>, &DMatrix<bool>, f64) -> Result<DMatrix<f64>, Error>;

fn write<T: Real>(
    direction: &Direction,
    values: &[T],
    keep: &DMatrix<bool>,
    drop_probability: f64,
    out: &mut [T],
) -> Result<(), Refusal> {
    fill(&direction(&numbers(values), keep, drop_probability).map_err(refusal)?, out);
    Ok(())
}

fn fill<T: Real>(numbers: &DMatrix<f64>, out: &mut [T]) {
    out.iter_mut().zip(numbers.iter()).for_each(|(out, number)| *out = T::from_f64(*number));
}
