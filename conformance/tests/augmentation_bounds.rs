//! The bounds `sound` of rotation, noise and blur: no sound algorithm in the arithmetic of `T` breaks one,
//! and some come as near as chance lets them: a bound adds up the worst of a dozen roundings.

use evenkeel_conformance::augmentation::{
    Alone, Augment, Augmentation, Blur, Border, Images, Noise, Rotation,
};
use evenkeel_conformance::technique::Technique;
use evenkeel_conformance::{Real, Refusal, Settings};

const SETTINGS: Settings = Settings { seed: 3, cases: 600 };

/// How it is computed, all of it in `T`.
#[derive(Clone, Copy)]
enum Way {
    /// Radians, differences f·(b − a), one direction after the other.
    Plain,
    /// Coordinates from −1 to 1, four weights, and a blur by products of two weights.
    Grid,
}

fn t<T: Real>(value: f64) -> T {
    T::from_f64(value)
}

/// A function that `T` has no method for, rounded to `T`.
fn rounded<T: Real>(x: T, function: fn(f64) -> f64) -> T {
    t(function(x.to_f64()))
}

impl Way {
    fn source<T: Real>(self, [h, w]: [usize; 2], degrees: f64, i: usize, j: usize) -> [T; 2] {
        let angle = t::<T>(degrees) * t(std::f64::consts::PI / 180.0);
        let (cos, sin) = (rounded(angle, f64::cos), rounded(angle, f64::sin));
        let [h, w, i, j] = [h, w, i, j].map(|n| t::<T>(n as f64));
        let (one, two) = (t::<T>(1.0), t::<T>(2.0));
        match self {
            Self::Plain => {
                let (middle, center) = ((h - one) / two, (w - one) / two);
                let (v, u) = (i - middle, j - center);
                [middle + u * sin + v * cos, center + u * cos - v * sin]
            }
            Self::Grid => {
                let (v, u) = ((two * i + one) / h - one, (two * j + one) / w - one);
                let (s, c) = (v * cos + u * sin * (w / h), u * cos - v * sin * (h / w));
                [((s + one) * h - one) / two, ((c + one) * w - one) / two]
            }
        }
    }

    fn mixed<T: Real>(self, [f, g]: [T; 2], [a, b, c, d]: [T; 4]) -> T {
        let one = t::<T>(1.0);
        match self {
            Self::Plain => {
                let (top, bottom) = (a + g * (b - a), c + g * (d - c));
                top + f * (bottom - top)
            }
            Self::Grid => {
                let top = (one - f) * (one - g) * a + (one - f) * g * b;
                top + f * (one - g) * c + f * g * d
            }
        }
    }
}

fn weights<T: Real>(blur: Blur) -> Vec<T> {
    let sigma = t::<T>(blur.deviation);
    let one = |n: usize| {
        let k = t::<T>(n.abs_diff(blur.radius) as f64);
        rounded(-(k * k / (t::<T>(2.0) * sigma * sigma)), f64::exp)
    };
    let all: Vec<T> = (0..=2 * blur.radius).map(one).collect();
    let sum = all.iter().fold(t(0.0), |sum: T, weight| sum + *weight);
    all.iter().map(|weight| *weight / sum).collect()
}

fn within(k: i64, size: usize, border: Border) -> usize {
    let last = size as i64 - 1;
    match border {
        _ if last == 0 => 0,
        Border::Replicate => k.clamp(0, last) as usize,
        Border::Reflect => {
            let k = k.rem_euclid(2 * last);
            k.min(2 * last - k) as usize
        }
    }
}

impl<T: Real> Augmentation<T> for Way {
    fn rotate(
        &self,
        images: &Images<'_, T>,
        rotation: Rotation,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        let (h, w) = (images.shape.height, images.shape.width);
        for (n, y) in y.iter_mut().enumerate() {
            let (plane, i, j) = (n / (h * w) * h * w, n / w % h, n % w);
            let place = self.source::<T>([h, w], rotation.degrees, i, j).map(|k| k.to_f64());
            let inside = |k: f64, size: usize| k >= -0.5 && k <= size as f64 - 0.5;
            if !inside(place[0], h) || !inside(place[1], w) {
                *y = t(rotation.fill);
                continue;
            }
            let [s, c] = [place[0].clamp(0.0, h as f64 - 1.0), place[1].clamp(0.0, w as f64 - 1.0)];
            let (a, b) = (s.floor() as usize, c.floor() as usize);
            let pixel = |i: usize, j: usize| images.x[plane + i.min(h - 1) * w + j.min(w - 1)];
            let four = [pixel(a, b), pixel(a, b + 1), pixel(a + 1, b), pixel(a + 1, b + 1)];
            *y = self.mixed([t(s - s.floor()), t(c - c.floor())], four);
        }
        Ok(())
    }

    fn add_noise(
        &self,
        images: &Images<'_, T>,
        noise: Noise,
        normals: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        for (n, y) in y.iter_mut().enumerate() {
            *y = images.x[n] + t::<T>(noise.deviation) * normals[n];
        }
        Ok(())
    }

    fn blur(&self, images: &Images<'_, T>, blur: Blur, y: &mut [T]) -> Result<(), Refusal> {
        if blur.deviation == 0.0 || blur.radius == 0 {
            y.copy_from_slice(images.x);
            return Ok(());
        }
        let (h, w, weights) = (images.shape.height, images.shape.width, weights::<T>(blur));
        let at = |k: usize, n: usize, size| {
            within(k as i64 + n as i64 - blur.radius as i64, size, blur.border)
        };
        let sum = |terms: &mut dyn Iterator<Item = T>| terms.fold(t(0.0), |sum: T, x| sum + x);
        let taps = weights.len();
        for (n, y) in y.iter_mut().enumerate() {
            let (plane, i, j) = (n / (h * w) * h * w, n / w % h, n % w);
            let pixel = |i: usize, j: usize| images.x[plane + i * w + j];
            let row = |i: usize| sum(&mut (0..taps).map(|l| weights[l] * pixel(i, at(j, l, w))));
            let product =
                |k: usize, l: usize| weights[k] * weights[l] * pixel(at(i, k, h), at(j, l, w));
            *y = match self {
                Self::Plain => sum(&mut (0..taps).map(|k| weights[k] * row(at(i, k, h)))),
                Self::Grid => {
                    let line = |k: usize| sum(&mut (0..taps).map(|l| product(k, l)));
                    sum(&mut (0..taps).map(line))
                }
            };
        }
        Ok(())
    }
}

/// The worst error over bound of a property; a false alarm panics.
fn worst<T: Real>(way: Way, name: &str) -> f64 {
    let properties = Augment::properties::<T>();
    let property = properties.iter().find(|p| p.name == name).expect("a property");
    let outcome = property.run(&Alone(way), SETTINGS);
    assert!(outcome.failure.is_none(), "{name} in {}: {:?}", T::NAME, outcome.failure);
    outcome.worst.ratio
}

#[test]
fn sound_algorithms_pass_and_come_near() {
    for (name, least) in
        [("rotations_agree", 0.1), ("noise_is_scaled_and_added", 0.5), ("blurs_agree", 0.1)]
    {
        let all = [
            worst::<f32>(Way::Plain, name),
            worst::<f64>(Way::Plain, name),
            worst::<f32>(Way::Grid, name),
            worst::<f64>(Way::Grid, name),
        ];
        println!("{name}: {all:.3?}");
        assert!(all.iter().any(|ratio| *ratio >= least), "{name}: {all:?}, too wide");
    }
}
