//! Counts in 128 bits: the elements of the tensors that a network keeps, one tensor after the other.
//!
//! `None` is a count beyond 128 bits, and so beyond all that is counted.

use super::{Layer, Uniform};

/// The axes of each tensor of parameters.
fn tensors(layer: &Layer) -> Vec<Vec<usize>> {
    match *layer {
        Layer::Dense { inputs, outputs, has_biases } => {
            let mut all = vec![vec![outputs, inputs]];
            all.extend(has_biases.then(|| vec![outputs]));
            all
        }
        // One tensor for each group, each with its share of both sides.
        Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
            let groups = groups.max(1); // 0 is refused by who looks at sizes
            let one = vec![outputs / groups, inputs / groups, kernel];
            let mut all = vec![[vec![groups], one].concat()];
            all.extend(has_biases.then(|| vec![outputs]));
            all
        }
        Layer::Normalization { width } => vec![vec![width], vec![width]],
        Layer::Fixed => Vec::new(),
    }
}

fn elements(axes: &[usize]) -> Option<u128> {
    axes.iter().try_fold(1_u128, |product, axis| product.checked_mul(*axis as u128))
}

/// The parameters of a list of layers.
pub(super) fn count(layers: &[Layer]) -> Option<u128> {
    let mut tensors = layers.iter().flat_map(tensors);
    tensors.try_fold(0_u128, |sum, axes| sum.checked_add(elements(&axes)?))
}

/// The parameters of a perceptron with hidden layers of a common width: layers that are alike are
/// counted once, and multiplied.
pub(super) fn uniform(uniform: &Uniform, width: usize) -> Option<u128> {
    let Uniform { inputs, outputs, depth, has_norm } = *uniform;
    let dense = |inputs, outputs| Layer::Dense { inputs, outputs, has_biases: true };
    let alike = [
        (1, dense(inputs, width)),
        (depth - 1, dense(width, width)),
        (if has_norm { depth } else { 0 }, Layer::Normalization { width }),
        (1, dense(width, outputs)),
    ];
    alike.iter().try_fold(0_u128, |sum, (times, layer)| {
        let all = count(&[*layer])?.checked_mul(*times as u128)?;
        sum.checked_add(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Perceptron;

    #[test]
    fn counts_by_hand() {
        let convolution =
            Layer::Convolution { inputs: 6, outputs: 4, kernel: 9, groups: 2, has_biases: true };
        assert_eq!(count(&[convolution, Layer::Fixed]), Some(4 * 3 * 9 + 4));
        let perceptron =
            Perceptron { inputs: 64, hidden: vec![128, 64], outputs: 10, has_norm: true };
        assert_eq!(count(&perceptron.layers()), Some(17_610));
        let flat = Perceptron { hidden: Vec::new(), ..perceptron };
        assert_eq!(count(&flat.layers()), Some(650));
    }

    #[test]
    fn layers_that_are_alike_are_counted_as_often_as_they_are_there() {
        for (depth, has_norm) in [(1, true), (3, true), (4, false)] {
            let shape = Uniform { inputs: 5, outputs: 3, depth, has_norm };
            let perceptron = Perceptron { inputs: 5, hidden: vec![7; depth], outputs: 3, has_norm };
            assert_eq!(uniform(&shape, 7), count(&perceptron.layers()));
        }
        let deep = Uniform { inputs: 1, outputs: 1, depth: usize::MAX, has_norm: false };
        assert_eq!(uniform(&deep, usize::MAX), None);
    }
}
