//! The layer normalisation of the kernels.

use evenkeel_conformance::layer_norm::{Backward, Forward, Gradients, LayerNorm};
use evenkeel_conformance::{Real, Refusal, Shape};
use evenkeel_fast::{Element, layer_norm};

use super::{Fast, blank, shape};

impl<T: Real + Element> LayerNorm<T> for Fast {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let Forward { shape: layout, x, gamma, beta, epsilon } = *input;
        let mut moments = blank(rows(layout, x));
        self.run(|workspace, policy| {
            let layout = shape(layout);
            layer_norm::forward(layout, x, gamma, beta, epsilon, y, &mut moments, workspace, policy)
        })
    }

    fn backward(&self, input: &Backward<'_, T>, to: Gradients<'_, T>) -> Result<(), Refusal> {
        let Backward { shape: layout, x, gamma, epsilon, dy } = *input;
        let Gradients { dx, dgamma, dbeta } = to;
        // The forward pass leaves the statistics that backward reads; its y is not asked for.
        let (mut moments, mut y) = (blank(rows(layout, x)), vec![T::default(); x.len()]);
        self.run(|workspace, policy| {
            let (layout, own) = (shape(layout), &mut moments);
            layer_norm::forward(layout, x, gamma, gamma, epsilon, &mut y, own, workspace, policy)?;
            layer_norm::backward(
                layout, x, gamma, epsilon, &moments, dy, dx, dgamma, dbeta, workspace, policy,
            )
        })
    }
}

/// How many rows there are: no more than values, or the kernels will refuse `x`.
fn rows<T>(layout: Shape, x: &[T]) -> usize {
    layout.per_channel().min(x.len())
}
