//! The clipping of the kernels.

use evenkeel_conformance::clipping::{Clipping, Gradient, Gradients, NonFinite};
use evenkeel_conformance::{Real, Refusal};
use evenkeel_fast::{Element, SquaredNorm, clipping};

use super::Fast;

impl<T: Real + Element> Clipping<T> for Fast {
    fn by_value(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<(), Refusal> {
        let Gradient { threshold, non_finite, gradient } = *input;
        let non_finite = policy_of(non_finite);
        self.run(|workspace, policy| {
            clipping::by_value(threshold, non_finite, gradient, result, workspace, policy)
        })
    }

    fn norm(&self, tensors: &[&[T]]) -> Result<T, Refusal> {
        self.run(|workspace, policy| Ok(clipping::norm(tensors, workspace, policy)))
    }

    /// Each part as another machine would send it.
    fn norm_in_parts(&self, parts: &[&[T]]) -> Result<T, Refusal> {
        self.run(|workspace, policy| {
            let mut total = SquaredNorm::default();
            for part in parts {
                total = total.merge(&clipping::squared_norm(&[part], workspace, policy));
            }
            Ok(T::from_f64(total.norm()))
        })
    }

    fn by_norm(&self, input: &Gradient<'_, T>, result: &mut [T]) -> Result<T, Refusal> {
        let Gradient { threshold, non_finite, gradient } = *input;
        let non_finite = policy_of(non_finite);
        self.run(|workspace, policy| {
            clipping::by_norm(threshold, non_finite, gradient, result, workspace, policy)
        })
    }

    fn by_global_norm(
        &self,
        input: &Gradients<'_, T>,
        results: &mut [&mut [T]],
    ) -> Result<T, Refusal> {
        let Gradients { threshold, non_finite, tensors } = *input;
        let non_finite = policy_of(non_finite);
        self.run(|workspace, policy| {
            clipping::by_global_norm(threshold, non_finite, tensors, results, workspace, policy)
        })
    }
}

fn policy_of(non_finite: NonFinite) -> clipping::NonFinite {
    match non_finite {
        NonFinite::Refuse => clipping::NonFinite::Refuse,
        NonFinite::Propagate => clipping::NonFinite::Propagate,
        NonFinite::Zero => clipping::NonFinite::Zero,
    }
}
