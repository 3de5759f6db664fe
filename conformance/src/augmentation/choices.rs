//! From what operations are drawn, and what becomes of labels.

use super::operations::{
    Axis, Blur, Border, ImageShape, Interpolation, Noise, check_at_most, check_fill,
};
use crate::random::check_deviation;
use crate::refusal::check_share;
use crate::{Draw, Real, Refusal};

/// A kind of change, with the ranges from which it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Transform {
    /// An angle from a range.
    Rotate {
        /// The lowest and the highest d.
        degrees: [f64; 2],
        /// Between pixels.
        interpolation: Interpolation,
        /// Outside.
        fill: f64,
    },
    /// A flip, without a parameter.
    Flip(Axis),
    /// Whole offsets from −D to D and from −R to R.
    Shift {
        /// D.
        down: usize,
        /// R.
        right: usize,
        /// Outside.
        fill: f64,
    },
    /// A window of the image's own size, anywhere in the padded image.
    Crop {
        /// P.
        padding: usize,
        /// Outside.
        fill: f64,
    },
    /// Noise of a deviation.
    Noise(Noise),
    /// A blur with a deviation from a range.
    Blur {
        /// The lowest and the highest σ.
        deviation: [f64; 2],
        /// r.
        radius: usize,
        /// Beyond the edge.
        border: Border,
    },
    /// Random erasing.
    Erase {
        /// s₀ and s₁: shares of the area.
        share: [f64; 2],
        /// r₀ and r₁: height over width.
        aspect: [f64; 2],
        /// How many rectangles are tried until one fits.
        attempts: u32,
        /// With what.
        fill: f64,
    },
}

/// What a transform does to a label, the number of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// The image still shows the same.
    Keep,
    /// For each class the class afterwards; none where the transform must not be applied.
    Map(Vec<Option<u32>>),
}

/// A transform, how often it is applied, and what becomes of the label.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// p.
    pub probability: f64,
    /// What is applied.
    pub transform: Transform,
    /// What becomes of the label.
    pub labels: Labels,
}

fn check_range(
    argument: &'static str,
    [low, high]: [f64; 2],
    [least, most]: [f64; 2],
) -> Result<(), Refusal> {
    if least <= low && low <= high && high <= most {
        return Ok(());
    }
    let allowed = format!("from {least:e} to {most:e}, the lower one first");
    Err(Refusal::invalid(argument, format!("{low} to {high}"), allowed))
}

impl Transform {
    /// Refuses ranges and values that the clauses do not allow.
    ///
    /// # Errors
    /// Names the argument.
    pub fn check<T: Real>(&self) -> Result<(), Refusal> {
        match *self {
            Self::Rotate { degrees, fill, .. } => {
                check_range("degrees", degrees, [f64::MIN / 16.0, f64::MAX / 16.0])?;
                check_fill::<T>(fill)
            }
            Self::Flip(_) => Ok(()),
            Self::Shift { down, right, fill } => {
                check_at_most("down", down, 1 << 30)?;
                check_at_most("right", right, 1 << 30)?;
                check_fill::<T>(fill)
            }
            Self::Crop { padding, fill } => {
                check_at_most("padding", padding, 1 << 30)?;
                check_fill::<T>(fill)
            }
            Self::Noise(noise) => noise.check::<T>(),
            Self::Blur { deviation, radius, border } => {
                let [low, high] = deviation;
                check_deviation::<T>(low)?;
                check_range("deviation", [low, high], [0.0, T::MAX / 16.0])?;
                Blur { deviation: low, radius, border }.check::<T>()
            }
            Self::Erase { share, aspect, attempts, fill } => {
                check_range("share", share, [0.0, 1.0])?;
                check_range("aspect", aspect, [f64::from_bits(1), f64::MAX])?;
                if !(1..=15).contains(&attempts) {
                    return Err(Refusal::invalid("attempts", attempts, "from 1 to 15"));
                }
                check_fill::<T>(fill)
            }
        }
    }
}

/// Refuses what a plan cannot be made of: shape, choices, and numbers of images or streams without words.
///
/// # Errors
/// Names `shape`, `probability`, an argument of a transform, `number` or `first`.
pub fn check_plan<T: Real>(
    shape: ImageShape,
    choices: &[Choice],
    draw: Draw,
) -> Result<(), Refusal> {
    shape.check()?;
    for choice in choices {
        check_share("probability", choice.probability)?;
        choice.transform.check::<T>()?;
    }
    let number = u64::from(draw.stream.number);
    if number + 2 * choices.len() as u64 > 1 << 32 {
        return Err(Refusal::invalid("number", number, "number + 2·choices ≤ 2³²"));
    }
    let end = draw.first.checked_add(shape.count as u64);
    let words = shape.per_image().max(64) as u64;
    if end.and_then(|end| end.checked_mul(words)).is_none() {
        let allowed = format!("(first + {})·{words} ≤ 2⁶⁴ − 1", shape.count);
        return Err(Refusal::invalid("first", draw.first, allowed));
    }
    Ok(())
}

/// Refuses labels that are not one an image, or not in every map, and maps to what is not in them.
///
/// # Errors
/// Names `labels`.
pub fn check_labels(shape: ImageShape, choices: &[Choice], labels: &[u32]) -> Result<(), Refusal> {
    crate::refusal::check_length("labels", labels, shape.count)?;
    for choice in choices {
        let Labels::Map(map) = &choice.labels else { continue };
        let mapped = map.iter().flatten();
        if let Some(label) = labels.iter().chain(mapped).find(|l| **l as usize >= map.len()) {
            return Err(Refusal::invalid("labels", label, format!("below {}", map.len())));
        }
    }
    Ok(())
}
