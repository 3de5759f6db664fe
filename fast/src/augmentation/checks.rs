//! The arguments, looked at before anything is written.

use super::types::{
    Blur, Choice, Crop, Erasure, ImageShape, Labels, Noise, Operation, Rectangle, Rotation,
    Transform,
};
use crate::random::Stream;
use crate::{Element, Error, check};

/// The longest side: the map tells 2³¹ + 1 offsets apart.
const LONGEST: usize = 1 << 31;
const MOST_PADDING: usize = 1 << 30;
const MOST_RADIUS: usize = 1024;

pub(super) fn shape(shape: ImageShape) -> Result<(), Error> {
    let ImageShape { count, channels, height, width } = shape;
    if shape.len() <= isize::MAX as usize / 8 && height.max(width) <= LONGEST {
        return Ok(());
    }
    let value = format!("{count} × {channels} × {height} × {width}");
    Err(Error::new("shape", value, "at most isize::MAX/8 elements, sides up to 2³¹"))
}

/// A batch, its shape, and room for a result.
pub(super) fn images<T>(
    of: ImageShape,
    x: &[T],
    y: &[T],
    expected: ImageShape,
) -> Result<(), Error> {
    shape(of)?;
    shape(expected)?;
    check::length("x", x, of.len())?;
    check::length("y", y, expected.len())
}

fn finite(name: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Error::new(name, value.to_string(), "finite"))
}

pub(super) fn fill<T: Element>(fill: f64) -> Result<(), Error> {
    finite("fill", T::round(fill).to_f64()).map_err(|_| {
        Error::new("fill", fill.to_string(), format!("finite, at most {:e}", T::LARGEST))
    })
}

fn at_most(name: &'static str, value: usize, most: usize) -> Result<(), Error> {
    if value <= most {
        return Ok(());
    }
    Err(Error::new(name, value.to_string(), format!("at most {most}")))
}

fn range(name: &'static str, [low, high]: [f64; 2], [least, most]: [f64; 2]) -> Result<(), Error> {
    if least <= low && low <= high && high <= most {
        return Ok(());
    }
    let allowed = format!("from {least:e} to {most:e}, the lower one first");
    Err(Error::new(name, format!("{low} to {high}"), allowed))
}

fn inside(name: &'static str, rectangle: Rectangle, size: [usize; 2]) -> Result<(), Error> {
    let Rectangle { top, left, height, width } = rectangle;
    let fits = |first: usize, length: usize, size| {
        first.checked_add(length).is_some_and(|end| end <= size)
    };
    if fits(top, height, size[0]) && fits(left, width, size[1]) {
        return Ok(());
    }
    let value = format!("{height} × {width} at row {top}, column {left}");
    Err(Error::new(name, value, format!("inside {} × {}", size[0], size[1])))
}

pub(super) fn rotation<T: Element>(rotation: &Rotation) -> Result<(), Error> {
    finite("degrees", rotation.degrees)?;
    fill::<T>(rotation.fill)
}

pub(super) fn crop<T: Element>(of: ImageShape, crop: &Crop) -> Result<(), Error> {
    at_most("padding", crop.padding, MOST_PADDING)?;
    shape(of)?;
    inside("window", crop.window, [of.height, of.width].map(|size| size + 2 * crop.padding))?;
    fill::<T>(crop.fill)
}

pub(super) fn noise<T: Element>(noise: &Noise) -> Result<(), Error> {
    check::size("deviation", noise.deviation, T::LARGEST / 16.0)?;
    match noise.clamp {
        Some([low, high]) if limits::<T>(noise).is_none() => {
            let allowed = "lo ≤ hi, with a number of the precision between them";
            Err(Error::new("clamp", format!("{low} to {high}"), allowed))
        }
        _ => Ok(()),
    }
}

/// The least and the greatest number of the precision in the range that was asked for.
pub(super) fn limits<T: Element>(noise: &Noise) -> Option<[f64; 2]> {
    let [low, high] = noise.clamp?;
    let limits = [-T::not_above(-low), T::not_above(high)];
    (low <= high && limits[0] <= limits[1]).then_some(limits)
}

pub(super) fn blur<T: Element>(blur: &Blur) -> Result<(), Error> {
    check::size("deviation", blur.deviation, T::LARGEST / 16.0)?;
    at_most("radius", blur.radius, MOST_RADIUS)
}

pub(super) fn erasure<T: Element>(of: ImageShape, erasure: &Erasure) -> Result<(), Error> {
    inside("rectangle", erasure.rectangle, [of.height, of.width])?;
    fill::<T>(erasure.fill)
}

/// What [`apply`](super::apply) can do to an image of this shape.
pub(super) fn operation<T: Element>(of: ImageShape, operation: &Operation) -> Result<(), Error> {
    match operation {
        Operation::Rotate(turn) => rotation::<T>(turn),
        Operation::Flip(_) => Ok(()),
        Operation::Shift(shift) => fill::<T>(shift.fill),
        Operation::Crop(cut) => {
            let Rectangle { height, width, .. } = cut.window;
            if [height, width] != [of.height, of.width] {
                let (value, allowed) =
                    (format!("{height} × {width}"), format!("{} × {}", of.height, of.width));
                return Err(Error::new("window", value, allowed));
            }
            crop::<T>(of, cut)
        }
        Operation::Noise(added, _, first) => {
            check::first(*first, of.per_image())?;
            noise::<T>(added)
        }
        Operation::Blur(mean) => blur::<T>(mean),
        Operation::Erase(erased) => erasure::<T>(of, erased),
    }
}

fn transform<T: Element>(transform: &Transform) -> Result<(), Error> {
    match *transform {
        Transform::Rotate { degrees, fill: outside, .. } => {
            range("degrees", degrees, [f64::MIN / 16.0, f64::MAX / 16.0])?;
            fill::<T>(outside)
        }
        Transform::Flip(_) => Ok(()),
        Transform::Shift { down, right, fill: outside } => {
            at_most("down", down, MOST_PADDING)?;
            at_most("right", right, MOST_PADDING)?;
            fill::<T>(outside)
        }
        Transform::Crop { padding, fill: outside } => {
            at_most("padding", padding, MOST_PADDING)?;
            fill::<T>(outside)
        }
        Transform::Noise(added) => noise::<T>(&added),
        Transform::Blur { deviation, radius, .. } => {
            range("deviation", deviation, [0.0, T::LARGEST / 16.0])?;
            at_most("radius", radius, MOST_RADIUS)
        }
        Transform::Erase { share, aspect, attempts, fill: with } => {
            range("share", share, [0.0, 1.0])?;
            range("aspect", aspect, [f64::from_bits(1), f64::MAX])?;
            if !(1..=15).contains(&attempts) {
                return Err(Error::new("attempts", attempts.to_string(), "from 1 to 15"));
            }
            fill::<T>(with)
        }
    }
}

/// What a plan can be made of.
pub(super) fn plan<T: Element>(
    of: ImageShape,
    choices: &[Choice<'_>],
    stream: Stream,
    first: u64,
) -> Result<(), Error> {
    shape(of)?;
    for choice in choices {
        check::share("probability", choice.probability)?;
        transform::<T>(&choice.transform)?;
    }
    if u64::from(stream.number) + 2 * choices.len() as u64 > 1 << 32 {
        let value = stream.number.to_string();
        return Err(Error::new("number", value, "number + 2·choices ≤ 2³²"));
    }
    let words = of.per_image().max(64) as u64;
    let end = first.checked_add(of.count as u64);
    match end.and_then(|end| end.checked_mul(words)) {
        Some(_) => Ok(()),
        None => {
            let allowed = format!("(first + {})·{words} ≤ 2⁶⁴ − 1", of.count);
            Err(Error::new("first", first.to_string(), allowed))
        }
    }
}

/// One label an image, each with an entry in every map, and maps that stay within themselves.
pub(super) fn labels(of: ImageShape, choices: &[Choice<'_>], labels: &[u32]) -> Result<(), Error> {
    check::length("labels", labels, of.count)?;
    for choice in choices {
        let Labels::Map(map) = choice.labels else { continue };
        let mapped = map.iter().flatten();
        if let Some(label) = labels.iter().chain(mapped).find(|l| **l as usize >= map.len()) {
            return Err(Error::new("labels", label.to_string(), format!("below {}", map.len())));
        }
    }
    Ok(())
}
