//! What is done to images, and from what it is drawn.

use crate::random::Stream;

/// n images of c channels of h × w pixels, in this order in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageShape {
    /// n.
    pub count: usize,
    /// c.
    pub channels: usize,
    /// h.
    pub height: usize,
    /// w.
    pub width: usize,
}

impl ImageShape {
    /// The shape n × c × h × w.
    #[must_use]
    pub const fn new(count: usize, channels: usize, height: usize, width: usize) -> Self {
        Self { count, channels, height, width }
    }

    /// The number of elements. It stops at `usize::MAX`, which no slice can have.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count.saturating_mul(self.per_image())
    }

    /// Whether there is no element.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// c·h·w: the elements of one image.
    #[must_use]
    pub const fn per_image(&self) -> usize {
        self.channels.saturating_mul(self.per_channel())
    }

    /// h·w: the pixels of one channel.
    #[must_use]
    pub const fn per_channel(&self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// The same with images of another size.
    pub(super) const fn of_size(self, height: usize, width: usize) -> Self {
        Self { height, width, ..self }
    }
}

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Border {
    /// The pixel of the edge.
    #[default]
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

/// What [`rotate`](super::rotate) does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotation {
    /// Counter-clockwise.
    pub degrees: f64,
    /// Between pixels.
    pub interpolation: Interpolation,
    /// Where the image does not reach.
    pub fill: f64,
}

/// What [`shift`](super::shift) does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Rows.
    pub down: i64,
    /// Columns.
    pub right: i64,
    /// Where the image does not reach.
    pub fill: f64,
}

/// What [`crop`](super::crop) does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// Pixels around the image, at most 2³⁰.
    pub padding: usize,
    /// What is cut out of the padded image.
    pub window: Rectangle,
    /// The padding.
    pub fill: f64,
}

/// What [`add_noise`](super::add_noise) does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// σ, from 0 to a sixteenth of the largest number.
    pub deviation: f64,
    /// The ends of a range to which the result is limited.
    pub clamp: Option<[f64; 2]>,
}

/// What [`blur`](super::blur) does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blur {
    /// σ of the weights, in pixels.
    pub deviation: f64,
    /// How many neighbours on either side, at most 1024.
    pub radius: usize,
    /// Beyond the edge.
    pub border: Border,
}

/// What [`erase`](super::erase) does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Erasure {
    /// Where.
    pub rectangle: Rectangle,
    /// With what.
    pub fill: f64,
}

/// One change of an image, with everything that was drawn for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operation {
    /// [`rotate`](super::rotate).
    Rotate(Rotation),
    /// [`flip`](super::flip).
    Flip(Axis),
    /// [`shift`](super::shift).
    Shift(Shift),
    /// [`crop`](super::crop), with a window of the image's own size.
    Crop(Crop),
    /// [`add_noise`](super::add_noise) with the normal numbers of a stream, from an element on.
    Noise(Noise, Stream, u64),
    /// [`blur`](super::blur).
    Blur(Blur),
    /// [`erase`](super::erase).
    Erase(Erasure),
}

/// A kind of change, with the ranges from which it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Transform {
    /// An angle from a range.
    Rotate {
        /// The lowest and the highest.
        degrees: [f64; 2],
        /// Between pixels.
        interpolation: Interpolation,
        /// Where the image does not reach.
        fill: f64,
    },
    /// A flip, without a parameter.
    Flip(Axis),
    /// Whole offsets from −`down` to `down` and from −`right` to `right`.
    Shift {
        /// At most 2³⁰.
        down: usize,
        /// At most 2³⁰.
        right: usize,
        /// Where the image does not reach.
        fill: f64,
    },
    /// A window of the image's own size, anywhere in the padded image.
    Crop {
        /// Pixels around the image, at most 2³⁰.
        padding: usize,
        /// The padding.
        fill: f64,
    },
    /// Noise of a deviation.
    Noise(Noise),
    /// A blur with a deviation from a range.
    Blur {
        /// The lowest and the highest.
        deviation: [f64; 2],
        /// At most 1024.
        radius: usize,
        /// Beyond the edge.
        border: Border,
    },
    /// Random erasing.
    Erase {
        /// The least and the greatest share of the area, from 0 to 1.
        share: [f64; 2],
        /// Height over width: positive; even in its logarithm.
        aspect: [f64; 2],
        /// How many rectangles are tried until one fits, from 1 to 15.
        attempts: u32,
        /// With what.
        fill: f64,
    },
}

/// What a transform does to a label, the number of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels<'a> {
    /// The image still shows the same.
    Keep,
    /// For each class the class afterwards; none where the transform must not be applied.
    Map(&'a [Option<u32>]),
}

/// A transform, how often it is applied, and what becomes of the label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice<'a> {
    /// From 0 to 1.
    pub probability: f64,
    /// What is applied.
    pub transform: Transform,
    /// What becomes of the label.
    pub labels: Labels<'a>,
}
