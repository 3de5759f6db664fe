//! The plan of the map, from the reference's functions; and a plan in numbers.

use evenkeel_reference::augmentation as reference;

use super::{
    Axis, Blur, Border, Choice, Crop, Erasure, ImageShape, Interpolation, Labels, Noise, Operation,
    Rectangle, Rotation, Shift, Transform,
};
use crate::{Draw, Real, Stream};

/// How many numbers an operation takes.
pub(super) const SLOT: usize = 7;

/// What nobody would plan.
pub(super) fn unwritten() -> Option<Operation> {
    let rectangle = Rectangle { top: 7, left: 7, height: 7, width: 7 };
    Some(Operation::Erase(Erasure { rectangle, fill: -7.25e22 }))
}

/// A number as two of `T`, which in `f32` keeps 48 bits.
fn halves<T: Real>(value: f64) -> [f64; 2] {
    let high = T::from_f64(value).to_f64();
    [high, value - high]
}

/// An operation in numbers: its kind, and what was drawn for it.
pub(super) fn decoded<T: Real>(operation: Option<Operation>, to: &mut [T]) {
    let numbers = match operation {
        None => [0.0; SLOT],
        Some(Operation::Rotate(Rotation { degrees, fill, .. })) => {
            let [high, low] = halves::<T>(degrees);
            [1.0, high, low, fill, 0.0, 0.0, 0.0]
        }
        Some(Operation::Flip(axis)) => {
            [2.0, f64::from(u8::from(axis == Axis::Vertical)), 0.0, 0.0, 0.0, 0.0, 0.0]
        }
        Some(Operation::Shift(Shift { down, right, fill })) => {
            [3.0, down as f64, right as f64, fill, 0.0, 0.0, 0.0]
        }
        Some(Operation::Crop(Crop { padding, window, fill })) => {
            let Rectangle { top, left, .. } = window;
            [4.0, top as f64, left as f64, fill, padding as f64, 0.0, 0.0]
        }
        Some(Operation::Noise(Noise { deviation, .. }, Draw { stream, first })) => {
            let [high, low] = [first >> 32, first & 0xffff_ffff].map(|half| half as f64);
            let number = f64::from(stream.number);
            [5.0, deviation, high, low, number, f64::from(stream.step), stream.seed as f64]
        }
        Some(Operation::Blur(Blur { deviation, radius, .. })) => {
            let [high, low] = halves::<T>(deviation);
            [6.0, high, low, radius as f64, 0.0, 0.0, 0.0]
        }
        Some(Operation::Erase(Erasure { rectangle, fill })) => {
            let Rectangle { top, left, height, width } = rectangle;
            let [top, left, height, width] = [top, left, height, width].map(|n| n as f64);
            [7.0, top, left, height, width, fill, 0.0]
        }
    };
    to.iter_mut().zip(numbers).for_each(|(to, number)| *to = T::from_f64(number));
}

/// The plan of the map; nothing where the arguments allow none.
pub(super) fn plan(shape: ImageShape, choices: &[Choice], draw: Draw) -> Vec<Option<Operation>> {
    let (stream, size) = (draw.stream.of_reference(), [shape.channels, shape.height, shape.width]);
    let choices: Vec<_> = choices.iter().map(choice).collect();
    let one = |image| reference::plan(&choices, stream, draw.first.wrapping_add(image), size);
    // Beyond memory nothing is planned.
    let count = if shape.len() > 1 << 40 { 0 } else { shape.count };
    (0..count as u64)
        .filter_map(|image| one(image).ok())
        .flatten()
        .map(|o| o.map(operation))
        .collect()
}

/// A choice as the reference has it.
pub(super) fn choice(choice: &Choice) -> reference::Choice {
    let transform = match choice.transform {
        Transform::Rotate { degrees, interpolation, fill } => {
            let interpolation = interpolation_of(interpolation);
            reference::Transform::Rotate { degrees, interpolation, fill }
        }
        Transform::Flip(axis) => reference::Transform::Flip(axis_of(axis)),
        Transform::Shift { down, right, fill } => reference::Transform::Shift { down, right, fill },
        Transform::Crop { padding, fill } => reference::Transform::Crop { padding, fill },
        Transform::Noise(Noise { deviation, clamp }) => {
            reference::Transform::Noise { deviation, clamp }
        }
        Transform::Blur { deviation, radius, border } => {
            reference::Transform::Blur { deviation, radius, border: border_of(border) }
        }
        Transform::Erase { share, aspect, attempts, fill } => {
            reference::Transform::Erase { share, aspect, attempts, fill }
        }
    };
    let labels = match &choice.labels {
        Labels::Keep => reference::Labels::Keep,
        Labels::Map(map) => reference::Labels::Map(map.clone()),
    };
    reference::Choice { probability: choice.probability, transform, labels }
}

pub(super) fn interpolation_of(interpolation: Interpolation) -> reference::Interpolation {
    match interpolation {
        Interpolation::Nearest => reference::Interpolation::Nearest,
        Interpolation::Bilinear => reference::Interpolation::Bilinear,
    }
}

pub(super) fn axis_of(axis: Axis) -> reference::Axis {
    match axis {
        Axis::Horizontal => reference::Axis::Horizontal,
        Axis::Vertical => reference::Axis::Vertical,
    }
}

pub(super) fn border_of(border: Border) -> reference::Border {
    match border {
        Border::Replicate => reference::Border::Replicate,
        Border::Reflect => reference::Border::Reflect,
    }
}

pub(super) fn rectangle_of(rectangle: Rectangle) -> reference::Rectangle {
    let Rectangle { top, left, height, width } = rectangle;
    reference::Rectangle { top, left, height, width }
}

/// An operation of the reference in the contract.
fn operation(operation: reference::Operation) -> Operation {
    let rectangle =
        |reference::Rectangle { top, left, height, width }| Rectangle { top, left, height, width };
    match operation {
        reference::Operation::Rotate { degrees, interpolation, fill } => {
            let interpolation = match interpolation {
                reference::Interpolation::Nearest => Interpolation::Nearest,
                reference::Interpolation::Bilinear => Interpolation::Bilinear,
            };
            Operation::Rotate(Rotation { degrees, interpolation, fill })
        }
        reference::Operation::Flip(reference::Axis::Horizontal) => {
            Operation::Flip(Axis::Horizontal)
        }
        reference::Operation::Flip(reference::Axis::Vertical) => Operation::Flip(Axis::Vertical),
        reference::Operation::Shift { down, right, fill } => {
            Operation::Shift(Shift { down, right, fill })
        }
        reference::Operation::Crop { padding, window, fill } => {
            Operation::Crop(Crop { padding, window: rectangle(window), fill })
        }
        reference::Operation::Noise { deviation, clamp, stream, first } => {
            let evenkeel_reference::random::Stream { seed, number, step } = stream;
            let draw = Draw { stream: Stream { seed, number, step }, first };
            Operation::Noise(Noise { deviation, clamp }, draw)
        }
        reference::Operation::Blur { deviation, radius, border } => {
            let border = match border {
                reference::Border::Replicate => Border::Replicate,
                reference::Border::Reflect => Border::Reflect,
            };
            Operation::Blur(Blur { deviation, radius, border })
        }
        reference::Operation::Erase { rectangle: area, fill } => {
            Operation::Erase(Erasure { rectangle: rectangle(area), fill })
        }
    }
}
