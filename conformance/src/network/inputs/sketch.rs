//! A network and its batch from few numbers: the values are a formula of a seed.

use crate::Real;
use crate::activation::Curve;
use crate::inputs::unit_at;
use crate::network::{Case, GoalValues, Layer, Plan, Rule};

/// A layer that takes the width that comes.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Piece {
    Dense(usize),
    BatchNorm { epsilon: f64, weight_of_new: f64 },
    LayerNorm { epsilon: f64 },
    Curve(Curve),
    Dropout(f64),
}

/// All that a case is made of.
#[derive(Debug, Clone)]
pub(in super::super) struct Sketch {
    pub(in super::super) pieces: Vec<Piece>,
    pub(in super::super) inputs: usize,
    pub(in super::super) rows: usize,
    pub(in super::super) classes: bool,
    pub(in super::super) rule: Rule,
    pub(in super::super) seed: u64,
    /// Full significands; multiples of 1/64 where not.
    pub(in super::super) fine: bool,
    /// What weights and data are multiplied with.
    pub(in super::super) scale: f64,
}

/// More dense layers are left out.
const MOST_DENSE: usize = 3;

impl Sketch {
    /// The layers, each as wide as what reaches it; something in it says how wide.
    fn layers(&self) -> Vec<Layer> {
        let (mut width, mut dense) = (self.inputs, 0);
        let mut layers = Vec::new();
        for piece in &self.pieces {
            layers.push(match *piece {
                Piece::Dense(_) if dense == MOST_DENSE => continue,
                Piece::Dense(outputs) => {
                    dense += 1;
                    Layer::Dense { inputs: std::mem::replace(&mut width, outputs), outputs }
                }
                Piece::BatchNorm { epsilon, weight_of_new } => {
                    Layer::BatchNorm { width, epsilon, weight_of_new }
                }
                Piece::LayerNorm { epsilon } => Layer::LayerNorm { width, epsilon },
                Piece::Curve(curve) => Layer::Activation(curve),
                Piece::Dropout(drop_probability) => Layer::Dropout { drop_probability },
            });
        }
        if layers.iter().all(|layer| layer.asks_for().is_none()) {
            layers.push(Layer::Dense { inputs: width, outputs: 2 });
        }
        layers
    }

    /// The `i`-th number of a kind, between −2 and 2.
    fn number(&self, which: u64, i: usize) -> f64 {
        let number = unit_at(self.seed ^ (which << 58), i);
        // No −0: adding +0 makes +0 of it.
        if self.fine { number } else { (number * 64.0).round() / 64.0 + 0.0 }
    }

    fn numbers<T: Real>(&self, which: u64, count: usize, scale: f64) -> Vec<T> {
        (0..count).map(|i| T::from_f64(scale * self.number(which, i))).collect()
    }

    pub(in super::super) fn case<T: Real>(&self) -> Case<T> {
        let layers = self.layers();
        let plan = Plan::of(&layers).expect("each layer is as wide as what reaches it");
        let rows = self.rows.max(if plan.needs_two_rows { 2 } else { 1 });
        let outputs = plan.outputs();
        let class = |i: usize| (unit_at(self.seed ^ (9 << 58), i) * 1e6).abs() as usize % outputs;
        let goal = match self.classes {
            true => GoalValues::Classes((0..rows).map(class).collect()),
            false => GoalValues::Values(self.numbers(4, rows * outputs, 1.0)),
        };
        Case {
            parameters: self.parameters(&layers),
            statistics: self.statistics(&layers),
            x: self.numbers(3, rows * plan.inputs(), self.scale),
            keep: self.keep(&layers, &plan, rows),
            rule: self.rule,
            rows,
            goal,
            layers,
        }
    }

    fn parameters<T: Real>(&self, layers: &[Layer]) -> Vec<T> {
        let mut all: Vec<T> = Vec::new();
        for layer in layers {
            for k in 0..layer.parameters() {
                let number = self.number(1, all.len());
                all.push(T::from_f64(match layer {
                    Layer::Dense { inputs, outputs } if k < inputs * outputs => {
                        let spread = 2.0_f64.powi(-(inputs.ilog2() as i32) / 2);
                        self.scale * number * spread
                    }
                    Layer::Dense { .. } => self.scale * number / 2.0,
                    // Around 1, and around 0.
                    layer if k < layer.parameters() / 2 => 1.0 + number / 4.0,
                    _ => number / 4.0,
                }));
            }
        }
        all
    }

    /// Running means around 0, running variances above it.
    fn statistics<T: Real>(&self, layers: &[Layer]) -> Vec<T> {
        let mut all = Vec::new();
        for layer in layers {
            let count = layer.statistics();
            for k in 0..count {
                let number = self.number(2, all.len());
                let value = if k < count / 2 { number / 2.0 } else { 0.25 + number.abs() };
                all.push(T::from_f64(value));
            }
        }
        all
    }

    /// Each flag with its layer's own probability.
    fn keep(&self, layers: &[Layer], plan: &Plan, rows: usize) -> Vec<bool> {
        let mut all = Vec::new();
        for (layer, width) in layers.iter().zip(&plan.widths) {
            if let Layer::Dropout { drop_probability } = layer {
                let share = |i: usize| unit_at(self.seed ^ (8 << 58), i) / 4.0 + 0.5;
                let first = all.len();
                all.extend((0..rows * width).map(|i| share(first + i) >= *drop_probability));
            }
        }
        all
    }
}
