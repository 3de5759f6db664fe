//! A whole step of training: forward, cross-entropy, backward, clipping, gradient descent.

use evenkeel_fast::activation::Curve;
use evenkeel_fast::network::{Batch, Goal, Layer, Masks, Network, Rule, Scratch};
use evenkeel_fast::regularization::Penalty;

use super::{Offer, room};
use crate::case::{BadCase, Case};
use crate::data::values;

/// Small steps: the loss shall not run away over thousands of calls.
const RULE: Rule = Rule { learning_rate: 1e-3, penalty: Penalty::L2, lambda: 1e-3, threshold: 1.0 };

/// The layers from their widths. With up to 128 inputs it is the network of the digits, whose hidden
/// layers have batch norm and dropout.
fn layers(case: &Case) -> Result<Vec<Layer>, BadCase> {
    let widths: Option<Vec<usize>> =
        case.text("layers")?.split('-').map(|width| width.parse().ok()).collect();
    let widths = widths.filter(|widths| widths.len() > 1);
    let widths = widths.ok_or_else(|| case.wrong("layers= is not WIDTH-WIDTH…"))?;
    let normalized = widths[0] <= 128;
    let mut layers = Vec::new();
    for pair in widths.windows(2) {
        layers.push(Layer::dense(pair[0], pair[1]));
        if normalized {
            layers.push(Layer::batch_norm(pair[1]));
        }
        layers.push(Layer::Activation(Curve::Relu));
        if normalized {
            layers.push(Layer::dropout(0.2));
        }
    }
    // Logits come from the last dense layer.
    layers.truncate(layers.len() - if normalized { 3 } else { 1 });
    Ok(layers)
}

/// Weights and masks are everybody's own: there is nothing to compare but the time.
pub(super) fn step(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let (layers, rows) = (layers(case)?, case.size("batch")?);
    let wrong = |error: evenkeel_fast::Error| case.wrong(error.to_string());
    let mut network = Network::<f32>::new(&layers).map_err(wrong)?;
    let mut scratch = Scratch::default();
    network.initialize(1, &mut scratch).map_err(wrong)?;
    let x = values::<f32>(rows * network.inputs(), 1);
    let outputs = network.outputs() as f32;
    let class = |v: f32| ((v + 1.0) / 2.0 * outputs) as usize % network.outputs();
    let classes: Vec<usize> = values::<f32>(rows, 5).into_iter().map(class).collect();
    let mut step = 0;
    let offer = Offer::out(room(1), move |loss, _| {
        step += 1;
        let masks = Masks::Drawn { seed: 1, step };
        let batch = Batch { rows, x: &x, goal: Goal::Classes(&classes), masks };
        loss[0] = network.step(&batch, &RULE, &mut scratch)?.loss;
        Ok(())
    });
    Ok(vec![offer.drawn()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_networks_are_those_of_the_list() {
        let of = |line: &str| layers(&format!("training_step batch=2 {line}").parse().unwrap());
        let digits = of("layers=64-128-64-10").unwrap();
        let (relu, dropout) = (Layer::Activation(Curve::Relu), Layer::dropout(0.2));
        let hidden = |a, b| [Layer::dense(a, b), Layer::batch_norm(b), relu, dropout];
        let all = [hidden(64, 128), hidden(128, 64)].concat();
        assert_eq!(digits, [all, vec![Layer::dense(64, 10)]].concat());
        let plain = of("layers=784-1024-10").unwrap();
        assert_eq!(plain, [Layer::dense(784, 1024), relu, Layer::dense(1024, 10)]);
        assert!(of("layers=64").is_err() && of("layers=a-b").is_err());
    }
}
