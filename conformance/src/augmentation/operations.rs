//! What is done to an image, with everything that was drawn for it; each argument has its check.

use crate::random::check_deviation;
use crate::{Draw, Real, Refusal};

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

    /// The number of elements. Saturates: no slice is that long.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count.saturating_mul(self.per_image())
    }

    /// Whether there is no element.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// c·h·w: the elements of one image. Saturates.
    #[must_use]
    pub const fn per_image(&self) -> usize {
        self.channels.saturating_mul(self.per_channel())
    }

    /// h·w: the pixels of one channel. Saturates.
    #[must_use]
    pub const fn per_channel(&self) -> usize {
        self.height.saturating_mul(self.width)
    }

    /// Refuses what no memory holds, and more rows or columns than the map can tell apart.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming `shape`.
    pub fn check(&self) -> Result<(), Refusal> {
        let Self { count, channels, height, width } = *self;
        let fits = self.len() <= isize::MAX as usize / 8 && height.max(width) <= 1 << 31;
        if fits {
            return Ok(());
        }
        let value = format!("{count} × {channels} × {height} × {width}");
        Err(Refusal::invalid("shape", value, "at most isize::MAX/8 elements, sides up to 2³¹"))
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

impl Rectangle {
    /// Refuses what passes `height` × `width` pixels.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming `argument`.
    pub fn check(&self, argument: &'static str, size: [usize; 2]) -> Result<(), Refusal> {
        let Self { top, left, height, width } = *self;
        let fits = |first: usize, length: usize, size| {
            first.checked_add(length).is_some_and(|e| e <= size)
        };
        if fits(top, height, size[0]) && fits(left, width, size[1]) {
            return Ok(());
        }
        let value = format!("{height} × {width} at row {top}, column {left}");
        Err(Refusal::invalid(argument, value, format!("inside {} × {}", size[0], size[1])))
    }
}

/// Arguments of [`Augmentation::rotate`](super::Augmentation::rotate).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotation {
    /// d, counter-clockwise.
    pub degrees: f64,
    /// Between pixels.
    pub interpolation: Interpolation,
    /// Outside of the footprint.
    pub fill: f64,
}

/// Arguments of [`Augmentation::shift`](super::Augmentation::shift).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Rows.
    pub down: i64,
    /// Columns.
    pub right: i64,
    /// Outside.
    pub fill: f64,
}

/// Arguments of [`Augmentation::crop`](super::Augmentation::crop).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// P, pixels around the image.
    pub padding: usize,
    /// What is cut out of the padded image.
    pub window: Rectangle,
    /// Outside.
    pub fill: f64,
}

/// Arguments of [`Augmentation::add_noise`](super::Augmentation::add_noise).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// σ.
    pub deviation: f64,
    /// lo and hi, if the result is to be limited.
    pub clamp: Option<[f64; 2]>,
}

/// Arguments of [`Augmentation::blur`](super::Augmentation::blur).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blur {
    /// σ, in pixels.
    pub deviation: f64,
    /// r.
    pub radius: usize,
    /// Beyond the edge.
    pub border: Border,
}

/// Arguments of [`Augmentation::erase`](super::Augmentation::erase).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Erasure {
    /// Where.
    pub rectangle: Rectangle,
    /// With what.
    pub fill: f64,
}

/// One change of an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operation {
    /// [`Augmentation::rotate`](super::Augmentation::rotate).
    Rotate(Rotation),
    /// [`Augmentation::flip`](super::Augmentation::flip).
    Flip(Axis),
    /// [`Augmentation::shift`](super::Augmentation::shift).
    Shift(Shift),
    /// [`Augmentation::crop`](super::Augmentation::crop); in a plan with a window of the image's size.
    Crop(Crop),
    /// [`Augmentation::add_noise`](super::Augmentation::add_noise) with the normal numbers of a stream.
    Noise(Noise, Draw),
    /// [`Augmentation::blur`](super::Augmentation::blur).
    Blur(Blur),
    /// [`Augmentation::erase`](super::Augmentation::erase).
    Erase(Erasure),
}

fn check_finite(argument: &'static str, value: f64) -> Result<(), Refusal> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Refusal::invalid(argument, value, "finite"))
}

/// Refuses what `T` has no finite number for.
pub(super) fn check_fill<T: Real>(fill: f64) -> Result<(), Refusal> {
    if T::from_f64(fill).is_finite() {
        return Ok(());
    }
    Err(Refusal::invalid("fill", fill, format!("finite in {}", T::NAME)))
}

pub(super) fn check_at_most(
    argument: &'static str,
    count: usize,
    most: usize,
) -> Result<(), Refusal> {
    if count <= most {
        return Ok(());
    }
    Err(Refusal::invalid(argument, count, format!("at most {most}")))
}

impl Rotation {
    /// # Errors
    /// Names `degrees` or `fill`.
    pub fn check<T: Real>(&self) -> Result<(), Refusal> {
        check_finite("degrees", self.degrees)?;
        check_fill::<T>(self.fill)
    }
}

impl Shift {
    /// # Errors
    /// Names `fill`.
    pub fn check<T: Real>(&self) -> Result<(), Refusal> {
        check_fill::<T>(self.fill)
    }
}

impl Crop {
    /// # Errors
    /// Names `padding`, `window` or `fill`.
    pub fn check<T: Real>(&self, shape: ImageShape) -> Result<(), Refusal> {
        check_at_most("padding", self.padding, 1 << 30)?;
        let size = [shape.height, shape.width].map(|size| size + 2 * self.padding);
        self.window.check("window", size)?;
        check_fill::<T>(self.fill)
    }
}

impl Noise {
    /// # Errors
    /// Names `deviation` or `clamp`.
    pub fn check<T: Real>(&self) -> Result<(), Refusal> {
        check_deviation::<T>(self.deviation)?;
        match self.clamp {
            Some([low, high]) if self.limits::<T>().is_none() => {
                let allowed = format!("lo ≤ hi, with a number of {} between them", T::NAME);
                Err(Refusal::invalid("clamp", format!("{low} to {high}"), allowed))
            }
            _ => Ok(()),
        }
    }

    /// The least and the greatest number of `T` in the range that was asked for, if there are any.
    #[must_use]
    pub fn limits<T: Real>(&self) -> Option<[f64; 2]> {
        let [low, high] = self.clamp?;
        let limits = [-at_most::<T>(-low), at_most::<T>(high)];
        (low <= high && limits[0] <= limits[1]).then_some(limits)
    }
}

/// The largest number of `T` that is not above `value`.
fn at_most<T: Real>(value: f64) -> f64 {
    let nearest = T::from_f64(value).to_f64();
    if nearest <= value {
        return nearest;
    }
    if T::DIGITS > 24 { value } else { f64::from((nearest as f32).next_down()) }
}

impl Blur {
    /// # Errors
    /// Names `deviation` or `radius`.
    pub fn check<T: Real>(&self) -> Result<(), Refusal> {
        check_deviation::<T>(self.deviation)?;
        check_at_most("radius", self.radius, 1024)
    }
}

impl Erasure {
    /// # Errors
    /// Names `rectangle` or `fill`.
    pub fn check<T: Real>(&self, shape: ImageShape) -> Result<(), Refusal> {
        self.rectangle.check("rectangle", [shape.height, shape.width])?;
        check_fill::<T>(self.fill)
    }
}

impl Operation {
    /// Refuses what its own function refuses, and a crop to another size.
    ///
    /// # Errors
    /// Names the argument of the operation's own function.
    pub fn check<T: Real>(&self, shape: ImageShape) -> Result<(), Refusal> {
        match self {
            Self::Rotate(rotation) => rotation.check::<T>(),
            Self::Flip(_) => Ok(()),
            Self::Shift(shift) => shift.check::<T>(),
            Self::Crop(crop) => {
                let Rectangle { height, width, .. } = crop.window;
                if [height, width] != [shape.height, shape.width] {
                    let value = format!("{height} × {width}");
                    let allowed = format!("{} × {}", shape.height, shape.width);
                    return Err(Refusal::invalid("window", value, allowed));
                }
                crop.check::<T>(shape)
            }
            Self::Noise(noise, draw) => {
                draw.check(shape.per_image())?;
                noise.check::<T>()
            }
            Self::Blur(blur) => blur.check::<T>(),
            Self::Erase(erasure) => erasure.check::<T>(shape),
        }
    }
}
