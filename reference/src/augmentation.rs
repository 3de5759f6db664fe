// The first definition of a link counts: on the page itself these are files.
//! [random]: super::random
//! [random-symbols]: super::random#symbols-and-shapes
//! [random-tests]: super::random#distribution-tests
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/augmentation.md")]
// Throughout: a channel is an h × w matrix with rows downwards, an image a list of channels of one
// size; i and j are row and column from 0. Each function is one formula of the page above. What draws
// (`draws`) only draws; what changes pixels (`rotation`, `pixels`, `filters`) only changes pixels.
// Sentences (`text`) are for themselves.

mod draws;
mod filters;
mod images;
mod pixels;
mod rotation;
mod text;

use crate::random::Stream;

pub use draws::{even, is_applied, operation, plan, rectangle, unit, whole, words};
pub use filters::{add_noise, blur, gaussian_weights};
pub use images::{Augmented, apply, augment, label_after};
pub use pixels::{crop, erase, flip, shift};
pub use rotation::{bilinear, cos_sin, is_inside, nearest, rotate, source};
pub use text::{
    Direction, Failed, Outcome, Pivot, Reason, Translate, back_translate, collapse,
    lengths_are_alike, outcome,
};

/// How a pixel is read between pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interpolation {
    /// The pixel whose area the place lies in.
    Nearest,
    /// The mean of the four around, by distance.
    Bilinear,
}

/// What a flip mirrors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Left and right are exchanged.
    Horizontal,
    /// Top and bottom are exchanged.
    Vertical,
}

/// What stands beyond the edge for a blur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Border {
    /// The pixel of the edge.
    Replicate,
    /// The image mirrored about its outermost centres.
    Reflect,
}

/// Rows `top` … `top + height − 1`, columns `left` … `left + width − 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rectangle {
    /// The first row.
    pub top: usize,
    /// The first column.
    pub left: usize,
    /// How many rows.
    pub height: usize,
    /// How many columns.
    pub width: usize,
}

/// One change of an image, with everything that was drawn for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operation {
    /// [`rotate`].
    Rotate {
        /// d, counter-clockwise.
        degrees: f64,
        /// Between pixels.
        interpolation: Interpolation,
        /// Outside.
        fill: f64,
    },
    /// [`flip`].
    Flip(Axis),
    /// [`shift`].
    Shift {
        /// Rows.
        down: i64,
        /// Columns.
        right: i64,
        /// Outside.
        fill: f64,
    },
    /// [`crop`].
    Crop {
        /// P, pixels around the image.
        padding: usize,
        /// What is cut out of the padded image.
        window: Rectangle,
        /// Outside.
        fill: f64,
    },
    /// [`add_noise`] with the normal numbers of a stream, from element `first` on.
    Noise {
        /// σ.
        deviation: f64,
        /// lo and hi.
        clamp: Option<[f64; 2]>,
        /// Whose normal numbers.
        stream: Stream,
        /// From where on.
        first: u64,
    },
    /// [`blur`].
    Blur {
        /// σ, in pixels.
        deviation: f64,
        /// r.
        radius: usize,
        /// Beyond the edge.
        border: Border,
    },
    /// [`erase`].
    Erase {
        /// Where.
        rectangle: Rectangle,
        /// With what.
        fill: f64,
    },
}

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
    Noise {
        /// σ.
        deviation: f64,
        /// lo and hi.
        clamp: Option<[f64; 2]>,
    },
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
        /// How often a rectangle is tried that does not fit.
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
