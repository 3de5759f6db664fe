//! What becomes of pixels, in plain `f64` loops, with the step that a fault changes.

use super::{Fault, Mistake};
use crate::Real;
use crate::augmentation::{
    Axis, Blur, Border, Crop, Erasure, ImageShape, Interpolation, Noise, Operation, Rectangle,
    Rotation, Shift,
};

/// One channel.
struct Plane<'a, T> {
    x: &'a [T],
    h: i128,
    w: i128,
}

impl<T: Real> Plane<'_, T> {
    /// The pixel, or `fill` outside.
    fn or(&self, row: i128, column: i128, fill: T) -> T {
        let inside = (0..self.h).contains(&row) && (0..self.w).contains(&column);
        if inside { self.x[(row * self.w + column) as usize] } else { fill }
    }

    /// The pixel; beyond the edge that of the edge.
    fn near(&self, row: i128, column: i128) -> T {
        let (row, column) = (row.clamp(0, self.h - 1), column.clamp(0, self.w - 1));
        self.x[(row * self.w + column) as usize]
    }
}

impl Mistake {
    /// All images after one operation.
    pub(super) fn changed<T: Real>(
        self,
        shape: ImageShape,
        x: &[T],
        operation: &Operation,
        normals: &[T],
    ) -> Vec<T> {
        let (size, mut y) = (shape.per_channel(), Vec::new());
        for k in 0..shape.count * shape.channels {
            let part = k * size..(k + 1) * size;
            let (h, w) = (shape.height as i128, shape.width as i128);
            let plane = &Plane { x: &x[part.clone()], h, w };
            match *operation {
                Operation::Rotate(rotation) => y.extend(self.rotated(plane, rotation)),
                Operation::Flip(axis) => y.extend(self.flipped(plane, axis)),
                Operation::Shift(shift) => y.extend(self.shifted(plane, shift)),
                Operation::Crop(crop) => y.extend(self.cropped(plane, crop)),
                Operation::Noise(noise, _) => {
                    y.extend(self.noisy(plane, noise, &normals[part.start.min(normals.len())..]))
                }
                Operation::Blur(blur) => y.extend(self.blurred(plane, blur)),
                Operation::Erase(erasure) => {
                    y.extend(self.erased(plane, erasure, k % shape.channels == 0));
                }
            }
        }
        y
    }

    fn rotated<T: Real>(self, plane: &Plane<'_, T>, rotation: Rotation) -> Vec<T> {
        let (h, w) = (plane.h as f64, plane.w as f64);
        let [middle, center] = match self.fault {
            Fault::HalfPixel => [h / 2.0, w / 2.0],
            Fault::SidesSwapped => [(w - 1.0) / 2.0, (h - 1.0) / 2.0],
            _ => [(h - 1.0) / 2.0, (w - 1.0) / 2.0],
        };
        let [cos, sin] = self.cos_sin(rotation.degrees);
        // At quarter turns nothing is rounded.
        let slip = if rotation.degrees % 90.0 == 0.0 { 0.0 } else { 8.0 * self.slip * (h + w) };
        each(plane.h, plane.w, |i, j| {
            let (v, u) = (i as f64 - middle, j as f64 - center);
            let (s, t) = (middle + (u * sin + v * cos) + slip, center + (u * cos - v * sin) - slip);
            self.looked_up(plane, rotation, s, t)
        })
    }

    fn cos_sin(self, degrees: f64) -> [f64; 2] {
        let seven_digits = f64::from(std::f32::consts::PI);
        let [cos, sin] = match self.fault {
            Fault::Radians => [degrees.cos(), degrees.sin()],
            Fault::QuarterInexact => {
                let angle = degrees * seven_digits / 180.0;
                [angle.cos(), angle.sin()]
            }
            _ => {
                let quarters = (degrees % 360.0 / 90.0).round();
                let rest = (degrees % 360.0 - 90.0 * quarters) * std::f64::consts::PI / 180.0;
                let (c, s) = (rest.cos(), rest.sin());
                match quarters.rem_euclid(4.0) as u8 {
                    0 => [c, s],
                    1 => [-s, c],
                    2 => [-c, -s],
                    _ => [s, -c],
                }
            }
        };
        if self.fault == Fault::RotationSign { [cos, -sin] } else { [cos, sin] }
    }

    fn looked_up<T: Real>(self, plane: &Plane<'_, T>, rotation: Rotation, s: f64, t: f64) -> T {
        let (h, w) = (plane.h as f64, plane.w as f64);
        let fill = match self.fault {
            Fault::FillZero => T::from_f64(0.0),
            _ => T::from_f64(rotation.fill),
        };
        let margin = if self.fault == Fault::EdgeBlended { 1.0 } else { 0.5 };
        let is_within = |k: f64, size: f64| (-margin..=size - 1.0 + margin).contains(&k);
        if !(is_within(s, h) && is_within(t, w)) && self.fault != Fault::FillIgnored {
            return fill;
        }
        if rotation.interpolation == Interpolation::Nearest {
            let half = if self.fault == Fault::NearestFloor { 0.0 } else { 0.5 };
            return plane.near((s + half).floor() as i128, (t + half).floor() as i128);
        }
        if self.fault == Fault::EdgeBlended {
            let pixel = |row, column| plane.or(row, column, fill);
            return self.bilinear(s, t, pixel);
        }
        let (s, t) = (s.clamp(0.0, h - 1.0), t.clamp(0.0, w - 1.0));
        self.bilinear(s, t, |row, column| plane.near(row, column))
    }

    fn bilinear<T: Real>(self, s: f64, t: f64, pixel: impl Fn(i128, i128) -> T) -> T {
        let (row, column) = (s.floor() as i128, t.floor() as i128);
        let (f, g) = match self.fault {
            Fault::FractionsSwapped => (t - t.floor(), s - s.floor()),
            _ => (s - s.floor(), t - t.floor()),
        };
        if self.fault == Fault::SingleRotation {
            let (f, g) = (T::from_f64(f), T::from_f64(g));
            let line = |row| lerp_in(g, pixel(row, column), || pixel(row, column + 1));
            return lerp_in(f, line(row), || line(row + 1));
        }
        let value = |row, column| pixel(row, column).to_f64() * (1.0 + 4.0 * self.slip);
        let line = |row| lerp(g, value(row, column), || value(row, column + 1));
        T::from_f64(lerp(f, line(row), || line(row + 1)))
    }

    fn flipped<T: Real>(self, plane: &Plane<'_, T>, axis: Axis) -> Vec<T> {
        let is_horizontal = (axis == Axis::Horizontal) != (self.fault == Fault::FlipAxis);
        each(plane.h, plane.w, |i, j| match is_horizontal {
            true => plane.near(i, plane.w - 1 - j),
            false => plane.near(plane.h - 1 - i, j),
        })
    }

    fn shifted<T: Real>(self, plane: &Plane<'_, T>, shift: Shift) -> Vec<T> {
        let (mut down, mut right) = (i128::from(shift.down), i128::from(shift.right));
        if self.fault == Fault::ShiftSign {
            (down, right) = (-down, -right);
        }
        each(plane.h, plane.w, |i, j| match self.fault {
            Fault::ShiftWraps => {
                plane.near((i - down).rem_euclid(plane.h), (j - right).rem_euclid(plane.w))
            }
            _ => plane.or(i - down, j - right, T::from_f64(shift.fill)),
        })
    }

    fn cropped<T: Real>(self, plane: &Plane<'_, T>, crop: Crop) -> Vec<T> {
        let Crop { padding, window, fill } = crop;
        let padding = if self.fault == Fault::CropUnpadded { 0 } else { padding as i128 };
        let (top, left) = (window.top as i128 - padding, window.left as i128 - padding);
        let fill = T::from_f64(fill);
        each(window.height as i128, window.width as i128, |i, j| plane.or(top + i, left + j, fill))
    }

    fn noisy<T: Real>(self, plane: &Plane<'_, T>, noise: Noise, normals: &[T]) -> Vec<T> {
        let sigma = match self.fault {
            Fault::NoiseVariance => noise.deviation * noise.deviation,
            _ => noise.deviation,
        };
        let limits = match self.fault {
            Fault::NeverClamps => None,
            Fault::ClampsUnasked => noise.limits::<T>().or(Some([0.0, 1.0])),
            _ => noise.limits::<T>(),
        };
        let limit = |y: f64| match limits {
            Some([low, high]) if y < low || y > high => y.clamp(low, high),
            _ => y,
        };
        let zero = T::from_f64(0.0);
        let one = |(i, x): (usize, &T)| {
            let z = normals.get(i).copied().unwrap_or(zero);
            if sigma == 0.0 {
                return T::from_f64(limit(x.to_f64()));
            }
            if self.fault == Fault::SingleNoise {
                return T::from_f64(limit((*x + T::from_f64(sigma) * z).to_f64()));
            }
            let added = sigma * z.to_f64();
            T::from_f64(limit(x.to_f64() + added + 4.0 * self.slip * added.abs()))
        };
        plane.x.iter().enumerate().map(one).collect()
    }

    fn blurred<T: Real>(self, plane: &Plane<'_, T>, blur: Blur) -> Vec<T> {
        let Blur { deviation, radius, border } = blur;
        if deviation == 0.0 || radius == 0 {
            return plane.x.to_vec();
        }
        let variance =
            if self.fault == Fault::BlurVariance { deviation } else { deviation * deviation };
        let mut weights: Vec<f64> = (0..=2 * radius)
            .map(|n| (-(n as f64 - radius as f64).powi(2) / (2.0 * variance)).exp())
            .collect();
        let sum: f64 = match self.fault {
            Fault::BlurUnnormalized => (std::f64::consts::TAU * variance).sqrt(),
            _ => weights.iter().sum(),
        };
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let (h, w) = (plane.h, plane.w);
        let x: Vec<f64> = plane.x.iter().map(|x| x.to_f64()).collect();
        let rows: Vec<f64> =
            each(h, w, |i, j| self.mean::<T>(&weights, j, w, border, |j| x[(i * w + j) as usize]));
        let rows: Vec<f64> = match self.fault {
            Fault::SingleBlur => rows.iter().map(|y| T::from_f64(*y).to_f64()).collect(),
            _ => rows,
        };
        let largest = x.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        let moved = self.slip * (4.0 * radius as f64 + 14.0) * largest;
        each(h, w, |i, j| match self.fault {
            Fault::BlurOneWay => T::from_f64(rows[(i * w + j) as usize]),
            _ => {
                let column = |i| rows[(i * w + j) as usize];
                T::from_f64(self.mean::<T>(&weights, i, h, border, column) + moved)
            }
        })
    }

    fn mean<T: Real>(
        self,
        weights: &[f64],
        i: i128,
        size: i128,
        border: Border,
        x: impl Fn(i128) -> f64,
    ) -> f64 {
        let radius = weights.len() as i128 / 2;
        let term = |n: usize| {
            let k = i + n as i128 - radius;
            match beyond(k, size, border) {
                _ if self.fault == Fault::BlurZeroBorder && !(0..size).contains(&k) => 0.0,
                k => weights[n] * x(k),
            }
        };
        if self.fault == Fault::Backwards {
            let sum = |sum: T, n: usize| sum + T::from_f64(term(n));
            return (0..weights.len()).rev().fold(T::from_f64(0.0), sum).to_f64();
        }
        (0..weights.len()).map(term).sum()
    }

    fn erased<T: Real>(self, plane: &Plane<'_, T>, erasure: Erasure, is_first: bool) -> Vec<T> {
        let Erasure { rectangle: Rectangle { top, left, height, width }, fill } = erasure;
        if self.fault == Fault::EraseOneChannel && !is_first {
            return plane.x.to_vec();
        }
        let more = i128::from(self.fault == Fault::EraseInclusive);
        let is_within = |k: i128, first: usize, length: usize| {
            (first as i128..first as i128 + length as i128 + more).contains(&k)
        };
        each(plane.h, plane.w, |i, j| {
            let inside = is_within(i, top, height) && is_within(j, left, width);
            if inside { T::from_f64(fill) } else { plane.near(i, j) }
        })
    }
}

/// A value for every row and column.
fn each<U>(h: i128, w: i128, value: impl Fn(i128, i128) -> U) -> Vec<U> {
    let pairs = (0..h).flat_map(|i| (0..w).map(move |j| (i, j)));
    pairs.map(|(i, j)| value(i, j)).collect()
}

/// a + f·(b − a), without a look at b where f is 0.
fn lerp(f: f64, a: f64, b: impl Fn() -> f64) -> f64 {
    if f == 0.0 { a } else { a + f * (b() - a) }
}

/// The same in the arithmetic of `T`.
fn lerp_in<T: Real>(f: T, a: T, b: impl Fn() -> T) -> T {
    if f.to_f64() == 0.0 { a } else { a + f * (b() - a) }
}

/// The place in a line that stands for place k.
fn beyond(k: i128, size: i128, border: Border) -> i128 {
    if border == Border::Replicate || size == 1 {
        return k.clamp(0, size - 1);
    }
    let period = 2 * size - 2;
    let k = k.rem_euclid(period);
    if k < size { k } else { period - k }
}
