//! What stands between the weights: normalisations, activations, dropout.

use evenkeel_fast::activation::{self, Curve};
use evenkeel_fast::batch_norm::{self, RunningVariance};
use evenkeel_fast::{Element, Moments, dropout, layer_norm};

use super::{Call, Case, EPSILON, Kernel, STREAM, number};

impl<T: Element> Case<T> {
    pub(super) fn normalizations<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let Self { shape, dy, gamma, beta, mean, variance, by_channel, by_row, .. } = self;
        let shape = *shape;
        let (channels, rows) = (by_channel.len(), by_row.len());
        let blank = |groups| vec![Moments::default(); groups];
        all.extend([
            self.map_lent(
                "batch_norm forward",
                blank(channels),
                move |x, y, moments, workspace, policy| {
                    batch_norm::forward(
                        shape, x, gamma, beta, EPSILON, y, moments, workspace, policy,
                    )
                },
            ),
            self.map_lent(
                "batch_norm forward_in_place",
                blank(channels),
                move |x, y, moments, workspace, policy| {
                    y.copy_from_slice(x);
                    batch_norm::forward_in_place(
                        shape, y, gamma, beta, EPSILON, moments, workspace, policy,
                    )
                },
            ),
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
            self.map_lent(
                "layer_norm forward",
                blank(rows),
                move |x, y, moments, workspace, policy| {
                    layer_norm::forward(
                        shape, x, gamma, beta, EPSILON, y, moments, workspace, policy,
                    )
                },
            ),
            self.map_lent(
                "layer_norm forward_in_place",
                blank(rows),
                move |x, y, moments, workspace, policy| {
                    y.copy_from_slice(x);
                    layer_norm::forward_in_place(
                        shape, y, gamma, beta, EPSILON, moments, workspace, policy,
                    )
                },
            ),
        ]);
        all.push(Kernel {
            name: "batch_norm update_running".into(),
            lengths: vec![channels; 2],
            call: Box::new(move |to, _, _| {
                let [to_mean, to_variance] = to else { unreachable!("two outputs") };
                to_mean.copy_from_slice(mean);
                to_variance.copy_from_slice(variance);
                let convention = RunningVariance::Biased;
                batch_norm::update_running(by_channel, to_mean, to_variance, 0.1, convention)
            }),
        });
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
                self.map_lent(
                    format!("dropout mask, {p}"),
                    vec![false; self.x.len()],
                    move |x, y, keep, workspace, policy| {
                        dropout::mask(STREAM, 77, p, keep, workspace, policy)?;
                        for ((y, x), keep) in y.iter_mut().zip(x).zip(keep) {
                            *y = if *keep { *x } else { T::default() };
                        }
                        Ok(())
                    },
                ),
                self.map_lent(
                    format!("dropout forward_given, {p}"),
                    keep(self.x.len()),
                    move |x, y, keep, workspace, policy| {
                        dropout::forward_given(keep, p, x, y, workspace, policy)
                    },
                ),
                self.map_lent(
                    format!("dropout backward_given, {p}"),
                    keep(self.x.len()),
                    move |x, y, keep, workspace, policy| {
                        dropout::backward_given(keep, p, x, y, workspace, policy)
                    },
                ),
            ]);
        }
        all.push(self.map("dropout inference", |x, y, workspace, policy| {
            dropout::inference(x, y, workspace, policy)
        }));
    }
}
