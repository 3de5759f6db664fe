//! A policy with a generator of its own, as a framework has one: it follows no map, and its plans hold
//! every MUST all the same. It stands on `rand`, changes no pixel, and uses the macro as a user does.

use evenkeel_conformance::augmentation::{
    Augmentation, Blur, Choice, Crop, Erasure, ImageShape, Operation, Rectangle, Rotation, Shift,
    Transform, check_plan,
};
use evenkeel_conformance::refusal::check_length;
use evenkeel_conformance::{Draw, Real, Refusal, Stream, augmentation_suite};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Plans over `rand`'s standard generator.
struct Own;

/// A generator for each image: the seed holds its number, and that of the choice.
fn of_image(stream: Stream, image: u64, choice: usize) -> StdRng {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&stream.seed.to_le_bytes());
    seed[8..12].copy_from_slice(&stream.number.to_le_bytes());
    seed[12..16].copy_from_slice(&stream.step.to_le_bytes());
    seed[16..24].copy_from_slice(&image.to_le_bytes());
    seed[24..].copy_from_slice(&(choice as u64).to_le_bytes());
    StdRng::from_seed(seed)
}

/// What a choice does to an image, drawn one after the other.
fn drawn(
    generator: &mut StdRng,
    shape: ImageShape,
    choice: &Choice,
    noise_from: Draw,
) -> Option<Operation> {
    if !generator.random_bool(choice.probability) {
        return None;
    }
    let ImageShape { height, width, .. } = shape;
    Some(match choice.transform {
        Transform::Rotate { degrees: [low, high], interpolation, fill } => {
            let degrees = generator.random_range(low..=high);
            Operation::Rotate(Rotation { degrees, interpolation, fill })
        }
        Transform::Flip(axis) => Operation::Flip(axis),
        Transform::Shift { down, right, fill } => {
            let mut offset = |most: usize| generator.random_range(-(most as i64)..=most as i64);
            Operation::Shift(Shift { down: offset(down), right: offset(right), fill })
        }
        Transform::Crop { padding, fill } => {
            let mut offset = || generator.random_range(0..=2 * padding);
            let window = Rectangle { top: offset(), left: offset(), height, width };
            Operation::Crop(Crop { padding, window, fill })
        }
        Transform::Noise(noise) => Operation::Noise(noise, noise_from),
        Transform::Blur { deviation: [low, high], radius, border } => {
            let deviation = generator.random_range(low..=high);
            Operation::Blur(Blur { deviation, radius, border })
        }
        Transform::Erase { share, aspect, attempts, fill } => {
            let area = height as f64 * width as f64;
            let rectangle = (0..attempts).find_map(|_| {
                let area = area * generator.random_range(share[0]..=share[1]);
                let ratio = generator.random_range(aspect[0].ln()..=aspect[1].ln()).exp();
                let sides = [(area * ratio).sqrt().round(), (area / ratio).sqrt().round()];
                let [rows, columns] = sides.map(|side| side as usize);
                let fits = (1..=height).contains(&rows) && (1..=width).contains(&columns);
                fits.then(|| Rectangle {
                    top: generator.random_range(0..=height - rows),
                    left: generator.random_range(0..=width - columns),
                    height: rows,
                    width: columns,
                })
            })?;
            Operation::Erase(Erasure { rectangle, fill })
        }
    })
}

/// Plans of its own, without a pixel: the rest of a pipeline may be somebody else's.
impl<T: Real> Augmentation<T> for Own {
    fn plan(
        &self,
        shape: ImageShape,
        choices: &[Choice],
        draw: Draw,
        operations: &mut [Option<Operation>],
    ) -> Result<(), Refusal> {
        check_plan::<T>(shape, choices, draw)?;
        check_length("operations", operations, shape.count * choices.len())?;
        for (n, operation) in operations.iter_mut().enumerate() {
            let (image, k) = (draw.first + (n / choices.len()) as u64, n % choices.len());
            let mut generator = of_image(draw.stream, image, k);
            // Noise has elements of its own for every image.
            let noise_from = Draw { first: image.wrapping_mul(shape.per_image() as u64), ..draw };
            *operation = drawn(&mut generator, shape, &choices[k], noise_from);
        }
        Ok(())
    }
}

augmentation_suite!(Own, f32, without: [
    back_translate = "images only",
    rotate = "no pixels", flip = "no pixels", shift = "no pixels", crop = "no pixels",
    add_noise = "no pixels", blur = "no pixels", erase = "no pixels", apply = "no pixels",
    augment = "no pixels", map = "a generator of its own",
]);
