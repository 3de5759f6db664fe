//! Networks with hidden layers: their parameters, and how they get fewer.

use super::{Layer, parameter_count};
use crate::{Error, check};

/// A multilayer perceptron: dense, (normalisation,) activation for each hidden layer, then a dense layer.
/// All dense layers have biases.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Its layers, from the inputs on.
    pub fn layers(&self) -> Vec<Layer> {
        let dense = |inputs, outputs| Layer::Dense { inputs, outputs, has_biases: true };
        let mut layers = Vec::with_capacity(3 * self.hidden.len() + 1);
        let mut reached = self.inputs;
        for &width in &self.hidden {
            layers.push(dense(reached, width));
            if self.has_norm {
                layers.push(Layer::Normalization { width });
            }
            layers.push(Layer::Fixed);
            reached = width;
        }
        layers.push(dense(reached, self.outputs));
        layers
    }
}

/// How many parameters a perceptron has.
///
/// ```
/// use evenkeel_fast::capacity::{Perceptron, perceptron_parameters};
///
/// let perceptron = Perceptron { inputs: 64, hidden: vec![128, 64], outputs: 10, has_norm: true };
/// assert_eq!(perceptron_parameters(&perceptron)?, 17_610);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `inputs`, `hidden` or `outputs` (a size of 0) or `layers` (more than 2⁶⁴ − 1 parameters).
pub fn perceptron_parameters(perceptron: &Perceptron) -> Result<u64, Error> {
    check::at_least_one("inputs", perceptron.inputs)?;
    check::at_least_one("outputs", perceptron.outputs)?;
    perceptron.hidden.iter().try_for_each(|&width| check::at_least_one("hidden", width))?;
    parameter_count(&perceptron.layers())
}

/// The perceptron without hidden layer `index`, counted from 0: its neighbours are connected. Where the
/// layer was narrow that makes more parameters, not fewer.
///
/// # Errors
/// Those of [`perceptron_parameters`], and names `index` (no such layer).
pub fn without_hidden_layer(perceptron: &Perceptron, index: usize) -> Result<Perceptron, Error> {
    perceptron_parameters(perceptron)?;
    let depth = perceptron.hidden.len();
    if index >= depth {
        let allowed = format!("less than {depth}, the number of hidden layers");
        return Err(Error::new("index", index.to_string(), allowed));
    }
    let hidden = [&perceptron.hidden[..index], &perceptron.hidden[index + 1..]].concat();
    Ok(Perceptron { hidden, ..*perceptron })
}

/// The perceptron with max(1, ⌊w·numerator/denominator⌋) for every hidden width w, exactly.
///
/// ```
/// use evenkeel_fast::capacity::{Perceptron, narrowed};
///
/// let perceptron = Perceptron { inputs: 64, hidden: vec![100, 10, 1], outputs: 10, has_norm: false };
/// assert_eq!(narrowed(&perceptron, 29, 100)?.hidden, [29, 2, 1]);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Those of [`perceptron_parameters`], and names `denominator` (0) or `numerator` (0, or above the
/// denominator).
pub fn narrowed(
    perceptron: &Perceptron,
    numerator: u64,
    denominator: u64,
) -> Result<Perceptron, Error> {
    perceptron_parameters(perceptron)?;
    check::fraction(numerator, denominator)?;
    let (n, d) = (u128::from(numerator), u128::from(denominator));
    let narrower = |width: &usize| (*width as u128 * n / d).max(1) as usize;
    Ok(Perceptron { hidden: perceptron.hidden.iter().map(narrower).collect(), ..*perceptron })
}

/// (L − 1)·h² + b·h + outputs, by its coefficients.
pub(super) struct Quadratic {
    square: u64,
    linear: u128,
    constant: usize,
}

impl Quadratic {
    pub(super) fn new(
        inputs: usize,
        outputs: usize,
        depth: usize,
        has_norm: bool,
    ) -> Result<Self, Error> {
        check::at_least_one("inputs", inputs)?;
        check::at_least_one("outputs", outputs)?;
        check::at_least_one("depth", depth)?;
        let per_layer = if has_norm { 3 } else { 1 }; // a bias, and γ and β
        let linear = inputs as u128 + outputs as u128 + per_layer * depth as u128;
        Ok(Self { square: depth as u64 - 1, linear, constant: outputs })
    }

    /// `None` beyond 128 bits.
    fn at(&self, h: u64) -> Option<u128> {
        let h = u128::from(h);
        let slope = (u128::from(self.square) * h).checked_add(self.linear)?;
        slope.checked_mul(h)?.checked_add(self.constant as u128)
    }

    /// The h with at(h) = budget in `f64`, rounded down: right or one off, if at(1) ≤ budget.
    pub(super) fn root(&self, budget: u64) -> u64 {
        let left = u128::from(budget) - self.constant as u128;
        if self.square == 0 {
            return (left / self.linear) as u64;
        }
        let (a, b, left) = (self.square as f64, self.linear as f64, left as f64);
        (2.0 * left / (b + (b * b + 4.0 * a * left).sqrt())) as u64
    }
}

/// The parameters of a perceptron whose `depth` hidden layers all have `width` units.
///
/// # Errors
/// Names `inputs`, `outputs`, `depth` or `width` (0) or `layers` (more than 2⁶⁴ − 1 parameters).
pub fn uniform_parameters(
    inputs: usize,
    outputs: usize,
    depth: usize,
    has_norm: bool,
    width: usize,
) -> Result<u64, Error> {
    let quadratic = Quadratic::new(inputs, outputs, depth, has_norm)?;
    check::at_least_one("width", width)?;
    check::count(quadratic.at(width as u64))
}

/// The largest common width of `depth` hidden layers with which a perceptron has at most `budget`
/// parameters.
///
/// ```
/// use evenkeel_fast::capacity::{uniform_parameters, widest};
///
/// let width = widest(64, 10, 2, true, 17_610)?;
/// assert_eq!(width, 98);
/// assert_eq!(uniform_parameters(64, 10, 2, true, 98)?, 17_454);
/// assert_eq!(uniform_parameters(64, 10, 2, true, 99)?, 17_731);
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// Names `inputs`, `outputs` or `depth` (0) or `budget` (too small for width 1).
pub fn widest(
    inputs: usize,
    outputs: usize,
    depth: usize,
    has_norm: bool,
    budget: u64,
) -> Result<usize, Error> {
    let quadratic = Quadratic::new(inputs, outputs, depth, has_norm)?;
    let fits = |h| quadratic.at(h).is_some_and(|count| count <= u128::from(budget));
    check::budget(budget, quadratic.at(1))?;
    let mut h = quadratic.root(budget).max(1);
    while !fits(h) {
        h -= 1;
    }
    while fits(h + 1) {
        h += 1;
    }
    Ok(usize::try_from(h).unwrap_or(usize::MAX)) // where no memory holds that many
}
