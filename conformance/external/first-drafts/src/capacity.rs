//! Counts of parameters, narrower layers, and the widest network for a budget. `None` is beyond 64 bits.

/// A weight for each input and output, a bias for each output.
pub fn dense(inputs: usize, outputs: usize, has_biases: bool) -> Option<u64> {
    let weights = (inputs as u64).checked_mul(outputs as u64)?;
    if has_biases { weights.checked_add(outputs as u64) } else { Some(weights) }
}

/// A kernel for each input and output of a group, a bias for each output: a dense layer from the inputs of
/// a group and the positions of the kernel.
pub fn convolution([inputs, outputs, kernel, groups]: [usize; 4], has_biases: bool) -> Option<u64> {
    dense((inputs / groups).checked_mul(kernel)?, outputs, has_biases)
}

/// γ and β.
pub fn normalization(width: usize) -> Option<u64> {
    (width as u64).checked_mul(2)
}

/// A dense layer into each hidden layer and one into the outputs, with γ and β behind all but the last.
pub fn perceptron(inputs: usize, hidden: &[usize], outputs: usize, has_norm: bool) -> Option<u64> {
    let (mut before, mut sum) = (inputs, 0_u64);
    for &width in hidden {
        sum = sum.checked_add(dense(before, width, true)?)?;
        if has_norm {
            sum = sum.checked_add(normalization(width)?)?;
        }
        before = width;
    }
    sum.checked_add(dense(before, outputs, true)?)
}

/// A share of a width, rounded down, at least 1.
pub fn narrowed(width: usize, numerator: u64, denominator: u64) -> usize {
    let share = width as u128 * u128::from(numerator) / u128::from(denominator);
    (share as usize).max(1)
}

/// The largest width of all hidden layers within the budget, by halving; width 1 fits.
pub fn widest(inputs: usize, outputs: usize, depth: usize, has_norm: bool, budget: u64) -> usize {
    let per_layer = if has_norm { 3 } else { 1 };
    let ends = inputs as u128 + outputs as u128 + per_layer * depth as u128;
    let fits = |h: u128| {
        let all =
            (depth as u128 - 1).checked_mul(h).and_then(|slope| (slope + ends).checked_mul(h));
        all.is_some_and(|all| all + outputs as u128 <= u128::from(budget))
    };
    let (mut within, mut beyond) = (1, u128::from(budget));
    while beyond - within > 1 {
        let middle = (within + beyond) / 2;
        if fits(middle) {
            within = middle;
        } else {
            beyond = middle;
        }
    }
    within as usize
}
