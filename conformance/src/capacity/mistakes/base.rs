//! Counts in 128 bits, with the step that a fault changes: they share no code with the reference.

use std::collections::HashSet;

use super::super::{Layer, Perceptron, Uniform};
use super::{Fault, Mistake};
use crate::Real;

/// Sums and products that end at the largest number, which is beyond every count.
fn product(factors: &[usize]) -> u128 {
    factors.iter().fold(1_u128, |product, factor| product.saturating_mul(*factor as u128))
}

impl Mistake {
    /// The parameters of one layer.
    fn of_layer(self, layer: &Layer) -> u128 {
        match *layer {
            Layer::Dense { inputs, outputs, has_biases } => product(&[inputs, outputs])
                .saturating_add(self.biases([inputs, outputs, 1], has_biases)),
            Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
                let groups = groups.max(1);
                let weights = match self.fault {
                    Fault::GroupsIgnored => product(&[outputs, inputs, kernel]),
                    Fault::GroupsTwice => product(&[outputs / groups, inputs / groups, kernel]),
                    Fault::KernelIgnored => product(&[outputs, inputs / groups]),
                    _ => product(&[outputs, inputs / groups, kernel]),
                };
                weights.saturating_add(self.biases([inputs, outputs, kernel], has_biases))
            }
            Layer::Normalization { width } => match self.fault {
                Fault::NoAffine => 0,
                Fault::GammaOnly => width as u128,
                Fault::RunningCounted => product(&[4, width]),
                _ => product(&[2, width]),
            },
            Layer::Fixed => u128::from(self.fault == Fault::FixedCounted),
        }
    }

    fn biases(self, [inputs, outputs, kernel]: [usize; 3], has_biases: bool) -> u128 {
        match self.fault {
            Fault::NoBiases => 0,
            Fault::BiasesAlways => outputs as u128,
            _ if !has_biases => 0,
            Fault::BiasPerInput => inputs as u128,
            Fault::BiasPerPosition => product(&[outputs, kernel]),
            _ => outputs as u128,
        }
    }

    /// The parameters of all layers.
    pub(super) fn count(self, layers: &[Layer]) -> u128 {
        let mut seen = HashSet::new();
        let counts = |layer: &&Layer| self.fault != Fault::EqualOnce || seen.insert(**layer);
        let each = layers.iter().filter(counts).map(|layer| self.of_layer(layer));
        each.fold(0, u128::saturating_add)
    }

    /// A count as it is handed out.
    pub(super) fn told(self, count: u128) -> u64 {
        match self.fault {
            Fault::ThirtyTwoBits => u64::from(count as u32),
            Fault::ThroughFloat => count as f64 as u64,
            _ => count as u64,
        }
    }

    /// How long the tensors of a network are.
    pub(super) fn tensor_lengths(self, layers: &[Layer]) -> Vec<usize> {
        let biases = |outputs, has_biases| {
            (has_biases || self.fault == Fault::BiasesStored).then_some(outputs)
        };
        let mut lengths = Vec::new();
        for layer in layers {
            match *layer {
                Layer::Dense { inputs, outputs, has_biases } => {
                    lengths.push(inputs * outputs);
                    lengths.extend(biases(outputs, has_biases));
                }
                Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
                    let full = self.fault == Fault::GroupsStoredFull;
                    let groups = if full { 1 } else { groups.max(1) };
                    lengths.push(outputs * (inputs / groups) * kernel);
                    lengths.extend(biases(outputs, has_biases));
                }
                Layer::Normalization { width } => {
                    let tensors = if self.fault == Fault::RunningStored { 4 } else { 2 };
                    lengths.extend(std::iter::repeat_n(width, tensors));
                }
                Layer::Fixed => {}
            }
        }
        lengths
    }

    /// The layers of a perceptron.
    pub(super) fn layers(self, perceptron: &Perceptron) -> Vec<Layer> {
        let Perceptron { inputs, hidden, outputs, has_norm } = perceptron;
        let has_norm = *has_norm && self.fault != Fault::NormsForgotten;
        let mut layers = Vec::new();
        let mut before = *inputs;
        for width in hidden.iter().copied() {
            let has_biases = !(has_norm && self.fault == Fault::NormDropsBiases);
            layers.push(Layer::Dense { inputs: before, outputs: width, has_biases });
            layers.extend(has_norm.then_some(Layer::Normalization { width }));
            layers.push(Layer::Fixed);
            before = width;
        }
        layers.push(Layer::Dense { inputs: before, outputs: *outputs, has_biases: true });
        if has_norm && self.fault == Fault::OutputNorm {
            layers.push(Layer::Normalization { width: *outputs });
        }
        layers
    }

    /// The perceptron without a hidden layer.
    pub(super) fn without(self, perceptron: &Perceptron, index: usize) -> Perceptron {
        let mut smaller = perceptron.clone();
        let depth = smaller.hidden.len();
        let index = match self.fault {
            Fault::RemovesNext => (index + 1) % depth,
            Fault::RemovesLast => depth - 1,
            _ => index,
        };
        if index < depth {
            smaller.hidden.remove(index);
        }
        smaller
    }

    /// The perceptron with narrower hidden layers.
    pub(super) fn narrower(self, perceptron: &Perceptron, n: u64, d: u64) -> Perceptron {
        let share = |width: usize| self.share(width, n, d);
        let mut smaller = perceptron.clone();
        let changed = if self.fault == Fault::NarrowFirst { 1 } else { usize::MAX };
        smaller.hidden.iter_mut().take(changed).for_each(|width| *width = share(*width));
        match self.fault {
            Fault::NarrowEnds => {
                smaller.inputs = share(smaller.inputs);
                smaller.outputs = share(smaller.outputs);
            }
            Fault::NarrowDropsNorm => smaller.has_norm = false,
            _ => {}
        }
        smaller
    }

    fn share(self, width: usize, n: u64, d: u64) -> usize {
        let (n, d) = if self.fault == Fault::NarrowInverse { (d, n) } else { (n, d) };
        if self.fault == Fault::NarrowFloat {
            return ((width as f64 * (n as f64 / d as f64)) as usize).max(1);
        }
        let (product, d) = (width as u128 * u128::from(n), u128::from(d).max(1));
        let share = match self.fault {
            Fault::NarrowNearest => (product + d / 2) / d,
            _ => product / d,
        };
        let share = usize::try_from(share).unwrap_or(usize::MAX);
        if self.fault == Fault::NarrowZero { share } else { share.max(1) }
    }

    /// The largest width within a budget, bit by bit.
    pub(super) fn widest_width(self, uniform: &Uniform, budget: u64) -> usize {
        if self.fault == Fault::WidestFloat {
            return self.root(uniform, budget);
        }
        let most = match self.fault {
            Fault::WidestStrict => budget.saturating_sub(1),
            _ => budget,
        };
        let fits = |width: usize| self.of_uniform(uniform, width) <= u128::from(most);
        let with =
            |width: usize, bit: u32| if fits(width | 1 << bit) { width | 1 << bit } else { width };
        let width = (0..usize::BITS).rev().fold(0, with);
        match self.fault {
            Fault::WidestZero => width,
            Fault::WidestRoundsUp if self.of_uniform(uniform, width) < u128::from(budget) => {
                width + 1
            }
            Fault::WidestPowerOfTwo if width > 0 => 1 << width.ilog2(),
            _ => width.max(1),
        }
    }

    /// (L − 1)·h² + b·h + outputs, as one product: h·((L − 1)·h + b) + outputs.
    fn of_uniform(self, uniform: &Uniform, width: usize) -> u128 {
        let Uniform { inputs, outputs, depth, .. } = *uniform;
        let between = if self.fault == Fault::WidestOneLayer { 0 } else { depth.saturating_sub(1) };
        let linear = inputs as u128 + outputs as u128 + self.per_unit(uniform);
        let inner = product(&[between, width]).saturating_add(linear);
        inner.saturating_mul(width as u128).saturating_add(outputs as u128)
    }

    /// Biases, γ and β of one unit in each hidden layer.
    fn per_unit(self, uniform: &Uniform) -> u128 {
        let has_norm = uniform.has_norm && self.fault != Fault::WidestNoNorms;
        product(&[if has_norm { 3 } else { 1 }, uniform.depth])
    }

    /// The root of the quadratic equation, as it stands in every book.
    fn root(self, uniform: &Uniform, budget: u64) -> usize {
        let left = budget as f64 - uniform.outputs as f64;
        let square = uniform.depth as f64 - 1.0;
        let linear =
            (uniform.inputs as u128 + uniform.outputs as u128 + self.per_unit(uniform)) as f64;
        if square == 0.0 {
            return ((left / linear) as usize).max(1);
        }
        let root = (linear * linear + 4.0 * square * left).sqrt();
        (((root - linear) / (2.0 * square)) as usize).max(1)
    }

    /// The gap of losses.
    pub(super) fn gap_of_losses<T: Real>(self, train: T, validation: T) -> T {
        let gap = validation - train;
        match self.fault {
            Fault::GapReversed => train - validation,
            Fault::GapAbsolute if gap.to_f64() < 0.0 => -gap,
            Fault::GapRelative => gap / train,
            Fault::NanIsZero if gap.is_nan() => T::from_f64(0.0),
            _ => gap,
        }
    }
}
