//! Trains a network on handwritten digits: 1437 images to learn from, 360 to be tested on.

use std::io::Read;

use evenkeel_fast::activation::Curve::Relu;
use evenkeel_fast::network::{Batch, Goal, Layer, Masks, Network, Rule, Scratch};
use evenkeel_fast::random::{Stream, words};
use evenkeel_fast::{Policy, Workspace, regularization::Penalty};

const EPOCHS: u32 = 30;
const ROWS: usize = 32;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (x, classes) = digits()?;
    let (train, test) = (0..1437, 1437..1797);

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
    let rule = Rule { learning_rate: 0.1, penalty: Penalty::L2, lambda: 1e-3, threshold: 1.0 };
    let mut scratch = Scratch::default();
    network.initialize(1, &mut scratch)?; // He before ReLU, Xavier at the end

    for epoch in 0..EPOCHS {
        let (mut sum, mut steps) = (0.0, 0);
        for rows in shuffled(train.clone(), epoch)?.chunks_exact(ROWS) {
            let images: Vec<f32> =
                rows.iter().flat_map(|&i| &x[64 * i..64 * i + 64]).copied().collect();
            let goal: Vec<usize> = rows.iter().map(|&i| classes[i]).collect();
            let masks = Masks::Drawn { seed: 1, step: 1000 * epoch + steps };
            let batch = Batch { rows: ROWS, x: &images, goal: Goal::Classes(&goal), masks };
            sum += network.step(&batch, &rule, &mut scratch)?.loss;
            steps += 1;
        }
        let mut z = vec![0.0; 10 * test.len()];
        network.inference(test.len(), &x[64 * test.start..], &mut z, &mut scratch)?;
        let answers = z.chunks(10).map(|z| (0..10).max_by(|&a, &b| z[a].total_cmp(&z[b])).unwrap());
        let right = answers.zip(&classes[test.clone()]).filter(|(answer, class)| answer == *class);
        let share = 100.0 * right.count() as f64 / test.len() as f64;
        println!(
            "epoch {:2}: loss {:.4}, {share:.1} % of the test images right",
            epoch + 1,
            sum / steps as f32
        );
    }
    Ok(())
}

/// The rows in the order of random words.
fn shuffled(rows: std::ops::Range<usize>, epoch: u32) -> Result<Vec<usize>, evenkeel_fast::Error> {
    let mut keys = vec![0; rows.len()];
    let stream = Stream { seed: 1, number: 1000, step: epoch };
    words(stream, 0, &mut keys, &mut Workspace::new(), &Policy::default())?;
    let mut order: Vec<usize> = rows.collect();
    order.sort_by_key(|&i| keys[i]);
    Ok(order)
}

/// 64 grey levels from 0 to 1 for each of the 1797 images, and which digit each one is.
fn digits() -> Result<(Vec<f32>, Vec<usize>), Box<dyn std::error::Error>> {
    let (mut text, mut x, mut classes) = (String::new(), Vec::new(), Vec::new());
    let packed = &include_bytes!("../data/digits.csv.gz")[..];
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text)?;
    for line in text.lines() {
        let fields: Vec<f32> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
        x.extend(fields[..64].iter().map(|grey| grey / 16.0));
        classes.push(fields[64] as usize);
    }
    Ok((x, classes))
}
