//! Networks: layers, a loss, back-propagation and gradient descent, with the techniques in them.
//!
//! ```text
//! a⁰ = x,   aᵏ = layer_k(aᵏ⁻¹),   z = a^K                       forward
//! g = ∂L/∂θ + ∂R/∂θ,   g ← g·min(1, τ/‖g‖),   θ ← θ − η·g        one step
//! ```
//!
//! A batch x is m × inputs, row by row, a row a sample. Parameters θ lie one after the other in the order
//! of the layers: W (outputs × inputs, row by row) and b of a dense layer, γ and β of a normalisation;
//! running statistics likewise, mean and variance of each batch norm.
//!
//! **Sources.** D. E. Rumelhart, G. E. Hinton, R. J. Williams, Nature 323 (1986); C. M. Bishop, "Pattern
//! recognition and machine learning" (2006), §§ 4.3.4, 5.3; S. Ioffe, C. Szegedy, ICML 2015, § 3.2.
//!
//! **Hazard.** A network with a faulty gradient trains all the same, only worse. e^z overflows; a batch
//! of one has no variance; a step with NaN is the end of a network.
//!
//! **Method.** Each layer is the kernel of its technique. Outputs of all layers are kept for the way back,
//! masks are drawn again there. All memory stands in a [`Scratch`], which grows with the largest batch and
//! is used again: from the second step on nothing is allocated, as long as no batch is larger and one
//! thread does the work. A
//! step checks everything first and a gradient that is not finite last, so that it is taken whole or not
//! at all.
//!
//! **Promises.** The same bits on any number of threads: every block depends on the shape alone.
//! *Not* over machines: the dense products of `faer` choose their order by the processor, and the
//! exponentials of the softmax are the platform's.

mod descend;
mod file;
mod kernels;
mod layer;
mod loss;
mod passes;
mod product;
mod scratch;
mod start;
#[cfg(test)]
mod tests;
mod through;

pub use descend::{Rule, Taken};
pub(crate) use kernels::Kernels;
pub use layer::Layer;
pub use loss::Goal;
pub use passes::{Batch, Masks};
pub use scratch::Scratch;

use layer::{Place, places, totals};

use crate::{Element, Error, check};

/// A network: its layers, their parameters and running statistics.
///
/// ```
/// use evenkeel_fast::activation::Curve;
/// use evenkeel_fast::network::{Batch, Goal, Layer, Masks, Network, Rule, Scratch};
///
/// // Learns x₁ xor x₂.
/// let layers =
///     [Layer::dense(2, 8), Layer::Activation(Curve::Tanh), Layer::dense(8, 2)];
/// let mut network = Network::<f32>::new(&layers)?;
/// let mut scratch = Scratch::default();
/// network.initialize(1, &mut scratch)?;
/// let x = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
/// let goal = Goal::Classes(&[0, 1, 1, 0]);
/// let batch = Batch { rows: 4, x: &x, goal, masks: Masks::none() };
/// for _ in 0..200 {
///     network.step(&batch, &Rule::learning(1.0), &mut scratch)?;
/// }
/// let mut z = [0.0; 8];
/// network.inference(4, &x, &mut z, &mut scratch)?;
/// let answers = [0, 1, 2, 3].map(|i| usize::from(z[2 * i + 1] > z[2 * i]));
/// assert_eq!(answers, [0, 1, 1, 0]);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Network<T> {
    layers: Vec<Layer>,
    places: Vec<Place>,
    parameters: Vec<T>,
    statistics: Vec<T>,
    /// Flags of a row in the masks of all dropout layers.
    flags: usize,
}

impl<T: Element> Network<T> {
    /// A network that has learned nothing: W, b and β are 0, γ is 1, running mean 0 and variance 1.
    ///
    /// # Errors
    /// Names `layers` (none; no width; a width of 0; widths that do not follow on each other; more
    /// numbers than memory can hold), `epsilon`, `weight_of_new`, `slope` or `drop_probability`.
    pub fn new(layers: &[Layer]) -> Result<Self, Error> {
        let places = places(layers)?;
        let [parameters, statistics, flags] = totals(layers, &places);
        let mut network = Self {
            layers: layers.to_vec(),
            places,
            parameters: room(parameters)?,
            statistics: room(statistics)?,
            flags,
        };
        network.start_normalizations();
        Ok(network)
    }

    fn start_normalizations(&mut self) {
        for (layer, place) in self.layers.iter().zip(&self.places) {
            if let Layer::BatchNorm { .. } | Layer::LayerNorm { .. } = layer {
                self.parameters[place.parameters..][..place.outputs].fill(T::round(1.0));
            }
            if let Layer::BatchNorm { .. } = layer {
                self.statistics[place.statistics + place.outputs..][..place.outputs]
                    .fill(T::round(1.0));
            }
        }
    }

    /// The layers.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The width of x.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.places[0].inputs
    }

    /// The width of what comes out.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.places[self.places.len() - 1].outputs
    }

    /// How many flags the masks of all dropout layers have for a row.
    #[must_use]
    pub fn flags(&self) -> usize {
        self.flags
    }

    /// All parameters, in the order of the layers: W, b; γ, β.
    #[must_use]
    pub fn parameters(&self) -> &[T] {
        &self.parameters
    }

    /// All parameters, to be changed.
    pub fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.parameters
    }

    /// Running mean and variance of every batch norm, in their order.
    #[must_use]
    pub fn statistics(&self) -> &[T] {
        &self.statistics
    }

    /// Running means and variances, to be changed.
    pub fn statistics_mut(&mut self) -> &mut [T] {
        &mut self.statistics
    }

    /// The two tensors of layer k: W, b or γ, β; empty where it has none.
    fn tensors(&self, k: usize) -> [&[T]; 2] {
        split(&self.parameters, &self.places[k])
    }

    /// Running mean and variance of layer k, a batch norm.
    fn running(&self, k: usize) -> [&[T]; 2] {
        let Place { statistics, outputs, .. } = self.places[k];
        let (mean, variance) = self.statistics[statistics..][..2 * outputs].split_at(outputs);
        [mean, variance]
    }

    fn check_input(&self, rows: usize, x: &[T]) -> Result<(), Error> {
        check::rows(rows, 1)?;
        check::length("x", x, times("rows", rows, self.inputs())?)
    }
}

/// So many zeros, if there is memory for them.
fn room<T: Element>(count: usize) -> Result<Vec<T>, Error> {
    let mut values = Vec::new();
    let full = |_| Error::new("layers", format!("{count} numbers"), "as many as memory can hold");
    values.try_reserve_exact(count).map_err(full)?;
    values.resize(count, T::default());
    Ok(values)
}

/// The two tensors of a layer, in the parameters or in their gradient.
fn split<'a, T>(values: &'a [T], place: &Place) -> [&'a [T]; 2] {
    let [first, second] = place.lengths;
    let (first, second) = values[place.parameters..][..first + second].split_at(first);
    [first, second]
}

/// The same, to be written.
fn split_mut<'a, T>(values: &'a mut [T], place: &Place) -> [&'a mut [T]; 2] {
    let [first, second] = place.lengths;
    let (first, second) = values[place.parameters..][..first + second].split_at_mut(first);
    [first, second]
}

/// rows · width, if there can be so many numbers.
fn times(name: &'static str, rows: usize, width: usize) -> Result<usize, Error> {
    let allowed = isize::MAX as usize / 8;
    let product = rows.checked_mul(width).filter(|&product| product <= allowed);
    product
        .ok_or_else(|| Error::new(name, rows.to_string(), format!("at most {}", allowed / width)))
}
