//! Layers with what follows them in the same pass, and the quick forms of the curves.

use evenkeel_fast::activation::{self, Curve};
use evenkeel_fast::dropout::Drawn;
use evenkeel_fast::{Element, Moments, batch_norm, layer_norm};

use super::{Call, Case, EPSILON, Kernel, STREAM};

const SLOPE: f64 = 0.25;
const DRAWN: Drawn = Drawn { stream: STREAM, first: 77, drop_probability: 0.1 };

impl<T: Element> Case<T> {
    pub(super) fn fused_layers<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let Self { shape, gamma, beta, mean, variance, by_channel, by_row, .. } = self;
        let shape = *shape;
        let blank = |groups| vec![Moments::default(); groups];
        all.extend([
            self.map_lent(
                "batch_norm forward_relu",
                blank(by_channel.len()),
                move |x, y, moments, workspace, policy| {
                    batch_norm::forward_relu(
                        shape, x, gamma, beta, EPSILON, SLOPE, y, moments, workspace, policy,
                    )
                },
            ),
            self.map("batch_norm inference_relu", move |x, y, workspace, policy| {
                batch_norm::inference_relu(
                    shape, x, gamma, beta, mean, variance, EPSILON, SLOPE, y, workspace, policy,
                )
            }),
            self.map_lent(
                "layer_norm forward_with_dropout",
                blank(by_row.len()),
                move |x, y, moments, workspace, policy| {
                    layer_norm::forward_with_dropout(
                        shape, x, gamma, beta, EPSILON, DRAWN, y, moments, workspace, policy,
                    )
                },
            ),
        ]);
        all.extend(self.fused_gradients().map(|(name, call)| self.gradients(name, call)));
        for (curve, name) in [(Curve::Sigmoid, "sigmoid"), (Curve::Tanh, "tanh")] {
            all.push(self.map(format!("{name} quick_forward"), move |x, y, workspace, policy| {
                activation::quick_forward(curve, x, y, workspace, policy)
            }));
            all.push(self.in_place(
                format!("{name} quick_forward_in_place"),
                move |y, workspace, policy| {
                    activation::quick_forward_in_place(curve, y, workspace, policy)
                },
            ));
        }
    }

    fn fused_gradients<'a>(&'a self) -> [(&'static str, Call<'a, T>); 2] {
        let Self { shape, dy, gamma, beta, by_channel, by_row, .. } = self;
        let shape = *shape;
        [
            (
                "batch_norm backward_relu",
                Box::new(move |to, workspace, policy| {
                    let [dx, dgamma, dbeta] = to else { unreachable!("three outputs") };
                    batch_norm::backward_relu(
                        shape, &self.x, gamma, beta, EPSILON, SLOPE, by_channel, dy, dx, dgamma,
                        dbeta, workspace, policy,
                    )
                }),
            ),
            (
                "layer_norm backward_with_dropout",
                Box::new(move |to, workspace, policy| {
                    let [dx, dgamma, dbeta] = to else { unreachable!("three outputs") };
                    layer_norm::backward_with_dropout(
                        shape, &self.x, gamma, EPSILON, DRAWN, by_row, dy, dx, dgamma, dbeta,
                        workspace, policy,
                    )
                }),
            ),
        ]
    }
}
