//! What is drawn, what becomes of weights and gradients, and images.

use evenkeel_fast::augmentation::{
    self, Axis, Blur, Border, Crop, Erasure, ImageShape, Interpolation, Noise, Rectangle, Rotation,
    Shift,
};
use evenkeel_fast::clipping::{self, Descent, NonFinite, Slope};
use evenkeel_fast::initialization::{self, Family, Layer, Plan, Scheme};
use evenkeel_fast::regularization::{self, Decay, Parameter, Penalty, Role, Step};
use evenkeel_fast::{Element, Shape, random};

use super::{Case, Kernel, STREAM, number};

impl<T: Element> Case<T> {
    /// Random numbers and weights; `first` is odd, so that no draw starts with a group of words.
    pub(super) fn draws<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let layer = Layer::Dense { inputs: self.x.len(), outputs: 1 };
        let draws: Vec<f64> = (0..self.x.len()).map(|i| number(8, i)).collect();
        let plan = move |family| Plan { layer, scheme: Scheme::Xavier { gain: 1.0 }, family };
        all.extend([
            self.map("random uniform", |_, y, workspace, policy| {
                random::uniform(STREAM, 77, 0.7, y, workspace, policy)
            }),
            self.map("random normal", |_, y, workspace, policy| {
                random::normal(STREAM, 77, 1.3, y, workspace, policy)
            }),
            self.map("random truncated_normal", |_, y, workspace, policy| {
                random::truncated_normal(STREAM, 77, 1.3, y, workspace, policy)
            }),
            self.map_lent(
                "initialization weights_given",
                draws,
                move |_, y, draws, workspace, policy| {
                    initialization::weights_given(plan(Family::Normal), draws, y, workspace, policy)
                },
            ),
        ]);
        let families = [Family::Uniform, Family::Normal, Family::TruncatedNormal];
        all.extend(families.into_iter().zip(["uniform", "normal", "truncated_normal"]).map(
            |(family, name)| {
                let name = format!("initialization weights, {name}");
                self.map(name, move |_, y, workspace, policy| {
                    initialization::weights(plan(family), STREAM, y, workspace, policy)
                })
            },
        ));
    }

    pub(super) fn regularizations<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let step = Step { learning_rate: 0.1, lambda: 1e-2, scale: &self.x, gradient: &self.dy };
        all.extend([
            self.value("regularization l1", |w, workspace, policy| {
                regularization::l1(0.3, w, workspace, policy)
            }),
            self.value("regularization l2", |w, workspace, policy| {
                regularization::l2(0.3, w, workspace, policy)
            }),
            self.value("regularization network_penalty", |w, workspace, policy| {
                let (first, rest) = w.split_at(w.len() / 2);
                let weight = |values| Parameter { role: Role::Weight, values };
                let parameters = [first, rest].map(weight);
                regularization::network_penalty(Penalty::L2, 0.3, &parameters, workspace, policy)
            }),
            self.map("regularization l1_gradient", |w, y, workspace, policy| {
                regularization::l1_gradient(0.3, w, y, workspace, policy)
            }),
            self.map("regularization l2_gradient", |w, y, workspace, policy| {
                regularization::l2_gradient(0.3, w, y, workspace, policy)
            }),
            self.map("regularization l1_proximal", |w, y, workspace, policy| {
                regularization::l1_proximal(0.3, w, y, workspace, policy)
            }),
            self.in_place("regularization l1_proximal_in_place", |y, workspace, policy| {
                regularization::l1_proximal_in_place(0.3, y, workspace, policy)
            }),
            self.map("regularization penalized_step", move |w, y, workspace, policy| {
                regularization::penalized_step(&step, w, y, workspace, policy)
            }),
            self.in_place("regularization penalized_step_in_place", move |y, workspace, policy| {
                regularization::penalized_step_in_place(&step, y, workspace, policy)
            }),
            self.map("regularization decayed_step", move |w, y, workspace, policy| {
                regularization::decayed_step(&step, w, y, workspace, policy)
            }),
            self.in_place("regularization decayed_step_in_place", move |y, workspace, policy| {
                regularization::decayed_step_in_place(&step, y, workspace, policy)
            }),
        ]);
    }

    /// Thresholds below the norm: everything is changed.
    pub(super) fn clippings<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        const HOW: NonFinite = NonFinite::Refuse;
        let len = self.x.len();
        let (first, rest) = (len / 3, len - len / 3);
        all.extend([
            self.map("clipping by_value", |g, y, workspace, policy| {
                clipping::by_value(0.7, HOW, g, y, workspace, policy)
            }),
            self.in_place("clipping by_value_in_place", |y, workspace, policy| {
                clipping::by_value_in_place(0.7, HOW, y, workspace, policy)
            }),
            self.value("clipping norm", |g, workspace, policy| {
                Ok(clipping::norm(&[g], workspace, policy))
            }),
            self.map("clipping by_norm", |g, y, workspace, policy| {
                clipping::by_norm(0.7, HOW, g, y, workspace, policy).map(|_| ())
            }),
            self.in_place("clipping by_norm_in_place", |y, workspace, policy| {
                clipping::by_norm_in_place(0.7, HOW, y, workspace, policy).map(|_| ())
            }),
            Kernel {
                name: "clipping by_global_norm".into(),
                lengths: vec![first, rest],
                call: Box::new(move |to, workspace, policy| {
                    let tensors = [&self.x[..first], &self.x[first..]];
                    clipping::by_global_norm(0.7, HOW, &tensors, to, workspace, policy).map(|_| ())
                }),
            },
            Kernel {
                name: "clipping by_global_norm_in_place".into(),
                lengths: vec![first, rest],
                call: Box::new(move |to, workspace, policy| {
                    to[0].copy_from_slice(&self.x[..first]);
                    to[1].copy_from_slice(&self.x[first..]);
                    clipping::by_global_norm_in_place(0.7, HOW, to, workspace, policy).map(|_| ())
                }),
            },
            self.in_place("clipping by_merged_norm_in_place", |y, workspace, policy| {
                // Another machine holds dy.
                let total = clipping::squared_norm(&[y], workspace, policy);
                let total = total.merge(&clipping::squared_norm(&[&self.dy], workspace, policy));
                clipping::by_merged_norm_in_place(&total, 0.7, HOW, &mut [y], workspace, policy)
                    .map(|_| ())
            }),
        ]);
        let decays = [Decay::None, Decay::Coupled, Decay::Decoupled];
        all.extend(decays.map(|decay| self.descent(decay, first)));
    }

    /// x are the weights, in two tensors, dy the gradients and what they are scaled with.
    fn descent(&self, decay: Decay, first: usize) -> Kernel<'_, T> {
        let rule = Descent {
            threshold: 0.7,
            non_finite: NonFinite::Refuse,
            learning_rate: 0.1,
            lambda: 1e-2,
        };
        self.in_place(format!("clipping descend, {decay:?}"), move |y, workspace, policy| {
            let slope = |gradient, scale| Slope { decay, gradient, scale };
            let (g, rest) = self.dy.split_at(first);
            let slopes = [slope(g, None), slope(rest, Some(rest))];
            let (w, others) = y.split_at_mut(first);
            clipping::descend(&rule, &slopes, &mut [w, others], workspace, policy).map(|_| ())
        })
    }

    /// The channels are rows, the inner elements columns.
    pub(super) fn augmentations<'a>(&'a self, all: &mut Vec<Kernel<'a, T>>) {
        let Shape { outer, channels: height, inner: width } = self.shape;
        let shape = ImageShape::new(outer, 1, height, width);
        let part = Rectangle { top: 0, left: 0, height: height.div_ceil(2), width };
        let noise = Noise { deviation: 0.25, clamp: Some([-1.0, 1.0]) };
        let blur = Blur { deviation: 0.8, radius: 2, border: Border::Reflect };
        for interpolation in [Interpolation::Bilinear, Interpolation::Nearest] {
            let rotation = Rotation { degrees: 17.0, interpolation, fill: 0.5 };
            let name = format!("augmentation rotate, {interpolation:?}");
            all.push(self.map(name, move |x, y, workspace, policy| {
                augmentation::rotate(shape, rotation, x, y, workspace, policy)
            }));
        }
        for axis in [Axis::Horizontal, Axis::Vertical] {
            let name = format!("augmentation flip, {axis:?}");
            all.push(self.map(name, move |x, y, workspace, policy| {
                augmentation::flip(shape, axis, x, y, workspace, policy)
            }));
        }
        all.extend([
            self.map("augmentation shift", move |x, y, workspace, policy| {
                let by = Shift { down: 1, right: -2, fill: 0.5 };
                augmentation::shift(shape, by, x, y, workspace, policy)
            }),
            self.map("augmentation crop", move |x, y, workspace, policy| {
                let window = Rectangle { top: 2, left: 1, height, width };
                let crop = Crop { padding: 2, window, fill: 0.5 };
                augmentation::crop(shape, crop, x, y, workspace, policy)
            }),
            self.map("augmentation add_noise", move |x, y, workspace, policy| {
                augmentation::add_noise(shape, noise, &self.dy, x, y, workspace, policy)
            }),
            self.map("augmentation blur", move |x, y, workspace, policy| {
                augmentation::blur(shape, blur, x, y, workspace, policy)
            }),
            self.map("augmentation erase", move |x, y, workspace, policy| {
                let erasure = Erasure { rectangle: part, fill: 0.5 };
                augmentation::erase(shape, erasure, x, y, workspace, policy)
            }),
        ]);
    }
}
