//! True draws, in 320 bits, from the words of the reference; and how far a draw may be from them.

use evenkeel_reference::random as reference;

use super::Case;
use crate::compare::{Expected, SECOND_ORDER};
use crate::distribution::normal_cdf;
use crate::exact::Exact;
use crate::real::towards_zero;
use crate::verdict::Strength;
use crate::{Real, Stream, ulp};

/// A true normal: z = r·cos θ or r·sin θ, and z′, the other of the pair.
pub(crate) struct Normal {
    z: Exact,
    other: f64,
    radius: f64,
    angle: f64,
}

impl Normal {
    /// Element `i` of a stream.
    pub(crate) fn of(stream: Stream, i: u64) -> Self {
        let stream = stream.of_reference();
        let first = i - i % 32 + i % 16;
        let (radius, angle) = (reference::word(stream, first), reference::word(stream, first + 16));
        let u1 = reference::radius_uniform(radius, reference::second_word(stream, first));
        let turns = reference::angle_uniform(angle);
        let (sin, cos) = Exact::from_f64(turns).sin_cos_of_turns();
        let radius = (-(Exact::from_f64(u1).ln().scaled(1))).sqrt();
        let (own, other) = if i % 32 < 16 { (cos, sin) } else { (sin, cos) };
        Self {
            z: &radius * &own,
            other: (&radius * &other).to_f64().abs(),
            radius: radius.to_f64(),
            angle: std::f64::consts::TAU * turns,
        }
    }

    /// What a draw with this deviation must be.
    pub(crate) fn expected<T: Real>(&self, strength: Strength, deviation: f64) -> Expected {
        let truth = (&self.z * &Exact::from_f64(deviation)).to_wide();
        let (u, z, r) = (T::UNIT_ROUNDOFF, self.z.to_f64().abs(), self.radius);
        let bound = match strength {
            Strength::Promise => promise::<T>(truth.to_f64()),
            _ => {
                let of_radius = z / r * (4.0 * u / r).min(2.0 * u.sqrt());
                let of_angle = 4.0 * u * self.angle * self.other;
                let relative = deviation * (10.0 * u * z + of_angle + of_radius);
                SECOND_ORDER * relative + T::MIN_SUBNORMAL * (1.0 + z)
            }
        };
        Expected::new(truth, bound)
    }
}

/// One rounding in `f32`; a unit in the last place in `f64`.
pub(crate) fn promise<T: Real>(value: f64) -> f64 {
    (if T::DIGITS == 24 { 0.501 } else { 1.0 }) * ulp::<T>(value)
}

/// A true normal that is cut at ±2: Φ⁻¹(½ + v·(Φ(2) − ½)) for the centred uniform v of element `i`.
pub(crate) fn truncated(stream: Stream, i: u64) -> Exact {
    let v = reference::centered_uniform(reference::word(stream.of_reference(), i));
    let wanted = &Exact::from_f64(v) * &half_of_normal(&Exact::from_f64(2.0));
    // One step of Newton squares the error of the reference's quantile, which is near 10⁻¹⁵.
    let start = Exact::from_f64(reference::truncated_quantile(v));
    let missing = wanted - half_of_normal(&start);
    &start + &(missing / density(&start))
}

/// What a cut draw with this deviation must be.
pub(crate) fn truncated_expected<T: Real>(z: &Exact, deviation: f64) -> Expected {
    let (u, size) = (T::UNIT_ROUNDOFF, z.to_f64().abs());
    let truth = (z * &Exact::from_f64(deviation)).to_wide();
    let q = normal_cdf(size) - 0.5;
    let density = (-size * size / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let relative = deviation * (24.0 * u * size + u * (0.5 + 4.0 * q) / density);
    Expected::new(truth, SECOND_ORDER * relative + T::MIN_SUBNORMAL * (1.0 + size))
}

/// Φ(z) − ½ = φ(z)·Σ z^(2k+1)/(1·3·5 … (2k+1)): every term has the sign of z.
pub(crate) fn half_of_normal(z: &Exact) -> Exact {
    let square = z.square();
    let (mut term, mut sum) = (z.clone(), Exact::zero());
    for odd in (3..400).step_by(2) {
        sum = sum + &term;
        term = &(term * &square) / &Exact::from_count(odd);
    }
    sum * density(z)
}

/// φ(z) = exp(−z²/2)/√(2π).
fn density(z: &Exact) -> Exact {
    (-z.square().scaled(-1)).exp() / Exact::pi().scaled(1).sqrt()
}

/// The uniform of the map: exact in `f64`, scaled there and rounded.
pub(crate) fn uniform<T: Real>(stream: Stream, i: u64, bound: f64) -> T {
    let word = reference::word(stream.of_reference(), i);
    T::from_f64(towards_zero::<T>(bound) * reference::centered_uniform(word))
}

/// The expected draws of one function for a whole case.
pub(crate) fn normals<T: Real>(case: &Case<T>) -> Vec<Normal> {
    indices(case).map(|i| Normal::of(case.draw.stream, i)).collect()
}

/// The elements that a case asks for.
pub(crate) fn indices<T>(case: &Case<T>) -> impl Iterator<Item = u64> {
    let first = case.draw.first;
    (0..case.length as u64).map(move |k| first + k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_of_the_normal_is_right() {
        let half = half_of_normal(&Exact::from_f64(2.0)).to_f64();
        assert_eq!(half, 0.477_249_868_051_820_8);
        assert_eq!(density(&Exact::zero()).to_f64(), 0.398_942_280_401_432_7);
    }

    #[test]
    fn a_truncated_normal_solves_its_equation() {
        let stream = Stream { seed: 3, number: 1, step: 4 };
        for i in [0, 17, 1 << 40] {
            let v = reference::centered_uniform(reference::word(stream.of_reference(), i));
            let z = truncated(stream, i);
            let wanted = Exact::from_f64(v) * half_of_normal(&Exact::from_f64(2.0));
            let off = (half_of_normal(&z) - wanted).abs().to_f64();
            assert!(off < 1e-28, "{off:e}");
        }
    }
}
