//! Networks with hidden layers: their parameters, and how they get fewer.

use super::{Layer, parameter_count, plus, times};
use crate::{Error, check};

/// A multilayer perceptron: its sizes.
///
/// Clause CAP-09.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Perceptron {
    /// Features of a sample.
    pub inputs: usize,
    /// The widths of the hidden layers, from the inputs on.
    pub hidden: Vec<usize>,
    /// Units of the output layer.
    pub outputs: usize,
    /// Whether a normalisation follows the dense layer of each hidden layer.
    pub has_norm: bool,
}

impl Perceptron {
    /// The layers, from the inputs on: dense, (normalisation,) activation for each hidden layer, and a
    /// dense layer that gives the outputs.
    ///
    /// Clause CAP-09.
    ///
    /// # Example
    /// ```
    /// use evenkeel_reference::capacity::{Layer, Perceptron};
    ///
    /// let perceptron = Perceptron { inputs: 5, hidden: vec![3], outputs: 2, has_norm: true };
    /// assert_eq!(perceptron.layers(), [
    ///     Layer::Dense { inputs: 5, outputs: 3, has_biases: true },
    ///     Layer::Normalization { width: 3 },
    ///     Layer::Fixed,
    ///     Layer::Dense { inputs: 3, outputs: 2, has_biases: true },
    /// ]);
    /// ```
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut inputs = self.inputs;
        for &width in &self.hidden {
            layers.push(Layer::Dense { inputs, outputs: width, has_biases: true });
            if self.has_norm {
                layers.push(Layer::Normalization { width });
            }
            layers.push(Layer::Fixed);
            inputs = width;
        }
        layers.push(Layer::Dense { inputs, outputs: self.outputs, has_biases: true });
        layers
    }
}

/// The parameters of a perceptron: those of its layers.
///
/// Clauses CAP-07, CAP-09, CAP-21.
///
/// # Errors
/// `inputs`, `hidden`, `outputs`: a size of 0. `layers`: more than 2⁶⁴ − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{Perceptron, perceptron_parameters};
///
/// let perceptron = Perceptron { inputs: 64, hidden: vec![128, 64], outputs: 10, has_norm: true };
/// let by_hand = (64 * 128 + 128) + 2 * 128 + (128 * 64 + 64) + 2 * 64 + (64 * 10 + 10);
/// assert_eq!(perceptron_parameters(&perceptron)?, by_hand);
/// assert_eq!(by_hand, 17_610);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn perceptron_parameters(perceptron: &Perceptron) -> Result<u64, Error> {
    check::at_least_one("inputs", perceptron.inputs)?;
    check::at_least_one("outputs", perceptron.outputs)?;
    perceptron.hidden.iter().try_for_each(|&width| check::at_least_one("hidden", width))?;
    parameter_count(&perceptron.layers())
}

/// The perceptron without hidden layer i, counted from 0: its neighbours are connected.
///
/// Clause CAP-10. Source: Goodfellow, Bengio & Courville 2016, section 5.2 (a smaller hypothesis space).
/// There may be more parameters than before, where the layer was narrow.
///
/// # Errors
/// Those of [`perceptron_parameters`] for the perceptron as it is. `index`: there is no such layer.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{Perceptron, perceptron_parameters, without_hidden_layer};
///
/// let narrow = Perceptron { inputs: 100, hidden: vec![1], outputs: 100, has_norm: false };
/// let flat = without_hidden_layer(&narrow, 0)?;
/// assert_eq!(flat, Perceptron { hidden: vec![], ..narrow.clone() });
/// assert_eq!(perceptron_parameters(&narrow)?, 301);
/// assert_eq!(perceptron_parameters(&flat)?, 10_100);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn without_hidden_layer(perceptron: &Perceptron, index: usize) -> Result<Perceptron, Error> {
    perceptron_parameters(perceptron)?;
    check::index(index, perceptron.hidden.len())?;
    let mut smaller = perceptron.clone();
    smaller.hidden.remove(index);
    Ok(smaller)
}

/// w ← max(1, ⌊w·n/d⌋) in every hidden layer.
///
/// Clauses CAP-11 … CAP-13. Source: as [`without_hidden_layer`]; the rounding is defined here. n:
/// `numerator`, d: `denominator`. The product has up to 128 bits and is divided once.
///
/// # Errors
/// Those of [`perceptron_parameters`]. `denominator`: 0. `numerator`: 0, or more than the denominator.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{Perceptron, narrowed};
///
/// let perceptron = Perceptron { inputs: 64, hidden: vec![25, 10, 1], outputs: 10, has_norm: false };
/// assert_eq!(narrowed(&perceptron, 7, 10)?.hidden, [17, 7, 1]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn narrowed(
    perceptron: &Perceptron,
    numerator: u64,
    denominator: u64,
) -> Result<Perceptron, Error> {
    perceptron_parameters(perceptron)?;
    check::fraction(numerator, denominator)?;
    let narrower = |&width: &usize| {
        let share = width as u128 * u128::from(numerator) / u128::from(denominator);
        (share as usize).max(1) // no larger than the width, since n ≤ d
    };
    let hidden = perceptron.hidden.iter().map(narrower).collect();
    Ok(Perceptron { hidden, ..perceptron.clone() })
}

/// P(h) = (L − 1)·h² + (inputs + outputs + L)·h + outputs, and 2·L·h more with normalisations: the
/// parameters of a perceptron whose L hidden layers are h wide.
///
/// Clause CAP-14. Source: the sum of CAP-09 for equal widths.
///
/// # Errors
/// `inputs`, `outputs`, `depth` (L), `width` (h): 0. `layers`: more than 2⁶⁴ − 1.
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{Perceptron, perceptron_parameters, uniform_parameters};
///
/// let perceptron = Perceptron { inputs: 64, hidden: vec![30; 3], outputs: 10, has_norm: true };
/// let count = uniform_parameters(64, 10, 3, true, 30)?;
/// assert_eq!(count, 2 * 30 * 30 + (64 + 10 + 3 + 6) * 30 + 10);
/// assert_eq!(count, perceptron_parameters(&perceptron)?);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn uniform_parameters(
    inputs: usize,
    outputs: usize,
    depth: usize,
    has_norm: bool,
    width: usize,
) -> Result<u64, Error> {
    check::at_least_one("inputs", inputs)?;
    check::at_least_one("outputs", outputs)?;
    check::at_least_one("depth", depth)?;
    check::at_least_one("width", width)?;
    let norms = if has_norm { times(2, depth)? } else { 0 };
    let b = plus(plus(inputs as u64, outputs as u64)?, plus(depth as u64, norms)?)?;
    let square = times(times(depth as u64 - 1, width)?, width)?;
    plus(plus(square, times(b, width)?)?, outputs as u64)
}

/// The largest h with P(h) ≤ budget, found by halving: P grows with h.
///
/// Clauses CAP-14 … CAP-16. Source: defined here.
///
/// # Errors
/// `inputs`, `outputs`, `depth`: 0. `budget`: less than P(1).
///
/// # Example
/// ```
/// use evenkeel_reference::capacity::{uniform_parameters, widest};
///
/// // Two hidden layers between 64 inputs and 10 outputs, with at most 17,610 parameters.
/// let width = widest(64, 10, 2, true, 17_610)?;
/// assert_eq!(width, 98);
/// assert_eq!(uniform_parameters(64, 10, 2, true, 98)?, 17_454);
/// assert_eq!(uniform_parameters(64, 10, 2, true, 99)?, 17_731);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn widest(
    inputs: usize,
    outputs: usize,
    depth: usize,
    has_norm: bool,
    budget: u64,
) -> Result<usize, Error> {
    check::at_least_one("inputs", inputs)?;
    check::at_least_one("outputs", outputs)?;
    check::at_least_one("depth", depth)?;
    let parameters = |width| uniform_parameters(inputs, outputs, depth, has_norm, width).ok();
    let fits = |width| parameters(width).is_some_and(|count| count <= budget);
    check::budget(budget, parameters(1))?;
    // P(h) > h, so a width of `budget` is too much.
    let (mut within, mut beyond) = (1, usize::try_from(budget).unwrap_or(usize::MAX));
    while beyond - within > 1 {
        let middle = within + (beyond - within) / 2;
        if fits(middle) {
            within = middle;
        } else {
            beyond = middle;
        }
    }
    Ok(within)
}
