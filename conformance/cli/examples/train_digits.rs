//! Trains a network on handwritten digits: 1437 images to learn from, 360 to be tested on.

use std::io::Read;

use evenkeel_fast::activation::Curve::Relu;
use evenkeel_fast::network::{Batch, Goal, Layer, Masks, Network, Rule, Scratch};
use evenkeel_fast::random::{self, Stream};
use evenkeel_fast::{Policy, Workspace, regularization::Penalty};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (images, digits) = load()?;
    let (train, test) = (1437, 360);
    let mut network = Network::<f32>::new(&[
        Layer::dense(64, 128),
        Layer::batch_norm(128),
        Layer::Activation(Relu),
        Layer::dropout(0.2),
        Layer::dense(128, 64),
        Layer::batch_norm(64),
        Layer::Activation(Relu),
        Layer::dropout(0.2),
        Layer::dense(64, 10),
    ])?;
    let rule = Rule { learning_rate: 0.2, penalty: Penalty::L2, lambda: 1e-3, threshold: 1.0 };
    let mut scratch = Scratch::default();
    network.initialize(1, &mut scratch)?; // He before ReLU, Xavier at the end
    for epoch in 0..30 {
        let (mut keys, mut rows) = (vec![0; train], (0..train).collect::<Vec<usize>>());
        let stream = Stream { seed: 1, number: 1000, step: epoch };
        random::words(stream, 0, &mut keys, &mut Workspace::new(), &Policy::default())?;
        rows.sort_by_key(|&i| keys[i]); // another order in each epoch

        let mut loss = 0.0;
        for (step, rows) in (44 * epoch..).zip(rows.chunks_exact(32)) {
            let x: Vec<f32> = rows.iter().flat_map(|&i| &images[64 * i..][..64]).copied().collect();
            let classes: Vec<usize> = rows.iter().map(|&i| digits[i]).collect();
            let masks = Masks::Drawn { seed: 1, step };
            let batch = Batch { rows: 32, x: &x, goal: Goal::Classes(&classes), masks };
            loss += network.step(&batch, &rule, &mut scratch)?.loss / 44.0;
        }
        let mut z = vec![0.0; 10 * test];
        network.inference(test, &images[64 * train..], &mut z, &mut scratch)?;
        let largest = |z: &[f32]| (0..10).max_by(|&a, &b| z[a].total_cmp(&z[b]));
        let pairs = z.chunks(10).map(largest).zip(&digits[train..]);
        let right = pairs.filter(|(answer, digit)| *answer == Some(**digit)).count();
        println!("epoch {:2}: loss {loss:.4}, {right} of {test} right", epoch + 1);
    }
    Ok(())
}

/// 64 grey levels from 0 to 1 for each image, and which digit it shows: 65 numbers a line.
fn load() -> Result<(Vec<f32>, Vec<usize>), Box<dyn std::error::Error>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(&include_bytes!("../data/digits.csv.gz")[..])
        .read_to_string(&mut text)?;
    let numbers = text.lines().flat_map(|line| line.split(',')).map(str::parse::<f32>);
    let numbers: Vec<f32> = numbers.collect::<Result<_, _>>()?;
    let images = numbers.chunks(65).flat_map(|line| line[..64].iter().map(|grey| grey / 16.0));
    Ok((images.collect(), numbers.chunks(65).map(|line| line[64] as usize).collect()))
}
