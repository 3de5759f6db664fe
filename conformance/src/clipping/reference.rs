//! The clipping of `evenkeel-reference` in the contract: a tensor is a matrix of one row.

use evenkeel_reference::clipping as reference;
use nalgebra::DMatrix;

use super::{Clipping, Gradient, Gradients, NonFinite};
use crate::real::towards_zero;
use crate::reference::{Reference, refusal};
use crate::{Real, Refusal};

impl<T: Real> Clipping<T> for Reference {
    /// The threshold that `T` has; the result is exact in `T` then.
    fn by_value(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        input.check(result)?;
        let threshold = towards_zero::<T>(input.threshold);
        let clipped =
            reference::by_value(&numbers(input.gradient), threshold, policy(input.non_finite));
        fill(&clipped.map_err(refusal)?, result);
        Ok(())
    }

    fn norm(&self, tensors: &[&[T]]) -> Result<T, Refusal> {
        Ok(T::from_f64(reference::norm(&all(tensors))))
    }

    fn norm_in_parts(&self, parts: &[&[T]]) -> Result<T, Refusal> {
        let norm = |part: &&[T]| reference::norm(&[numbers(part)]);
        let norms: Vec<f64> = parts.iter().map(norm).collect();
        Ok(T::from_f64(reference::norm_of_parts(&norms)))
    }

    fn by_norm(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<T, Refusal> {
        input.check(result)?;
        let Gradient { threshold, non_finite, gradient } = *input;
        let clipped = reference::by_norm(&numbers(gradient), threshold, policy(non_finite));
        let (clipped, norm) = clipped.map_err(refusal)?;
        fill(&clipped, result);
        Ok(T::from_f64(norm))
    }

    fn by_global_norm(
        &self,
        input: &Gradients<'_, T>,
        results: &mut [&mut [T]],
    ) -> Result<T, Refusal> {
        input.check(results)?;
        let Gradients { threshold, non_finite, tensors } = *input;
        let clipped = reference::by_global_norm(&all(tensors), threshold, policy(non_finite));
        let clipped = clipped.map_err(refusal)?;
        for (tensor, result) in clipped.gradients.iter().zip(results) {
            fill(tensor, result);
        }
        Ok(T::from_f64(clipped.norm))
    }
}

fn policy(non_finite: NonFinite) -> reference::NonFinite {
    match non_finite {
        NonFinite::Refuse => reference::NonFinite::Refuse,
        NonFinite::Propagate => reference::NonFinite::Propagate,
        NonFinite::Zero => reference::NonFinite::Zero,
    }
}

fn numbers<T: Real>(values: &[T]) -> DMatrix<f64> {
    DMatrix::from_iterator(1, values.len(), values.iter().map(|value| value.to_f64()))
}

fn all<T: Real>(tensors: &[&[T]]) -> Vec<DMatrix<f64>> {
    tensors.iter().map(|tensor| numbers(tensor)).collect()
}

fn fill<T: Real>(numbers: &DMatrix<f64>, to: &mut [T]) {
    to.iter_mut().zip(numbers).for_each(|(to, number)| *to = T::from_f64(*number));
}
