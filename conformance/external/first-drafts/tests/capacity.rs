use evenkeel_conformance::Refusal;
use evenkeel_conformance::capacity::{
    Capacity, Layer, Perceptron, Uniform, check_accuracies, check_fraction, check_index,
    check_layers,
};
use first_drafts::capacity::{convolution, dense, narrowed, normalization, perceptron, widest};

struct Mine;

fn parameters(layer: &Layer) -> Option<u64> {
    match *layer {
        Layer::Dense { inputs, outputs, has_biases } => dense(inputs, outputs, has_biases),
        Layer::Convolution { inputs, outputs, kernel, groups, has_biases } => {
            convolution([inputs, outputs, kernel, groups], has_biases)
        }
        Layer::Normalization { width } => normalization(width),
        Layer::Fixed => Some(0),
    }
}

/// The checks have refused what is beyond.
fn counted(count: Option<u64>) -> Result<u64, Refusal> {
    count.ok_or_else(|| Refusal::Failed("beyond 64 bits".into()))
}

impl Capacity<f64> for Mine {
    fn parameter_count(&self, layers: &[Layer]) -> Result<u64, Refusal> {
        check_layers(layers)?;
        let add = |sum: u64, layer| sum.checked_add(parameters(layer)?);
        counted(layers.iter().try_fold(0, add))
    }

    fn perceptron_parameters(&self, network: &Perceptron) -> Result<u64, Refusal> {
        network.check()?;
        counted(perceptron(network.inputs, &network.hidden, network.outputs, network.has_norm))
    }

    fn without_hidden_layer(
        &self,
        network: &Perceptron,
        index: usize,
    ) -> Result<Perceptron, Refusal> {
        network.check()?;
        check_index(index, network)?;
        let mut smaller = network.clone();
        smaller.hidden.remove(index);
        Ok(smaller)
    }

    fn narrowed(&self, network: &Perceptron, n: u64, d: u64) -> Result<Perceptron, Refusal> {
        network.check()?;
        check_fraction(n, d)?;
        let hidden = network.hidden.iter().map(|width| narrowed(*width, n, d)).collect();
        Ok(Perceptron { hidden, ..network.clone() })
    }

    fn widest(&self, uniform: &Uniform, budget: u64) -> Result<usize, Refusal> {
        uniform.check(budget)?;
        let Uniform { inputs, outputs, depth, has_norm } = *uniform;
        Ok(widest(inputs, outputs, depth, has_norm, budget))
    }

    fn loss_gap(&self, train: f64, validation: f64) -> Result<f64, Refusal> {
        Ok(validation - train)
    }

    fn accuracy_gap(&self, train: f64, validation: f64) -> Result<f64, Refusal> {
        check_accuracies(train, validation)?;
        Ok(train - validation)
    }
}

evenkeel_conformance::capacity_suite!(Mine, f64, without: [storage = "there is no network"]);
