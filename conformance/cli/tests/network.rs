//! Files of the kernels' networks, read by the reference: the bytes are the contract.

use evenkeel_fast::activation::Curve;
use evenkeel_fast::network::{Layer, Network, Scratch};
use evenkeel_reference::network as reference;
use nalgebra::{DMatrix, DVector};

const LAYERS: [Layer; 4] =
    [Layer::dense(3, 4), Layer::batch_norm(4), Layer::Activation(Curve::Tanh), Layer::dense(4, 2)];

/// The same layers in the reference, all parameters 0.
fn empty() -> Vec<reference::Layer> {
    let dense = |inputs, outputs| reference::Layer::Dense {
        weights: DMatrix::zeros(outputs, inputs),
        biases: DVector::zeros(outputs),
    };
    let tanh = evenkeel_reference::activation::Curve::Tanh;
    let norm = reference::Layer::batch_norm(4, 1e-5, 0.1);
    vec![dense(3, 4), norm, reference::Layer::Activation(tanh), dense(4, 2)]
}

/// A network whose biases and statistics are told apart too.
fn trained() -> Network<f64> {
    let mut network = Network::new(&LAYERS).unwrap();
    network.initialize(5, &mut Scratch::default()).unwrap();
    let all = network.parameters().len();
    for (i, value) in network.parameters_mut().iter_mut().enumerate() {
        *value += (i as f64 + 1.0) / all as f64;
    }
    for (i, value) in network.statistics_mut().iter_mut().enumerate() {
        *value = i as f64 + 0.5;
    }
    network
}

#[test]
fn the_reference_reads_what_the_kernels_write_and_back() {
    let network = trained();
    let file = network.save().unwrap();
    let layers = reference::load(&empty(), &file).unwrap();
    let rows = |tensor: DMatrix<f64>| tensor.transpose().as_slice().to_vec();
    let parameters = reference::parameters(&layers);
    let parameters: Vec<f64> = parameters.into_iter().flat_map(|p| rows(p.values)).collect();
    assert_eq!(parameters, network.parameters());
    let statistics = reference::statistics(&layers);
    let statistics: Vec<f64> = statistics.iter().flat_map(|v| v.as_slice().to_vec()).collect();
    assert_eq!(statistics, network.statistics());
    let mut again = Network::<f64>::new(&LAYERS).unwrap();
    again.load(&reference::save(&layers).unwrap()).unwrap();
    assert_eq!(again, network);
}

/// The same file gives the same answers, up to rounding: some forty roundings of numbers below 8.
#[test]
fn both_answer_alike() {
    let network = trained();
    let layers = reference::load(&empty(), &network.save().unwrap()).unwrap();
    let x: Vec<f64> = (0..15).map(|i| (f64::from(i) * 0.7).sin()).collect();
    let mut z = [0.0; 10];
    network.inference(5, &x, &mut z, &mut Scratch::default()).unwrap();
    let expected = reference::inference(&layers, &DMatrix::from_row_slice(5, 3, &x)).unwrap();
    for (found, expected) in z.iter().zip(expected.transpose().iter()) {
        assert!((found - expected).abs() <= 40.0 * 8.0 * f64::EPSILON, "{found} {expected}");
    }
}
