//! What stands between the weights: normalisations, activations, dropout.

use evenkeel_fast::activation::{self, Curve};
use evenkeel_fast::{Element, Moments, batch_norm, dropout, layer_norm};

use super::{Call, Case, EPSILON, Kernel, STREAM, number};

impl<T: Element> Case<T> {
    pub(super) fn normalizations<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let Self { shape, dy, gamma, beta, mean, variance, by_channel, by_row, .. } = self;
        let shape = *shape;
        let (channels, rows) = (by_channel.len(), by_row.len());
        let blank = |groups| vec![Moments::default(); groups];
        all.extend([
            self.map("batch_norm forward", move |x, y, workspace, policy| {
                let moments = &mut blank(channels);
                batch_norm::forward(shape, x, gamma, beta, EPSILON, y, moments, workspace, policy)
            }),
            self.in_place("batch_norm forward_in_place", move |y, workspace, policy| {
                let moments = &mut blank(channels);
                batch_norm::forward_in_place(
                    shape, y, gamma, beta, EPSILON, moments, workspace, policy,
                )
            }),
            self.map("batch_norm normalize", move |x, y, workspace, policy| {
                batch_norm::normalize(
                    shape, x, gamma, beta, EPSILON, by_channel, y, workspace, policy,
                )
            }),
            self.map("batch_norm inference", move |x, y, workspace, policy| {
                batch_norm::inference(
                    shape, x, gamma, beta, mean, variance, EPSILON, y, workspace, policy,
                )
            }),
            self.map("layer_norm forward", move |x, y, workspace, policy| {
                let moments = &mut blank(rows);
                layer_norm::forward(shape, x, gamma, beta, EPSILON, y, moments, workspace, policy)
            }),
            self.in_place("layer_norm forward_in_place", move |y, workspace, policy| {
                let moments = &mut blank(rows);
                layer_norm::forward_in_place(
                    shape, y, gamma, beta, EPSILON, moments, workspace, policy,
                )
            }),
        ]);
        let backward: [(&str, Call<'a, T>); 3] = [
            (
                "batch_norm backward",
                Box::new(move |to, workspace, policy| {
                    let [dx, dgamma, dbeta] = to else { unreachable!("three outputs") };
                    batch_norm::backward(
                        shape, &self.x, gamma, EPSILON, by_channel, dy, dx, dgamma, dbeta,
                        workspace, policy,
                    )
                }),
            ),
            (
                "batch_norm inference_backward",
                Box::new(move |to, workspace, policy| {
                    let [dx, dgamma, dbeta] = to else { unreachable!("three outputs") };
                    batch_norm::inference_backward(
                        shape, &self.x, gamma, mean, variance, EPSILON, dy, dx, dgamma, dbeta,
                        workspace, policy,
                    )
                }),
            ),
            (
                "layer_norm backward",
                Box::new(move |to, workspace, policy| {
                    let [dx, dgamma, dbeta] = to else { unreachable!("three outputs") };
                    layer_norm::backward(
                        shape, &self.x, gamma, EPSILON, by_row, dy, dx, dgamma, dbeta, workspace,
                        policy,
                    )
                }),
            ),
        ];
        all.extend(backward.map(|(name, call)| self.gradients(name, call)));
    }

    pub(super) fn activations<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let dy = &self.dy;
        let curves = [Curve::Sigmoid, Curve::Tanh, Curve::Relu, Curve::LeakyRelu { slope: 0.01 }];
        for (curve, name) in curves.into_iter().zip(["sigmoid", "tanh", "relu", "leaky_relu"]) {
            all.extend([
                self.map(format!("{name} forward"), move |x, y, workspace, policy| {
                    activation::forward(curve, x, y, workspace, policy)
                }),
                self.in_place(format!("{name} forward_in_place"), move |y, workspace, policy| {
                    activation::forward_in_place(curve, y, workspace, policy)
                }),
                self.map(format!("{name} backward"), move |x, y, workspace, policy| {
                    activation::backward(curve, x, dy, y, workspace, policy)
                }),
                self.in_place(format!("{name} backward_in_place"), move |y, workspace, policy| {
                    activation::backward_in_place(curve, dy, y, workspace, policy)
                }),
                self.map(format!("{name} backward_from_output"), move |x, y, workspace, policy| {
                    activation::backward_from_output(curve, x, dy, y, workspace, policy)
                }),
            ]);
        }
    }

    pub(super) fn dropouts<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let keep = |len: usize| (0..len).map(|i| number(7, i) > 0.0).collect::<Vec<_>>();
        for p in [0.1, 0.5] {
            all.extend([
                self.map(format!("dropout forward, {p}"), move |x, y, workspace, policy| {
                    dropout::forward(STREAM, 77, p, x, y, workspace, policy)
                }),
                self.in_place(
                    format!("dropout forward_in_place, {p}"),
                    move |y, workspace, policy| {
                        dropout::forward_in_place(STREAM, 77, p, y, workspace, policy)
                    },
                ),
                self.map(format!("dropout backward, {p}"), move |x, y, workspace, policy| {
                    dropout::backward(STREAM, 77, p, x, y, workspace, policy)
                }),
                self.map(format!("dropout forward_given, {p}"), move |x, y, workspace, policy| {
                    dropout::forward_given(&keep(x.len()), p, x, y, workspace, policy)
                }),
                self.map(format!("dropout backward_given, {p}"), move |x, y, workspace, policy| {
                    dropout::backward_given(&keep(x.len()), p, x, y, workspace, policy)
                }),
            ]);
        }
        all.push(self.map("dropout inference", |x, y, workspace, policy| {
            dropout::inference(x, y, workspace, policy)
        }));
    }
}
